"""PPP over Ethernet: how DSL and fibre lines carry IP to a provider."""

from collections.abc import Callable, Iterator

from netlab.field import PAYLOAD, Field
from netlab.header import Fault, Header
from netlab.wire.fields import u4, u8, u16

CODES = {0x00: "session", 0x07: "offer", 0x09: "initiation", 0x19: "request",
         0x65: "session confirmation", 0xA7: "termination"}  # fmt: skip

PROTOCOLS = {
    0x8021: "IPCP",
    0x8057: "IPv6CP",
    0xC021: "LCP",
    0xC023: "PAP",
    0xC223: "CHAP",
}
"""https://www.iana.org/assignments/ppp-numbers."""


HeaderClass = type[Header]  # PPPoE has a field named type


def protocol_field(bits: Callable[..., Field]) -> Field:
    """The field that says what PPP carries."""
    about = "which protocol the payload belongs to"
    return bits(about, selects="ppp protocol", default=0x21, names=PROTOCOLS, hexadecimal=True)


class PPPoE(Header, on={"ethertype": 0x8864}):
    """PPP over Ethernet: data of a session between two machines on the same network."""

    layer = "link"
    rfc = "RFC 2516 section 4"

    version = u4("the version: 1", default=1)
    type = u4("always 1", default=1)
    code = u8("0 with a session's data, else a step in finding one", names=CODES, hexadecimal=True)
    session_id = u16("tells one session of two machines from another", hexadecimal=True)
    length = u16("bytes in the payload; what follows is padding", measures=PAYLOAD)

    def next_class(self) -> HeaderClass | None:
        return PPP

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.code:
            yield self.fault("code", f"0x{self.code:02x} where a session's data should stand: 0")

    def summary(self) -> str:
        return f"PPPoE {CODES.get(self.code, hex(self.code))}, session {self.session_id:#06x}"


class PPPoEDiscovery(PPPoE, on={"ethertype": 0x8863}):
    """PPP over Ethernet: how two machines agree on a session."""

    rfc = "RFC 2516 section 5"

    def next_class(self) -> HeaderClass | None:
        return None

    def faults(self) -> Iterator[Fault]:
        yield from Header.faults(self)
        if not self.code:
            yield self.fault("code", "0 is for a session's data, which has another EtherType")


class PPP(Header):
    """Point-to-Point Protocol: what the connection carries."""

    layer = "link"
    rfc = "RFC 1661 section 2"

    protocol = protocol_field(u16)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The first byte is even, unless it was left out, being 0."""
        return CompressedPPP if data[start : start + 1] and data[start] & 1 else cls

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if not self.protocol & 1:
            yield self.fault("protocol", f"0x{self.protocol:04x} is none: its last byte is even")


class CompressedPPP(Header):
    """Point-to-Point Protocol, with one byte where the protocol's number has two."""

    layer = "link"
    rfc = "RFC 1661 section 6.5"

    protocol = protocol_field(u8)


class AddressedPPP(Header, on={"ethertype": 0x880B}):
    """Point-to-Point Protocol as on a serial line, with an address that is always the same."""

    layer = "link"
    rfc = "RFC 1662 section 3.1"

    address = u8("all stations", default=0xFF, hexadecimal=True)
    control = u8("no acknowledgement is wanted", default=3, hexadecimal=True)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The two bytes may be left out (RFC 1661 section 6.6)."""
        there = data[start : min(start + 2, end)] == b"\xff\x03"
        return cls if there else PPP.recognise(data, start, end)

    def next_class(self) -> type[Header]:
        return PPP
