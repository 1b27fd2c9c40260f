"""Captures of TCP transfers, made by the simulation: no two students have the same."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from netlab.simulation import Host, Network, Receiving, Sending, content
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
