"""Lesson 03: headers around data, and out of them again."""

import random
import struct
from collections.abc import Iterator
from typing import Any

from netlab import dissect, read, recording
from netlab.grading.task import Case, Misconception, Task
from netlab.header import Header
from netlab.packet import stack
from netlab.wire import ARP, ICMP, TCP, UDP, Ethernet, IPv4, IPv6
from netlab.wire.ipv4_options import NoOperation

CLIENT, SERVER = "02:00:00:00:00:0a", "02:00:00:00:00:14"
EVERYBODY = "ff:ff:ff:ff:ff:ff"

WEB = [packet.data for packet in read(recording("http.pcap"))]
SHORT = next(packet for packet in read(recording("loss.pcap")) if packet.trailer)
QUERIES = [
    packet.data for packet in read(recording("dns.pcap")) if IPv4 in packet and UDP in packet
]

SHORTEST = 60
"""Bytes in an Ethernet frame at least, its checksum not counted (IEEE 802.3 clause 3.2.8)."""

HEADERS = Ethernet.size + IPv4.size + TCP.size


# Cases beyond those of the recordings.


def address(chance: random.Random) -> str:
    return "02:00:00:" + chance.randbytes(3).hex(":")


def datagrams(chance: random.Random) -> Iterator[Case]:
    """Data of all sizes between two ports; some end in zeros."""
    for size in (0, 1, 2, 7, 8, 64, 247, 248, 300):
        yield chance.randrange(65536), chance.randrange(65536), chance.randbytes(size)
    yield 50000, 9, b"ends in zeros\0\0\0"


def payloads(chance: random.Random) -> Iterator[Case]:
    """Payloads around the size from which on a frame is long enough."""
    for size in (0, 1, 28, 45, 46, 47, 59, 60, 100, 1500):
        number = chance.choice((0x0800, 0x0806, 0x86DD, 0x88B5))
        yield address(chance), address(chance), number, chance.randbytes(size)


def packets(chance: random.Random, *transports: type[Header]) -> Iterator[bytes]:
    """TCP or UDP in IPv4, with options and without, in frames filled up where too short."""
    for words in (0, 0, 1, 3, 0, 10):
        ip = IPv4(
            src=f"10.0.0.{chance.randrange(1, 255)}", dst=f"10.0.1.{chance.randrange(1, 255)}",
            ttl=chance.randrange(1, 256), identification=chance.randrange(65536),
            options=[NoOperation()] * words * 4,
        )  # fmt: skip
        kind: Any = chance.choice(transports)
        header = kind(src_port=chance.randrange(49152, 65536), dst_port=chance.randrange(1, 49152))
        ethernet = Ethernet(src=address(chance), dst=address(chance))
        yield bytes(stack(ethernet, ip, header, chance.randbytes(chance.randrange(40))))


def padded(frame: bytes) -> bytes:
    return frame.ljust(SHORTEST, b"\0")


def with_other_data(chance: random.Random) -> Iterator[Case]:
    """Datagrams that get shorter, longer or odd data, or as much as before."""
    for frame in packets(chance, UDP):
        yield frame, chance.randbytes(chance.randrange(1, 60))
    yield QUERIES[2], b""
    yield QUERIES[3], dissect(QUERIES[3])[UDP].payload[::-1]


def transfers(chance: random.Random) -> Iterator[Case]:
    """Pieces that come out even and that do not, short ones and full ones."""
    yield from ((0, 100), (6, 1), (12, 6), (13, 6), (14, 7), (15, 7), (1460, 1460), (1461, 1460))
    for _ in range(8):
        yield chance.randrange(1, 5000), chance.randrange(1, 1461)


# The right answers.


def numbers() -> dict[str, int]:
    return {
        "IPv4 in Ethernet": stack(Ethernet(), IPv4())[Ethernet].ethertype,
        "ARP in Ethernet": stack(Ethernet(), ARP())[Ethernet].ethertype,
        "IPv6 in Ethernet": stack(Ethernet(), IPv6())[Ethernet].ethertype,
        "TCP in IPv4": stack(IPv4(), TCP())[IPv4].protocol,
        "UDP in IPv4": stack(IPv4(), UDP())[IPv4].protocol,
        "ICMP in IPv4": stack(IPv4(), ICMP())[IPv4].protocol,
    }


def udp(src_port: int, dst_port: int, data: bytes) -> bytes:
    return bytes(stack(UDP(src_port=src_port, dst_port=dst_port, checksum=0), data))


def ethernet(dst: str, src: str, ethertype: int, payload: bytes) -> bytes:
    return padded(bytes(stack(Ethernet(dst=dst, src=src, ethertype=ethertype), payload)))


def three_numbers(frame: bytes) -> tuple[int, int, int]:
    packet = dissect(frame)
    outer, ip, transport = packet.layers[:3]
    return outer.ethertype, ip.protocol, transport.dst_port  # type: ignore[attr-defined]


def with_data(frame: bytes, data: bytes, **kept: Any) -> bytes:
    """The same datagram with other data; lengths and checksums are new but those `kept`."""
    outer, ip, transport = dissect(frame).layers[:3]
    ip_fields: dict[str, Any] = {"total_length": None, "checksum": None} | kept.get("ip", {})
    udp_fields: dict[str, Any] = {"length": None, "checksum": None} | kept.get("udp", {})
    return bytes(stack(outer, ip.replace(**ip_fields), transport.replace(**udp_fields), data))


def new_data(frame: bytes, data: bytes) -> bytes:
    return with_data(frame, data)


def on_the_wire(size: int, piece: int) -> int:
    sizes = [min(piece, size - sent) for sent in range(0, size, piece)]
    return sum(max(HEADERS + each, SHORTEST) for each in sizes)


# What people write instead.


def header(src_port: int, dst_port: int, length: int) -> bytes:
    return struct.pack("!HHHH", src_port, dst_port, length, 0)


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def fixed_places(frame: bytes) -> tuple[int, int, int]:
    """The port where it stands without options."""
    return *three_numbers(frame)[:2], int.from_bytes(frame[36:38])


def stale(frame: bytes, data: bytes, *names: str) -> bytes:
    """Some fields, such as "udp length", as they were with the old data."""
    packet = dissect(frame)
    old = {"ip": packet[IPv4], "udp": packet[UDP]}
    kept: dict[str, dict[str, int]] = {"ip": {}, "udp": {}}
    for name in names:
        layer, field = name.split()
        kept[layer][field] = getattr(old[layer], field)
    return with_data(frame, data, **kept)


def all_anew(frame: bytes, data: bytes) -> bytes:
    """A fresh IPv4 header: what else stood in the old one is lost."""
    outer, ip, transport = dissect(frame).layers[:3]
    assert isinstance(ip, IPv4)
    ports = transport.replace(length=None, checksum=None)
    return bytes(stack(outer, IPv4(src=ip.src, dst=ip.dst), ports, data))


UNWRAP = (
    "def unwrap(frame):",
    "    rest = frame[14:]",
    '    end = int.from_bytes(rest[2:4], "big")',
    "    rest = rest[:end]",
    "    rest = rest[(rest[0] & 0x0F) * 4 :]",
    "    return rest[8:]",
)
TWENTY = "    rest = rest[20:]"
NO_ZEROS = '    rest = rest.rstrip(b"\\0")'
FROM_END = "    rest = rest[end:]"

TASKS = (
    Task(
        "03/numbers",
        answer="numbers",
        reference=numbers,
        hints=(
            "Each header has one field that names what it carries; the first cell prints some of "
            "them.",
            "EtherTypes are written in hexadecimal, with `0x` in front: Python takes them so.",
            "For what the request does not carry, print the same fields of `packets[0]` (ARP), of "
            "`dns[2]` (UDP) and of the packets of `ping.pcap` (ICMP, IPv6).",
        ),
        misconceptions=(
            Misconception(
                numbers() | {"IPv4 in Ethernet": 800, "ARP in Ethernet": 806},
                "EtherTypes are hexadecimal: the digits are right, but without `0x` in front "
                "Python reads them as decimal.",
            ),
            Misconception(
                {
                    name: number if number < 256 else int.from_bytes(number.to_bytes(2), "little")
                    for name, number in numbers().items()
                },
                "The EtherTypes' two bytes are swapped: the more significant one comes first.",
            ),
            Misconception(
                numbers() | {"TCP in IPv4": 17, "UDP in IPv4": 6},
                "TCP and UDP have changed places.",
            ),
            Misconception(
                numbers() | {"TCP in IPv4": 4, "UDP in IPv4": 4, "ICMP in IPv4": 3},
                "Those are OSI's numbers of the layers. Asked for is what the field `protocol` "
                "says.",
            ),
        ),
    ),
    Task(
        "03/unwrap",
        answer="unwrap_order",
        points=2,
        lines=UNWRAP,
        extra=(TWENTY, NO_ZEROS, FROM_END),
        hints=(
            "It goes from the outside in: Ethernet's header first, UDP's last.",
            "`end` is IPv4's `total_length`, which counts IPv4's own header too: what stands "
            "behind it must be cut off while that header is still there.",
            "Three lines do not belong: one takes every header for 20 bytes long, one takes zeros "
            "for padding, one keeps the padding and throws the packet away.",
        ),
        misconceptions=(
            Misconception(
                tuple(TWENTY if line == UNWRAP[4] else line for line in UNWRAP),
                "IPv4's header is 20 bytes long only without options: it says itself how long it "
                "is (RFC 791 section 3.1).",
            ),
            Misconception(
                (*UNWRAP[:2], NO_ZEROS, *UNWRAP[4:]),
                "Zeros at the end may be data: who sends them wants them to arrive. IPv4 says "
                "where it ends, so there is no need to guess.",
            ),
            Misconception(
                (*UNWRAP[:2], *UNWRAP[4:]),
                "This takes the frame's padding for data: where does the packet end?",
            ),
            Misconception(
                (*UNWRAP[:3], UNWRAP[4], UNWRAP[3], UNWRAP[5]),
                "`total_length` counts from the beginning of IPv4's header. Once that header is "
                "taken off, it points too far.",
            ),
            Misconception(
                (*UNWRAP[:3], FROM_END, *UNWRAP[4:]),
                "`rest[end:]` is what stands behind the packet: the padding. Keep what stands "
                "before.",
            ),
        ),
    ),
    Task(
        "03/udp",
        answer="udp",
        reference=udp,
        points=2,
        examples=((50000, 9, b"hello"),),
        more=datagrams,
        hints=(
            'What does `netlab.dissect(udp(50000, 9, b"hello"), netlab.UDP)` make of the data?',
            "The length in the header is the same for any data. Which of the two should it count, "
            "header or data?",
            "RFC 768 counts both: the 8 bytes of the header, and `len(data)`.",
        ),
        misconceptions=(
            Misconception(
                lambda src, dst, data: header(src, dst, 8) + data,
                "The length is always that of the header alone, so a receiver finds no data. "
                "It counts the data too (RFC 768, Fields).",
            ),
            Misconception(
                lambda src, dst, data: header(src, dst, len(data)) + data,
                "You count the data alone: UDP's length includes this header (RFC 768, Fields).",
            ),
            Misconception(
                lambda src, dst, data: header(src, dst, 28 + len(data)) + data,
                "You count IPv4's header too: that one has a length of its own. UDP's begins with "
                "UDP.",
            ),
            Misconception(
                lambda src, dst, data: header(src, dst, 8 + len(data)),
                "The header is right, and the data are missing behind it.",
            ),
            Misconception(
                lambda src, dst, data: struct.pack("<HHHH", src, dst, 8 + len(data), 0) + data,
                "The numbers are right, in the wrong byte order.",
            ),
        ),
    ),
    Task(
        "03/ethernet",
        answer="ethernet",
        reference=ethernet,
        points=3,
        examples=(
            (str(SHORT[Ethernet].dst), str(SHORT[Ethernet].src), 0x0806, SHORT.data[14:42]),
            (EVERYBODY, CLIENT, 0x0806, WEB[0][14:]),
            (SERVER, CLIENT, 0x0800, WEB[5][14:]),
        ),
        more=payloads,
        hints=(
            "Four things one behind the other: two addresses, two bytes of type, the payload. Then "
            "look whether it is long enough.",
            '`bytes.fromhex("02 00")` reads pairs of digits with blanks between them, so the '
            'colons must go: `text.replace(":", " ")`.',
            '`data.ljust(size, b"\\0")` fills bytes up with zeros; it is the whole frame that has '
            "at least 60.",
        ),
        misconceptions=(
            Misconception(
                lambda dst, src, kind, payload: mac(dst) + mac(src) + kind.to_bytes(2) + payload,
                "Right, but for short payloads: a frame of less than 60 bytes is filled up with "
                "zeros.",
            ),
            Misconception(
                lambda dst, src, kind, payload: (
                    mac(dst) + mac(src) + kind.to_bytes(2) + payload.ljust(60, b"\0")
                ),
                "You fill up the payload to 60 bytes. The whole frame has at least 60, and 14 of "
                "them are header.",
            ),
            Misconception(
                lambda dst, src, kind, payload: (
                    mac(dst) + mac(src) + kind.to_bytes(2) + payload
                ).ljust(64, b"\0"),
                "64 bytes are the least with Ethernet's checksum, which the card adds itself. "
                "What you hand to it has 4 less.",
            ),
            Misconception(
                lambda dst, src, kind, payload: padded(
                    mac(src) + mac(dst) + kind.to_bytes(2) + payload
                ),
                "The two addresses have changed places: the receiver's comes first, so that a "
                "switch can pass the frame on at once.",
            ),
            Misconception(
                lambda dst, src, kind, payload: padded(
                    mac(dst) + mac(src) + kind.to_bytes(2, "little") + payload
                ),
                "The type's two bytes are swapped.",
            ),
            Misconception(
                lambda dst, src, kind, payload: padded(
                    dst.encode() + src.encode() + kind.to_bytes(2) + payload
                ),
                "Your addresses are letters and colons. Each pair of digits is one byte: six of "
                "them, not seventeen.",
            ),
        ),
    ),
    Task(
        "03/three-numbers",
        answer="three_numbers",
        reference=three_numbers,
        points=3,
        examples=tuple((frame,) for frame in (*WEB[2:6], *QUERIES[:2])),
        more=lambda chance: ((frame,) for frame in packets(chance, TCP, UDP)),
        hints=(
            "The first two stand at fixed places: in bytes 12 and 13, and in IPv4's byte 9.",
            "The port is the third and fourth byte of TCP's and of UDP's header alike. So where "
            "does that header begin?",
            "It begins behind Ethernet's 14 bytes and `(frame[14] & 0x0F) * 4` bytes of IPv4.",
        ),
        misconceptions=(
            Misconception(
                fixed_places,
                "The first two are right. The port stands at byte 36 only when IPv4 has no "
                "options: its `ihl` says how long it is (RFC 791 section 3.1).",
            ),
            Misconception(
                lambda frame: (
                    *three_numbers(frame)[:2],
                    int.from_bytes(frame[14 + (frame[14] & 15) * 4 :][:2]),
                ),
                "That is the sender's port. The one that leads to a program here is the other.",
            ),
            Misconception(
                lambda frame: (
                    *three_numbers(frame)[:2],
                    int.from_bytes(frame[14 + (frame[14] & 15) + 2 :][:2]),
                ),
                "`ihl` counts words of 4 bytes: make bytes of it.",
            ),
            Misconception(
                lambda frame: (
                    int.from_bytes(frame[12:14], "little"),
                    *three_numbers(frame)[1:],
                ),
                "The EtherType's two bytes are swapped; the rest is right.",
            ),
            Misconception(
                lambda frame: (
                    three_numbers(frame)[0],
                    frame[9],
                    three_numbers(frame)[2],
                ),
                "You take byte 9 of the frame for the protocol. It is byte 9 of IPv4's header.",
            ),
            Misconception(
                lambda frame: (
                    three_numbers(frame)[0],
                    frame[22],
                    three_numbers(frame)[2],
                ),
                "The second number is off by one byte: that is the TTL, one byte before the "
                "protocol.",
            ),
        ),
    ),
    Task(
        "03/new-data",
        answer="new_data",
        reference=new_data,
        points=3,
        examples=((QUERIES[0], b"hello"), (QUERIES[1], b"a longer text than that before it, odd")),
        more=with_other_data,
        hints=(
            "Look at `netlab.dissect(new_data(...)).problems`: which fields still speak of the old "
            "data?",
            "Headers taken from a dissected packet keep what they say. The lesson made the kit "
            "forget some of it with `replace(...=None)`.",
            "Four fields: IPv4's `total_length` and `checksum`, UDP's `length` and `checksum`.",
        ),
        misconceptions=(
            Misconception(
                lambda frame, data: stale(
                    frame, data, "ip total_length", "ip checksum", "udp length", "udp checksum"
                ),
                "The data are new, and both headers still state the length and the checksum of the "
                "old ones: a receiver cuts them off, or throws the packet away.",
            ),
            Misconception(
                lambda frame, data: stale(frame, data, "ip checksum", "udp checksum"),
                "The lengths are right. The checksums are still those of the old packet, so the "
                "receiver throws the new one away.",
            ),
            Misconception(
                lambda frame, data: stale(frame, data, "ip total_length", "ip checksum"),
                "UDP's header is right. IPv4's still speaks of the old packet: it states a length "
                "too.",
            ),
            Misconception(
                lambda frame, data: stale(frame, data, "ip checksum"),
                "Nearly: IPv4's checksum covers its own header, in which `total_length` has "
                "changed (RFC 791 section 3.1).",
            ),
            Misconception(
                lambda frame, data: stale(frame, data, "udp checksum"),
                "Nearly: UDP's checksum covers the data too (RFC 768, Fields), and they are new.",
            ),
            Misconception(
                lambda frame, data: stale(frame, data, "udp length", "udp checksum"),
                "IPv4's header is right. UDP's still speaks of the old data: it states a length "
                "too.",
            ),
            Misconception(
                all_anew,
                "Lengths and checksums are right, but you made a new IPv4 header, and the rest of "
                "the old one is lost: its TTL, its identification, its options. Keep it with "
                "`replace`.",
            ),
        ),
    ),
    Task(
        "03/on-the-wire",
        answer="on_the_wire",
        reference=on_the_wire,
        points=3,
        examples=((1, 1), (1460, 1460), (3000, 1460)),
        more=transfers,
        hints=(
            "How many full pieces are there, and how many bytes are left for a last one?",
            "Each piece is a frame of its own: 54 bytes of headers, and the piece.",
            "`max(54 + piece, 60)` is one frame; the last one may be shorter, and there is none "
            "when nothing is left: `size % piece`.",
        ),
        misconceptions=(
            Misconception(
                lambda size, piece: size + HEADERS * -(-size // piece),
                "Right for large pieces. A frame with a few bytes of data is too short, so it is "
                "filled up to 60.",
            ),
            Misconception(
                lambda size, piece: size + HEADERS,
                "You count the headers once. Each piece travels in a frame of its own, with "
                "headers of its own.",
            ),
            Misconception(
                lambda size, piece: size // piece * max(HEADERS + piece, SHORTEST),
                "The last piece is missing when it is not a full one.",
            ),
            Misconception(
                lambda size, piece: -(-size // piece) * max(HEADERS + piece, SHORTEST),
                "The last piece is often smaller: it carries only what is left.",
            ),
            Misconception(
                lambda size, piece: -(-size // piece) * HEADERS,
                "Those are the headers alone. The data travel too.",
            ),
            Misconception(
                lambda size, piece: sum(
                    max(40 + min(piece, size - sent), SHORTEST) for sent in range(0, size, piece)
                ),
                "You leave out Ethernet's own header.",
            ),
        ),
    ),
)
