"""What routers append to an ICMP error behind the packet that it quotes."""

from netlab.checksum import Checksum
from netlab.field import HEADER
from netlab.header import Header
from netlab.lists import Options
from netlab.wire.fields import bits, many, tail, u8, u16
from netlab.wire.mpls import MPLS


class ICMPObject(Header):
    """Something that a router has to say about the error."""

    layer = "internet"
    rfc = "RFC 4884 section 8"

    length = u16("bytes in the object", measures=HEADER)
    object_class = u8("what the object is about", itself="icmp object")
    c_type = u8("which form of it", default=1)


class UnknownICMPObject(ICMPObject):
    """An object that netlab does not know."""

    data = tail("what the object says")

    def summary(self) -> str:
        return f"object of class {self.object_class}"


class MPLSLabels(ICMPObject, on={"icmp object": 1}):
    """The label stack with which the packet came to the router."""

    rfc = "RFC 4950 section 3"

    labels = many(MPLS, "outermost first")

    def summary(self) -> str:
        return type(self).labels.text(self.labels)


class ICMPExtensions(Header):
    """What a router says about the error besides the packet that it quotes."""

    layer = "internet"
    rfc = "RFC 4884 section 7"
    appended = True

    version = bits(4, "the version of this structure: 2", default=2)
    reserved = bits(12, "zero")
    checksum = u16("ones' complement sum over all extensions; 0 when left out",
                   computed=Checksum(), hexadecimal=True)  # fmt: skip
    objects = Options("one after the other", "icmp object", UnknownICMPObject)

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if self.checksum == 0:
            return None, "the sender left the checksum out"
        return super().checksum_verdict()

    def summary(self) -> str:
        return type(self).objects.text(self.objects)
