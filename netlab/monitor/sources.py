"""Where packets come from, besides an interface: a capture played again, and the simulator."""

import os
import time
from collections.abc import Callable, Iterable, Iterator

from netlab.capture import read
from netlab.packet import Packet
from netlab.simulation import Network

SECOND = 1_000_000_000


def replay(
    source: str | os.PathLike[str] | Iterable[Packet],
    speed: float | None = 1,
    *,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Packet]:
    """The packets of a capture at their own pace, `speed` times as fast, or, with None, at once.

    Their times stay those of the capture.  ValueError for a speed that is not above 0.
    """
    if speed is not None and not speed > 0:
        raise ValueError(f"a capture cannot be played at {speed} times its speed: above 0, or None")
    packets = read(source) if isinstance(source, str | os.PathLike) else source
    return _paced(packets, speed, sleep, clock) if speed else iter(packets)


def _paced(
    packets: Iterable[Packet],
    speed: float,
    sleep: Callable[[float], object],
    clock: Callable[[], float],
) -> Iterator[Packet]:
    first: int | None = None
    begin = clock()
    for packet in packets:
        if packet.time is not None:
            first = packet.time if first is None else first
            wait = begin + (packet.time - first) / SECOND / speed - clock()
            if wait > 0:
                sleep(wait)
        yield packet


def simulated(
    seed: int = 1, *, clients: int = 3, kilobytes: int = 200, loss: float = 0.01
) -> Iterator[Packet]:
    """What one would capture at a server from which clients fetch something over a lossy line,
    in the simulator; the same for the same seed."""
    network = Network(seed=seed)
    server = network.host("server")
    for number in range(clients):
        client = network.host(f"client {number + 1}")
        network.join(client, server, bandwidth=5e6, delay=0.01 * (number + 1), loss=loss, queue=50)
        network.transfer(server, client, kilobytes * 1000)
    network.run()
    yield from network.packets(server)
