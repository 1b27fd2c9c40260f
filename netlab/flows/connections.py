"""Who talks with whom: one connection for both directions, in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from netlab import accessors
from netlab.counts import counted
from netlab.flows.conversation import End
from netlab.flows.observer import ACK, SYN, Observer
from netlab.flows.outline import Place, outline
from netlab.header import view
from netlab.packet import Packet
from netlab.tcp.states import State
from netlab.wire.tcp import TCP

SECOND = 1_000_000_000

IDLE = {
    "tcp": 7440 * SECOND,  # RFC 5382 section 5
    "closed": 240 * SECOND,  # RFC 5382 section 5, 2 MSL
    "udp": 120 * SECOND,  # RFC 4787 section 4.3
    "other": 60 * SECOND,  # RFC 5508 section 3.2
}
"""Nanoseconds of silence after which a conversation is over, by the kind of conversation."""

_segment = accessors.together([], [TCP.data_offset, TCP.seq, TCP.ack, TCP.flags])

Key = tuple[str, str, int, int, int]


class Traffic:
    """What went one way: packets, and their bytes on the wire."""

    __slots__ = ("bytes", "packets")

    def __init__(self, packets: int = 0, bytes: int = 0) -> None:
        self.packets, self.bytes = packets, bytes

    def add(self, length: int, packets: int = 1) -> None:
        self.packets += packets
        self.bytes += length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Traffic) and (self.packets, self.bytes) == (
            other.packets, other.bytes,
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{counted(self.packets, 'packet')}, {counted(self.bytes, 'byte')}"


class Connection:
    """A conversation between two ends.

    protocol        "TCP", "UDP", or the number of the IP protocol as text
    client, server  the two ends; the client is who opened it: sent the SYN, or spoke first
    start, last     times of the first and the latest packet
    sent, received  what the client sent and what it received
    """

    __slots__ = (
        "_group", "_key", "_observer", "client", "last", "protocol", "received", "sent", "server",
        "start",
    )  # fmt: skip

    def __init__(self, key: Key, protocol: str, time: int) -> None:
        source, target, _, source_port, target_port = key
        self._key = key
        self.protocol = protocol
        self.client, self.server = End(source, source_port), End(target, target_port)
        self.start = self.last = time
        self.sent, self.received = Traffic(), Traffic()
        self._observer = Observer() if protocol == "TCP" else None
        self._group = {"TCP": "tcp", "UDP": "udp"}.get(protocol, "other")

    @property
    def state(self) -> str:
        """The state of a TCP connection, or of its two ends where they differ; "" of others."""
        if self._observer is None:
            return ""
        client, server = self._observer.states
        return client if client is server else f"{client} / {server}"

    @property
    def states(self) -> tuple[State, State] | None:
        """The states of the client's and the server's end; None where it is not TCP."""
        return tuple(self._observer.states) if self._observer else None  # type: ignore[return-value]

    @property
    def rtt(self) -> int | None:
        """Nanoseconds of the handshake, both ways and back; None when it was not seen."""
        return self._observer.rtt if self._observer else None

    @property
    def retransmissions(self) -> tuple[int, int]:
        """Segments that the client and the server sent again."""
        counted = self._observer.retransmissions if self._observer else (0, 0)
        return counted[0], counted[1]

    @property
    def resets(self) -> tuple[int, int]:
        """RSTs of the client and of the server."""
        counted = self._observer.resets if self._observer else (0, 0)
        return counted[0], counted[1]

    @property
    def packets(self) -> int:
        return self.sent.packets + self.received.packets

    @property
    def bytes(self) -> int:
        return self.sent.bytes + self.received.bytes

    def __repr__(self) -> str:
        state = f", {self.state}" if self.state else ""
        traffic = f"{counted(self.packets, 'packet')}, {counted(self.bytes, 'byte')}"
        return f"<{self.protocol} {self.client} → {self.server}{state}, {traffic}>"


class Gone(NamedTuple):
    """Why connections are not kept any more: how many were silent for too long, how many had to
    make room, how many began anew between the same ports."""

    expired: int
    evicted: int
    replaced: int


class Connections:
    """Follows connections packet by packet; times are those of the packets.

    max_connections  how many are kept; beyond, the one that was silent longest leaves
    over             is called with each that leaves

    The ends are those of the outermost IP header.  A fragment that is not the first has no ports,
    and belongs to a conversation without any.  Iterating gives those that are kept, the one that
    was silent longest first.  `total` counts every packet and `gone` what left with its
    connection; what belongs to none (ARP, say) is in `others`.
    """

    def __init__(
        self,
        max_connections: int = 100_000,
        over: Callable[[Connection], object] = lambda connection: None,
    ) -> None:
        self.max_connections, self._over = max_connections, over
        self.total, self.others, self.left = Traffic(), Traffic(), Traffic()
        self._expired = self._evicted = self._replaced = 0
        self._known: dict[Key, Connection] = {}
        self._groups: dict[str, OrderedDict[Connection, None]] = {
            name: OrderedDict() for name in IDLE
        }
        self._now = 0

    @property
    def gone(self) -> Gone:
        """How many connections are not kept any more, and why."""
        return Gone(self._expired, self._evicted, self._replaced)

    def add(self, packet: Packet) -> Connection | None:
        """The connection that the packet belongs to, brought up to date; None when it has none."""
        length, time = packet.wire_length, packet.time or 0
        self._now = max(self._now, time)
        self.total.add(length)
        self._expire()
        ip, _, transport = outline(packet)
        if ip is None:
            self.others.add(length)
            return None
        data = packet.data
        if transport:
            key: Key = ip[0].ends(data, ip[1]) + transport[0].ends(data, transport[1])
        else:
            key = packet.five_tuple
        segment = _segment(data, transport[1]) if transport and transport[0] is TCP else None
        connection, side = self._find(
            key, transport[0].__name__ if transport else "", segment, time
        )
        connection.last = max(connection.last, time)
        (connection.received if side else connection.sent).add(length)
        if segment and connection._observer and ip and transport:
            offset, seq, ack, flags = segment
            payload = _payload(packet, ip, transport, offset)
            connection._observer.segment(side, seq, ack, int(flags), payload, time)
            if connection._observer.over and connection._group == "tcp":
                self._groups["tcp"].pop(connection, None)
                connection._group = "closed"
        group = self._groups[connection._group]
        group[connection] = None
        group.move_to_end(connection)
        self._make_room()
        return connection

    def _find(
        self, key: Key, protocol: str, segment: tuple[int, int, int, int] | None, time: int
    ) -> tuple[Connection, int]:
        """The connection of that key, made when there is none, and which side speaks."""
        connection = self._known.get(key)
        if connection is not None:
            side = 0 if connection.client == (key[0], key[3]) else 1
            observer = connection._observer
            if not (observer and segment and observer.begins_anew(side, segment[1], segment[3])):
                return connection, side
            self._replaced += 1
            self._leave(connection)
        answer = segment and segment[3] & (SYN | ACK) == SYN | ACK
        opened = _reversed(key) if answer else key
        connection = Connection(opened, protocol or str(key[2]), time)
        self._known[key] = self._known[_reversed(key)] = connection
        return connection, 1 if answer else 0

    def _expire(self) -> None:
        """Let go of what was silent for too long: a packet that comes after is a new beginning."""
        for name, group in self._groups.items():
            before = self._now - IDLE[name]
            while group and (oldest := next(iter(group))).last < before:
                self._expired += 1
                self._leave(oldest)

    def _make_room(self) -> None:
        """Let go of the most silent of too many."""
        while len(self) > self.max_connections:
            heads = [next(iter(group)) for group in self._groups.values() if group]
            self._evicted += 1
            self._leave(min(heads, key=lambda connection: connection.last))

    def _leave(self, connection: Connection) -> None:
        del self._groups[connection._group][connection]
        for key in {connection._key, _reversed(connection._key)}:
            del self._known[key]
        self.left.add(connection.bytes, connection.packets)
        self._over(connection)

    def __len__(self) -> int:
        return sum(map(len, self._groups.values()))

    def __iter__(self) -> Iterator[Connection]:
        kept = [connection for group in self._groups.values() for connection in group]
        return iter(sorted(kept, key=lambda connection: connection.last))


def _reversed(key: Key) -> Key:
    source, target, protocol, source_port, target_port = key
    return target, source, protocol, target_port, source_port


def _payload(packet: Packet, ip: Place, transport: Place, offset: int) -> int:
    """Bytes of data in a segment, those included that the snap length cut off."""
    _, start, end = transport
    if packet.truncated:
        end = view(ip[0], packet.data, ip[1], ip[2], None).stated_end or packet.wire_length
    return max(end - start - 4 * offset, 0)
