"""Bytes made to do harm: the work grows with their number and not faster, and nothing raises."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from everything import look_at_everything, show_everything

import netlab
from netlab.packet import LINKS

Lines = Callable[[FrameType, str, Any], Any]


def work(task: Callable[[], object]) -> int:
    """How many lines of the package Python runs for a task: the same number on any machine."""
    count = 0

    def line(frame: FrameType, event: str, argument: object) -> Lines | None:
        nonlocal count
        count += 1
        return line

    def call(frame: FrameType, event: str, argument: object) -> Lines | None:
        inside = "netlab" in frame.f_code.co_filename or frame.f_code.co_filename == "<string>"
        return line(frame, event, argument) if inside else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        task()
    finally:
        sys.settrace(before)
    return count


ETHERNET = bytes(netlab.Ethernet())[:12]


def vlans(depth: int) -> netlab.Packet:
    return netlab.Packet(ETHERNET + b"\x81\0\0\1" * depth + b"\x88\xb5end")


def cut_vlans(depth: int) -> netlab.Packet:
    return netlab.Packet(vlans(depth).data, wire_length=1 << 20)


def ip_in_ip(depth: int) -> netlab.Packet:
    """IPv4 in IPv4, each with a right length, then TCP."""
    packet: Any = netlab.IPv4(total_length=40) / netlab.TCP()
    above = b"".join(
        bytes(netlab.IPv4(protocol=4, total_length=min(20 * layer + 40, 65535)))
        for layer in range(depth, 0, -1)
    )
    return netlab.Packet(above + bytes(packet), "raw")


def extensions(number: int, more: int = 0) -> Callable[[int], netlab.Packet]:
    """IPv6 extension headers of 8 bytes, one after the other, then TCP."""

    def made(depth: int) -> netlab.Packet:
        inside = {43: [253, 0], 44: [0, more]}.get(number, [1, 4])
        chain = bytes([number, 0, *inside, *bytes(4)])
        last = bytes([6]) + chain[1:]
        length = len(chain) * depth + netlab.TCP.size
        ip = netlab.IPv6(next_header=number, payload_length=length if length < 1 << 16 else 0)
        return netlab.Packet(bytes(ip) + chain * (depth - 1) + last + bytes(netlab.TCP()), "raw")

    return made


def icmp_in_icmp(depth: int) -> netlab.Packet:
    """An error that quotes an error that quotes an error."""
    error = bytes(netlab.IPv4(protocol=1, total_length=0)) + b"\3" + bytes(7)
    return netlab.Packet(error * depth, "raw")


def options_of_nothing(depth: int) -> netlab.Packet:
    """A hop-by-hop header full of options of one byte."""
    length = min(depth, 255)
    head = bytes([59, length]) + bytes(6 + 8 * length)
    ip = netlab.IPv6(next_header=0, payload_length=0)
    return netlab.Packet(bytes(ip) + head + bytes(8 * (depth - length)), "raw")


def pointer(place: int) -> bytes:
    """A compressed name: it goes on at that byte of the message."""
    return (0xC000 | min(place, 0x3FFF)).to_bytes(2)


def dns_records(depth: int) -> netlab.Packet:
    """Records whose names all lead through as many pointers as are followed."""
    head = struct.pack(">6H", 1, 0x8180, 0, depth + 1, 0, 0)
    first = b"\7netlab0\0" + struct.pack(">HHIH", 10, 1, 0, 252)  # of type NULL: any bytes
    data = head + first + pointer(len(head))
    for _ in range(125):
        data += pointer(len(data) - 2)
    record = pointer(len(data) - 2) + struct.pack(">HHIH", 1, 1, 0, 4) + bytes(4)
    return netlab.Packet(data + record * depth, netlab.DNS)


def dns_questions(depth: int) -> netlab.Packet:
    """Questions, each for the name of the one before and a label more, until it is too long."""
    data = struct.pack(">6H", 1, 0, depth, 0, 0, 0) + b"\0\0\1\0\1"
    before = 12
    for _ in range(depth - 1):
        before, data = len(data), data + b"\x1f" + b"x" * 31 + pointer(before) + b"\0\1\0\1"
    return netlab.Packet(data, netlab.DNS)


def http_lines(depth: int) -> netlab.Packet:
    return netlab.Packet(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * depth + b"\r\n", netlab.HTTP)


def dhcp_options(depth: int) -> netlab.Packet:
    head = bytes(netlab.DHCP())
    return netlab.Packet(head + b"\x0c\1x" * depth, netlab.DHCP)


def tls_records(depth: int) -> netlab.Packet:
    return netlab.Packet(b"\x17\3\3\0\1x" * depth, netlab.TLS)


def tls_extensions(depth: int) -> netlab.Packet:
    """A client's hello with as many extensions, all of them empty, as fit."""
    extensions = b"".join(struct.pack(">HH", 0xFA00 + each % 99, 0) for each in range(depth))
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x13\1" + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions
    hello = b"\1" + len(body).to_bytes(3) + body
    return netlab.Packet(b"\x16\3\1" + struct.pack(">H", len(hello)) + hello, netlab.TLS)


def dhcp_routes(depth: int) -> netlab.Packet:
    """Options of the longest kind, each a list in itself."""
    routes = b"\x79\xff" + b"\0\1\2\3\4" * 51
    return netlab.Packet(bytes(netlab.DHCP()) + routes * depth, netlab.DHCP)


NESTED = {
    "VLAN tags": vlans,
    "VLAN tags of a cut packet": cut_vlans,
    "IPv4 in IPv4": ip_in_ip,
    "destination options": extensions(60),
    "hop-by-hop options": extensions(0),
    "routing headers": extensions(43),
    "first fragments": extensions(44, more=1),
    "whole fragments": extensions(44),
    "ICMP errors": icmp_in_icmp,
    "one-byte options": options_of_nothing,
    "DNS records": dns_records,
    "DNS questions": dns_questions,
    "HTTP lines": http_lines,
    "DHCP options": dhcp_options,
    "DHCP routes": dhcp_routes,
    "TLS records": tls_records,
    "TLS extensions": tls_extensions,
}
nested = pytest.mark.parametrize("make", NESTED.values(), ids=NESTED)

FEWER = {dns_records: 10, dns_questions: 25, dhcp_routes: 5}
"""How many of a kind are enough for a comparison where each makes much work."""

FACTOR = 2.2
"""How much more work twice as many bytes may make: twice, and what a machine rounds up."""


@nested
def test_twice_the_bytes_make_twice_the_work(make: Callable[[int], netlab.Packet]) -> None:
    for look in (look_at_everything, show_everything):
        look(make(2))  # what is compiled once is no work of a packet
        depth = FEWER.get(make, 40)
        once, twice = (work(lambda: look(make(depth * times))) for times in (1, 2))  # noqa: B023
        assert 100 < once < twice < FACTOR * once


@nested
def test_64_kib_of_headers_are_read(make: Callable[[int], netlab.Packet]) -> None:
    size = (len(make(200).data) - len(make(100).data)) / 100
    packet = make(int(65000 / size))
    assert 64000 < len(packet.data) < 66000
    packet.spans(), packet.problems, packet.five_tuple, packet.owners(), packet.summary()
    for header in packet.layers[:1] + packet.layers[-3:]:
        header.checksum_verdict()
    assert bytes(packet) == packet.data


@pytest.mark.parametrize("number", [60, 43, 0])
def test_a_checksum_behind_8000_extension_headers(number: int) -> None:
    packet = extensions(number)(8000)
    assert len(packet.layers) == 8002
    source = bytes(packet)[8:40] + struct.pack(">II", 20, 6)
    right = netlab.checksum.internet_checksum(source + bytes(netlab.TCP()))
    sound = packet.data[:-20] + bytes(netlab.TCP(checksum=right))
    assert netlab.dissect(sound, "raw")[netlab.TCP].checksum_ok is True
    assert packet[netlab.TCP].checksum_ok is False


def test_255_nested_vlans() -> None:
    packet = vlans(255)
    assert [type(header).__name__ for header in packet.layers] == ["Ethernet"] + ["VLAN"] * 255
    assert packet.problems == ()
    look_at_everything(packet)


@pytest.mark.parametrize(
    ("header", "option"),
    [(netlab.TCP, 99), (netlab.TCP, 5), (netlab.IPv4, 7), (netlab.IPv4, 99)],
    ids=lambda part: getattr(part, "__name__", part),
)
@pytest.mark.parametrize("length", [0, 1, 255])
def test_options_of_impossible_length_end_the_list(header: Any, option: int, length: int) -> None:
    listed = bytes([option, length]) * 20
    packet = (
        header(options=listed) if header is netlab.IPv4 else netlab.IPv4() / header(options=listed)
    )
    packet = netlab.dissect(bytes(packet), "raw")
    look_at_everything(packet)
    (problem,) = (each for each in packet.problems if each.field == "options")
    assert f"length {length} means" in problem.message
    assert len(packet[header].options) == 1


@pytest.mark.parametrize("link", sorted(LINKS))
@pytest.mark.parametrize("byte", [0x00, 0x45, 0x60, 0xFF])
def test_16_kib_of_one_byte(link: str, byte: int) -> None:
    look_at_everything(netlab.Packet(bytes([byte]) * 16384, link))


def pcapng(lies: int) -> bytes:
    """So many sections, then a block that claims 4 GiB."""
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
    return (section + interface) * lies + struct.pack("<II", 6, 0xFFFFFFFC) + bytes(4)


def test_twice_the_blocks_make_twice_the_work(tmp_path: Path) -> None:
    path = tmp_path / "liar.pcapng"

    def read() -> None:
        with pytest.raises(netlab.CaptureError, match="claims 4294967292 bytes"):
            list(netlab.read(path))

    counts = []
    for sections in (1, 100, 200):
        path.write_bytes(pcapng(sections))
        counts.append(work(read))
    assert counts[0] < counts[1] < counts[2] < FACTOR * counts[1]
