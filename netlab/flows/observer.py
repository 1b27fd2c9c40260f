"""The two ends of a TCP connection as somebody sees them who only watches the segments pass.

What an end does shows in what it sends: a SYN says that it has opened, a FIN that it has closed,
an ACK what it has received.  Each such event takes its row of the state table, the same table that
drives an endpoint.
"""

from netlab.tcp.states import OPENS, ROWS, Event, State
from netlab.wire.tcp import TCPFlags

FIN, SYN, RST, ACK = (
    int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK)
)
MASK, HALF = (1 << 32) - 1, 1 << 31

OVER = (State.CLOSED, State.TIME_WAIT)


def _reached(number: int, other: int) -> bool:
    """Whether a sequence number is at or beyond another (RFC 9293 section 3.4)."""
    return (number - other) & MASK < HALF


class Observer:
    """What is known of both ends; side 0 is the one that is called the client.

    states           the state of each end, as far as the segments tell
    rtt              nanoseconds from the SYN to the ACK that completes the handshake: from here to
                     both ends and back; None where a SYN was repeated (Karn) or not seen
    retransmissions  segments of each side with data that had passed before, or that others had
                     overtaken
    resets           RSTs of each side
    """

    __slots__ = (
        "_fin",
        "_iss",
        "_next",
        "_passive",
        "_syn",
        "resets",
        "retransmissions",
        "rtt",
        "states",
    )

    def __init__(self) -> None:
        self.states = [State.CLOSED, State.CLOSED]
        self.rtt: int | None = None
        self.retransmissions, self.resets = [0, 0], [0, 0]
        self._passive = [False, False]
        self._iss: list[int | None] = [None, None]
        self._next: list[int | None] = [None, None]
        self._fin: list[int | None] = [None, None]
        self._syn: int | None = None

    @property
    def over(self) -> bool:
        """Whether the connection has ended."""
        started = self._next != [None, None]
        return started and all(state in OVER for state in self.states)

    def begins_anew(self, side: int, seq: int, flags: int) -> bool:
        """Whether the segment opens another connection between the same ports."""
        known = self._iss[side]
        return flags & (SYN | ACK) == SYN and self._next[side] is not None and seq != known

    def segment(self, side: int, seq: int, ack: int, flags: int, length: int, time: int) -> None:
        """A segment with `length` bytes of data from that side."""
        if self._next == [None, None] and not flags & (SYN | RST):
            self.states = [State.ESTABLISHED, State.ESTABLISHED]  # it began before we looked
        self._count(side, seq, flags, length)
        if flags & RST:
            self.resets[side] += 1
            self.states = [State.CLOSED, State.CLOSED]
            return
        if flags & SYN:
            self._handshake(side, seq, flags, time)
        elif flags & ACK:
            self._acknowledges(side, ack, time)
        if flags & FIN:
            self._fin[side] = (seq + length) & MASK
            self._step(side, Event.CLOSE)

    def _count(self, side: int, seq: int, flags: int, length: int) -> None:
        occupied = length + bool(flags & SYN) + bool(flags & FIN)
        end, expected = (seq + occupied) & MASK, self._next[side]
        if expected is None or not _reached(expected, end):
            self._next[side] = end
            return
        probe = length <= 1 and (seq + 1) & MASK == expected  # a keep-alive repeats a byte
        if length and not probe:
            self.retransmissions[side] += 1

    def _handshake(self, side: int, seq: int, flags: int, time: int) -> None:
        other = 1 - side
        repeated = self._iss[side] is not None
        self._iss[side] = seq
        if flags & ACK:
            if self.states[side] is State.CLOSED:  # its SYN was not seen
                self._step(side, Event.PASSIVE_OPEN)
                self._step(side, Event.SYN)
                if self._next[other] is None:  # it must have sent one, as this is the answer
                    self._step(other, Event.ACTIVE_OPEN)
            self._step(other, Event.SYN_ACK)
            return
        self._syn = None if repeated else time
        self._step(side, Event.ACTIVE_OPEN)
        if self.states[other] is State.CLOSED:
            self._step(other, Event.PASSIVE_OPEN)
        if self.states[other] in (State.LISTEN, State.SYN_SENT):
            self._step(other, Event.SYN)

    def _acknowledges(self, side: int, ack: int, time: int) -> None:
        """What an ACK shows: of the other side, what it learns; of this one, what it has got."""
        other = 1 - side
        if self.states[other] is State.SYN_RECEIVED and ack == self._next[other]:
            self._step(other, Event.ACK_OF_SYN)
            if self._syn is not None:
                self.rtt, self._syn = time - self._syn, None
        if self._confirms(other, ack):
            self._step(side, Event.FIN)
            self._step(other, Event.ACK_OF_FIN)

    def _confirms(self, side: int, ack: int) -> bool:
        """Whether that number acknowledges the side's FIN."""
        fin = self._fin[side]
        return fin is not None and _reached(ack, (fin + 1) & MASK)

    def _step(self, side: int, event: Event) -> None:
        """Take the event's row, if the state has one."""
        row = ROWS.get((self.states[side], event, self._passive[side]))
        if row and row.next is not row.state:
            self.states[side] = row.next
            self._passive[side] = OPENS.get(event, self._passive[side])
