"""From a segment that arrives to the event that it is, in the order of RFC 9293 section 3.10.7."""

from netlab.tcp.receiving import Receiver
from netlab.tcp.segment import ACK, FIN, RST, SYN, Segment
from netlab.tcp.sending import Sender
from netlab.tcp.sequence import before
from netlab.tcp.states import Event, State


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
    if not receiver.acceptable(seq, length) and not (seq == receiver.rcv_nxt and not flags & SYN):
        return Event.OUTSIDE
    if flags & SYN:
        return Event.SYN_ACK if flags & ACK and state is not State.SYN_RECEIVED else Event.SYN
    if not flags & ACK:
        return Event.BARE
    least = sender.snd_una - sender.max_wnd if sender.syn_acknowledged else sender.snd_una + 1
    return None if least <= ack <= sender.snd_nxt else Event.BAD_ACK


def is_new(segment: Segment, seq: int, receiver: Receiver) -> bool:
    """Whether a SYN in TIME-WAIT is no old duplicate: RFC 6191, RFC 1122 section 4.2.2.13."""
    if segment.timestamps and receiver.ts_recent is not None:
        value = segment.timestamps[0]
        if value != receiver.ts_recent:
            return before(receiver.ts_recent, value)
    return seq > receiver.rcv_nxt
