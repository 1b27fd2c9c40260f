"""The newer capture file, in blocks, as Wireshark writes it (draft-ietf-opsawg-pcapng)."""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from netlab.capture.errors import CaptureError
from netlab.capture.links import link_name, link_number
from netlab.capture.source import LONGEST, Source
from netlab.packet import Packet

SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
"""The types of blocks that matter here; all others (names, statistics, keys) are passed over."""

FIXED = {SECTION: 16, INTERFACE: 8, OLD_PACKET: 20, SIMPLE_PACKET: 4, ENHANCED_PACKET: 20}
"""Bytes in the fixed part of a block's body."""

MAGIC = SECTION.to_bytes(4)
"""A file's first four bytes, the same in both byte orders."""
BYTE_ORDER = 0x1A2B3C4D
ORDERS = {BYTE_ORDER.to_bytes(4, "little"): "<", BYTE_ORDER.to_bytes(4, "big"): ">"}

LARGEST = 1 << 24
"""Bytes in a block at most, as Wireshark has it; more means a damaged file."""

END, COMMENT = 0, 1
NAME, DESCRIPTION, RESOLUTION, OFFSET = 2, 3, 9, 14
"""Options: of every block, and of an interface."""

LAST = (1 << 63) - 1
"""The last nanosecond that is a time, in the year 2262; a later one means a damaged file."""

SECOND = 1_000_000_000
"""Nanoseconds."""


class Interface(NamedTuple):
    """Where packets were captured; a timestamp is ticks * scale // divisor + offset nanoseconds."""

    name: str
    link: str
    snap_length: int
    scale: int
    divisor: int
    offset: int


class Reader:
    """The packets of a pcapng file that begins with `start`, read block by block; what the blocks
    before said holds for the next.

    comment  what somebody noted in the file's first section
    """

    def __init__(self, source: Source, start: bytes) -> None:
        self.source = source
        self.order = "<"
        self.interfaces: list[Interface] = []
        self.number, self.offset = 1, 0
        self._drawn = self._blocks(start)
        _, section = next(self._drawn)
        self.comment = self._comment(section, FIXED[SECTION])

    def packets(self) -> Iterator[Packet]:
        """The packets of the packet blocks, in their order."""
        for kind, body in self._drawn:
            if kind == ENHANCED_PACKET:
                interface, high, low, length, wire_length = self._unpack("5I", body)
            elif kind == OLD_PACKET:
                interface, _, high, low, length, wire_length = self._unpack("2H4I", body)
            elif kind == SIMPLE_PACKET:
                yield self._simple(body)
                continue
            else:
                if kind == INTERFACE:
                    self.interfaces.append(self._interface(body))
                continue
            name, link, _, scale, divisor, offset = self._from(interface)
            data = self._data(body, 20, length)
            end = 20 + length + -length % 4
            comment = self._comment(body, end) if end < len(body) else ""
            time = (high << 32 | low) * scale // divisor + offset
            if not -LAST <= time <= LAST:
                raise self._damaged(f"claims a time of {time // SECOND} seconds after 1970")
            yield Packet(data, link, time, wire_length, comment, name)

    def _blocks(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        """Type and body of each block, cut out of pieces as `source` draws them."""
        more, at = self.source.more, 0
        while True:
            if len(piece) - at < 12:
                piece, at = more(piece[at:], 12), 0
                if not piece:
                    return
                if len(piece) < 12:
                    raise self.source.cut(f"the header of {self._place}", len(piece), 12)
            if piece.startswith(MAGIC, at):
                self._byte_order(piece[at + 8 : at + 12])
            kind, length = struct.unpack_from(self.order + "2I", piece, at)
            if length < 12 or length % 4 or length > LARGEST:
                raise self._damaged(f"claims {length} bytes")
            if len(piece) - at < length:
                piece, at = more(piece[at:], length), 0
                if len(piece) < length:
                    raise self.source.cut(self._place, len(piece), length)
            end = at + length
            (again,) = struct.unpack_from(self.order + "I", piece, end - 4)
            if again != length:
                raise self._damaged(f"has length {length} at its beginning, {again} at its end")
            body = piece[at + 8 : end - 4]
            if len(body) < FIXED.get(kind, 0):
                raise self._damaged(f"has {len(body)} bytes inside, {FIXED[kind]} are needed")
            if kind == SECTION:
                self._section(body)
            yield kind, body
            at, self.number, self.offset = end, self.number + 1, self.offset + length

    def _byte_order(self, octets: bytes) -> None:
        if octets not in ORDERS:
            raise self._damaged(f"has no byte order: it says {octets.hex(' ')}")
        self.order = ORDERS[octets]

    def _section(self, body: bytes) -> None:
        """A new section has interfaces of its own."""
        (version,) = self._unpack("4xH", body)
        if version != 1:
            raise self._damaged(f"has version {version} of the format, not 1")
        self.interfaces.clear()

    def _interface(self, body: bytes) -> Interface:
        number, _, snap_length = self._unpack("2HI", body)
        options = dict(reversed(list(self._options(body, 8))))  # the first of its kind counts
        resolution = int.from_bytes((options.get(RESOLUTION) or b"\6")[:1])
        ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
        whole = SECOND % ticks == 0
        scale, divisor = (SECOND // ticks, 1) if whole else (SECOND, ticks)
        (offset,) = self._unpack("q", options.get(OFFSET, b"").ljust(8, b"\0"))
        name = _text(options.get(NAME, b"")) or _text(options.get(DESCRIPTION, b""))
        return Interface(name, link_name(number), snap_length, scale, divisor, offset * SECOND)

    def _simple(self, body: bytes) -> Packet:
        """A packet without a time, of the section's first interface, cut at its snap length."""
        (wire_length,) = self._unpack("I", body)
        first = self._from(0)
        length = min(wire_length, first.snap_length or wire_length)
        data = self._data(body, 4, length)
        return Packet(data, first.link, None, wire_length, "", first.name)

    def _from(self, number: int) -> Interface:
        if number >= len(self.interfaces):
            there = len(self.interfaces)
            raise self._damaged(f"names interface {number}, but {there} are described before it")
        return self.interfaces[number]

    def _data(self, body: bytes, start: int, length: int) -> bytes:
        if length > LONGEST or start + length > len(body):
            raise self._damaged(f"claims a packet of {length} bytes")
        return body[start : start + length]

    def _comment(self, body: bytes, at: int) -> str:
        """The packet's comments, each a line of its own."""
        options = self._options(body, at)
        return "\n".join(_text(value) for code, value in options if code == COMMENT)

    def _options(self, body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
        """Number and value of each option, up to the last."""
        while at + 4 <= len(body):
            code, length = struct.unpack_from(self.order + "2H", body, at)
            if code == END:
                return
            at += 4
            if at + length > len(body):
                raise self._damaged(f"has an option that claims {length} bytes")
            yield code, body[at : at + length]
            at += length + -length % 4

    def _unpack(self, form: str, body: bytes) -> tuple[int, ...]:
        return struct.unpack_from(self.order + form, body)

    @property
    def _place(self) -> str:
        return f"block {self.number} at byte {self.offset}"

    def _damaged(self, why: str) -> CaptureError:
        return self.source.damaged(self._place, why)


def _text(octets: bytes) -> str:
    """UTF-8 up to a zero byte; what is none stays visible."""
    return octets.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def write(file: BinaryIO, packets: Iterable[Packet], comment: str = "") -> int:
    """Write packets with nanosecond timestamps, comments and interfaces; returns how many.

    An interface is described when its first packet comes.  `comment` is on the whole file.
    """
    section = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)
    file.write(_block(SECTION, section + _options((COMMENT, comment))))
    interfaces: dict[tuple[object, str], int] = {}
    pack = struct.Struct("<7I").pack
    count = 0
    for packet in packets:
        key = packet.link, packet.interface
        if key not in interfaces:
            interfaces[key] = len(interfaces)
            file.write(_interface(link_number(packet.link), packet.interface))
        time, length = packet.time or 0, len(packet.data)
        rest = bytes(-length % 4) + _options((COMMENT, packet.comment))
        size = 32 + length + len(rest)
        wire_length = max(packet.wire_length, length)
        head = (ENHANCED_PACKET, size, interfaces[key], time >> 32, time & 0xFFFFFFFF)
        file.write(pack(*head, length, wire_length))
        file.write(packet.data + rest + size.to_bytes(4, "little"))
        count += 1
    return count


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<2I", kind, length) + body + struct.pack("<I", length)


def _interface(link: int, name: str) -> bytes:
    options = _options((NAME, name), (RESOLUTION, "\x09"))
    return _block(INTERFACE, struct.pack("<2HI", link, 0, LONGEST) + options)


def _options(*options: tuple[int, str]) -> bytes:
    """The options that say something, and the one that ends the list."""
    found = b""
    for code, text in options:
        if text:
            value = text.encode("utf-8", "backslashreplace")
            if len(value) > 0xFFFF:
                raise ValueError(f"a comment has {len(value)} bytes: a pcapng file holds 65535")
            found += struct.pack("<2H", code, len(value)) + value + bytes(-len(value) % 4)
    return found and found + bytes(4)
