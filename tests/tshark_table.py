"""What tshark calls each field, so that it can be the judge of what netlab reads.

A field is left out only where tshark has no such field; the test says so when one is missing.
"""

from netlab.header import Header
from netlab.wire import arp, ethernet, http, ipv4, tcp, udp

NAMES: dict[type[Header], dict[str, str]] = {
    ethernet.Ethernet: {"dst": "eth.dst", "src": "eth.src", "ethertype": "eth.type"},
    arp.ARP: {
        "hardware_type": "arp.hw.type", "protocol_type": "arp.proto.type",
        "hardware_size": "arp.hw.size", "protocol_size": "arp.proto.size",
        "operation": "arp.opcode", "sender_mac": "arp.src.hw_mac",
        "sender_ip": "arp.src.proto_ipv4", "target_mac": "arp.dst.hw_mac",
        "target_ip": "arp.dst.proto_ipv4",
    },
    ipv4.IPv4: {
        "version": "ip.version", "ihl": "ip.hdr_len", "dscp": "ip.dsfield.dscp",
        "ecn": "ip.dsfield.ecn", "total_length": "ip.len", "identification": "ip.id",
        "flags": "ip.flags", "fragment_offset": "ip.frag_offset", "ttl": "ip.ttl",
        "protocol": "ip.proto", "checksum": "ip.checksum", "src": "ip.src", "dst": "ip.dst",
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

EARLIER = {"tcp.flags": 1}
"""Bytes by which tshark lets a field begin earlier: it counts the reserved bits among the flags."""
