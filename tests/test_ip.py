"""IPv4's options, IPv6's extensions, tunnels and offload, as scapy builds them and tshark reads."""

import struct
from typing import Any

import pytest
from scapy.layers import inet, inet6, ipsec, l2
from scapy.packet import Raw
from situations import Contradiction, Situation, stack

import netlab
from netlab.wire import ipv4_options, ipv6_extensions, ipv6_routing

A, B, C, D = "2001:db8::a", "2001:db8::b", "2001:db8::c", "2001:db8::d"
V4 = {"src": "192.0.2.1", "dst": "192.0.2.2"}
TIMES = struct.pack(">II", 1000, 2000)


def with_options(*options: Any, dst: str = "192.0.2.2", final: str = "") -> bytes:
    """UDP in IPv4 with these options, its checksum made with the final destination."""
    upper = stack(inet.IP(src="192.0.2.1", dst=final or dst), udp())[20:]
    return stack(inet.IP(src="192.0.2.1", dst=dst, proto=17, options=[*options]), upper)


def udp() -> Any:
    return inet.UDP(sport=4000, dport=4001) / b"data"


def extended(number: int, extension: Any, src: str = A, dst: str = B) -> bytes:
    """UDP behind an extension of IPv6, its checksum made with these addresses."""
    upper = stack(inet6.IPv6(src=src, dst=dst), udp())[40:]
    return stack(inet6.IPv6(src=A, dst=B, nh=number), extension, upper)


def option(octets: str) -> Any:
    return Raw(bytes.fromhex(octets))


def pptp(start: str, *inside: Any) -> bytes:
    """A packet in PPP, which begins with these bytes, and that in PPTP's GRE."""
    carried = bytes.fromhex(start) + stack(*inside)
    header = bytes.fromhex("3081 880b") + len(carried).to_bytes(2)
    return stack(inet.IP(proto=47, **V4), header, bytes.fromhex("0007 00000001 00000002"), carried)


CASES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "record route": (
        with_options(inet.IPOption_RR(pointer=8, routers=["198.51.100.1", "0.0.0.0"])),
        "IPv4 UDP",
        {"IPv4.options.0.pointer": 8, "IPv4.options.0.route": ("198.51.100.1", "0.0.0.0"),
         "UDP.checksum_ok": True},
    ),
    "loose source route, on its way": (
        with_options(inet.IPOption_LSRR(pointer=8, routers=["198.51.100.1", "203.0.113.1"]),
                     final="203.0.113.1"),
        "IPv4 UDP",
        {"IPv4.options.0.route": ("198.51.100.1", "203.0.113.1"), "IPv4.final": "203.0.113.1",
         "UDP.checksum_ok": True},
    ),
    "strict source route, at its end": (
        with_options(inet.IPOption_SSRR(pointer=12, routers=["198.51.100.1", "203.0.113.1"])),
        "IPv4 UDP",
        {"IPv4.options.0.kind": 137, "IPv4.final": "192.0.2.2", "UDP.checksum_ok": True},
    ),
    "timestamps": (
        with_options(option("440c0d10" + TIMES.hex())), "IPv4 UDP",
        {"IPv4.options.0.overflow": 1, "IPv4.options.0.flag": 0,
         "IPv4.options.0.timestamps": (1000, 2000)},
    ),
    "timestamps with addresses": (
        with_options(option("44140d21" "c6336401" "000003e8" "cb007101" "000007d0")), "IPv4 UDP",
        {"IPv4.options.0.overflow": 2, "IPv4.options.0.flag": 1,
         "IPv4.options.0.entries.1.address": "203.0.113.1", "IPv4.options.0.entries.1.time": 2000},
    ),
    "router alert": (
        with_options(inet.IPOption_Router_Alert()), "IPv4 UDP", {"IPv4.options.0.value": 0},
    ),
    "stream, security and an unknown option": (
        with_options(option("88040007"), option("8204ab00"), option("5e04abcd")), "IPv4 UDP",
        {"IPv4.options.0.identifier": 7, "IPv4.options.1.level": 0xAB,
         "IPv4.options.2.data": b"\xab\xcd"},
    ),
    "hop-by-hop": (
        extended(0, inet6.IPv6ExtHdrHopByHop(nh=17, options=[inet6.RouterAlert(value=0)])),
        "IPv6 HopByHop UDP",
        {"HopByHop.options.0.value": 0, "UDP.checksum_ok": True},
    ),
    "a limit of tunnels": (
        extended(60, bytes.fromhex("11000401 05010100")), "IPv6 DestinationOptions UDP",
        {"DestinationOptions.options.0.limit": 5},
    ),
    "home address": (
        extended(60, inet6.IPv6ExtHdrDestOpt(nh=17, options=[inet6.HAO(hoa=C)]), src=C),
        "IPv6 DestinationOptions UDP",
        {"DestinationOptions.options.1.address": C, "UDP.checksum_ok": True},
    ),
    "source route, on its way": (
        extended(43, inet6.IPv6ExtHdrRouting(nh=17, segleft=1, addresses=[C, D]), dst=D),
        "IPv6 SourceRoute UDP",
        {"SourceRoute.addresses": (C, D), "SourceRoute.segments_left": 1, "UDP.checksum_ok": True},
    ),
    "source route, at its end": (
        extended(43, inet6.IPv6ExtHdrRouting(nh=17, segleft=0, addresses=[C, D])),
        "IPv6 SourceRoute UDP", {"UDP.checksum_ok": True},
    ),
    "mobile routing": (
        extended(43, inet6.IPv6ExtHdrRouting(nh=17, type=2, segleft=1, addresses=[C]), dst=C),
        "IPv6 MobileRouting UDP", {"MobileRouting.home_address": C, "UDP.checksum_ok": True},
    ),
    "segment routing": (
        extended(43, inet6.IPv6ExtHdrSegmentRouting(nh=17, segleft=1, lastentry=1, tag=7,
                                                    addresses=[D, C]), dst=D),
        "IPv6 SegmentRouting UDP",
        {"SegmentRouting.segments": (D, C), "SegmentRouting.last_entry": 1,
         "SegmentRouting.tag": b"\0\7", "SegmentRouting.tlvs": b"", "UDP.checksum_ok": True},
    ),
    "sensors' routing, addresses shortened": (
        extended(43, bytes.fromhex("11 02 03 01 fe 60 0000 0c0d 000000000000 0d0e 000000000000"),
                 dst="2001:db8::d0e"),
        "IPv6 RPLRouting UDP", {"RPLRouting.shortened": 15, "RPLRouting.final": "2001:db8::d0e",
                               "UDP.checksum_ok": True},
    ),
    "routing of a kind that nobody knows": (
        extended(43, bytes.fromhex("1100fd00 01020304")), "IPv6 UnknownRouting UDP",
        {"UnknownRouting.data": bytes([1, 2, 3, 4]), "UDP.checksum_ok": True},
    ),
    "first fragment": (
        stack(inet6.IPv6(src=A, dst=B), inet6.IPv6ExtHdrFragment(nh=17, m=1, id=7),
              stack(inet6.IPv6(src=A, dst=B), udp())[40:56]),
        "IPv6 Fragment UDP",
        {"Fragment.more_fragments": 1, "Fragment.identification": 7, "UDP.src_port": 4000,
         "UDP.checksum_ok": None},
    ),
    "later fragment": (
        stack(inet6.IPv6(src=A, dst=B), inet6.IPv6ExtHdrFragment(nh=17, offset=5, id=7), bytes(24)),
        "IPv6 Fragment", {"Fragment.fragment_offset": 5},
    ),
    "a fragment that is the whole": (
        extended(44, inet6.IPv6ExtHdrFragment(nh=17, id=7)), "IPv6 Fragment UDP",
        {"UDP.checksum_ok": True},
    ),
    "first fragment of IPv4": (
        stack(inet.IP(flags="MF", id=7, proto=17, **V4), stack(inet.IP(**V4), udp())[20:28]),
        "IPv4 UDP", {"UDP.length": 12, "UDP.checksum_ok": None, "IPv4.checksum_ok": True},
    ),
    "later fragment of IPv4": (
        stack(inet.IP(frag=185, id=7, proto=17, **V4), bytes(24)), "IPv4",
        {"IPv4.fragment_offset": 185},
    ),
    "nothing more": (
        stack(inet6.IPv6(src=A, dst=B, nh=59)), "IPv6", {"IPv6.payload_length": 0},
    ),
    "authentication header": (
        extended(51, ipsec.AH(nh=17, payloadlen=4, spi=7, seq=8, icv=bytes(range(12)))),
        "IPv6 AH UDP",
        {"AH.spi": 7, "AH.sequence": 8, "AH.icv": bytes(range(12)), "UDP.checksum_ok": True},
    ),
    "authentication header in IPv4": (
        stack(inet.IP(proto=51, **V4), ipsec.AH(nh=17, payloadlen=4, spi=7, icv=bytes(12)),
              stack(inet.IP(**V4), udp())[20:]),
        "IPv4 AH UDP", {"UDP.checksum_ok": True},
    ),
    "encrypted": (
        stack(inet.IP(proto=50, **V4), ipsec.ESP(spi=7, seq=8, data=bytes(range(24)))), "IPv4 ESP",
        {"ESP.spi": 7, "ESP.sequence": 8},
    ),
    "IPv4 in IPv4": (
        stack(inet.IP(**V4), inet.IP(src="10.0.0.1", dst="10.0.0.2"), udp()), "IPv4 IPv4 UDP",
        {"IPv4.protocol": 4, "UDP.checksum_ok": True},
    ),
    "IPv6 in IPv4": (
        stack(inet.IP(proto=41, **V4), inet6.IPv6(src=A, dst=B), udp()), "IPv4 IPv6 UDP",
        {"IPv4.protocol": 41, "UDP.checksum_ok": True},
    ),
    "IPv4 in IPv6": (
        stack(inet6.IPv6(src=A, dst=B, nh=4), inet.IP(**V4), udp()), "IPv6 IPv4 UDP", {},
    ),
    "GRE": (
        stack(inet.IP(**V4), l2.GRE(), inet.IP(**V4), udp()), "IPv4 GRE IPv4 UDP",
        {"GRE.protocol": 0x0800, "GRE.checksum": b""},
    ),
    "GRE with all that is optional": (
        stack(inet.IP(**V4), l2.GRE(chksum_present=1, key_present=1, seqnum_present=1, key=5,
                                    seqence_number=6), inet.IP(**V4), udp()),
        "IPv4 GRE IPv4 UDP",
        {"GRE.key": bytes([0, 0, 0, 5]), "GRE.sequence": bytes([0, 0, 0, 6]),
         "GRE.checksum_ok": True},
    ),
    "GRE, a bit that only PPTP has": (
        stack(inet.IP(proto=47, **V4), bytes.fromhex("00800800"), inet.IP(**V4), udp()),
        "IPv4 GRE IPv4 UDP", {"GRE.reserved": 16},
    ),
    "GRE of a keep-alive, which carries nothing": (
        stack(inet.IP(proto=47, **V4), bytes.fromhex("00000000")), "IPv4 GRE", {"GRE.protocol": 0},
    ),
    "PPTP": (
        pptp("ff03 0021", inet.IP(**V4), udp()),
        "IPv4 EnhancedGRE AddressedPPP PPP IPv4 UDP",
        {"EnhancedGRE.call_id": 7, "EnhancedGRE.sequence": bytes([0, 0, 0, 1]),
         "EnhancedGRE.acknowledgement": bytes([0, 0, 0, 2])},
    ),
    "PPTP, without address": (
        pptp("0057", inet6.IPv6(src=A, dst=B), udp()), "IPv4 EnhancedGRE PPP IPv6 UDP",
        {"PPP.protocol": 0x57},
    ),
    "PPTP, as short as can be": (
        pptp("21", inet.IP(**V4), udp()), "IPv4 EnhancedGRE CompressedPPP IPv4 UDP", {},
    ),
    "PPTP, as short as can be behind an address": (
        pptp("ff03 21", inet.IP(**V4), udp()),
        "IPv4 EnhancedGRE AddressedPPP CompressedPPP IPv4 UDP", {},
    ),
    "PPTP, an acknowledgement alone": (
        stack(inet.IP(proto=47, **V4), bytes.fromhex("2081 880b 0000 0007 00000002")),
        "IPv4 EnhancedGRE",
        {"EnhancedGRE.payload_length": 0, "EnhancedGRE.acknowledgement": bytes([0, 0, 0, 2])},
    ),
    "Ethernet in GRE": (
        stack(inet.IP(**V4), l2.GRE(proto=0x6558), l2.Ether(src="02:00:00:00:00:01",
              dst="02:00:00:00:00:02"), inet.IP(**V4), udp()),
        "IPv4 GRE Ethernet IPv4 UDP", {"Ethernet.src": "02:00:00:00:00:01"},
    ),
}  # fmt: skip

SITUATIONS = {name: Situation("raw", *case) for name, case in CASES.items()}

TWO_HOMES = inet6.IPv6ExtHdrDestOpt(nh=17, options=[inet6.HAO(hoa=C), inet6.HAO(hoa=D)])
CONTRADICTIONS = {
    "a second home address": Contradiction(
        "raw", extended(60, TWO_HOMES, src=C),
        "DestinationOptions.options at byte 42: HomeAddress may stand here only once"
        " (RFC 6275 section 6.3)",
    ),
    "PPTP without a key": Contradiction(
        "raw", stack(inet.IP(proto=47, **V4), bytes.fromhex("0081 880b c021 0101 0004")),
        "GRE.version at byte 21: 1 where 0 should stand",
    ),
    "GRE with a source route": Contradiction(
        "raw", stack(inet.IP(proto=47, **V4), bytes.fromhex("6000 0800 00000000 00000007")),
        "GRE.routing_present at byte 20: no longer used: receivers discard such a packet",
    ),
    "PPTP with bytes left over": Contradiction(
        "raw", stack(inet.IP(proto=47, **V4), bytes.fromhex("2001 880b 0002 0007 c021 0000")),
        "EnhancedGRE.payload_length at byte 24: 2 bytes are left behind the payload",
    ),
}  # fmt: skip


def test_options_are_built_as_scapy_builds_them() -> None:
    alert = ipv6_extensions.RouterAlert6()
    built = netlab.IPv6(src=A, dst=B) / netlab.HopByHop(options=[alert]) / netlab.UDP() / b"data"
    head = inet6.IPv6ExtHdrHopByHop(nh=17, options=[inet6.RouterAlert(value=0)], autopad=0)
    theirs = stack(
        inet6.IPv6(src=A, dst=B, hlim=64), head, bytes(2), inet.UDP(sport=0, dport=0) / b"data"
    )
    assert bytes(built)[40:48] == theirs[40:48]
    route = ipv6_routing.SegmentRouting(segments=[D, C], segments_left=1)
    segments = inet6.IPv6ExtHdrSegmentRouting(nh=17, segleft=1, lastentry=1, addresses=[D, C])
    assert bytes(netlab.IPv6() / route / netlab.UDP())[40:80] == bytes(segments)
    record = ipv4_options.RecordRoute(route=["0.0.0.0"] * 2)
    assert bytes(record) == bytes(inet.IPOption_RR(routers=["0.0.0.0"] * 2))


def test_a_jumbogram_says_its_length_in_an_option() -> None:
    """RFC 2675: lengths of IPv6 and UDP are 0, the option's counts."""
    size = 8 + 8 + 66000
    upper = netlab.UDP(src_port=1, dst_port=2, length=0) / bytes(66000)
    options = netlab.HopByHop(options=[ipv6_extensions.JumboPayload(payload_length=size)])
    built = netlab.IPv6(src=A, dst=B, payload_length=0) / options / upper
    packet = netlab.dissect(bytes(built), "raw")
    assert packet.problems == ()
    assert packet[netlab.UDP].checksum_ok is True
    cut = netlab.Packet(packet.data[:1000], "raw", wire_length=len(packet.data))
    assert [problem.layer for problem in cut.problems] == ["Packet"]
    verdict, why = cut[netlab.UDP].checksum_verdict()
    assert verdict is None
    assert "JumboPayload speaks of 65056 bytes more than are there" in why


@pytest.mark.parametrize(
    ("length", "stated", "words"),
    [(300, 0, "would fit"), (66000, 20, "although"), (99999, 0, "more than are there")],
)
def test_a_jumbo_option_out_of_place_is_a_problem(length: int, stated: int, words: str) -> None:
    jumbo = ipv6_extensions.JumboPayload(payload_length=length)
    data = bytes(netlab.IPv6(payload_length=stated) / netlab.HopByHop(options=[jumbo]) / bytes(292))
    (problem,) = netlab.dissect(data, "raw").problems
    assert (problem.layer, problem.field) == ("HopByHop", "options")
    assert words in problem.message


@pytest.mark.parametrize("header", [netlab.IPv4, netlab.IPv6])
def test_a_length_of_0_is_left_to_the_network_card(header: Any) -> None:
    """Segmentation offload: the payload goes on to the end of what was captured."""
    field = "total_length" if header is netlab.IPv4 else "payload_length"
    built = bytes(header(**{field: 0}) / netlab.TCP(checksum=0x1234) / bytes(3000))
    packet = netlab.dissect(built, "raw")
    assert packet.problems == ()
    assert len(packet.payload) == 3000
    verdict, why = packet[netlab.TCP].checksum_verdict()
    assert verdict is None
    assert "IP's length is 0" in why
    right = bytes(header(**{field: 0}) / netlab.TCP() / bytes(3000))
    assert netlab.dissect(right, "raw")[netlab.TCP].checksum_ok is True


def test_behind_routing_of_an_unknown_kind_a_wrong_checksum_proves_nothing() -> None:
    data = extended(43, bytes.fromhex("1100fd02 01020304"), dst=C)
    verdict, why = netlab.dissect(data, "raw")[netlab.UDP].checksum_verdict()
    assert verdict is None
    assert "hides the destination" in why


def test_padding_follows_a_short_total_length() -> None:
    data = bytes(inet.IP(**V4) / udp())
    packet = netlab.dissect(data + b"\1\2\3", "raw")
    assert (packet.payload, packet.trailer) == (b"data", b"\1\2\3")
    assert packet.problems == ()


BAD: dict[str, tuple[bytes, tuple[str, str, int], str]] = {
    "record route, too short": (
        with_options(option("0702")), ("IPv4", "options", 21),
        "RecordRoute.length: length 2 means 2 bytes of header: too short",
    ),
    "record route, half an address": (
        with_options(option("07080400000000ff")), ("IPv4", "options", 27),
        "RecordRoute.route: 1 byte left over",
    ),
    "router alert, too long": (
        with_options(option("9406000000000101")), ("IPv4", "options", 24), "RouterAlert",
    ),
    "an option beyond the header": (
        with_options(option("9908")), ("IPv4", "options", 21), "length 8 means",
    ),
    "more nodes left than named": (
        stack(inet6.IPv6(src=A, dst=B, nh=43),
              inet6.IPv6ExtHdrRouting(nh=59, segleft=3, addresses=[C])),
        ("SourceRoute", "segments_left", 43), "3 nodes are left, but 1 are named",
    ),
    "an extension beyond the packet": (
        stack(inet6.IPv6(src=A, dst=B, nh=60), bytes.fromhex("3b04000000000000")),
        ("DestinationOptions", "length", 41), "but 8 are there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_malformed_is_named(name: str) -> None:
    data, place, words = BAD[name]
    (problem,) = netlab.dissect(data, "raw").problems
    assert (problem.layer, problem.field, problem.offset) == place
    assert words in problem.message
