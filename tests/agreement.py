"""Whether netlab says the same of a packet as tshark.

A field is held against tshark's by name and place: `tshark_table` tells the name, the place is the
field's first byte in the packet.  So the headers that an ICMP error quotes are told from its own.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from allowances import (
    broken_off,
    goes_on,
    guess,
    guessed,
    held_encrypted,
    is_routed_quote,
    kind_of,
    odd_length,
    quoted_in_part,
    unknown,
    within,
)  # fmt: skip
from tshark import Reading, Said
from tshark_internet import PARTS
from tshark_table import LAYERS, NAMES, STATUS, Held

import netlab
from netlab.field import Span
from netlab.header import Header

ABSENT, ONLY = "tshark has no", "only tshark sees"
"""In what a line says that only one of the two sees something."""

UNREADABLE = re.compile(r"<\w+ [\w ]+")
"""How tshark shows a name that it cannot read."""

VERDICTS = {"0": False, "1": True}
"""tshark's words for checksums that it has checked."""


def number(said: Said) -> int:
    """A number as tshark writes it, or else as its bytes have it."""
    text = said.shown
    if text in ("True", "False"):
        return int(text == "True")
    if re.fullmatch(r"0x[0-9a-f]+|\d+", text):
        return int(text, 0 if text.startswith("0x") else 10)
    return int(said.raw or "0", 16)


def agrees(span: Span, data: bytes, broken: bool, held: Held, said: Said) -> bool:
    """Whether the field's value is what tshark shows, or its bytes are the ones tshark has; in a
    packet that is `broken`, tshark may have more of them."""
    value = span.value
    ours = data[span.start // 8 : (span.start + span.bits) // 8]
    if "~" in held.how:
        there = bytes.fromhex(said.raw)[held.earlier :][: len(ours)]
        return bool(there) and ours.startswith(there)
    if "=" in held.how or isinstance(value, bytes | tuple):
        return ours.hex() == said.raw or (broken and said.raw.startswith(ours.hex()))
    if isinstance(value, int):
        shown = number(said)
        return value * held.unit == shown >> held.shift & (1 << span.bits) * held.unit - 1
    shown = said.shown.encode("iso-8859-1").decode(errors="replace")
    if "\\" in value:  # a name with bytes that tshark shows otherwise
        parts = re.split(r"(?:\\(?:\d{3}|.))+", value)
        pattern = ".*".join(map(re.escape, parts)) + (".*" if broken else "")
        return re.fullmatch(pattern, shown, re.DOTALL) is not None
    if broken and shown.startswith(value.rstrip(".")):
        return True  # tshark follows pointers to what stands later, too
    return {".": "<Root>"}.get(value, value) == shown


def compare(
    owner: str, span: Span, data: bytes, broken: bool, theirs: Reading, seen: Counter[str]
) -> Iterator[str]:
    """Each field of a header, and of the headers in its lists, in which the two differ."""
    for line in span.children:
        where = f"{owner}.{line.name}"
        if line.value is None and line.children:
            yield from compare(line.name, line, data, broken, theirs, seen)
            continue
        names = NAMES.get(where)
        if owner == "HTTP":
            if names is None:
                where, names = "HTTP.header", NAMES["HTTP.header"]
            octets = data[line.start // 8 : (line.start + line.bits) // 8]
            if not octets.endswith(b"\n") or b"\r" in octets[:-2]:
                continue  # tshark does not show a line that breaks off, and ends one at \r alone
        if names is None:
            yield f"{where} is not in tests/tshark_table.py"
        elif not names.startswith("-"):
            said = theirs.find(names, line.start // 8)
            if said and UNREADABLE.match(said[0][1].shown):
                yield f"{where}: {ABSENT} {line.text}, but {said[0][1].shown}"
            elif said:
                seen[where] += 1
                if not any(agrees(line, data, broken, *each) for each in said):
                    shown = ", ".join(each.shown for _, each in said)
                    yield f"{where}: {line.text}, tshark says {shown}"
            elif not names.startswith("?"):
                yield f"{where}: {ABSENT} {names} at byte {line.start // 8}"
            continue
        elif names != PARTS:
            continue
        yield from compare(where, line, data, broken, theirs, seen)


def compare_layers(packet: netlab.Packet, theirs: Reading) -> Iterator[str]:
    """Each layer that only one of the two sees."""
    known = {name for names in LAYERS.values() for name in names.split()}
    open_ = {place for place in theirs.layers if place[0] in known}
    for header in packet.layers:
        names = LAYERS.get(kind_of(header))
        if names is None:
            yield f"{kind_of(header)} is not in tests/tshark_table.py"
            continue
        below = header.below
        if below is not None and kind_of(below) in ("AddressedPPP", "DNSOverTCP"):
            continue  # one layer for tshark: the length that TCP needs and the message
        places = {(name, header.offset) for name in names.split()}
        if names and not places & open_:
            yield f"{ABSENT} {kind_of(header)} at byte {header.offset}"
        open_ -= places
    kind, start, _ = broken_off(packet)
    for name, place in sorted(open_, key=lambda layer: layer[1]):
        cut = kind and place == start and name in LAYERS[kind.__name__].split()
        if not (cut or guess(name, packet) or within(place, packet)):
            yield f"{ONLY} {name} at byte {place}"


def compare_rest(packet: netlab.Packet, theirs: Reading, seen: Counter[str]) -> Iterator[str]:
    """What is payload, and what is padding behind it: tshark shows none behind PPPoE."""
    start = packet.layers[-1].payload_start if packet.layers else 0
    for said in theirs.fields.get(("data.data", start), []):
        seen["payload"] += 1
        there, more = bytes.fromhex(said.raw), packet.problems != ()
        if not (packet.payload.startswith(there) or (more and there.startswith(packet.payload))):
            yield "payload differs"
        elif len(said.raw) // 2 < len(packet.payload):
            yield f"{ABSENT} more than {len(said.raw) // 2} bytes of payload"
    padding = "".join(
        said.raw
        for name in ("eth.padding", "eth.trailer", "vlan.trailer")
        for (there, _), sayings in theirs.fields.items()
        if there == name
        for said in sayings
    )
    measured = [header for header in packet.layers if header.stated_end is not None]
    trailer = packet.data[measured[0].payload_end :] if measured else b""
    if packet.link == "ethernet" and (padding or trailer) and netlab.PPPoE not in packet:
        seen["trailer"] += 1
        if padding != trailer.hex():
            yield f"{ABSENT} {len(trailer)} but {len(padding) // 2} bytes of padding"


def compare_status(header: Header, theirs: Reading, seen: Counter[str]) -> Iterator[str]:
    """Whether the checksum is right for both.

    tshark has no word for a checksum that is left to the network card, holds checksums to be wrong
    that cover bytes or addresses which are not there, and overlooks routing headers in quoted
    packets; behind a malformed route, the two may look for other addresses.
    """
    kind = type(header).__name__
    if kind not in STATUS or is_routed_quote(header):
        return
    if header.below and any(fault.field == "options" for fault in header.below.faults()):
        return
    field = next(field for field in type(header).fields if field.name == "checksum")
    for _, said in theirs.find(STATUS[kind], field.extent(header)[0] // 8):
        verdict, reason = header.checksum_verdict()
        words = ("network card", "addresses", "hides the destination")
        no_word = any(word in reason for word in words) or not header.complete
        unknown = verdict is None and no_word
        if said.shown in VERDICTS and not unknown:
            seen[f"{kind}.checksum_ok"] += 1
            if verdict is not VERDICTS[said.shown]:
                yield f"{kind}.checksum_ok is {verdict}, {reason}; tshark says {said.shown}"


def differences(
    packet: netlab.Packet, theirs: Reading, seen: Counter[str] | None = None
) -> Iterator[str]:
    """All in which netlab and tshark differ; `seen` counts what was compared.

    Where netlab finds something malformed, the two may go on differently: what both read must be
    equal, but one may read more than the other.  So it is with a piece of a packet, if tshark stops
    in the middle of it.
    """
    seen = Counter() if seen is None else seen
    found = [*compare_layers(packet, theirs), *compare_rest(packet, theirs, seen)]
    broken = quoted_in_part(packet)
    odd = bool(packet.problems) or any(any(header.faults()) for header in packet.layers)
    for header in packet.layers:
        if broken and header.layer == "application":
            continue  # tshark lets the message run on into what follows the quoted packet
        found += compare(kind_of(header), header.span(), packet.data, odd, theirs, seen)
        found += compare_status(header, theirs, seen)
    piece = any(header.partial or header.quotes for header in packet.layers)
    piece = piece or "_ws.unreassembled" in theirs.gave_up or unknown(packet)
    stopped = theirs.gave_up or any(", but <" in line for line in found)
    if theirs.gave_up - {"_ws.unreassembled"} and not (packet.problems or piece):
        yield f"malformed for tshark ({', '.join(theirs.gave_up)}), but not for netlab"
    if odd or (piece and stopped) or broken or odd_length(packet):
        found = [line for line in found if ABSENT not in line and ONLY not in line]
    if guessed(packet, theirs) or goes_on(packet) or held_encrypted(packet, theirs):
        found = [line for line in found if ABSENT not in line]
    yield from found


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
