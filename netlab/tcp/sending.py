"""The sending half of a connection: the user's data, the other side's window, what goes when."""

from collections.abc import Callable, Iterable

from netlab.tcp.congestion import Congestion
from netlab.tcp.recovery import Recovery
from netlab.tcp.scoreboard import Scoreboard, Sent
from netlab.tcp.segment import FIN, PSH, SYN, Block
from netlab.tcp.sequence import unwrap
from netlab.tcp.timers import RetransmissionTimeout

Emit = Callable[[int, int, bytes], None]
"""Sends a segment: its sequence number, its flags besides ACK, its payload."""


class Sender:
    """SND variables, the send buffer, and the rules for what may go out.

    Sequence numbers are counted on without wrapping.

    iss       our initial sequence number
    snd_una   the oldest number that is not acknowledged
    snd_nxt   the next number to use
    snd_wnd   how many numbers from snd_una on the other side takes
    snd_wl1   sequence number of the segment that last told snd_wnd
    snd_wl2   acknowledgement number of that segment
    max_wnd   the largest window that the other side ever told
    mss       the largest payload to send, options taken off
    buffer    data from `base` on: sent and unacknowledged, then not yet sent
    closing   whether a FIN follows the buffer
    """

    def __init__(self, iss: int, mss: int, capacity: int, nagle: bool, control: Congestion) -> None:
        self.iss = self.snd_una = self.snd_nxt = iss
        self.base = iss + 1
        self.snd_wnd = self.snd_wl1 = self.snd_wl2 = self.max_wnd = self.shift = 0
        self.mss, self.capacity, self.nagle = mss, capacity, nagle
        self.buffer = bytearray()
        self.closing = False
        self.congestion = control
        self.timeout = RetransmissionTimeout()
        self.board = Scoreboard()
        self.recovery = Recovery(control, self.board, iss)
        self.window_full = False
        self.timed_until = iss
        self.waiting_since: int | None = None
        self.last_sent = 0

    @property
    def end(self) -> int:
        """The number after the last byte that the user has given: that of the FIN."""
        return self.base + len(self.buffer)

    @property
    def syn_acknowledged(self) -> bool:
        return self.snd_una > self.iss

    @property
    def fin_acknowledged(self) -> bool:
        return self.snd_una > self.end

    @property
    def pending(self) -> bool:
        """Whether there is something that was never sent."""
        return self.snd_nxt < self.end + self.closing

    def put(self, data: bytes) -> int:
        """Take data into the buffer, as many bytes as it has room for."""
        room = max(self.capacity - len(self.buffer), 0)
        taken = data[:room]
        self.buffer += taken
        return len(taken)

    # What may go out.

    def transmit(self, now: int, emit: Emit, override: bool = False) -> None:
        """Send what the windows permit: what is lost first, then new data, then guesses.

        `override`: less than a segment has waited long enough.
        """
        control, board, recovery = self.congestion, self.board, self.recovery
        if not board.outstanding and self.pending and now - self.last_sent > self.timeout.rto:
            control.idle()
        while record := board.next_lost():
            length = record.end - record.start
            if not recovery.urgent and board.pipe and board.pipe + length > control.cwnd:
                break
            self.send_again(record, now, emit)
            recovery.urgent = False
            if recovery.alone:
                recovery.alone = False
                break
        else:
            self._transmit_new(now, emit, override)
        self.window_full = board.pipe + self.mss > control.cwnd

    def _transmit_new(self, now: int, emit: Emit, override: bool) -> None:
        control, board, recovery = self.congestion, self.board, self.recovery
        while (size := self._next_size(override)) is not None:
            room = control.cwnd - board.pipe
            if size > room and board.pipe:
                if size > room + recovery.allowance:
                    break
                recovery.limited_bytes += size
            self._send_new(size, now, emit)
            override = False
        else:
            while board.pipe + self.mss <= control.cwnd and (guess := recovery.next_guess()):
                self.send_again(guess, now, emit)

    def _next_size(self, override: bool) -> int | None:
        """How many bytes the next new segment has, 0 for a bare FIN; None: not now.

        RFC 9293 section 3.8.6.2.1 with Nagle's rule (section 3.7.4).
        """
        available = self.end - self.snd_nxt
        if available <= 0 and not (self.closing and available == 0):
            return None
        if not self.syn_acknowledged and (available or self.snd_nxt == self.iss):
            return None
        usable = self.snd_una + self.snd_wnd - self.snd_nxt
        size = min(available, usable, self.mss)
        if size <= 0:
            return 0 if available == 0 and usable > 0 else None
        if size == self.mss or override:
            return size
        if self.nagle and self.snd_una < self.snd_nxt and not self.closing:
            return None
        return size if size == available or 2 * size >= self.max_wnd else None

    def _send_new(self, size: int, now: int, emit: Emit) -> None:
        start = self.snd_nxt
        flags = PSH if size and start + size == self.end else 0
        fits = start + size < self.snd_una + self.snd_wnd
        if self.closing and start + size == self.end and fits:
            flags |= FIN
        self._record(start, start + size + (flags & FIN), now)
        emit(start, flags, self._data(start, start + size))

    def send_syn(self, now: int, emit: Emit) -> None:
        """SYN or SYN,ACK, the first time or once more."""
        first = self.board.first
        if first is None:
            self._record(self.iss, self.iss + 1, now)
        else:
            self.board.sent_again(first, now)
        emit(self.iss, SYN, b"")

    def send_again(self, record: Sent, now: int, emit: Emit) -> None:
        """Retransmit; a probe of a closed window takes along what may now follow it."""
        if record.start == self.iss:
            self.send_syn(now, emit)
            return
        if record.end == self.snd_nxt < self.end and record.end - record.start < self.mss:
            edge = min(self.end, record.start + self.mss, self.snd_una + self.snd_wnd)
            if edge > record.end:
                self.board.extend(record, edge)
                self.snd_nxt = edge
        flags = FIN if record.end > self.end else 0
        last = min(record.end, self.end)
        if last == self.end and last > record.start:
            flags |= PSH
        self.board.sent_again(record, now)
        self.last_sent = now
        emit(record.start, flags, self._data(record.start, last))

    def probe(self, now: int, emit: Emit) -> None:
        """Ask whether a closed window has opened: with the oldest segment, or with a new byte."""
        if self.board.first:
            self.send_again(self.board.first, now, emit)
        elif self.snd_nxt < self.end:
            start = self.snd_nxt
            self._record(start, start + 1, now)
            emit(start, PSH if start + 1 == self.end else 0, self._data(start, start + 1))
        else:
            self._record(self.end, self.end + 1, now)
            emit(self.end, FIN, b"")

    def _record(self, start: int, end: int, now: int) -> None:
        self.board.sent(start, end, now)
        self.snd_nxt = end
        self.last_sent = now
        if self.waiting_since is None:
            self.waiting_since = now

    def _data(self, start: int, end: int) -> bytes:
        return bytes(memoryview(self.buffer)[start - self.base : end - self.base])

    # What an acknowledgement says.

    def acknowledge(
        self, ack: int, blocks: Iterable[Block], bare: bool, now: int, echo: int | None
    ) -> None:
        """Everything below `ack` has arrived, and what the SACK `blocks` say.

        `bare`: no data, FIN or new window in it, so that it may count as a duplicate.
        `echo`: the round trip by the echoed timestamp in ns, None without timestamps.
        """
        news = ack - self.snd_una
        if news > 0:
            self._advance(ack, now, echo)
        selected = sum(self._select(block) for block in blocks) if self.recovery.sack else 0
        if news > 0:
            rtt = self.timeout.srtt or 0
            self.recovery.advanced(news, ack, now, rtt, self.window_full)
        elif selected or (bare and news == 0 and self.board.outstanding and not self.recovery.sack):
            self.recovery.duplicate(self.snd_una, now)

    def _advance(self, ack: int, now: int, echo: int | None) -> None:
        self.snd_una = ack
        gone = min(ack, self.end) - self.base
        if gone > 0:
            del self.buffer[:gone]
            self.base += gone
        record, timely = self.board.acknowledged(ack)
        if record and ack > self.timed_until:  # one measurement for each round trip
            if timely:
                self._measured(now - record.at)
            elif echo is not None:
                self._measured(echo)
        self.waiting_since = now if self.board.outstanding else None

    def _select(self, block: Block) -> int:
        left, right = (unwrap(edge, self.snd_una) for edge in block)
        if not (left < right <= self.snd_nxt and right > self.snd_una):
            return 0  # a duplicate that is reported (RFC 2883), or nonsense
        return self.board.selectively_acknowledged(max(left, self.snd_una), right)

    def timed_out(self, now: int) -> None:
        """No acknowledgement came in time: wait longer the next time, and measure again soon."""
        self.timeout.back_off()
        self.timed_until = self.snd_una
        self.recovery.timed_out(now)

    def _measured(self, rtt: int) -> None:
        self.timeout.measured(rtt)
        self.timed_until = self.snd_nxt

    def take_window(self, seq: int, ack: int, window: int) -> bool:
        """Believe a segment's window unless it is older than the last one (section 3.10.7.4).

        Whether that opens a window that was closed.
        """
        if not (self.snd_wl1 < seq or (self.snd_wl1 == seq and self.snd_wl2 <= ack)):
            return False
        was, self.snd_wnd = self.snd_wnd, window
        self.snd_wl1, self.snd_wl2 = seq, ack
        self.max_wnd = max(self.max_wnd, window)
        return was == 0 < window

    def window_opened(self) -> None:
        """A closed window has opened: what was sent to probe it goes again, without delay."""
        if self.board.first:
            self.board.first_goes_again()
            self.recovery.urgent = True
