"""Congestion control: how much may be on its way, so that the network is not swamped.

An object of one of these classes belongs to one endpoint, which tells it what happens.  `cwnd` and
`ssthresh` are bytes; a lesson's own class need only inherit from `Congestion`.
"""

from typing import ClassVar

from netlab.tcp.timers import SECOND

UNLIMITED = 1 << 40
"""More bytes than any window: ssthresh before the first loss (RFC 5681 section 3.1)."""


class Congestion:
    """Slow start and congestion avoidance, RFC 5681 section 3.1; what all the others share.

    cwnd       the congestion window
    ssthresh   below it cwnd grows by what is acknowledged, above it by a segment each round trip
    """

    name: ClassVar[str] = ""
    heeds_partial_acks: ClassVar[bool] = True
    """Whether recovery lasts until all is acknowledged that was on its way at the loss."""

    def __init__(self) -> None:
        self.mss, self.cwnd, self.ssthresh = 1460, 10 * 1460, UNLIMITED
        self.initial_window = self.cwnd
        self.collected = 0

    def begin(self, mss: int, segments: int, now: int) -> None:
        """The connection is there: start with an initial window of so many segments (RFC 6928)."""
        self.mss = mss
        self.cwnd = min(segments * mss, max(2 * mss, segments * 1460))
        self.initial_window, self.ssthresh, self.collected = self.cwnd, UNLIMITED, 0

    def acknowledged(self, count: int, now: int, rtt: int) -> None:
        """`count` new bytes were acknowledged while the window was full; `rtt` is SRTT in ns."""
        if self.cwnd < self.ssthresh:
            self.cwnd += min(count, self.mss)
        else:
            self.avoid(count, now, rtt)

    def avoid(self, count: int, now: int, rtt: int) -> None:
        """Congestion avoidance: a segment more for each full window that is acknowledged."""
        self.collected += count
        if self.collected >= self.cwnd:
            self.collected -= self.cwnd
            self.cwnd += self.mss

    def reduced(self, flight: int) -> int:
        """The ssthresh after a loss with `flight` bytes on their way, RFC 5681 equation 4."""
        return max(flight // 2, 2 * self.mss)

    def lost(self, flight: int, now: int) -> None:
        """A loss was found by duplicate or selective acknowledgements."""
        self.ssthresh = self.cwnd = self.reduced(flight)
        self.collected = 0

    def inflate(self, count: int) -> None:
        """Without SACK: a duplicate acknowledgement says that segments have left the network."""
        self.cwnd += count

    def deflate(self, count: int) -> None:
        """Without SACK: a partial acknowledgement takes back what it covers, RFC 6582 (step 3)."""
        self.cwnd = max(self.cwnd - count, 0) + (self.mss if count >= self.mss else 0)
        self.cwnd = max(self.cwnd, self.mss)

    def recovered(self, flight: int) -> None:
        """All that was on its way at the loss is acknowledged."""
        self.cwnd = self.ssthresh

    def timed_out(self, flight: int, now: int, again: bool) -> None:
        """Nothing came for a whole timeout: begin with one segment.

        ssthresh is lowered once only, however often the same segment times out.
        """
        if not again:
            self.ssthresh = self.reduced(flight)
        self.cwnd, self.collected = self.mss, 0

    def idle(self) -> None:
        """Nothing was sent for longer than a timeout: what cwnd says is stale (section 4.1)."""
        self.cwnd = min(self.cwnd, self.initial_window)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} cwnd={self.cwnd} ssthresh={self.ssthresh}>"


class Reno(Congestion):
    """RFC 5681 to the letter: fast recovery ends with the first new acknowledgement."""

    name = "reno"
    heeds_partial_acks = False


class NewReno(Congestion):
    """Reno that stays in fast recovery until everything lost is repaired, RFC 6582."""

    name = "newreno"


class Fixed(Congestion):
    """No congestion control: a window that never changes.  For lessons, not for networks."""

    name = "none"

    def __init__(self, cwnd: int = UNLIMITED) -> None:
        super().__init__()
        self.fixed = self.cwnd = cwnd

    def begin(self, mss: int, segments: int, now: int) -> None:
        self.mss, self.initial_window = mss, self.fixed

    def acknowledged(self, count: int, now: int, rtt: int) -> None: ...

    def lost(self, flight: int, now: int) -> None: ...

    def inflate(self, count: int) -> None: ...

    def deflate(self, count: int) -> None: ...

    def recovered(self, flight: int) -> None: ...

    def timed_out(self, flight: int, now: int, again: bool) -> None: ...

    def idle(self) -> None: ...


class Cubic(Congestion):
    """CUBIC, RFC 9438: after a loss cwnd follows a cubic curve of time, flat where it was lost.

    The RFC counts windows in segments, and so do `w_max`, `w_est` and `k` (seconds) here.
    """

    name = "cubic"
    C: ClassVar[float] = 0.4
    BETA: ClassVar[float] = 0.7

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def _forget(self) -> None:
        self.w_max = self.w_est = self.k = self.cwnd_prior = self.fraction = 0.0
        self.epoch: int | None = None
        self.after_timeout = False

    def begin(self, mss: int, segments: int, now: int) -> None:
        super().begin(mss, segments, now)
        self._forget()

    def window(self, elapsed: float) -> float:
        """W_cubic: the window so many seconds after the epoch began (equation 1)."""
        return self.C * (elapsed - self.k) ** 3 + self.w_max

    def _begin_epoch(self, now: int) -> None:
        """Congestion avoidance begins (sections 4.2, 4.8 and 4.10)."""
        cwnd = self.cwnd / self.mss
        self.epoch, self.w_est, self.fraction = now, cwnd, 0.0
        if self.after_timeout or cwnd >= self.w_max:
            self.w_max, self.k, self.after_timeout = cwnd, 0.0, False
        else:
            self.k = ((self.w_max - cwnd) / self.C) ** (1 / 3)

    def avoid(self, count: int, now: int, rtt: int) -> None:
        if self.epoch is None:
            self._begin_epoch(now)
        assert self.epoch is not None
        cwnd, acked = self.cwnd / self.mss + self.fraction, count / self.mss
        elapsed = (now - self.epoch) / SECOND
        reno = 3 * (1 - self.BETA) / (1 + self.BETA) if self.w_est < self.cwnd_prior else 1.0
        self.w_est += reno * acked / cwnd
        if self.window(elapsed) < self.w_est:
            cwnd = max(cwnd, self.w_est)  # the Reno-friendly region, section 4.3
        else:
            target = min(max(self.window(elapsed + rtt / SECOND), cwnd), 1.5 * cwnd)
            cwnd = min(cwnd + (target - cwnd) / cwnd * acked, max(target, cwnd))
        self.cwnd = int(cwnd * self.mss)
        self.fraction = cwnd - self.cwnd / self.mss

    def reduced(self, flight: int) -> int:
        """The multiplicative decrease, section 4.6."""
        return max(int(flight * self.BETA), 2 * self.mss)

    def _remember(self) -> None:
        """Note where the loss was; with fast convergence, leave room for others (section 4.7)."""
        cwnd = self.cwnd_prior = self.cwnd / self.mss
        self.w_max = cwnd * (1 + self.BETA) / 2 if cwnd < self.w_max else cwnd
        self.epoch = None

    def lost(self, flight: int, now: int) -> None:
        self._remember()
        super().lost(flight, now)

    def timed_out(self, flight: int, now: int, again: bool) -> None:
        if not again:
            self._remember()
        self.after_timeout, self.epoch = True, None
        super().timed_out(flight, now, again)

    def idle(self) -> None:
        """The time without traffic does not count (section 5.8): the curve begins anew."""
        self.epoch = None
        super().idle()


KINDS: dict[str, type[Congestion]] = {kind.name: kind for kind in (Reno, NewReno, Cubic, Fixed)}


def congestion_control(kind: str | Congestion) -> Congestion:
    """The object for a name: "reno", "newreno", "cubic" or "none".  ValueError for others."""
    if isinstance(kind, Congestion):
        return kind
    if kind not in KINDS:
        raise ValueError(f"no congestion control is called {kind!r}: there are {', '.join(KINDS)}")
    return KINDS[kind]()
