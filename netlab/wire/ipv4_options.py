"""The options of the IPv4 header."""

from collections.abc import Iterator

from netlab.field import HEADER, Field
from netlab.header import Fault, Header
from netlab.wire.fields import ipv4, many, tail, u4, u8, u16, u32


def length() -> Field:
    """The length of an option."""
    return u8("bytes in the option", measures=HEADER)


class IPv4Option(Header):
    """An option of the IPv4 header."""

    layer = "internet"
    rfc = "RFC 791 section 3.1"

    kind = u8(
        "which option; its first bit: all fragments shall have it", itself="ipv4 option",
        means=lambda header: type(header).__name__,
    )  # fmt: skip


class UnknownIPv4Option(IPv4Option):
    """An option that netlab does not know."""

    length = length()
    data = tail("what the option says")

    def summary(self) -> str:
        return f"option {self.kind}"


class EndOfOptions(IPv4Option, on={"ipv4 option": 0}):
    """The list of options ends here."""

    padding = tail("filling up to the next 32-bit boundary")


class NoOperation(IPv4Option, on={"ipv4 option": 1}):
    """One byte that says nothing, to align what follows."""


class Route(IPv4Option):
    """Addresses of routers."""

    length = length()
    pointer = u8("where the next address goes, counted from 1", default=4)
    route = many(ipv4("a router's address"), "the routers, and room for more", each="address")

    @property
    def to_go(self) -> tuple[str, ...]:
        """The addresses from the pointer on."""
        return self.route[max(0, self.pointer - 4) // 4 :]  # type: ignore[no-any-return]

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.pointer < 4 or self.pointer % 4:
            yield self.fault(
                "pointer", f"{self.pointer} is no multiple of 4: no address begins there"
            )

    def summary(self) -> str:
        return f"{type(self).__name__} {type(self).route.text(self.route)}"


class RecordRoute(Route, on={"ipv4 option": 7}):
    """Each router on the way writes down its address."""


class SourceRoute(Route):
    """Addresses that the packet must pass; the last one is its destination."""


class LooseSourceRoute(SourceRoute, on={"ipv4 option": 131}):
    """Routers that the packet must pass, with others between them."""


class StrictSourceRoute(SourceRoute, on={"ipv4 option": 137}):
    """The routers that the packet must pass, and no others."""


FORMS = {0: "times only", 1: "addresses and times", 3: "times, at the addresses given"}


class AddressAndTime(Header):
    """A router and when it had the packet."""

    layer = "internet"
    rfc = "RFC 791 section 3.1"

    address = ipv4("the router's address")
    time = u32("milliseconds since midnight UT")

    def summary(self) -> str:
        return f"{self.address} at {self.time}"


class AddressTimestamps(IPv4Option, on={"ipv4 option": 68}):
    """Each router on the way writes down its address and the time."""

    length = length()
    pointer = u8("where the next entry goes, counted from 1", default=5)
    overflow = u4("routers that found no room")
    flag = u4("what routers write down", names=FORMS, default=1)
    entries = many(AddressAndTime, "the routers and times, and room for more")

    def summary(self) -> str:
        return f"timestamps {type(self).entries.text(self.entries)}"


class Timestamp(IPv4Option, on={"ipv4 option": 68}):
    """Each router on the way writes down the time."""

    length = length()
    pointer = u8("where the next timestamp goes, counted from 1", default=5)
    overflow = u4("routers that found no room")
    flag = u4("what routers write down", names=FORMS)
    timestamps = many(u32("milliseconds since midnight UT"), "the times, and room for more")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """The flag tells what is written down."""
        times_only = end - start < cls.size or data[start + 3] & 15 not in (1, 3)
        return cls if times_only else AddressTimestamps

    def summary(self) -> str:
        return f"timestamps {type(self).timestamps.text(self.timestamps)}"


LEVELS = {0x3D: "top secret", 0x5A: "secret", 0x96: "confidential", 0xAB: "unclassified"}


class Security(IPv4Option, on={"ipv4 option": 130}):
    """How secret the packet is."""

    rfc = "RFC 1108 section 2.3"

    length = length()
    level = u8("the classification", names=LEVELS, hexadecimal=True)
    authorities = tail("whose rules hold, a bit for each")


class StreamIdentifier(IPv4Option, on={"ipv4 option": 136}):
    """Carries the SATNET stream identifier; no longer used."""

    rfc = "RFC 791 section 3.1"

    length = length()
    identifier = u16("which stream")


class RouterAlert(IPv4Option, on={"ipv4 option": 148}):
    """Asks each router on the way to look at the packet."""

    rfc = "RFC 2113"

    length = length()
    value = u16("0: every router shall examine the packet")
