"""Lesson 01: which byte belongs to which layer."""

import random
from collections.abc import Iterator

from netlab import dissect, read, recording
from netlab.grading.task import Case, Misconception, Task
from netlab.header import Header
from netlab.models import OSI_NUMBER, TCP_IP
from netlab.packet import stack
from netlab.wire import HTTP, TCP, UDP, Ethernet, IPv4
from netlab.wire.ipv4_options import NoOperation
from netlab.wire.tcp import MSS, NOP, SACKPermitted, Timestamps, WindowScale

PACKETS = list(read(recording("http.pcap")))
REQUEST = next(packet for packet in PACKETS if HTTP in packet)
FRAMES = tuple((packet.data,) for packet in PACKETS)
SEGMENTS = tuple((packet.data,) for packet in PACKETS if TCP in packet)

TCP_OPTIONS: tuple[list[Header], ...] = (
    [],
    [MSS(mss=1460)],
    [NOP(), NOP(), Timestamps(value=7)],
    [MSS(mss=1460), SACKPermitted(), Timestamps(value=7), NOP(), WindowScale(shift=7)],
)

SHORTEST = 60
"""Bytes in an Ethernet frame at least, its checksum not counted (IEEE 802.3 clause 3.2.8)."""


# Frames as they occur, beyond those of the recording.


def segment(chance: random.Random, transport: Header, payload: bytes) -> bytes:
    """The transport's header and payload in IPv4, with or without options, in Ethernet."""
    src, dst = (f"192.168.{chance.randrange(256)}.{chance.randrange(1, 255)}" for _ in range(2))
    address = "02:00:00:00:{:02x}:{:02x}".format(*chance.randbytes(2))
    ip = IPv4(src=src, dst=dst, options=[NoOperation()] * chance.choice((0, 0, 4, 12)))
    return bytes(stack(stack(stack(Ethernet(src=address), ip), transport), payload))


def tcp(chance: random.Random) -> TCP:
    return TCP(
        src_port=chance.randrange(49152, 65536), dst_port=9999, seq=chance.randrange(2**32),
        flags="PSH ACK", options=chance.choice(TCP_OPTIONS),
    )  # fmt: skip


def tcp_frames(chance: random.Random) -> Iterator[bytes]:
    """TCP with and without data and options, padded where the frame would be too short."""
    for size in [0, 1, 3, 5, *(chance.randrange(200) for _ in range(16))]:
        yield segment(chance, tcp(chance), chance.randbytes(size)).ljust(SHORTEST, b"\0")
    bare = TCP(src_port=50000, dst_port=9999, flags="ACK")
    yield segment(random.Random(0), bare, b"").ljust(SHORTEST, b"\0")


def any_frames(chance: random.Random) -> Iterator[bytes]:
    """TCP and UDP, long enough to need no padding."""
    for _ in range(12):
        udp = UDP(src_port=50000, dst_port=9999)
        transport = chance.choice((tcp(chance), udp))
        yield segment(chance, transport, chance.randbytes(chance.randrange(20, 60)))


def of_each(frames: Iterator[bytes]) -> Iterator[Case]:
    return ((frame,) for frame in frames)


def edges(frame: bytes) -> Iterator[Case]:
    """The first and the last byte of each header, and the last byte of all."""
    for header in dissect(frame).layers:
        yield frame, header.offset
        yield frame, header.payload_start - 1
    yield frame, len(frame) - 1


# The right answers, each from the declared headers.


def osi() -> dict[str, int]:
    return {type(header).__name__: OSI_NUMBER[header.layer] for header in REQUEST.layers}


def header_bytes() -> dict[str, int]:
    return {type(header).__name__: header.header_length for header in REQUEST.layers}


def peel(frame: bytes) -> tuple[int, bytes]:
    header = dissect(frame)[Ethernet]
    return header.ethertype, header.payload


def layer_of(frame: bytes, place: int) -> str:
    return dissect(frame).owners()[place]


def tcp_data(frame: bytes) -> bytes:
    return dissect(frame)[TCP].payload


def overhead(frame: bytes) -> float:
    return 100 * (len(frame) - len(tcp_data(frame))) / len(frame)


# What people write instead.


def lengths(frame: bytes) -> tuple[int, int, int]:
    """The lengths of the IPv4 header, of the TCP header, and of both with the data."""
    packet = dissect(frame)
    return packet[IPv4].header_length, packet[TCP].header_length, packet[IPv4].total_length


def end(frame: bytes) -> int:
    return 14 + lengths(frame)[2]


def layer_of_fixed(frame: bytes, place: int) -> str:
    """Headers of 14, 20 and 20 bytes, the rest is payload."""
    bounds = ((14, "link"), (34, "internet"), (54, "transport"))
    return next((layer for bound, layer in bounds if place < bound), "payload")


def layer_of_late(frame: bytes, place: int) -> str:
    """Each layer begins one byte too late: <= where < belongs."""
    return layer_of(frame, max(place - 1, 0))


def layer_by_length(frame: bytes, place: int) -> str:
    """Each header's length taken for the place where it ends."""
    layers = dissect(frame).layers
    return next((header.layer for header in layers if place < header.header_length), "payload")


def header_name(frame: bytes, place: int) -> str:
    """The header's own name for its layer's."""
    layers = dissect(frame).layers
    return next((type(h).__name__ for h in layers if place < h.payload_start), "payload")


TASKS = (
    Task(
        "01/osi",
        answer="osi",
        reference=osi,
        hints=(
            "OSI has seven layers and counts from the cable up.",
            "Ethernet belongs to the data link layer, IPv4 to the network layer: which numbers "
            "are those?",
            "HTTP belongs to the application layer, the topmost; TCP to the transport layer, "
            "just above the network's.",
        ),
        misconceptions=(
            Misconception(
                {name: number for number, name in enumerate(osi(), start=1)},
                "You count TCP/IP's four layers. OSI counts seven, and its first is the cable.",
            ),
            Misconception(
                {name: number for number, name in enumerate(osi(), start=2)},
                "Three are right. HTTP stands above OSI's session and presentation layers: those "
                "have no header of their own here, but they keep their numbers.",
            ),
            Misconception(
                {name: 8 - number for name, number in osi().items()},
                "You count from the top. OSI's layer 1 is at the bottom: the cable.",
            ),
        ),
    ),
    Task(
        "01/header-bytes",
        answer="header_bytes",
        reference=header_bytes,
        hints=(
            "Click on a header in the explorer: its bytes light up.",
            "`request[netlab.TCP].header_length` counts the options too.",
            "Ask `header_length` of each header, HTTP's too: it ends with the blank line.",
        ),
        misconceptions=(
            Misconception(
                header_bytes() | {"TCP": TCP.size},
                "Ethernet, IPv4 and HTTP are right. That is how long TCP's header is without "
                "options: this one has some. Click on `data_offset` in the explorer.",
            ),
            Misconception(
                header_bytes() | {"HTTP": len(REQUEST[HTTP].start_line) + 2},
                "HTTP's first line is only the beginning: the lines below it, up to the blank "
                "one, belong to its header too.",
            ),
            Misconception(
                {type(header).__name__: header.payload_start for header in REQUEST.layers},
                "Those are the places where the headers end, counted from the start of the "
                "packet. How long is each?",
            ),
        ),
    ),
    Task(
        "01/peel",
        answer="peel",
        reference=peel,
        points=2,
        examples=FRAMES,
        more=lambda chance: of_each(any_frames(chance)),
        hints=(
            "The payload is right already. What does `hex(...)` show for the type?",
            "The two bytes of the type are 08 00, in the order in which they travel.",
            "Networks send the most significant byte first: which word says that to "
            "`int.from_bytes`?",
        ),
        misconceptions=(
            Misconception(
                lambda frame: (int.from_bytes(frame[12:14], "little"), frame[14:]),
                "The payload is right, but the two bytes of the type are swapped: networks send "
                "the most significant byte first.",
            ),
            Misconception(
                lambda frame: (peel(frame)[0], frame[12:]),
                "The type is right, but it is still there in your payload: peel it off too.",
            ),
            Misconception(
                lambda frame: (int.from_bytes(frame[:2]), frame[14:]),
                "The payload is right. Your type is the beginning of an address: two addresses "
                "of 6 bytes come before the type.",
            ),
            Misconception(
                lambda frame: (frame[12:14], frame[14:]),
                "Those are the right bytes. Make a number of the type: "
                "`int.from_bytes(…)` reads bytes as one.",
            ),
        ),
    ),
    Task(
        "01/layer-of",
        answer="layer_of",
        reference=layer_of,
        points=2,
        examples=tuple(edges(REQUEST.data)),
        more=lambda chance: (case for frame in any_frames(chance) for case in edges(frame)),
        hints=(
            "Each byte belongs to the header between whose `offset` and `payload_start` it stands.",
            "Go through the layers from the outside in, and stop at the first that ends behind "
            "`place`.",
            "Compare `place < header.payload_start`; when no header is left, the byte is payload.",
        ),
        misconceptions=(
            Misconception(
                layer_of_fixed,
                "You take headers for 14, 20 and 20 bytes long. Ask each header where it begins "
                "and ends: with options they are longer.",
            ),
            Misconception(
                layer_of_late,
                "You are off by one where a layer begins: the byte at `payload_start` is the "
                "first that does not belong to the header any more.",
            ),
            Misconception(
                layer_by_length,
                "A header's length is not the place where it ends: it does not begin at byte 0.",
            ),
            Misconception(
                header_name,
                "You give the headers' names. Asked for is the layer: " + ", ".join(TCP_IP) + ".",
            ),
        ),
    ),
    Task(
        "01/tcp-data",
        answer="tcp_data",
        reference=tcp_data,
        points=3,
        examples=SEGMENTS,
        more=lambda chance: of_each(tcp_frames(chance)),
        hints=(
            "You need three numbers: where TCP begins, where its data begin, where they end.",
            "`(frame[14] & 0x0F) * 4` is the length of the IPv4 header in bytes; TCP states its"
            " own likewise.",
            "The data end `total_length` bytes after the IPv4 header's first byte, which is "
            "byte 14.",
        ),
        misconceptions=(
            Misconception(
                lambda frame: frame[54 : end(frame)],
                "You begin at byte 54, which is right only without options: both IPv4 and TCP "
                "state their own length.",
            ),
            Misconception(
                lambda frame: frame[54:],
                "You begin at byte 54, which is right only without options, and take a short "
                "frame's padding for data.",
            ),
            Misconception(
                lambda frame: frame[34 + (frame[46] >> 4) * 4 : end(frame)],
                "You take every IPv4 header for 20 bytes: its `ihl` says how long it is.",
            ),
            Misconception(
                lambda frame: frame[34 + (frame[46] >> 4) * 4 :],
                "You take every IPv4 header for 20 bytes: its `ihl` says how long it is. And you "
                "take a short frame's padding for data.",
            ),
            Misconception(
                lambda frame: frame[34 + lengths(frame)[0] : end(frame)],
                "You take every TCP header for 20 bytes: its `data_offset` says how long it is.",
            ),
            Misconception(
                lambda frame: frame[14 + sum(lengths(frame)[:2]) :],
                "The data begin where you say, but you take a short frame's padding for data: "
                "IPv4's `total_length` says where they end.",
            ),
            Misconception(
                lambda frame: frame[14 + sum(lengths(frame)[:2]) : lengths(frame)[2]],
                "`total_length` counts from the start of the IPv4 header, not of the frame.",
            ),
            Misconception(
                lambda frame: frame[14 + sum(lengths(frame)[:2]) // 4 : end(frame)],
                "Both lengths count words of 4 bytes: make bytes of them.",
            ),
            Misconception(
                lambda frame: frame[sum(lengths(frame)[:2]) : end(frame)],
                "You count from the IPv4 header: before it stand 14 bytes of Ethernet.",
            ),
        ),
    ),
    Task(
        "01/overhead",
        answer="overhead",
        reference=overhead,
        points=3,
        examples=SEGMENTS,
        more=lambda chance: of_each(tcp_frames(chance)),
        hints=(
            "The share is a part of the whole: which bytes are not TCP's data, and how many are"
            " there in all?",
            "`len(tcp_data(frame))` counts the data; all else in the frame is overhead.",
            "Divide the bytes that are not data by all bytes with `/`, and make percent of it.",
        ),
        misconceptions=(
            Misconception(
                lambda frame: overhead(frame) / 100,
                "The share is right, but in percent it is a hundred times that.",
            ),
            Misconception(
                lambda frame: 100 - overhead(frame),
                "That is the share of the data. Overhead is the rest.",
            ),
            Misconception(
                lambda frame: 100 * (14 + sum(lengths(frame)[:2])) / len(frame),
                "You count the headers only. What a short frame is filled up with travels too, "
                "and is nobody's data.",
            ),
            Misconception(
                lambda frame: 100 * (len(frame) - 14 - len(tcp_data(frame))) / len(frame),
                "You leave out the Ethernet header: it travels too.",
            ),
            Misconception(
                lambda frame: float(int(overhead(frame))),
                "You cut the fraction off: divide with `/`, not `//`, and do not round.",
            ),
        ),
    ),
)
