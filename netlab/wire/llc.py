"""Logical link control, which says what an 802.3 frame carries."""

from netlab.field import NUMBERS, Field
from netlab.header import Header
from netlab.wire.ethertypes import ethertype
from netlab.wire.fields import bits, octets, u1, u8

SAPS = {
    0x00: "null",
    0x42: "spanning tree",
    0xAA: "SNAP",
    0xE0: "NetWare",
    0xF0: "NetBIOS",
    0xFE: "ISO OSI",
    0xFF: "everybody",
}

UNNUMBERED = {
    0x03: "UI, plain data",
    0x0F: "DM, disconnected",
    0x43: "DISC, disconnect",
    0x63: "UA, acknowledgement",
    0x6F: "SABME, connect",
    0x87: "FRMR, frame rejected",
    0xAF: "XID, exchange identification",
    0xE3: "TEST",
}
"""Kinds of unnumbered frames; 0x10, the poll or final bit, asks for an answer or is that answer."""

CONTROLS = {kind | bit: name for kind, name in UNNUMBERED.items() for bit in (0, 0x10)}


def sap(about: str) -> Field:
    """The number of a service of the link layer's user."""
    return u8(about, selects="llc sap", default=0xAA, names=SAPS, hexadecimal=True)


class LLC(Header):
    """Logical link control: what an 802.3 frame carries."""

    layer = "link"
    rfc = "IEEE 802.2 clause 3"

    dsap = sap("which service is to get the payload; bit 1: a group of them")
    ssap = sap("which service sent the payload; bit 1: as a response")
    control = u8("the kind of frame", default=3, names=CONTROLS, hexadecimal=True)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """The last bits of the control field tell its length.  NetWare once did without LLC; its
        frames open with two bytes 0xff."""
        if data[start : start + 2] == b"\xff\xff":
            return None
        if end - start < cls.size or data[start + 2] & 3 == 3:
            return cls
        return LLCSupervisory if data[start + 2] & 1 else LLCInformation

    def next_class(self) -> type[Header] | None:
        """By the service that is to get the payload; SNAP is named twice (RFC 1042)."""
        kind = NUMBERS["llc sap"].get(self.dsap) if self.control == 3 else None
        return None if kind is SNAP and self.ssap != self.dsap else kind

    def _announced(self, above: type[Header] | None) -> dict[str, int]:
        found = super()._announced(above)
        return {name: number for number in found.values() for name in ("dsap", "ssap")}

    def summary(self) -> str:
        return f"LLC {SAPS.get(self.dsap, hex(self.dsap))}"


class LLCInformation(Header):
    """Logical link control of a connection: numbered data."""

    layer = "link"
    rfc = "IEEE 802.2 clause 5.4"

    dsap = sap("which service is to get the payload")
    ssap = sap("which service sent the payload")
    send_sequence = bits(7, "number of this frame")
    information = u1("0 marks numbered data")
    receive_sequence = bits(7, "number of the frame that the sender expects next")
    poll_final = u1("asks for an answer at once, or is that answer")

    def summary(self) -> str:
        return f"LLC frame {self.send_sequence}, expects {self.receive_sequence}"


class LLCSupervisory(Header):
    """Logical link control of a connection: an acknowledgement."""

    layer = "link"
    rfc = "IEEE 802.2 clause 5.4"

    dsap = sap("which service is to get the payload")
    ssap = sap("which service sent the payload")
    reserved = bits(4, "zero")
    function = bits(
        2, "ready for more or not", names={0: "receive ready", 1: "receive not ready", 2: "reject"}
    )
    supervisory = bits(2, "1 marks an acknowledgement", default=1)
    receive_sequence = bits(7, "number of the frame that the sender expects next")
    poll_final = u1("asks for an answer at once, or is that answer")

    def summary(self) -> str:
        function = type(self).function.meaning(self.function)
        return f"LLC {function}, expects {self.receive_sequence}"


class SNAP(Header, on={"llc sap": 0xAA}):
    """Subnetwork access protocol: an EtherType inside an 802.3 frame."""

    layer = "link"
    is_body = True
    rfc = "RFC 1042"

    oui = octets(3, "the organisation that assigned the type; zero: it is an EtherType")
    ethertype = ethertype()

    def next_class(self) -> type[Header] | None:
        return super().next_class() if self.oui == bytes(3) else None
