"""The Internet Protocol, version 6, and the headers that extend it."""

from collections.abc import Iterator

from netlab.field import HEADER, NUMBERS, PAYLOAD, Field
from netlab.header import Fault, Header
from netlab.lists import Options
from netlab.wire.fields import bits, ipv6, tail, u1, u4, u8, u16, u32
from netlab.wire.ipv4 import PROTOCOLS
from netlab.wire.pseudo import PseudoIPv6

NO_NEXT_HEADER = 59


def next_header() -> Field:
    """The field that says what follows; shared by IPv6 and the headers that extend it."""
    about = "which header follows: the transport's, or one that extends IPv6"
    return u8(about, selects="ip protocol", default=NO_NEXT_HEADER, names=PROTOCOLS)


class Extension(Header):
    """A header between IPv6's own and the payload's."""

    layer = "internet"


class IPv6(
    Header,
    on={
        "link": ("raw", "ipv6"),
        "address family": (24, 28, 30, 10),
        "ip version": 6,
        "ethertype": 0x86DD,
        "ip protocol": 41,
        "ppp protocol": 0x0057,
    },
):
    """Internet Protocol version 6: carries a packet from network to network."""

    layer = "internet"
    rfc = "RFC 8200 section 3"

    version = u4("the version of IP: 6", default=6)
    traffic_class = bits(
        8, "how the packet wants to be treated, and whether a router was congested",
        hexadecimal=True, source="RFC 2474 section 3",
    )  # fmt: skip
    flow_label = bits(
        20, "the same in all packets of a flow", hexadecimal=True, source="RFC 6437 section 2"
    )
    payload_length = u16("bytes after this header, extensions included", measures=PAYLOAD)
    next_header = next_header()
    hop_limit = u8("how many more routers may pass the packet on", default=64)
    src = ipv6("the address that sent the packet")
    dst = ipv6("the address that the packet is for")

    @property
    def zero_is_unsaid(self) -> bool:
        """A packet that says that nothing follows has nothing to leave to others."""
        return bool(self.next_header != NO_NEXT_HEADER)

    def pseudo_header(self, protocol: int, length: int) -> PseudoIPv6:
        """What the transport's checksum covers besides its own bytes."""
        return PseudoIPv6(src=self.src, dst=self.dst, length=length, next_header=protocol)

    def summary(self) -> str:
        return f"{self.src} → {self.dst}"

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.version != 6:
            yield self.fault("version", f"{self.version} where 6 should stand")


class IP(Header, on={"link": "raw"}):
    """Either version of IP, where nothing before it tells which."""

    layer = "internet"

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """The first four bits are the version."""
        return NUMBERS["ip version"].get(data[start] >> 4) if end > start else None


class IPv6Option(Header):
    """An option for routers on the way or for the receiver."""

    layer = "internet"
    rfc = "RFC 8200 section 4.2"

    kind = u8(
        "which option; its first bits say what to do when it is unknown", itself="ipv6 option"
    )


class Pad1(IPv6Option, on={"ipv6 option": 0}):
    """One byte of filling."""


class UnknownIPv6Option(IPv6Option):
    """An option that netlab does not know."""

    length = u8("bytes after this field", measures=HEADER, less=2)
    data = tail("what the option says")

    def summary(self) -> str:
        return f"option {self.kind}"


class PadN(IPv6Option, on={"ipv6 option": 1}):
    """Two or more bytes of filling."""

    length = u8("bytes after this field", measures=HEADER, less=2)
    padding = tail("zeros")


class RouterAlert6(IPv6Option, on={"ipv6 option": 5}):
    """Asks each router on the way to look at the packet."""

    rfc = "RFC 2711 section 2.1"

    length = u8("bytes after this field", measures=HEADER, less=2)
    value = u16(
        "why routers shall look",
        names={0: "multicast listener discovery", 1: "RSVP", 2: "active network"},
    )


class JumboPayload(IPv6Option, on={"ipv6 option": 0xC2}):
    """The payload's length where 16 bits do not hold it."""

    rfc = "RFC 2675 section 2"

    length = u8("bytes after this field", measures=HEADER, less=2)
    payload_length = u32("bytes after the IPv6 header")


class HopByHop(Extension, on={"ip protocol": 0}):
    """Hop-by-hop options: for every router on the way."""

    rfc = "RFC 8200 section 4.3"

    next_header = next_header()
    length = u8(
        "length in units of 8 bytes, the first not counted", measures=HEADER, unit=8, less=8
    )
    options = Options("what routers are asked to do", "ipv6 option", UnknownIPv6Option)


class DestinationOptions(Extension, on={"ip protocol": 60}):
    """Destination options: for the receiver."""

    rfc = "RFC 8200 section 4.6"

    next_header = next_header()
    length = u8(
        "length in units of 8 bytes, the first not counted", measures=HEADER, unit=8, less=8
    )
    options = Options("what the receiver is asked to do", "ipv6 option", UnknownIPv6Option)


class Routing(Extension, on={"ip protocol": 43}):
    """Routing header: nodes that the packet shall visit."""

    rfc = "RFC 8200 section 4.4"

    next_header = next_header()
    length = u8(
        "length in units of 8 bytes, the first not counted", measures=HEADER, unit=8, less=8
    )
    routing_type = u8(
        "the kind of routing",
        names={0: "source route (deprecated)", 2: "mobile IPv6", 4: "segment routing"},
    )
    segments_left = u8("nodes still to be visited")
    data = tail("what this kind of routing needs")


class Fragment(Extension, on={"ip protocol": 44}):
    """Fragment header: this is a piece of a larger packet."""

    rfc = "RFC 8200 section 4.5"
    unless = "fragment_offset"

    next_header = next_header()
    reserved = u8("zero")
    fragment_offset = bits(13, "where this piece belongs in the whole, in units of 8 bytes")
    reserved_bits = bits(2, "zero")
    more_fragments = u1("whether more pieces follow")
    identification = u32("the same in all fragments of a packet", hexadecimal=True)

    @property
    def partial(self) -> bool:
        """Whether this is a piece; a fragment that is the whole is allowed (RFC 6946)."""
        return bool(self.fragment_offset or self.more_fragments)

    def summary(self) -> str:
        first = self.fragment_offset * 8
        last = first + self.payload_end - self.payload_start - 1
        return f"fragment {self.identification:#010x}, bytes {first} to {last}"
