"""What the hosts of a simulation send each other: a TCP segment and whom it is for."""

from functools import lru_cache

from netlab.header import Header
from netlab.packet import Packet, dissect, stack
from netlab.tcp.segment import Segment
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IPv6
from netlab.wire.tcp import TCP


class Datagram:
    """An IP packet with a TCP segment; `bytes` of it are those of a real one.

    src, dst            addresses
    src_port, dst_port  ports
    segment             the `netlab.tcp.Segment`
    identification      the number that the sender's IP gave it
    """

    __slots__ = ("dst", "dst_port", "identification", "segment", "src", "src_port")

    def __init__(
        self, src: str, src_port: int, dst: str, dst_port: int, segment: Segment, number: int = 0
    ) -> None:
        self.src, self.src_port, self.dst, self.dst_port = src, src_port, dst, dst_port
        self.segment, self.identification = segment, number & 0xFFFF

    @property
    def size(self) -> int:
        """Bytes in the whole packet."""
        segment = self.segment
        return len(segment.payload) + _headers(
            segment.mss is not None,
            segment.window_scale is not None,
            segment.sack_permitted,
            len(segment.sack),
            segment.timestamps is not None,
            ":" in self.src,
        )

    @classmethod
    def of(cls, data: bytes) -> "Datagram | None":
        """The datagram of an IP packet's bytes; None when it is none, or a checksum is wrong."""
        packet = dissect(data, "raw")
        if TCP not in packet or packet.problems:
            return None
        tcp = packet[TCP]
        if not tcp.checksum_ok or tcp.below is None or tcp.below.checksum_ok is False:
            return None
        src, dst, _, src_port, dst_port = packet.five_tuple
        return cls(src, src_port, dst, dst_port, Segment.of(tcp))

    @property
    def packet(self) -> Packet:
        """The packet with all its headers."""
        ip: Header = (
            IPv6(src=self.src, dst=self.dst)
            if ":" in self.src
            else IPv4(src=self.src, dst=self.dst, identification=self.identification, flags="DF")
        )
        header = self.segment.header(self.src_port, self.dst_port)
        payload = self.segment.payload
        return stack(ip, header, payload) if payload else stack(ip, header)

    def __bytes__(self) -> bytes:
        return bytes(self.packet)

    def __repr__(self) -> str:
        return f"{self.src}:{self.src_port} → {self.dst}:{self.dst_port} {self.segment.summary()}"


@lru_cache(maxsize=64)
def _headers(
    mss: bool, scale: bool, permitted: bool, blocks: int, timestamps: bool, ipv6: bool
) -> int:
    """Bytes in IP's and TCP's headers with these options: measured once for each kind."""
    segment = Segment(
        mss=0 if mss else None,
        window_scale=0 if scale else None,
        sack_permitted=permitted,
        sack=((0, 0),) * blocks,
        timestamps=(0, 0) if timestamps else None,
    )
    return (IPv6 if ipv6 else IPv4).size + segment.header(0, 0).header_length
