"""What tshark calls each field, so that it can be the judge of what netlab reads.

Several names are alternatives.  A name is empty only where tshark has no such field, or shows it
only when it is set; a field that is missing here makes the test fail.
"""

from netlab.header import Header
from netlab.wire import arp, ethernet, http, ipv4, ipv6, llc, loopback, mpls, pppoe, tcp, udp

TAG = {
    "priority": "vlan.priority ieee8021ad.priority", "drop_eligible": "vlan.dei ieee8021ad.dei",
    "vlan_id": "vlan.id ieee8021ad.id",
}  # fmt: skip

NAMES: dict[type[Header], dict[str, str]] = {
    ethernet.Ethernet: {"dst": "eth.dst", "src": "eth.src", "ethertype": "eth.type"},
    ethernet.Ethernet8023: {"dst": "eth.dst", "src": "eth.src", "length": "eth.len"},
    ethernet.VLAN: TAG | {"ethertype": "vlan.etype ieee8021ah.etype"},
    ethernet.VLAN8023: TAG | {"length": "vlan.len"},
    llc.LLC: {"dsap": "llc.dsap", "ssap": "llc.ssap", "control": "llc.control"},
    llc.LLCInformation: {
        "dsap": "llc.dsap", "ssap": "llc.ssap", "send_sequence": "llc.control.n_s",
        "information": "llc.control.ftype", "receive_sequence": "llc.control.n_r",
        "poll_final": "",
    },
    llc.LLCSupervisory: {
        "dsap": "llc.dsap", "ssap": "llc.ssap", "reserved": "", "function": "llc.control.s_ftype",
        "supervisory": "llc.control.ftype", "receive_sequence": "llc.control.n_r",
        "poll_final": "",
    },
    llc.SNAP: {"oui": "llc.oui", "ethertype": "llc.type llc.pid llc.cisco_pid"},
    loopback.Null: {"family": "null.family"},
    loopback.Loop: {"family": "null.family"},
    mpls.MPLS: {
        "label": "mpls.label", "traffic_class": "mpls.exp", "bottom": "mpls.bottom",
        "ttl": "mpls.ttl",
    },
    pppoe.PPPoE: {
        "version": "pppoe.version", "type": "pppoe.type", "code": "pppoe.code",
        "session_id": "pppoe.session_id", "length": "pppoe.payload_length",
    },
    pppoe.PPP: {"protocol": "ppp.protocol"},
    arp.ARP: {
        "hardware_type": "arp.hw.type", "protocol_type": "arp.proto.type",
        "hardware_size": "arp.hw.size", "protocol_size": "arp.proto.size",
        "operation": "arp.opcode", "sender_mac": "arp.src.hw_mac",
        "sender_ip": "arp.src.proto_ipv4", "target_mac": "arp.dst.hw_mac",
        "target_ip": "arp.dst.proto_ipv4",
    },
    arp.OtherARP: {
        "hardware_type": "arp.hw.type", "protocol_type": "arp.proto.type",
        "hardware_size": "arp.hw.size", "protocol_size": "arp.proto.size",
        "operation": "arp.opcode", "sender_hardware": "arp.src.hw arp.src.hw_mac",
        "sender_protocol": "arp.src.proto_ipv4 arp.src.proto",
        "target_hardware": "arp.dst.hw arp.dst.hw_mac",
        "target_protocol": "arp.dst.proto_ipv4 arp.dst.proto",
    },
    ipv4.IPv4: {
        "version": "ip.version", "ihl": "ip.hdr_len", "dscp": "ip.dsfield.dscp",
        "ecn": "ip.dsfield.ecn", "total_length": "ip.len", "identification": "ip.id",
        "flags": "ip.flags", "fragment_offset": "ip.frag_offset", "ttl": "ip.ttl",
        "protocol": "ip.proto", "checksum": "ip.checksum", "src": "ip.src", "dst": "ip.dst",
    },
    ipv6.IPv6: {
        "version": "ipv6.version", "traffic_class": "ipv6.tclass", "flow_label": "ipv6.flow",
        "payload_length": "ipv6.plen", "next_header": "ipv6.nxt", "hop_limit": "ipv6.hlim",
        "src": "ipv6.src", "dst": "ipv6.dst",
    },
    tcp.TCP: {
        "src_port": "tcp.srcport", "dst_port": "tcp.dstport", "seq": "tcp.seq_raw",
        "ack": "tcp.ack_raw", "data_offset": "tcp.hdr_len", "reserved": "tcp.flags.res",
        "flags": "tcp.flags", "window": "tcp.window_size_value", "checksum": "tcp.checksum",
        "urgent_pointer": "tcp.urgent_pointer", "options": "tcp.options",
    },
    tcp.MSS: {"kind": "tcp.option_kind", "length": "tcp.option_len", "mss": "tcp.options.mss_val"},
    tcp.WindowScale: {
        "kind": "tcp.option_kind", "length": "tcp.option_len", "shift": "tcp.options.wscale.shift",
    },
    tcp.SACKPermitted: {"kind": "tcp.option_kind", "length": "tcp.option_len"},
    tcp.Timestamps: {
        "kind": "tcp.option_kind", "length": "tcp.option_len",
        "value": "tcp.options.timestamp.tsval", "echo_reply": "tcp.options.timestamp.tsecr",
    },
    tcp.NOP: {"kind": "tcp.option_kind"},
    udp.UDP: {
        "src_port": "udp.srcport", "dst_port": "udp.dstport", "length": "udp.length",
        "checksum": "udp.checksum",
    },
    http.HTTP: {
        "method": "http.request.method", "target": "http.request.uri",
        "version": "http.request.version http.response.version", "status": "http.response.code",
        "reason": "http.response.phrase", "header": "http.request.line http.response.line",
    },
}  # fmt: skip
"""For HTTP, the parts of the start line, and "header" for each line after it."""

IN_BYTES = {"ip.hdr_len", "tcp.hdr_len"}
"""tshark says these in bytes, the header in words of 4 bytes."""

EARLIER = {
    "tcp.flags": 1, "llc.control.n_r": 1, "mpls.exp": 2,
    "mpls.bottom": 2, "mpls.ttl": 3,
}  # fmt: skip
"""Bytes by which tshark lets a field begin earlier: it shows the word that the bits are in."""
