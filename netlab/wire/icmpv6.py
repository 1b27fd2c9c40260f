"""The Internet Control Message Protocol for IPv6: errors and echoes."""

from netlab.checksum import Checksum
from netlab.header import Header
from netlab.wire.fields import octets, u8, u16, u32
from netlab.wire.icmp import Quoting
from netlab.wire.ports import excused, pseudo_header

TYPES = {
    1: "destination unreachable",
    2: "packet too big",
    3: "time exceeded",
    4: "parameter problem",
    128: "echo request",
    129: "echo reply",
    130: "multicast listener query",
    131: "multicast listener report",
    132: "multicast listener done",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    137: "redirect",
    138: "router renumbering",
    139: "node information query",
    140: "node information response",
    141: "inverse neighbour solicitation",
    142: "inverse neighbour advertisement",
    143: "multicast listener report, version 2",
    144: "home agent discovery request",
    145: "home agent discovery reply",
    146: "mobile prefix solicitation",
    147: "mobile prefix advertisement",
    148: "certification path solicitation",
    149: "certification path advertisement",
    151: "multicast router advertisement",
    152: "multicast router solicitation",
    153: "multicast router termination",
    155: "RPL control",
    160: "extended echo request",
    161: "extended echo reply",
}

CODES = {
    (1, 0): "no route to the destination",
    (1, 1): "communication administratively prohibited",
    (1, 2): "beyond the scope of the source address",
    (1, 3): "address unreachable",
    (1, 4): "port unreachable",
    (1, 5): "source address failed a policy",
    (1, 6): "route to the destination rejected",
    (1, 7): "error in a source routing header",
    (3, 0): "hop limit reached 0 on the way",
    (3, 1): "fragments did not all arrive in time",
    (4, 0): "a header field is wrong",
    (4, 1): "a next header is not known",
    (4, 2): "an option is not known",
    (4, 3): "the first fragment does not hold all headers",
}
"""https://www.iana.org/assignments/icmpv6-parameters, by type and code."""


class ICMPv6(Header, on={"ip protocol": 58}):
    """Internet Control Message Protocol for IPv6: errors, echoes and how neighbours are found."""

    layer = "internet"
    rfc = "RFC 4443 section 2.1"

    type = u8("the kind of message", selects="icmpv6 type", default=128, names=TYPES)
    code = u8(
        "which case of that kind",
        means=lambda header: CODES.get((header.type, header.code), ""),
    )
    checksum = u16(
        "ones' complement sum over pseudo-header and message",
        computed=Checksum(pseudo=pseudo_header),
        hexadecimal=True,
    )

    def checksum_verdict(self) -> tuple[bool | None, str]:
        return excused(self, super().checksum_verdict())

    def summary(self) -> str:
        kind = TYPES.get(self.type, f"ICMPv6 type {self.type}")
        return CODES.get((self.type, self.code), kind)


class ICMPv6Unreachable(Quoting, on={"icmpv6 type": 1}):
    """The packet could not be delivered; what it was follows."""

    rfc = "RFC 4443 section 3.1"
    unit = 8

    length = u8("quoted bytes in units of 8, 0 if not stated", source="RFC 4884 section 4.4")
    unused = octets(3, "zero")


class ICMPv6PacketTooBig(Quoting, on={"icmpv6 type": 2}):
    """The packet is larger than the next link takes; what it was follows."""

    rfc = "RFC 4443 section 3.2"

    mtu = u32("the largest packet that the next link takes, in bytes")


class ICMPv6TimeExceeded(Quoting, on={"icmpv6 type": 3}):
    """The packet was on its way for too long; what it was follows."""

    rfc = "RFC 4443 section 3.3"
    unit = 8

    length = u8("quoted bytes in units of 8, 0 if not stated", source="RFC 4884 section 4.5")
    unused = octets(3, "zero")


class ICMPv6ParameterProblem(Quoting, on={"icmpv6 type": 4}):
    """Something in the header is wrong; the packet follows."""

    rfc = "RFC 4443 section 3.4"

    pointer = u32("the byte of the quoted packet that is wrong")
