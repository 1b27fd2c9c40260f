"""A host of the simulation: its address, its links, its TCP connections and their programs."""

from collections.abc import Callable
from random import Random
from typing import Any

from netlab.simulation.clock import Clock
from netlab.simulation.datagram import Datagram
from netlab.simulation.link import Link
from netlab.tcp import Endpoint, State
from netlab.tcp.segment import ACK, RST, SYN, Segment

FIRST_PORT = 40_000
"""The port of a host's first outgoing connection; the others follow."""

Program = Callable[["Connection"], object]
"""What uses a connection: called whenever something may have changed."""


def idle(connection: "Connection") -> None:
    """The program that does nothing: for those who make the calls by hand."""


class Connection:
    """One end of a TCP connection on a host.

    endpoint  the `netlab.tcp.Endpoint` that does the work
    program   what uses the connection
    received  bytes that the program has received
    """

    def __init__(
        self, host: "Host", port: int, remote: tuple[str, int], endpoint: Endpoint, program: Program
    ) -> None:
        self.host, self.port, self.remote = host, port, remote
        self.endpoint, self.program = endpoint, program
        self.received = 0
        self._alarm: int | None = None

    @property
    def state(self) -> State:
        """The state that RFC 9293 has the connection in."""
        return self.endpoint.state

    def send(self, data: bytes) -> int:
        """Queue data; how many bytes were taken: what the send buffer has room for."""
        taken = self.endpoint.send(data, self.host.clock.now)
        self.flush()
        return taken

    def receive(self, count: int = 1 << 30) -> bytes:
        """What has arrived, so many bytes at most; b"" when there is nothing (yet)."""
        data = self.endpoint.receive(count, self.host.clock.now)
        self.received += len(data)
        self.flush()
        return data

    def close(self) -> None:
        """Send no more: a FIN follows what is queued."""
        self.endpoint.close(self.host.clock.now)
        self.flush()

    def abort(self) -> None:
        """Break off with an RST."""
        self.endpoint.abort(self.host.clock.now)
        self.flush()

    def arrive(self, segment: Segment) -> None:
        """Take a segment from the network."""
        self.endpoint.arrive(segment, self.host.clock.now)
        self.program(self)
        self.flush()

    def flush(self) -> None:
        """Send what the endpoint has to send, and see to it that it is woken in time."""
        endpoint, host = self.endpoint, self.host
        clock = host.clock
        for segment in endpoint.outgoing():
            host.transmit(self.port, self.remote, segment)
        deadline = endpoint.deadline
        if deadline is not None and (self._alarm is None or deadline < self._alarm):
            self._alarm = deadline
            clock.at(max(deadline, clock.now), self._wake, deadline)

    def _wake(self, alarm: int) -> None:
        """An alarm that was overtaken by an earlier one is ignored; one that comes too early,
        because the deadline was put off, is set again."""
        if alarm != self._alarm:
            return
        self._alarm = None
        deadline, now = self.endpoint.deadline, self.host.clock.now
        if deadline is not None and deadline <= now:
            self.endpoint.expire(now)
            self.program(self)
        self.flush()

    def __repr__(self) -> str:
        ends = f"{self.host.address}:{self.port} – {self.remote[0]}:{self.remote[1]}"
        return f"<Connection {ends}, {self.state}>"


class Host:
    """A host with an IP address.  Datagrams for others it passes on, as a router does.

    address    its address
    routes     the link to take for each address
    inbox      what arrived and is no TCP segment
    next_port  the port of its next outgoing connection
    """

    def __init__(self, name: str, address: str, clock: Clock, seed: object = 0) -> None:
        self.name, self.address, self.clock = name, address, clock
        self.routes: dict[str, Link] = {}
        self.inbox: list[Any] = []
        self.connections: dict[tuple[int, str, int], Connection] = {}
        self._listening: dict[int, tuple[Callable[[], Program], dict[str, Any]]] = {}
        self._random = Random(f"{seed} {name} initial sequence numbers")
        self.next_port, self._sent = FIRST_PORT, 0

    def listen(
        self, port: int, program: Callable[[], Program] = lambda: idle, **options: Any
    ) -> None:
        """Accept connections on a port, each with a program of its own, from `program()`.

        `options` are those of `netlab.tcp.Endpoint`.
        """
        self._listening[port] = program, options

    def connect(
        self,
        address: "Host | str",
        port: int,
        program: Program = idle,
        *,
        local_port: int | None = None,
        **options: Any,
    ) -> Connection:
        """Open a connection to a port of another host; it becomes established as time passes.

        `options` are those of `netlab.tcp.Endpoint`.
        """
        if local_port is None:
            local_port, self.next_port = self.next_port, self.next_port + 1
        far = address.address if isinstance(address, Host) else address
        connection = self._connection(local_port, (far, port), program, options)
        connection.endpoint.open(self.clock.now)
        program(connection)
        connection.flush()
        return connection

    def _connection(
        self, port: int, remote: tuple[str, int], program: Program, options: dict[str, Any]
    ) -> Connection:
        iss = self._random.getrandbits(32)
        endpoint = Endpoint(**{"local_port": port, "remote_port": remote[1], "iss": iss} | options)
        connection = Connection(self, port, remote, endpoint, program)
        self.connections[port, *remote] = connection
        return connection

    def transmit(self, port: int, remote: tuple[str, int], segment: Segment) -> None:
        """Send a segment to another host."""
        self._sent += 1
        datagram = Datagram(self.address, port, *remote, segment, self._sent)
        self.routes[datagram.dst].send(datagram, datagram.size)

    def send(self, host: "Host", item: Any, size: int) -> None:
        """Send any object of so many bytes; it arrives in the other's `inbox`."""
        self.routes[host.address].send(item, size)

    def receive(self, item: Any) -> bool:
        """Take what a link delivers; False when it is damaged, and thrown away."""
        if type(item) is not Datagram:
            if not isinstance(item, bytes):
                self.inbox.append(item)
                return True
            found = Datagram.of(item)
            if found is None:
                return False
            item = found
        if item.dst != self.address:
            self.routes[item.dst].send(item, item.size)
            return True
        connection = self.connections.get((item.dst_port, item.src, item.src_port))
        if connection is None or connection.state is State.CLOSED:
            connection = self._accept(item) or connection or self._closed(item)
        connection.arrive(item.segment)
        return True

    def _accept(self, item: Datagram) -> Connection | None:
        """A connection that listens, when the segment opens one to a port that has a program."""
        opens = item.segment.flags & (SYN | ACK | RST) == SYN
        if not opens or item.dst_port not in self._listening:
            return None
        make, options = self._listening[item.dst_port]
        connection = self._connection(item.dst_port, (item.src, item.src_port), make(), options)
        connection.endpoint.listen(self.clock.now)
        return connection

    def _closed(self, item: Datagram) -> Connection:
        """A closed connection, to answer with RST what belongs to none."""
        endpoint = Endpoint(local_port=item.dst_port, remote_port=item.src_port)
        return Connection(self, item.dst_port, (item.src, item.src_port), endpoint, idle)

    def __repr__(self) -> str:
        return f"<Host {self.name} at {self.address}>"
