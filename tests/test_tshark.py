"""tshark as the judge: each field of each layer, its value and the byte at which it stands."""

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tshark_table import EARLIER, IN_BYTES, NAMES

import netlab
from netlab.field import Span
from netlab.header import Header

pytestmark = pytest.mark.needs("tshark")

SETTINGS = (
    "tcp.desegment_tcp_streams:FALSE", "tcp.relative_sequence_numbers:TRUE",
    "ip.defragment:FALSE", "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE",
    "udp.check_checksum:TRUE", "ipv6.defragment:FALSE",
)  # fmt: skip

Fields = dict[tuple[str, int], tuple[str, str]]
"""What tshark says of a packet: by name and first byte, the value as it shows it, and in hex."""


def tshark(path: Path) -> Iterator[Fields]:
    """Each packet as tshark reads it."""
    options = [word for setting in SETTINGS for word in ("-o", setting)]
    command = ["tshark", "-r", str(path), "-T", "pdml", *options]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    for packet in ElementTree.fromstring(said).iter("packet"):
        found: Fields = {}
        for field in packet.iter("field"):
            place = (field.get("name", ""), int(field.get("pos", 0)))
            found[place] = field.get("show", ""), field.get("value", "")
        yield found


def number(text: str) -> int:
    return int(text, 16 if text.startswith("0x") else 10)


def agrees(span: Span, name: str, shown: str, raw: str) -> bool:
    """Whether the field's value is what tshark shows, or the bytes are the ones it has."""
    value = span.value
    if isinstance(value, tuple):
        return b"".join(map(bytes, value)).hex() == raw
    if isinstance(value, bytes):
        return value.hex() == raw
    if isinstance(value, int):
        if name in IN_BYTES:
            return value * 4 == number(shown)
        return value == number(shown) & (1 << span.bits) - 1
    return str(value) == shown


def compare(header: Header | None, spans: tuple[Span, ...], theirs: Fields) -> Iterator[str]:
    """Each field in which the two differ."""
    kind = type(header)
    for span in spans:
        if span.name not in NAMES.get(kind, {}):
            yield f"{kind.__name__}.{span.name} is not in tests/tshark_table.py"
            continue
        names = NAMES[kind][span.name].split()
        if not names:
            continue
        places = [(name, span.start // 8 - EARLIER.get(name, 0)) for name in names]
        place = next((place for place in places if place in theirs), places[0])
        name = place[0]
        if place not in theirs:
            yield f"tshark has no {name} at byte {place[1]}"
        elif not agrees(span, name, *theirs[place]):
            yield f"{kind.__name__}.{span.name}: {span.text}, tshark says {theirs[place][0]}"


def compare_http(header: netlab.HTTP, theirs: Fields) -> Iterator[str]:
    """The parts of the start line, each header line, and the body."""
    start, *lines = header.spans()
    ours = {(part.name, part.start // 8): str(part.value) for part in start.children}
    ours |= {("header", line.start // 8): f"{line.name}: {line.text}" for line in lines}
    for (name, place), text in ours.items():
        names = NAMES[netlab.HTTP][name].split()
        said = [theirs[each, place][0].strip() for each in names if (each, place) in theirs]
        if said != [text]:
            yield f"HTTP.{name} at byte {place}: {text!r}, tshark says {said}"
    if header.body:
        body = theirs.get(("http.file_data", header.payload_start), ("", ""))[1]
        if body != header.body.hex():
            yield "HTTP's body differs"


def differences(packet: netlab.Packet, theirs: Fields) -> Iterator[str]:
    for header in packet.layers:
        if isinstance(header, netlab.HTTP):
            yield from compare_http(header, theirs)
            continue
        yield from compare(header, header.spans(), theirs)
        for option in getattr(header, "options", ()):
            yield from compare(option, option.spans(), theirs)
        status = {
            netlab.IPv4: "ip.checksum.status", netlab.TCP: "tcp.checksum.status",
            netlab.UDP: "udp.checksum.status",
        }.get(type(header))  # fmt: skip
        if status and (status, header.offset + type(header).checksum.start // 8) in theirs:
            good = theirs[status, header.offset + type(header).checksum.start // 8][0] == "1"
            if header.checksum_ok is not good:
                yield f"{type(header).__name__}.checksum_ok is {header.checksum_ok}"


def test_every_field_of_the_recording() -> None:
    path = netlab.recording("http.pcap")
    found = {
        number: list(differences(packet, theirs))
        for number, (packet, theirs) in enumerate(
            zip(netlab.read(path), tshark(path), strict=True), 1
        )
    }
    assert {number: lines for number, lines in found.items() if lines} == {}
    seen = defaultdict(int)
    for packet in netlab.read(path):
        for header in packet.layers:
            seen[type(header).__name__] += 1
    assert seen == {"Ethernet": 12, "ARP": 2, "IPv4": 10, "TCP": 10, "HTTP": 2}


def test_a_wrong_checksum_is_wrong_for_both(tmp_path: Path) -> None:
    packets = list(netlab.read(netlab.recording("http.pcap")))
    damaged = bytearray(packets[5].data)
    damaged[130] ^= 1
    path = tmp_path / "damaged.pcap"
    netlab.write(path, [netlab.dissect(bytes(damaged))])
    (theirs,) = tshark(path)
    (packet,) = netlab.read(path)
    assert theirs["tcp.checksum.status", 50][0] == "0"
    assert packet[netlab.TCP].checksum_ok is False
    assert list(differences(packet, theirs)) == []


def test_a_difference_is_noticed() -> None:
    """The comparison itself can fail: one changed bit in any header byte is found."""
    path = netlab.recording("http.pcap")
    packet, theirs = list(netlab.read(path))[2], list(tshark(path))[2]
    for place in range(74):
        changed = bytearray(packet.data)
        changed[place] ^= 0x10
        assert list(differences(netlab.dissect(bytes(changed)), theirs)), place
