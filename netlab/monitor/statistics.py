"""What is counted of each packet, in bounded memory; times are those of the packets."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from heapq import nlargest
from itertools import islice, takewhile
from threading import RLock
from typing import Any, NamedTuple

from netlab.flows import Connection, Connections, Traffic
from netlab.header import Header
from netlab.packet import Packet, Plain
from netlab.wire.dns import DNSOverTCP
from netlab.wire.ipv6 import Extension

SECOND = 1_000_000_000

MESSAGES = {"icmp type", "icmpv6 type", "igmp type"}
"""Number spaces whose headers are the bodies of messages, not protocols of their own."""


def protocols(packet: Packet) -> Iterator[Header]:
    """The headers of a packet that people count as protocols: not the body of an ICMP message, the
    packet that it quotes, what extends IPv6, nor the length before a DNS message."""
    for header in packet.layers:
        body = isinstance(header, Extension | DNSOverTCP) or MESSAGES & header.numbers.keys()
        if not body:
            yield header
        if header.quotes:
            return


class Protocol:
    """A protocol and what it carries: `traffic` counts every packet that has it, at this place in
    the stack."""

    __slots__ = ("carries", "layer", "name", "traffic")

    def __init__(self, name: str, layer: str) -> None:
        self.name, self.layer = name, layer
        self.traffic = Traffic()
        self.carries: dict[str, Protocol] = {}

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Protocol"]]:
        """All protocols that are carried, each with its path: ("Ethernet", "IPv4", "TCP")."""
        for name, protocol in self.carries.items():
            yield (*above, name), protocol
            yield from protocol.walk((*above, name))


class Host:
    """An address, and what it sent and received."""

    __slots__ = ("received", "sent")

    def __init__(self) -> None:
        self.sent, self.received = Traffic(), Traffic()

    @property
    def bytes(self) -> int:
        """Sent and received together."""
        return self.sent.bytes + self.received.bytes

    def __repr__(self) -> str:
        return f"<sent {self.sent}; received {self.received}>"


class Moment(NamedTuple):
    """A stretch of time: when it began, in nanoseconds, and the packets and bytes in it."""

    begin: int
    packets: int
    bytes: int


class Monitor:
    """Counts what packets it is given.

    resolution       seconds in one `Moment` of the history
    history          how many moments are kept
    max_hosts        addresses of each layer that are kept; the one that was silent longest leaves
    max_connections  the same for connections
    last             how many of the last packets are kept
    over             is called with each connection that is not kept any more

    `total` is all there was, `protocols` the tree of protocols, `hosts` the addresses by layer
    ("link", "internet"), `connections` who talks with whom, `malformed` how many had problems.
    `left` counts what left with hosts that were let go.
    While another thread adds packets, `lock` is held by who wants several answers of one moment.
    """

    def __init__(
        self,
        *,
        resolution: float = 1,
        history: int = 120,
        max_hosts: int = 10_000,
        max_connections: int = 10_000,
        last: int = 500,
        over: Callable[[Connection], object] = lambda connection: None,
    ) -> None:
        self.resolution = int(resolution * SECOND)
        self.max_hosts = max_hosts
        self.total, self.malformed = Traffic(), 0
        self.protocols = Protocol("", "")
        self.hosts: dict[str, OrderedDict[str, Host]] = {
            "link": OrderedDict(), "internet": OrderedDict(),
        }  # fmt: skip
        self.left = dict.fromkeys(self.hosts, 0)
        self.connections = Connections(max_connections, over)
        self._last: deque[tuple[int, Plain]] = deque(maxlen=last)
        self.first: int | None = None
        self.now: int | None = None
        self._moments: deque[list[int]] = deque(maxlen=history)
        self.lock = RLock()

    def add(self, packet: Packet) -> Connection | None:
        """Count a packet; returns its connection, None when it has none."""
        malformed = bool(packet.problems)
        with self.lock:
            self.malformed += malformed
            self._count(packet)
            return self.connections.add(packet)

    def _count(self, packet: Packet) -> None:
        length = packet.wire_length
        self.total.add(length)
        self._pass_time(packet.time or 0, length)
        node = self.protocols
        for header in protocols(packet):
            name = type(header).__name__
            below, node = node, node.carries.get(name) or Protocol(name, header.layer)
            below.carries[name] = node
            node.traffic.add(length)
        for header in packet.layers:
            if header.layer in self.hosts and hasattr(header, "src") and hasattr(header, "dst"):
                self._count_hosts(header.layer, header.src, header.dst, length)
            if header.layer == "transport" or header.role:
                break
        self._last.append((self.total.packets, packet.plain))

    def _count_hosts(self, layer: str, source: str, destination: str, length: int) -> None:
        hosts = self.hosts[layer]
        for address, way in ((source, "sent"), (destination, "received")):
            host = hosts.get(address)
            if host is None:
                host = hosts[address] = Host()
            hosts.move_to_end(address)
            getattr(host, way).add(length)
        while len(hosts) > self.max_hosts:
            hosts.popitem(last=False)
            self.left[layer] += 1

    def _pass_time(self, time: int, length: int) -> None:
        if self.first is None or self.now is None:
            self.first = self.now = time
        self.now = max(self.now, time)
        begin = time - (time - self.first) % self.resolution
        moments = self._moments
        if not moments or begin > moments[-1][0]:
            moments.append([begin, 0, 0])
        # What comes late is counted where it belongs, or else in the oldest moment.
        moment = next((one for one in reversed(moments) if one[0] <= begin), moments[0])
        moment[1] += 1
        moment[2] += length

    def packets(self, after: int = 0, most: int | None = None) -> list[tuple[int, Packet]]:
        """The last packets, `most` of them, each with its number, counted from 1: those that came
        `after` that number."""
        with self.lock:
            latest = islice(reversed(self._last), most)
            found = list(takewhile(lambda pair: pair[0] > after, latest))
        return [(number, Packet(*plain)) for number, plain in reversed(found)]

    @property
    def history(self) -> list[Moment]:
        """The moments of the last while, in order; those in which nothing passed are there too."""
        found: list[Moment] = []
        step, most = self.resolution, self._moments.maxlen or 0
        for begin, packets, length in self._moments:
            if found:  # what would leave again is not made: a clock may jump by years
                after = max(found[-1].begin + step, begin - most * step)
                found += [Moment(empty, 0, 0) for empty in range(after, begin, step)]
            found.append(Moment(begin, packets, length))
        return found[-most:]

    def rate(self, seconds: float = 10) -> tuple[float, float]:
        """Packets and bits a second over the last so many seconds before the latest packet."""
        if self.now is None or self.first is None:
            return 0.0, 0.0
        after = self.now - int(seconds * SECOND)
        recent = [moment for moment in self._moments if moment[0] + self.resolution > after]
        span = max(min(self.now - recent[0][0], int(seconds * SECOND)), self.resolution)
        packets = sum(moment[1] for moment in recent)
        length = sum(moment[2] for moment in recent)
        return packets * SECOND / span, length * 8 * SECOND / span

    def shares(self) -> dict[str, Traffic]:
        """The traffic of each innermost protocol, wherever it stands: each packet counts once."""
        found: dict[str, Traffic] = {}
        for (*_, name), protocol in self.protocols.walk():
            inside = [carried.traffic for carried in protocol.carries.values()]
            packets = protocol.traffic.packets - sum(one.packets for one in inside)
            length = protocol.traffic.bytes - sum(one.bytes for one in inside)
            if packets:
                found.setdefault(name, Traffic()).add(length, packets)
        return dict(sorted(found.items(), key=lambda item: -item[1].bytes))

    def talkers(self, count: int = 10, layer: str = "internet") -> list[tuple[str, Host]]:
        """The addresses of a layer with the most bytes."""
        with self.lock:
            return nlargest(count, self.hosts[layer].items(), key=lambda item: item[1].bytes)

    def busiest(self, count: int = 20) -> list[Connection]:
        """The connections with the most bytes; of equal ones those that spoke last."""
        with self.lock:
            return nlargest(count, self.connections, key=lambda one: (one.bytes, one.last))

    def snapshot(self, count: int = 10) -> dict[str, Any]:
        """All of it as plain data, for JSON: the busiest `count` of each kind; times in seconds."""
        with self.lock:
            return self._snapshot(count)

    def _snapshot(self, count: int) -> dict[str, Any]:
        packets, bits = self.rate()
        return {
            "time": (self.now or 0) / SECOND,
            "seconds": ((self.now or 0) - (self.first or 0)) / SECOND,
            "packets": self.total.packets,
            "bytes": self.total.bytes,
            "packets_per_second": round(packets, 3),
            "bits_per_second": round(bits, 3),
            "malformed": self.malformed,
            "protocols": {
                "/".join(path): [protocol.traffic.packets, protocol.traffic.bytes]
                for path, protocol in self.protocols.walk()
            },
            "hosts": {
                layer: {
                    address: {
                        "sent": [host.sent.packets, host.sent.bytes],
                        "received": [host.received.packets, host.received.bytes],
                    }
                    for address, host in self.talkers(count, layer)
                }
                for layer in self.hosts
            },
            "connections": [row(connection) for connection in self.busiest(count)],
            "connections_kept": len(self.connections),
            "connections_gone": self.connections.gone._asdict(),
            "hosts_gone": dict(self.left),
        }


def row(connection: Connection) -> dict[str, Any]:
    """A connection as plain data; times in seconds, None where they are not known."""
    return {
        "protocol": connection.protocol,
        "client": str(connection.client),
        "server": str(connection.server),
        "state": connection.state,
        "packets_sent": connection.sent.packets,
        "bytes_sent": connection.sent.bytes,
        "packets_received": connection.received.packets,
        "bytes_received": connection.received.bytes,
        "start": connection.start / SECOND,
        "last": connection.last / SECOND,
        "rtt": None if connection.rtt is None else connection.rtt / SECOND,
        "retransmissions": sum(connection.retransmissions),
        "resets": sum(connection.resets),
    }


def bytes_text(count: float) -> str:
    """Bytes as people write them: 1.5 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError
