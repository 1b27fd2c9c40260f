"""The receiving half of a connection: what has arrived, what is missing, what to acknowledge."""

from netlab.tcp.scoreboard import Ranges
from netlab.tcp.segment import FIN, Block, Segment
from netlab.tcp.sequence import MASK, before
from netlab.tcp.timers import SECOND

PAWS_IDLE = 24 * 24 * 3600 * SECOND
"""A timestamp older than 24 days says nothing any more, RFC 7323 section 5.5."""

MOST_BLOCKS = 4
"""SACK blocks in a segment at most, RFC 2018 section 3."""

CHALLENGES, CHALLENGE_PERIOD = 10, 5 * SECOND
"""Challenge ACKs in a period at most, RFC 5961 section 7."""


class Receiver:
    """RCV variables, the queue of what came out of order, and when to acknowledge.

    Sequence numbers are counted on without wrapping.

    irs         the other side's initial sequence number
    rcv_nxt     the next number that is expected
    right_edge  one past the last number that was ever promised a place; it never moves back
    buffer      bytes in order that the user has not taken yet
    size        how many bytes the buffer is to hold
    mss         the largest segment that we have announced
    rcv_up      one past the last urgent byte
    finished    whether everything up to the other side's FIN is here
    ts_recent   the timestamp to echo, None when timestamps are off
    """

    def __init__(self, irs: int, size: int, mss: int) -> None:
        self.irs, self.rcv_nxt, self.rcv_up = irs, irs + 1, irs + 1
        self.size, self.mss, self.shift = size, mss, 0
        self.buffer = bytearray()
        self.right_edge = self.rcv_nxt + min(size, 65535)
        self.finished = False
        self.fin: int | None = None
        self.there = Ranges()
        self.pieces: dict[int, bytes] = {}
        self.latest: list[int] = []
        self.ts_recent: int | None = None
        self.ts_recent_at = 0
        self.last_ack_sent = self.rcv_nxt
        self.unacknowledged = 0
        self.ack_now = False
        self.challenge_times: list[int] = []

    # The window.

    @property
    def rcv_wnd(self) -> int:
        """RCV.WND: how many numbers from rcv_nxt on the other side may use."""
        return self.right_edge - self.rcv_nxt

    def window(self) -> int:
        """What to put in a header's window field, and from now on to keep.

        The right edge moves on by a whole segment or half the buffer, not by less (silly window
        avoidance, RFC 9293 section 3.8.6.2.2), and never back (section 3.8.6).
        """
        field = -(-self.rcv_wnd >> self.shift)  # rounded up: what was promised is kept
        room = self.size - len(self.buffer)
        if room - self.rcv_wnd >= min(self.size // 2, self.mss):
            field = max(field, min(room >> self.shift, 65535))
        self.right_edge = max(self.right_edge, self.rcv_nxt + (field << self.shift))
        return field

    @property
    def window_opens(self) -> bool:
        """Whether the user has made so much room that the other side should know of it."""
        room = min(self.size - len(self.buffer), 65535 << self.shift)
        return room - self.rcv_wnd >= min(self.size // 2, self.mss)

    def acceptable(self, seq: int, length: int) -> bool:
        """The test of RFC 9293 section 3.10.7.4, table 6."""
        wnd = self.right_edge - self.rcv_nxt
        if length == 0:
            return seq == self.rcv_nxt if wnd == 0 else 0 <= seq - self.rcv_nxt < wnd
        if wnd == 0:
            return False
        return seq < self.right_edge and seq + length > self.rcv_nxt

    # What arrives.

    def take(self, seq: int, segment: Segment) -> bool:
        """Keep the segment's data and FIN as far as they are in the window and new.

        Whether the segment completes the stream: the FIN is there and all before it.
        """
        if self.finished:
            return False
        end = seq + len(segment.payload)
        if segment.flags & FIN and self.fin is None and end < self.right_edge:
            self.fin = end
        limit = self.right_edge if self.fin is None else self.fin
        if seq == self.rcv_nxt and not self.there and end <= limit:
            self.buffer += segment.payload  # the usual case: in order, nothing missing
            self.rcv_nxt = end
            self.unacknowledged += 1
            self.ack_now = self.ack_now or self.unacknowledged >= 2
        else:
            self._keep(max(seq, self.rcv_nxt), min(end, limit), seq, segment.payload)
        if self.rcv_nxt != self.fin:
            return False
        self.rcv_nxt += 1
        self.finished = True
        return True

    def _keep(self, start: int, end: int, seq: int, payload: bytes) -> None:
        """A segment with something missing before it, or with parts that are known or too much."""
        self.ack_now = True  # RFC 5681 section 4.2: duplicates and what fills a hole
        if end <= start:
            return
        for first, last in self.there.add(start, end):
            self.pieces[first] = payload[first - seq : last - seq]
        while self.rcv_nxt in self.pieces:
            piece = self.pieces.pop(self.rcv_nxt)
            self.buffer += piece
            self.rcv_nxt += len(piece)
        self.there.discard_below(self.rcv_nxt)
        self.latest = [start, *(seq for seq in self.latest if seq != start)][:MOST_BLOCKS]

    def blocks(self, most: int) -> tuple[Block, ...]:
        """SACK blocks, the one with the latest segment first (RFC 2018 section 4)."""
        found: dict[Block, int] = {}
        for seq in (*self.latest, *reversed(self.there.starts)):
            block = self.there.containing(seq)
            if block and found.setdefault(block, seq) == seq and len(found) == most:
                break
        self.latest = list(found.values())
        return tuple((left & MASK, right & MASK) for left, right in found)

    # Timestamps, RFC 7323.

    def is_old(self, value: int, now: int) -> bool:
        """PAWS: whether a timestamp is older than one that has been seen (section 5.3)."""
        if self.ts_recent is None or now - self.ts_recent_at > PAWS_IDLE:
            return False
        return before(value, self.ts_recent)

    def note_timestamp(self, seq: int, value: int, now: int) -> None:
        """Remember what to echo: of the segments at the left edge the newest (section 4.3)."""
        if seq <= self.last_ack_sent and (
            self.ts_recent is None or not before(value, self.ts_recent) or self.is_stale(now)
        ):
            self.ts_recent, self.ts_recent_at = value, now

    def is_stale(self, now: int) -> bool:
        return now - self.ts_recent_at > PAWS_IDLE

    # Challenge ACKs.

    def may_challenge(self, now: int) -> bool:
        """Whether one more challenge ACK is within the limit; counts it when it is."""
        recent = [at for at in self.challenge_times if now - at < CHALLENGE_PERIOD]
        self.challenge_times = recent
        if len(recent) >= CHALLENGES:
            return False
        recent.append(now)
        return True
