"""The Internet Control Message Protocol: how hosts and routers report on IP's work."""

from netlab.checksum import Checksum
from netlab.field import NUMBERS
from netlab.header import Header
from netlab.wire.fields import ipv4, octets, u8, u16, u32

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
    (3, 9): "network administratively prohibited",
    (3, 10): "host administratively prohibited",
    (3, 13): "communication administratively prohibited",
    (5, 0): "redirect for the network",
    (5, 1): "redirect for the host",
    (11, 0): "TTL reached 0 on the way",
    (11, 1): "fragments did not all arrive in time",
    (12, 0): "the pointer tells where",
    (12, 1): "a required option is missing",
    (12, 2): "bad length",
}


class ICMP(Header, on={"ip protocol": 1}):
    """Internet Control Message Protocol: errors and echoes of IP."""

    layer = "internet"
    rfc = "RFC 792"

    type = u8("the kind of message", selects="icmp type", default=8, names=TYPES)
    code = u8("which case of that kind")
    checksum = u16(
        "ones' complement sum over the whole message", computed=Checksum(), hexadecimal=True
    )

    def summary(self) -> str:
        kind = TYPES.get(self.type, f"type {self.type}")
        return CODES.get((self.type, self.code), kind)


class ICMPEcho(Header, on={"icmp type": (8, 0)}):
    """The body of an echo request or reply: what ping sends."""

    layer = "internet"
    rfc = "RFC 792"

    identifier = u16("tells one ping from another on the same host")
    sequence = u16("counts the requests")

    def summary(self) -> str:
        kind = self.below.summary() if self.below else "echo"
        return f"{kind}, id {self.identifier}, sequence {self.sequence}"


class ICMPTimestamp(Header, on={"icmp type": (13, 14)}):
    """The body of a timestamp request or reply."""

    layer = "internet"
    rfc = "RFC 792"

    identifier = u16("tells one request from another")
    sequence = u16("counts the requests")
    originate = u32("when the request was sent, in milliseconds since midnight UT")
    receive = u32("when it arrived")
    transmit = u32("when the reply was sent")


class Quoting(Header):
    """The body of an ICMP error: it quotes the packet that caused it."""

    layer = "internet"
    rfc = "RFC 792"
    quotes = True

    def next_class(self) -> type[Header] | None:
        return NUMBERS["ip version"][4]

    def summary(self) -> str:
        return self.below.summary() if self.below else type(self).__name__


class ICMPUnreachable(Quoting, on={"icmp type": 3}):
    """The packet could not be delivered; what it was follows."""

    unused = octets(1, "zero")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.1")
    next_hop_mtu = u16("the largest packet that fits, with code 4", source="RFC 1191 section 4")


class ICMPTimeExceeded(Quoting, on={"icmp type": 11}):
    """The packet was on its way for too long; what it was follows."""

    unused = octets(1, "zero")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.2")
    reserved = octets(2, "zero")


class ICMPRedirect(Quoting, on={"icmp type": 5}):
    """There is a shorter way; the packet that took the longer one follows."""

    gateway = ipv4("the router to use from now on")


class ICMPParameterProblem(Quoting, on={"icmp type": 12}):
    """Something in the header is wrong; the packet follows."""

    pointer = u8("the byte of the quoted packet that is wrong")
    length = u8("quoted bytes in units of 4, 0 if not stated", source="RFC 4884 section 4.3")
    unused = octets(2, "zero")
