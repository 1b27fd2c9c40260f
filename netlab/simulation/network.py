"""A network of hosts and links under one clock and one seed."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from netlab.capture import write
from netlab.packet import Packet
from netlab.simulation.clock import SECOND, Clock, nanoseconds
from netlab.simulation.host import Connection, Host
from netlab.simulation.journey import Journey
from netlab.simulation.link import Link
from netlab.simulation.programs import Receiving, Sending, content
from netlab.simulation.samples import Samples


class Network:
    """Hosts, links, and a clock that jumps from event to event.

        network = Network(seed=1)
        a, b = network.pair(bandwidth=10e6, delay=0.05, loss=0.01, queue=50)
        transfer = network.transfer(a, b, 1_000_000)
        network.run()

    The same seed gives the same run, to the nanosecond.

    journeys  what became of each packet, in the order of sending; empty without `trace`
    """

    def __init__(self, seed: object = 0, trace: bool = True) -> None:
        self.seed, self.clock = seed, Clock()
        self.hosts: dict[str, Host] = {}
        self.journeys: list[Journey] = []
        self._trace = trace
        self._links: dict[tuple[Host, Host], Link] = {}
        self._endless = False

    def host(self, name: str, address: str = "") -> Host:
        """A new host; its address is 10.0.0.1 for the first, and so on, unless given."""
        if name in self.hosts:
            raise ValueError(f"there is a host {name!r} already: give this one another name")
        address = address or f"10.0.0.{len(self.hosts) + 1}"
        self.hosts[name] = Host(name, address, self.clock, self.seed)
        return self.hosts[name]

    def join(
        self, a: Host, b: Host, *, back: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[Link, Link]:
        """A cable between two hosts: the link from a to b, and the one back.

        The settings are those of `Link`; `back` has what is different on the way back.
        """
        made = []
        for near, far, more in ((a, b, {}), (b, a, back or {})):
            link = Link(
                self.clock, far.receive, name=f"{near.name} → {far.name}", seed=self.seed,
                journeys=self.journeys if self._trace else None, **settings | more,
            )  # fmt: skip
            self._links[near, far] = link
            made.append(link)
        self._find_routes()
        return made[0], made[1]

    def pair(
        self, *, names: tuple[str, str] = ("a", "b"), back: dict[str, Any] | None = None,
        **settings: Any,
    ) -> tuple[Host, Host]:  # fmt: skip
        """Two hosts and a cable between them: `host`, `host` and `join`."""
        a, b = (self.host(name) for name in names)
        self.join(a, b, back=back, **settings)
        return a, b

    def link(self, a: Host, b: Host) -> Link:
        """The link from one host to its neighbour, whose settings may be changed."""
        return self._links[a, b]

    def _find_routes(self) -> None:
        """For each host the first link of the shortest way to every other."""
        for start in self.hosts.values():
            reached, ahead = {start}, deque[tuple[Host, Link | None]]([(start, None)])
            while ahead:
                here, first = ahead.popleft()
                for (near, far), link in self._links.items():
                    if near is here and far not in reached:
                        reached.add(far)
                        start.routes[far.address] = first or link
                        ahead.append((far, first or link))

    # Time.

    @property
    def time(self) -> float:
        """Seconds since the simulation began."""
        return self.clock.now / SECOND

    def run(self, until: float | Callable[[], object] | None = None) -> None:
        """Let time pass: up to so many seconds since the beginning, or until a condition holds,
        or until nothing is left to do.

        ValueError without `until` while something goes on without end.
        """
        if callable(until):
            while not until() and self.clock.step():
                pass
        elif until is None and self._endless:
            raise ValueError("a transfer without size never ends: say how long, run(until=60)")
        else:
            self.clock.run(None if until is None else nanoseconds(until))

    # Traffic, and what is seen of it.

    def transfer(
        self,
        a: Host,
        b: Host,
        data: bytes | int | None = None,
        *,
        port: int = 5001,
        keep: bool = False,
        **options: Any,
    ) -> Connection:
        """a connects to b and sends data, then both close: a's end of the connection.

        data     the bytes, or how many, or None: without end
        keep     whether b keeps what it receives, as `server(connection).program.received`
        options  of both endpoints, see `netlab.tcp.Endpoint`
        """
        self._endless = self._endless or data is None
        b.listen(port, lambda: Receiving(keep=keep), **options)
        program = Sending(content(data, self.seed) if isinstance(data, int) else data)
        return a.connect(b, port, program, **options)

    def server(self, connection: Connection) -> Connection:
        """The other end of a connection."""
        far = next(h for h in self.hosts.values() if h.address == connection.remote[0])
        return far.connections[connection.remote[1], connection.host.address, connection.port]

    def sample(self, connection: Connection, every: float = 0.05) -> Samples:
        """Write down cwnd and the like of a connection every so many seconds, until it closes."""
        samples = Samples(self, connection, nanoseconds(every))
        samples.take()
        return samples

    def packets(self, host: Host) -> Iterator[Packet]:
        """What an observer at a host captures, in the order of time: all that it sends, whether
        or not it arrives, and all that arrives."""
        arrow = " → "
        seen = []
        for journey in self.journeys:
            source, _, target = journey.link.partition(arrow)
            if source == host.name and not journey.copy:
                seen.append((journey.sent, journey.packet))
            elif target == host.name and journey.arrived is not None:
                assert journey.received
                seen.append((journey.arrived, journey.received))
        yield from (packet for _, packet in sorted(seen, key=lambda pair: pair[0]))

    def write(self, path: str | os.PathLike[str], host: Host) -> int:
        """Write what an observer at a host captures into a pcap file; returns how many packets."""
        return write(path, self.packets(host))
