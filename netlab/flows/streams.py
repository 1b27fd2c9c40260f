"""TCP streams: the bytes of each conversation in order, from segments in any order (RFC 9293)."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from netlab import accessors
from netlab.flows.conversation import CLIENT, SERVER, Chunk, Conversation, End
from netlab.flows.direction import ACK, RST, SYN, UNSCALED, Direction, Limits, Segment
from netlab.flows.findings import OVERHEAD, Findings
from netlab.flows.fragments import Reassembler
from netlab.flows.outline import Place, outline
from netlab.header import Header, view
from netlab.packet import Packet
from netlab.wire.tcp import TCP, WindowScale

CLOSED_FOR = 240_000_000_000
"""Nanoseconds for which late segments of a closed connection may come: 2 MSL (RFC 9293 3.4.2)."""

LATE_SYN = 1 << 16
"""Bytes of a stream that may be captured before the SYN that opens it, where order was lost."""

LARGEST_SHIFT = 14
"""A larger window scale counts as this (RFC 7323 section 2.3)."""

_read = accessors.together([], [TCP.data_offset, TCP.seq, TCP.ack, TCP.flags, TCP.window])


FiveTuple = tuple[str, str, int, int, int]


class _Entry:
    """A conversation, its two directions, and how much memory they were last found to take."""

    __slots__ = ("conversation", "directions", "held", "keys", "number")

    def __init__(self, key: FiveTuple, segment: Segment, limits: Limits) -> None:
        source, target, protocol, *ports = key
        self.keys = key, (target, source, protocol, ports[1], ports[0])
        self.number, self.held = segment.number, 0
        ends = End(source, ports[0]), End(target, ports[1])
        client = ports[0] >= ports[1]
        if segment.flags & SYN:
            client = not segment.flags & ACK
        self.conversation = Conversation(*(ends if client else ends[::-1]), segment.time)
        sides = (CLIENT, SERVER) if client else (SERVER, CLIENT)
        self.directions = [Direction(self.conversation, side, limits) for side in sides]

    @property
    def size(self) -> int:
        one, other = self.directions
        return one.held + other.held + self.conversation.findings.size


_Found = tuple[_Entry, Direction, Direction]
"""A conversation, as seen by the sender of a segment: its own direction comes first."""


class Streams:
    """Puts the segments of TCP connections in order.  Feed it packets as they were captured.

    overlap          which bytes win where some came twice and differ and were not yet delivered:
                     "first" or "last"
    checksums        whether segments with a wrong checksum are left out, as receivers do it
    patience         nanoseconds, by the packets' own times, after which bytes that the receiver
                     has acknowledged are given up, when the capture has them not
    max_connections  conversations that are kept; the one that was silent longest leaves first
    max_buffered     bytes of memory that one direction may fill with what waits for others
    max_bytes        the same for all, with the bytes and findings that are kept for comparison
    history          bytes of memory for delivered bytes of a direction, to find conflicts
    over             is called with each conversation that is over, or left
    fragments        the `Reassembler` that fragments go through first
    findings         what was noteworthy besides what the conversations' own `findings` say

    A connection belongs to the outermost IP header, as in `Packet.five_tuple`: what tunnels carry
    is not looked at, VLANs are not told apart.  ValueError for an unknown policy.
    """

    def __init__(
        self,
        *,
        overlap: str = "first",
        checksums: bool = False,
        patience: int = 1_000_000_000,
        max_connections: int = 10_000,
        max_buffered: int = 8 << 20,
        max_bytes: int = 64 << 20,
        history: int = 64 << 10,
        over: Callable[[Conversation], object] | None = None,
    ) -> None:
        if overlap not in ("first", "last"):
            raise ValueError(f"no policy is called {overlap!r}: there are first and last")
        self.checksums, self.max_connections, self.max_bytes = checksums, max_connections, max_bytes
        self.fragments = Reassembler()
        self.findings = Findings(10_000)
        self.held = 0
        """About the bytes of memory that undelivered data, history and findings take."""
        self._limits = Limits(max_buffered, history, patience, overlap == "last")
        self._over = over or (lambda conversation: None)
        self._table: dict[FiveTuple, _Found] = {}
        self._recent: OrderedDict[_Entry, None] = OrderedDict()
        self._holding: OrderedDict[_Entry, None] = OrderedDict()
        self._closed: OrderedDict[_Entry, int] = OrderedDict()
        self._number, self._now = 0, 0
        self._time: int | None = None

    def __len__(self) -> int:
        """How many conversations are kept."""
        return len(self._recent)

    def add(self, packet: Packet) -> list[Chunk]:
        """What can be delivered now that this packet has come."""
        self._number += 1
        self._time = packet.time
        if packet.time is not None and packet.time > self._now:
            self._now = packet.time
        ip, fragment, transport = outline(packet)
        if fragment:
            whole = self.fragments.add(packet, self._number)
            if whole is None:
                return []
            packet = whole
            ip, _, transport = outline(packet)
        if ip is None or transport is None or transport[0] is not TCP:
            return []
        segment = self._segment(packet, ip, transport)
        if segment is None:
            return []
        key = ip[0].ends(packet.data, ip[1]) + TCP.ends(packet.data, transport[1])
        return self._add(key, segment)

    def close(self) -> list[Chunk]:
        """No more packets come: what is left of all conversations, the first to begin first."""
        self.fragments.close()
        chunks = []
        for entry in sorted(self._recent, key=lambda entry: entry.number):
            chunks += self._end(entry)
        return chunks

    def evict(self) -> list[Chunk]:
        """Give up the conversation that was silent longest: what is left of it."""
        entry = next(iter(self._recent))
        self._note("evicted", f"{entry.conversation}")
        entry.conversation.findings.note("evicted", "to make room", self._number, self._time)
        return self._end(entry)

    def _note(self, kind: str, message: str) -> None:
        self.findings.note(kind, message, self._number, self._time)

    def _segment(self, packet: Packet, ip: Place, transport: Place) -> Segment | None:
        data, (_, start, end) = packet.data, transport
        offset, seq, ack, flags, window = _read(data, start)
        begin, cut = start + 4 * offset, 0
        if packet.truncated:
            stated = view(ip[0], data, ip[1], ip[2], None).stated_end
            cut = min(stated or packet.wire_length, packet.wire_length) - max(begin, end)
        if cut < 0 or begin < start + TCP.size or (begin > end and not packet.truncated):
            self._note("malformed", f"a header of {4 * offset} bytes in {end - start}")
            return None
        if self.checksums and packet[TCP].checksum_ok is False:
            self._note("bad checksum", packet[TCP].checksum_verdict()[1])
            return None
        flags = int(flags)
        scale = _scale(packet, transport) if flags & SYN else UNSCALED
        return Segment(
            seq, ack, flags, window, scale, data[begin:end], cut, self._number, packet.time
        )

    def _add(self, key: FiveTuple, segment: Segment) -> list[Chunk]:
        chunks: list[Chunk] = []
        found = self._table.get(key)
        if found is None or (segment.flags & SYN and _reused(found, segment)):
            found = self._open(key, segment, found, chunks)
        entry, sending, receiving = found
        conversation = entry.conversation
        conversation.packets += 1
        conversation.last = segment.time
        self._recent.move_to_end(entry)
        if segment.flags & ACK and not segment.flags & RST:
            receiving.acknowledged(segment, _window(sending, receiving, segment))
        if receiving.pending.pieces:
            chunks += receiving.release(segment)
        chunks += sending.take(segment)
        if sending.ended and entry not in self._closed:
            if not conversation.ended and receiving.ended:
                conversation.ended = "FIN"
            if conversation.ended:
                self._closed[entry] = self._now
        self._weigh(entry)
        if self.held > self.max_bytes or self._closed:
            self._tidy(chunks)
        return chunks

    def _open(
        self, key: FiveTuple, segment: Segment, before: _Found | None, chunks: list[Chunk]
    ) -> _Found:
        """Begin a conversation, after the end of the one that these ports had before."""
        if before:
            chunks += self._end(before[0])
        entry = _Entry(key, segment, self._limits)
        one, other = entry.directions
        self._table[entry.keys[1]] = entry, other, one
        self._table[key] = found = entry, one, other
        self._recent[entry] = None
        if before:
            told = "a connection between these ports was there before"
            entry.conversation.findings.note("port reuse", told, *segment[-2:])
        while len(self._recent) > self.max_connections:
            chunks += self.evict()
        return found

    def _tidy(self, chunks: list[Chunk]) -> None:
        """Keep within the limits of memory, and forget what is long over."""
        while self.held > self.max_bytes:
            chunks += self._relieve(next(iter(self._holding)))
        while self._closed:
            oldest, since = next(iter(self._closed.items()))
            if self._now - since <= CLOSED_FOR:
                break
            chunks += self._end(oldest)

    def _end(self, entry: _Entry) -> list[Chunk]:
        """Forget a conversation: what is left of it."""
        moment = self._moment()
        sides = sorted(entry.directions, key=lambda direction: direction.sender)
        chunks = [chunk for direction in sides for chunk in direction.finish(moment)]
        for key in entry.keys:
            self._table.pop(key, None)
        del self._recent[entry]
        self._closed.pop(entry, None)
        self._holding.pop(entry, None)
        self.held -= entry.held
        self._over(entry.conversation)
        return chunks

    def _weigh(self, entry: _Entry) -> None:
        size = entry.size
        if size == entry.held:
            return
        self.held += size - entry.held
        entry.held = size
        if size:
            self._holding[entry] = None
            self._holding.move_to_end(entry)
        else:
            self._holding.pop(entry, None)

    def _relieve(self, entry: _Entry) -> list[Chunk]:
        """Keep no bytes of this conversation, so that others have room."""
        chunks = []
        for direction in entry.directions:
            chunks += direction.release(self._moment(), force=True)
            direction.forget()
        entry.conversation.findings.clear()
        self._note("relieved", f"{entry.conversation}")
        self._weigh(entry)
        return chunks

    def _moment(self) -> Segment:
        """A segment that says nothing but that it is now."""
        return Segment(0, 0, 0, 0, 0, b"", 0, self._number, self._time)


def _scale(packet: Packet, place: Place) -> int:
    """The window scale that a SYN offers."""
    options: tuple[Header, ...] = view(TCP, packet.data, *place[1:], None).options  # type: ignore[attr-defined]
    for option in options:
        if isinstance(option, WindowScale):
            return min(int(option.shift), LARGEST_SHIFT)
    return UNSCALED


def _window(sender: Direction, receiver: Direction, segment: Segment) -> int | None:
    """The bytes that a segment's sender is ready to take; None when its scale is not known."""
    if segment.flags & SYN:
        return segment.window
    if sender.scale is None or receiver.scale is None:
        return None
    scaled = UNSCALED not in (sender.scale, receiver.scale)
    return segment.window << sender.scale if scaled else segment.window


def _reused(found: _Found, segment: Segment) -> bool:
    """Whether a SYN opens another connection than the one that these ports had."""
    entry, sending, _ = found
    ended = bool(entry.conversation.ended)
    if sending.isn is not None:
        return sending.isn != segment.seq and (ended or not segment.flags & ACK)
    if segment.flags & ACK or sending.zero is None:
        return ended
    # The capture has segments but no SYN of this side so far: is it theirs, come late?
    waiting = sending.pending.pieces
    start = (waiting[0].start if waiting else 0) if sending.origin is None else sending.origin
    return not start - LATE_SYN <= sending.place(segment.seq) + 1 <= start


def conversations(
    packets: Iterable[Packet], *, max_kept: int = 256 << 20, **limits: Any
) -> Iterator[Conversation]:
    """The TCP conversations in these packets, with what was sent and received.

    Each comes when it is over for 2 MSL, by the packets' own times, or else at the end, in the
    order in which they began.  `limits` are those of `Streams`; `max_kept` bounds the memory that
    the chunks of unfinished conversations take: beyond that, the one that was silent longest comes
    at once, and what follows of it is a conversation of its own.
    """
    over: deque[Conversation] = deque()
    streams = Streams(over=over.append, **limits)
    kept = 0

    def finished() -> Iterator[Conversation]:
        nonlocal kept
        while over:
            kept -= sum(len(chunk.data) + OVERHEAD for chunk in over[0].chunks)
            yield over.popleft()

    for packet in packets:
        kept += _keep(streams.add(packet))
        yield from finished()
        while kept > max_kept and len(streams):
            kept += _keep(streams.evict())
            yield from finished()
    _keep(streams.close())
    yield from over


def _keep(chunks: Iterable[Chunk]) -> int:
    """Keep chunks with their conversations; returns about how much memory they take."""
    kept = 0
    for chunk in chunks:
        chunk.conversation.chunks.append(chunk)
        kept += len(chunk.data) + OVERHEAD
    return kept
