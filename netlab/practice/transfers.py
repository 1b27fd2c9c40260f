"""Captures of TCP transfers, made by the simulation: no two students have the same."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from netlab.simulation import Connection, Host, Network, Receiving, Sending, content
from netlab.simulation.clock import nanoseconds
from netlab.wire.ethernet import Ethernet

SEGMENTS, SEGMENT = 22, 1448
"""Segments of an upload, and bytes of data in each but the last."""


def lossy(chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """Two uploads at once over a bad line, captured where they come from.

    The sequence numbers of the first begin again with 0 on the way.
    """
    network = Network(seed=chance.random())
    here, there = _hosts(network, chance)
    ports = chance.sample(range(49152, 65536), 2)
    lost = {(port, chance.randrange(5, 15)) for port in ports}  # one of each at least
    lost |= {(chance.choice(ports), chance.randrange(SEGMENTS)) for _ in range(3)}
    sent = Counter[int]()

    def loses(item: Any) -> bool:
        if not item.segment.payload:
            return False
        sent[item.src_port] += 1
        return (item.src_port, sent[item.src_port]) in lost

    network.join(here, there, bandwidth=8e6, delay=0.02, loss=loses, back={"loss": None})
    beginnings = 2**32 - chance.randrange(3000, 20000), chance.randrange(2**31)
    for port, first in zip(ports, beginnings, strict=True):
        data = content(SEGMENTS * SEGMENT - chance.randrange(1000), port)
        there.listen(443, Receiving)
        here.connect(there, 443, Sending(data), local_port=port, iss=first)
    network.run()
    return _seen(network, here, chance)


ENDINGS = ("client", "server", "both", "client resets", "server resets", "refused", "half")
"""How connections end, or do not: who closes first, or breaks off."""


def endings(chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """Some connections of a client, captured there; each ends in its own way, if at all."""
    network = Network(seed=chance.random())
    here, there = _hosts(network, chance)
    network.join(here, there, delay=0.01)
    there.listen(80)
    ways = [*ENDINGS, *chance.choices(ENDINGS[:3], k=2)]
    chance.shuffle(ways)
    ports = chance.sample(range(49152, 65536), len(ways))
    for number, (way, port) in enumerate(zip(ways, ports, strict=True)):
        begins = number * 0.04 + chance.uniform(0, 0.03)
        network.clock.at(nanoseconds(begins), _converse, network, (here, there), port, way)
    network.run(until=3)
    return _seen(network, here, chance)


def _converse(network: Network, hosts: tuple[Host, Host], port: int, way: str) -> None:
    """A client connects, says something, and the connection ends in that way."""
    here, there = hosts
    client = here.connect(there, 81 if way == "refused" else 80, local_port=port)
    if way == "refused":
        return

    def later(seconds: float, act: Callable[[Connection, Connection], object]) -> None:
        when = network.clock.now + nanoseconds(seconds)
        network.clock.at(when, lambda: act(client, network.server(client)))

    later(0.03, lambda client, server: client.send(b"Is anybody there?"))
    if way in ("client", "both", "half"):
        later(0.1, lambda client, server: client.close())
    if way in ("server", "both"):
        later(0.1, lambda client, server: server.close())
    if way == "client":
        later(0.15, lambda client, server: server.close())
    if way == "server":
        later(0.15, lambda client, server: client.close())
    if way == "client resets":
        later(0.1, lambda client, server: client.abort())
    if way == "server resets":
        later(0.1, lambda client, server: server.abort())


def _hosts(network: Network, chance: random.Random) -> tuple[Host, Host]:
    net = f"10.{chance.randrange(256)}.{chance.randrange(256)}"
    one, other = chance.sample(range(1, 255), 2)
    return network.host("here", f"{net}.{one}"), network.host("there", f"{net}.{other}")


def _seen(network: Network, here: Host, chance: random.Random) -> Iterator[tuple[int, bytes]]:
    """What is captured at a host, in Ethernet, beginning at a time of the student's own."""
    mine, theirs = (f"02:00:00:{number:02x}:00:01" for number in chance.sample(range(256), 2))
    began = 1_790_000_000_000_000_000 + chance.randrange(10**15)
    for packet in network.packets(here):
        goes = str(packet.layers[0].src) == here.address  # type: ignore[attr-defined]
        ends = (mine, theirs) if goes else (theirs, mine)
        around = bytes(Ethernet(src=ends[0], dst=ends[1], ethertype=0x0800))
        yield began + (packet.time or 0), (around + packet.data).ljust(60, b"\0")
