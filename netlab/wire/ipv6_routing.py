"""IPv6's routing headers: nodes that a packet shall visit on its way."""

from collections.abc import Iterator
from ipaddress import IPv6Address

from netlab.field import NUMBERS
from netlab.header import Fault, Header
from netlab.wire.fields import bits, ipv6, many, octets, tail, u4, u8
from netlab.wire.ipv6 import Extension, IPv6, extension_length, next_header


class Routing(Extension, on={"ip protocol": 43}):
    """Routing header: nodes that the packet shall visit."""

    rfc = "RFC 8200 section 4.4"

    next_header = next_header()
    length = extension_length()
    routing_type = u8(
        "the kind of routing",
        itself="ipv6 routing",
        names={0: "source route (deprecated by RFC 5095)", 2: "mobile IPv6", 3: "RPL source route",
               4: "segment routing"},
    )  # fmt: skip
    segments_left = u8("nodes still to be visited")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """Each kind of routing has a form of its own."""
        known = NUMBERS["ipv6 routing"].get(data[start + 2]) if end - start > 2 else None
        return known if known and end - start >= known.size else UnknownRouting

    @property
    def route(self) -> tuple[str, ...]:
        """The addresses that the header holds in full, the destination's last."""
        return ()

    @property
    def final(self) -> str | None:
        """The address at which the packet's journey ends, if the header tells."""
        return self.route[-1] if self.route else None

    def stands_for(self) -> dict[str, str | None]:
        """The final destination stands for the next one (RFC 8200 section 8.1)."""
        return {"dst": self.final} if self.segments_left else {}

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.route and self.segments_left > len(self.route):
            text = f"{self.segments_left} nodes are left, but {len(self.route)} are named"
            yield self.fault("segments_left", text)


class UnknownRouting(Routing):
    """Routing of a kind that netlab does not know."""

    data = tail("what this kind of routing needs")


class SourceRoute(Routing, on={"ipv6 routing": 0}):
    """Routing header of type 0: nodes that the packet shall visit, one after the other."""

    rfc = "RFC 2460 section 4.4"

    reserved = octets(4, "zero")
    addresses = many(ipv6("a node to visit"), "the nodes", each="address")

    @property
    def route(self) -> tuple[str, ...]:
        return self.addresses  # type: ignore[no-any-return]


class MobileRouting(Routing, on={"ipv6 routing": 2}):
    """Routing header of type 2: to a host that is away from home."""

    rfc = "RFC 6275 section 6.4"

    reserved = octets(4, "zero")
    home_address = ipv6("the address that the host has at home")

    @property
    def route(self) -> tuple[str, ...]:
        return (self.home_address,)


class RPLRouting(Routing, on={"ipv6 routing": 3}):
    """Routing header of type 3: nodes of a network of sensors, addresses shortened."""

    rfc = "RFC 6554 section 3"

    shortened = u4("bytes left out of each address but the last: those that all share")
    last_shortened = u4("bytes left out of the last address")
    pad = u4("bytes of filling at the end")
    reserved = bits(20, "zero")
    addresses = tail("the nodes, each without the bytes that it shares with the destination")

    @property
    def final(self) -> str | None:
        lower = self.below
        while isinstance(lower, Extension):
            lower = lower.below
        shared, own = self.last_shortened, 16 - self.last_shortened
        data = self.addresses[: len(self.addresses) - self.pad][-own:]
        if not isinstance(lower, IPv6) or len(data) < own:
            return None
        return str(IPv6Address(IPv6Address(lower.dst).packed[:shared] + data))


class SegmentRouting(Routing, on={"ipv6 routing": 4}):
    """Routing header of type 4: nodes that the packet shall visit, the last one first."""

    rfc = "RFC 8754 section 2"

    last_entry = u8("number of the last segment, counted from 0", unit=16, less=16)
    flags = u8("none defined", hexadecimal=True)
    tag = octets(2, "marks packets of one kind")
    segments = many(
        ipv6("a node to visit"), "the nodes, the last one to visit first", length="last_entry"
    )
    tlvs = tail("more for the nodes")

    @property
    def route(self) -> tuple[str, ...]:
        return tuple(reversed(self.segments))
