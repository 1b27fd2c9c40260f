"""Headers found and fields read in many packets at once, by the same declarations that read one.

All packets whose next header is of the same class are handled together.  What a class decides by
more than a look into tables (`next_class`, `recognise`) is left to `Packet`, one by one; on the
way to TCP and UDP only rare packets are.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from netlab.columns.batches import Batch, Integers
from netlab.field import DATAGRAM, HEADER, NUMBERS, PAYLOAD, Field
from netlab.header import ADDRESSES, PORTS, Header
from netlab.packet import LINKS, Packet
from netlab.wire.ethernet import VLAN, Ethernet
from netlab.wire.ethertypes import LOWEST_ETHERTYPE
from netlab.wire.fields import ipv4
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IP
from netlab.wire.tcp import TCP

TYPED = (Ethernet, VLAN)
"""Classes that look into a table, unless the number is a length of an 802.3 frame."""


class Group(NamedTuple):
    """Packets whose next header is of one class: which rows of the batch, the header's first
    byte in each, and the byte after what may belong to it."""

    kind: type[Header]
    rows: Integers
    start: Integers
    end: Integers

    def where(self, keep: Any) -> "Group":
        """Those of the group for which `keep` is true."""
        return Group(self.kind, self.rows[keep], self.start[keep], self.end[keep])


class Found(NamedTuple):
    """What was read of a batch's packets, as arrays of a row each: the addresses as two numbers
    of 64 bits and the version of IP (0: no address), the IP protocol, the ports, TCP's flags, and
    the class of the innermost header that was reached as an index into `kinds`."""

    src: np.ndarray[Any, Any]
    dst: np.ndarray[Any, Any]
    version: np.ndarray[Any, Any]
    protocol: np.ndarray[Any, Any]
    src_port: np.ndarray[Any, Any]
    dst_port: np.ndarray[Any, Any]
    flags: np.ndarray[Any, Any]
    kind: np.ndarray[Any, Any]
    kinds: list[str]

    @classmethod
    def nothing(cls, count: int) -> "Found":
        """Room for so many packets."""
        return cls(
            np.zeros((count, 2), np.uint64), np.zeros((count, 2), np.uint64),
            np.zeros(count, np.uint8), np.zeros(count, np.uint8),
            np.zeros(count, np.uint16), np.zeros(count, np.uint16), np.zeros(count, np.uint8),
            np.zeros(count, np.int32), ["data"],
        )  # fmt: skip

    def reached(self, rows: Integers, kind: str) -> None:
        """Note that these packets have a header of that class."""
        if kind not in self.kinds:
            self.kinds.append(kind)
        self.kind[rows] = self.kinds.index(kind)


def column(field: Field, data: Any, start: Integers) -> Any:
    """The field of many headers, by their first bytes: an array of unsigned integers."""
    first, last = field.start // 8, (field.start + field.bits + 7) // 8
    width = np.uint8 if last - first == 1 else np.uint32 if last - first <= 4 else np.uint64
    value = data[start + first].astype(width)
    for place in range(first + 1, last):
        value = value << width(8) | data[start + place]
    shift, spare = last * 8 - field.start - field.bits, (last - first) * 8 - field.bits
    if shift:
        value = value >> width(shift)
    return value & width((1 << field.bits) - 1) if spare > shift else value


def dissected(batch: Batch) -> Found:
    """The 5-tuples, flags and innermost headers of a batch's packets, as `Packet` has them."""
    count = len(batch.start)
    found = Found.nothing(count)
    kind = LINKS.get(batch.link)
    waiting = []
    if kind is not None:
        waiting.append(Group(kind, np.arange(count), batch.start, batch.end))
    slow: list[Integers] = []
    while waiting:
        group = waiting.pop()
        if group.kind in TYPED or not group.kind.guard:
            group = group.where(group.end - group.start >= group.kind.size)
        if len(group.rows):
            waiting += _pass(batch, found, group, slow)
    for rows in slow:
        for row in rows:
            _alone(batch, found, int(row))
    return found


def _pass(batch: Batch, found: Found, group: Group, slow: list[Integers]) -> Iterator[Group]:
    """Read what the headers of a group say, and find the groups that follow them."""
    kind = group.kind
    if kind is IP:
        group = group.where(group.start < group.end)
        yield from _split(group, column(IPv4.version, batch.data, group.start), "ip version")
        return
    if not kind.role:  # behind an address, what is no transport ends the 5-tuple
        inside = found.version[group.rows] != 0
        found.reached(group.rows[inside], kind.__name__)
        group = group.where(~inside)
    if kind in TYPED:
        typed = column(kind.ethertype, batch.data, group.start) >= LOWEST_ETHERTYPE  # type: ignore[attr-defined]
        slow.append(group.rows[~typed])
        group = group.where(typed)
    elif kind.role != PORTS and (kind.guard or kind.chooses or "step" not in vars(kind)):
        slow.append(group.rows)
        return
    if kind.role == ADDRESSES:
        group = group.where(found.version[group.rows] == 0)
    _read(batch, found, group)
    if kind.role != PORTS:
        yield from _beyond(batch, group)


def _read(batch: Batch, found: Found, group: Group) -> None:
    data, (kind, rows, start, _) = batch.data, group
    found.reached(rows, kind.__name__)
    if kind.role == ADDRESSES:
        for field, into in ((kind.src, found.src), (kind.dst, found.dst)):  # type: ignore[attr-defined]
            for half, value in enumerate(_halves(field, data, start)):
                into[rows, half] = value
        found.version[rows] = 4 if kind.src.bits == ADDRESS_BITS else 6  # type: ignore[attr-defined]
    if kind.role == PORTS:
        found.protocol[rows] = kind.numbers["ip protocol"]
        found.src_port[rows] = column(kind.src_port, data, start)  # type: ignore[attr-defined]
        found.dst_port[rows] = column(kind.dst_port, data, start)  # type: ignore[attr-defined]
        if kind is TCP:
            found.flags[rows] = column(TCP.flags, data, start)
    elif kind.role:
        carried = next(field for field in kind.fields if field.selects == "ip protocol")
        found.protocol[rows] = column(carried, data, start)


ADDRESS_BITS = ipv4("an address").bits


def _halves(field: Field, data: Any, start: Integers) -> tuple[Any, Any]:
    """An address as two numbers of 64 bits, the first one 0 for IPv4."""
    if field.bits == ADDRESS_BITS:
        return 0, column(field, data, start)
    halves = []
    for half in range(2):
        part = Field(64, field.about)
        part.start = field.start + 64 * half
        halves.append(column(part, data, start))
    return halves[0], halves[1]


def _beyond(batch: Batch, group: Group) -> Iterator[Group]:
    """The groups that follow: `Header.step`, for many."""
    data, (kind, rows, start, end) = batch.data, group
    lengths = kind._lengths

    def stated(what: str) -> Any:
        field = lengths[what]
        return column(field, data, start).astype(np.int64) * field.unit + field.less

    after = start + stated(HEADER) if HEADER in lengths else start + kind.size
    keep = (start + kind.size <= after) & (after <= end)
    for what, base in ((DATAGRAM, start), (PAYLOAD, after)):
        if what in lengths:
            told = base + stated(what)
            shorter = (told < end) & (column(lengths[what], data, start) != 0)
            end = np.where(shorter, np.maximum(told, after), end)
    if kind.unless:
        keep &= column(getattr(kind, kind.unless), data, start) == 0
    for field, _ in kind._selectors:
        following = Group(kind, rows[keep], after[keep], end[keep])
        yield from _split(following, column(field, data, start[keep]), field.selects)


def _split(group: Group, numbers: Any, space: str) -> Iterator[Group]:
    """The group's packets by the class that their number announces."""
    known = NUMBERS[space]
    for number in np.unique(numbers).tolist():
        if number in known:
            yield group.where(numbers == number)._replace(kind=known[number])


def _alone(batch: Batch, found: Found, row: int) -> None:
    """A packet for which a class decides by itself, read as one."""
    here, begin = np.array([row]), batch.start[row : row + 1]
    packet = Packet(batch.data[batch.start[row] : batch.end[row]].tobytes(), batch.link)
    found.version[row] = 0  # it may have come some way with the others
    for header in packet.layers:
        inside = bool(found.version[row])
        if inside and header.role == ADDRESSES:
            break
        _read(batch, found, Group(type(header), here, begin + header.offset, begin))
        if header.role == PORTS or (inside and not header.role):
            break
    *_, found.protocol[row], found.src_port[row], found.dst_port[row] = packet.five_tuple
