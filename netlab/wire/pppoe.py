"""PPP over Ethernet: how DSL and fibre lines carry IP to a provider."""

from collections.abc import Iterator

from netlab.field import PAYLOAD
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


DISCOVERY, SESSION = 0x8863, 0x8864
"""The EtherTypes of the two stages."""


class PPPoE(Header, on={"ethertype": (SESSION, DISCOVERY)}):
    """PPP over Ethernet: a connection between two machines on the same network."""

    layer = "link"
    rfc = "RFC 2516 section 4"

    version = u4("the version: 1", default=1)
    type = u4("always 1", default=1)
    code = u8(
        "data of a session, or a step in finding one", selects="pppoe code", names=CODES,
        hexadecimal=True,
    )  # fmt: skip
    session_id = u16("tells one session of two machines from another", hexadecimal=True)
    length = u16("bytes in the payload; what follows is padding", measures=PAYLOAD)

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        announced = getattr(self.below, "ethertype", None)
        if announced == SESSION and self.code:
            yield self.fault("code", f"0x{self.code:02x} where a session's data should stand: 0")

    def summary(self) -> str:
        return f"PPPoE {CODES.get(self.code, hex(self.code))}, session {self.session_id:#06x}"


class PPP(Header, on={"pppoe code": 0}):
    """Point-to-Point Protocol: what the connection carries."""

    layer = "link"
    rfc = "RFC 1661 section 2"

    protocol = u16(
        "which protocol the payload belongs to", selects="ppp protocol", default=0x0021,
        names=PROTOCOLS, hexadecimal=True,
    )  # fmt: skip

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.protocol >> 8 & 1 or not self.protocol & 1:
            text = f"0x{self.protocol:04x} is none: its first byte is even, its last one odd"
            yield self.fault("protocol", text)
