"""What was sent and is not acknowledged: which of it arrived, which is lost, which went again.

RFC 6675 section 4.  Every segment is looked at when it is sent, selectively acknowledged, declared
lost, sent again and acknowledged, and at no other time: no pass over the whole board.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from operator import attrgetter

DUPLICATE_THRESHOLD = 3
"""DupThresh: as many duplicate acknowledgements mean a loss, not mere reordering."""


class Ranges:
    """A set of numbers as sorted ranges that neither overlap nor touch."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []

    def __bool__(self) -> bool:
        return bool(self.starts)

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, start: int, end: int) -> list[tuple[int, int]]:
        """Put a range in; what of it was not there before, as ranges."""
        first = bisect_left(self.ends, start)
        last = bisect_right(self.starts, end)
        new, at = [], start
        for i in range(first, last):
            if at < self.starts[i]:
                new.append((at, self.starts[i]))
            at = self.ends[i]
        if at < end:
            new.append((at, end))
        if new:
            if first < last:
                start = min(start, self.starts[first])
                end = max(end, self.ends[last - 1])
            self.starts[first:last] = [start]
            self.ends[first:last] = [end]
        return new

    def discard_below(self, number: int) -> None:
        """Take out all numbers below this one."""
        count = bisect_right(self.ends, number)
        del self.starts[:count], self.ends[:count]
        if self.starts and self.starts[0] < number:
            self.starts[0] = number

    def containing(self, number: int) -> tuple[int, int] | None:
        """The range that holds a number."""
        i = bisect_right(self.starts, number) - 1
        if i >= 0 and number < self.ends[i]:
            return self.starts[i], self.ends[i]
        return None


class Sent:
    """A segment on its way: its numbers, when it was (last) sent, and what became of it."""

    __slots__ = ("at", "end", "lost", "resent", "sacked", "start", "times")

    def __init__(self, start: int, end: int, at: int) -> None:
        self.start, self.end, self.at = start, end, at
        self.times = 1
        self.sacked = self.lost = self.resent = False


class Scoreboard:
    """The segments between SND.UNA and SND.NXT, the oldest first.

    outstanding   bytes (sequence numbers) sent and not acknowledged
    sacked_bytes  of these, selectively acknowledged
    lost_bytes    declared lost and not (selectively) acknowledged since
    resent_bytes  sent again and not (selectively) acknowledged since
    """

    def __init__(self) -> None:
        self.records: list[Sent] = []
        self.head = 0
        self.sacked = Ranges()
        self.queue: deque[Sent] = deque()
        self.outstanding = self.sacked_bytes = self.lost_bytes = self.resent_bytes = 0
        self.judged = 0
        self.highest_resent = 0

    @property
    def pipe(self) -> int:
        """Bytes that are thought to be on the way, RFC 6675 section 4, SetPipe."""
        return self.outstanding - self.sacked_bytes - self.lost_bytes + self.resent_bytes

    @property
    def first(self) -> Sent | None:
        """The oldest segment, None when all is acknowledged."""
        return self.records[self.head] if self.head < len(self.records) else None

    @property
    def end(self) -> int:
        """The number after the last that was ever sent (HighData), while any is outstanding."""
        return self.records[-1].end

    def _index(self, number: int) -> int:
        """Where the first segment stands that begins at this number or later."""
        return bisect_left(self.records, number, self.head, key=attrgetter("start"))

    def sent(self, start: int, end: int, now: int) -> None:
        """A segment was sent for the first time."""
        self.records.append(Sent(start, end, now))
        self.outstanding += end - start

    def sent_again(self, record: Sent, now: int) -> None:
        record.at = now
        record.times += 1
        if not record.resent:
            record.resent = True
            self.resent_bytes += record.end - record.start
        self.highest_resent = max(self.highest_resent, record.end)

    def extend(self, record: Sent, end: int) -> None:
        """The last segment goes again with more behind it, which was never sent."""
        more = end - record.end
        record.end = end
        self.outstanding += more
        self.lost_bytes += more if record.lost else 0
        self.resent_bytes += more if record.resent else 0

    def acknowledged(self, ack: int) -> tuple[Sent | None, bool]:
        """Everything below `ack` arrived.

        The last segment that this settles, if any; and whether the time since it was sent is a
        round trip: not when one of the segments went twice or had arrived before (Karn).
        """
        last, timely = None, True
        records = self.records
        while self.head < len(records) and records[self.head].start < ack:
            record = records[self.head]
            if record.end > ack:
                self._take(record, ack - record.start)
                record.start = ack
                break
            self._take(record, record.end - record.start)
            last = record
            timely = timely and record.times == 1 and not record.sacked
            self.head += 1
        if self.head > 64 and self.head * 2 > len(records):
            del records[: self.head]
            self.head = 0
        self.sacked.discard_below(ack)
        return last, timely

    def _take(self, record: Sent, count: int) -> None:
        self.outstanding -= count
        if record.sacked:
            self.sacked_bytes -= count
        else:
            self.lost_bytes -= count if record.lost else 0
            self.resent_bytes -= count if record.resent else 0

    def selectively_acknowledged(self, start: int, end: int) -> int:
        """A SACK block that lies between SND.UNA and SND.NXT; how many bytes of it are news."""
        news = 0
        for first, last in self.sacked.add(start, end):
            news += last - first
            i = max(self.head, self._index(first + 1) - 1)
            while i < len(self.records) and self.records[i].start < last:
                self._mark_sacked(self.records[i])
                i += 1
        return news

    def _mark_sacked(self, record: Sent) -> None:
        span = self.sacked.containing(record.start)
        if not record.sacked and span and record.end <= span[1]:
            length = record.end - record.start
            record.sacked = True
            self.sacked_bytes += length
            self.lost_bytes -= length if record.lost else 0
            self.resent_bytes -= length if record.resent else 0

    def judge(self, mss: int) -> None:
        """Declare lost what IsLost of RFC 6675 section 4 says: enough of what followed arrived."""
        above, starts, ends = 0, self.sacked.starts, self.sacked.ends
        for count, i in enumerate(reversed(range(len(starts))), 1):
            above += ends[i] - starts[i]
            if count >= DUPLICATE_THRESHOLD or above > (DUPLICATE_THRESHOLD - 1) * mss:
                break
        else:
            return
        i = self._index(self.judged)
        while i < len(self.records) and self.records[i].start < starts[-count]:
            self._mark_lost(self.records[i])
            i += 1
        self.judged = max(self.judged, starts[-count])

    def _mark_lost(self, record: Sent) -> None:
        if not (record.lost or record.sacked):
            record.lost = True
            self.lost_bytes += record.end - record.start
            self.queue.append(record)

    def first_is_lost(self) -> None:
        """Declare the oldest segment lost, whatever SACK says."""
        if self.first:
            self._mark_lost(self.first)

    def first_goes_again(self) -> None:
        """Declare the oldest segment lost once more, even if it went again just now."""
        first = self.first
        if first and not first.sacked:
            if first.resent:
                first.resent = False
                self.resent_bytes -= first.end - first.start
            first.lost, lost = True, first.lost
            self.lost_bytes += 0 if lost else first.end - first.start
            self.queue.appendleft(first)

    def everything_is_lost(self) -> None:
        """After a timeout all that was not selectively acknowledged has to go again.

        When the oldest segment itself is, the receiver has thrown it away (RFC 2018 section 8),
        and nothing that it said before is believed.
        """
        if self.first and self.first.sacked:
            self.sacked = Ranges()
            self.sacked_bytes = 0
            for record in self.records[self.head :]:
                record.sacked = False
        self.queue.clear()
        self.lost_bytes = self.resent_bytes = 0
        for record in self.records[self.head :]:
            record.lost = record.resent = False
            self._mark_lost(record)

    def next_lost(self) -> Sent | None:
        """The oldest lost segment that did not go again yet (NextSeg, rule 1)."""
        while self.queue:
            record = self.queue[0]
            gone = record.end <= self.records[self.head].start if self.first else True
            if not (gone or record.sacked or record.resent):
                return record
            self.queue.popleft()
        return None

    def next_hole(self) -> Sent | None:
        """The oldest segment that may be lost: something after it arrived (NextSeg, rule 3)."""
        if not self.sacked:
            return None
        i = self._index(self.highest_resent)
        while i < len(self.records) and self.records[i].start < self.sacked.ends[-1]:
            if not (self.records[i].sacked or self.records[i].resent):
                return self.records[i]
            i += 1
        return None
