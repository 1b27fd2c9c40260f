"""A packet cut into fragments, as a router does it in IPv4 and only the sender in IPv6."""

from collections.abc import Iterator

from netlab.field import PAYLOAD
from netlab.flows.outline import outline
from netlab.header import Header
from netlab.packet import Packet, stack
from netlab.wire.icmp import CODES, TYPES
from netlab.wire.ipv4 import IPv4, IPv4Flags
from netlab.wire.ipv6 import Extension
from netlab.wire.ipv6_extensions import Fragment, HopByHop
from netlab.wire.ipv6_routing import Routing

SMALLEST_IPV6_MTU = 1280
"""What every link must carry that IPv6 goes over (RFC 8200 section 5)."""

COPIED = 0x80
"""The bit of an IPv4 option's number that says: this stands in every fragment (RFC 791)."""


def fragment(packet: Packet, mtu: int, *, identification: int = 1) -> list[Packet]:
    """The packet in pieces whose IP packets have at most `mtu` bytes; whole when it fits.

    Each piece is a packet with the link headers of the whole; `part` tells its place.  IPv4 as
    in RFC 791 section 3.2: a fragment is cut further too.  IPv6 as in RFC 8200 section 4.5, with
    an `identification`, which real senders choose so that nobody guesses it (RFC 7739).
    ValueError when the packet is not IP or not all there, when its DF flag forbids it, when it is
    IPv6 and a fragment already, or when the MTU is too small.
    """
    place = outline(packet).ip
    if place is None:
        raise ValueError(f"only IP packets are cut into fragments; this is {packet.protocol}")
    ip = next(header for header in packet.layers if header.offset == place[1])
    if ip.broken or not ip.complete:
        raise ValueError("the packet cannot be cut: it has not all the bytes that it speaks of")
    if ip.payload_end - ip.offset <= mtu:
        return [packet]
    below = [header for header in packet.layers if header.offset < ip.offset]
    pieces = _ipv4(ip, mtu) if isinstance(ip, IPv4) else _ipv6(packet, ip, mtu, identification)
    link = packet.link if below else "raw"
    made = []
    for piece in pieces:
        for header in reversed(below):
            piece = stack(_unstated(header), piece)
        made.append(Packet(bytes(piece), link, packet.time, interface=packet.interface))
    return made


def _unstated(header: Header) -> Header:
    """The header, with the length of what it carries to be computed afresh."""
    stated = header._lengths.get(PAYLOAD)
    return header.replace(**{stated.name: None}) if stated else header


def _slices(length: int, first: int, later: int) -> Iterator[tuple[int, int]]:
    """Where to cut: the first piece has at most `first` bytes, each other at most `later`."""
    start, end = 0, min(first, length)
    while start < length:
        yield start, end
        start, end = end, min(end + later, length)


def _ipv4(ip: IPv4, mtu: int) -> Iterator[Packet]:
    size = ip.payload_end - ip.offset
    if ip.flags & IPv4Flags.DF:
        raise ValueError(
            f"{size} bytes do not fit an MTU of {mtu}, and the packet's DF flag forbids fragments: "
            f"a router drops it and answers with ICMP {TYPES[3]}, {CODES[3, 4]} "
            f"(type 3, code 4), next_hop_mtu={mtu}"
        )
    copied = [option for option in ip.options if bytes(option)[0] & COPIED]
    first = ip.replace(total_length=None, checksum=None)
    later = first.replace(ihl=None, options=copied)
    room = _room(mtu, ip.header_length)
    payload, last = ip.payload, ip.flags & IPv4Flags.MF
    cuts = _slices(len(payload), room, _room(mtu, later.header_length))
    for start, end in cuts:
        header = later if start else first
        more = IPv4Flags.MF if end < len(payload) else last
        place = {"flags": ip.flags | more, "fragment_offset": ip.fragment_offset + start // 8}
        yield stack(header.replace(**place), payload[start:end])


def _ipv6(packet: Packet, ip: Header, mtu: int, identification: int) -> Iterator[Packet]:
    if mtu < SMALLEST_IPV6_MTU:
        raise ValueError(
            f"IPv6 does not go over links with an MTU of {mtu}: they must carry at least "
            f"{SMALLEST_IPV6_MTU} bytes (RFC 8200 section 5)"
        )
    kept = _every_node_reads(ip)
    start = kept[-1].payload_start
    rest = packet.data[start : ip.payload_end]
    room = _room(mtu, start - ip.offset + Fragment.size)
    for first, end in _slices(len(rest), room, room):
        header = Fragment(
            next_header=kept[-1].carried, fragment_offset=first // 8,
            more_fragments=end < len(rest), identification=identification,
        )  # fmt: skip
        piece = stack(header, rest[first:end])
        for each in reversed(kept):
            changes = {"payload_length": None} if each is ip else {}
            changes |= {"next_header": None} if each is kept[-1] else {}
            piece = stack(each.replace(**changes), piece)
        yield piece


def _every_node_reads(ip: Header) -> list[Header]:
    """The headers that stand in each fragment: IPv6's own, and extensions up to the routing
    header, or else the hop-by-hop options (RFC 8200 section 4.5)."""
    chain, last, above = [ip], 0, ip.above()
    while isinstance(above, Extension):
        if isinstance(above, Fragment):
            raise ValueError("an IPv6 packet is cut once, by its sender; this one is a fragment")
        if isinstance(above, HopByHop | Routing):
            last = len(chain)
        chain.append(above)
        above = above.above()
    return chain[: last + 1]


def _room(mtu: int, header: int) -> int:
    """The bytes of payload in a fragment that is not the last: 8 divides them."""
    if mtu < header + 8:
        least = f"{header} bytes of headers and 8 of payload"
        raise ValueError(f"an MTU of {mtu} is too small: a fragment has at least {least}")
    return (mtu - header) // 8 * 8
