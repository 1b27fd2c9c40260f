"""What tshark calls each field, so that it can be the judge of what netlab reads.

Several names are alternatives.  What is added to a name tells how the two are written differently:

    name@1   tshark lets the field begin 1 byte earlier, with the word that its bits are in
    name>>8  ours are the bits above the lowest 8
    name/4   tshark counts bytes, the header units of 4
    =name    the bytes are compared: tshark shows another value than the one that stands there
    ?name    tshark does not always show it
    ~name    our bytes are some of those of tshark's field

Instead of a name stands "- reason" where tshark has no field to hold ours against.  A field that is
missing here makes the test fail.
"""

import functools
import re
from typing import NamedTuple

from tshark_internet import INTERNET, PARTS
from tshark_programs import PROGRAMS
from tshark_tls import TLS

LAYERS: dict[str, str] = {
    "Ethernet": "eth", "Ethernet8023": "eth", "VLAN": "vlan ieee8021ad", "VLAN8023": "vlan",
    "LLC": "llc", "LLCInformation": "llc", "LLCSupervisory": "llc",
    "Null": "null", "Loop": "null", "MPLS": "mpls", "PPPoE": "pppoes",
    "PPPoEDiscovery": "pppoed", "PPP": "ppp", "CompressedPPP": "ppp", "AddressedPPP": "ppp",
    "ARP": "arp", "OtherARP": "arp", "IPv4": "ip", "IPv6": "ipv6", "HopByHop": "ipv6.hopopts",
    "DestinationOptions": "ipv6.dstopts", "SourceRoute": "ipv6.routing",
    "MobileRouting": "ipv6.routing", "RPLRouting": "ipv6.routing",
    "SegmentRouting": "ipv6.routing", "UnknownRouting": "ipv6.routing", "Fragment": "ipv6.fraghdr",
    "GRE": "gre", "EnhancedGRE": "gre", "AH": "ah", "ESP": "esp", "ICMP": "icmp",
    "ICMPv6": "icmpv6", "IGMP": "igmp dvmrp pim",
    "SLL": "sll", "OtherSLL": "sll", "SLL2": "sll", "OtherSLL2": "sll",
    "UDP": "udp", "TCP": "tcp", "HTTP": "http", "DNS": "dns mdns llmnr",
    "DNSOverTCP": "dns", "Chat": "",
    "DHCP": "dhcp", "PlainBOOTP": "dhcp", "TLS": "tls",
}  # fmt: skip
"""tshark's name of each layer."""

INSIDE = {
    "ICMPEcho", "ICMPTimestamp", "ICMPAddressMask", "ICMPSourceQuench", "ICMPRouterSolicitation",
    "ICMPRouterAdvertisement", "ICMPUnreachable", "ICMPTimeExceeded", "ICMPRedirect",
    "ICMPParameterProblem", "ICMPExtensions", "ICMPv6Unreachable",
    "ICMPv6PacketTooBig", "ICMPv6TimeExceeded", "ICMPv6ParameterProblem", "RouterSolicitation",
    "RouterAdvertisement", "NeighbourSolicitation", "NeighbourAdvertisement", "Redirect", "MLD",
    "MLDv2Query", "MLDv2Report", "IGMPGroup", "IGMPv3Query", "IGMPv3Report", "SNAP",
}  # fmt: skip
"""Layers that are a part of the layer below for tshark."""
LAYERS |= dict.fromkeys(INSIDE, "")

TAG = {
    "priority": "vlan.priority ieee8021ad.priority", "drop_eligible": "vlan.dei ieee8021ad.dei",
    "vlan_id": "vlan.id ieee8021ad.id",
}  # fmt: skip
SAPS = {"dsap": "llc.dsap", "ssap": "llc.ssap"}
SLL = {
    "arphrd_type": "sll.hatype", "address": "?sll.src.eth ?~sll.src.other ?sll.unused",
    "protocol_type": "sll.etype sll.ltype sll.gretype",
}  # fmt: skip
TCP_OPTION = {"kind": "tcp.option_kind", "length": "tcp.option_len"}

PPPOE = {
    "version": "pppoe.version", "type": "pppoe.type", "code": "pppoe.code",
    "session_id": "pppoe.session_id", "length": "pppoe.payload_length",
}  # fmt: skip

LINK_AND_TRANSPORT: dict[str, dict[str, str]] = {
    "Ethernet": {"dst": "eth.dst", "src": "eth.src", "ethertype": "eth.type"},
    "Ethernet8023": {"dst": "eth.dst", "src": "eth.src", "length": "eth.len"},
    "VLAN": TAG | {"ethertype": "vlan.etype ieee8021ah.etype"},
    "VLAN8023": TAG | {"length": "vlan.len"},
    "LLC": SAPS | {"control": "llc.control"},
    "LLCInformation": SAPS | {
        "send_sequence": "llc.control.n_s", "information": "llc.control.ftype",
        "receive_sequence": "llc.control.n_r@1", "poll_final": "- only shown when it is set",
    },
    "LLCSupervisory": SAPS | {
        "reserved": "- not shown", "function": "llc.control.s_ftype",
        "supervisory": "llc.control.ftype", "receive_sequence": "llc.control.n_r@1",
        "poll_final": "- only shown when it is set",
    },
    "SNAP": {"oui": "llc.oui", "ethertype": "llc.type llc.pid llc.cisco_pid"},
    "Null": {"family": "?~null.family"},
    "Loop": {"family": "?~null.family"},
    "MPLS": {
        "label": "mpls.label icmp.mpls.label", "traffic_class": "mpls.exp@2 icmp.mpls.exp",
        "bottom": "mpls.bottom@2 icmp.mpls.s",
        "ttl": "mpls.ttl@3 icmp.mpls.ttl",
    },
    "PPPoE": PPPOE,
    "PPPoEDiscovery": PPPOE,
    "PPP": {"protocol": "ppp.protocol"},
    "CompressedPPP": {"protocol": "ppp.protocol"},
    "AddressedPPP": {"address": "ppp.address", "control": "ppp.control"},
    "SLL": SLL | {
        "packet_type": "sll.pkttype", "address_length": "sll.halen", "unused": "sll.unused",
    },
    "OtherSLL": SLL | {"packet_type": "sll.pkttype", "address_length": "sll.halen"},
    "SLL2": SLL | {
        "unused": "sll.unused",
        "packet_type": "sll.pkttype", "address_length": "sll.halen", "reserved": "- not shown",
        "interface_index": "sll.ifindex",
    },
    "OtherSLL2": SLL | {
        "packet_type": "sll.pkttype", "address_length": "sll.halen", "reserved": "- not shown",
        "interface_index": "sll.ifindex",
    },
    "ARP": {
        "hardware_type": "arp.hw.type", "protocol_type": "arp.proto.type",
        "hardware_size": "arp.hw.size", "protocol_size": "arp.proto.size",
        "operation": "arp.opcode", "sender_mac": "arp.src.hw_mac =arp.src.hw",
        "sender_ip": "arp.src.proto_ipv4 =arp.src.proto",
        "target_mac": "arp.dst.hw_mac =arp.dst.hw",
        "target_ip": "?arp.dst.proto_ipv4 ?=arp.dst.proto",
    },
    "OtherARP": {
        "hardware_type": "arp.hw.type", "protocol_type": "arp.proto.type",
        "hardware_size": "arp.hw.size", "protocol_size": "arp.proto.size",
        "operation": "arp.opcode", "sender_hardware": "=arp.src.hw =arp.src.hw_mac",
        "sender_protocol": "=arp.src.proto =arp.src.proto_ipv4",
        "target_hardware": "=arp.dst.hw =arp.dst.hw_mac",
        "target_protocol": "=arp.dst.proto =arp.dst.proto_ipv4",
    },
    "TCP": {
        "src_port": "tcp.srcport", "dst_port": "tcp.dstport", "seq": "tcp.seq_raw tcp.seq",
        "ack": "tcp.ack_raw", "data_offset": "tcp.hdr_len/4", "reserved": "tcp.flags>>8",
        "flags": "tcp.flags@1", "window": "tcp.window_size_value", "checksum": "tcp.checksum",
        "urgent_pointer": "tcp.urgent_pointer", "options": PARTS,
    },
    "MSS": TCP_OPTION | {"mss": "tcp.options.mss_val"},
    "WindowScale": TCP_OPTION | {"shift": "tcp.options.wscale.shift"},
    "SACKPermitted": TCP_OPTION,
    "SACK": TCP_OPTION | {
        "edges": PARTS, "edges.edge": "tcp.options.sack_le tcp.options.sack_re",
    },
    "Timestamps": TCP_OPTION | {
        "value": "tcp.options.timestamp.tsval", "echo_reply": "tcp.options.timestamp.tsecr",
    },
    "NOP": {"kind": "tcp.option_kind"},
    "EOL": {"kind": "tcp.option_kind", "padding": "- not shown"},
    "UserTimeout": TCP_OPTION | {
        "granularity": "tcp.options.user_to_granularity", "timeout": "tcp.options.user_to_val",
    },
    "MD5Signature": TCP_OPTION | {"digest": "tcp.options.md5.digest"},
    "Authentication": TCP_OPTION | {
        "key_id": "tcp.options.ao.keyid", "next_key_id": "tcp.options.ao.rnextkeyid",
        "mac": "tcp.options.ao.mac",
    },
    "MultipathTCP": TCP_OPTION | {
        "subtype": "tcp.options.mptcp.subtype", "flags": "- by subtype", "data": "- by subtype",
    },
    "FastOpen": TCP_OPTION | {"cookie": "tcp.options.tfo.cookie"},
    "UnknownTCPOption": TCP_OPTION | {"data": "- tshark knows some of these options"},
    "UDP": {
        "src_port": "udp.srcport", "dst_port": "udp.dstport", "length": "udp.length",
        "checksum": "udp.checksum",
    },
}  # fmt: skip

NAMES: dict[str, str] = {}
"""tshark's names by "Header.field"; "Header.field.part" for the parts of a field."""

for table in (LINK_AND_TRANSPORT, INTERNET, PROGRAMS, TLS):
    for kind, row in table.items():
        for field, names in row.items():  # protocols have headers of the same name
            where = f"{kind}.{field}"
            NAMES[where] = f"{NAMES[where]} {names}" if where in NAMES else names

STATUS = {
    "IPv4": "ip.checksum.status", "TCP": "tcp.checksum.status", "UDP": "udp.checksum.status",
    "ICMP": "icmp.checksum.status", "ICMPv6": "icmpv6.checksum.status",
    "IGMP": "igmp.checksum.status",
}  # fmt: skip
"""Where tshark says whether the header's checksum is right."""


class Held(NamedTuple):
    """How one of our fields is held against one of tshark's."""

    name: str
    earlier: int
    shift: int
    unit: int
    how: str


@functools.cache
def held_against(names: str) -> tuple[Held, ...]:
    """The alternatives that an entry of the table names."""
    found = []
    for word in names.split():
        how, name, earlier, shift, unit = WORD.fullmatch(word).groups("")  # type: ignore[union-attr]
        found.append(Held(name, int(earlier or 0), int(shift or 0), int(unit or 1), how))
    return tuple(found)


WORD = re.compile(r"([=?~]*)([\w.]+)(?:@(\d+))?(?:>>(\d+))?(?:/(\d+))?")
