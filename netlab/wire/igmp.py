"""The Internet Group Management Protocol: which multicast groups are wanted on a network."""

from collections.abc import Callable

from netlab.checksum import Checksum
from netlab.field import Field
from netlab.header import Header
from netlab.wire.fields import bits, ipv4, many, octets, u1, u8, u16

QUERY, REPORT_V1, REPORT_V2, LEAVE, REPORT_V3 = 0x11, 0x12, 0x16, 0x17, 0x22

TYPES = {
    QUERY: "membership query",
    REPORT_V1: "membership report, version 1",
    0x13: "DVMRP",
    0x14: "PIM version 1",
    REPORT_V2: "membership report, version 2",
    LEAVE: "leave group",
    REPORT_V3: "membership report, version 3",
}
"""https://www.iana.org/assignments/igmp-type-numbers."""

RECORDS = {
    1: "receives from these sources only",
    2: "receives from all but these sources",
    3: "now receives from these sources only",
    4: "now receives from all but these sources",
    5: "also receives from these sources",
    6: "no longer receives from these sources",
}
"""What a group record says, RFC 3376 section 4.2.12 and RFC 3810 section 5.2.12."""


def spread(code: int, exponent_bits: int, mantissa_bits: int) -> int:
    """The number that a code stands for: itself, or from half the codes on a mantissa with the
    leading 1 left out and an exponent (RFC 3376 section 4.1.1)."""
    if not code >> exponent_bits + mantissa_bits:
        return code
    exponent = code >> mantissa_bits & (1 << exponent_bits) - 1
    mantissa = code & (1 << mantissa_bits) - 1
    return (1 << mantissa_bits | mantissa) << exponent + 3


def interval(code: int) -> str:
    """What a querier's interval code stands for."""
    return f"{spread(code, 3, 4)} seconds"


class IGMP(Header, on={"ip protocol": 2}):
    """Internet Group Management Protocol: a router asks which groups are wanted, hosts answer."""

    layer = "internet"
    rfc = "RFC 3376 section 4"

    type = u8(
        "the kind of message", selects="igmp type", default=QUERY, names=TYPES, hexadecimal=True
    )
    max_response = u8(
        "in a query, how long an answer may take; else zero",
        means=lambda header: header.response_time,
    )
    checksum = u16(
        "ones' complement sum over the whole message", computed=Checksum(), hexadecimal=True
    )

    @property
    def response_time(self) -> str:
        """What `max_response` stands for, "" outside queries."""
        if self.type != QUERY:
            return ""
        if not self.max_response:
            return "version 1: 10 seconds"
        longer = self.payload_end - self.payload_start >= IGMPv3Query.size
        tenths = spread(self.max_response, 3, 4) if longer else self.max_response
        return f"{tenths / 10} seconds"

    def summary(self) -> str:
        return TYPES.get(self.type, f"IGMP type {self.type:#04x}")


class IGMPGroup(Header, on={"igmp type": (QUERY, REPORT_V1, REPORT_V2, LEAVE)}):
    """The group that a query or report is about."""

    layer = "internet"
    is_body = True
    rfc = "RFC 2236 section 2"

    group = ipv4("the multicast address; zero asks for all groups", names={"0.0.0.0": "all groups"})

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """A longer query is one of version 3 (RFC 3376 section 7.1); the type stands before."""
        is_query = start >= 4 and data[start - 4] == QUERY
        return IGMPv3Query if is_query and end - start >= IGMPv3Query.size else cls

    def summary(self) -> str:
        kind = self.below.summary() if self.below else "IGMP"
        return f"{kind}: {self.group}"


def how_asked(address: Callable[..., Field]) -> tuple[Field, ...]:
    """What a query says behind the group: MLD's like IGMP's (RFC 3810 section 5.1)."""
    return (
        bits(4, "zero"),
        u1("routers shall not act on this query"),
        bits(3, "how often a message is sent, lest one be lost"),
        u8("how often the router asks", means=lambda header: interval(header.interval)),
        *counted_sources(address, "sources that are asked about"),
    )


def counted_sources(address: Callable[..., Field], about: str) -> tuple[Field, Field]:
    """Addresses, and before them how many."""
    one = address("an address that sends to the group")
    return u16("how many addresses follow"), many(one, about, count="number_of_sources")


class IGMPv3Query(Header):
    """Which group, and which of its sources, a version 3 query is about."""

    layer = "internet"
    is_body = True
    rfc = "RFC 3376 section 4.1"

    group = ipv4("the multicast address; zero asks for all groups", names={"0.0.0.0": "all groups"})
    reserved, suppress, robustness, interval, number_of_sources, sources = how_asked(ipv4)

    def summary(self) -> str:
        return f"membership query, version 3: {self.group}"


def record(address: Callable[..., Field]) -> tuple[Field, ...]:
    """What a report says of a group: MLD's like IGMP's (RFC 3810 section 5.2)."""
    number_of_sources, sources = counted_sources(address, "sources that the record is about")
    return (
        u8("what the record says", default=1, names=RECORDS),
        u8("more data in this record, in units of 4 bytes", unit=4),
        number_of_sources,
        address("the multicast address"),
        sources,
        octets("auxiliary_length", "no such data are defined"),
    )


class GroupRecord(Header):
    """What a host receives of one group."""

    layer = "internet"
    rfc = "RFC 3376 section 4.2.4"

    type, auxiliary_length, number_of_sources, group, sources, auxiliary = record(ipv4)

    def summary(self) -> str:
        return f"{self.group} {RECORDS.get(self.type, f'record type {self.type}')}"


class IGMPv3Report(Header, on={"igmp type": REPORT_V3}):
    """All that a host receives, or what changed."""

    layer = "internet"
    is_body = True
    rfc = "RFC 3376 section 4.2"

    reserved = octets(2, "zero")
    number_of_records = u16("how many group records follow")
    records = many(GroupRecord, "one for each group", count="number_of_records")

    def summary(self) -> str:
        return f"membership report: {type(self).records.text(self.records)}"
