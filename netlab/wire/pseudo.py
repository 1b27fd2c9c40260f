"""Pseudo-headers: what the transport's checksum covers besides the segment, and nobody sends."""

from netlab.header import Header
from netlab.wire.fields import ipv4, ipv6, octets, u8, u16, u32


class PseudoIPv4(Header):
    """What IPv4 adds to the transport's checksum, so that a segment gone astray is noticed."""

    layer = "internet"
    rfc = "RFC 9293 section 3.1"

    src = ipv4("the address that sent the packet")
    dst = ipv4("the address that the packet is for")
    zero = octets(1, "fills up the word")
    protocol = u8("the transport's number in IP's header", selects="ip protocol")
    length = u16("bytes in the transport's header and payload together")


class PseudoIPv6(Header):
    """What IPv6 adds to the transport's checksum, so that a segment gone astray is noticed."""

    layer = "internet"
    rfc = "RFC 8200 section 8.1"

    src = ipv6("the address that sent the packet")
    dst = ipv6("the address that the packet is for")
    length = u32("bytes in the transport's header and payload together")
    zero = octets(3, "fills up the word")
    next_header = u8("the transport's number", selects="ip protocol")
