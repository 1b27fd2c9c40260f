"""The link layer's headers, as scapy builds them and as tshark reads them."""

from typing import Any

import pytest
from scapy.layers import inet, inet6, l2, ppp
from scapy.packet import Raw
from situations import Contradiction, Situation, stack

import netlab
from netlab.wire import ethernet, llc

ENDS = {"dst": "02:00:00:00:00:01", "src": "02:00:00:00:00:02"}
DATAGRAM = inet.IP(src="192.0.2.1", dst="192.0.2.2") / inet.UDP(sport=4000, dport=4001) / b"data"
DATAGRAM6 = (
    inet6.IPv6(src="2001:db8::1", dst="2001:db8::2") / inet.UDP(sport=4000, dport=4001) / b"data"
)
UNKNOWN = Raw(b"unknown")


def frame(*inside: Any) -> bytes:
    """An Ethernet frame, filled up as a network card does it."""
    return stack(l2.Ether(**ENDS), *inside).ljust(60, b"\0")


def frame_8023(*inside: Any) -> bytes:
    """An 802.3 frame."""
    payload = stack(*inside)
    return stack(l2.Dot3(len=len(payload), **ENDS), payload).ljust(60, b"\0")


CASES = {
    "Ethernet": (
        "ethernet", frame(DATAGRAM), "Ethernet IPv4 UDP",
        {"Ethernet.dst": ENDS["dst"], "Ethernet.src": ENDS["src"], "Ethernet.ethertype": 0x0800},
    ),
    "IPv6, short": (
        "ethernet", frame(inet6.IPv6(nh=59, src="::1", dst="::2")), "Ethernet IPv6",
        {"IPv6.payload_length": 0},
    ),
    "VLAN": (
        "ethernet", frame(l2.Dot1Q(prio=5, dei=1, vlan=100), DATAGRAM), "Ethernet VLAN IPv4 UDP",
        {"VLAN.priority": 5, "VLAN.drop_eligible": 1, "VLAN.vlan_id": 100},
    ),
    "a priority tag": (
        "ethernet", frame(l2.Dot1Q(prio=7, vlan=0), DATAGRAM6), "Ethernet VLAN IPv6 UDP",
        {"VLAN.priority": 7, "VLAN.vlan_id": 0, "VLAN.ethertype": 0x86DD},
    ),
    "QinQ": (
        "ethernet", frame(l2.Dot1AD(vlan=5), l2.Dot1Q(vlan=6), DATAGRAM),
        "Ethernet VLAN VLAN IPv4 UDP",
        {"Ethernet.ethertype": 0x88A8, "VLAN.vlan_id": 5, "VLAN.ethertype": 0x8100},
    ),
    "QinQ before 802.1ad": (
        "ethernet", stack(l2.Ether(type=0x9100, **ENDS), l2.Dot1Q(vlan=5), l2.Dot1Q(vlan=6),
                          DATAGRAM),
        "Ethernet VLAN VLAN IPv4 UDP", {"Ethernet.ethertype": 0x9100, "VLAN.vlan_id": 5},
    ),
    "802.3, spanning tree": (
        "ethernet", frame_8023(l2.LLC(), l2.STP()), "Ethernet8023 LLC",
        {"Ethernet8023.length": 38, "LLC.dsap": 0x42, "LLC.ssap": 0x42, "LLC.control": 3},
    ),
    "802.3, SNAP": (
        "ethernet", frame_8023(l2.LLC(), l2.SNAP(), DATAGRAM), "Ethernet8023 LLC SNAP IPv4 UDP",
        {"LLC.dsap": 0xAA, "SNAP.oui": bytes(3), "SNAP.ethertype": 0x0800},
    ),
    "802.3, SNAP of Cisco (CDP)": (
        "ethernet", frame_8023(l2.LLC(), l2.SNAP(OUI=0xC, code=0x2000), UNKNOWN),
        "Ethernet8023 LLC SNAP", {"SNAP.oui": b"\0\0\x0c", "SNAP.ethertype": 0x2000},
    ),
    "802.3, IP without SNAP": (
        "ethernet", frame_8023(l2.LLC(dsap=6, ssap=6, ctrl=3), DATAGRAM),
        "Ethernet8023 LLC IPv4 UDP", {"LLC.dsap": 6},
    ),
    "802.3, a numbered frame": (
        "ethernet", frame_8023(bytes.fromhex("f0f0 0a09"), UNKNOWN), "Ethernet8023 LLCInformation",
        {"LLCInformation.send_sequence": 5, "LLCInformation.receive_sequence": 4,
         "LLCInformation.poll_final": 1},
    ),
    "802.3, not ready": (
        "ethernet", frame_8023(bytes.fromhex("f0f1 0506")), "Ethernet8023 LLCSupervisory",
        {"LLCSupervisory.function": 1, "LLCSupervisory.receive_sequence": 3,
         "LLCSupervisory.poll_final": 0},
    ),
    "802.3, connect": (
        "ethernet", frame_8023(bytes.fromhex("f0f0 7f")), "Ethernet8023 LLC",
        {"LLC.control": 0x7F},
    ),
    "802.3, NetWare without LLC": (
        "ethernet", frame_8023(bytes.fromhex("ffff 0022"), bytes(30)), "Ethernet8023", {},
    ),
    "802.3 with a tag": (
        "ethernet",
        stack(l2.Ether(**ENDS), l2.Dot1Q(vlan=9, type=10), l2.LLC(dsap=0x42, ssap=0x42, ctrl=3),
              UNKNOWN).ljust(60, b"\0"),
        "Ethernet VLAN8023 LLC", {"VLAN8023.vlan_id": 9, "VLAN8023.length": 10},
    ),
    "type 0": ("ethernet", frame(UNKNOWN)[:12] + bytes(48), "Ethernet", {"Ethernet.ethertype": 0}),
    "MPLS": (
        "ethernet",
        stack(l2.Ether(type=0x8847, **ENDS), bytes.fromhex("00010a40 000023ff"), DATAGRAM),
        "Ethernet MPLS MPLS IPv4 UDP",
        {"MPLS.label": 16, "MPLS.traffic_class": 5, "MPLS.bottom": 0, "MPLS.ttl": 64},
    ),
    "PPPoE": (
        "ethernet", frame(ppp.PPPoE(sessionid=7), ppp.PPP(), DATAGRAM6),
        "Ethernet PPPoE PPP IPv6 UDP",
        {"PPPoE.version": 1, "PPPoE.type": 1, "PPPoE.session_id": 7,
         "PPPoE.length": 2 + len(DATAGRAM6), "PPP.protocol": 0x0057},
    ),
    "PPPoE discovery": (
        "ethernet", frame(ppp.PPPoED(code=9), bytes.fromhex("01010000")),
        "Ethernet PPPoEDiscovery", {"PPPoEDiscovery.code": 9, "PPPoEDiscovery.length": 4},
    ),
    "PPPoE, the protocol in one byte": (
        "ethernet", frame(ppp.PPPoE(len=1 + len(DATAGRAM)), b"\x21", bytes(DATAGRAM)),
        "Ethernet PPPoE CompressedPPP IPv4 UDP", {"CompressedPPP.protocol": 0x21},
    ),
    "ARP": (
        "ethernet",
        frame(l2.ARP(op=2, hwsrc=ENDS["src"], psrc="192.0.2.1", hwdst=ENDS["dst"],
                     pdst="192.0.2.2")),
        "Ethernet ARP",
        {"ARP.operation": 2, "ARP.sender_mac": ENDS["src"], "ARP.sender_ip": "192.0.2.1",
         "ARP.target_mac": ENDS["dst"], "ARP.target_ip": "192.0.2.2"},
    ),
    "ARP for other addresses": (
        "ethernet",
        frame(l2.ARP(hwtype=6, hwlen=8, plen=4, hwsrc=b"12345678", psrc="192.0.2.1",
                     hwdst=bytes(8), pdst="192.0.2.2")),
        "Ethernet OtherARP",
        {"OtherARP.hardware_type": 6, "OtherARP.sender_hardware": b"12345678",
         "OtherARP.target_protocol": bytes([192, 0, 2, 2])},
    ),
    "RARP": (
        "ethernet",
        stack(l2.Ether(type=0x8035, **ENDS), l2.ARP(op=3, hwsrc=ENDS["src"], psrc="0.0.0.0",
                                                    hwdst=ENDS["src"], pdst="0.0.0.0")),
        "Ethernet ARP", {"ARP.operation": 3, "ARP.target_mac": ENDS["src"]},
    ),
    "null, little-endian host": (
        "null", bytes.fromhex("02000000") + bytes(DATAGRAM), "Null IPv4 UDP", {"Null.family": 2},
    ),
    "null, big-endian host": (
        "null", bytes.fromhex("00000002") + bytes(DATAGRAM), "Loop IPv4 UDP", {"Loop.family": 2},
    ),
    "loop": ("loop", bytes.fromhex("00000018") + bytes(DATAGRAM6), "Loop IPv6 UDP",
             {"Loop.family": 24}),
    "cooked": (
        "sll", stack(l2.CookedLinux(pkttype=4, lladdrtype=1, lladdrlen=6,
                                    src=bytes.fromhex("0200000000010000"), proto=0x0800), DATAGRAM),
        "SLL IPv4 UDP",
        {"SLL.packet_type": 4, "SLL.arphrd_type": 1, "SLL.address_length": 6,
         "SLL.address": "02:00:00:00:00:01", "SLL.protocol_type": 0x0800},
    ),
    "cooked, no address": (
        "sll", stack(l2.CookedLinux(lladdrtype=65534, lladdrlen=0, proto=0x86DD), DATAGRAM6),
        "OtherSLL IPv6 UDP", {"OtherSLL.arphrd_type": 65534, "OtherSLL.address": bytes(8)},
    ),
    "cooked, 802.3": (
        "sll", stack(l2.CookedLinux(proto=4, lladdrlen=6), l2.LLC(dsap=0x42, ssap=0x42, ctrl=3),
                     UNKNOWN),
        "SLL LLC", {"LLC.dsap": 0x42},
    ),
    "cooked, 802.3 without LLC": (
        "sll", stack(l2.CookedLinux(proto=1, lladdrlen=6), b"\xff\xff", UNKNOWN), "SLL", {},
    ),
    "cooked, version 2": (
        "sll2", stack(l2.CookedLinuxV2(pkttype=1, ifindex=3, lladdrtype=1, lladdrlen=6,
                                       src=bytes.fromhex("0200000000010000"), proto=0x0806),
                      l2.ARP(psrc="192.0.2.1", pdst="192.0.2.2", hwsrc=ENDS["src"])),
        "SLL2 ARP",
        {"SLL2.packet_type": 1, "SLL2.interface_index": 3, "SLL2.address": "02:00:00:00:00:01"},
    ),
    "cooked, version 2, no address": (
        "sll2", stack(l2.CookedLinuxV2(lladdrtype=512, lladdrlen=0, proto=0x0800), DATAGRAM),
        "OtherSLL2 IPv4 UDP", {"OtherSLL2.arphrd_type": 512},
    ),
    "raw, version 4": ("raw", bytes(DATAGRAM), "IPv4 UDP", {"UDP.src_port": 4000}),
    "raw, version 6": ("raw", bytes(DATAGRAM6), "IPv6 UDP", {"UDP.dst_port": 4001}),
    "ipv4": ("ipv4", bytes(DATAGRAM), "IPv4 UDP", {"IPv4.src": "192.0.2.1"}),
    "ipv6": ("ipv6", bytes(DATAGRAM6), "IPv6 UDP", {"IPv6.src": "2001:db8::1"}),
}  # fmt: skip
for family in (24, 28, 30):
    CASES |= {
        f"null, IPv6 as {family}": (
            "null", family.to_bytes(4, "little") + bytes(DATAGRAM6), "Null IPv6 UDP",
            {"Null.family": family},
        ),
        f"null, IPv6 as {family}, big-endian": (
            "null", family.to_bytes(4) + bytes(DATAGRAM6), "Loop IPv6 UDP", {"Loop.family": family},
        ),
    }  # fmt: skip

SITUATIONS = {name: Situation(*case) for name, case in CASES.items()}

CONTRADICTIONS = {
    "PPPoE, no session's data in the session stage": Contradiction(
        "ethernet", frame(ppp.PPPoE(code=9), ppp.PPP(), DATAGRAM),
        "PPPoE.code at byte 15: 0x09 where a session's data should stand: 0",
    ),
    "PPPoE, a session's data in the discovery stage": Contradiction(
        "ethernet", frame(ppp.PPPoED(code=0), bytes.fromhex("01010000")),
        "PPPoEDiscovery.code at byte 15: 0 is for a session's data, which has another EtherType",
    ),
    "PPP, no protocol": Contradiction(
        "ethernet", frame(ppp.PPPoE(), bytes.fromhex("0020"), UNKNOWN),
        "PPP.protocol at byte 20: 0x0020 is none: its last byte is even",
    ),
    "a tagged frame of length 0": Contradiction(
        "ethernet", frame(l2.Dot1Q(vlan=9, type=0)),
        "LLC.dsap at byte 18: LLC needs 3 bytes, 0 are left",
    ),
}  # fmt: skip


PADDED = {
    "ARP": frame(l2.ARP()),
    "IPv4": frame(DATAGRAM),
    "IPv6 without payload": frame(inet6.IPv6(nh=59)),
    "a tag": frame(l2.Dot1Q(vlan=9), DATAGRAM),
    "802.3": frame_8023(l2.LLC(), b"data"),
    "802.3 with a tag": stack(
        l2.Ether(**ENDS), l2.Dot1Q(vlan=9, type=7), l2.LLC(dsap=0x42, ssap=0x42, ctrl=3), b"data"
    ).ljust(60, b"\0"),
    "PPPoE": frame(ppp.PPPoED(code=9), bytes.fromhex("01010001 01")),
}


@pytest.mark.parametrize("name", PADDED)
def test_padding_is_the_trailer(name: str) -> None:
    packet = netlab.dissect(PADDED[name])
    assert packet.trailer == bytes(len(packet.trailer)) != b""
    assert not packet.payload.endswith(b"\0")
    assert packet.problems == ()


def test_a_frame_check_sequence_is_in_the_trailer() -> None:
    packet = netlab.dissect(frame(DATAGRAM) + bytes.fromhex("12345678"))
    assert packet.payload == b"data"
    assert packet.trailer.endswith(bytes.fromhex("12345678"))


def test_netlink_in_a_cooked_capture_has_no_ethertype() -> None:
    data = stack(l2.CookedLinux(proto=4, lladdrtype=824, lladdrlen=0), UNKNOWN)
    assert len(netlab.dissect(data, "sll").layers) == 1


def test_a_number_between_length_and_ethertype_is_a_problem() -> None:
    data = stack(l2.Ether(type=0x05FF, **ENDS), bytes(50))
    (problem,) = netlab.dissect(data).problems
    assert str(problem) == (
        "Ethernet.ethertype at byte 12: 0x05ff is neither an EtherType nor a length"
    )


def test_a_length_beyond_the_frame_is_a_problem() -> None:
    (problem,) = netlab.dissect(stack(l2.Dot3(len=900, **ENDS), l2.LLC(), l2.STP())).problems
    assert (problem.layer, problem.field, problem.offset) == ("Ethernet8023", "length", 12)


def test_the_sending_service_does_not_tell_what_follows() -> None:
    data = frame_8023(bytes.fromhex("fe06 03"), bytes(inet.IP()))
    assert netlab.dissect(data).protocol == "LLC"


def test_snap_stands_on_both_sides() -> None:
    data = frame_8023(bytes.fromhex("aa42 03 000000 0800"), bytes(inet.IP()))
    assert [type(header).__name__ for header in netlab.dissect(data).layers] == [
        "Ethernet8023", "LLC",
    ]  # fmt: skip


def test_an_8023_frame_is_built_from_the_inside() -> None:
    built = (
        ethernet.Ethernet8023(**ENDS) / llc.LLC() / llc.SNAP()
        / netlab.IPv4(src="192.0.2.1", dst="192.0.2.2", identification=1, ttl=64)
        / netlab.UDP(src_port=4000, dst_port=4001) / b"data"
    )  # fmt: skip
    assert bytes(built) == frame_8023(l2.LLC(), l2.SNAP(), DATAGRAM).rstrip(b"\0")


SUMMARIES = {
    "who has 192.0.2.2? tell 192.0.2.1": l2.ARP(psrc="192.0.2.1", pdst="192.0.2.2"),
    "who has 192.0.2.2? probe": l2.ARP(psrc="0.0.0.0", pdst="192.0.2.2"),
    "192.0.2.1 is at 02:00:00:00:00:02": l2.ARP(op=2, hwsrc=ENDS["src"], psrc="192.0.2.1",
                                                pdst="192.0.2.2"),
    "192.0.2.1 is at 02:00:00:00:00:02, unasked": l2.ARP(op=1, hwsrc=ENDS["src"],
                                                         psrc="192.0.2.1", pdst="192.0.2.1"),
    "which address has 02:00:00:00:00:02?": l2.ARP(op=3, psrc="0.0.0.0", hwdst=ENDS["src"],
                                                   pdst="192.0.2.3"),
}  # fmt: skip


@pytest.mark.parametrize("words", SUMMARIES)
def test_what_arp_says_in_words(words: str) -> None:
    assert netlab.dissect(frame(SUMMARIES[words])).summary() == words
