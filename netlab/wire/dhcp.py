"""The Dynamic Host Configuration Protocol: how a host gets its address, for a while."""

from collections.abc import Iterator

from netlab.header import Fault, Header, view
from netlab.lists import Malformed, Options
from netlab.wire.dhcp_options import End, MessageType, Overload, UnknownDHCPOption
from netlab.wire.fields import ipv4, mac, octets, tail, text, u8, u16, u32

MAGIC_COOKIE = 0x63825363
"""99, 130, 83, 99: what follows are options (RFC 2131 section 3)."""


def options(about: str) -> Options:
    """A list of options to the end of the header."""
    return Options(about, "dhcp option", UnknownDHCPOption)


class BOOTP(Header):
    """The Bootstrap Protocol, from which DHCP has its header."""

    rfc = "RFC 2131 section 2"

    op = u8("who speaks to whom", default=1, names={1: "client to server", 2: "server to client"})
    htype = u8("the kind of hardware address", default=1, names={1: "Ethernet"})
    hlen = u8("bytes in the hardware address", default=6)
    hops = u8("relays on the way that have passed the message on")
    xid = u32("transaction: the same in question and answer", hexadecimal=True)
    secs = u16("seconds since the client began to ask")
    flags = u16(
        "whether answers shall be broadcast, to a client that takes no unicast yet",
        names={0: "unicast", 0x8000: "broadcast"}, hexadecimal=True,
    )  # fmt: skip
    ciaddr = ipv4("the client's address, if it has one and answers under it")
    yiaddr = ipv4("your address: what the server gives to the client")
    siaddr = ipv4("the server to ask next, for a file to start from")
    giaddr = ipv4("the relay through which the message goes")
    chaddr = mac("the client's hardware address: the first 6 of 16 bytes")
    chaddr_padding = octets(10, "the other bytes, zero for Ethernet")
    sname = text(64, "the server's name, if it is told")
    file = text(128, "the file to start from, if there is one")

    def summary(self) -> str:
        words = [self.yiaddr, "for"] if self.op == 2 else ["from"]
        return " ".join(["BOOTP", *words, self.chaddr])


class PlainBOOTP(BOOTP):
    """A message from before DHCP: without its cookie, and so without its options."""

    rfc = "RFC 951 section 3"

    vend = tail("what the maker of the host made of it")


class DHCP(BOOTP, on={"udp port": (67, 68)}):
    """Dynamic Host Configuration Protocol: lends an address, and tells what else a host needs."""

    cookie = u32(
        "tells that options follow", default=MAGIC_COOKIE, names={MAGIC_COOKIE: "DHCP options"},
        hexadecimal=True,
    )  # fmt: skip
    options = options("what kind of message this is, and what it says")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """Without the cookie it is plain BOOTP."""
        cookie = data[start + BOOTP.size : min(start + cls.size, end)]
        return cls if MAGIC_COOKIE.to_bytes(4).startswith(cookie) else PlainBOOTP

    @property
    def all_options(self) -> tuple[Header, ...]:
        """The options, with those that overload the fields `file` and `sname`: in this order they
        are to be read (RFC 2131 section 4.1)."""
        found: tuple[Header, ...] = self.options
        overload = next((o.overload for o in found if isinstance(o, Overload)), 0) or 0
        for bit, name in ((1, "file"), (2, "sname")):
            if overload & bit:
                start, bits = getattr(type(self), name).extent(self)
                first, last = start // 8, (start + bits) // 8
                found += view(Overloaded, self._data, first, last, self).options  # type: ignore[attr-defined]
        return found

    @property
    def message(self) -> str:
        """The kind of message, such as "DHCPDISCOVER"; "" when it says none."""
        kinds = (o for o in self.options if isinstance(o, MessageType))
        return next((kind.summary() for kind in kinds), "")

    def summary(self) -> str:
        return super().summary().replace("BOOTP", self.message or "BOOTP", 1)

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        found = self.options
        if not any(isinstance(option, End | Malformed) for option in found[-1:]):
            yield Fault("options", self.payload_start, "the option that ends the list is missing")


class Overloaded(Header):
    """A field that holds options because there was no room for them elsewhere."""

    rfc = "RFC 2131 section 4.1"

    options = options("more options")
