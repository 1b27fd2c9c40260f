"""Multicast Listener Discovery: IGMP's work for IPv6, by ICMPv6 messages."""

from netlab.header import Header
from netlab.wire.fields import ipv6, many, octets, u16
from netlab.wire.igmp import RECORDS, how_asked, record, spread


class MLD(Header, on={"icmpv6 type": (130, 131, 132)}):
    """The group that a query or report of version 1 is about."""

    layer = "internet"
    is_body = True
    rfc = "RFC 2710 section 3"

    max_response_delay = u16("in a query, how long an answer may take, in milliseconds")
    reserved = octets(2, "zero")
    group = ipv6("the multicast address; zero asks for all groups", names={"::": "all groups"})

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """A longer query is one of version 2 (RFC 3810 section 8.1); the type stands before."""
        is_query = start >= 4 and data[start - 4] == cls.numbers["icmpv6 type"]
        return MLDv2Query if is_query and end - start >= MLDv2Query.size else cls

    def summary(self) -> str:
        kind = self.below.summary() if self.below else "MLD"
        return f"{kind}: {self.group}"


class MLDv2Query(Header):
    """Which group, and which of its sources, a version 2 query is about."""

    layer = "internet"
    is_body = True
    rfc = "RFC 3810 section 5.1"

    max_response_code = u16(
        "how long an answer may take",
        means=lambda header: f"{spread(header.max_response_code, 3, 12)} milliseconds",
    )
    reserved = octets(2, "zero")
    group = ipv6("the multicast address; zero asks for all groups", names={"::": "all groups"})
    reserved_bits, suppress, robustness, interval, number_of_sources, sources = how_asked(ipv6)

    def summary(self) -> str:
        return f"multicast listener query, version 2: {self.group}"


class MLDRecord(Header):
    """What a host receives of one group."""

    layer = "internet"
    rfc = "RFC 3810 section 5.2"

    type, auxiliary_length, number_of_sources, group, sources, auxiliary = record(ipv6)

    def summary(self) -> str:
        return f"{self.group} {RECORDS.get(self.type, f'record type {self.type}')}"


class MLDv2Report(Header, on={"icmpv6 type": 143}):
    """All that a host receives, or what changed."""

    layer = "internet"
    is_body = True
    rfc = "RFC 3810 section 5.2"

    reserved = octets(2, "zero")
    number_of_records = u16("how many records follow")
    records = many(MLDRecord, "one for each group", count="number_of_records")

    def summary(self) -> str:
        return f"multicast listener report: {type(self).records.text(self.records)}"
