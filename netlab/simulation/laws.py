"""Congestion control as the papers have it, and as it comes out here: the data of the plots.

The square-root law of Mathis, Semke, Mahdavi and Ott, "The Macroscopic Behavior of the TCP
Congestion Avoidance Algorithm", 1997; CUBIC's curve from RFC 9438 section 4.2.
"""

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any, NamedTuple

from netlab.simulation.clock import SECOND
from netlab.simulation.datagram import Datagram
from netlab.simulation.host import Connection, Host
from netlab.simulation.network import Network

RANDOM, PERIODIC = 1.31, sqrt(3 / 2)
"""The law's constant C where each segment is lost by chance, and where each 1/p-th one is: the
paper's table 1, for a receiver that acknowledges every segment.  With delayed ACKs it has a lower
one; that is for senders that count ACKs.  Ours counts bytes, as RFC 5681 section 3.1 recommends."""

ROOMY = {
    "receive_buffer": 1 << 24, "send_buffer": 1 << 22, "delayed_ack": False,
    "minimum_rto": SECOND // 5,
}  # fmt: skip
"""Endpoints that nothing but congestion control holds back."""

WARM_UP = 8
"""Losses that do not count: the law is not about slow start, and what that overshoots takes some
halvings to be gone."""


def square_root_law(loss: float, constant: float = RANDOM) -> float:
    """The average window in segments at this rate of loss: C / √p."""
    return constant / sqrt(loss)


class Window(NamedTuple):
    """The average window at a rate of loss, in segments.

    loss       the rate
    predicted  what the law says
    cwnd       the average of cwnd over time
    goodput    what arrived in a round trip: the window that was of use
    """

    loss: float
    predicted: float
    cwnd: float
    goodput: float


def average_window(
    loss: float,
    *,
    losses: int = 100,
    periodic: bool = False,
    round_trip: float = 0.1,
    seed: object = 1,
    **options: Any,
) -> Window:
    """The average window of an endless transfer that loses so many segments, at this rate.

    Nothing else holds it back: no bandwidth, no queue, no window.  Congestion control is Reno
    with selective acknowledgements, unless `options` say otherwise: the law has no timeouts in
    it, and with high rates of loss it takes SACK to do without them.
    """
    network = Network(seed, trace=False)
    a, b = network.pair(delay=round_trip / 2)
    link = network.link(a, b)
    link.loss = every(round(1 / loss)) if periodic else loss
    transfer = network.transfer(a, b, **ROOMY | {"congestion": "reno"} | options)
    samples = network.sample(transfer, every=round_trip / 10)
    network.run(until=lambda: link.carried >= WARM_UP / loss)
    begun, received, first = network.time, _received(network, transfer), len(samples)
    network.run(until=lambda: link.carried >= (WARM_UP + losses) / loss)
    mss = transfer.endpoint.sender.mss
    counted = samples.cwnd[first:]
    rate = (_received(network, transfer) - received) / (network.time - begun)
    predicted = square_root_law(loss, PERIODIC if periodic else RANDOM)
    return Window(loss, predicted, sum(counted) / len(counted) / mss, rate * round_trip / mss)


def average_windows(rates: Iterable[float], **settings: Any) -> list[Window]:
    """The average window for each of several rates of loss."""
    return [average_window(rate, **settings) for rate in rates]


def _received(network: Network, transfer: Connection) -> int:
    return network.server(transfer).received


def every(count: int) -> Callable[[Datagram], bool]:
    """The choice of each so-manieth segment with data."""
    seen = 0

    def chosen(datagram: Datagram) -> bool:
        nonlocal seen
        seen += bool(datagram.segment.payload)
        return bool(datagram.segment.payload) and seen % count == 0

    return chosen


C, BETA = 0.4, 0.7
"""CUBIC's constants, RFC 9438 sections 5.1 and 4.6."""


def cubic_law(elapsed: float, w_max: float) -> float:
    """W_cubic: the window in segments so many seconds after congestion avoidance began again;
    `w_max` is the window at the loss (RFC 9438, equations 1 and 2)."""
    k: float = (w_max * (1 - BETA) / C) ** (1 / 3)
    return C * (elapsed - k) ** 3 + w_max


class Curve(NamedTuple):
    """CUBIC after a loss.

    w_max    the window at the loss, in segments
    elapsed  seconds since congestion avoidance began again
    cwnd     the window then, in segments
    """

    w_max: float
    elapsed: list[float]
    cwnd: list[float]

    @property
    def predicted(self) -> list[float]:
        """What RFC 9438 says for the same moments."""
        return [cubic_law(elapsed, self.w_max) for elapsed in self.elapsed]


def cubic_curve(
    seconds: float = 12.0, *, grows_to: int = 200, round_trip: float = 0.1, **options: Any
) -> Curve:
    """The window of an endless transfer by CUBIC that loses one segment, and then no more.

    It loses it in slow start, when its window has grown to so many segments; until the loss is
    noticed the window grows further.
    """
    network = Network(trace=False)
    a, b = network.pair(delay=round_trip / 2)
    transfer = network.transfer(a, b, **ROOMY | {"congestion": "cubic"} | options)
    control = transfer.endpoint.congestion
    network.run(until=lambda: control.cwnd >= grows_to * transfer.endpoint.mss)
    w_max = _lose_one(network, a, b, transfer)
    mss = transfer.endpoint.sender.mss
    begun = network.time
    elapsed, cwnd = [], []
    while network.time < begun + seconds:
        elapsed.append(network.time - begun)
        cwnd.append(control.cwnd / mss)
        network.run(until=network.time + round_trip)
    return Curve(w_max / mss, elapsed, cwnd)


def _lose_one(network: Network, a: Host, b: Host, transfer: Connection) -> int:
    """Lose the next segment and wait until it is repaired; cwnd when the loss was noticed."""
    link, control = network.link(a, b), transfer.endpoint.congestion
    link.loss = [link.carried + 1]
    largest = 0

    def smaller() -> bool:
        nonlocal largest
        noticed = control.cwnd < largest
        largest = max(largest, control.cwnd)
        return noticed

    network.run(until=smaller)
    recovery = transfer.endpoint.sender.recovery
    network.run(until=lambda: not recovery.active)
    return largest
