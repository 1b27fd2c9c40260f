"""EDNS: what the header of a DNS message has no room for, in a record that is none."""

from netlab.field import REST
from netlab.header import Header
from netlab.lists import Options
from netlab.wire.dns import Record
from netlab.wire.fields import bits, octets, tail, tail_text, u1, u8, u16

OPTIONS = {3: "NSID", 5: "DAU", 6: "DHU", 7: "N3U", 9: "expire", 13: "chain", 14: "key tags"}

ERRORS = {
    0: "other",
    3: "stale answer",
    6: "DNSSEC bogus",
    7: "signature expired",
    9: "DNSKEY missing",
    10: "RRSIGs missing",
    15: "blocked",
    16: "censored",
    17: "filtered",
    18: "prohibited",
    22: "no reachable authority",
    23: "network error",
}


class EDNSOption(Header):
    """An option of the extension mechanism."""

    rfc = "RFC 6891 section 6.1.2"

    code = u16("which option", itself="edns option", names=OPTIONS)
    length = u16("bytes after this field", measures=REST)


class UnknownEDNSOption(EDNSOption):
    """An option that netlab does not know."""

    data = tail("what the option says")

    def summary(self) -> str:
        return OPTIONS.get(self.code, f"option {self.code}")


class ClientSubnet(EDNSOption, on={"edns option": 8}):
    """From which network the question came first, for an answer that suits it."""

    rfc = "RFC 7871 section 6"

    family = u16("the kind of address", default=1, names={1: "IPv4", 2: "IPv6"})
    source_prefix_length = u8("bits of the address that the question tells")
    scope_prefix_length = u8("bits of the address that the answer is good for")
    address = tail("the first bytes of the address")


class Cookie(EDNSOption, on={"edns option": 10}):
    """A secret that the two share: whoever cannot see the packets does not know it."""

    rfc = "RFC 7873 section 4"

    client_cookie = octets(8, "what the client made up")
    server_cookie = tail("what the server made up; empty in the first question")


class TCPKeepalive(EDNSOption, on={"edns option": 11}):
    """How long an idle connection is kept."""

    rfc = "RFC 7828 section 3.1"

    timeout = u16("tenths of a second; not there in a question", optional=True)


class Padding(EDNSOption, on={"edns option": 12}):
    """Filling, so that the length tells nothing."""

    rfc = "RFC 7830 section 3"

    padding = tail("zeros")


class ExtendedError(EDNSOption, on={"edns option": 15}):
    """Why there is no better answer."""

    rfc = "RFC 8914 section 2"

    info_code = u16("what went wrong", names=ERRORS)
    extra_text = tail_text("what went wrong, in words")


class OPT(Record, on={"dns type": 41}):
    """Not a record but the extension mechanism, EDNS: what does not fit into the header."""

    rfc = "RFC 6891 section 6.1"

    udp_payload_size = u16("bytes of the largest message that the sender takes", default=1232)
    extended_rcode = u8("eight bits to be put before the header's response code")
    version = u8("the version of EDNS: 0")
    dnssec_ok = u1("whether signatures are wanted", source="RFC 3225 section 3")
    z = bits(15, "zero, kept for later use")
    rdlength = u16("bytes of options", measures=REST)
    options = Options("what else is to be said", "edns option", UnknownEDNSOption)

    def summary(self) -> str:
        return f"EDNS version {self.version}, messages up to {self.udp_payload_size} bytes"
