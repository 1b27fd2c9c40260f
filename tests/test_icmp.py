"""ICMP for both versions of IP: echoes, errors with what they quote, neighbours and groups."""

import struct
from typing import Any

import pytest
from scapy.contrib import mpls
from scapy.layers import inet, inet6
from scapy.utils import checksum
from situations import Situation, stack

import netlab
from netlab.wire import icmp, ndp
from netlab.wire.ndp_options import SourceLinkLayerAddress

A, B, C = "2001:db8::a", "2001:db8::b", "2001:db8::c"
MAC = "02:00:00:00:00:01"
LOST = inet.IP(src="192.0.2.1", dst="192.0.2.2", id=1) / inet.UDP(sport=4000, dport=4001) / b"data"
LONG = stack(LOST, bytes(200))
LOST6 = inet6.IPv6(src=A, dst=B) / inet.UDP(sport=4000, dport=4001) / b"data"
DAMAGED6 = inet6.IPv6(src=A, dst=B) / inet.TCP(dataofs=1) / (b"data" * 5)


def message(kind: int, code: int, body: str, *after: Any) -> bytes:
    """An ICMP message in IPv4, with the checksum that scapy computes."""
    data = bytes([kind, code, 0, 0]) + bytes.fromhex(body) + b"".join(map(bytes, after))
    data = data[:2] + struct.pack(">H", checksum(data)) + data[4:]
    return stack(inet.IP(src="198.51.100.1", dst="192.0.2.1", proto=1), data)


def message6(*parts: Any) -> bytes:
    return stack(inet6.IPv6(src=A, dst=B), *parts)


def extensions(*objects: tuple[int, bytes]) -> bytes:
    """What RFC 4884 appends: each object has a class, form 1, and data."""
    body = b"".join(struct.pack(">HBB", 4 + len(data), kind, 1) + data for kind, data in objects)
    head = b"\x20\0\0\0"
    return head[:2] + struct.pack(">H", checksum(head + body)) + body


LABELS = bytes(mpls.MPLS(label=16, cos=5, s=0, ttl=1) / mpls.MPLS(label=17, s=1, ttl=1))

CASES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "echo request": (
        stack(inet.IP(), inet.ICMP(id=3, seq=4), b"ping"), "IPv4 ICMP ICMPEcho",
        {"ICMP.type": 8, "ICMPEcho.identifier": 3, "ICMPEcho.sequence": 4,
         "ICMP.checksum_ok": True},
    ),
    "echo reply": (
        stack(inet.IP(), inet.ICMP(type=0, id=3, seq=4), b"ping"), "IPv4 ICMP ICMPEcho",
        {"ICMP.type": 0},
    ),
    "port unreachable": (
        message(3, 3, "00000000", LOST), "IPv4 ICMP ICMPUnreachable IPv4 UDP",
        {"ICMP.code": 3, "ICMP.checksum_ok": True, "UDP.dst_port": 4001, "UDP.checksum_ok": True},
    ),
    "fragmentation needed": (
        message(3, 4, "000005dc", LOST), "IPv4 ICMP ICMPUnreachable IPv4 UDP",
        {"ICMPUnreachable.next_hop_mtu": 1500},
    ),
    "8 bytes quoted, as RFC 792 has it": (
        message(11, 0, "00000000", bytes(LOST)[:28]), "IPv4 ICMP ICMPTimeExceeded IPv4 UDP",
        {"UDP.checksum_ok": None},
    ),
    "less quoted than a header": (
        message(11, 0, "00000000", bytes(LOST)[:24]), "IPv4 ICMP ICMPTimeExceeded IPv4", {},
    ),
    "TCP quoted, 8 bytes of it": (
        message(3, 1, "00000000", stack(inet.IP(), inet.TCP(sport=7, dport=9, seq=5))[:28]),
        "IPv4 ICMP ICMPUnreachable IPv4", {},
    ),
    "a fragment quoted": (
        message(11, 1, "00000000", stack(inet.IP(frag=10, proto=17), bytes(8))),
        "IPv4 ICMP ICMPTimeExceeded IPv4", {"ICMP.code": 1},
    ),
    "time exceeded, with labels": (
        message(11, 0, "00200000", LONG[:128], extensions((1, LABELS))),
        "IPv4 ICMP ICMPTimeExceeded IPv4 UDP ICMPExtensions",
        {"ICMPTimeExceeded.length": 32, "ICMPExtensions.version": 2,
         "ICMPExtensions.checksum_ok": True, "ICMPExtensions.objects.0.c_type": 1,
         "ICMPExtensions.objects.0.labels.0.label": 16,
         "ICMPExtensions.objects.0.labels.0.traffic_class": 5,
         "ICMPExtensions.objects.0.labels.1.bottom": 1},
    ),
    "time exceeded, with labels, before RFC 4884": (
        message(11, 0, "00000000", LONG[:128], extensions((1, LABELS))),
        "IPv4 ICMP ICMPTimeExceeded IPv4 UDP ICMPExtensions",
        {"ICMPTimeExceeded.length": 0, "ICMPExtensions.objects.0.labels.1.label": 17},
    ),
    "unreachable, with an unknown object": (
        message(3, 3, "00200000", bytes(LOST).ljust(128, b"\0"), extensions((247, b"\1\2\3\4"))),
        "IPv4 ICMP ICMPUnreachable IPv4 UDP ICMPExtensions",
        {"ICMPExtensions.objects.0.object_class": 247,
         "ICMPExtensions.objects.0.data": b"\1\2\3\4", "UDP.checksum_ok": True},
    ),
    "source quench": (
        message(4, 0, "00000000", LOST), "IPv4 ICMP ICMPSourceQuench IPv4 UDP", {},
    ),
    "redirect": (
        message(5, 1, "c0000203", LOST), "IPv4 ICMP ICMPRedirect IPv4 UDP",
        {"ICMPRedirect.gateway": "192.0.2.3"},
    ),
    "parameter problem": (
        message(12, 0, "09000000", LOST), "IPv4 ICMP ICMPParameterProblem IPv4 UDP",
        {"ICMPParameterProblem.pointer": 9},
    ),
    "timestamps": (
        stack(inet.IP(), inet.ICMP(type=14, id=1, seq=2, ts_ori=3, ts_rx=4, ts_tx=5)),
        "IPv4 ICMP ICMPTimestamp",
        {"ICMPTimestamp.originate": 3, "ICMPTimestamp.receive": 4, "ICMPTimestamp.transmit": 5},
    ),
    "address mask": (
        stack(inet.IP(), inet.ICMP(type=18, id=1, seq=2, addr_mask="255.255.255.0")),
        "IPv4 ICMP ICMPAddressMask", {"ICMPAddressMask.mask": "255.255.255.0"},
    ),
    "router advertisement": (
        message(9, 0, "02020708", bytes.fromhex("c0000201 00000005 c0000202 ffffffff")),
        "IPv4 ICMP ICMPRouterAdvertisement",
        {"ICMPRouterAdvertisement.lifetime": 0x708,
         "ICMPRouterAdvertisement.routers.0.address": "192.0.2.1",
         "ICMPRouterAdvertisement.routers.1.preference": 0xFFFFFFFF},
    ),
    "router solicitation": (message(10, 0, "00000000"), "IPv4 ICMP ICMPRouterSolicitation", {}),
    "a type that netlab does not know": (message(30, 0, "0001000200030004"), "IPv4 ICMP", {}),
    "echo request of IPv6": (
        message6(inet6.ICMPv6EchoRequest(id=3, seq=4, data=b"ping")), "IPv6 ICMPv6 ICMPEcho",
        {"ICMPEcho.sequence": 4, "ICMPv6.checksum_ok": True},
    ),
    "unreachable of IPv6": (
        message6(inet6.ICMPv6DestUnreach(code=4), LOST6), "IPv6 ICMPv6 ICMPv6Unreachable IPv6 UDP",
        {"ICMPv6.code": 4, "UDP.checksum_ok": True},
    ),
    "packet too big": (
        message6(inet6.ICMPv6PacketTooBig(mtu=1280), LOST6),
        "IPv6 ICMPv6 ICMPv6PacketTooBig IPv6 UDP", {"ICMPv6PacketTooBig.mtu": 1280},
    ),
    "time exceeded of IPv6, with labels": (
        message6(inet6.ICMPv6TimeExceeded(length=16), bytes(LOST6).ljust(128, b"\0"),
                 extensions((1, LABELS))),
        "IPv6 ICMPv6 ICMPv6TimeExceeded IPv6 UDP ICMPExtensions",
        {"ICMPv6TimeExceeded.length": 16, "ICMPExtensions.objects.0.labels.0.label": 16},
    ),
    "parameter problem of IPv6": (
        message6(inet6.ICMPv6ParamProblem(code=1, ptr=6), LOST6),
        "IPv6 ICMPv6 ICMPv6ParameterProblem IPv6 UDP", {"ICMPv6ParameterProblem.pointer": 6},
    ),
    "router solicitation of IPv6": (
        message6(inet6.ICMPv6ND_RS(), inet6.ICMPv6NDOptSrcLLAddr(lladdr=MAC)),
        "IPv6 ICMPv6 RouterSolicitation", {"RouterSolicitation.options.0.address": MAC},
    ),
    "router advertisement of IPv6": (
        message6(
            inet6.ICMPv6ND_RA(chlim=63, M=1, O=0, H=1, prf=3, P=1, routerlifetime=1800,
                              reachabletime=5, retranstimer=6),
            inet6.ICMPv6NDOptMTU(mtu=1400),
            inet6.ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64, L=1, A=1, R=0,
                                        validlifetime=7, preferredlifetime=8),
            inet6.ICMPv6NDOptRDNSS(dns=[A, C], lifetime=60),
            inet6.ICMPv6NDOptDNSSL(searchlist=["example.org", "a.test"], lifetime=61),
            inet6.ICMPv6NDOptRouteInfo(plen=64, prf=1, prefix="2001:db8:1::", rtlifetime=4),
            inet6.ICMPv6NDOptUnknown(type=253, data=b"abcdef"),
        ),
        "IPv6 ICMPv6 RouterAdvertisement",
        {"RouterAdvertisement.hop_limit": 63, "RouterAdvertisement.managed": 1,
         "RouterAdvertisement.other": 0, "RouterAdvertisement.home_agent": 1,
         "RouterAdvertisement.preference": 3, "RouterAdvertisement.proxy": 1,
         "RouterAdvertisement.router_lifetime": 1800, "RouterAdvertisement.reachable_time": 5,
         "RouterAdvertisement.retransmission_timer": 6, "RouterAdvertisement.options.0.mtu": 1400,
         "RouterAdvertisement.options.1.prefix_length": 64,
         "RouterAdvertisement.options.1.autonomous": 1,
         "RouterAdvertisement.options.1.router_address": 0,
         "RouterAdvertisement.options.1.valid_lifetime": 7,
         "RouterAdvertisement.options.1.preferred_lifetime": 8,
         "RouterAdvertisement.options.1.prefix": "2001:db8::",
         "RouterAdvertisement.options.2.servers": (A, C),
         "RouterAdvertisement.options.2.lifetime": 60,
         "RouterAdvertisement.options.3.lifetime": 61,
         "RouterAdvertisement.options.3.names.0.name": "example.org",
         "RouterAdvertisement.options.3.names.1.name": "a.test",
         "RouterAdvertisement.options.4.preference": 1,
         "RouterAdvertisement.options.4.prefix": "2001:db8:1::",
         "RouterAdvertisement.options.5.data": b"abcdef"},
    ),
    "where to sign in": (
        message6(inet6.ICMPv6ND_RA(), bytes([37, 2]), b"http://a.test\0"),
        "IPv6 ICMPv6 RouterAdvertisement",
        {"RouterAdvertisement.options.0.uri": "http://a.test"},
    ),
    "neighbour solicitation, with a nonce": (
        message6(inet6.ICMPv6ND_NS(tgt=C), inet6.ICMPv6NDOptSrcLLAddr(lladdr=MAC),
                 bytes([14, 1]), b"random"),
        "IPv6 ICMPv6 NeighbourSolicitation",
        {"NeighbourSolicitation.target": C, "NeighbourSolicitation.options.1.nonce": b"random"},
    ),
    "neighbour advertisement": (
        message6(inet6.ICMPv6ND_NA(tgt=C, R=1, S=0, O=1), inet6.ICMPv6NDOptDstLLAddr(lladdr=MAC)),
        "IPv6 ICMPv6 NeighbourAdvertisement",
        {"NeighbourAdvertisement.router": 1, "NeighbourAdvertisement.solicited": 0,
         "NeighbourAdvertisement.override": 1, "NeighbourAdvertisement.options.0.address": MAC},
    ),
    "redirect of IPv6": (
        message6(inet6.ICMPv6ND_Redirect(tgt=C, dst=A),
                 inet6.ICMPv6NDOptRedirectedHdr(pkt=LOST6 / b"1234")),
        "IPv6 ICMPv6 Redirect",
        {"Redirect.target": C, "Redirect.destination": A,
         "Redirect.options.0.packet": bytes(LOST6 / b"1234")},
    ),
    "redirect of IPv6, because of a damaged packet": (
        message6(inet6.ICMPv6ND_Redirect(tgt=C, dst=A),
                 inet6.ICMPv6NDOptRedirectedHdr(pkt=DAMAGED6)),
        "IPv6 ICMPv6 Redirect", {"Redirect.options.0.packet": bytes(DAMAGED6)},
    ),
    "of a type for experiments, with nothing behind": (
        stack(inet6.IPv6(src=A, dst=B, nh=58), bytes.fromhex("c9000000")), "IPv6 ICMPv6",
        {"ICMPv6.type": 201},
    ),
    "listener query": (
        message6(inet6.ICMPv6MLQuery(mladdr="ff02::5", mrd=1000)), "IPv6 ICMPv6 MLD",
        {"MLD.max_response_delay": 1000, "MLD.group": "ff02::5"},
    ),
    "listener done": (
        message6(inet6.ICMPv6MLDone(mladdr="ff02::5")), "IPv6 ICMPv6 MLD", {"MLD.group": "ff02::5"},
    ),
    "listener query, version 2": (
        message6(inet6.ICMPv6MLQuery2(mladdr="ff02::5", mrd=0x9C40, S=1, QRV=2, QQIC=0x9A,
                                      sources=[A, C])),
        "IPv6 ICMPv6 MLDv2Query",
        {"MLDv2Query.max_response_code": 0x9C40, "MLDv2Query.suppress": 1,
         "MLDv2Query.robustness": 2, "MLDv2Query.interval": 0x9A, "MLDv2Query.sources": (A, C)},
    ),
    "listener report, version 2": (
        message6(inet6.ICMPv6MLReport2(records=[
            inet6.ICMPv6MLDMultAddrRec(rtype=4, dst="ff02::5", sources=[A, C]),
            inet6.ICMPv6MLDMultAddrRec(rtype=3, dst="ff02::6"),
        ])),
        "IPv6 ICMPv6 MLDv2Report",
        {"MLDv2Report.number_of_records": 2, "MLDv2Report.records.0.type": 4,
         "MLDv2Report.records.0.sources": (A, C), "MLDv2Report.records.1.group": "ff02::6"},
    ),
}  # fmt: skip

SITUATIONS = {name: Situation("raw", *case) for name, case in CASES.items()}


def test_extensions_stand_behind_what_is_quoted() -> None:
    packet = netlab.dissect(CASES["time exceeded, with labels"][0], "raw")
    assert packet[icmp.ICMPExtensions].offset == 28 + 128
    assert packet.payload == b""
    *_, quoted, _ = packet.spans()
    assert (quoted.name, quoted.start, quoted.bits) == ("payload", 56 * 8, 100 * 8)
    assert packet.layers[-1].summary() == "label 16, label 17"
    again = packet / b""
    assert bytes(again) == packet.data


WORDS = {
    "port unreachable": ("ICMP", "port unreachable: 192.0.2.1 → 192.0.2.2"),
    "time exceeded, with labels": ("ICMP", "TTL reached 0 on the way: 192.0.2.1 → 192.0.2.2"),
    "packet too big": ("ICMPv6", f"packet too big: {A} → {B}"),
    "echo request": ("ICMP", "echo request, id 3, sequence 4"),
    "neighbour advertisement": ("ICMPv6", f"{C} is at {MAC}"),
    "listener query": ("ICMPv6", "multicast listener query: ff02::5"),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_packet_speaks_for_itself_not_for_what_it_quotes(name: str) -> None:
    packet = netlab.dissect(CASES[name][0], "raw")
    assert (packet.protocol, packet.summary()) == WORDS[name]


def test_no_extensions_where_their_checksum_is_wrong() -> None:
    data = bytearray(CASES["time exceeded, with labels, before RFC 4884"][0])
    data[-1] ^= 1
    packet = netlab.dissect(bytes(data), "raw")
    assert packet.layers[-1].payload.endswith(bytes(data[-20:]))


def test_a_length_beyond_the_message_is_a_problem() -> None:
    data = message(11, 0, "00200000", bytes(LOST))
    (problem,) = netlab.dissect(data, "raw").problems
    assert (problem.layer, problem.field, problem.offset) == ("ICMPTimeExceeded", "length", 25)


def test_a_malformed_object_is_a_problem() -> None:
    data = message(11, 0, "00200000", LONG[:128], b"\x20\0\0\0\0\2\1\1")
    (problem,) = netlab.dissect(data, "raw").problems
    assert (problem.layer, problem.field) == ("ICMPExtensions", "objects")


def test_an_option_of_length_0_is_a_problem() -> None:
    data = message6(inet6.ICMPv6ND_NS(tgt=C), bytes(8))
    (problem,) = netlab.dissect(data, "raw").problems
    assert (problem.layer, problem.field) == ("NeighbourSolicitation", "options")
    assert "length 0" in problem.message


def test_records_that_are_announced_but_missing_are_a_problem() -> None:
    record = bytes.fromhex("8f00000000000002 0400000000000000") + bytes(12)
    packet = netlab.dissect(stack(inet6.IPv6(src=A, dst=B, nh=58), record), "raw")
    (problem,) = packet.problems
    assert problem.layer == "MLDv2Report"
    assert "number_of_records announces 2, 1 are there" in problem.message


def test_the_codes_meaning_is_that_of_its_type() -> None:
    def meaning(data: bytes, layer: int) -> str:
        spans = netlab.dissect(data, "raw").layers[layer].spans()
        return next(span.meaning for span in spans if span.name == "code")

    assert meaning(message(3, 1, "00000000", LOST), 1) == "host unreachable"
    assert meaning(message(11, 1, "00000000", LOST), 1) == "fragments did not all arrive in time"
    assert meaning(message6(inet6.ICMPv6DestUnreach(code=1)), 1) == (
        "communication administratively prohibited"
    )


def test_an_error_is_built_around_a_packet() -> None:
    """Checksums and types of both ICMPs follow from what is stacked."""
    lost = netlab.dissect(bytes(LOST), "raw")
    ours = netlab.IPv4(src="198.51.100.1", dst="192.0.2.1", identification=1) / netlab.ICMP(code=3)
    theirs = inet.IP(src="198.51.100.1", dst="192.0.2.1", id=1) / inet.ICMP(type=3, code=3) / LOST
    assert bytes(ours / icmp.ICMPUnreachable() / lost) == bytes(theirs)
    solicitation = ndp.NeighbourSolicitation(
        target=C, options=[SourceLinkLayerAddress(address=MAC)]
    )
    built = netlab.IPv6(src=A, dst=B, hop_limit=255) / netlab.ICMPv6() / solicitation
    assert bytes(built) == message6(
        inet6.ICMPv6ND_NS(tgt=C), inet6.ICMPv6NDOptSrcLLAddr(lladdr=MAC)
    )
