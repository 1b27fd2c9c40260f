"""From a segment that arrives to the events that it is, in the order of RFC 9293 section 3.10.7."""

from collections.abc import Iterator

from netlab.tcp import timers
from netlab.tcp.connection import MAXIMUM_SHIFT, Connection
from netlab.tcp.receiving import Receiver
from netlab.tcp.segment import ACK, FIN, RST, SYN, URG, Segment
from netlab.tcp.sending import Sender
from netlab.tcp.sequence import MASK, before, unwrap
from netlab.tcp.states import Event, State

DEFAULT_MSS = 536
"""What a side takes that names no MSS, RFC 9293 section 3.7.1."""
LEAST_MSS = 8
"""Of an MSS below this we take no notice: each segment would be all header."""
TIMESTAMPS_LENGTH = 12
"""Bytes in the timestamps option with the padding before it, RFC 7323 appendix A."""


class Arriving(Connection):
    """A connection that takes segments."""

    def arrive(self, segment: Segment, now: int) -> None:
        """A segment of this connection has arrived, its checksum found right."""
        self._now = now
        state, sender, receiver = self.machine.state, self.sender, self.receiver
        if state is State.CLOSED or state is State.LISTEN:
            event = by_flags(segment)
            if (state, event) == (State.LISTEN, Event.SYN):
                self._synchronize(segment)
            self._step(event, segment)
        elif receiver is None:
            ack = unwrap(segment.ack, sender.iss)
            event = in_syn_sent(segment, ack, sender)
            if event is Event.SYN or event is Event.SYN_ACK:
                self._synchronize(segment)
            if event is Event.SYN_ACK:
                self._proceed(segment, segment.seq, ack)
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
        event = refused(state, segment, seq, ack, sender, receiver, now)
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

    def _proceed(self, segment: Segment, seq: int, ack: int) -> None:
        """The segment counts: take its acknowledgement, its window, its data and its FIN."""
        sender, receiver = self.sender, self.receiver
        assert receiver
        syn_due, fin_due = not sender.syn_acknowledged, not sender.fin_acknowledged
        if self._stamps and segment.timestamps:
            receiver.note_timestamp(seq, segment.timestamps[0], self._now)
        self._take_ack(segment, seq, ack)
        if segment.flags & SYN:
            seq += 1
        if segment.flags & URG:
            receiver.rcv_up = max(receiver.rcv_up, seq + segment.urgent_pointer)
        brings = bool(segment.payload or segment.flags & FIN)
        fits = seq < receiver.right_edge
        ended = brings and fits and receiver.take(seq, segment)
        for event in self._events(segment, syn_due, fin_due, brings and not fits, ended):
            self._step(event, segment)

    def _events(
        self, segment: Segment, syn_due: bool, fin_due: bool, too_far: bool, ended: bool
    ) -> Iterator[Event]:
        """What the segment was: whether our SYN or FIN were due to be acknowledged before it,
        whether it brings something for which there is no room, whether it ends the stream."""
        nothing_else = False
        fin_acknowledged = fin_due and self.sender.fin_acknowledged
        if segment.flags & SYN:
            yield Event.SYN_ACK
        if ended:
            yield Event.FIN_AND_ACK_OF_FIN if fin_acknowledged else Event.FIN
        elif fin_acknowledged:
            yield Event.ACK_OF_FIN
        elif self.machine.state is State.SYN_RECEIVED:
            yield Event.ACK_OF_SYN
        else:
            nothing_else = not segment.flags & SYN
        if syn_due and self._close_waits:
            self._close_waits = False
            yield Event.CLOSE
        if too_far:
            yield Event.OUTSIDE
        elif segment.payload and not ended:
            yield Event.DATA
        elif nothing_else:
            yield Event.ACK

    def _take_ack(self, segment: Segment, seq: int, ack: int) -> None:
        sender, now = self.sender, self._now
        window = segment.window << (0 if segment.flags & SYN else sender.shift)
        bare = segment.length == 0 and window == sender.snd_wnd
        echo = None
        if self._stamps and segment.timestamps:
            ticks = (now // timers.GRANULARITY - segment.timestamps[1]) & MASK
            echo = ticks * timers.GRANULARITY
        una, syn_due = sender.snd_una, not sender.syn_acknowledged
        syn_timeouts = sender.recovery.timeouts
        sender.acknowledge(ack, segment.sack, bare, now, echo)
        if sender.snd_una > una and not sender.recovery.impatient:
            self.timers.stop("retransmission")  # it starts anew, RFC 6298 (5.3)
        if syn_due and sender.syn_acknowledged:
            self._opened(syn_timeouts)
        if ack >= una and sender.take_window(seq, ack, window):
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


def by_flags(segment: Segment) -> Event:
    """The event where no numbers are known yet: in CLOSED and LISTEN."""
    flags = segment.flags
    if flags & RST:
        return Event.RST
    if flags & SYN:
        return Event.SYN_ACK if flags & ACK else Event.SYN
    if not flags & ACK:
        return Event.BARE
    if flags & FIN:
        return Event.FIN
    return Event.DATA if segment.payload else Event.ACK


def in_syn_sent(segment: Segment, ack: int, sender: Sender) -> Event:
    """The event where only our own numbers are known (section 3.10.7.3)."""
    has_ack = segment.flags & ACK
    if has_ack and not sender.iss < ack <= sender.snd_nxt:
        return Event.STRAY_RST if segment.flags & RST else Event.BAD_ACK
    if segment.flags & RST and not has_ack:
        return Event.STRAY_RST
    return by_flags(segment)


def refused(
    state: State, segment: Segment, seq: int, ack: int, sender: Sender, receiver: Receiver, now: int
) -> Event | None:
    """The event of a segment that fails one of the checks of section 3.10.7.4, None if it passes.

    `seq` and `ack` are the segment's numbers, unwrapped.
    """
    flags, length = segment.flags, segment.length
    if flags & SYN and not flags & RST:
        if state is State.SYN_RECEIVED and seq == receiver.irs:
            if not flags & ACK:
                return Event.SYN_AGAIN
            return None if sender.snd_una < ack <= sender.snd_nxt else Event.BAD_ACK
        if state is State.TIME_WAIT and not flags & ACK and is_new(segment, seq, receiver):
            return Event.NEW_SYN
    stamps = segment.timestamps
    if stamps and not flags & RST and receiver.is_old(stamps[0], now):
        return Event.OUTSIDE
    if flags & FIN and receiver.finished and seq + length == receiver.rcv_nxt:
        return Event.FIN if not flags & (SYN | RST) else Event.OUTSIDE
    if flags & RST:
        if seq == receiver.rcv_nxt:
            return Event.RST
        return Event.RST_IN_WINDOW if receiver.acceptable(seq, 0) else Event.STRAY_RST
    if not (receiver.acceptable(seq, length) or is_at_edge(seq, length, flags, receiver)):
        return Event.OUTSIDE
    if flags & SYN:
        return Event.SYN_ACK if flags & ACK and state is not State.SYN_RECEIVED else Event.SYN
    if not flags & ACK:
        return Event.BARE
    least = sender.snd_una - sender.max_wnd if sender.syn_acknowledged else sender.snd_una + 1
    return None if least <= ack <= sender.snd_nxt else Event.BAD_ACK


def is_at_edge(seq: int, length: int, flags: int, receiver: Receiver) -> bool:
    """Whether a segment outside the window is heard for its ACK: its data begin where the window
    is closed, or it has none and stands just behind the window.

    Who has filled our window numbers its ACKs so.  If both ends did, and each took the other's for
    strays, neither would ever learn what has arrived.
    """
    if flags & SYN:
        return False
    return seq == receiver.rcv_nxt or (length == 0 and seq == receiver.right_edge)


def is_new(segment: Segment, seq: int, receiver: Receiver) -> bool:
    """Whether a SYN in TIME-WAIT is no old duplicate: RFC 6191, RFC 1122 section 4.2.2.13."""
    if segment.timestamps and receiver.ts_recent is not None:
        value = segment.timestamps[0]
        if value != receiver.ts_recent:
            return before(receiver.ts_recent, value)
    return seq > receiver.rcv_nxt
