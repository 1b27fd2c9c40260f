"""What an acknowledgement says about losses: fast retransmit and recovery, and timeouts.

With SACK as RFC 6675, without as RFC 5681 and 6582; limited transmit is RFC 3042.
"""

from netlab.tcp.congestion import Congestion
from netlab.tcp.scoreboard import DUPLICATE_THRESHOLD, Scoreboard, Sent


class Recovery:
    """Decides what goes again and when congestion control is told.

    point         RecoveryPoint: recovery ends when all below it is acknowledged
    active        whether fast recovery is going on
    duplicates    duplicate acknowledgements since the last new one
    timeouts      retransmission timeouts since then
    sack          whether the other side sends selective acknowledgements
    urgent        a segment has to go again at once, whatever cwnd says
    alone         and nothing with it: after a timeout (RFC 6298 (5.4))
    """

    def __init__(self, congestion: Congestion, board: Scoreboard, iss: int) -> None:
        self.congestion, self.board = congestion, board
        self.point = iss
        self.active = self.sack = self.urgent = self.alone = self.rescued = False
        self.duplicates = self.partial_acks = self.limited_bytes = self.timeouts = 0

    @property
    def allowance(self) -> int:
        """How far limited transmit may exceed cwnd: a segment for each of two duplicates.

        With SACK nothing is needed for that: what arrived is no longer counted as on its way.
        """
        if self.active or self.sack:
            return 0
        return min(self.duplicates, DUPLICATE_THRESHOLD - 1) * self.congestion.mss

    @property
    def impatient(self) -> bool:
        """Whether new acknowledgements leave the timer alone, so that a window full of holes ends
        in a timeout rather than in a round trip for each: the RFC 6582 variant of that name."""
        return self.active and self.partial_acks > 1

    @property
    def _flight(self) -> int:
        """FlightSize without what limited transmit has sent, RFC 5681 section 3.2 step 2."""
        return self.board.outstanding - self.limited_bytes

    def advanced(self, count: int, una: int, now: int, rtt: int, full: bool) -> None:
        """`count` bytes were newly acknowledged, up to `una`; `full`: the window was full."""
        self.duplicates = self.limited_bytes = self.timeouts = 0
        if not self.active:
            if full:
                self.congestion.acknowledged(count, now, rtt)
        elif una >= self.point or not (self.sack or self.congestion.heeds_partial_acks):
            self.active = False
            self.congestion.recovered(self.board.outstanding)
        elif not self.sack:
            self.partial_acks += 1
            self.congestion.deflate(count)
            self.board.first_is_lost()
            self.urgent = True
        if self.sack:
            self._judge(una, now)

    def duplicate(self, una: int, now: int) -> None:
        """An acknowledgement that brought nothing new but shows that something arrived."""
        self.duplicates += 1
        if self.active:
            if not self.sack:
                self.congestion.inflate(self.congestion.mss)
        elif self.duplicates >= DUPLICATE_THRESHOLD and self._may_enter(una):
            self._enter(now)
            if not self.sack:
                self.congestion.inflate(DUPLICATE_THRESHOLD * self.congestion.mss)
        if self.sack:
            self._judge(una, now)

    def _may_enter(self, una: int) -> bool:
        """Whether the loss is a new one and not the end of the last, RFC 6582 section 3.2.

        After a recovery, copies of what went again cause duplicates that mean nothing; SACK tells
        the two apart, and Reno does not care.
        """
        if self.sack:
            return una >= self.point
        return una > self.point or not self.congestion.heeds_partial_acks

    def _judge(self, una: int, now: int) -> None:
        """With SACK: mark what is lost by now; enough bytes above a hole are a loss as well."""
        self.board.judge(self.congestion.mss)
        first = self.board.first
        if first and first.lost and not self.active and self._may_enter(una):
            self._enter(now)

    def _enter(self, now: int) -> None:
        self.active, self.point, self.rescued, self.partial_acks = True, self.board.end, False, 0
        self.congestion.lost(self._flight, now)
        self.board.first_is_lost()
        self.urgent = True

    def timed_out(self, now: int) -> None:
        """The retransmission timer expired: everything goes again, beginning with one segment."""
        self.congestion.timed_out(self._flight, now, again=self.timeouts > 0)
        self.active, self.point = False, self.board.end
        self.duplicates = self.limited_bytes = 0
        self.timeouts += 1
        self.urgent = self.alone = True
        self.board.everything_is_lost()

    def next_guess(self) -> Sent | None:
        """With nothing new to send: what may be lost (NextSeg of RFC 6675, rules 3 and 4)."""
        if not (self.sack and self.active):
            return None
        hole = self.board.next_hole()
        last = self.board.records[-1] if self.board.first else None
        if hole or self.rescued or last is None or last.sacked or last.resent:
            return hole
        self.rescued = True
        return last
