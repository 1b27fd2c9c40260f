"""The Internet Protocol, version 6."""

from collections.abc import Iterator

from netlab.field import HEADER, NUMBERS, PAYLOAD, Field
from netlab.header import Fault, Header
from netlab.wire.fields import bits, ipv6, u4, u8, u16
from netlab.wire.ipv4 import PROTOCOLS
from netlab.wire.pseudo import PseudoIPv6

NO_NEXT_HEADER = 59


def next_header() -> Field:
    """The field that says what follows; shared by IPv6 and the headers that extend it."""
    about = "which header follows: the transport's, or one that extends IPv6"
    return u8(about, selects="ip protocol", default=NO_NEXT_HEADER, names=PROTOCOLS)


def extension_length() -> Field:
    """The length of an extension."""
    return u8("length in units of 8 bytes, the first not counted", measures=HEADER, unit=8, less=8)


class Extension(Header):
    """A header between IPv6's own and the payload's."""

    layer = "internet"

    @property
    def jumbo_end(self) -> int | None:
        """Where a jumbogram ends that this header tells of; None for all other packets."""
        return None

    def stands_for(self) -> dict[str, str | None]:
        """Addresses with which the transport's checksum is made in place of IPv6's own: source or
        destination by the pseudo-header's name, None where it cannot be known."""
        return {}


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
