"""The options of Neighbour Discovery."""

from ipaddress import IPv6Address
from typing import Any

from netlab.field import HEADER, Field
from netlab.header import Header
from netlab.lists import Many
from netlab.variable import Variable
from netlab.wire.fields import bits, ipv6, many, octets, tail, u1, u8, u32
from netlab.wire.names import Message, Name

FOR_EVER = {0xFFFFFFFF: "for ever"}
PREFERENCES = {0: "medium", 1: "high", 2: "reserved", 3: "low"}
"""RFC 4191 section 2.1."""


def prefix_text(data: bytes) -> str:
    """A prefix of up to 16 bytes as an address; "" when there are none."""
    return str(IPv6Address(data.ljust(16, b"\0")[:16])) if data else ""


def length() -> Field:
    """The length of an option."""
    return u8("bytes in the option, in units of 8", measures=HEADER, unit=8)


class NDOption(Header):
    """An option of neighbour discovery."""

    layer = "internet"
    rfc = "RFC 4861 section 4.6"

    kind = u8("which option", itself="nd option")


class UnknownNDOption(NDOption):
    """An option that netlab does not know."""

    length = length()
    data = tail("what the option says")

    def summary(self) -> str:
        return f"option {self.kind}"


class LinkLayerAddress(NDOption):
    """A hardware address."""

    rfc = "RFC 4861 section 4.6.1"

    length = length()
    address = Variable(
        "the hardware address", show=lambda data: data.hex(":"),
        parse=lambda text: bytes.fromhex(text.replace(":", " ")),
        form="an address such as '02:00:00:00:00:01'", default="00:00:00:00:00:00",
    )  # fmt: skip

    def summary(self) -> str:
        return str(self.address)


class SourceLinkLayerAddress(LinkLayerAddress, on={"nd option": 1}):
    """The sender's hardware address."""


class TargetLinkLayerAddress(LinkLayerAddress, on={"nd option": 2}):
    """The hardware address that was asked for."""


class PrefixInformation(NDOption, on={"nd option": 3}):
    """A prefix of this network's addresses."""

    rfc = "RFC 4861 section 4.6.2"

    length = length()
    prefix_length = u8("bits of the prefix that count", default=64)
    on_link = u1("addresses with this prefix are on this network")
    autonomous = u1("hosts may make up their own addresses with this prefix")
    router_address = u1("the prefix holds the router's own address", source="RFC 6275 section 7.2")
    reserved_bits = bits(5, "zero")
    valid_lifetime = u32("seconds for which the prefix holds", names=FOR_EVER)
    preferred_lifetime = u32("seconds for which addresses of it are preferred", names=FOR_EVER)
    reserved = octets(4, "zero")
    prefix = ipv6("the prefix, with zeros behind it")

    def summary(self) -> str:
        return f"prefix {self.prefix}/{self.prefix_length}"


class RedirectedHeader(NDOption, on={"nd option": 4}):
    """The packet that took the longer way."""

    rfc = "RFC 4861 section 4.6.3"

    length = length()
    reserved = octets(6, "zero")
    packet = tail("the packet, as much of it as fits", pad=8)


class MTU(NDOption, on={"nd option": 5}):
    """The largest packet that this network takes."""

    rfc = "RFC 4861 section 4.6.4"

    length = length()
    reserved = octets(2, "zero")
    mtu = u32("bytes in a packet", default=1500)

    def summary(self) -> str:
        return f"MTU {self.mtu}"


class Nonce(NDOption, on={"nd option": 14}):
    """A random number that the answer repeats."""

    rfc = "RFC 3971 section 5.3.2"

    length = length()
    nonce = tail("the random number", default=bytes(6))


class RouteInformation(NDOption, on={"nd option": 24}):
    """A route through this router."""

    rfc = "RFC 4191 section 2.3"

    length = length()
    prefix_length = u8("bits of the prefix that count")
    reserved = bits(3, "zero")
    preference = bits(2, "this router rather than others", names=PREFERENCES)
    reserved_bits = bits(3, "zero")
    lifetime = u32("seconds for which the route holds", names=FOR_EVER)
    prefix = Variable(
        "the prefix, as much of it as counts", show=prefix_text,
        parse=lambda text: IPv6Address(text).packed if text else b"",
        form="an address such as '2001:db8::'",
    )  # fmt: skip


class RDNSS(NDOption, on={"nd option": 25}):
    """Recursive DNS servers."""

    rfc = "RFC 8106 section 5.1"

    length = length()
    reserved = octets(2, "zero")
    lifetime = u32("seconds for which the servers may be used", names=FOR_EVER)
    servers = many(ipv6("the address of a server"), "the servers' addresses")

    def summary(self) -> str:
        return f"DNS servers {type(self).servers.text(self.servers)}"


class SearchName(Message):
    """A name of the search list; it may not end with a pointer."""

    layer = "internet"
    rfc = "RFC 8106 section 5.2"

    name = Name("a name that is tried behind a short one")

    def summary(self) -> str:
        return str(self.name)


class Zeros(Header):
    """Filling up to a multiple of 8 bytes."""

    layer = "internet"
    rfc = "RFC 8106 section 5.2"

    zeros = tail("no name follows")

    def summary(self) -> str:
        return "padding"


class SearchList(Many):
    """Names, and the zeros behind them."""

    def kind(self, header: Header, position: int, end: int) -> type[Header]:
        return SearchName if header._data[position] else Zeros


class DNSSL(NDOption, on={"nd option": 31}):
    """DNS search list: names that are tried behind a short name."""

    rfc = "RFC 8106 section 5.2"

    length = length()
    reserved = octets(2, "zero")
    lifetime = u32("seconds for which the names may be used", names=FOR_EVER)
    names = SearchList(SearchName, "the names, then zeros", pad=8)

    def summary(self) -> str:
        return f"DNS search list {type(self).names.text(self.names)}"


class FilledUp(Variable):
    """Bytes that zeros follow on building, so that their option is a multiple of 8 bytes."""

    def octets(self, value: Any) -> bytes:
        data = super().octets(value)
        return data + bytes(-(len(data) + 2) % 8)


class CaptivePortal(NDOption, on={"nd option": 37}):
    """Where to sign in before the network lets packets through."""

    rfc = "RFC 8910 section 2.3"

    length = length()
    uri = FilledUp(
        "the address of the sign-in page",
        show=lambda data: data.rstrip(b"\0").decode("utf-8", "backslashreplace"),
        parse=str.encode,
        form="text",
    )

    def summary(self) -> str:
        return f"sign in at {self.uri}"
