"""The classic capture file, as libpcap writes it (draft-ietf-opsawg-pcap)."""

import struct
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

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


class Layout(NamedTuple):
    """How a file's records are written: byte order, bytes before a packet's own, nanoseconds in
    the unit of its times, and the link type's name."""

    order: str
    head: int
    unit: int
    link: str


def packets(source: Source, start: bytes) -> Iterator[Packet]:
    """The packets of a pcap file that begins with `start`; CaptureError when its header is none."""
    layout, rest = opened(source, start)
    return _packets(layout, pieces(source, rest, layout))


def opened(source: Source, start: bytes) -> tuple[Layout, bytes]:
    """The layout of a pcap file that begins with `start`, and what of its records was drawn.

    CaptureError when the file's header is none.
    """
    order, magic = MAGIC[start[:4]]
    start = source.more(start, 24)
    if len(start) < 24:
        raise source.cut("its header", len(start), 24)
    version, _, _, _, _, link = struct.unpack_from(order + HEADER[1:], start, 4)
    if version != 2:
        raise CaptureError(f"{source.name} has version {version} of the format, not 2")
    head = 16 + EXTRA if magic == MODIFIED else 16
    # The upper half tells whether the frames end with their check sequence.
    link = link_name(link & 0xFFFF)
    return Layout(order, head, 1 if magic == NANOSECONDS else 1000, link), start[24:]


def pieces(source: Source, piece: bytes, layout: Layout) -> Iterator[tuple[bytes, list[int]]]:
    """Pieces of the file, and where in each the records begin that are whole in it.

    Two calls to `read` for each record would take longer than cutting them out of pieces.
    """
    length_at = struct.Struct(layout.order + "I").unpack_from
    head, number, offset = layout.head, 1, 24
    while True:
        at, starts, size = 0, [], len(piece)
        while at + head <= size:
            end = at + head + length_at(piece, at + 8)[0]
            if end > size:
                break
            starts.append(at)
            at = end
        yield piece, starts
        number, offset, piece = number + len(starts), offset + at, piece[at:]
        if len(piece) < head:
            piece = source.more(piece, head)
            if not piece:
                return
            if len(piece) < head:
                place = f"the header of packet {number}, at byte {offset}"
                raise source.cut(place, len(piece), head)
        (length,) = length_at(piece, 8)
        place = f"packet {number} at byte {offset}"
        if length > LONGEST:
            raise source.damaged(place, f"claims {length} bytes")
        piece = source.more(piece, head + length)
        if len(piece) < head + length:
            raise source.cut(place, len(piece) - head, length)


def _packets(layout: Layout, drawn: Iterator[tuple[bytes, list[int]]]) -> Iterator[Packet]:
    order, head, unit, link = layout
    unpack = struct.Struct(order + RECORD).unpack_from
    for piece, starts in drawn:
        for at in starts:
            seconds, fraction, length, wire_length = unpack(piece, at)
            start = at + head
            time = seconds * 1_000_000_000 + fraction * unit
            yield Packet(piece[start : start + length], link, time, wire_length)


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
