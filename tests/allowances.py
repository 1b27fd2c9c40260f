"""Where netlab and tshark may differ without either being wrong, each case with its reason."""

import re

from tshark import Reading
from tshark_internet import DISSECTED
from tshark_table import NAMES

import netlab
from netlab.header import Header
from netlab.wire.ethernet import VLAN8023
from netlab.wire.ipv6_routing import Routing
from netlab.wire.loopback import Null
from netlab.wire.mpls import MPLS
from netlab.wire.tcp import TCPFlags

START_LINE = re.compile(rb"HTTP/1\.[01] \d{3} |[A-Z]+ [^\s]+ HTTP/1\.[01]\r\n")
"""With what a message of HTTP begins."""

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "HTTP/1.0", "HTTP/1.1")
"""What HTTP begins with for tshark."""

RECORD = re.compile(rb"[\x14-\x18]\x03[\x00-\x04]")
"""With what a record of TLS begins."""

LONGEST_RECORD = 2**14 + 2048
"""Bytes in a record (RFC 5246 section 6.2.3)."""


def kind_of(header: Header) -> str:
    return type(header).__name__


def guess(name: str, packet: netlab.Packet) -> bool:
    """Whether tshark goes on by the port alone in the middle of a message, by a guess behind
    MPLS and loopback, or within a reset."""
    last = packet.layers[-1] if packet.layers else None
    if isinstance(last, netlab.TCP) and last.flags & TCPFlags.RST:
        return True
    if name == "http":
        return not START_LINE.match(packet.payload)
    if name == "tls":
        length = int.from_bytes(packet.payload[3:5])
        start = len(packet.payload) >= 5 and RECORD.match(packet.payload)
        return not start or length > LONGEST_RECORD
    return isinstance(last, MPLS | Null) or (name == "dns" and isinstance(last, netlab.TCP))


def guessed(packet: netlab.Packet, theirs: Reading) -> bool:
    """Whether netlab takes for HTTP or TLS what tshark knows otherwise, by the port, or does not
    know, for a method that is nobody's."""
    last = packet.layers[-1] if packet.layers else None
    if not isinstance(last, netlab.HTTP | netlab.TLS):
        return False
    if isinstance(last, netlab.HTTP) and last.start_line.split()[0] not in METHODS:
        return True
    seen = any(name in ("http", "tls") for name, _ in theirs.layers)
    ports = {netlab.HTTP: {80, 8000, 8080}, netlab.TLS: {443}}[type(last)]
    return not seen and not {packet[netlab.TCP].src_port, packet[netlab.TCP].dst_port} & ports


def goes_on(packet: netlab.Packet) -> bool:
    """Whether HTTP's first line, or a record or message of TLS, goes on in the next segment: tshark
    shows nothing of it."""
    if netlab.HTTP in packet:
        return b"\n" not in packet.data[packet[netlab.HTTP].offset :]
    if netlab.TLS not in packet or not packet[netlab.TLS].records:
        return False
    ends = {record: record.offset + 5 + record.length for record in packet[netlab.TLS].records}
    return max(ends.values()) > packet[netlab.TLS].payload_end or any(
        message.offset + 4 + message.length > end
        for record, end in ends.items()
        for message in getattr(record, "messages", None) or ()
    )


def held_encrypted(packet: netlab.Packet, theirs: Reading) -> bool:
    """Whether tshark holds messages of TLS to be encrypted, by what it saw in earlier packets."""
    if netlab.TLS not in packet:
        return False
    return any(
        ("tls.handshake.type", message.offset) not in theirs.fields
        for record in packet[netlab.TLS].records
        for message in getattr(record, "messages", None) or ()
    )


def within(place: int, packet: netlab.Packet) -> bool:
    """Whether tshark dissects there what netlab leaves as the bytes of a field."""
    spans = packet.spans() if packet.layers else ()
    return any(
        part.start <= place * 8 <= part.start + part.bits
        for layer in spans
        for field in layer.children
        for option in field.children
        for part in option.children
        if NAMES.get(f"{option.name}.{part.name}") == DISSECTED
    )


def broken_off(packet: netlab.Packet) -> tuple[type[Header] | None, int, int]:
    """The header that follows the last one but is not all there, where it begins and ends."""
    size = len(packet.data)
    if not packet.layers:
        return netlab.packet.link_class(packet.link, packet.data), 0, size
    return packet.layers[-1].beyond()


def odd_length(packet: netlab.Packet) -> bool:
    """Whether a length stands behind a provider's tag, where tshark takes it for an EtherType."""
    return any(
        isinstance(header, VLAN8023) and getattr(header.below, "ethertype", 0) == 0x88A8
        for header in packet.layers
    )


def unknown(packet: netlab.Packet) -> bool:
    """Whether the packet has parts that netlab does not know, but tshark may."""
    rest = packet.layers and packet.layers[-1].layer in ("link", "internet") and packet.payload
    names = [repr(header.values()) for header in packet.layers]
    return bool(rest) or any("Unknown" in each or "MultipathTCP" in each for each in names)


def quoted_in_part(packet: netlab.Packet) -> bool:
    """Whether the packet quotes another one in part, or one that is malformed: tshark is silent
    about what breaks off.  Of what a redirect or a source quench quotes it shows 8 bytes
    behind IP."""
    layers = packet.layers
    first = next((i for i, header in enumerate(layers) if header.quotes), len(layers))
    quoted = layers[first + 1 :]
    short = {"ICMPRedirect", "ICMPSourceQuench"} & set(map(kind_of, layers))
    faults = (fault for header in quoted for fault in header.faults())
    return bool(short) or bool(quoted and (not quoted[-1].complete or any(faults)))


def is_routed_quote(header: Header) -> bool:
    """Whether a routing header precedes this one in a packet that another one quotes."""
    kinds = []
    while header.below is not None:
        header = header.below
        kinds.append(header)
    routed = next((i for i, each in enumerate(kinds) if isinstance(each, Routing)), len(kinds))
    return any(each.quotes for each in kinds[routed:])
