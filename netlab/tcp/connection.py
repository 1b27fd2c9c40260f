"""The machinery of an endpoint: segments and timeouts become events, the table's rows are done.

What happens to the state stands in `netlab.tcp.states` alone.  `netlab.tcp.Endpoint` puts the
user's calls on top.
"""

from netlab.tcp import arrival, timers
from netlab.tcp.congestion import Congestion
from netlab.tcp.receiving import Receiver
from netlab.tcp.segment import ACK, RST, SYN, Segment
from netlab.tcp.sending import Sender
from netlab.tcp.sequence import MASK, unwrap
from netlab.tcp.states import Event, Machine, Row, Sends, State

DEFAULT_MSS = 536
"""What a side takes that names no MSS, RFC 9293 section 3.7.1."""
LEAST_MSS = 8
"""Of an MSS below this we do not take notice: each segment would be all header."""
TIMESTAMPS_LENGTH = 12
"""Bytes in the timestamps option with the padding before it, RFC 7323 appendix A."""
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
        self._out: list[Segment] = []
        self._begin(iss & MASK)

    def _begin(self, iss: int) -> None:
        """The variables of a new connection (the RFC's TCB)."""
        self.sender = Sender(iss, self.mss, self.send_buffer, self.nagle, self.congestion)
        self.sender.timeout.minimum = self.minimum_rto
        self.receiver: Receiver | None = None
        self._scale, self._stamps, self._sack = self.window_scaling, self.timestamps, self.sack
        self._close_waits = False
        self._now = self._heard = self._probes = self._persist = 0
        self.timers.stop_all()

    def _begin_anew(self) -> None:
        if self.sender.snd_nxt > self.sender.iss:
            self._begin((self.sender.snd_nxt + RENUMBERED_BY) & MASK)

    @property
    def state(self) -> State:
        """Where in the state table the connection is."""
        return self.machine.state

    # What comes in.

    def arrive(self, segment: Segment, now: int) -> None:
        """A segment of this connection has arrived, its checksum found right."""
        self._now = now
        state, sender, receiver = self.machine.state, self.sender, self.receiver
        if state is State.CLOSED or state is State.LISTEN:
            event = arrival.by_flags(segment)
            if (state, event) == (State.LISTEN, Event.SYN):
                self._synchronize(segment)
            self._step(event, segment)
        elif receiver is None:
            ack = unwrap(segment.ack, sender.iss)
            event = arrival.in_syn_sent(segment, ack, sender)
            if event is Event.SYN or event is Event.SYN_ACK:
                self._synchronize(segment)
            if event is Event.SYN_ACK:
                self._proceed(segment, segment.seq, ack, event)
            else:
                self._step(event, segment)
        else:
            self._arrive_numbered(segment, receiver)
        self._output()

    def _arrive_numbered(self, segment: Segment, receiver: Receiver) -> None:
        """RFC 9293 section 3.10.7.4: both sides' numbers are known."""
        sender, state, now = self.sender, self.machine.state, self._now
        if self._stamps and not segment.timestamps and not segment.flags & RST:
            return  # dropped like a damaged one, RFC 7323 section 3.2
        seq, ack = unwrap(segment.seq, receiver.rcv_nxt), unwrap(segment.ack, sender.snd_una)
        event = arrival.refused(state, segment, seq, ack, sender, receiver, now)
        if event is None:
            self._heard, self._probes = now, 0
            self._proceed(segment, seq, ack)
            return
        if event is Event.RST and state is State.TIME_WAIT and self.time_wait_protection:
            event = Event.STRAY_RST
        if event is Event.NEW_SYN and self.machine.passive:
            self._begin_anew()
            self._synchronize(segment)
        if event is Event.OUTSIDE and segment.length == 0 and not receiver.may_challenge(now):
            return  # two confused ends shall not answer each other's ACKs for ever
        if state is State.TIME_WAIT and event is Event.FIN:
            self.timers.start("time_wait", now + 2 * self.msl)
        self._step(event, segment)

    def _synchronize(self, segment: Segment) -> Receiver:
        """Take the numbers and the options of the other side's SYN."""
        receiver = self.receiver = Receiver(segment.seq, self.receive_buffer, self.mss)
        sender = self.sender
        self._heard = self._now
        self._scale = self._scale and segment.window_scale is not None
        self._stamps = self._stamps and segment.timestamps is not None
        self._sack = sender.recovery.sack = self._sack and segment.sack_permitted
        if self._scale:
            receiver.shift, sender.shift = self.shift, min(segment.window_scale or 0, MAXIMUM_SHIFT)
        if self._stamps and segment.timestamps:
            receiver.ts_recent, receiver.ts_recent_at = segment.timestamps[0], self._now
        mss = DEFAULT_MSS if segment.mss is None else max(segment.mss, LEAST_MSS)
        sender.mss = min(mss, self.mss) - (TIMESTAMPS_LENGTH if self._stamps else 0)
        sender.mss = max(sender.mss, LEAST_MSS)
        sender.take_window(receiver.irs, sender.snd_una, segment.window)
        return receiver

    def _proceed(self, segment: Segment, seq: int, ack: int, event: Event | None = None) -> None:
        """The segment counts: take its acknowledgement, its window, its data and its FIN.

        `event` is what it is already known to be: the SYN,ACK of a handshake.
        """
        sender, receiver, now = self.sender, self.receiver, self._now
        assert receiver
        syn = segment.flags & SYN
        syn_due, fin_due = not sender.syn_acknowledged, not sender.fin_acknowledged
        if self._stamps and segment.timestamps:
            receiver.note_timestamp(seq, segment.timestamps[0], now)
        self._take_ack(segment, seq, ack)
        seq += syn and 1
        closed = fits = False
        if segment.length > bool(syn):
            fits = seq < receiver.right_edge
            closed = receiver.take(seq, segment)
        if event is None and syn:
            event = Event.SYN_ACK
        fin_acked = fin_due and sender.fin_acknowledged
        syn_acked = syn_due and self.machine.state is State.SYN_RECEIVED
        if event:
            self._step(event, segment)
        if closed:
            self._step(Event.FIN_AND_ACK_OF_FIN if fin_acked else Event.FIN, segment)
        elif fin_acked:
            self._step(Event.ACK_OF_FIN, segment)
        elif syn_acked and not event:
            self._step(Event.ACK_OF_SYN, segment)
        if syn_due and self._close_waits:
            self._close_waits = False
            self._step(Event.CLOSE)
        if segment.payload and not closed and fits:
            self._step(Event.DATA, segment)
        elif segment.length > bool(syn) and not fits:
            self._step(Event.OUTSIDE, segment)
        elif not (event or closed or fin_acked or syn_acked):
            self._step(Event.ACK, segment)

    def _take_ack(self, segment: Segment, seq: int, ack: int) -> None:
        sender, now = self.sender, self._now
        window = segment.window << (0 if segment.flags & SYN else sender.shift)
        bare = segment.length == 0 and window == sender.snd_wnd
        echo = None
        if self._stamps and segment.timestamps:
            ticks = (now // timers.GRANULARITY - segment.timestamps[1]) & MASK
            echo = ticks * timers.GRANULARITY
        before, syn_due = sender.snd_una, not sender.syn_acknowledged
        syn_timeouts = sender.recovery.timeouts
        sender.acknowledge(ack, segment.sack, bare, now, echo)
        if sender.snd_una > before and sender.recovery.partial_acks <= 1:
            self.timers.stop("retransmission")  # it starts anew: RFC 6298 (5.3), RFC 6582
        if syn_due and sender.syn_acknowledged:
            self._opened(syn_timeouts)
        if ack >= before and sender.take_window(seq, ack, window):
            self._persist = 0
            sender.window_opened()

    def _opened(self, syn_timeouts: int) -> None:
        """Our SYN is acknowledged: data may flow, slowly if it was lost (RFC 6298, RFC 6928)."""
        sender = self.sender
        if syn_timeouts:
            sender.timeout.rto = timers.RTO_AFTER_LOST_SYN
        segments = 1 if syn_timeouts > 1 else self.initial_window
        self.congestion.begin(sender.mss, segments, self._now)
        if self.keep_alive is not None:
            self.timers.start("keep_alive", self._now + self.keep_alive)

    # What goes out.

    def outgoing(self, now: int | None = None) -> list[Segment]:
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

    def _emit(self, seq: int, flags: int, payload: bytes) -> None:
        """A segment of the connection; SEG.SEQ is given unwrapped."""
        receiver = self.receiver
        segment = Segment(seq & MASK, 0, flags, min(self.receive_buffer, 65535), payload)
        if flags & SYN:
            segment.mss, segment.sack_permitted = self.mss, self._sack
            segment.window_scale = self.shift if self._scale else None
        if self._stamps:
            echo = receiver.ts_recent if receiver else None
            segment.timestamps = ((self._now // timers.GRANULARITY) & MASK, echo or 0)
        if receiver:
            segment.flags |= ACK
            segment.ack = receiver.rcv_nxt & MASK
            segment.window = min(receiver.rcv_wnd, 65535) if flags & SYN else receiver.window()
            if receiver.there and self._sack and not payload:
                segment.sack = receiver.blocks(3 if self._stamps else 4)
            receiver.ack_now, receiver.unacknowledged = False, 0
            receiver.last_ack_sent = receiver.rcv_nxt
            self.timers.stop("delayed_ack")
        self._out.append(segment)

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
            self._out.append(Segment(self.sender.snd_nxt & MASK, 0, RST, 0))
        elif segment.flags & ACK:
            self._out.append(Segment(segment.ack, 0, RST, 0))
        else:
            self._out.append(Segment(0, segment.end, RST | ACK, 0))

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

    # Time.

    @property
    def deadline(self) -> int | None:
        """When `expire` is to be called, unless something happens before; None: never."""
        return self.timers.deadline

    def expire(self, now: int) -> None:
        """Let the timers expire whose time has come."""
        self._now = now
        for name in self.timers.take_due(now):
            if self.machine.state is not State.CLOSED:
                getattr(self, f"_on_{name}")()
        self._output()

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

    def _on_retransmission(self) -> None:
        sender = self.sender
        limit, least = timers.RETRANSMISSION_LIMIT, timers.LEAST_RETRANSMISSIONS
        if not sender.syn_acknowledged:
            limit = timers.SYN_LIMIT
        waited = self._now - (sender.waiting_since or 0)
        if waited >= limit and sender.recovery.timeouts >= least:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            sender.timed_out(self._now)
            self._step(Event.RETRANSMISSION_TIMEOUT)

    def _on_persist(self) -> None:
        """The window is closed, or too small for more than a trifle (sections 3.8.6.1 and 2.1)."""
        sender = self.sender
        if sender.snd_wnd:
            sender.transmit(self._now, self._emit, override=True)
        elif self._now - self._heard >= timers.RETRANSMISSION_LIMIT:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            self._persist = min(self._persist * 2, sender.timeout.maximum)
            sender.probe(self._now, self._emit)

    def _on_delayed_ack(self) -> None:
        if self.receiver:
            self.receiver.ack_now = True

    def _on_time_wait(self) -> None:
        self._step(Event.TIME_WAIT_TIMEOUT)

    def _on_user_timeout(self) -> None:
        self._step(Event.USER_TIMEOUT)

    def _on_keep_alive(self) -> None:
        """Ask a peer that was silent for long (section 3.8.4): the number is one it has had."""
        assert self.keep_alive is not None
        quiet = self._now - self._heard
        if quiet < self.keep_alive:
            self.timers.start("keep_alive", self._heard + self.keep_alive)
        elif self._probes and self.user_timeout is not None and quiet >= self.user_timeout:
            self._step(Event.USER_TIMEOUT)
        elif self._probes >= timers.KEEP_ALIVE_PROBES:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            if not self.sender.board.outstanding:
                self._probes += 1
                self._emit(self.sender.snd_nxt - 1, 0, b"")
            self.timers.start("keep_alive", self._now + timers.KEEP_ALIVE_INTERVAL)
