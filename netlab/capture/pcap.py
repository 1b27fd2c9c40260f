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

BLOCK = 1 << 18
"""Bytes that are read at a time."""

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
        raise CaptureError(
            f"{name} has link type {number}, which netlab does not know; it knows {known}"
        )
    return _records(file, name, order, 1 if magic == NANOSECONDS else 1000, LINK_TYPES[number])


def _records(file: BinaryIO, name: str, order: str, unit: int, link: str) -> Iterator[Packet]:
    """The packets, cut out of blocks: two calls to `read` for each would take longer than that."""
    unpack = struct.Struct(order + RECORD).unpack_from
    block, at, number, offset = b"", 0, 1, 24
    while True:
        if len(block) - at < 16:
            block, at = _more(file, block[at:], 16), 0
            if not block:
                return
            if len(block) < 16:
                place = f"in the header of packet {number}, at byte {offset}"
                raise CaptureError(f"{name} breaks off {place}")
        seconds, fraction, length, wire_length = unpack(block, at)
        end = at + 16 + length
        if end > len(block):
            if length > LONGEST:
                place = f"packet {number} at byte {offset}"
                raise CaptureError(f"{name} is damaged: {place} claims {length} bytes")
            block, at, end = _more(file, block[at:], 16 + length), 0, 16 + length
            if end > len(block):
                raise CaptureError(
                    f"{name} breaks off in packet {number}, at byte {offset}: "
                    f"{len(block) - 16} of its {length} bytes are there"
                )
        yield Packet(
            block[at + 16 : end], link, seconds * 1_000_000_000 + fraction * unit, wire_length
        )
        at, number, offset = end, number + 1, offset + 16 + length


def _more(file: BinaryIO, block: bytes, least: int) -> bytes:
    """The block and what follows in the file, at least so many bytes if there are any."""
    while len(block) < least and (more := file.read1(BLOCK)):  # type: ignore[attr-defined]
        block += more
    return block


def write(file: BinaryIO, packets: Iterable[Packet]) -> int:
    """Write packets with nanosecond timestamps; returns how many.  ValueError for mixed links, or
    one that pcap has no number for."""
    rest = iter(packets)
    first = next(rest, None)
    link = "ethernet" if first is None else first.link
    number = next((number for number, name in LINK_TYPES.items() if name == link), None)
    if number is None:
        raise ValueError(f"a pcap file cannot begin its packets with {link!r}: wrap them in IP")
    file.write(struct.pack("<" + HEADER, NANOSECONDS, 2, 4, 0, 0, LONGEST, number))
    count = 0
    for packet in chain([] if first is None else [first], rest):
        if packet.link != link:
            raise ValueError(
                f"packet {count + 1} has link type {packet.link}, the first {link}: "
                "a pcap file holds one link type"
            )
        seconds, fraction = divmod(packet.time or 0, 1_000_000_000)
        wire_length = max(packet.wire_length, len(packet.data))
        file.write(struct.pack("<" + RECORD, seconds, fraction, len(packet.data), wire_length))
        file.write(packet.data)
        count += 1
    return count
