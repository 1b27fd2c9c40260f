"""One direction of a TCP conversation: its segments put in order."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from netlab.counts import counted
from netlab.flows.conversation import Chunk, Conversation
from netlab.flows.findings import OVERHEAD, Range, span
from netlab.flows.pieces import Overlap, Piece, Pieces, compare
from netlab.wire.tcp import TCPFlags

ACK, FIN, RST, SYN = (
    int(flag) for flag in (TCPFlags.ACK, TCPFlags.FIN, TCPFlags.RST, TCPFlags.SYN)
)

NUMBERS = 1 << 32
"""How many sequence numbers there are; after the last comes 0."""

FARTHEST = 1 << 30
"""The largest window (RFC 7323 section 2.2): what lies farther ahead or behind is astray."""

NOTHING = -NUMBERS
"""What the receiver has acknowledged before it first does."""

UNSCALED = -1
"""The window scale of a SYN that has no such option."""


class Limits(NamedTuple):
    """What a direction may keep, see `Streams`."""

    buffered: int
    history: int
    patience: int
    last_wins: bool


class Segment(NamedTuple):
    """A TCP segment; `cut` counts bytes that it had and the capture has not."""

    seq: int
    ack: int
    flags: int
    window: int
    scale: int
    data: bytes
    cut: int
    number: int
    time: int | None


class Direction:
    """What one side of a conversation sends.

    Bytes are counted from `zero`, the sequence number after that of the SYN, or where there is
    none, the first to be seen; the count goes on where the 32-bit numbers begin again.

    isn, scale  from the SYN: its sequence number and the window scale that it offers
    origin    where the stream begins; None until that is known
    next      what was delivered, or given up, up to here
    highest   no byte was seen from here on
    acked     what the receiver has acknowledged
    edge      the right edge of the receiver's window, None while its scale is not known
    shut      whether the receiver's window is closed
    bound     where the stream ends `by` a FIN or a RST; None until one came
    pending   bytes that came before others that belong before them
    history   the latest bytes that were delivered
    ended     "FIN" or "RST" when all before it was delivered
    """

    __slots__ = (
        "_limits", "acked", "bound", "by", "conversation", "edge", "ended", "highest", "history",
        "history_size", "isn", "next", "origin", "pending", "scale", "sender", "shut", "zero",
    )  # fmt: skip

    def __init__(self, conversation: Conversation, sender: str, limits: Limits) -> None:
        self.conversation, self.sender, self._limits = conversation, sender, limits
        self.zero: int | None = None
        self.isn: int | None = None
        self.scale: int | None = None
        self.origin: int | None = None
        self.edge: int | None = None
        self.bound: int | None = None
        self.by = ""
        self.next = self.highest = 0
        self.acked = NOTHING
        self.shut = False
        self.pending = Pieces()
        self.history: deque[Piece] = deque()
        self.history_size = 0
        self.ended = ""

    @property
    def held(self) -> int:
        """About the bytes of memory that are kept for this direction."""
        pending = self.pending
        return self.history_size + pending.length + OVERHEAD * len(pending.pieces)

    def place(self, seq: int) -> int:
        """A sequence number's place in the count: of all that it may be, the nearest to `next`."""
        if self.zero is None:
            self.zero = seq
        half = NUMBERS // 2
        return self.next + (seq - self.zero - self.next + half) % NUMBERS - half

    def seq(self, place: int) -> int:
        """The sequence number of a byte."""
        return ((self.zero or 0) + place) % NUMBERS

    def counted(self, places: Iterable[Range]) -> list[Range]:
        """Bytes counted from the stream's first; by sequence number where that is not known."""
        first = -(self.zero or 0) if self.origin is None else self.origin
        return [(start - first, end - first) for start, end in places]

    def said(self, *places: Range) -> str:
        """The same in words."""
        return span(self.counted(places), "numbers" if self.origin is None else "bytes")

    def note(self, kind: str, message: str, segment: Segment, *places: Range) -> None:
        self.conversation.findings.note(
            kind, f"{self.sender}: {message}", *segment[-2:], *self.counted(places)
        )

    # The receiver's side: what it says about this stream.

    def acknowledged(self, segment: Segment, window: int | None) -> None:
        """The receiver acknowledges, and opens a window of so many bytes, if that is known."""
        if self.zero is None and not segment.flags & SYN:
            return
        place = self.place(segment.ack)
        if segment.flags & SYN and self.origin is None:  # our SYN came before the capture began
            self.begin(place)
        if place > self.acked:
            if place > max(self.highest, self.acked) + FARTHEST:
                return
            self.acked = place
        self.shut = segment.window == 0
        if window is None:
            self.edge = None
        elif self.edge is None or place + window > self.edge:
            self.edge = place + window

    def begin(self, place: int) -> None:
        self.origin = self.next = place
        self.highest = max(self.highest, place)

    # The sender's side.

    def take(self, segment: Segment) -> list[Chunk]:
        """Take in a segment; returns what can be delivered now."""
        flags, data = segment.flags, segment.data
        if flags & RST:
            return self._reset(segment)
        if self.zero is None:
            self.zero = (segment.seq + bool(flags & SYN)) % NUMBERS
        start = self.place(segment.seq)
        if flags & SYN:
            start += 1
            if not self._synchronised(start, segment):
                return []
        # Nearly all segments are either of these two.
        if not (self.pending.pieces or flags & (SYN | FIN) or segment.cut) and self.bound is None:
            if not data and start == self.next:
                return []
            if start == self.next == self.highest and self.origin is not None and not self.shut:
                self.highest = end = start + len(data)
                return [self._chunk(Piece(start, end, data, segment.number, segment.time))]
        middle = start + len(data)
        end = middle + segment.cut
        if abs(start - self.next) > FARTHEST:
            if end > start:
                self.note("outside window", "a segment far astray is left out", segment)
            return []
        if flags & FIN:
            self._closed(end, segment)
        elif end - start <= 1 and self._probe(start, end, segment):
            return []
        if self.bound is not None and end > max(self.bound, start):
            beyond = max(self.bound, start), end
            self.note(f"after {self.by}", f"{self.said(beyond)} left out", segment, beyond)
            end = beyond[0]
            middle = min(middle, end)
        if self.origin is not None and start < self.next:
            again = min(middle, self.next)
            if again > start:
                self._again(Piece(start, again, data[: again - start], *segment[-2:]), segment)
            data = data[self.next - start :]
            start = min(self.next, end)
            middle = max(start, middle)
        if middle > start:
            self._put(Piece(start, middle, data[: middle - start], *segment[-2:]), segment)
        if end > middle:
            lost = middle, end
            self.note("cut", f"{self.said(lost)} are not in the capture", segment, lost)
            self._put(Piece(middle, end, None, *segment[-2:]), segment)
        return self.release(segment)

    def _synchronised(self, first: int, segment: Segment) -> bool:
        """A SYN, whose stream begins at `first`: whether the segment is to be believed."""
        if self.isn is None:
            self.isn, self.scale = segment.seq, segment.scale
            if self.origin is None:
                self.begin(first)
            if segment.data:
                self.note("SYN data", f"{counted(len(segment.data), 'byte')} with the SYN", segment)
            return True
        if self.isn == segment.seq:
            self.note("retransmission", "the SYN once more", segment)
            return True
        told = f"a SYN with number {segment.seq}, after one with {self.isn}, is left out"
        self.note("contradicting SYN", told, segment)
        return False

    def _reset(self, segment: Segment) -> list[Chunk]:
        """A RST; its data, if any, are no part of the stream (RFC 9293 section 3.5.3)."""
        place = self.place(segment.seq)
        if self.origin is None and not self.pending.pieces:
            self.begin(place)  # nothing is known of the stream but its end
        least = min(self.next, max(self.acked, self.origin or 0))
        limit = self.next + FARTHEST if self.edge is None else max(self.edge, self.highest + 1)
        if self.origin is not None and not least <= place <= limit:
            self.note("outside window", f"a RST with number {segment.seq} is left out", segment)
            return []
        self.conversation.ended = self.conversation.ended or "RST"
        if self.bound is None or place < self.bound:
            self.bound, self.by = max(place, self.next), "RST"
        return self.release(segment)

    def _closed(self, end: int, segment: Segment) -> None:
        """A FIN, which stands at `end`."""
        if self.edge is not None and end > max(self.edge, self.acked, self.highest):
            self.note(
                "outside window", f"a FIN at {self.said((end, end + 1))} is left out", segment
            )
        elif end < self.highest or (self.by == "FIN" and end != self.bound):
            where = f"at byte {end - (self.origin or 0)}, not where the stream ends, is left out"
            self.note("contradicting FIN", f"a FIN {where}", segment)
        elif self.bound == end and not segment.data:
            self.note("retransmission", "the FIN once more", segment)
        elif self.bound is None:
            self.bound, self.by = end, "FIN"

    def _probe(self, start: int, end: int, segment: Segment) -> bool:
        """Whether a segment of one byte or none only asks whether the receiver is there."""
        if self.origin is None or segment.flags & SYN:
            return False
        asks = start == self.next - 1 and self.acked >= self.next
        if asks and not self.shut:
            self.note("keep-alive", "asks whether the other side is still there", segment)
        elif asks or (self.shut and start == self.next < end):
            self.note("zero-window probe", "asks whether the window is still closed", segment)
        return asks

    def _again(self, new: Piece, segment: Segment) -> None:
        """Bytes that lie before what was delivered last: compare them, as far as these are kept."""
        assert self.origin is not None
        if new.start < self.origin:
            early = new.start, min(new.end, self.origin)
            self.note(
                "before start", f"{counted(early[1] - early[0], 'byte')} left out", segment, early
            )
            if new.end <= self.origin:
                return
        known: list[Overlap] = []
        for old in reversed(self.history):
            if old.end <= new.start:
                break
            if old.start < new.end:
                known.append(compare(old, new))
        self._met(known[::-1], (max(new.start, self.origin), new.end), segment)

    def _put(self, piece: Piece, segment: Segment) -> None:
        """Bytes that were not delivered yet."""
        met = self.pending.add(piece, self._limits.last_wins)
        if met:
            self._met(met, (met[0].start, met[-1].end), segment)
        elif piece.start < self.highest:
            told = f"{self.said(piece[:2])} come after bytes that follow them"
            self.note("out of order", told, segment, piece[:2])
        if self.edge is None or piece.start < max(self.edge, self.acked):
            self.highest = max(self.highest, piece.end)

    def _met(self, overlaps: list[Overlap], place: Range, segment: Segment) -> None:
        """Bytes have come twice."""
        conflicts = [conflict for overlap in overlaps for conflict in overlap.conflicts]
        if conflicts:
            number = next(overlap.old.number for overlap in overlaps if overlap.conflicts)
            told = f"{self.said(*conflicts)} differ from those of packet {number}"
            self.note("conflict", told, segment, *conflicts)
        else:
            self.note("retransmission", f"{self.said(place)} once more", segment, place)

    # What goes out.

    def release(self, segment: Segment, force: bool = False) -> list[Chunk]:
        """What can be delivered; with `force`, all there is, and gaps for what is missing."""
        chunks: list[Chunk] = []
        pending = self.pending
        while pending.pieces:
            first = pending.pieces[0]
            if self.origin is None:
                known = self.acked >= first.end
                if not (force or known or self._full or self._waited(segment)):
                    break
                self.begin(first.start)
                told = f"the capture has no SYN; the stream begins at number {self.seq(self.next)}"
                self.note("mid-connection", told, segment)
            if first.start < self.next:
                for piece in pending.drop(self.next):
                    self._again(piece, segment)
                continue
            if first.start > self.next:
                acked = self.acked >= first.start
                if not (force or self._full or (acked and self._waited(segment))):
                    break
                if self.edge is not None and first.start >= max(self.edge, self.acked):
                    self._leave_out("outside window", segment)
                    break
                chunks.append(self._gap(first.start, segment))
            for piece in pending.take(self.next):
                cut = piece.data is None
                chunks.append(self._gap(piece.end, segment) if cut else self._chunk(piece))
        if self.bound is None or self.ended:
            return chunks
        if self.origin is None and not pending.pieces and (force or self.acked >= self.bound):
            self.begin(self.bound)
        if self.origin is not None and self.next >= self.bound:
            self.ended = self.by
            self._leave_out(f"after {self.by}", segment)
            chunks.append(self._mark(segment, end=self.by))
        return chunks

    def finish(self, segment: Segment) -> list[Chunk]:
        """Nothing comes any more: all that there is, and what is missing at the end."""
        chunks = self.release(segment, force=True)
        target = self.bound if self.bound is not None and self.by == "FIN" else self.acked
        if self.origin is not None and target > self.next:
            chunks.append(self._gap(target, segment))
        return chunks + self.release(segment)

    def forget(self) -> None:
        """Keep no delivered bytes."""
        self.history.clear()
        self.history_size = 0

    def _waited(self, segment: Segment) -> bool:
        """Whether bytes wait for others for so long that these will not come any more."""
        since = self.pending.pieces[0].time
        if since is None or segment.time is None:
            return False
        return segment.time - since >= self._limits.patience

    @property
    def _full(self) -> bool:
        return self.pending.size > self._limits.buffered

    def _leave_out(self, kind: str, segment: Segment) -> None:
        """Do not deliver what is pending."""
        for piece in self.pending.drop(self.pending.highest):
            told = f"{self.said(piece[:2])} of packet {piece.number} left out"
            self.note(kind, told, segment, piece[:2])

    def _chunk(self, piece: Piece) -> Chunk:
        """Deliver a piece that stands at `next`, and keep its bytes for comparison."""
        data = piece.data or b""
        self.history.append(piece)
        self.history_size += len(data) + OVERHEAD
        while self.history_size > self._limits.history:
            old = self.history.popleft()
            self.history_size -= old.end - old.start + OVERHEAD
        seq, offset = self.seq(piece.start), piece.start - (self.origin or 0)
        self.next = piece.end
        return Chunk(self.conversation, self.sender, data, 0, "", offset, seq, *piece[-2:])

    def _gap(self, end: int, segment: Segment) -> Chunk:
        """Give up waiting for the bytes before `end`."""
        self.note("gap", f"{self.said((self.next, end))} are missing", segment, (self.next, end))
        chunk = self._mark(segment, missing=end - self.next)
        self.next = end
        return chunk

    def _mark(self, segment: Segment, missing: int = 0, end: str = "") -> Chunk:
        """A chunk without data at `next`."""
        offset = self.next - (self.origin or 0)
        return Chunk(
            self.conversation, self.sender, b"", missing, end, offset, self.seq(self.next),
            segment.number, segment.time,
        )  # fmt: skip
