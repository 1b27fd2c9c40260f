"""What is wrong with a packet, and how it likely came about: netlab's own look at the bytes."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netlab.checksum import Checksum, internet_checksum, ones_complement_sum
from netlab.field import DATAGRAM, PAYLOAD
from netlab.header import Header
from netlab.packet import Packet
from netlab.wire.ipv4 import IPv4
from netlab.wire.udp import UDP


class Summed(NamedTuple):
    """What a checksum covers, the checksum itself being zero, and what it does not cover."""

    pseudo: bytes
    header: bytes
    payload: bytes
    beyond: bytes

    @property
    def whole(self) -> bytes:
        """All that is covered."""
        return self.pseudo + self.header + self.payload


def _folded(data: bytes, times: int) -> int:
    """The checksum by one who adds the carry back in so many times, and then drops it."""
    words = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(words[i : i + 2]) for i in range(0, len(words), 2))
    for _ in range(times):
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _swapped(number: int) -> int:
    return number >> 8 | (number & 0xFF) << 8


def _short_pseudo_header(summed: Summed) -> int:
    """With the payload's length in the pseudo-header, not that of header and payload."""
    excess = len(summed.header).to_bytes(2)
    added = internet_checksum(excess)  # the complement: subtracts the header's length
    return internet_checksum(summed.whole + b"\0" * (len(summed.whole) % 2) + added.to_bytes(2))


def _odd_byte_low(summed: Summed) -> int:
    data = summed.whole
    return internet_checksum(data[:-1] + b"\0" + data[-1:] if len(data) % 2 else data)


CHECKSUMS: tuple[tuple[str, Callable[[Summed], int]], ...] = (
    ("it was never filled in", lambda summed: 0),
    ("the carry was dropped instead of added back in", lambda summed: _folded(summed.whole, 0)),
    ("the carry was added back in once, but that gave another carry",
     lambda summed: _folded(summed.whole, 1)),
    ("the sum was not complemented at the end",
     lambda summed: ones_complement_sum(summed.whole)),
    ("its two bytes are swapped: the network's order is big-endian",
     lambda summed: _swapped(internet_checksum(summed.whole))),
    ("the pseudo-header was left out",
     lambda summed: internet_checksum(summed.header + summed.payload)),
    ("the payload was left out", lambda summed: internet_checksum(summed.pseudo + summed.header)),
    ("only the pseudo-header was summed, as for a network card that adds the rest",
     lambda summed: ones_complement_sum(summed.pseudo)),
    ("the pseudo-header has the payload's length, not that of header and payload",
     _short_pseudo_header),
    ("the odd last byte was taken for the low half of its word, not the high one", _odd_byte_low),
    ("the payload was summed too, and this checksum covers the header alone",
     lambda summed: internet_checksum(summed.whole + summed.beyond)),
)  # fmt: skip
"""Mistakes that people make with a checksum, and what comes out then."""


def mistakes(packet: Packet) -> Iterator[str]:
    """Sentences on what is wrong in an IP packet."""
    data = packet.data
    if data[:1] >= b"\x60" and int.from_bytes(data[2:4]) == len(data):
        yield "the first half-byte says version 6, but the rest reads as an IPv4 header"
        return
    for header in packet.layers:
        yield from checksum_mistake(header)
        yield from zero_mistakes(header)
        if header.quotes or header.partial:
            break
    yield from map(str, packet.problems)


def zero_mistakes(header: Header) -> Iterator[str]:
    """Zeros that stand for something else elsewhere: in a capture on the sender, in a router."""
    for field in header.fields:
        name = f"{type(header).__name__}.{field.name}"
        if header.layer != "internet" or getattr(header, field.name) != 0:
            continue
        if field.measures in (DATAGRAM, PAYLOAD) and len(header._data) > header.payload_start:
            yield f"{name} is 0: it was never filled in, and {len(header._data)} bytes are there"
        if field.name in ("ttl", "hop_limit"):
            yield (
                f"{name} is 0: the kernel is where the packet was going and does not mind, "
                "but no router would have passed it on"
            )


def checksum_mistake(header: Header) -> Iterator[str]:
    """What is wrong with the header's checksum, if anything, and how it likely came about."""
    field = next((field for field in header.fields if field.name == "checksum"), None)
    rule = field.computed if field else None
    if field is None or not isinstance(rule, Checksum) or not header.covered:
        return
    found, right = getattr(header, field.name), rule(header)
    if right is None or found == right:
        return
    if found == 0 and isinstance(header, UDP):  # left out
        if isinstance(header.below, IPv4):
            return
    elif {found, right} == {0, 0xFFFF}:
        return
    place, covered = field.start // 8, rule.covered(header)
    zeroed = covered[:place] + b"\0\0" + covered[place + 2 :]
    own, payload = zeroed[: header.header_length], zeroed[header.header_length :]
    pseudo = bytes(rule.pseudo(header) or b"") if rule.pseudo else b""
    beyond = b"" if payload else header.payload
    summed = Summed(pseudo, own, payload, beyond)
    reason = next((reason for reason, outcome in CHECKSUMS if outcome(summed) == found), "")
    sentence = f"{type(header).__name__}.checksum is 0x{found:04x}, right is 0x{right:04x}"
    yield f"{sentence}: {reason}" if reason else sentence
