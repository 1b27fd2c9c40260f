"""The User Datagram Protocol."""

from netlab.checksum import Checksum
from netlab.field import DATAGRAM
from netlab.header import Header
from netlab.wire.fields import u16
from netlab.wire.ports import SERVICES, by_port, left_to_hardware, pseudo_header


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

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if self.checksum == 0:
            return None, "the sender left the checksum out"
        if left_to_hardware(self):
            return None, "the sender left the checksum to its network card"
        return super().checksum_verdict()

    def summary(self) -> str:
        return f"{self.src_port} → {self.dst_port}, {len(self.payload)} bytes"
