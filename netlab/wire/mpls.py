"""Multiprotocol label switching: how providers steer packets through their networks."""

from netlab.header import Header
from netlab.wire.fields import bits, u1, u8
from netlab.wire.ipv6 import IP

LABELS = {0: "IPv4 follows", 1: "router alert", 2: "IPv6 follows", 3: "implicit null"}
"""https://www.iana.org/assignments/mpls-label-values."""


class MPLS(Header, on={"ethertype": (0x8847, 0x8848), "ppp protocol": 0x0281, "ip protocol": 137}):
    """Multiprotocol label switching: a label that tells routers where to send the packet."""

    layer = "link"
    rfc = "RFC 3032 section 2.1"

    label = bits(20, "which way the packet goes; each router writes the next one", names=LABELS)
    traffic_class = bits(3, "how the packet wants to be treated", source="RFC 5462")
    bottom = u1("whether this is the last label of the stack", default=1)
    ttl = u8("how many more routers may pass the packet on", default=64)

    def next_class(self) -> type[Header] | None:
        """Nothing names what the last label carries: IP tells itself by its version."""
        return IP if self.bottom else MPLS

    def _announced(self, above: type[Header] | None) -> dict[str, int]:
        return {"bottom": int(above is not MPLS)}

    def summary(self) -> str:
        return f"label {self.label}"
