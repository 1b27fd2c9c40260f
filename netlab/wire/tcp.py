"""The Transmission Control Protocol's segments and their options."""

from collections.abc import Iterator
from enum import IntFlag

from netlab.checksum import Checksum
from netlab.counts import counted
from netlab.field import HEADER, Field
from netlab.header import Fault, Header
from netlab.lists import Options
from netlab.wire.fields import bits, many, octets, tail, u1, u4, u8, u16, u32
from netlab.wire.ports import SERVICES, by_port, excused, pseudo_header


class TCPOption(Header):
    """An option of the TCP header."""

    layer = "transport"
    rfc = "RFC 9293 section 3.2"

    kind = u8("which option", itself="tcp option", means=lambda header: type(header).__name__)


def length() -> Field:
    """The length of an option."""
    return u8("bytes in the option", measures=HEADER)


class UnknownTCPOption(TCPOption):
    """An option that netlab does not know, or one of an impossible length."""

    length = length()
    data = tail("what the option says")

    def summary(self) -> str:
        return f"option {self.kind}"


class EOL(TCPOption, on={"tcp option": 0}):
    """The list of options ends here."""

    padding = tail("filling up to the next 32-bit boundary")


class NOP(TCPOption, on={"tcp option": 1}):
    """One byte that says nothing, to align what follows."""


class MSS(TCPOption, on={"tcp option": 2}):
    """Maximum segment size: the largest segment that the sender of this option takes."""

    rfc = "RFC 9293 section 3.7.1"

    length = length()
    mss = u16("bytes of data in a segment, headers not counted", default=536)

    def summary(self) -> str:
        return f"MSS {self.mss}"


class WindowScale(TCPOption, on={"tcp option": 3}):
    """Window scale: how far to shift the windows that the sender of this option announces."""

    rfc = "RFC 7323 section 2"

    length = length()
    shift = u8(
        "the window is the field's value times 2 to this power; at most 14",
        means=lambda header: f"windows count {counted(1 << min(header.shift, 14), 'time')}",
    )

    def summary(self) -> str:
        return f"window scale {self.shift}"


class SACKPermitted(TCPOption, on={"tcp option": 4}):
    """Selective acknowledgements are understood."""

    rfc = "RFC 2018 section 2"

    length = length()

    def summary(self) -> str:
        return "SACK permitted"


class SACK(TCPOption, on={"tcp option": 5}):
    """Selective acknowledgement: what has arrived beyond a hole."""

    rfc = "RFC 2018 section 3"

    length = length()
    edges = many(
        u32("a sequence number"), "of each block the first number, and the one after the last"
    )

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """The blocks: each the first sequence number that arrived, and the one after the last."""
        return tuple(zip(self.edges[::2], self.edges[1::2], strict=False))

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if len(self.edges) % 2:
            yield self.fault("edges", "a block has two edges, one is left over")
        if self.length == self.size:
            yield self.fault("length", f"{self.length} leaves no room for a block")

    def summary(self) -> str:
        return "SACK " + ", ".join(f"{left}–{right}" for left, right in self.blocks)


class Timestamps(TCPOption, on={"tcp option": 8}):
    """Timestamps: to measure the round trip and to tell old segments from new ones."""

    rfc = "RFC 7323 section 3"

    length = length()
    value = u32("the sender's clock, in ticks of its own")
    echo_reply = u32("the other side's clock, sent back")

    def summary(self) -> str:
        return f"timestamps {self.value}, echo {self.echo_reply}"


class MD5Signature(TCPOption, on={"tcp option": 19}):
    """Proves that the segment comes from its sender: BGP routers used it."""

    rfc = "RFC 2385 section 3"

    length = length()
    digest = octets(16, "MD5 over the segment and a shared key")


class UserTimeout(TCPOption, on={"tcp option": 28}):
    """How long the sender of this option keeps sending again before it gives up."""

    rfc = "RFC 5482 section 3"

    length = length()
    granularity = u1("the unit of the timeout", names={0: "seconds", 1: "minutes"})
    timeout = bits(15, "how long, in that unit")

    def summary(self) -> str:
        return f"user timeout {self.timeout} {type(self).granularity.meaning(self.granularity)}"


class Authentication(TCPOption, on={"tcp option": 29}):
    """TCP-AO: proves that the segment comes from its sender."""

    rfc = "RFC 5925 section 2.2"

    length = length()
    key_id = u8("which key the proof was made with")
    next_key_id = u8("which key the sender is ready to receive")
    mac = tail("a keyed hash over the segment")


MULTIPATH = {
    0: "MP_CAPABLE: this connection may have several paths",
    1: "MP_JOIN: one more path",
    2: "DSS: sequence numbers of all paths together",
    3: "ADD_ADDR: one more address",
    4: "REMOVE_ADDR: an address less",
    5: "MP_PRIO: use this path last",
    6: "MP_FAIL: back to one path",
    7: "MP_FASTCLOSE: break off all paths",
    8: "MP_TCPRST: break off this path",
}


class MultipathTCP(TCPOption, on={"tcp option": 30}):
    """Multipath TCP: one connection over several paths."""

    rfc = "RFC 8684 section 3"

    length = length()
    subtype = u4("what the option is for", names=MULTIPATH)
    flags = u4("a version or flags, as the subtype has it")
    data = tail("what the option says")

    def summary(self) -> str:
        return MULTIPATH.get(self.subtype, "multipath").partition(":")[0]


class FastOpen(TCPOption, on={"tcp option": 34}):
    """Fast open: the first segment may carry data if it shows a cookie of an earlier time."""

    rfc = "RFC 7413 section 4.1.1"

    length = length()
    cookie = tail("the cookie; empty: one is asked for")


class TCPFlags(IntFlag):
    """What a segment is for."""

    FIN = 1
    SYN = 2
    RST = 4
    PSH = 8
    ACK = 16
    URG = 32
    ECE = 64
    CWR = 128


class TCP(Header, on={"ip protocol": 6}):
    """Transmission Control Protocol: carries a stream of bytes in order and without loss."""

    layer = "transport"
    rfc = "RFC 9293 section 3.1"

    src_port = u16("the sending program's port", selects="tcp port", names=SERVICES)
    dst_port = u16(
        "which program on the receiving host gets the data", selects="tcp port", names=SERVICES
    )
    seq = u32("number of the first byte of data; with SYN, one less than that")
    ack = u32("with ACK: the number of the next byte that the sender expects")
    data_offset = u4(
        "length of this header in 32-bit words: 5 without options", measures=HEADER, unit=4
    )
    reserved = bits(4, "zero, kept for later use")
    flags = u8("what the segment is for: SYN opens, FIN closes, RST breaks off", flags=TCPFlags)
    window = u16("bytes that the sender is ready to take, before scaling", default=65535)
    checksum = u16(
        "ones' complement sum over pseudo-header, header and data",
        computed=Checksum(pseudo=pseudo_header),
        hexadecimal=True,
    )
    urgent_pointer = u16("with URG: where the urgent data end")
    options = Options("what the two sides agree on", "tcp option", UnknownTCPOption, pad=4)

    def next_class(self) -> type[Header] | None:
        """By the ports; what a reset carries is not a program's (RFC 9293 section 3.5.3)."""
        return None if self.flags & TCPFlags.RST else by_port(self, "tcp port")

    @property
    def covered(self) -> bool:
        """The checksum covers the whole segment, whatever the data offset says."""
        return self.complete

    def checksum_verdict(self) -> tuple[bool | None, str]:
        return excused(self, super().checksum_verdict())

    def summary(self) -> str:
        flags = TCP.flags.text(self.flags)
        return (
            f"{self.src_port} → {self.dst_port} [{flags}] seq={self.seq} ack={self.ack} "
            f"window={self.window} length={len(self.payload)}"
        )
