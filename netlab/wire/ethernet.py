"""The link layer: Ethernet frames, VLAN tags, 802.3 with LLC and SNAP."""

from netlab.field import PAYLOAD, Field
from netlab.header import Header
from netlab.wire.fields import bits, mac, octets, u1, u8, u16

LOWEST_ETHERTYPE = 0x0600
"""A smaller number in the type field is the length of an 802.3 frame (IEEE 802.3 clause 3.2.6)."""

ETHERTYPES = {
    0x0842: "Wake-on-LAN",
    0x8847: "MPLS",
    0x8863: "PPPoE discovery",
    0x8864: "PPPoE session",
    0x888E: "802.1X",
    0x88B5: "local experiment",
    0x88CC: "LLDP",
    0x88F7: "PTP",
}

ADDRESSES = {"ff:ff:ff:ff:ff:ff": "everybody on this network"}


def ethertype() -> Field:
    """The field that says what the frame carries; 0x88b5 is set aside for experiments."""
    about = "which protocol the payload belongs to"
    return u16(about, selects="ethertype", default=0x88B5, names=ETHERTYPES, hexadecimal=True)


class Ethernet(Header, on={"link": "ethernet", "ip protocol": 143}):
    """Ethernet II: carries a packet to the next machine on the same network."""

    layer = "link"
    rfc = "RFC 894"

    dst = mac("the hardware address that the frame is for", names=ADDRESSES)
    src = mac("the hardware address that sent the frame")
    ethertype = ethertype()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """An 802.3 frame has a length where Ethernet II has a type."""
        short = end - start >= cls.size and data[start + 12] < LOWEST_ETHERTYPE >> 8
        return Ethernet8023 if short else cls

    def summary(self) -> str:
        return f"{self.src} → {self.dst}"


class Ethernet8023(Header):
    """IEEE 802.3: a frame that states its length; LLC says what it carries."""

    layer = "link"
    rfc = "IEEE 802.3 clause 3.2"

    dst = mac("the hardware address that the frame is for", names=ADDRESSES)
    src = mac("the hardware address that sent the frame")
    length = u16("bytes in the payload; what follows is padding", measures=PAYLOAD)

    def next_class(self) -> type[Header]:
        return LLC

    def summary(self) -> str:
        return f"{self.src} → {self.dst}"


class VLAN(Header, on={"ethertype": (0x8100, 0x88A8, 0x9100)}):
    """802.1Q tag: which virtual network the frame belongs to."""

    layer = "link"
    rfc = "IEEE 802.1Q clause 9.6"

    priority = bits(3, "how urgent the frame is, 0 to 7; 1 is the lowest, 0 the default")
    drop_eligible = u1("whether to drop this frame first when there is no room")
    vlan_id = bits(12, "which virtual network; 0 means none, only a priority")
    ethertype = ethertype()

    def next_class(self) -> type[Header] | None:
        return LLC if self.ethertype < LOWEST_ETHERTYPE else super().next_class()

    def summary(self) -> str:
        return f"VLAN {self.vlan_id}"


SAPS = {0x00: "null", 0x42: "spanning tree", 0xAA: "SNAP", 0xE0: "NetWare", 0xFE: "ISO OSI"}


class LLC(Header):
    """Logical link control: what an 802.3 frame carries."""

    layer = "link"
    rfc = "IEEE 802.2 clause 3"

    dsap = u8("which service is to get the payload", names=SAPS, hexadecimal=True)
    ssap = u8("which service sent the payload", names=SAPS, hexadecimal=True)
    control = u8("the kind of frame; 3 is plain data", default=3, names={3: "unnumbered data"})

    def next_class(self) -> type[Header] | None:
        return SNAP if (self.dsap, self.ssap, self.control) == (0xAA, 0xAA, 3) else None

    def summary(self) -> str:
        return f"LLC {SAPS.get(self.dsap, hex(self.dsap))}"


class SNAP(Header):
    """Subnetwork access protocol: an EtherType inside an 802.3 frame."""

    layer = "link"
    rfc = "RFC 1042"

    oui = octets(3, "the organisation that assigned the type; zero: it is an EtherType")
    ethertype = ethertype()

    def next_class(self) -> type[Header] | None:
        return super().next_class() if self.oui == bytes(3) else None
