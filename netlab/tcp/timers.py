"""Time in an endpoint: the retransmission timeout and the timers that run.

All times are int nanoseconds, on whatever clock the caller has.
"""

MILLISECOND = 1_000_000
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND

INITIAL_RTO = 1 * SECOND
"""Before the first measurement, RFC 6298 (2.1)."""
MINIMUM_RTO = 1 * SECOND
"""RFC 6298 (2.4)."""
MAXIMUM_RTO = 60 * SECOND
"""RFC 6298 (2.5) asks for 60 seconds or more."""
RTO_AFTER_LOST_SYN = 3 * SECOND
"""RFC 6298 (5.7)."""
GRANULARITY = 1 * MILLISECOND
"""G of RFC 6298, also the tick of the timestamps that we send."""

DELAYED_ACK = 200 * MILLISECOND
"""How long an ACK waits for company; RFC 9293 section 3.8.6.3 permits less than 500 ms."""
SWS_OVERRIDE = 200 * MILLISECOND
"""How long a trifle waits for a larger window, RFC 9293 section 3.8.6.2.1: 0.1 to 1 second."""
SYN_LIMIT = 3 * MINUTE
"""R2 for SYNs: RFC 9293 section 3.8.3 asks for 3 minutes or more."""
RETRANSMISSION_LIMIT, LEAST_RETRANSMISSIONS = 100 * SECOND, 6
"""R2 for everything else: RFC 9293 section 3.8.3 asks for 100 seconds or more.  A timeout that was
doubled before does not shorten it to fewer retransmissions than these."""
KEEP_ALIVE_INTERVAL = 75 * SECOND
KEEP_ALIVE_PROBES = 9
"""How often and how many times a silent peer is asked; RFC 9293 section 3.8.4 leaves it open."""
MSL = 2 * MINUTE
"""Maximum segment lifetime, RFC 9293 section 3.4.2."""


class RetransmissionTimeout:
    """RTO, computed from round trips as RFC 6298 section 2 has it.

    srtt    the smoothed round-trip time, None before the first measurement
    rttvar  how much it varies
    rto     how long to wait for an acknowledgement
    """

    __slots__ = ("maximum", "minimum", "rto", "rttvar", "srtt")

    def __init__(self, minimum: int = MINIMUM_RTO, maximum: int = MAXIMUM_RTO) -> None:
        self.minimum, self.maximum = minimum, maximum
        self.srtt: int | None = None
        self.rttvar = 0
        self.rto = INITIAL_RTO

    def measured(self, rtt: int) -> None:
        """Take a round trip into account; this also ends any backing off (Karn)."""
        if self.srtt is None:
            self.srtt, self.rttvar = rtt, rtt // 2
        else:
            self.rttvar += (abs(self.srtt - rtt) - self.rttvar) // 4
            self.srtt += (rtt - self.srtt) // 8
        rto = self.srtt + max(GRANULARITY, 4 * self.rttvar)
        self.rto = min(max(rto, self.minimum), self.maximum)

    def back_off(self) -> None:
        """Wait twice as long the next time, RFC 6298 (5.5)."""
        self.rto = min(self.rto * 2, self.maximum)


class Timers:
    """The timers that run, by name, each with the time at which it expires."""

    __slots__ = ("running",)

    def __init__(self) -> None:
        self.running: dict[str, int] = {}

    @property
    def deadline(self) -> int | None:
        """When the first of them expires, None when none runs."""
        return min(self.running.values()) if self.running else None

    def start(self, name: str, when: int) -> None:
        self.running[name] = when

    def stop(self, *names: str) -> None:
        for name in names:
            self.running.pop(name, None)

    def stop_all(self) -> None:
        self.running.clear()

    def take_due(self, now: int) -> list[str]:
        """Those that have expired, in order of their time; they run no longer."""
        due = sorted((when, name) for name, when in self.running.items() if when <= now)
        self.stop(*(name for _, name in due))
        return [name for _, name in due]
