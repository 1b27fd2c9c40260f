"""Where the headers stand that a conversation is made of, found without making the headers."""

from typing import NamedTuple

from netlab import accessors
from netlab.header import ADDRESSES, PORTS, Header
from netlab.packet import Packet
from netlab.wire.ipv4 import IPv4, IPv4Flags
from netlab.wire.ipv6_extensions import Fragment

Place = tuple[type[Header], int, int]
"""A header's class, its first byte, and the byte up to which the packet is its own."""


class Outline(NamedTuple):
    """The outermost IP header, the header that makes the packet a fragment, the transport's."""

    ip: Place | None
    fragment: Place | None
    transport: Place | None


MORE = int(IPv4Flags.MF)  # a number, as flags themselves are slow

_division = accessors.together([], [IPv4.flags, IPv4.fragment_offset])


def outline(packet: Packet) -> Outline:
    """What `Packet.five_tuple` looks at: the outermost IP header and what follows it, not the
    packets that it may carry in a tunnel or quote in an ICMP message."""
    data, ip, fragment = packet.data, None, None
    here = packet._outermost()
    while here:
        kind, start, end = here
        if kind.role == PORTS:
            return Outline(ip, fragment, here if ip else None)
        if kind.role == ADDRESSES:
            if ip:
                break
            ip = here
            if kind is IPv4:
                flags, offset = _division(data, start)
                if offset or int(flags) & MORE:
                    fragment = here
        elif kind is Fragment and ip:
            fragment = here
        here = kind.step(data, start, end)
    return Outline(ip, fragment, None)
