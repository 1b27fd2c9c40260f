"""IP fragments put together again, as the receiving host does it (RFC 791, 1122, 8200)."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import cast

from netlab.field import NUMBERS, PAYLOAD
from netlab.flows.findings import OVERHEAD, Findings, Range, span
from netlab.flows.parts import Part, part
from netlab.flows.pieces import Overlap, Piece, Pieces, compare
from netlab.packet import Packet
from netlab.wire.ipv4 import IPv4, IPv4Flags
from netlab.wire.ipv6 import IPv6
from netlab.wire.tcp import TCP

LONGEST = 65535
"""Bytes in a packet at most: what IPv4's total length, or IPv6's payload length, can say."""

TIMEOUT = 60_000_000_000
"""Nanoseconds for which a host waits for the rest (RFC 1122 section 3.3.2, RFC 8200 4.5)."""

POLICIES = ("first", "last", "discard")
"""What may win where fragments overlap: the bytes that came first, those that came last, none."""


class Reassembled(Packet):
    """A packet put together from fragments; `pieces` says which packet brought which bytes."""

    __slots__ = ("pieces",)

    pieces: tuple[Piece, ...]


class _Datagram:
    """What has come of a packet that was sent in fragments."""

    def __init__(self, part: Part, number: int, time: int | None, started: int) -> None:
        self.part, self.number, self.time, self.started = part, number, time, started
        self.pieces = Pieces()
        self.first: tuple[Packet, Part] | None = None
        self.end: int | None = None
        self.discarded = False

    @property
    def size(self) -> int:
        """About the bytes of memory that it takes."""
        first = len(self.first[0]) + OVERHEAD if self.first else 0
        return self.pieces.size + first + 2 * OVERHEAD

    @property
    def complete(self) -> bool:
        return self.first is not None and self.pieces.length == self.end

    @property
    def missing(self) -> tuple[Range, ...]:
        """The bytes that have not come, as far as the end is known."""
        return self.pieces.gaps(0, self.end or self.pieces.highest)

    def lacks(self) -> str:
        wanting = [span(self.missing)] if self.missing else []
        if self.end is None:
            wanting.append(f"everything from byte {self.pieces.highest} on")
        return " and ".join(wanting)


class Reassembler:
    """Puts fragmented packets together.  Feed it packets in the order of capture, with `add`.

    overlap        which bytes win where IPv4 fragments overlap: "first", "last", or "discard",
                   which gives up the datagram, as Linux does.  IPv6 always does (RFC 5722)
    timeout        nanoseconds, by the packets' own times, for which it waits for missing fragments
    max_datagrams  unfinished datagrams that it keeps; the oldest leave first
    max_bytes      bytes of memory that these may take
    findings       what was noteworthy, the latest `max_findings`; `findings.counts` counts all

    Only the outermost IP header counts.  ValueError for an unknown policy.
    """

    def __init__(
        self,
        *,
        overlap: str = "first",
        timeout: int = TIMEOUT,
        max_datagrams: int = 1024,
        max_bytes: int = 4 << 20,
        max_findings: int = 10_000,
    ) -> None:
        if overlap not in POLICIES:
            raise ValueError(f"no policy is called {overlap!r}: there are {', '.join(POLICIES)}")
        self.overlap, self.timeout = overlap, timeout
        self.max_datagrams, self.max_bytes = max_datagrams, max_bytes
        self.findings = Findings(max_findings)
        self.held = 0
        """About the bytes of memory that unfinished datagrams take."""
        self._datagrams: OrderedDict[tuple[str | int, ...], _Datagram] = OrderedDict()
        self._number, self._time, self._now = 0, cast("int | None", None), 0

    def reassemble(self, packets: Iterable[Packet]) -> Iterator[Packet]:
        """The packets, with each fragmented one in place of its fragments."""
        for packet in packets:
            whole = self.add(packet)
            if whole is not None:
                yield whole
        self.close()

    def add(self, packet: Packet, number: int | None = None) -> Packet | None:
        """The packet itself when it is no fragment; when it completes a datagram, that, with the
        link headers of its first fragment; else None.

        Packets are counted from 1 unless the caller has a `number` for each.
        """
        self._number = self._number + 1 if number is None else number
        self._time = packet.time
        self._now = max(self._now, packet.time or 0)
        self._expire()
        found = part(packet)
        if not found:
            return packet
        if found.start == 0 and not found.more:  # only IPv6 has that; see RFC 6946
            return self._whole(packet, found, (self._piece(found),) if found.data else ())
        return self._add(packet, found)

    def close(self) -> None:
        """No more packets come: report what is incomplete, and forget it."""
        while self._datagrams:
            self._give_up("incomplete", "at the end")

    def _expire(self) -> None:
        while self._datagrams:
            oldest = next(iter(self._datagrams.values()))
            if self._now - oldest.started <= self.timeout:
                break
            self._give_up("incomplete", f"after {self.timeout / 1e9:g} seconds")

    def _give_up(self, kind: str, when: str) -> None:
        """Forget the datagram that began first."""
        _, oldest = self._datagrams.popitem(last=False)
        self.held -= oldest.size
        if not oldest.discarded:
            message = f"{when}, {oldest.part} lacks {oldest.lacks()}"
            self.findings.note(kind, message, oldest.number, oldest.time, *oldest.missing)

    def _note(self, kind: str, message: str, *ranges: Range) -> None:
        self.findings.note(kind, message, self._number, self._time, *ranges)

    def _piece(self, found: Part) -> Piece:
        end = found.start + len(found.data)
        return Piece(found.start, end, found.data, self._number, self._time)

    def _add(self, packet: Packet, found: Part) -> Packet | None:
        datagram = self._datagrams.get(found.key)
        if datagram is None:
            datagram = _Datagram(found, self._number, self._time, self._now)
        elif datagram.discarded:
            self._note("discarded", f"{found} was given up before")
            return None
        usable = self._usable(found, datagram)
        if usable is None:
            return None
        self.held -= datagram.size if found.key in self._datagrams else 0
        if not usable.more:
            datagram.end = usable.end
        if usable.start == 0 and datagram.first is None:
            datagram.first = packet, usable
        if usable.data:
            self._put(usable, datagram)
        if datagram.complete and datagram.first:
            self._datagrams.pop(found.key, None)
            return self._whole(*datagram.first, tuple(datagram.pieces.pieces))
        self._datagrams[found.key] = datagram
        self.held += datagram.size
        while self.held > self.max_bytes or len(self._datagrams) > self.max_datagrams:
            self._give_up("evicted", "to make room")
        return None

    def _usable(self, found: Part, datagram: _Datagram) -> Part | None:
        """The fragment as far as it can be used; None when it cannot at all."""
        start, end, more = found.start, found.end, found.more
        if len(found.data) < end - start:
            told = f"the capture holds {len(found.data)} of them"
            self._note("cut", f"{_named(found)}: {told}", (start, end))
        if more and (end - start) % 8:
            self._note("not a multiple of 8", f"{end - start}: {_named(found)}", (start, end))
            if isinstance(found.ip, IPv6):
                return None
            end -= (end - start) % 8
        known, highest = datagram.end, datagram.pieces.highest
        if start == end:
            self._note("empty", f"no bytes for byte {start} of {found}")
            self._spoiled(found)
        elif found.unfragmented + end > LONGEST:
            total = found.unfragmented + end
            self._note("too long", f"{total} bytes in all: {_named(found)}", (start, end))
        elif (not more and end < highest) or (
            known and (end > known or (end < known and not more))
        ):
            last = f"ends at byte {known}" if known else f"has at least {highest} bytes"
            self._note("contradicting end", f"{_named(found)}, which {last}", (start, end))
            self._spoiled(found)
        else:
            return found._replace(end=end, data=found.data[: end - start])
        return None

    def _policy(self, found: Part) -> str:
        return "discard" if isinstance(found.ip, IPv6) else self.overlap

    def _spoiled(self, found: Part) -> None:
        """With the policy "discard", forget what came before a fragment that cannot be right."""
        if self._policy(found) == "discard" and found.key in self._datagrams:
            self.held -= self._datagrams.pop(found.key).size

    def _put(self, found: Part, datagram: _Datagram) -> None:
        """Put bytes in their place, and report what is odd about that."""
        upper, pieces = NUMBERS["ip protocol"].get(found.carried), datagram.pieces
        if upper and found.start == 0 and found.end < upper.size:
            of = f"{found.end} of the {upper.size} bytes of {upper.__name__}'s header"
            self._note("tiny fragment", f"{of}, {found}")
        elif upper is TCP and found.start == 8:
            self._note("tiny fragment", f"the 8 bytes before it are but part of a header, {found}")
        new = self._piece(found)
        met = [compare(old, new) for old in pieces.pieces[pieces.meeting(new.start, new.end)]]
        if not met:
            if new.start < pieces.highest:
                self._note("out of order", _named(found), new[:2])
            pieces.add(new)
        elif len(met) == 1 and met[0].old[:3] == new[:3]:
            self._note("duplicate", f"of packet {met[0].old.number}: {found}", new[:2])
        else:
            self._overlap(found, datagram, met)

    def _overlap(self, found: Part, datagram: _Datagram, met: list[Overlap]) -> None:
        policy = self._policy(found)
        ranges = [(overlap.start, overlap.end) for overlap in met]
        conflicts = [conflict for overlap in met for conflict in overlap.conflicts]
        kind = "conflict" if conflicts else "overlap"
        told = "the datagram is given up" if policy == "discard" else f"the {policy} to come wins"
        numbers = ", ".join(str(overlap.old.number) for overlap in met[:3])
        message = f"{span(conflicts or ranges)} came in packet {numbers} too; {told}: {found}"
        self._note(kind, message, *(conflicts or ranges))
        if policy == "discard":
            datagram.pieces, datagram.first, datagram.discarded = Pieces(), None, True
        else:
            datagram.pieces.add(self._piece(found), last_wins=policy == "last")

    def _whole(self, packet: Packet, first: Part, pieces: tuple[Piece, ...]) -> Packet | None:
        """The packet that was sent, from its first fragment and the bytes of all."""
        payload = b"".join(piece.data or b"" for piece in pieces)
        if first.unfragmented + len(payload) > LONGEST:
            self._note("too long", f"{first.unfragmented + len(payload)} bytes in all, {first}")
            return None
        below = [header for header in packet.layers if header.offset < first.ip.offset]
        # A link header that states its payload's length could not state this one's.
        stated = any(PAYLOAD in header._lengths for header in below)
        link = b"" if stated else packet.data[: first.ip.offset]
        data = link + _mended(packet, first, len(payload)) + payload
        kind = "raw" if stated or not below else packet.link
        whole = Reassembled(data, kind, self._time, None, "", packet.interface)
        whole.pieces = pieces
        return whole


def _named(found: Part) -> str:
    """A fragment in words."""
    return f"{span([(found.start, found.end)])} of {found}"


def _mended(packet: Packet, first: Part, length: int) -> bytes:
    """The headers before the payload, as they were before it was cut into fragments."""
    ip, header = first.ip, first.header
    if isinstance(ip, IPv4):
        flags = ip.flags & ~IPv4Flags.MF
        total = ip.header_length + length
        return bytes(ip.replace(total_length=total, flags=flags, fragment_offset=0, checksum=None))
    kept = [each for each in packet.layers if ip.offset <= each.offset < header.offset]
    kept[-1] = kept[-1].replace(next_header=first.carried)
    kept[0] = kept[0].replace(payload_length=first.unfragmented + length)
    return b"".join(bytes(each) for each in kept)
