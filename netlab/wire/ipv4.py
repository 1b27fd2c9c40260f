"""The Internet Protocol, version 4."""

from collections.abc import Iterator
from enum import IntFlag

from netlab.checksum import Checksum
from netlab.field import DATAGRAM, HEADER
from netlab.header import Fault, Header
from netlab.lists import Options
from netlab.wire.fields import bits, ipv4, u4, u8, u16
from netlab.wire.ipv4_options import SourceRoute, UnknownIPv4Option
from netlab.wire.pseudo import PseudoIPv4

PROTOCOLS = {
    4: "IPv4 in IPv4",
    47: "GRE",
    50: "ESP",
    51: "AH",
    59: "nothing more",
    89: "OSPF",
    103: "PIM",
    112: "VRRP",
    132: "SCTP",
    253: "experiment",
}

DSCP = {
    0: "best effort",
    8: "CS1",
    10: "AF11",
    12: "AF12",
    14: "AF13",
    16: "CS2",
    18: "AF21",
    20: "AF22",
    22: "AF23",
    24: "CS3",
    26: "AF31",
    28: "AF32",
    30: "AF33",
    32: "CS4",
    34: "AF41",
    36: "AF42",
    38: "AF43",
    40: "CS5",
    46: "expedited forwarding",
    48: "CS6",
    56: "CS7",
}

ECN = {
    0: "no ECN",
    1: "ECN possible (1)",
    2: "ECN possible (0)",
    3: "congestion experienced",
}


class IPv4Flags(IntFlag):
    """What routers may do with the packet."""

    MF = 1
    DF = 2
    RESERVED = 4


class IPv4(
    Header,
    on={
        "link": ("raw", "ipv4"),
        "address family": 2,
        "ip version": 4,
        "ethertype": 0x0800,
        "ip protocol": 4,
        "ppp protocol": 0x0021,
        "llc sap": 0x06,
    },
):
    """Internet Protocol version 4: carries a packet from network to network."""

    layer = "internet"
    rfc = "RFC 791 section 3.1"
    unless = "fragment_offset"

    version = u4("the version of IP: 4", default=4)
    ihl = u4("length of this header in 32-bit words: 5 without options", measures=HEADER, unit=4)
    dscp = bits(
        6, "how the packet wants to be treated on its way", names=DSCP, source="RFC 2474 section 3"
    )
    ecn = bits(
        2, "whether a router on the way was congested", names=ECN, source="RFC 3168 section 5"
    )
    total_length = u16(
        "bytes in header and payload together; what follows is not IP's", measures=DATAGRAM
    )
    identification = u16("the same in all fragments of a packet", hexadecimal=True)
    flags = bits(3, "DF: do not fragment; MF: more fragments follow", flags=IPv4Flags)
    fragment_offset = bits(
        13, "where this fragment's payload belongs in the whole, in units of 8 bytes"
    )
    ttl = u8("how many more routers may pass the packet on", default=64)
    protocol = u8(
        "which protocol the payload belongs to",
        selects="ip protocol",
        default=253,
        names=PROTOCOLS,
    )
    checksum = u16(
        "ones' complement sum over this header",
        computed=Checksum(payload=False),
        hexadecimal=True,
        source="RFC 1071",
    )
    src = ipv4("the address that sent the packet")
    dst = ipv4("the address that the packet is for")
    options = Options("rarely used requests to routers", "ipv4 option", UnknownIPv4Option, pad=4)

    @property
    def partial(self) -> bool:
        """Whether this is a fragment."""
        return bool(self.fragment_offset or self.flags & IPv4Flags.MF)

    @property
    def covered(self) -> bool:
        """The checksum covers the header alone."""
        return not self.broken

    def pseudo_header(self, protocol: int, length: int) -> PseudoIPv4:
        """What the transport's checksum covers besides its own bytes; a length that segmentation
        offload let grow past 16 bits counts without its upper ones."""
        length &= 0xFFFF
        return PseudoIPv4(src=self.src, dst=self.final, protocol=protocol, length=length)

    @property
    def final(self) -> str:
        """The address at which the packet's journey ends: after a source route, its last."""
        routes = (option for option in self.options if isinstance(option, SourceRoute))
        final: str = next((option.route[-1] for option in routes if option.to_go), self.dst)
        return final

    def summary(self) -> str:
        if self.partial:
            first = self.fragment_offset * 8
            last = first + self.payload_end - self.payload_start - 1
            return f"fragment {self.identification:#06x}, bytes {first} to {last}"
        return f"{self.src} → {self.dst}"

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.version != 4:
            yield self.fault("version", f"{self.version} where 4 should stand")
