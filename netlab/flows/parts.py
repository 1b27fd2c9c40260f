"""Where a fragment belongs in the packet that it was cut from."""

from typing import NamedTuple

from netlab.flows.outline import outline
from netlab.header import Header
from netlab.packet import Packet
from netlab.wire.ipv4 import IPv4, IPv4Flags
from netlab.wire.ipv6_extensions import Fragment


class Part(NamedTuple):
    """Where a fragment belongs.

    start, end  its bytes' place in the whole payload: of the first, and the one after the last
    more        whether more bytes follow it
    data        its bytes, fewer than `end - start` when the capture cut the packet
    ip          the IP header
    header      the header that tells all this: the IPv4 header again, or IPv6's Fragment header
    key         what is the same in all fragments of a packet: source, destination, identification,
                in IPv4 the protocol too (RFC 791 section 3.2, RFC 8200 section 4.5)
    """

    start: int
    end: int
    more: bool
    data: bytes
    ip: Header
    header: Header
    key: tuple[str | int, ...]

    @property
    def carried(self) -> int:
        """The number of the protocol that the whole payload belongs to."""
        return self.header.carried

    @property
    def unfragmented(self) -> int:
        """Bytes that IP's length field counts besides the payload."""
        before = self.header.payload_start - self.ip.payload_start
        return before - Fragment.size if before else self.ip.header_length

    def __str__(self) -> str:
        source, target = self.key[:2]
        identification = type(self.header).identification.text(self.key[2])  # type: ignore[attr-defined]
        return f"{source} → {target}, identification {identification}"


def part(packet: Packet) -> Part | None:
    """Where a fragment's bytes belong; None when the packet is not a fragment."""
    ip_place, place, _ = outline(packet)
    if not place or not ip_place:
        return None
    ip = next(header for header in packet.layers if header.offset == ip_place[1])
    header = next(header for header in packet.layers if header.offset == place[1])
    if ip.broken:
        return None
    offset: int = header.fragment_offset  # type: ignore[attr-defined]
    if isinstance(header, IPv4):
        more = bool(header.flags & IPv4Flags.MF)
    else:
        more = bool(header.more_fragments)  # type: ignore[attr-defined]
    stated = ip.stated_end or header.payload_end
    length = max(0, stated - header.payload_start)
    key = (*ip_place[0].ends(packet.data, ip_place[1]), header.identification)  # type: ignore[attr-defined]
    key += (header.carried,) if header is ip else ()
    return Part(offset * 8, offset * 8 + length, more, header.payload, ip, header, key)
