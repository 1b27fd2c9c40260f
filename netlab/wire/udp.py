"""The User Datagram Protocol."""

from collections.abc import Iterator

from netlab.checksum import Checksum
from netlab.counts import counted
from netlab.field import DATAGRAM
from netlab.header import Fault, Header
from netlab.wire.fields import u16
from netlab.wire.ports import SERVICES, TUNNELS, by_port, excused, pseudo_header
from netlab.wire.pseudo import PseudoIPv6

FORBIDDEN = "IPv6 wants one, save in tunnels (RFC 8200 section 8.1)"


class UDP(Header, on={"ip protocol": 17}):
    """User Datagram Protocol: carries a message from one program to another."""

    layer = "transport"
    rfc = "RFC 768"

    src_port = u16(
        "the sender's port, or 0 when no reply is wanted", selects="udp port", names=SERVICES
    )
    dst_port = u16(
        "which program on the receiving host gets the payload", selects="udp port", names=SERVICES
    )
    length = u16("bytes in header and payload together", measures=DATAGRAM)
    checksum = u16(
        "ones' complement sum over pseudo-header, header and payload; 0 when left out",
        computed=Checksum(pseudo=pseudo_header, zero=0xFFFF),  # a 0 says "left out"
        hexadecimal=True,
    )

    def next_class(self) -> type[Header] | None:
        return by_port(self, "udp port")

    @property
    def checksum_lacks(self) -> bool:
        """Whether the sender left the checksum out where it must not: on IPv6, save in tunnels."""
        if self.checksum or not isinstance(pseudo_header(self), PseudoIPv6):
            return False
        return TUNNELS.keys().isdisjoint((self.src_port, self.dst_port))

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if self.checksum_lacks:
            return False, f"the checksum is left out: {FORBIDDEN}"
        if self.checksum == 0:
            return None, "the sender left the checksum out"
        return excused(self, super().checksum_verdict())

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.length == 0 and self.payload_end - self.offset < 1 << 16:
            text = "length 0 is for jumbograms: at least the header's own 8 bytes must be counted"
            yield self.fault("length", text)
        if self.checksum_lacks:
            yield self.fault("checksum", f"0 means that it is left out: {FORBIDDEN}")

    def summary(self) -> str:
        return f"{self.src_port} → {self.dst_port}, {counted(len(self.payload), 'byte')}"
