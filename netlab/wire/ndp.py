"""Neighbour Discovery: how IPv6 finds hardware addresses and routers, by ICMPv6 messages."""

from netlab.header import Header
from netlab.lists import Options
from netlab.wire.fields import bits, ipv6, octets, u1, u8, u16, u32
from netlab.wire.ndp_options import PREFERENCES, TargetLinkLayerAddress, UnknownNDOption


def nd_options() -> Options:
    """The options that all messages of neighbour discovery may end with."""
    return Options("more about sender, target or network", "nd option", UnknownNDOption)


class RouterSolicitation(Header, on={"icmpv6 type": 133}):
    """A host asks routers to advertise themselves at once."""

    layer = "internet"
    is_body = True
    rfc = "RFC 4861 section 4.1"

    reserved = octets(4, "zero")
    options = nd_options()


class RouterAdvertisement(Header, on={"icmpv6 type": 134}):
    """A router tells of itself and of the network."""

    layer = "internet"
    is_body = True
    rfc = "RFC 4861 section 4.2"

    hop_limit = u8("what hosts shall put into that field; 0: nothing said", default=64)
    managed = u1("addresses are to be had by DHCPv6")
    other = u1("other settings are to be had by DHCPv6")
    home_agent = u1("the router is a home agent", source="RFC 6275 section 7.1")
    preference = bits(
        2, "this router rather than others", names=PREFERENCES, source="RFC 4191 section 2.2"
    )
    proxy = u1("the advertisement was passed on", source="RFC 4389 section 4.1.3")
    reserved = bits(2, "zero")
    router_lifetime = u16("seconds for which the router is a default router; 0: it is none")
    reachable_time = u32("milliseconds for which a neighbour counts as reachable; 0: nothing said")
    retransmission_timer = u32("milliseconds between solicitations; 0: nothing said")
    options = nd_options()

    def summary(self) -> str:
        return f"router advertisement: {type(self).options.text(self.options)}"


class NeighbourSolicitation(Header, on={"icmpv6 type": 135}):
    """Who on this network has that address?"""

    layer = "internet"
    is_body = True
    rfc = "RFC 4861 section 4.3"

    reserved = octets(4, "zero")
    target = ipv6("the address asked for")
    options = nd_options()

    def summary(self) -> str:
        return f"who has {self.target}?"


class NeighbourAdvertisement(Header, on={"icmpv6 type": 136}):
    """That address is mine."""

    layer = "internet"
    is_body = True
    rfc = "RFC 4861 section 4.4"

    router = u1("the sender is a router")
    solicited = u1("the answer to a solicitation")
    override = u1("replaces what is known of the address")
    reserved = bits(29, "zero")
    target = ipv6("the address that was asked for, or that has a new hardware address")
    options = nd_options()

    def summary(self) -> str:
        found = (o.address for o in self.options if isinstance(o, TargetLinkLayerAddress))
        return f"{self.target} is at {next(found, 'the address of the frame')}"


class Redirect(Header, on={"icmpv6 type": 137}):
    """There is a shorter way to that destination."""

    layer = "internet"
    is_body = True
    rfc = "RFC 4861 section 4.5"

    reserved = octets(4, "zero")
    target = ipv6("the neighbour to use from now on")
    destination = ipv6("the destination that it leads to")
    options = nd_options()

    def summary(self) -> str:
        return f"use {self.target} for {self.destination}"
