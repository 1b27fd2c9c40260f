"""The Internet Control Message Protocol: how hosts and routers report on IP's work."""

from collections.abc import Iterator

from netlab.checksum import Checksum, internet_checksum
from netlab.header import Fault, Header, view
from netlab.wire.fields import ipv4, many, octets, u8, u16, u32
from netlab.wire.icmp_extensions import ICMPExtensions
from netlab.wire.ipv6 import IP

TYPES = {
    0: "echo reply",
    3: "destination unreachable",
    4: "source quench",
    5: "redirect",
    8: "echo request",
    9: "router advertisement",
    10: "router solicitation",
    11: "time exceeded",
    12: "parameter problem",
    13: "timestamp request",
    14: "timestamp reply",
    17: "address mask request",
    18: "address mask reply",
    30: "traceroute",
    40: "security failures",
    42: "extended echo request",
    43: "extended echo reply",
}

CODES = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 2): "protocol unreachable",
    (3, 3): "port unreachable",
    (3, 4): "fragmentation needed but not allowed",
    (3, 5): "source route failed",
    (3, 6): "network unknown",
    (3, 7): "host unknown",
    (3, 8): "source host isolated",
    (3, 9): "network administratively prohibited",
    (3, 10): "host administratively prohibited",
    (3, 11): "network unreachable for this type of service",
    (3, 12): "host unreachable for this type of service",
    (3, 13): "communication administratively prohibited",
    (3, 14): "host precedence violated",
    (3, 15): "precedence too low",
    (5, 0): "redirect for the network",
    (5, 1): "redirect for the host",
    (5, 2): "redirect for the type of service and network",
    (5, 3): "redirect for the type of service and host",
    (9, 0): "router advertisement",
    (9, 16): "router advertisement, not for common traffic",
    (11, 0): "TTL reached 0 on the way",
    (11, 1): "fragments did not all arrive in time",
    (12, 0): "the pointer tells where",
    (12, 1): "a required option is missing",
    (12, 2): "bad length",
}
"""https://www.iana.org/assignments/icmp-parameters, by type and code."""


class ICMP(Header, on={"ip protocol": 1}):
    """Internet Control Message Protocol: errors and echoes of IP."""

    layer = "internet"
    rfc = "RFC 792"

    type = u8("the kind of message", selects="icmp type", default=8, names=TYPES)
    code = u8(
        "which case of that kind",
        means=lambda header: CODES.get((header.type, header.code), ""),
    )
    checksum = u16(
        "ones' complement sum over the whole message", computed=Checksum(), hexadecimal=True
    )

    def summary(self) -> str:
        kind = TYPES.get(self.type, f"ICMP type {self.type}")
        return CODES.get((self.type, self.code), kind)


class ICMPEcho(Header, on={"icmp type": (8, 0), "icmpv6 type": (128, 129)}):
    """The body of an echo request or reply: what ping sends."""

    layer = "internet"
    is_body = True
    rfc = "RFC 792"

    identifier = u16("tells one ping from another on the same host")
    sequence = u16("counts the requests")

    def summary(self) -> str:
        kind = self.below.summary() if self.below else "echo"
        return f"{kind}, id {self.identifier}, sequence {self.sequence}"


class ICMPTimestamp(Header, on={"icmp type": (13, 14)}):
    """The body of a timestamp request or reply."""

    layer = "internet"
    is_body = True
    rfc = "RFC 792"

    identifier = u16("tells one request from another")
    sequence = u16("counts the requests")
    originate = u32("when the request was sent, in milliseconds since midnight UT")
    receive = u32("when it arrived")
    transmit = u32("when the reply was sent")


class ICMPAddressMask(Header, on={"icmp type": (17, 18)}):
    """The body of an address mask request or reply."""

    layer = "internet"
    is_body = True
    rfc = "RFC 950 appendix I"

    identifier = u16("tells one request from another")
    sequence = u16("counts the requests")
    mask = ipv4("which bits of an address name the network; zero in a request")


class RouterEntry(Header):
    """A router that hosts may use."""

    layer = "internet"
    rfc = "RFC 1256 section 3"

    address = ipv4("the router's address")
    preference = u32(
        "the highest wins; a number with a sign, by two's complement",
        means=lambda header: str(header.preference - (header.preference >> 31 << 32)),
    )

    def summary(self) -> str:
        return str(self.address)


class ICMPRouterAdvertisement(Header, on={"icmp type": 9}):
    """The body of a router advertisement: routers of this network."""

    layer = "internet"
    is_body = True
    rfc = "RFC 1256 section 3"

    number_of_addresses = u8("how many routers follow")
    entry_size = u8("32-bit words in an entry: 2", default=2)
    lifetime = u16("seconds for which the routers may be used")
    routers = many(RouterEntry, "addresses and preferences", count="number_of_addresses")

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.entry_size != 2:
            text = f"entries of {self.entry_size} words are not known, but of 2"
            yield self.fault("entry_size", text)

    def summary(self) -> str:
        return f"routers {type(self).routers.text(self.routers)}"


class ICMPRouterSolicitation(Header, on={"icmp type": 10}):
    """The body of a router solicitation: hosts ask routers to advertise themselves."""

    layer = "internet"
    is_body = True
    rfc = "RFC 1256 section 3"

    reserved = octets(4, "zero")


LEAST_QUOTED = 128
"""Bytes that are quoted, or filled up with zeros, before extensions (RFC 4884 section 4)."""


class Quoting(Header):
    """The body of an ICMP error: it quotes the packet that caused it."""

    layer = "internet"
    is_body = True
    rfc = "RFC 792"
    quotes = True
    unit = 4
    """Bytes in which `length` counts what is quoted, where there is such a field."""

    @property
    def stated_end(self) -> int | None:
        """Where the quoted packet ends and extensions begin; None when there are none.

        Routers older than RFC 4884 state no length, quote 128 bytes and append extensions; their
        checksum tells (section 5.5)."""
        length: int | None = getattr(self, "length", None)
        if length is None:
            return None
        if length and length * self.unit >= LEAST_QUOTED:
            return self.payload_start + length * self.unit
        old = self.payload_start + LEAST_QUOTED
        extensions = self._data[old : self._end]
        marked = len(extensions) >= ICMPExtensions.size and extensions[0] >> 4 == 2
        return old if marked and not internet_checksum(extensions) else None

    def behind(self) -> Header | None:
        start, end = self.payload_end, self._end
        room = end - start >= ICMPExtensions.size
        return view(ICMPExtensions, self._data, start, end, self) if room else None

    def next_class(self) -> type[Header] | None:
        return IP

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        stated = self.stated_end
        length: int = getattr(self, "length", None) or 0
        if length and length * self.unit < LEAST_QUOTED:
            text = f"{length * self.unit} bytes are said to be quoted, {LEAST_QUOTED} are the least"
            yield self.fault("length", text)
        if stated is not None and stated > self._end:
            quoted, room = stated - self.payload_start, self._end - self.payload_start
            yield self.fault("length", f"{quoted} bytes are said to be quoted, {room} are there")

    def summary(self) -> str:
        kind, quoted = self.below.summary() if self.below else "error", self.above()
        return f"{kind}: {quoted.summary()}" if quoted else kind


class ICMPUnreachable(Quoting, on={"icmp type": 3}):
    """The packet could not be delivered; what it was follows."""

    unused = octets(1, "zero")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.1")
    next_hop_mtu = u16("the largest packet that fits, with code 4", source="RFC 1191 section 4")


class ICMPSourceQuench(Quoting, on={"icmp type": 4}):
    """A router or host has no room for so many packets; one of them follows."""

    unused = octets(4, "zero")


class ICMPRedirect(Quoting, on={"icmp type": 5}):
    """There is a shorter way; the packet that took the longer one follows."""

    gateway = ipv4("the router to use from now on")


class ICMPTimeExceeded(Quoting, on={"icmp type": 11}):
    """The packet was on its way for too long; what it was follows."""

    unused = octets(1, "zero")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.2")
    reserved = octets(2, "zero")


class ICMPParameterProblem(Quoting, on={"icmp type": 12}):
    """Something in the header is wrong; the packet follows."""

    pointer = u8("the byte of the quoted packet that is wrong")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.3")
    unused = octets(2, "zero")
