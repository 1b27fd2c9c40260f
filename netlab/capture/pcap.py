"""The classic capture file, as libpcap writes it (draft-ietf-opsawg-pcap)."""

import struct
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from netlab.capture.errors import CaptureError
from netlab.capture.links import link_name, link_number
from netlab.capture.source import LONGEST, Source
from netlab.packet import Packet

MICROSECONDS, NANOSECONDS, MODIFIED = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
"""The magic numbers, which tell the unit of the timestamps and, by their order, the byte order;
the modified form is an old Linux libpcap's, with microseconds and longer records."""

MAGIC = {
    struct.pack(order + "I", magic): (order, magic)
    for magic in (MICROSECONDS, NANOSECONDS, MODIFIED)
    for order in "<>"
}
"""Byte order and magic number by a file's first four bytes."""

HEADER, RECORD = "IHHiIII", "IIII"
LAST = (1 << 32) * 1_000_000_000 - 1
"""The last nanosecond that a file can tell, in the year 2106."""

EXTRA = 8
"""Bytes by which the modified form's records are longer: interface, protocol, packet type."""


def packets(source: Source, start: bytes) -> Iterator[Packet]:
    """The packets of a pcap file that begins with `start`; CaptureError when its header is none."""
    order, magic = MAGIC[start[:4]]
    start = source.more(start, 24)
    if len(start) < 24:
        raise source.cut("its header", len(start), 24)
    version, _, _, _, _, link = struct.unpack_from(order + HEADER[1:], start, 4)
    if version != 2:
        raise CaptureError(f"{source.name} has version {version} of the format, not 2")
    # The upper half tells whether the frames end with their check sequence.
    return _records(source, start[24:], order, magic, link_name(link & 0xFFFF))


def _records(source: Source, piece: bytes, order: str, magic: int, link: str) -> Iterator[Packet]:
    """The packets, cut out of pieces: two calls to `read` for each would take longer than that."""
    unpack = struct.Struct(order + RECORD).unpack_from
    unit = 1 if magic == NANOSECONDS else 1000
    head = 16 + EXTRA if magic == MODIFIED else 16
    at, number, offset = 0, 1, 24
    while True:
        if len(piece) - at < head:
            piece, at = source.more(piece[at:], head), 0
            if not piece:
                return
            if len(piece) < head:
                place = f"the header of packet {number}, at byte {offset}"
                raise source.cut(place, len(piece), head)
        seconds, fraction, length, wire_length = unpack(piece, at)
        start, end = at + head, at + head + length
        if end > len(piece):
            place = f"packet {number} at byte {offset}"
            if length > LONGEST:
                raise source.damaged(place, f"claims {length} bytes")
            piece, start, end = source.more(piece[start:], length), 0, length
            if end > len(piece):
                raise source.cut(place, len(piece), length)
        yield Packet(piece[start:end], link, seconds * 1_000_000_000 + fraction * unit, wire_length)
        at, number, offset = end, number + 1, offset + head + length


def write(file: BinaryIO, packets: Iterable[Packet]) -> int:
    """Write packets with nanosecond timestamps; returns how many.  ValueError for mixed links, or
    one that has no number in capture files."""
    rest = iter(packets)
    first = next(rest, None)
    link = "ethernet" if first is None else first.link
    header = struct.pack("<" + HEADER, NANOSECONDS, 2, 4, 0, 0, LONGEST, link_number(link))
    file.write(header)
    pack = struct.Struct("<" + RECORD).pack
    count = 0
    for packet in chain([] if first is None else [first], rest):
        if packet.link != link:
            raise ValueError(
                f"packet {count + 1} has link type {packet.link}, the first {link}: "
                "a pcap file holds one link type; a file named .pcapng holds several"
            )
        seconds, fraction = divmod(packet.time or 0, 1_000_000_000)
        wire_length = max(packet.wire_length, len(packet.data))
        file.write(pack(seconds, fraction, len(packet.data), wire_length))
        file.write(packet.data)
        count += 1
    return count
