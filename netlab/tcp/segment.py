"""A TCP segment as the endpoint handles it: numbers, flags, options and payload, no ports."""

from collections.abc import Iterable

from netlab.header import Header
from netlab.tcp.sequence import MASK
from netlab.wire import tcp as wire

FIN, SYN, RST, PSH, ACK, URG = (
    int(wire.TCPFlags[n]) for n in ["FIN", "SYN", "RST", "PSH", "ACK", "URG"]
)

Block = tuple[int, int]
"""A range of sequence numbers: the first one, and the one after the last."""


class Segment:
    """What one TCP segment says.

    seq, ack        32-bit numbers; `ack` counts only with the flag ACK
    flags           a number, as in `SYN | ACK`, or their names: "SYN,ACK"
    window          as it stands in the header, not yet scaled
    payload         the data, bytes
    mss, window_scale, sack_permitted, sack, timestamps
                    the options: None, False or () when absent; `sack` is a tuple of blocks,
                    `timestamps` the pair of the sender's clock and the echo
    urgent_pointer  counts only with the flag URG
    length          SEG.LEN: bytes of payload, plus one for SYN and one for FIN
    """

    __slots__ = (
        "ack", "flags", "length", "mss", "payload", "sack", "sack_permitted", "seq", "timestamps",
        "urgent_pointer", "window", "window_scale",
    )  # fmt: skip

    def __init__(
        self,
        seq: int = 0,
        ack: int = 0,
        flags: int | str = ACK,
        window: int = 65535,
        payload: bytes = b"",
        mss: int | None = None,
        window_scale: int | None = None,
        sack_permitted: bool = False,
        sack: tuple[Block, ...] = (),
        timestamps: tuple[int, int] | None = None,
        urgent_pointer: int = 0,
    ) -> None:
        if isinstance(flags, str):
            flags = wire.TCP.flags.encode(flags)
        self.seq, self.ack, self.flags, self.window = seq, ack, flags, window
        self.payload = payload
        self.length = len(payload) + (flags & FIN) + (flags >> 1 & 1)
        self.mss, self.window_scale, self.sack_permitted = mss, window_scale, sack_permitted
        self.sack, self.timestamps, self.urgent_pointer = sack, timestamps, urgent_pointer

    @property
    def end(self) -> int:
        """The sequence number after the segment's last."""
        return (self.seq + self.length) & MASK

    @classmethod
    def of(cls, header: wire.TCP) -> "Segment":
        """The segment of a dissected or built header.

        Of options that stand there twice the last one counts; malformed ones are passed over.
        """
        segment = cls(
            header.seq, header.ack, int(header.flags), header.window, header.payload,
            urgent_pointer=header.urgent_pointer,
        )  # fmt: skip
        for option in header.options:
            match option:
                case wire.MSS():
                    segment.mss = option.mss
                case wire.WindowScale():
                    segment.window_scale = option.shift
                case wire.SACKPermitted():
                    segment.sack_permitted = True
                case wire.SACK():
                    segment.sack = option.blocks
                case wire.Timestamps():
                    segment.timestamps = (option.value, option.echo_reply)
        return segment

    def options(self) -> list[Header]:
        """The options as headers, padded with NOPs as common stacks do it."""
        options: list[Header] = []
        if self.mss is not None:
            options.append(wire.MSS(mss=self.mss))
        if self.sack_permitted:
            options += [wire.NOP(), wire.NOP(), wire.SACKPermitted()]
        if self.timestamps:
            value, echo = self.timestamps
            options += [wire.NOP(), wire.NOP(), wire.Timestamps(value=value, echo_reply=echo)]
        if self.window_scale is not None:
            options += [wire.NOP(), wire.WindowScale(shift=self.window_scale)]
        if self.sack:
            edges = b"".join(edge.to_bytes(4) for block in self.sack for edge in block)
            options += [wire.NOP(), wire.NOP(), wire.SACK(edges=edges)]
        return options

    def header(self, src_port: int, dst_port: int) -> wire.TCP:
        """The segment's TCP header; `header / payload` makes a packet of it."""
        return wire.TCP(
            src_port=src_port, dst_port=dst_port, seq=self.seq, ack=self.ack,
            flags=self.flags, window=self.window, urgent_pointer=self.urgent_pointer,
            options=self.options(),
        )  # fmt: skip

    def summary(self) -> str:
        """The segment in a line: flags, numbers, payload, window and options."""
        names = wire.TCP.flags.text(wire.TCPFlags(self.flags)).replace(" ", ",")
        return " ".join([names, *self._parts()])

    def _parts(self) -> Iterable[str]:
        yield f"seq={self.seq}"
        if self.flags & ACK:
            yield f"ack={self.ack}"
        if self.payload:
            yield f"length={len(self.payload)}"
        yield f"window={self.window}"
        if self.flags & URG:
            yield f"urgent={self.urgent_pointer}"
        if self.mss is not None:
            yield f"mss={self.mss}"
        if self.window_scale is not None:
            yield f"scale={self.window_scale}"
        if self.sack_permitted:
            yield "sack-permitted"
        if self.sack:
            yield "sack=" + ",".join(f"{left}-{right}" for left, right in self.sack)
        if self.timestamps:
            yield "ts={}/{}".format(*self.timestamps)

    def __repr__(self) -> str:
        return f"<Segment {self.summary()}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segment):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]
