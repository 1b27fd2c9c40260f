"""DHCP's options: what a host asks for and what it is told."""

from typing import Any

from netlab.counts import counted
from netlab.field import REST, Field
from netlab.header import Header
from netlab.lists import Many
from netlab.variable import Place, Variable, number_in
from netlab.wire.fields import bits, ipv4, many, tail, tail_text, u1, u8, u16, u32
from netlab.wire.names import Name

NAMES = {
    2: "time offset",
    4: "time server",
    5: "name server",
    7: "log server",
    13: "boot file size",
    17: "root path",
    31: "router discovery",
    33: "static route",
    43: "vendor's own",
    44: "NetBIOS name server",
    46: "NetBIOS node type",
    47: "NetBIOS scope",
    77: "user class",
    93: "client architecture",
    94: "network device interface",
    95: "LDAP",
    97: "machine identifier",
    100: "time zone (POSIX)",
    101: "time zone (tz)",
    108: "IPv6 only preferred",
    114: "captive portal",
    116: "auto-configuration",
    118: "subnet selection",
    119: "domain search",
    120: "SIP servers",
    124: "vendor-identifying class",
    125: "vendor-identifying information",
    150: "TFTP server addresses",
    252: "web proxy",
}
"""Options that are not declared below,
https://www.iana.org/assignments/bootp-dhcp-parameters."""

MESSAGES = {
    1: "DHCPDISCOVER",
    2: "DHCPOFFER",
    3: "DHCPREQUEST",
    4: "DHCPDECLINE",
    5: "DHCPACK",
    6: "DHCPNAK",
    7: "DHCPRELEASE",
    8: "DHCPINFORM",
    9: "DHCPFORCERENEW",
    10: "DHCPLEASEQUERY",
    11: "DHCPLEASEUNASSIGNED",
    12: "DHCPLEASEUNKNOWN",
    13: "DHCPLEASEACTIVE",
}


class OneByte(Header):
    """An option that is its number and no more."""

    rfc = "RFC 2132 section 2"

    code = u8("which option", itself="dhcp option", names=NAMES)


class Pad(OneByte, on={"dhcp option": 0}):
    """One byte that says nothing."""

    rfc = "RFC 2132 section 3.1"


class End(OneByte, on={"dhcp option": 255}):
    """The list of options ends here."""

    rfc = "RFC 2132 section 3.2"

    padding = tail("filling")


class DHCPOption(OneByte):
    """An option with a length."""

    length = u8("bytes after this field", measures=REST)

    def summary(self) -> str:
        values = [(field, getattr(self, field.name)) for field in self.fields[2:]]
        words = [field.meaning(v) or field.text(v) for field, v in values if v is not None]
        return f"{type(self).__name__} {' '.join(words)}".rstrip()


class UnknownDHCPOption(DHCPOption):
    """An option that netlab does not know."""

    data = tail("what the option says")

    def summary(self) -> str:
        return NAMES.get(self.code, f"option {self.code}")


class SubnetMask(DHCPOption, on={"dhcp option": 1}):
    """Which bits of an address name the network."""

    rfc = "RFC 2132 section 3.3"

    subnet_mask = ipv4("ones for the network, zeros for the host")


def addresses(about: str) -> Many:
    """IPv4 addresses to the end of the option."""
    return many(ipv4("its address"), about, each="address")


class Router(DHCPOption, on={"dhcp option": 3}):
    """The way out of the network."""

    rfc = "RFC 2132 section 3.5"

    routers = addresses("routers, the preferred one first")


class DNSServers(DHCPOption, on={"dhcp option": 6}):
    """Whom to ask about names."""

    rfc = "RFC 2132 section 3.8"

    servers = addresses("name servers, the preferred one first")


class HostName(DHCPOption, on={"dhcp option": 12}):
    """The client's name."""

    rfc = "RFC 2132 section 3.14"

    host_name = tail_text("the name, with or without the domain")


class DomainName(DHCPOption, on={"dhcp option": 15}):
    """The domain in which short names are looked up."""

    rfc = "RFC 2132 section 3.17"

    domain_name = tail_text("the domain")


class InterfaceMTU(DHCPOption, on={"dhcp option": 26}):
    """The largest packet that the network takes."""

    rfc = "RFC 2132 section 5.1"

    mtu = u16("bytes, at least 68", default=1500)


class BroadcastAddress(DHCPOption, on={"dhcp option": 28}):
    """The address that reaches all in the network."""

    rfc = "RFC 2132 section 5.3"

    address = ipv4("the address")


class NTPServers(DHCPOption, on={"dhcp option": 42}):
    """Whom to ask for the time."""

    rfc = "RFC 2132 section 8.3"

    servers = addresses("time servers, the preferred one first")


class RequestedAddress(DHCPOption, on={"dhcp option": 50}):
    """The address that the client would like to have."""

    rfc = "RFC 2132 section 9.1"

    address = ipv4("the address")


class LeaseTime(DHCPOption, on={"dhcp option": 51}):
    """How long the address is lent."""

    rfc = "RFC 2132 section 9.2"

    seconds = u32("the time", default=3600, names={0xFFFFFFFF: "for ever"})


class Overload(DHCPOption, on={"dhcp option": 52}):
    """There are more options, in fields that are not needed."""

    rfc = "RFC 2132 section 9.3"

    overload = u8("which fields", default=1, names={1: "file", 2: "sname", 3: "file and sname"})


class MessageType(DHCPOption, on={"dhcp option": 53}):
    """What kind of message this is."""

    rfc = "RFC 2132 section 9.6"

    type = u8("the kind of message", default=1, names=MESSAGES)

    def summary(self) -> str:
        return MESSAGES.get(self.type, f"message {self.type}")


class ServerIdentifier(DHCPOption, on={"dhcp option": 54}):
    """Which server speaks, or is spoken to."""

    rfc = "RFC 2132 section 9.7"

    address = ipv4("the server's address")


class ParameterRequestList(DHCPOption, on={"dhcp option": 55}):
    """What the client wants to be told."""

    rfc = "RFC 2132 section 9.8"

    codes = many(u8("an option", itself="dhcp option", names=NAMES), "the options asked for")


class Message(DHCPOption, on={"dhcp option": 56}):
    """Why a request was refused, in words."""

    rfc = "RFC 2132 section 9.9"

    message = tail_text("the words")


class MaximumMessageSize(DHCPOption, on={"dhcp option": 57}):
    """The longest message that the sender takes."""

    rfc = "RFC 2132 section 9.10"

    size_limit = u16("bytes, at least 576", default=576)


class RenewalTime(DHCPOption, on={"dhcp option": 58}):
    """When the client asks its server to lend the address for longer: T1."""

    rfc = "RFC 2132 section 9.11"

    seconds = u32("seconds after the address was lent")


class RebindingTime(DHCPOption, on={"dhcp option": 59}):
    """When the client asks any server to lend the address for longer: T2."""

    rfc = "RFC 2132 section 9.12"

    seconds = u32("seconds after the address was lent")


class VendorClass(DHCPOption, on={"dhcp option": 60}):
    """What the client is: its maker, model or program."""

    rfc = "RFC 2132 section 9.13"

    vendor_class = tail_text("a name that the maker chose")


class ClientIdentifier(DHCPOption, on={"dhcp option": 61}):
    """Who the client is; without this option its hardware address tells."""

    rfc = "RFC 2132 section 9.14"

    type = u8("what identifies it", default=1, names={0: "a text", 1: "Ethernet", 255: "DUID"})
    identifier = tail("such as the hardware address")


class TFTPServerName(DHCPOption, on={"dhcp option": 66}):
    """The server that has the file to start from, where `sname` is overloaded."""

    rfc = "RFC 2132 section 9.4"

    name = tail_text("the server's name")


class BootfileName(DHCPOption, on={"dhcp option": 67}):
    """The file to start from, where `file` is overloaded."""

    rfc = "RFC 2132 section 9.5"

    name = tail_text("the file's name")


class ClientFQDNOption(DHCPOption):
    """The client's whole name, and who puts it into the DNS."""

    rfc = "RFC 4702 section 2"

    mbz = bits(4, "zero, kept for later use")
    n = u1("whether the server shall leave the DNS alone")
    e = u1("whether the name is written as in DNS messages, rather than as text")
    o = u1("whether the server does otherwise than the client asked")
    s = u1("whether the server shall put the name's address into the DNS")
    rcode1 = u8("no longer used")
    rcode2 = u8("no longer used")

    def summary(self) -> str:
        return f"ClientFQDN {self.domain_name}"  # type: ignore[attr-defined]


class ClientFQDN(ClientFQDNOption, on={"dhcp option": 81}):
    """The client's whole name, as in DNS messages, and who puts it into the DNS."""

    domain_name = Name("the name, perhaps without the domain", open_end=True)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The flag E tells how the name is written."""
        return cls if data[start + 2 : start + 3] > b"" and data[start + 2] & 4 else ClientFQDNText


class ClientFQDNText(ClientFQDNOption):
    """The client's whole name, as text, and who puts it into the DNS."""

    numbers = ClientFQDN.numbers
    domain_name = tail_text("the name")


class RelayAgentInformation(DHCPOption, on={"dhcp option": 82}):
    """What the relay knows of where the client is; the server sends it back."""

    rfc = "RFC 3046 section 2"

    data = tail("the relay's own options")


class Destination(Variable):
    """The bytes of a network's address that count: as many as its prefix length needs."""

    def __init__(self, about: str, **more: Any) -> None:
        form = "the first bytes of an address, such as '192.0.2'"
        super().__init__(about, show=_dotted, parse=_undotted, form=form, **more)

    def stated(self, header: Header, places: list[Place]) -> tuple[str, int]:
        bits = number_in(header, places, getattr(type(header), self.length))
        return f"{self.length} {bits} means {counted((bits + 7) // 8, 'byte')}", (bits + 7) // 8

    def told(self, value: Any, data: bytes, fields: dict[str, Field]) -> dict[str, int]:
        return {self.length: len(data) * 8}


def _dotted(octets: bytes) -> str:
    return ".".join(map(str, octets))


def _undotted(text: str) -> bytes:
    return bytes(int(number) for number in text.split(".")) if text else b""


class Route(Header):
    """A network and the router that leads to it."""

    rfc = "RFC 3442"

    prefix_length = u8("bits of the address that name the network")
    destination = Destination("the network, as many bytes as needed", length="prefix_length")
    router = ipv4("the router")

    def summary(self) -> str:
        network = ".".join([*filter(None, self.destination.split(".")), "0", "0", "0", "0"][:4])
        return f"{network}/{self.prefix_length} via {self.router}"


class ClasslessStaticRoutes(DHCPOption, on={"dhcp option": (121, 249)}):
    """Ways into other networks."""

    rfc = "RFC 3442"

    routes = many(Route, "networks and the routers that lead there")
