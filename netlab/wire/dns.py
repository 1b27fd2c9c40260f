"""The Domain Name System: questions about names, and records that answer them."""

from collections.abc import Iterator
from typing import Any

from netlab.field import PAYLOAD, REST
from netlab.header import Fault, Header
from netlab.lists import Many, Options
from netlab.wire.fields import ipv4, ipv6, many, tail, tail_text, u1, u4, u8, u16, u32
from netlab.wire.names import Message, Name

TYPES = {
    13: "HINFO",
    17: "RP",
    29: "LOC",
    35: "NAPTR",
    39: "DNAME",
    43: "DS",
    44: "SSHFP",
    46: "RRSIG",
    47: "NSEC",
    48: "DNSKEY",
    50: "NSEC3",
    51: "NSEC3PARAM",
    52: "TLSA",
    64: "SVCB",
    65: "HTTPS",
    99: "SPF",
    249: "TKEY",
    250: "TSIG",
    251: "IXFR",
    252: "AXFR",
    255: "ANY",
    256: "URI",
    257: "CAA",
}
"""Types that are not declared below, https://www.iana.org/assignments/dns-parameters."""

CLASSES = {1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY", 0x8001: "IN, top bit set (mDNS)"}

OPCODES = {0: "query", 1: "inverse query", 2: "status", 4: "notify", 5: "update", 6: "stateful"}

RCODES = {
    0: "no error",
    1: "format error",
    2: "server failure",
    3: "no such name",
    4: "not implemented",
    5: "refused",
    6: "name exists",
    7: "records exist",
    8: "records do not exist",
    9: "not authorised",
    10: "not in this zone",
}


class Entry(Header):
    """Something about a name."""

    rfc = "RFC 1035 section 4.1"

    @property
    def type_name(self) -> str:
        """The type as zone files write it: "A", or "TYPE999" for one without a name."""
        number = self.type  # type: ignore[attr-defined]
        if number is None:  # the message breaks off before it
            return "TYPE?"
        return type(self).type.meaning(number) or f"TYPE{number}"  # type: ignore[attr-defined, no-any-return]

    def elsewhere(self) -> bytes:
        """Names written out: what their pointers point to stands in this message only."""
        names = [field for field in self._later if isinstance(field, Name)]
        pieces = [piece for name in names for piece in name.pieces(self)]
        if hasattr(self, "_given") or all(piece.target < 0 for piece in pieces):
            return bytes(self)
        return bytes(self.replace(**dict.fromkeys({"rdlength"} & self.values().keys())))


def type_field(about: str) -> Any:
    """The field that says which kind of record it is."""
    return u16(about, itself="dns type", default=1, names=TYPES)


def class_field() -> Any:
    """The field that says in which of the worlds of names."""
    about = "the class of names: IN, the Internet; mDNS uses the top bit for itself"
    return u16(about, default=1, names=CLASSES)


class Question(Entry):
    """What is asked: a name, and which type of record about it."""

    rfc = "RFC 1035 section 4.1.2"

    name = Name("the name that the question is about")
    type = type_field("which type of record is wanted")
    class_ = class_field()

    def summary(self) -> str:
        return f"{self.type_name}? {self.name}"


class Record(Entry):
    """A resource record: something that is known about a name."""

    rfc = "RFC 1035 section 4.1.3"

    name = Name("the name that the record is about")
    type = type_field("which type of record this is")

    def summary(self) -> str:
        return f"{self.name} {self.type_name} {self.rdata}"

    @property
    def rdata(self) -> str:
        """What the record says, as zone files write it."""
        after = [field for field in self.fields if field.part > type(self).rdlength.part]  # type: ignore[attr-defined]
        values = [(field, getattr(self, field.name)) for field in after]
        return " ".join(field.text(value) for field, value in values if value is not None)


class ResourceRecord(Record):
    """A resource record with class and time to live, as all have but OPT."""

    class_ = class_field()
    ttl = u32("seconds for which the answer may be kept")
    rdlength = u16("bytes of what follows", measures=REST)


class UnknownRecord(ResourceRecord):
    """A record of a type that netlab does not know (RFC 3597)."""

    data = tail("what the record says")

    @property
    def rdata(self) -> str:
        """The bytes, as RFC 3597 section 5 writes them."""
        return f"\\# {len(self.data or b'')} {(self.data or b'').hex()}".rstrip()


class A(ResourceRecord, on={"dns type": 1}):
    """The IPv4 address of a host."""

    rfc = "RFC 1035 section 3.4.1"

    address = ipv4("the host's address", optional=True)


class NS(ResourceRecord, on={"dns type": 2}):
    """A server that knows all about this zone."""

    rfc = "RFC 1035 section 3.3.11"

    nsdname = Name("the server's name", optional=True)


class CNAME(ResourceRecord, on={"dns type": 5}):
    """The name is but an alias."""

    rfc = "RFC 1035 section 3.3.1"

    cname = Name("the proper name, which has the records", optional=True)


class SOA(ResourceRecord, on={"dns type": 6}):
    """Start of a zone of authority: who runs the zone, and how copies of it are kept fresh."""

    rfc = "RFC 1035 section 3.3.13"

    mname = Name("the server that has the original of the zone", optional=True)
    rname = Name("the mailbox of who is responsible, with a dot for the @")
    serial = u32("the zone's version")
    refresh = u32("seconds until a copy is compared with the original")
    retry = u32("seconds until that is tried again when it failed")
    expire = u32("seconds after which a copy that was not compared counts no longer")
    minimum = u32("seconds for which it may be kept that a name does not exist")


class PTR(ResourceRecord, on={"dns type": 12}):
    """Another name: from an address back to its host, or from a service to who offers it."""

    rfc = "RFC 1035 section 3.3.12"

    ptrdname = Name("the name pointed to", optional=True)


class MX(ResourceRecord, on={"dns type": 15}):
    """A host that takes mail for this domain."""

    rfc = "RFC 1035 section 3.3.9"

    preference = u16("the lower, the sooner it is tried", optional=True)
    exchange = Name("the host's name")


class CharacterString(Header):
    """Text of up to 255 bytes."""

    rfc = "RFC 1035 section 3.3"

    length = u8("bytes in the text", measures=REST)
    text = tail_text("the text")

    def summary(self) -> str:
        return f'"{self.text}"'


class TXT(ResourceRecord, on={"dns type": 16}):
    """Text for programs that know what to do with it."""

    rfc = "RFC 1035 section 3.3.14"

    strings = many(CharacterString, "one or more texts")

    @property
    def rdata(self) -> str:
        """The texts, each in quotation marks."""
        return " ".join(string.summary() for string in self.strings or ())


class AAAA(ResourceRecord, on={"dns type": 28}):
    """The IPv6 address of a host."""

    rfc = "RFC 3596 section 2.2"

    address = ipv6("the host's address", optional=True)


class SRV(ResourceRecord, on={"dns type": 33}):
    """A host and port where a service is to be found."""

    rfc = "RFC 2782"

    priority = u16("the lower, the sooner it is tried", optional=True)
    weight = u16("of those with the same priority, the higher, the more often it is chosen")
    port = u16("the port on which the service listens")
    target = Name("the host's name; never compressed", shares=False)


def records(about: str, count: str) -> Many:
    """A list of records, as many as that field says."""
    return Options(about, "dns type", UnknownRecord, count=count)


class DNS(Message, on={"udp port": (53, 5353, 5355)}):
    """Domain Name System: asks for the records of a name, and answers."""

    rfc = "RFC 1035 section 4.1.1"

    id = u16("the same in question and answer", hexadecimal=True)
    qr = u1("whether this is a response", names={0: "query", 1: "response"})
    opcode = u4("the kind of query", names=OPCODES)
    aa = u1("authoritative answer: the server has it at first hand")
    tc = u1("truncated: the rest did not fit; ask again over TCP")
    rd = u1("recursion desired: the server is asked to go and find out")
    ra = u1("recursion available: the server would do so")
    z = u1("zero, kept for later use")
    ad = u1(
        "authentic data: the server has checked the signatures", source="RFC 4035 section 3.2.3"
    )
    cd = u1("checking disabled: the server need not do so", source="RFC 4035 section 3.2.2")
    rcode = u4("response code: whether it went well", names=RCODES)
    question_count = u16("how many questions there are")
    answer_count = u16("how many answers")
    authority_count = u16("how many records that name the servers in authority")
    additional_count = u16("how many records that may be of use besides")
    questions = many(Question, "what is asked", count="question_count")
    answers = records("the records that answer", "answer_count")
    authorities = records("the servers that have authority, or the zone's SOA", "authority_count")
    additionals = records("records that may be of use besides, and EDNS", "additional_count")

    def beyond(self) -> tuple[type[Header] | None, int, int]:
        """Over TCP, one message may follow the other."""
        below = self._below
        if isinstance(below, DNSOverTCP) and self._end < below._end:
            return DNSOverTCP, self._end, below._end
        return super().beyond()

    def summary(self) -> str:
        asked, answered = (
            ", ".join(each.summary() for each in some[:3]) if some else ""
            for some in (self.questions, self.answers)
        )
        if not self.qr:
            return asked or answered or "no question"
        wrong = self.rcode and RCODES.get(self.rcode, f"error {self.rcode}")
        return f"{asked}: {wrong or 'no answer'}" if wrong or not answered else answered


class DNSOverTCP(Header, on={"tcp port": 53}):
    """Over TCP, the length of each DNS message stands before it."""

    rfc = "RFC 1035 section 4.2.2"

    length = u16("bytes in the message", measures=PAYLOAD)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """A segment may also begin in the middle of a message."""
        sized = int.from_bytes(data[start : start + 2]) >= DNS.size
        flags = int.from_bytes(data[start + 4 : start + 6])
        return cls if sized and flags >> 11 & 15 in OPCODES and not flags & 0x40 else None

    def next_class(self) -> type[Header]:
        return DNS

    @property
    def cut(self) -> bool:
        """Whether the message goes on in the next segment."""
        return bool(self.offset + self.size + self.length > self._end)

    @property
    def unfinished(self) -> bool:
        return self.cut

    def faults(self) -> Iterator[Fault]:
        """None: what is missing comes in the next segment."""
        return iter(())
