"""Headers that extend IPv6: options for routers or for the receiver, and fragments."""

from collections.abc import Iterator
from typing import Any

from netlab.counts import counted
from netlab.field import HEADER, Field
from netlab.header import Fault, Header
from netlab.lists import Options
from netlab.wire.fields import bits, ipv6, octets, tail, u1, u8, u16, u32
from netlab.wire.ipv6 import Extension, IPv6, extension_length, next_header

ACTIONS = {
    0: "skip it",
    1: "discard the packet",
    2: "discard the packet and report that",
    3: "discard the packet and report that, unless it is for a group",
}
"""What the first two bits of an option's number ask of a node that does not know it."""


def option_length() -> Field:
    """The length of an option."""
    return u8("bytes after this field", measures=HEADER, less=2)


class IPv6Option(Header):
    """An option for routers on the way or for the receiver."""

    layer = "internet"
    rfc = "RFC 8200 section 4.2"

    kind = u8(
        "which option; its first bits say what to do when it is unknown",
        itself="ipv6 option",
        hexadecimal=True,
        means=lambda header: f"if unknown: {ACTIONS[header.kind >> 6]}",
    )


class Pad1(IPv6Option, on={"ipv6 option": 0}):
    """One byte of filling."""


class UnknownIPv6Option(IPv6Option):
    """An option that netlab does not know."""

    length = option_length()
    data = tail("what the option says")

    def summary(self) -> str:
        return f"option {self.kind}"


class PadN(IPv6Option, on={"ipv6 option": 1}):
    """Two or more bytes of filling."""

    length = option_length()
    padding = tail("zeros")


class TunnelEncapsulationLimit(IPv6Option, on={"ipv6 option": 4}):
    """How many more tunnels the packet may be put into."""

    rfc = "RFC 2473 section 4.1.1"

    length = option_length()
    limit = u8("tunnels in this one, at most")


class RouterAlert6(IPv6Option, on={"ipv6 option": 5}):
    """Asks each router on the way to look at the packet."""

    rfc = "RFC 2711 section 2.1"

    length = option_length()
    value = u16(
        "why routers shall look",
        names={0: "multicast listener discovery", 1: "RSVP", 2: "active network"},
    )


class JumboPayload(IPv6Option, on={"ipv6 option": 0xC2}):
    """The payload's length where 16 bits do not hold it."""

    rfc = "RFC 2675 section 2"

    length = option_length()
    payload_length = u32("bytes after the IPv6 header")


class HomeAddress(IPv6Option, on={"ipv6 option": 0xC9}):
    """The address that a host away from home has there."""

    rfc = "RFC 6275 section 6.3"

    length = option_length()
    address = ipv6("the sender, as the receiver knows it")


class PaddedOptions(Options):
    """Options that are filled up on building, so that their header is a multiple of 8 bytes."""

    def octets(self, value: Any) -> bytes:
        data = super().octets(value)
        return data + bytes(-(len(data) + 2) % 8)


class HopByHop(Extension, on={"ip protocol": 0}):
    """Hop-by-hop options: for every router on the way."""

    rfc = "RFC 8200 section 4.3"

    next_header = next_header()
    length = extension_length()
    options = PaddedOptions("what routers are asked to do", "ipv6 option", UnknownIPv6Option)

    def _jumbo(self) -> JumboPayload | None:
        if not isinstance(self.below, IPv6):
            return None
        return next((option for option in self.options if isinstance(option, JumboPayload)), None)

    @property
    def jumbo_end(self) -> int | None:
        jumbo, below = self._jumbo(), self.below
        if jumbo is None or below is None or below.stated_end is not None:
            return None
        return below.payload_start + jumbo.payload_length  # type: ignore[no-any-return]

    def _missing_here(self) -> str:
        end = self.jumbo_end
        if end is None or end <= self._end:
            return ""
        return f"JumboPayload speaks of {counted(end - self._end, 'byte')} more than are there"

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        jumbo, end, below = self._jumbo(), self.jumbo_end, self.below
        if jumbo is None:
            if isinstance(below, IPv6) and below.payload_length == 0:
                text = "JumboPayload is not there although IPv6's own payload_length is 0"
                yield self.fault("options", text)
            return
        if end is None:
            text = "JumboPayload is there although IPv6's own payload_length is not 0"
            yield self.fault("options", text)
        elif jumbo.payload_length < 1 << 16:
            text = f"JumboPayload of {jumbo.payload_length} bytes would fit IPv6's payload_length"
            yield self.fault("options", text)
        elif end > self._end:
            more = counted(end - self._end, "byte")
            text = f"JumboPayload.payload_length is {more} more than are there"
            yield self.fault("options", text)


class DestinationOptions(Extension, on={"ip protocol": 60}):
    """Destination options: for the receiver."""

    rfc = "RFC 8200 section 4.6"

    next_header = next_header()
    length = extension_length()
    options = PaddedOptions("what the receiver is asked to do", "ipv6 option", UnknownIPv6Option)

    def stands_for(self) -> dict[str, str | None]:
        """The home address stands for the source (RFC 6275 section 9.3.1)."""
        found = next((option for option in self.options if isinstance(option, HomeAddress)), None)
        return {"src": found.address} if found else {}

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if sum(isinstance(option, HomeAddress) for option in self.options) > 1:
            text = "HomeAddress may stand here only once (RFC 6275 section 6.3)"
            yield self.fault("options", text)


class Fragment(Extension, on={"ip protocol": 44}):
    """Fragment header: this is a piece of a larger packet."""

    rfc = "RFC 8200 section 4.5"
    unless = "fragment_offset"

    next_header = next_header()
    reserved = octets(1, "zero")
    fragment_offset = bits(13, "where this piece belongs in the whole, in units of 8 bytes")
    reserved_bits = bits(2, "zero")
    more_fragments = u1("whether more pieces follow")
    identification = u32("the same in all fragments of a packet", hexadecimal=True)

    @property
    def partial(self) -> bool:
        """Whether this is a piece; a fragment that is the whole is allowed (RFC 6946)."""
        return bool(self.fragment_offset or self.more_fragments)

    def summary(self) -> str:
        first = self.fragment_offset * 8
        last = first + self.payload_end - self.payload_start - 1
        return f"fragment {self.identification:#010x}, bytes {first} to {last}"
