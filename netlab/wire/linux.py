"""Linux's "cooked" headers: what a capture on all interfaces at once has instead of frames' own."""

from collections.abc import Callable

from netlab.field import NUMBERS, Field
from netlab.header import Header
from netlab.wire.ethertypes import ETHERTYPES
from netlab.wire.fields import mac, octets, u8, u16, u32
from netlab.wire.llc import LLC

PACKET_TYPES = {
    0: "sent to this machine",
    1: "broadcast",
    2: "multicast",
    3: "sent to somebody else",
    4: "sent by this machine",
}

HARDWARE = {
    1: "Ethernet",
    512: "PPP",
    768: "IPv4 in IPv4",
    772: "loopback",
    776: "IPv6 in IPv4",
    778: "GRE in IPv4",
    801: "802.11",
    802: "802.11 with Prism header",
    803: "802.11 with radiotap header",
    823: "GRE in IPv6",
    824: "netlink",
    65534: "none",
}
"""Linux's ARPHRD numbers, include/uapi/linux/if_arp.h."""

NO_ETHERTYPE = {801, 802, 803, 824}
"""Kinds of interface whose packets have something else in the place of the EtherType."""

LLC_FOLLOWS = 0x0004

PROTOCOLS = ETHERTYPES | {
    0x0001: "802.3 without LLC",
    0x0003: "every protocol",
    LLC_FOLLOWS: "802.3 with LLC",
    0x000C: "CAN",
}
"""What stands in place of an EtherType, include/uapi/linux/if_ether.h."""


def packet_type(number: Callable[..., Field]) -> Field:
    """Whom the packet is for; a number as wide as the version has it, as in all these."""
    return number("whom the packet is for", names=PACKET_TYPES)


def arphrd_type() -> Field:
    """The kind of interface."""
    return u16("the kind of interface", default=1, names=HARDWARE)


def address_length(number: Callable[..., Field], default: int) -> Field:
    """The length of the address: there is room for 8 bytes."""
    return number("bytes in the sender's hardware address", default=default)


def address() -> Field:
    """An address that is not Ethernet's."""
    return octets(8, "the first 8 bytes of the sender's hardware address, or zeros")


def unused() -> Field:
    """What Ethernet's address leaves over."""
    return octets(2, "room for longer addresses")


def protocol_type() -> Field:
    """The field that says what follows."""
    return u16(
        "which protocol the payload belongs to", selects="ethertype", default=0x0003,
        names=PROTOCOLS, hexadecimal=True,
    )  # fmt: skip


class Cooked(Header):
    """A header that Linux makes up where the interfaces have different ones."""

    layer = "link"

    def next_class(self) -> type[Header] | None:
        if self.arphrd_type in NO_ETHERTYPE:  # type: ignore[attr-defined]
            return None
        number = self.protocol_type  # type: ignore[attr-defined]
        return LLC if number == LLC_FOLLOWS else NUMBERS["ethertype"].get(number)

    def summary(self) -> str:
        number = self.packet_type  # type: ignore[attr-defined]
        return PACKET_TYPES.get(number, f"packet type {number}")


class OtherSLL(Cooked, on={"link": "sll"}):
    """Linux cooked capture, version 1, of a sender whose address is not Ethernet's."""

    rfc = "tcpdump.org LINKTYPE_LINUX_SLL"

    packet_type = packet_type(u16)
    arphrd_type = arphrd_type()
    address_length = address_length(u16, 0)
    address = address()
    protocol_type = protocol_type()


class SLL(Cooked, on={"link": "sll"}):
    """Linux cooked capture, version 1: what all kinds of interface can tell about a packet."""

    rfc = "tcpdump.org LINKTYPE_LINUX_SLL"

    packet_type = packet_type(u16)
    arphrd_type = arphrd_type()
    address_length = address_length(u16, 6)
    address = mac("the hardware address that sent the packet")
    unused = unused()
    protocol_type = protocol_type()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The length of the address tells what it is."""
        return cls if data[start + 4 : start + 6] in (b"\0\6", b"") else OtherSLL


class OtherSLL2(Cooked, on={"link": "sll2"}):
    """Linux cooked capture, version 2, of a sender whose address is not Ethernet's."""

    rfc = "tcpdump.org LINKTYPE_LINUX_SLL2"

    protocol_type = protocol_type()
    reserved = octets(2, "zero")
    interface_index = u32("which interface of the machine")
    arphrd_type = arphrd_type()
    packet_type = packet_type(u8)
    address_length = address_length(u8, 0)
    address = address()


class SLL2(Cooked, on={"link": "sll2"}):
    """Linux cooked capture, version 2: what all kinds of interface can tell about a packet."""

    rfc = "tcpdump.org LINKTYPE_LINUX_SLL2"

    protocol_type = protocol_type()
    reserved = octets(2, "zero")
    interface_index = u32("which interface of the machine")
    arphrd_type = arphrd_type()
    packet_type = packet_type(u8)
    address_length = address_length(u8, 6)
    address = mac("the hardware address that sent the packet")
    unused = unused()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The length of the address tells what it is."""
        return cls if data[start + 11 : start + 12] in (b"\6", b"") else OtherSLL2
