"""What a BSD or macOS host writes before each packet of its loopback interface."""

from netlab.header import Header
from netlab.wire.fields import little32, u32

FAMILIES = {
    2: "IPv4",
    7: "OSI",
    10: "IPv6 (Linux)",
    23: "IPX",
    24: "IPv6 (NetBSD, OpenBSD)",
    28: "IPv6 (FreeBSD)",
    30: "IPv6 (macOS)",
}
"""https://www.tcpdump.org/linktypes.html, LINKTYPE_NULL; each system has its own number of IPv6."""


class Loop(Header, on={"link": "loop"}):
    """OpenBSD's loopback header: which protocol follows, in network byte order."""

    layer = "link"
    rfc = "tcpdump.org LINKTYPE_LOOP"

    family = u32(
        "the protocol's address family", selects="address family", default=2, names=FAMILIES
    )


class Null(Header, on={"link": "null"}):
    """BSD's loopback header: which protocol follows, in the byte order of its host."""

    layer = "link"
    rfc = "tcpdump.org LINKTYPE_NULL"

    family = little32(
        "the protocol's address family", selects="address family", default=2, names=FAMILIES
    )

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """All families are below 2^16: where the zeros stand tells the byte order."""
        return Loop if data[start : start + 2] == b"\0\0" else cls
