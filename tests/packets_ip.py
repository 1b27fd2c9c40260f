"""IP packets at random, with options, extension headers, fragments and all that IP carries."""

from collections.abc import Callable
from typing import Any, ClassVar

from dice import DICE, ipv4, ipv6, number, octets, wrong, wrong_length
from packets_app import datagram, segment
from packets_icmpv6 import icmpv6
from scapy.contrib import igmp, igmpv3
from scapy.fields import BitField, ByteField, StrField
from scapy.layers import inet, inet6, ipsec, l2
from scapy.packet import Raw
from scapy.utils import checksum

EXPERIMENT = 253
"""A protocol number that is nobody's (RFC 3692)."""

# What IPv4 and IPv6 carry.


def udp() -> Any:
    """A datagram with a program's message in it."""
    source, destination, message = datagram()
    packet = inet.UDP(sport=source, dport=destination, chksum=wrong()) / message
    if DICE.random() < 0.03:
        packet.chksum = 0
    if wrong_length():
        packet.len = number(8)
    return packet


def tcp_options() -> list[Any]:
    """Options of all kinds, as many as fit."""
    makers: list[Callable[[], Any]] = [
        lambda: ("MSS", number(16)),
        lambda: ("WScale", number(4)),
        lambda: ("SAckOK", b""),
        lambda: ("SAck", tuple(number(32) for _ in range(2 * DICE.randint(1, 3)))),
        lambda: ("Timestamp", (number(32), number(32))),
        lambda: ("NOP", None),
        lambda: ("NOP", None),
        lambda: (DICE.choice([9, 15, 70, 200]), octets(number(2))),
        lambda: (19, octets(16)),
        lambda: (28, octets(2)),
        lambda: (29, octets(14)),
        lambda: (30, bytes([0x40, number(8)])),
        lambda: (30, b"\x70\0" + octets(8)),
        lambda: (34, octets(DICE.choice([0, 8]))),
    ]
    options: list[Any] = []
    for _ in range(number(3)):
        more = [*options, DICE.choice(makers)()]
        if len(bytes(inet.TCP(options=more))) > 60:
            break
        options = more
    return options


def tcp() -> Any:
    """A segment with a piece of a stream in it."""
    source, destination, data = segment()
    packet = inet.TCP(
        sport=source, dport=destination, seq=number(32), ack=number(32), flags=number(8),
        window=number(16), urgptr=number(16), chksum=wrong(), reserved=DICE.choice([0, 0, 0, 1, 7]),
        options=tcp_options() if DICE.random() < 0.6 else [],
    )  # fmt: skip
    if wrong_length():
        packet.dataofs = number(4)
    return packet / data


def other() -> Any:
    """Bytes of a protocol that nobody knows."""
    return Raw(octets(number(6)))


# IPv4.


def route() -> dict[str, Any]:
    hops = [ipv4() for _ in range(DICE.randint(1, 4))]
    return {"routers": hops, "pointer": 4 + 4 * DICE.randrange(len(hops) + 1)}


IPV4_OPTIONS: list[Callable[[], Any]] = [
    lambda: inet.IPOption_RR(**route()),
    lambda: inet.IPOption_LSRR(**route()),
    lambda: inet.IPOption_SSRR(**route()),
    lambda: inet.IPOption_Timestamp(flg=0, oflw=number(4), timestamp=number(32)),
    lambda: inet.IPOption_Timestamp(flg=1, internet_address=ipv4(), timestamp=number(32)),
    lambda: inet.IPOption_Router_Alert(alert=DICE.choice([0, 0, 1])),
    lambda: inet.IPOption_NOP(),
    lambda: inet.IPOption_NOP(),
    lambda: inet.IPOption_Stream_Id(security=number(16)),
    lambda: inet.IPOption_Security(security=number(16), compartment=number(16)),
    lambda: inet.IPOption_MTU_Probe(mtu=number(16)),
    lambda: inet.IPOption_Traceroute(id=number(16), originator_ip=ipv4()),
]


def ipv4_options() -> list[Any]:
    options: list[Any] = []
    for _ in range(DICE.randint(1, 4)):
        more = [*options, DICE.choice(IPV4_OPTIONS)()]
        routes = sum(isinstance(each, inet.IPOption_LSRR | inet.IPOption_SSRR) for each in more)
        if routes > 1 or sum(len(bytes(option)) for option in more) > 40:
            break
        options = more
    return options


def quoted() -> bytes:
    """The beginning of a packet that caused an error: the header and 8 bytes at least."""
    packet = bytes(ipv4_packet(DICE.choice([udp, tcp])()))
    least = 4 * (packet[0] & 15) + 8
    return packet[: DICE.choice([least, least, 128, 548, 1000])]


def appended() -> bytes:
    """What a router appends to an error: MPLS labels, or something that nobody knows."""
    objects = [b"\1\1" + octets(4), b"\xf7\1" + octets(4 * number(1))]
    body = b"".join((len(each) + 2).to_bytes(2) + each for each in DICE.sample(objects, 1))
    return b"\x20\0" + checksum(b"\x20\0\0\0" + body).to_bytes(2) + body


def icmp() -> Any:
    """All kinds of ICMP messages."""
    kind = DICE.choice([0, 8, 8, 3, 3, 3, 4, 5, 11, 11, 12, 13, 14, 17, 18, 9, 10, number(8)])
    packet = inet.ICMP(type=kind, code=0, chksum=wrong())
    if kind in (3, 4, 5, 11, 12):
        packet.code = DICE.randrange({3: 16, 4: 1, 5: 4, 11: 2, 12: 3}[kind])
        if kind == 3 and packet.code == 4:
            packet.nexthopmtu = number(16)
        if kind == 5:
            packet.gw = ipv4()
        if kind == 12:
            packet.ptr = number(5)
        if kind in (3, 11, 12) and DICE.random() < 0.2:
            packet.length = 32
            return packet / Raw(quoted()[:128].ljust(128, b"\0") + appended())
        return packet / Raw(quoted())
    if kind in (13, 14):
        packet.ts_ori, packet.ts_rx, packet.ts_tx = (DICE.randrange(86_400_000) for _ in range(3))
        packet.id, packet.seq = number(16), number(16)
        return packet
    if kind in (17, 18):
        packet.addr_mask, packet.id, packet.seq = ipv4(), number(16), number(16)
        return packet
    if kind == 9:
        count = DICE.randint(1, 3)
        packet.unused = count << 24 | 2 << 16 | number(16)
        return packet / Raw(octets(8 * count))
    if kind in (0, 8):
        packet.id, packet.seq = number(16), number(16)
    return packet / Raw(octets(number(6)))


def igmp_message() -> Any:
    """IGMP of all three versions."""
    group = "239." + ".".join(str(number(8)) for _ in range(3))
    sources = [ipv4() for _ in range(number(2))]
    kind = DICE.choice(["v1", "v2", "v3 query", "v3 report"])
    if kind == "v1":
        return igmp.IGMP(type=DICE.choice([0x11, 0x12]), mrcode=0, gaddr=group)
    if kind == "v2":
        code = DICE.randint(1, 255)
        return igmp.IGMP(type=DICE.choice([0x11, 0x16, 0x17]), mrcode=code, gaddr=group)
    if kind == "v3 query":
        return igmpv3.IGMPv3_MQ(
            mrcode=number(8), gaddr=group, s=number(1), qrv=number(3), qqic=number(8),
            srcaddrs=sources,
        )  # fmt: skip
    records = [
        igmpv3.IGMPv3_MR_Group(rtype=DICE.randint(1, 6), maddr=group, srcaddrs=[ipv4()] * number(2))
        for _ in range(DICE.randint(1, 3))
    ]
    return igmpv3.IGMPv3_MR(records=records)


def ipv4_packet(inside: Any) -> Any:
    """An IPv4 header before something: now and then with options, a fragment, a wrong checksum."""
    unknown = {"proto": EXPERIMENT} if isinstance(inside, Raw) else {}
    packet = inet.IP(
        tos=number(8), id=number(16), ttl=number(8), src=ipv4(), dst=ipv4(),
        flags=DICE.choice([0, 0, "DF", "DF", "MF", 4]), chksum=wrong(),
        options=ipv4_options() if DICE.random() < 0.2 else [], **unknown,
    )  # fmt: skip
    if DICE.random() < 0.06:
        packet.frag = DICE.choice([0, number(13), 185])
    if wrong_length():
        packet.len = DICE.choice([0 if isinstance(inside, inet.TCP) else 20, number(6), number(16)])
    return packet / inside


# IPv6.


class RPLRouting(inet6._IPv6ExtHdr):  # type: ignore[misc, no-any-unimported]
    """A routing header of type 3, for which scapy has no class."""

    name = "RPL source route"
    fields_desc: ClassVar[Any] = [
        ByteField("nh", 59), ByteField("len", 2), ByteField("type", 3), ByteField("left", 1),
        BitField("shortened", 8, 4), BitField("last", 8, 4), BitField("pad", 0, 4),
        BitField("reserved", 0, 20), StrField("addresses", b""),
    ]  # fmt: skip
    overload_fields: ClassVar[Any] = {inet6.IPv6: {"nh": 43}, inet6._IPv6ExtHdr: {"nh": 43}}


def ipv6_options(*more: Callable[[], Any]) -> list[Any]:
    makers: list[Callable[[], Any]] = [
        *more,
        lambda: inet6.Pad1(),
        lambda: inet6.PadN(optdata=bytes(number(3))),
        lambda: inet6.RouterAlert(value=DICE.choice([0, 1, 2, number(16)])),
        lambda: inet6.HBHOptUnknown(otype=4, optdata=octets(1)),
        lambda: inet6.HBHOptUnknown(otype=DICE.choice([30, 94, 222]), optdata=octets(number(3))),
    ]
    found = [DICE.choice(makers)() for _ in range(DICE.randint(0, 3))]
    homes = [option for option in found if isinstance(option, inet6.HAO)]
    return [option for option in found if option not in homes[1:]]


def extensions() -> list[Any]:
    """Extension headers, each kind at most once."""
    found: list[Any] = []
    if DICE.random() < 0.5:
        jumbo = [lambda: inet6.Jumbo(jumboplen=number(32))] if wrong_length() else []
        found.append(inet6.IPv6ExtHdrHopByHop(options=ipv6_options(*jumbo)))
    if DICE.random() < 0.4:
        home = lambda: inet6.HAO(hoa=ipv6())  # noqa: E731
        found.append(inet6.IPv6ExtHdrDestOpt(options=ipv6_options(home)))
    if DICE.random() < 0.4:
        hops = [ipv6() for _ in range(DICE.randint(0, 3))]
        left = DICE.randint(0, len(hops))
        segments = hops or [ipv6()]
        kinds = [
            inet6.IPv6ExtHdrRouting(addresses=hops, segleft=left),
            inet6.IPv6ExtHdrRouting(type=2, addresses=segments[:1], segleft=1),
            inet6.IPv6ExtHdrSegmentRouting(addresses=segments, segleft=left),
            RPLRouting(addresses=octets(16)),
            inet6.IPv6ExtHdrRouting(type=253, addresses=segments, segleft=0),
        ]
        found.append(DICE.choice(kinds))
    if DICE.random() < 0.3:
        offset = DICE.choice([0, 0, 181, number(13)])
        found.append(inet6.IPv6ExtHdrFragment(offset=offset, m=number(1), id=number(32)))
    return found


def ipv6_packet(inside: Any) -> Any:
    """An IPv6 header before something, now and then with extension headers."""
    packet = inet6.IPv6(
        tc=number(8), fl=number(20), hlim=number(8), src=ipv6(), dst=ipv6(),
    )  # fmt: skip
    if DICE.random() < 0.25:
        for extension in extensions():
            packet = packet / extension
    if wrong_length():
        packet.plen = DICE.choice([0, number(6), number(16)])
    return packet / inside


def quoted6() -> bytes:
    """The beginning of an IPv6 packet that caused an error."""
    return bytes(ipv6_packet(DICE.choice([udp, tcp])()))[: DICE.choice([48, 128, 1000])]


def gre() -> Any:
    """A packet in GRE, or in PPTP's, now and then with bits that nobody should set."""
    inside = ipv4_packet(udp())
    if DICE.random() < 0.3:
        carried = DICE.choice(["ff030021", "0021", "ff0321", "21"])
        length = len(bytes(inside)) + len(carried) // 2
        acknowledged = {"acknum_present": number(1), "seqnum_present": number(1)}
        head = l2.GRE_PPTP(payload_len=length, call_id=number(16), **acknowledged)
        return head / Raw(bytes.fromhex(carried)) / Raw(bytes(inside))
    present = {"chksum_present": number(1), "key_present": number(1), "seqnum_present": number(1)}
    if DICE.random() < 0.2:
        present["flags"] = number(5)
    return l2.GRE(key=number(32), sequence_number=number(32), **present) / inside


def ah() -> Any:
    """A packet signed by IPsec."""
    return ipsec.AH(nh=17, payloadlen=4, spi=number(32), seq=number(32), icv=octets(12)) / udp()


def esp() -> Any:
    """A packet encrypted by IPsec."""
    return ipsec.ESP(spi=number(32), seq=number(32), data=octets(40))


CARRIED: list[tuple[int, str, Callable[[], Any]]] = [
    (30, "UDP", udp), (25, "TCP", tcp), (12, "ICMP", icmp), (5, "IGMP", igmp_message),
    (3, "unknown", other), (2, "GRE", gre), (1, "AH", ah), (1, "ESP", esp),
]  # fmt: skip
CARRIED6: list[tuple[int, str, Callable[[], Any]]] = [
    (30, "UDP", udp), (25, "TCP", tcp), (25, "ICMPv6", lambda: icmpv6(quoted6)),
    (3, "unknown", other), (1, "GRE", gre), (1, "AH", ah), (1, "ESP", esp),
]  # fmt: skip


def internet() -> tuple[str, Any]:
    """An IP packet of either version, and what it is."""
    version = DICE.choice([4, 4, 4, 6, 6])
    carried, make = (CARRIED, ipv4_packet) if version == 4 else (CARRIED6, ipv6_packet)
    _, name, inner = DICE.choices(carried, [weight for weight, _, _ in carried])[0]
    packet = make(inner())
    name = f"{name} in IPv{version}"
    if name == "unknown":
        return name, packet
    if DICE.random() < 0.03:
        outer = DICE.choice([4, 6])
        return f"{name} in IPv{outer}", (ipv4_packet if outer == 4 else ipv6_packet)(packet)
    return name, packet
