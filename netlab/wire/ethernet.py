"""The link layer: Ethernet frames, VLAN tags, 802.3 frames."""

from collections.abc import Iterator

from netlab.field import PAYLOAD, Field
from netlab.header import Fault, Header
from netlab.wire.ethertypes import ethertype, is_length, neither
from netlab.wire.fields import bits, mac, u1, u16
from netlab.wire.llc import LLC

ADDRESSES = {"ff:ff:ff:ff:ff:ff": "everybody on this network"}


class Measured(Header):
    """A header that states the frame's length: LLC says what the frame carries."""

    layer = "link"
    length: Field

    @property
    def stated_end(self) -> int:
        """A length of 0 is one, too."""
        return self.payload_start + int(self.length)  # type: ignore[call-overload]

    def next_class(self) -> type[Header]:
        return LLC


class Ethernet8023(Measured, on={"link": "ethernet"}):
    """IEEE 802.3: a frame that states its length; LLC says what it carries."""

    rfc = "IEEE 802.3 clause 3.2"

    dst = mac("the hardware address that the frame is for", names=ADDRESSES)
    src = mac("the hardware address that sent the frame")
    length = u16("bytes in the payload; what follows is padding", measures=PAYLOAD)

    def summary(self) -> str:
        return f"{self.src} → {self.dst}"


class Ethernet(Header, on={"link": "ethernet", "ip protocol": 143, "ethertype": 0x6558}):
    """Ethernet II: carries a packet to the next machine on the same network."""

    layer = "link"
    rfc = "RFC 894"

    dst = mac("the hardware address that the frame is for", names=ADDRESSES)
    src = mac("the hardware address that sent the frame")
    ethertype = ethertype()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """An 802.3 frame has a length where Ethernet II has a type.  A length of 0 would leave no
        room for LLC: frames with that number do carry data, whose type was not to be told."""
        known = (
            end - start >= cls.size
            and is_length(data, start + 12)
            and any(data[start + 12 : start + 14])
        )
        return Ethernet8023 if known else cls

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if text := neither(self.ethertype):
            yield self.fault("ethertype", text)

    def summary(self) -> str:
        return f"{self.src} → {self.dst}"


def tag() -> tuple[Field, Field, Field]:
    """Priority, drop eligibility and identifier of a virtual network."""
    return (
        bits(3, "how urgent the frame is, 0 to 7; 1 is the lowest, 0 the default"),
        u1("whether to drop this frame first when there is no room"),
        bits(12, "which virtual network", names={0: "none, only a priority", 0xFFF: "reserved"}),
    )


class VLAN(Header, on={"ethertype": (0x8100, 0x88A8, 0x9100)}):
    """802.1Q tag: which virtual network the frame belongs to."""

    layer = "link"
    rfc = "IEEE 802.1Q clause 9.6"

    priority, drop_eligible, vlan_id = tag()
    ethertype = ethertype()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """In a tagged 802.3 frame the length stands behind the tag."""
        return VLAN8023 if end - start >= cls.size and is_length(data, start + 2) else cls

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if text := neither(self.ethertype):
            yield self.fault("ethertype", text)

    def summary(self) -> str:
        return f"VLAN {self.vlan_id}"


class VLAN8023(Measured):
    """802.1Q tag in an 802.3 frame: the frame's length follows it."""

    rfc = "IEEE 802.1Q clause 9.6"

    priority, drop_eligible, vlan_id = tag()
    length = u16("bytes in the payload; what follows is padding", measures=PAYLOAD)

    def summary(self) -> str:
        return f"VLAN {self.vlan_id}"
