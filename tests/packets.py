"""Packets at random, built by scapy: every protocol that netlab knows, sound and damaged.

`packets(count, seed)` gives the same packets for the same numbers.  A packet's `comment` says what
it is and what was done to it.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from dice import DICE, FLAWS, ipv4, mac, number, octets
from packets_ip import internet
from scapy.contrib.mpls import MPLS
from scapy.layers import l2, ppp
from scapy.packet import Raw

import netlab

UNKNOWN_SAP = 0x6C
"""A service of the link layer's user that nobody has a name for."""

SHORTEST = 60
"""Bytes in an Ethernet frame without its check sequence."""


TAGS = [0x8100, 0x8100, 0x88A8]
"""The EtherTypes of tags: a network's own, and a provider's."""


class OtherARP(Raw):  # type: ignore[misc, no-any-unimported]
    """ARP between other addresses than scapy knows."""

    overload_fields: ClassVar[Any] = {l2.Ether: {"type": 0x0806}, l2.Dot1Q: {"type": 0x0806}}


def arp() -> Any:
    """ARP of all operations, between addresses of Ethernet and IPv4, rarely others."""
    if DICE.random() < 0.05:
        size = DICE.choice([2, 8])
        start = bytes(l2.ARP(hwtype=DICE.choice([7, 24]), hwlen=size, plen=4, op=1))[:8]
        return OtherARP(start + octets(2 * (size + 4)))
    operation = DICE.choice([1, 1, 2, 2, 3, 4, 8, 9, number(16)])
    return l2.ARP(op=operation, hwsrc=mac(), hwdst=mac(), psrc=ipv4(), pdst=ipv4())


def tagged(inside: Any) -> Any:
    """The same with a VLAN tag before it; the type of what stands before the tag."""
    tag = l2.Dot1Q(prio=number(3), dei=number(1), vlan=number(12))
    return tag / inside


def ethernet(inside: Any) -> Any:
    """An Ethernet II frame, mostly plain, sometimes with tags."""
    depth = DICE.choice([0, 0, 0, 0, 1, 1, 2])
    for _ in range(depth):
        inside = tagged(inside)
    frame = l2.Ether(dst=mac(), src=mac()) / inside
    if depth == 2:
        frame.type = DICE.choice([0x88A8, 0x8100, 0x9100])
    return frame


def ieee8023(inside: Any) -> Any:
    """An 802.3 frame with LLC: SNAP before IP, spanning tree, or something unknown."""
    kind = DICE.choice(["snap", "snap", "stp", "other", "connection"])
    if kind == "snap":
        payload = l2.LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / l2.SNAP() / inside
    elif kind == "stp":
        stp = l2.STP(rootmac=mac(), bridgemac=mac(), rootid=number(16), pathcost=number(32))
        payload = l2.LLC(dsap=0x42, ssap=0x42, ctrl=3) / stp
    elif kind == "other":
        payload = l2.LLC(dsap=UNKNOWN_SAP, ssap=number(8), ctrl=3) / Raw(octets(number(5)))
    else:
        saps = {"dsap": UNKNOWN_SAP, "ssap": UNKNOWN_SAP}
        payload = l2.LLC(ctrl=number(8), **saps) / Raw(octets(1 + number(5)))
    size = len(bytes(payload))
    if DICE.random() < 0.2:
        tag, outer = l2.Dot1Q(prio=number(3), vlan=number(12), type=size), DICE.choice(TAGS)
        return l2.Ether(dst=mac(), src=mac(), type=outer) / tag / Raw(bytes(payload))
    return l2.Dot3(dst=mac(), src=mac(), len=size) / payload


def mpls(inside: Any) -> Any:
    """An Ethernet frame with one label or several before IP."""
    depth = DICE.choice([1, 1, 2, 3])
    labels = [MPLS(label=16 + number(19), cos=number(3), s=0, ttl=number(8)) for _ in range(depth)]
    labels[-1].s = 1
    packet = l2.Ether(dst=mac(), src=mac(), type=0x8847)
    for label in labels:
        packet = packet / label
    return packet / Raw(bytes(inside))


def pppoe(inside: Any) -> Any:
    """An Ethernet frame with a PPPoE session's packet, or a step in finding one."""
    if DICE.random() < 0.15:
        code = DICE.choice([0x07, 0x09, 0x19, 0x65, 0xA7])
        step = ppp.PPPoED(code=code, sessionid=number(16)) / Raw(b"\1\1\0\0")
        return l2.Ether(dst=mac(), src=mac(), type=0x8863) / step
    protocol = 0x21 if bytes(inside)[0] >> 4 == 4 else 0x57
    size = DICE.choice([1, 2, 2, 2])
    carried = Raw(protocol.to_bytes(size) + bytes(inside))
    session = ppp.PPPoE(sessionid=number(16), len=len(carried))
    return l2.Ether(dst=mac(), src=mac(), type=0x8864) / session / carried


def sender() -> dict[str, Any]:
    """The sender in a cooked header: mostly an Ethernet address, else shorter or none."""
    size = DICE.choice([6, 6, 6, 6, 0, 4])
    kinds = DICE.choice([1, 1, 772]) if size == 6 else DICE.choice([65534, 776])
    return {"lladdrtype": kinds, "lladdrlen": size, "src": octets(size).ljust(8, b"\0")}


def cooked(inside: Any) -> Any:
    """A packet as `tcpdump -i any` had it."""
    return l2.CookedLinux(pkttype=number(2), **sender()) / inside


def cooked2(inside: Any) -> Any:
    """A packet as `tcpdump -i any` has it."""
    return l2.CookedLinuxV2(ifindex=number(8), pkttype=number(2), **sender()) / inside


def family(inside: Any) -> int:
    """BSD's number of the address family of an IP packet."""
    return 2 if bytes(inside)[0] >> 4 == 4 else DICE.choice([24, 28, 30])


def null(inside: Any) -> Any:
    """BSD loopback: the family in the byte order of the machine that captured."""
    order = DICE.choice(["little", "big"])
    return Raw(family(inside).to_bytes(4, order)) / Raw(bytes(inside))


def loop(inside: Any) -> Any:
    """OpenBSD loopback: the family in network byte order."""
    return Raw(family(inside).to_bytes(4)) / Raw(bytes(inside))


LINKS: list[tuple[int, str, Callable[[Any], Any]]] = [
    (30, "ethernet", ethernet), (3, "ethernet", ieee8023), (2, "ethernet", mpls),
    (2, "ethernet", pppoe), (4, "raw", lambda inside: inside), (3, "null", null),
    (3, "loop", loop), (4, "sll", cooked), (4, "sll2", cooked2),
]  # fmt: skip
"""How often which link type comes, and what makes its header."""


def packet() -> tuple[str, str, bytes]:
    """A packet as it should be, but for a wrong checksum or length: its link type, what it is, its
    bytes."""
    FLAWS.clear()
    _, link, outer = DICE.choices(LINKS, [weight for weight, _, _ in LINKS])[0]
    if outer is ethernet and DICE.random() < 0.06:
        name, inside = "ARP", arp()
    else:
        name, inside = internet()
    data = bytes(outer(inside))
    if link == "ethernet" and len(data) < SHORTEST and DICE.random() < 0.7:
        data = data.ljust(SHORTEST, DICE.choice([b"\0", b"\0", b"\xa5"]))
    return link, ", ".join([name, *sorted(set(FLAWS))]), data


def flipped(data: bytes) -> bytes:
    """The packet with a few bits changed by the way."""
    damaged = bytearray(data)
    for _ in range(DICE.randint(1, 3)):
        damaged[DICE.randrange(min(len(data), 100))] ^= 1 << DICE.randrange(8)
    return bytes(damaged)


def packets(count: int, seed: int) -> Iterator[netlab.Packet]:
    """Packets at random: three in four as they should be, the others cut or damaged."""
    DICE.seed(seed)
    random.seed(seed)  # scapy's own
    for _ in range(count):
        link, name, data = packet()
        fate = DICE.random()
        if fate < 0.08:
            kept = DICE.randint(1, len(data))
            yield netlab.Packet(data[:kept], link, 0, len(data), f"{name}, cut by the snap length")
        elif fate < 0.16:
            kept = DICE.randint(1, len(data))
            yield netlab.Packet(data[:kept], link, 0, comment=f"{name}, broken off")
        elif fate < 0.25:
            yield netlab.Packet(flipped(data), link, 0, comment=f"{name}, damaged")
        else:
            yield netlab.Packet(data, link, 0, comment=name)
