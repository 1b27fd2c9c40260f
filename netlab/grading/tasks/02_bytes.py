"""Lesson 02: numbers in bytes, and bits in numbers."""

import random
import struct
from collections.abc import Iterator

from netlab import read, recording
from netlab.grading.task import Case, Misconception, Task
from netlab.wire import TCP, IPv4
from netlab.wire.tcp import MSS, NOP, Timestamps

PACKETS = list(read(recording("http.pcap")))
REQUEST = PACKETS[5]
SEGMENTS = tuple((packet.data[packet[TCP].offset :],) for packet in PACKETS if TCP in packet)
IP_HEADER, TCP_HEADER = REQUEST.data[14:34], REQUEST.data[34:66]

PAIRS = ("00 50", "01 bb", "c0 a8", "ff ff")
"""Pairs of bytes to be read; port 80 and port 443 are among them."""


# Cases beyond those of the recording.


def ports(chance: random.Random) -> Iterator[Case]:
    """Ports in which both bytes are used, and those at which a sign or a byte begins."""
    for port in (0, 1, 255, 256, 258, 32767, 32768, 65535):
        yield (port,)
    yield from ((chance.randrange(65536),) for _ in range(8))


def segments(chance: random.Random) -> Iterator[Case]:
    """TCP segments with and without options, with numbers of all sizes."""
    for options in ([], [MSS(mss=1460)], [NOP(), NOP(), Timestamps(value=7)], []):
        header = TCP(
            src_port=chance.randrange(1024), dst_port=chance.randrange(32768, 65536),
            seq=chance.randrange(2**32), ack=chance.randrange(2**32), flags=chance.randrange(256),
            window=chance.randrange(65536), options=options,
        )  # fmt: skip
        yield (bytes(header) + chance.randbytes(3),)


def places(chance: random.Random) -> Iterator[Case]:
    """Fields in any bytes: within one, over a border, as wide as all."""
    for _ in range(24):
        data = chance.randbytes(chance.randrange(1, 9))
        first = chance.randrange(len(data) * 8)
        yield data, first, chance.randrange(1, len(data) * 8 - first + 1)


def sizes(chance: random.Random) -> Iterator[Case]:
    """Segments before, at and after the end of the numbers."""
    yield from ((2**32 - 1, 1), (2**32 - 1, 0), (2**32 - 100, 1460), (2**32 - 1460, 1460))
    for _ in range(8):
        yield 2**32 - chance.randrange(1, 3000), chance.randrange(1, 1461)
        yield chance.randrange(2**31), chance.randrange(1461)


# The right answers.


def in_hex() -> dict[str, int]:
    return {pair: int.from_bytes(bytes.fromhex(pair)) for pair in PAIRS}


def pack_port(port: int) -> bytes:
    return struct.pack("!H", port)


def tcp_ports(segment: bytes) -> tuple[int, int]:
    return struct.unpack_from("!HH", segment)


def shift() -> dict[str, int]:
    """How far each field is from the right end of bytes 12 and 13 of a TCP header."""
    end = TCP.flags.start + TCP.flags.bits
    fields = (TCP.data_offset, TCP.reserved, TCP.flags)
    syn = {"SYN": int(TCP(flags="SYN").flags).bit_length() - 1}
    return {field.name: end - field.start - field.bits for field in fields} | syn


def read_tcp(segment: bytes) -> dict[str, int]:
    src, dst, seq, ack, offset, _, window = struct.unpack_from("!HHIIBBH", segment)
    return {
        "src_port": src, "dst_port": dst, "seq": seq, "ack": ack,
        "header_length": (offset >> 4) * 4, "window": window,
    }  # fmt: skip


def bit_field(data: bytes, first: int, width: int) -> int:
    behind = len(data) * 8 - first - width
    return int.from_bytes(data) >> behind & (1 << width) - 1


def pack_next(seq: int, size: int) -> bytes:
    return struct.pack("!I", (seq + size) % 2**32)


# What people write instead.


def read_tcp_as(form: str, segment: bytes) -> dict[str, int]:
    """The fields of a header packed in another format."""
    src, dst, seq, ack, offset, _, window = struct.unpack_from(form, segment)
    return read_tcp(segment) | {
        "src_port": src, "dst_port": dst, "seq": seq, "ack": ack,
        "header_length": (offset >> 4) * 4, "window": window,
    }  # fmt: skip


def window_too_soon(segment: bytes) -> dict[str, int]:
    """The byte of the flags forgotten: B H instead of B B H."""
    return read_tcp(segment) | {"window": struct.unpack_from("!H", segment, 13)[0]}


def from_the_right(data: bytes, first: int, width: int) -> int:
    return int.from_bytes(data) >> first & (1 << width) - 1


def within_a_byte(data: bytes, first: int, width: int) -> int:
    """The byte in which the field begins taken for all of it."""
    return data[first // 8] >> max(8 - first % 8 - width, 0) & (1 << width) - 1


def shown(data: bytes, first: int, width: int) -> str:
    return format(bit_field(data, first, width), f"0{width}b")


DUMP = (
    "def dump(data):",
    "    lines = []",
    "    for place in range(0, len(data), 16):",
    "        row = data[place : place + 16]",
    "        lines.append(f\"{place:04x}  {row.hex(' ')}\")",
    "    return lines",
)
FIRST_ONLY = "        row = data[place:16]"
IN_THE_LOOP = "        return lines"
DECIMAL = "        lines.append(f\"{place:04}  {row.hex(' ')}\")"


TASKS = (
    Task(
        "02/hex",
        answer="in_hex",
        reference=in_hex,
        hints=(
            "Two hexadecimal digits are a byte, and the first byte counts 256s.",
            '`0xc0` is 12 · 16 + 0. Python tells you each byte: `list(bytes.fromhex("c0 a8"))`.',
            "Times 256 for the first byte, plus the second one; the worked example does it in one "
            "line.",
        ),
        misconceptions=(
            Misconception(
                {pair: int.from_bytes(bytes.fromhex(pair), "little") for pair in PAIRS},
                "You take the first byte for the smaller part. In network byte order it is the "
                "larger one: it counts 256s (RFC 791 appendix B).",
            ),
            Misconception(
                {pair: sum(bytes.fromhex(pair)) for pair in PAIRS},
                "You add the two bytes. The first one counts 256s, as the first digit of 42 "
                "counts tens.",
            ),
            Misconception(
                {pair: int("".join(map(str, bytes.fromhex(pair)))) for pair in PAIRS},
                "You write the two bytes' decimal numbers one behind the other. But the first "
                "byte counts 256s, not 100s or 1000s.",
            ),
            Misconception(
                {
                    pair: (first << 4) + second
                    for pair in PAIRS
                    for first, second in [bytes.fromhex(pair)]
                },
                "The first byte is worth more than 16: it has two hexadecimal digits behind it, "
                "not one.",
            ),
        ),
    ),
    Task(
        "02/pack-port",
        answer="pack_port",
        reference=pack_port,
        points=2,
        examples=((80,), (443,)),
        more=ports,
        hints=(
            "Look at the bytes of port 80: are they the two that a capture shows?",
            "Without a sign at its beginning a format means the order of your own computer.",
            "The lesson's rule is one character long, and it stands in front of the `H`.",
        ),
        misconceptions=(
            Misconception(
                lambda port: struct.pack("<H", port),
                "The less significant byte comes first in yours, so port 80 arrives as 20480. "
                "Say in the format that it is for the network (RFC 791 appendix B).",
            ),
            Misconception(
                lambda port: struct.pack("!h", port),
                "The order is right. A small `h` is a number with a sign, which ends at 32767: "
                "ports have none.",
            ),
            Misconception(
                lambda port: struct.pack("!I", port),
                "The order is right, but `I` takes four bytes. A port is two bytes wide "
                "(RFC 9293 section 3.1).",
            ),
            Misconception(
                lambda port: str(port).encode(),
                "Those are the digits as letters. A port travels as a number in two bytes.",
            ),
            Misconception(
                lambda port: format(port, "04x").encode(),
                "Those are hexadecimal digits as letters, four bytes. Hexadecimal is for people: "
                "what travels are two bytes.",
            ),
        ),
    ),
    Task(
        "02/ports",
        answer="tcp_ports",
        reference=tcp_ports,
        points=2,
        examples=SEGMENTS,
        more=segments,
        hints=(
            "Try it on the request: its `src_port` is not what you get, its `dst_port` is. What "
            "have the small ones in common?",
            "A byte order is given, and it is right. What is the difference between `h` and `H`?",
            "In `struct`, small letters are numbers that can be negative: their first bit counts "
            "as a sign.",
        ),
        misconceptions=(
            Misconception(
                lambda segment: struct.unpack_from("!hh", segment),
                "Large ports come out negative: small letters in a format are numbers with a "
                "sign, so the first bit counts as one. Ports go from 0 to 65535.",
            ),
            Misconception(
                lambda segment: tuple(abs(port) for port in struct.unpack_from("!hh", segment)),
                "Taking the minus away does not give the port back: the bits were read wrongly. "
                "Read them as a number without a sign in the first place.",
            ),
            Misconception(
                lambda segment: struct.unpack_from("<HH", segment),
                "No sign any more, but now the bytes are read in the wrong order.",
            ),
            Misconception(
                lambda segment: tcp_ports(segment)[::-1],
                "Both numbers are right, in the wrong order: the sender's port comes first "
                "(RFC 9293 section 3.1).",
            ),
            Misconception(
                lambda segment: struct.unpack_from("!HH", segment, 34),
                "You read at byte 34, where TCP begins in a frame. What you are given here "
                "begins with TCP.",
            ),
        ),
    ),
    Task(
        "02/dump",
        answer="dump_order",
        points=2,
        lines=DUMP,
        extra=(FIRST_ONLY, IN_THE_LOOP, DECIMAL),
        hints=(
            "First comes the line that names the function, last the one that gives the result "
            "back.",
            "The list must be there before the loop begins, as each turn adds one line to it.",
            "Three lines do not belong. Each row goes on for 16 bytes from its own place, places "
            "are in hexadecimal, and the result is given back after the loop.",
        ),
        misconceptions=(
            Misconception(
                tuple(FIRST_ONLY if line == DUMP[3] else line for line in DUMP),
                "`data[place:16]` always ends at byte 16: from the second row on it is empty. "
                "The second number of a slice is a place, not a length.",
            ),
            Misconception(
                tuple(IN_THE_LOOP if line == DUMP[5] else line for line in DUMP),
                "The `return` is inside the loop, so only the first row is ever made. Look how far "
                "it is indented.",
            ),
            Misconception(
                tuple(DECIMAL if line == DUMP[4] else line for line in DUMP),
                "The places come out in decimal: the second row would begin at 0016. In a dump "
                "they are hexadecimal.",
            ),
            Misconception(
                (DUMP[0], DUMP[2], DUMP[3], DUMP[1], DUMP[4], DUMP[5]),
                "`lines = []` must come before the loop: there would be no list to add to.",
            ),
        ),
    ),
    Task(
        "02/shift",
        answer="shift",
        reference=shift,
        hints=(
            "A shift to the right drops the bits that stand right of the field.",
            "So count, in the picture, the bits between the field and the right end of its 16.",
            "Right of `data_offset` stand `reserved` and `flags`, four and eight bits.",
        ),
        misconceptions=(
            Misconception(
                {"data_offset": 0, "reserved": 4, "flags": 8, "SYN": 14},
                "Those are the numbers that the bits have in the RFC, counted from the left. "
                "A shift moves to the right: count the bits that stand right of the field.",
            ),
            Misconception(
                {"data_offset": 4, "reserved": 8, "flags": 16, "SYN": 15},
                "You count from the left, and each field with it. A shift drops what stands right "
                "of the field: count those bits.",
            ),
            Misconception(
                {"data_offset": 16, "reserved": 12, "flags": 8, "SYN": 2},
                "You count the field's own bits too, so nothing would be left of it. Count only "
                "those right of it.",
            ),
            Misconception(
                {"data_offset": 4, "reserved": 0, "flags": 0, "SYN": 1},
                "You shift within one byte. The number here was made of both: bytes 12 and 13.",
            ),
        ),
    ),
    Task(
        "02/read-tcp",
        answer="read_tcp",
        reference=read_tcp,
        points=3,
        examples=SEGMENTS,
        more=segments,
        hints=(
            "The lesson's format for a whole TCP header is `HHIIBBHHH`, with one sign before it.",
            "`struct.unpack_from(format, segment)` gives a tuple: take it apart with names on the "
            "left of `=`, one for each letter.",
            "The byte behind `ack` holds `data_offset` in its left half, in words of 4 bytes; the "
            "flags have the byte after it, then comes the window.",
        ),
        misconceptions=(
            Misconception(
                lambda segment: read_tcp_as("<HHIIBBH", segment),
                "All numbers of more than one byte are swapped: the sign for network order is "
                "missing, or another one stands there.",
            ),
            Misconception(
                lambda segment: read_tcp_as("!hhiiBBh", segment),
                "Some numbers come out negative: capital letters are numbers without a sign.",
            ),
            Misconception(
                lambda segment: read_tcp(segment) | {"header_length": segment[12] >> 4},
                "All right but `header_length`: `data_offset` counts words of 4 bytes (RFC 9293 "
                "section 3.1). How many bytes is that?",
            ),
            Misconception(
                lambda segment: read_tcp(segment) | {"header_length": segment[12]},
                "All right but `header_length`: that byte holds two numbers of four bits, and "
                "you take it for one.",
            ),
            Misconception(
                lambda segment: read_tcp(segment) | {"header_length": (segment[12] & 15) * 4},
                "All right but `header_length`: you keep the right half of the byte. The left one "
                "is `data_offset`.",
            ),
            Misconception(
                lambda segment: read_tcp(segment) | {"header_length": 20},
                "All right but `header_length`: it is 20 only without options. The header states "
                "its own length.",
            ),
            Misconception(
                window_too_soon,
                "All right but `window`: a byte with the flags stands before it.",
            ),
        ),
    ),
    Task(
        "02/bit-field",
        answer="bit_field",
        reference=bit_field,
        points=3,
        examples=(
            (IP_HEADER, 0, 4),
            (IP_HEADER, 4, 4),
            (IP_HEADER, IPv4.flags.start, 3),
            (IP_HEADER, IPv4.fragment_offset.start, 13),
            (TCP_HEADER, 96, 4),
        ),
        more=places,
        hints=(
            "First joined to one number, then shifted, then masked: the lesson's order, here for "
            "all bytes at once.",
            "`int.from_bytes(data)` has `len(data) * 8` bits. How many of them stand right of "
            "the field?",
            "A mask of `width` ones is `(1 << width) - 1`.",
        ),
        misconceptions=(
            Misconception(
                from_the_right,
                "You shift by `first`, as if bits were counted from the right. RFCs count from the "
                "left: bit 0 is the most significant one (RFC 791 appendix B).",
            ),
            Misconception(
                lambda data, first, width: int.from_bytes(data) >> len(data) * 8 - first - width,
                "The right end is right, but what stands left of the field is still there.",
            ),
            Misconception(
                lambda data, first, width: (
                    int.from_bytes(data, "little") >> len(data) * 8 - first - width
                    & (1 << width) - 1
                ),
                "You join the bytes in the wrong order: the first one is the most significant.",
            ),
            Misconception(
                within_a_byte,
                "You look into one byte only. A field may begin in one and end in another: join "
                "all bytes first.",
            ),
            Misconception(
                lambda data, first, width: (
                    int.from_bytes(data) >> len(data) * 8 - first - width & 1 << width
                ),
                "Your mask is a single 1, as `1 << width` is. A field takes as many ones as it is "
                "wide.",
            ),
            Misconception(
                lambda data, first, width: (
                    int.from_bytes(data) >> max(len(data) * 8 - first - width - 1, 0)
                    & (1 << width) - 1
                ),
                "You shift one bit too little: how many bits stand right of the field?",
            ),
            Misconception(
                shown,
                "Those are the right bits, as text. Asked for is the number.",
            ),
        ),
    ),
    Task(
        "02/next-seq",
        answer="pack_next",
        reference=pack_next,
        points=2,
        examples=((1000, 536), (0xFFFFFFFF, 2)),
        more=sizes,
        hints=(
            "Call it with `pack_next(0xFFFFFFFF, 2)`: what does `struct` say, and why?",
            "Four bytes hold numbers up to 0xFFFFFFFF. After that TCP begins again at 0, like the "
            "clock after 23:59.",
            "Keep only the last 32 bits of the sum, with a mask or with a remainder.",
        ),
        misconceptions=(
            Misconception(
                lambda seq, size: struct.pack("!I", seq + size),
                "Right, until the sum no longer fits into 32 bits: then `struct` refuses. TCP "
                "begins again at 0 (RFC 9293 section 3.4).",
            ),
            Misconception(
                lambda seq, size: struct.pack("!I", (seq + size) % 0xFFFFFFFF),
                "Off by one after the wrap: there are 2**32 numbers, and 0xFFFFFFFF is the last of "
                "them, not how many there are.",
            ),
            Misconception(
                lambda seq, size: struct.pack("!I", min(seq + size, 0xFFFFFFFF)),
                "Yours stops at the largest number. TCP's numbers go round in a circle (RFC 9293 "
                "section 3.4).",
            ),
            Misconception(
                lambda seq, size: struct.pack("!I", (seq + size) & 0xFFFF),
                "Your mask has 16 ones, so it cuts sequence numbers to the size of a port.",
            ),
            Misconception(
                lambda seq, size: struct.pack("!Q", seq + size),
                "With `Q` the number fits, but it takes eight bytes, and the field in the header "
                "has four.",
            ),
            Misconception(
                lambda seq, size: struct.pack("<I", (seq + size) % 2**32),
                "The number is right, its bytes are swapped.",
            ),
        ),
    ),
)
