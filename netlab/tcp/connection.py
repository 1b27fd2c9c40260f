"""What all parts of an endpoint share: its variables, what it sends, the table's rows carried out.

`arriving` and `expiring` turn segments and timeouts into events, `endpoint` adds the user's calls.
What an event does to the state stands in `states` alone.
"""

from netlab.tcp import timers
from netlab.tcp.congestion import Congestion
from netlab.tcp.receiving import MOST_BLOCKS, Receiver
from netlab.tcp.segment import ACK, RST, SYN, Segment
from netlab.tcp.sending import Sender
from netlab.tcp.sequence import MASK
from netlab.tcp.states import Event, Machine, Row, Sends, State

MAXIMUM_SHIFT = 14
"""RFC 7323 section 2.3."""
RENUMBERED_BY = 64_000
"""How far from the last number of one connection the next one begins."""


class Connection:
    """The state, the two halves and the timers of one connection after the other."""

    local_port: int
    remote_port: int | None
    mss: int
    receive_buffer: int
    send_buffer: int
    congestion: Congestion
    initial_window: int
    window_scaling: bool
    timestamps: bool
    sack: bool
    nagle: bool
    delayed_ack: bool
    keep_alive: int | None
    user_timeout: int | None
    msl: int
    minimum_rto: int
    time_wait_protection: bool

    def __init__(self, iss: int) -> None:
        self.machine = Machine()
        self.timers = timers.Timers()
        self.error = ""
        self._now = 0
        self._out: list[Segment] = []
        self._begin(iss & MASK)

    def _begin(self, iss: int) -> None:
        """The variables of a new connection (the RFC's TCB)."""
        self.sender = Sender(iss, self.mss, self.send_buffer, self.nagle, self.congestion)
        self.sender.timeout.minimum = self.minimum_rto
        self.receiver: Receiver | None = None
        self._scale, self._stamps, self._sack = self.window_scaling, self.timestamps, self.sack
        self._close_waits = False
        self._heard, self._probes, self._persist = self._now, 0, 0
        self.timers.stop_all()

    def _begin_anew(self) -> None:
        if self.sender.snd_nxt > self.sender.iss:
            self._begin((self.sender.snd_nxt + RENUMBERED_BY) & MASK)

    @property
    def state(self) -> State:
        """Where in the state table the connection is."""
        return self.machine.state

    # What goes out.

    def outgoing(self) -> list[Segment]:
        """The segments to send, in order; each is given out once."""
        out, self._out = self._out, []
        return out

    def _output(self) -> None:
        """Send what may be sent, acknowledge what must be, and set the timers."""
        receiver = self.receiver
        if self.machine.state is State.CLOSED:
            return
        if receiver and receiver.ack_now and receiver.there:
            self._acknowledge()  # by itself, so that it counts as a duplicate
        self.sender.transmit(self._now, self._emit)
        if receiver and receiver.ack_now:
            self._acknowledge()
        self._set_timers()

    def _set_timers(self) -> None:
        sender, running, now = self.sender, self.timers.running, self._now
        outstanding = sender.board.outstanding
        if not outstanding and not sender.pending:
            self.timers.stop("retransmission", "persist")
        elif sender.snd_wnd == 0 and sender.syn_acknowledged:
            self.timers.stop("retransmission")
            if "persist" not in running:
                self._persist = self._persist or sender.timeout.rto
                self.timers.start("persist", now + self._persist)
        elif outstanding:
            self.timers.stop("persist")
            if "retransmission" not in running:
                self.timers.start("retransmission", now + sender.timeout.rto)
        elif sender.syn_acknowledged and "persist" not in running:
            self.timers.start("persist", now + timers.SWS_OVERRIDE)
        if self.user_timeout is not None:
            if sender.waiting_since is None:
                self.timers.stop("user_timeout")
            else:
                self.timers.start("user_timeout", sender.waiting_since + self.user_timeout)

    def _emit(self, seq: int, flags: int, payload: bytes) -> None:
        """A segment of the connection; SEG.SEQ is given unwrapped."""
        receiver = self.receiver
        segment = Segment(seq & MASK, 0, flags, min(self.receive_buffer, 65535), payload)
        if flags & SYN:
            segment.mss, segment.sack_permitted = self.mss, self._sack
            segment.window_scale = self.shift if self._scale else None
        segment.timestamps = self._clocks()
        if receiver:
            segment.flags |= ACK
            segment.ack = receiver.rcv_nxt & MASK
            segment.window = min(receiver.rcv_wnd, 65535) if flags & SYN else receiver.window()
            if receiver.there and self._sack and not payload:
                segment.sack = receiver.blocks(MOST_BLOCKS - bool(self._stamps))
            receiver.ack_now, receiver.unacknowledged = False, 0
            receiver.last_ack_sent = receiver.rcv_nxt
            self.timers.stop("delayed_ack")
        self._out.append(segment)

    def _clocks(self) -> tuple[int, int] | None:
        """Our clock in ticks and the other side's, sent back; None when timestamps are off."""
        if not self._stamps:
            return None
        echo = self.receiver.ts_recent if self.receiver else None
        return (self._now // timers.GRANULARITY) & MASK, echo or 0

    @property
    def shift(self) -> int:
        """Our window scale: so that the receive buffer fits in 16 bits."""
        return min((self.receive_buffer >> 16).bit_length(), MAXIMUM_SHIFT)

    def _acknowledge(self) -> None:
        """A bare ACK, numbered so that it is acceptable even where the window has shrunk."""
        sender = self.sender
        self._emit(min(sender.snd_nxt, sender.snd_una + sender.snd_wnd), 0, b"")

    def _reset(self, segment: Segment | None) -> None:
        """An RST: in answer to a segment as section 3.10.7.1 has it, or to break off."""
        if segment is None:
            reset = Segment(self.sender.snd_nxt & MASK, 0, RST, 0)
        elif segment.flags & ACK:
            reset = Segment(segment.ack, 0, RST, 0)
        else:
            reset = Segment(0, segment.end, RST | ACK, 0)
        if segment is None or self.machine.state is State.SYN_RECEIVED:
            reset.timestamps = self._clocks()
        self._out.append(reset)

    # The table, carried out.

    def _step(self, event: Event, segment: Segment | None = None) -> None:
        """Take the event's row, send what it sends, and do what its next state requires."""
        row = self.machine.step(event)
        receiver, sends = self.receiver, row.sends
        if sends is Sends.NOTHING or sends is Sends.DATA or sends is Sends.AGAIN:
            pass  # `_output` sends data and what is due again
        elif sends is Sends.ACK_SOON and receiver:
            if not self.delayed_ack:
                receiver.ack_now = True
            elif not receiver.ack_now and "delayed_ack" not in self.timers.running:
                self.timers.start("delayed_ack", self._now + timers.DELAYED_ACK)
        elif sends is Sends.ACK and receiver:
            receiver.ack_now = True
        elif sends is Sends.CHALLENGE_ACK and receiver:
            if receiver.may_challenge(self._now):
                self._acknowledge()
        elif sends is Sends.FIN:
            self.sender.closing = True
        elif sends is Sends.RST:
            self._reset(segment)
        else:
            self.sender.send_syn(self._now, self._emit)
        if row.next is not row.state:
            self._enter(row)

    def _enter(self, row: Row) -> None:
        """What a new state requires besides what is sent."""
        self.error = row.error
        if row.next is State.CLOSED:
            self.timers.stop_all()
            self.sender.buffer.clear()
        elif row.next is State.LISTEN:
            self._begin_anew()
        elif row.next is State.TIME_WAIT:
            self.timers.stop_all()
            self.timers.start("time_wait", self._now + 2 * self.msl)
