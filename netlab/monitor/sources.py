"""Where packets come from: an interface, a capture played again, the simulator."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from netlab.capture import read
from netlab.capture.live import TICK, Live
from netlab.packet import Packet
from netlab.simulation import Network, Receiving, Sending, content

SECOND = 1_000_000_000

SIMULATOR = "simulator"


class Source(NamedTuple):
    """Packets to be watched, where they come from in words, and the live capture if they are
    drawn from one: it alone drops some."""

    packets: Iterator[Packet]
    says: str
    live: Live | None = None

    @property
    def dropped(self) -> int:
        """How many packets the kernel had to drop, as we were too slow."""
        return self.live.statistics.dropped if self.live else 0


@contextmanager
def opened(
    what: str | os.PathLike[str] | Iterable[Packet],
    *,
    speed: float | None = 1,
    filter: str = "",
    seconds: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
    **pace: Any,
) -> Iterator[Source]:
    """A source by its name: an interface, the path of a capture, "simulator"; or any packets.

    A capture and the simulator's packets pass `speed` times as fast as they did (see `replay`,
    which `pace` goes to); `filter` and `seconds` are those of `Live`.  A live capture ends when
    `stopped` says so, packets from elsewhere pass as they come.  CaptureError as `Live` and `read`
    have it.
    """
    if not isinstance(what, str | os.PathLike):
        yield Source(iter(what), "packets")
    elif what == SIMULATOR:
        yield Source(replay(simulated(), speed, **pace), "the simulator")
    elif Path(what).is_file() or _is_path(os.fspath(what)):
        yield Source(replay(what, speed, **pace), Path(what).name)
    else:
        with Live(os.fspath(what), filter=filter, seconds=seconds) as live:
            yield Source(_until(live, stopped), f"interface {what}", live)


def _is_path(name: str) -> bool:
    """Whether a name is meant as a path, though there is no such file."""
    return bool({".", "/"} & {*name}) and name not in [known for _, known in socket.if_nameindex()]


def _until(live: Live, stopped: Callable[[], bool]) -> Iterator[Packet]:
    end = None if live.seconds is None else time.monotonic() + live.seconds
    while not stopped() and (end is None or time.monotonic() < end):
        packet = live.receive(TICK)
        if packet is not None:
            yield packet


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
    seed: int = 1, *, clients: int = 6, kilobytes: int = 300, loss: float = 0.01
) -> Iterator[Packet]:
    """What one would capture at a server from which clients fetch something over lossy lines of
    500 kbit/s, in the simulator; a client comes every two seconds.  The same for the same seed."""
    network = Network(seed=seed)
    server, data = network.host("server"), content(kilobytes * 1000, seed)
    server.listen(80, lambda: Sending(data))
    for number in range(clients):
        client = network.host(f"client {number + 1}")
        network.join(client, server, bandwidth=5e5, delay=0.01 * (number + 1), loss=loss, queue=20)
        network.run(until=2 * number)
        client.connect(server, 80, Receiving())
    network.run()
    yield from network.packets(server)
