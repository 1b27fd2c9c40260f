"""The variables of a connection, written down while time passes."""

from typing import TYPE_CHECKING

from netlab.simulation.clock import SECOND
from netlab.tcp import State

if TYPE_CHECKING:
    from netlab.simulation.host import Connection
    from netlab.simulation.network import Network

SERIES = ("time", "cwnd", "ssthresh", "flight", "srtt", "rto", "goodput", "queue")


class Samples:
    """Lists of equal length, an entry for each sample.

    time      seconds since the simulation began
    cwnd      congestion window, bytes
    ssthresh  slow start threshold, bytes
    flight    bytes sent and not yet acknowledged
    srtt      smoothed round trip time, seconds; None before the first measurement
    rto       retransmission timeout, seconds
    goodput   bytes a second that the other side's program received since the last sample
    queue     packets that wait at the connection's first link
    """

    def __init__(self, network: "Network", connection: "Connection", every: int) -> None:
        self._network, self._connection, self._every = network, connection, every
        self._delivered = 0
        self.time: list[float] = []
        self.cwnd: list[int] = []
        self.ssthresh: list[int] = []
        self.flight: list[int] = []
        self.srtt: list[float | None] = []
        self.rto: list[float] = []
        self.goodput: list[float] = []
        self.queue: list[int] = []

    def take(self) -> None:
        """Take a sample now, and the next one in time while the connection lives."""
        network, connection = self._network, self._connection
        endpoint = connection.endpoint
        sender, control = endpoint.sender, endpoint.congestion
        self.time.append(network.time)
        self.cwnd.append(control.cwnd)
        self.ssthresh.append(control.ssthresh)
        self.flight.append(sender.board.outstanding)
        srtt = sender.timeout.srtt
        self.srtt.append(None if srtt is None else srtt / SECOND)
        self.rto.append(sender.timeout.rto / SECOND)
        delivered = self._received()
        self.goodput.append((delivered - self._delivered) * SECOND / self._every)
        self._delivered = delivered
        self.queue.append(connection.host.routes[connection.remote[0]].backlog)
        if connection.state not in (State.CLOSED, State.TIME_WAIT):
            network.clock.after(self._every, self.take)

    def _received(self) -> int:
        try:
            return self._network.server(self._connection).received
        except KeyError:  # not connected yet
            return 0

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"<Samples: {len(self)} of {', '.join(SERIES)}>"
