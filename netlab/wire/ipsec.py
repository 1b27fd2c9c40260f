"""IPsec: headers that prove who sent a packet, or encrypt it."""

from netlab.field import HEADER
from netlab.header import Header
from netlab.wire.fields import octets, tail, u8, u32
from netlab.wire.ipv6 import Extension, next_header


class AH(Extension, on={"ip protocol": 51}):
    """Authentication header: proves that the packet comes from its sender, unchanged."""

    rfc = "RFC 4302 section 2"

    next_header = next_header()
    length = u8("length in units of 4 bytes, two not counted", measures=HEADER, unit=4, less=8)
    reserved = octets(2, "zero")
    spi = u32("which keys the receiver shall use", hexadecimal=True)
    sequence = u32("counts the packets, so that none is accepted twice")
    icv = tail("integrity check value: a keyed hash over the packet", pad=4)

    def summary(self) -> str:
        return f"AH, SPI {self.spi:#010x}, packet {self.sequence}"


class ESP(Header, on={"ip protocol": 50}):
    """Encapsulating security payload: the packet's payload, encrypted."""

    layer = "internet"
    rfc = "RFC 4303 section 2"

    spi = u32("which keys the receiver shall use", hexadecimal=True)
    sequence = u32("counts the packets, so that none is accepted twice")

    def summary(self) -> str:
        return f"ESP, SPI {self.spi:#010x}, packet {self.sequence}"
