"""The classic capture file, as libpcap writes it (draft-ietf-opsawg-pcap)."""

import struct
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from netlab.capture.errors import CaptureError
from netlab.packet import Packet

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
"""The magic numbers, which tell the unit of the timestamps and, by their order, the byte order."""

LONGEST = 1 << 18
"""Bytes in a packet at most, as libpcap has it (MAXIMUM_SNAPLEN); more means a damaged file."""

LINK_TYPES = {
    0: "null",
    1: "ethernet",
    101: "raw",
    108: "loop",
    113: "sll",
    228: "ipv4",
    229: "ipv6",
    276: "sll2",
}
"""Names of link types, https://www.tcpdump.org/linktypes.html."""

HEADER, RECORD = "IHHiIII", "IIII"


def packets(file: BinaryIO, name: str) -> Iterator[Packet]:
    """The packets of an open pcap file; CaptureError when its header is none."""
    start = file.read(24)
    for order in "<>":
        magic = struct.unpack_from(order + "I", start.ljust(4, b"\0"))[0]
        if magic in (MICROSECONDS, NANOSECONDS):
            break
    else:
        raise CaptureError(f"{name} is not a capture file: it begins with {start[:4].hex(' ')!r}")
    if len(start) < 24:
        raise CaptureError(f"{name} breaks off in its header, after {len(start)} of 24 bytes")
    number = struct.unpack(order + HEADER, start)[6] & 0xFFFF
    if number not in LINK_TYPES:
        known = ", ".join(f"{name} ({number})" for number, name in LINK_TYPES.items())
        raise CaptureError(f"{name} has link type {number}, which netlab does not know; it knows {known}")
    return _records(file, name, order, 1 if magic == NANOSECONDS else 1000, LINK_TYPES[number])


def _records(
    file: BinaryIO, name: str, order: str, unit: int, link: str
) -> Iterator[Packet]:
    record = struct.Struct(order + RECORD)
    number, offset = 0, 24
    while head := file.read(16):
        number += 1
        if len(head) < 16:
            raise CaptureError(f"{name} breaks off in the header of packet {number}, at byte {offset}")
        seconds, fraction, length, wire_length = record.unpack(head)
        if length > LONGEST:
            raise CaptureError(
                f"{name} is damaged: packet {number} at byte {offset} claims {length} bytes"
            )
        data = file.read(length)
        if len(data) < length:
            raise CaptureError(
                f"{name} breaks off in packet {number}, at byte {offset}: "
                f"{len(data)} of its {length} bytes are there"
            )
        offset += 16 + length
        yield Packet(data, link, seconds * 1_000_000_000 + fraction * unit, wire_length)


def write(file: BinaryIO, packets: Iterable[Packet]) -> int:
    """Write packets with nanosecond timestamps; returns how many.  ValueError for mixed links."""
    numbers = {name: number for number, name in LINK_TYPES.items()}
    rest = iter(packets)
    first = next(rest, Packet(b""))
    file.write(struct.pack("<" + HEADER, NANOSECONDS, 2, 4, 0, 0, LONGEST, numbers[first.link]))
    count = 0
    for packet in chain([first] if first.data else [], rest):
        if packet.link != first.link:
            raise ValueError(
                f"packet {count + 1} has link type {packet.link}, the first {first.link}: "
                "a pcap file holds one link type"
            )
        seconds, fraction = divmod(packet.time or 0, 1_000_000_000)
        wire_length = max(packet.wire_length, len(packet.data))
        file.write(struct.pack("<" + RECORD, seconds, fraction, len(packet.data), wire_length))
        file.write(packet.data)
        count += 1
    return count
