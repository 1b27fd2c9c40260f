"""Generic routing encapsulation: a tunnel for packets of any protocol through an IP network."""

from collections.abc import Iterator

from netlab.checksum import internet_checksum
from netlab.field import PAYLOAD, Field
from netlab.header import Fault, Header
from netlab.variable import Place, Variable, number_in
from netlab.wire.ethertypes import ethertype
from netlab.wire.fields import bits, octets, u1, u16

PPP = 0x880B
"""The EtherType of what PPTP carries."""

NO_LONGER_USED = ("routing_present", "strict_source_route", "recursion")
"""Bits that a receiver must not pass over (RFC 2784 section 2.3)."""


class WithRoute(Variable):
    """Two bytes that are also there when there is a source route (RFC 1701)."""

    def stated(self, header: Header, places: list[Place]) -> tuple[str, int]:
        routed = number_in(header, places, GRE.routing_present)  # type: ignore[arg-type]
        return ("routing_present 1 means 2 bytes", 2) if routed else super().stated(header, places)


def first_bits(key: int) -> tuple[Field, ...]:
    """The bits that both versions begin with."""
    return (
        u1("whether a checksum follows", unit=2),
        u1("a source route, no longer used", source="RFC 1701"),
        u1("whether a key follows", unit=4, default=key, source="RFC 2890"),
        u1("whether a sequence number follows", unit=4, source="RFC 2890"),
        u1("no longer used", source="RFC 1701"),
        bits(3, "no longer used", source="RFC 1701"),
    )


class GRE(Header, on={"ip protocol": 47}):
    """Generic Routing Encapsulation: carries a packet of any protocol through an IP network."""

    layer = "internet"
    rfc = "RFC 2784 section 2"

    (checksum_present, routing_present, key_present, sequence_present, strict_source_route,
     recursion) = first_bits(0)  # fmt: skip
    reserved = bits(5, "zero; receivers pass over it")
    version = bits(3, "0; PPTP has 1")
    protocol = ethertype()
    checksum = WithRoute("ones' complement sum over header and payload", length="checksum_present")
    offset_of_route = WithRoute(
        "where in the source route the packet is; zeros without one", length="checksum_present"
    )
    key = octets("key_present", "tells one tunnel from another", source="RFC 2890")
    sequence = octets("sequence_present", "counts the packets", source="RFC 2890")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """PPTP's packets have a key but neither checksum nor route, and carry PPP."""
        known = end - start >= cls.size and data[start] >> 5 == 1 and data[start + 1] & 7 == 1
        carried = int.from_bytes(data[start + 2 : start + 4])
        return EnhancedGRE if known and carried == PPP else cls

    def next_class(self) -> type[Header] | None:
        """A source route hides where the payload begins."""
        return None if self.routing_present else super().next_class()

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        for name in NO_LONGER_USED:
            if getattr(self, name):
                yield self.fault(name, "no longer used: receivers discard such a packet")
        if self.version:
            yield self.fault("version", f"{self.version} where 0 should stand")

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if not self.checksum_present:
            return None, "the sender left the checksum out"
        if not self.covered:
            return None, self.missing
        right = not internet_checksum(self._data[self._start : self.payload_end])
        return right, "the checksum is right" if right else "the checksum is wrong"

    def summary(self) -> str:
        return f"GRE, key 0x{self.key.hex()}" if self.key else "GRE"


class EnhancedGRE(Header):
    """Version 1 of GRE: PPTP, an old private network, carries PPP in it and acknowledges it."""

    layer = "internet"
    numbers = GRE.numbers
    rfc = "RFC 2637 section 4.1"

    (checksum_present, routing_present, key_present, sequence_present, strict_source_route,
     recursion) = first_bits(1)  # fmt: skip
    acknowledgement_present = u1("whether an acknowledgement follows", unit=4)
    flags = bits(4, "zero")
    version = bits(3, "1: PPTP", default=1)
    protocol = ethertype(PPP)
    payload_length = u16("bytes in the payload", measures=PAYLOAD)
    call_id = u16("tells one connection of the two hosts from another")
    sequence = octets("sequence_present", "counts the packets")
    acknowledgement = octets("acknowledgement_present", "the last packet that has arrived")

    def next_class(self) -> type[Header] | None:
        """A packet that does nothing but acknowledge carries nothing."""
        return super().next_class() if self.payload_length else None

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.payload_length and self.payload_end < self._end:
            left = self._end - self.payload_end
            yield self.fault("payload_length", f"{left} bytes are left behind the payload")

    def summary(self) -> str:
        return f"PPTP, call {self.call_id}"
