"""Whether netlab says the same of a packet as tshark.

A field is held against tshark's by name and place: `tshark_table` tells the name, the place is the
field's first byte in the packet.  So the headers that an ICMP error quotes are told from its own.
Where the two may differ is told by `allowances`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from allowances import (
    ABSENT,
    ALLOWANCES,
    CHECKSUM,
    LONGER,
    ONLY,
    OTHER,
    PADDING,
    SOUND,
    Case,
    Difference,
    kind_of,
)
from tshark import UNREADABLE, Reading, Said
from tshark_internet import PARTS
from tshark_table import LAYERS, NAMES, STATUS, Held

import netlab
from netlab.field import Span
from netlab.header import Header

VERDICTS = {"0": False, "1": True}
"""tshark's words for checksums that it has checked."""

ONE_LAYER = ("AddressedPPP", "DNSOverTCP")
"""Headers that are one with the one above for tshark."""


def number(said: Said) -> int:
    """A number as tshark writes it, or else as its bytes have it."""
    text = said.shown
    if text in ("True", "False"):
        return int(text == "True")
    if re.fullmatch(r"0x[0-9a-f]+|\d+", text):
        return int(text, 0 if text.startswith("0x") else 10)
    return int(said.raw or "0", 16)


def judged(span: Span, data: bytes, held: Held, said: Said) -> str:
    """ "" when the field's value is what tshark shows, or its bytes are the ones tshark has; LONGER
    when tshark has more of them, else OTHER."""
    value = span.value
    ours = data[span.start // 8 : (span.start + span.bits) // 8]
    if "~" in held.how:
        there = bytes.fromhex(said.raw)[held.earlier :][: len(ours)]
        return "" if there and ours.startswith(there) else OTHER
    if "=" in held.how or isinstance(value, bytes | tuple):
        return compared(said.raw, ours.hex())
    if isinstance(value, int):
        shown = number(said)
        same = value * held.unit == shown >> held.shift & (1 << span.bits) * held.unit - 1
        return "" if same else OTHER
    text = said.shown.encode("iso-8859-1").decode(errors="replace")
    if "\\" in value:  # a name with bytes that tshark shows otherwise
        parts = re.split(r"(?:\\(?:\d{3}|.))+", value)
        pattern = ".*".join(map(re.escape, parts))
        found = re.match(pattern, text, re.DOTALL)
        return OTHER if not found else "" if re.fullmatch(pattern, text, re.DOTALL) else LONGER
    return compared(text, {".": "<Root>"}.get(value, value.removesuffix(".")))


def compared(theirs: str, ours: str) -> str:
    """The kind of difference between two texts."""
    return "" if theirs == ours else LONGER if theirs.startswith(ours) else OTHER


def compare(
    header: Header, owner: str, span: Span, data: bytes, theirs: Reading, seen: Counter[str]
) -> Iterator[Difference]:
    """Each field of a header, and of the headers in its lists, in which the two differ."""
    for line in span.children:
        where, place = f"{owner}.{line.name}", line.start // 8
        if line.value is None and line.children:
            yield from compare(header, line.name, line, data, theirs, seen)
            continue
        names = NAMES.get(where)
        if owner == "HTTP" and names is None:
            where, names = "HTTP.header", NAMES["HTTP.header"]
        if names is None:
            yield Difference(OTHER, where, place, None, f"{where} is not in tests/tshark_table.py")
        elif not names.startswith("-"):
            said = theirs.find(names, place)
            kind, text = "", ""
            if said and UNREADABLE.match(said[0][1].shown):
                kind, text = ABSENT, f"tshark cannot read {line.text}, but has {said[0][1].shown}"
            elif said:
                seen[where] += 1
                kinds = [judged(line, data, *each) for each in said]
                kind = "" if "" in kinds else min(kinds)  # LONGER rather than OTHER
                text = f"{line.text}, tshark says {', '.join(each.shown for _, each in said)}"
            elif not names.startswith("?"):
                kind, text = ABSENT, f"tshark has no {names} at byte {place}"
            if kind:
                yield Difference(kind, where, place, header, f"{where}: {text}")
            continue
        elif names != PARTS:
            continue
        yield from compare(header, where, line, data, theirs, seen)


def compare_layers(packet: netlab.Packet, theirs: Reading) -> Iterator[Difference]:
    """Each layer that only one of the two sees."""
    known = {name for names in LAYERS.values() for name in names.split()}
    open_ = {place for place in theirs.layers if place[0] in known}
    for header in packet.layers:
        kind, place = kind_of(header), header.offset
        names = LAYERS.get(kind)
        if names is None:
            yield Difference(OTHER, kind, place, None, f"{kind} is not in tests/tshark_table.py")
            continue
        if kind_of(header.below) in ONE_LAYER:
            continue
        places = {(name, place) for name in names.split()}
        if names and not places & open_:
            yield Difference(ABSENT, kind, place, header, f"tshark has no {kind} at byte {place}")
        open_ -= places
    for name, place in sorted(open_, key=lambda layer: layer[1]):
        yield Difference(ONLY, name, place, None, f"only tshark sees {name} at byte {place}")


def compare_rest(
    packet: netlab.Packet, theirs: Reading, seen: Counter[str]
) -> Iterator[Difference]:
    """What is payload, and what is padding behind it."""
    start = packet.layers[-1].payload_start if packet.layers else 0
    for said in theirs.fields.get(("data.data", start), []):
        seen["payload"] += 1
        ours = packet.payload.hex()
        kind = ABSENT if ours.startswith(said.raw) else compared(said.raw, ours)
        if ours != said.raw:
            text = f"tshark has {len(said.raw) // 2} bytes of payload, netlab {len(ours) // 2}"
            yield Difference(kind, "payload", start, None, text)
    padding = "".join(
        said.raw
        for name in ("eth.padding", "eth.trailer", "vlan.trailer")
        for (there, _), sayings in theirs.fields.items()
        if there == name
        for said in sayings
    )
    measured = [header for header in packet.layers if header.stated_end is not None]
    end = measured[0].payload_end if measured else len(packet.data)
    if packet.link == "ethernet" and (padding or end < len(packet.data)):
        seen["trailer"] += 1
        if padding != packet.data[end:].hex():
            ours = len(packet.data) - end
            text = f"tshark has {len(padding) // 2} bytes of padding, netlab {ours}"
            yield Difference(PADDING, "padding", end, None, text)


def compare_status(header: Header, theirs: Reading, seen: Counter[str]) -> Iterator[Difference]:
    """Whether the checksum is right for both."""
    kind = kind_of(header)
    if kind not in STATUS:
        return
    field = next(field for field in type(header).fields if field.name == "checksum")
    place = field.extent(header)[0] // 8
    for _, said in theirs.find(STATUS[kind], place):
        if said.shown in VERDICTS:
            verdict, reason = header.checksum_verdict()
            seen[f"{kind}.checksum_ok"] += 1
            if verdict is not VERDICTS[said.shown]:
                text = f"{kind}.checksum_ok is {verdict}, {reason}; tshark says {said.shown}"
                yield Difference(CHECKSUM, kind, place, header, text)


def all_differences(
    packet: netlab.Packet, theirs: Reading, seen: Counter[str]
) -> Iterator[Difference]:
    """All in which netlab and tshark differ."""
    yield from compare_layers(packet, theirs)
    yield from compare_rest(packet, theirs, seen)
    for header in packet.layers:
        yield from compare(header, kind_of(header), header.span(), packet.data, theirs, seen)
        yield from compare_status(header, theirs, seen)
    stopped = theirs.gave_up - {"_ws.unreassembled"}
    if stopped and not packet.problems:
        text = f"malformed for tshark ({', '.join(stopped)}), but not for netlab"
        yield Difference(SOUND, "packet", 0, None, text)


def differences(
    packet: netlab.Packet, theirs: Reading, seen: Counter[str] | None = None
) -> Iterator[str]:
    """All in which netlab and tshark differ and may not; `seen` counts what was compared, and where
    there was but one allowance for a difference."""
    seen = Counter() if seen is None else seen
    case = Case(packet, theirs)
    for found in list(all_differences(packet, theirs, seen)):
        allowing = [each.__name__ for each in ALLOWANCES if each(found, case)]
        if not allowing:
            yield found.text
        elif len(allowing) == 1:
            seen[allowing[0]] += 1


def held(
    packets: Iterable[netlab.Packet], readings: Iterable[Reading], seen: Counter[str]
) -> dict[int, list[str]]:
    """The differences by the packet's number, counted from 1."""
    pairs = zip(packets, readings, strict=True)
    found = {
        number: list(differences(packet, theirs, seen))
        for number, (packet, theirs) in enumerate(pairs, 1)
    }
    return {number: lines for number, lines in found.items() if lines}
