"""Generic routing encapsulation: a tunnel for packets of any protocol through an IP network."""

from netlab.checksum import internet_checksum
from netlab.header import Header
from netlab.wire.ethertypes import ethertype
from netlab.wire.fields import bits, octets, u1


class GRE(Header, on={"ip protocol": 47}):
    """Generic Routing Encapsulation: carries a packet of any protocol through an IP network."""

    layer = "internet"
    rfc = "RFC 2784 section 2"

    checksum_present = u1("whether a checksum follows", unit=2)
    routing_present = u1("a source route, no longer used", source="RFC 1701")
    key_present = u1("whether a key follows", unit=4, source="RFC 2890")
    sequence_present = u1("whether a sequence number follows", unit=4, source="RFC 2890")
    strict_source_route = u1("no longer used", source="RFC 1701")
    recursion = bits(3, "no longer used", source="RFC 1701")
    acknowledgement_present = u1(
        "in PPTP, whether an acknowledgement follows", unit=4, source="RFC 2637 section 4.1"
    )
    reserved = bits(4, "zero")
    version = bits(3, "0; PPTP has 1")
    protocol = ethertype()
    checksum = octets("checksum_present", "ones' complement sum over header and payload")
    unused = octets("checksum_present", "zeros behind the checksum")
    key = octets("key_present", "tells one tunnel from another", source="RFC 2890")
    sequence = octets("sequence_present", "counts the packets", source="RFC 2890")
    acknowledgement = octets(
        "acknowledgement_present", "the packet that has arrived", source="RFC 2637 section 4.1"
    )

    def next_class(self) -> type[Header] | None:
        """A source route hides where the payload begins."""
        return None if self.routing_present else super().next_class()

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if not self.checksum_present:
            return None, "the sender left the checksum out"
        if not self.covered:
            return None, self.missing
        right = not internet_checksum(self._data[self._start : self.payload_end])
        return right, "the checksum is right" if right else "the checksum is wrong"

    def summary(self) -> str:
        return f"GRE, key 0x{self.key.hex()}" if self.key else "GRE"
