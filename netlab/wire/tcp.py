"""The Transmission Control Protocol's segments and their options."""

from enum import IntFlag

from netlab.checksum import Checksum
from netlab.field import HEADER
from netlab.header import Header
from netlab.lists import Options
from netlab.wire.fields import bits, tail, u4, u8, u16, u32
from netlab.wire.ports import SERVICES, by_port, left_to_hardware, pseudo_header


class TCPOption(Header):
    """An option of the TCP header."""

    layer = "transport"
    rfc = "RFC 9293 section 3.2"

    kind = u8("which option", itself="tcp option")


class UnknownTCPOption(TCPOption):
    """An option that netlab does not know."""

    length = u8("bytes in the option", measures=HEADER)
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

    length = u8("bytes in the option", measures=HEADER)
    mss = u16("bytes of data in a segment, headers not counted", default=536)

    def summary(self) -> str:
        return f"MSS {self.mss}"


class WindowScale(TCPOption, on={"tcp option": 3}):
    """Window scale: how far to shift the windows that the sender of this option announces."""

    rfc = "RFC 7323 section 2"

    length = u8("bytes in the option", measures=HEADER)
    shift = u8("the window is the field's value times 2 to this power; at most 14")

    def summary(self) -> str:
        return f"window scale {self.shift}"


class SACKPermitted(TCPOption, on={"tcp option": 4}):
    """Selective acknowledgements are understood."""

    rfc = "RFC 2018 section 2"

    length = u8("bytes in the option", measures=HEADER)

    def summary(self) -> str:
        return "SACK permitted"


class SACK(TCPOption, on={"tcp option": 5}):
    """Selective acknowledgement: what has arrived beyond a hole."""

    rfc = "RFC 2018 section 3"

    length = u8("bytes in the option", measures=HEADER)
    edges = tail("first and next-after-last sequence number of each block, 4 bytes each")

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """The blocks: each the first sequence number that arrived, and the one after the last."""
        words = [int.from_bytes(self.edges[i : i + 4]) for i in range(0, len(self.edges), 4)]
        return tuple(zip(words[::2], words[1::2], strict=False))

    def summary(self) -> str:
        return "SACK " + ", ".join(f"{left}–{right}" for left, right in self.blocks)


class Timestamps(TCPOption, on={"tcp option": 8}):
    """Timestamps: to measure the round trip and to tell old segments from new ones."""

    rfc = "RFC 7323 section 3"

    length = u8("bytes in the option", measures=HEADER)
    value = u32("the sender's clock, in ticks of its own")
    echo_reply = u32("the other side's clock, sent back")

    def summary(self) -> str:
        return f"timestamps {self.value}, echo {self.echo_reply}"


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
        return by_port(self, "tcp port")

    def checksum_verdict(self) -> tuple[bool | None, str]:
        if left_to_hardware(self):
            return None, "the sender left the checksum to its network card"
        return super().checksum_verdict()

    def summary(self) -> str:
        flags = TCP.flags.text(self.flags)
        return (
            f"{self.src_port} → {self.dst_port} [{flags}] seq={self.seq} ack={self.ack} "
            f"window={self.window} length={len(self.payload)}"
        )
