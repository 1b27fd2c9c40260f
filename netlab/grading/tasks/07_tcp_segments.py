"""Lesson 07: TCP's header, its flags, options and checksum, and numbers that wrap around."""

import random
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any

from netlab import dissect, read, recording
from netlab.checksum import internet_checksum
from netlab.grading.task import Case, Misconception, Task
from netlab.packet import stack
from netlab.wire import TCP, IPv4
from netlab.wire.tcp import MSS, WindowScale

PACKETS = [packet for packet in read(recording("http.pcap")) if TCP in packet]
SEGMENTS = [
    packet.data[packet[TCP].offset :][: packet[IPv4].total_length - 20] for packet in PACKETS
]
SYN = SEGMENTS[0]
CLIENT, SERVER = "192.168.1.10", "192.168.1.20"

NAMES = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")
"""The flags, from the bit of value 1 on."""

TURN = 2**32
"""After the largest sequence number comes 0."""


# Cases beyond those of the recording.


def flag_bytes(chance: random.Random) -> Iterator[Case]:
    """None, each alone, all, and any."""
    yield from ((number,) for number in (0, 255, *(1 << bit for bit in range(8))))
    yield from ((chance.randrange(256),) for _ in range(6))


def numbers(chance: random.Random) -> Iterator[Case]:
    """Segments with and without data, with flags that take a number and others that take none."""
    for flags in (["SYN"], ["SYN", "ACK"], ["ACK"], ["PSH", "ACK"], ["FIN", "ACK"], ["RST"], []):
        yield chance.randrange(TURN), flags, 0
        yield chance.randrange(TURN), flags, chance.randrange(1, 1461)
    yield from ((seq, ["FIN", "ACK"], 10) for seq in (TURN - 1, TURN - 10, TURN - 11, TURN - 12, 0))
    yield TURN - 1, ["ACK"], 0
    yield TURN - 2, ["SYN", "FIN"], 0


def pairs(chance: random.Random) -> Iterator[Case]:
    """Two numbers less than half a turn apart, with and without 0 between them."""
    yield from ((0, 1), (1, 0), (5, 5), (0, 0), (TURN - 1, 0), (0, TURN - 1), (TURN - 1, TURN - 1))
    for ahead in (1, 1000, 2**31 - 1, *(chance.randrange(1, 2**31) for _ in range(5))):
        for start in (chance.randrange(TURN), TURN - 1 - chance.randrange(ahead)):
            other = (start + ahead) % TURN
            yield start, other
            yield other, start


def segment(chance: random.Random, options: int, data: int, offset: int | None = None) -> bytes:
    """A segment with that many words of options and bytes of data, which may say otherwise."""
    header = TCP(
        src_port=chance.randrange(1, 65536), dst_port=chance.randrange(1, 65536),
        seq=chance.randrange(TURN), ack=chance.randrange(TURN), flags="PSH ACK",
        options=b"\1" * options * 4, data_offset=offset, reserved=chance.randrange(1, 16),
    )  # fmt: skip
    return bytes(header) + chance.randbytes(data)


def segments(chance: random.Random) -> Iterator[Case]:
    """Segments with options and without, with data and without; then broken ones."""
    for options, data in ((0, 0), (0, 9), (3, 0), (3, 40), (10, 5), (10, 0)):
        yield (segment(chance, options, data),)
    whole = segment(chance, 5, 0)
    for size in (0, 1, 12, 13, 19, 20, 39):
        yield (whole[:size],)
    for offset in (0, 1, 4, 11, 15):
        yield (segment(chance, 2, 12, offset),)


def option_lists(chance: random.Random) -> Iterator[Case]:
    """Options as programs send them, filled up and ended; then such as nobody should believe."""
    for text in (
        "", "00", "01", "01 01 01 00", "02 04 05 b4", "01 03 03 07", "03 03 07 01", "04 02 00 00",
        "02 04 05 b4 00 00 00 00", "00 02 04 05 b4", "fe 02 00", "05 0a 00 00 00 01 00 00 00 09 01",
    ):  # fmt: skip
        yield (bytes.fromhex(text),)
    for text in (
        "02", "02 00", "02 00 05 b4", "02 01 05 b4", "02 05 05 b4", "01 08 0a 00", "04 02 08",
        "01 01 03 00 01", "13 12 00 01", "03 ff 07", "04 01",
    ):  # fmt: skip
        yield (bytes.fromhex(text),)
    for _ in range(5):
        found = b""
        for kind in chance.sample(range(2, 255), 3):
            value = chance.randbytes(chance.randrange(7))
            found += bytes([kind, 2 + len(value)]) + value + b"\1" * chance.randrange(3)
        yield (found,)
        yield (found + b"\0\0",)


def on_both(chance: random.Random) -> Iterator[Case]:
    """Segments of even and odd lengths between addresses of IPv4 and of IPv6."""
    for options, data in ((0, 0), (1, 1), (3, 100), (5, 33), (0, 700)):
        ends4 = ["10.{}.{}.{}".format(*chance.randbytes(3)) for _ in range(2)]
        ends6 = [str(ip_address(b"\x20\1\x0d\xb8" + chance.randbytes(12))) for _ in range(2)]
        for src, dst in (ends4, ends6):
            made = segment(chance, options, data)
            yield src, dst, made
            right = tcp_checksum(src, dst, made).to_bytes(2)
            yield src, dst, made[:16] + right + made[18:]


def openings(chance: random.Random) -> Iterator[Case]:
    """What there is to know for a SYN, with numbers large and small."""
    for _ in range(6):
        src, dst = (f"192.0.2.{chance.randrange(1, 255)}" for _ in range(2))
        ports = chance.randrange(1024, 65536), chance.choice((22, 80, 443, 8080))
        yield src, dst, *ports, chance.randrange(TURN), chance.randrange(500, 9000)
    yield CLIENT, SERVER, 65535, 1, TURN - 1, 536


# The right answers.


def flag_names(flags: int) -> list[str]:
    return [name for place, name in enumerate(NAMES) if flags >> place & 1]


def next_number(seq: int, flags: Sequence[str], size: int) -> int:
    return (seq + size + ("SYN" in flags) + ("FIN" in flags)) % TURN


def before(one: int, other: int) -> bool:
    return one != other and (other - one) % TURN < 2**31


def split(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 20:
        raise ValueError("shorter than a header")
    words = data[12] >> 4
    if not 5 <= words <= len(data) // 4:
        raise ValueError("not the length of a header")
    return data[20 : words * 4], data[words * 4 :]


def tcp_options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while data and data[0] != 0:
        if data[0] == 1:
            data = data[1:]
            continue
        if len(data) < 2 or not 2 <= data[1] <= len(data):
            raise ValueError("an impossible length")
        found[data[0]], data = data[2 : data[1]], data[data[1] :]
    return found


def tcp_checksum(src: str, dst: str, data: bytes) -> int:
    return internet_checksum(pseudo(src, dst, len(data)) + data[:16] + b"\0\0" + data[18:])


def pseudo(src: str, dst: str, length: int, protocol: int = 6) -> bytes:
    """The pseudo-header; the order of its last words does nothing to the sum."""
    ends = ip_address(src).packed + ip_address(dst).packed
    return ends + length.to_bytes(4) + protocol.to_bytes(4)


def build_syn(src: str, dst: str, src_port: int, dst_port: int, seq: int, mss: int) -> bytes:
    return syn_with(src, dst, src_port, dst_port, seq, mss)


def syn_with(
    src: str, dst: str, src_port: int, dst_port: int, seq: int, mss: int, **fields: Any
) -> bytes:
    """The SYN from the declared header, with some fields as they are given."""
    options = [MSS(mss=mss)]
    known: dict[str, Any] = {"flags": "SYN", "window": 65535, "options": options}
    tcp = TCP(src_port=src_port, dst_port=dst_port, seq=seq, **known | fields)
    return bytes(stack(IPv4(src=src, dst=dst), tcp))[20:]


def findings(frames: Sequence[tuple[int, bytes]]) -> dict[str, int]:
    """What the two ends say, and what has happened between them."""
    found = [dissect(data)[TCP] for _, data in frames]
    syn, fin = (next(each for each in found if flag in flags_of(each)) for flag in ("SYN", "FIN"))
    server = [each for each in found if each.src_port == syn.dst_port]
    shift = next(option.shift for option in server[0].options if isinstance(option, WindowScale))
    return {
        "mss": next(option.mss for option in syn.options if isinstance(option, MSS)),
        "data": (fin.seq - syn.seq - 1) % TURN,
        "damaged": [each.checksum_verdict()[0] for each in found].index(False),
        "window": server[-1].window << shift,
    }


def flags_of(tcp: TCP) -> list[str]:
    return flag_names(int(tcp.flags))


# What people write instead.


def of_length(data: bytes, end: int) -> tuple[bytes, bytes]:
    """A header that ends somewhere else."""
    split(data)
    return data[20:end], data[end:]


def unchecked(data: bytes) -> tuple[bytes, bytes]:
    return of_any(data, data[12] >> 4)


def of_any(data: bytes, words: int) -> tuple[bytes, bytes]:
    return data[20 : words * 4], data[words * 4 :]


def cut_options(data: bytes) -> tuple[bytes, bytes]:
    """A header that is cut short is taken as it is."""
    if len(data) < 20 or data[12] >> 4 < 5:
        raise ValueError
    return unchecked(data)


def any_offset(data: bytes) -> tuple[bytes, bytes]:
    """A header of less than 20 bytes is taken as it is."""
    if len(data) < 20 or data[12] >> 4 > len(data) // 4:
        raise ValueError
    return unchecked(data)


def options_by(
    data: bytes, *, least: int = 2, most: bool = True, pads: bool = True, ends: bool = True,
    extra: int = 0, gives_up: bool = False,
) -> dict[int, bytes]:  # fmt: skip
    """A walk through the options with one thing wrong."""
    found: dict[int, bytes] = {}
    while data:
        if ends and data[0] == 0:
            break
        if (pads and data[0] == 1) or (not ends and data[0] == 0):
            data = data[1:]
            continue
        length = data[1] + extra if len(data) > 1 else 0
        if length < least or (most and length > len(data)):
            if gives_up:
                break
            raise ValueError
        found[data[0]], data = data[2:length], data[length:]
    return found


def summed(src: str, dst: str, data: bytes, **changes: int) -> int:
    """The checksum with another number in the pseudo-header."""
    words = pseudo(src, dst, **{"length": len(data)} | changes)
    return internet_checksum(words + data[:16] + b"\0\0" + data[18:])


def only_ipv4(src: str, dst: str, data: bytes) -> int:
    """The addresses taken apart at their dots."""
    for address in (src, dst):
        bytes(map(int, address.split(".")))
    return tcp_checksum(src, dst, data)


def as_text(src: str, dst: str, data: bytes) -> int:
    """The letters of the addresses are summed."""
    return internet_checksum(
        (src + dst).encode() + pseudo("0.0.0.0", "0.0.0.0", len(data)) + data[:16] + data[18:]
    )


def swapped_mss(src: str, dst: str, src_port: int, dst_port: int, seq: int, mss: int) -> bytes:
    swapped = int.from_bytes(mss.to_bytes(2), "little")
    return build_syn(src, dst, src_port, dst_port, seq, swapped)


def without_options(*case: Any) -> bytes:
    return syn_with(*case, options=[])


def in_bytes(*case: Any) -> bytes:
    """The data offset in bytes, as far as four bits hold it."""
    return syn_with(*case, data_offset=24 % 16)


def bare_sum(*case: Any) -> bytes:
    """The checksum over the segment alone."""
    made = syn_with(*case, checksum=0)
    return made[:16] + internet_checksum(made).to_bytes(2) + made[18:]


def added_up(frames: Sequence[tuple[int, bytes]]) -> dict[str, int]:
    """The lengths of all segments, the damaged one's too."""
    found = [dissect(data)[TCP] for _, data in frames]
    client = [each for each in found if each.src_port == found[0].src_port]
    return findings(frames) | {"data": sum(len(each.payload) for each in client)}


def unturned(frames: Sequence[tuple[int, bytes]]) -> dict[str, int]:
    """The numbers subtracted as they are."""
    found = findings(frames)
    return found | {"data": found["data"] - TURN}


def unscaled(frames: Sequence[tuple[int, bytes]]) -> dict[str, int]:
    found = [dissect(data)[TCP] for _, data in frames]
    last = [each for each in found if each.src_port == found[0].dst_port][-1]
    return findings(frames) | {"window": last.window}


def of_the_server(frames: Sequence[tuple[int, bytes]]) -> dict[str, int]:
    answer = dissect(frames[1][1])[TCP]
    mss = next(option.mss for option in answer.options if isinstance(option, MSS))
    return findings(frames) | {"mss": mss}


def plus(frames: Sequence[tuple[int, bytes]], **more: int) -> dict[str, int]:
    found = findings(frames)
    return found | {key: found[key] + number for key, number in more.items()}


TASKS = (
    Task(
        "07/flags",
        answer="flag_names",
        reference=flag_names,
        examples=tuple((segment[13],) for segment in (SEGMENTS[0], SEGMENTS[1], SEGMENTS[3])),
        more=flag_bytes,
        hints=(
            "It is right when one flag alone is set. What else may be in the number then?",
            "A single bit is looked at by shifting it to the right end and cutting off the rest.",
            "`flags >> place` brings the bit to the right end, `& 1` keeps it alone.",
        ),
        misconceptions=(
            Misconception(
                lambda flags: [name for place, name in enumerate(NAMES) if flags == 1 << place],
                "Right while one flag alone is set. The number is a sum of bits: look at one bit "
                "of it, whatever the others are.",
            ),
            Misconception(
                lambda flags: [name for place, name in enumerate(NAMES) if flags & place],
                "You mask with the place. The mask for a bit is 1 shifted to that place.",
            ),
            Misconception(
                lambda flags: [name for place, name in enumerate(NAMES) if flags >= 1 << place],
                "A number that is larger has not always that bit: 16 is ACK alone.",
            ),
            Misconception(
                lambda flags: flag_names(flags)[::-1],
                "The flags are right. Give them in the order of `NAMES`, the bit of value 1 first.",
            ),
        ),
    ),
    Task(
        "07/next-number",
        answer="next_number",
        reference=next_number,
        points=2,
        examples=((0, ["SYN"], 0), (TURN - 1, ["ACK"], 1)),
        more=numbers,
        hints=(
            "Each byte of data takes a number. Which flags take one as well?",
            "SYN and FIN take one each, also when there are data; the other flags take none.",
            "Add all up, and let the sum begin again at 0 behind the largest number: `% 2**32`.",
        ),
        misconceptions=(
            Misconception(
                lambda seq, flags, size: (seq + size) % TURN,
                "The bytes are counted. But SYN and FIN take a number each (RFC 9293 section 3.4).",
            ),
            Misconception(
                lambda seq, flags, size: (seq + size + ("SYN" in flags)) % TURN,
                "SYN is counted. FIN takes a number as well: it is acknowledged like a byte.",
            ),
            Misconception(
                lambda seq, flags, size: (seq + max(size, 1)) % TURN,
                "A segment that says nothing new takes no number: an ACK without data can be sent "
                "again and again.",
            ),
            Misconception(
                lambda seq, flags, size: (
                    (seq + size + sum(flag in flags for flag in ("SYN", "FIN", "ACK"))) % TURN
                ),
                "An ACK takes no number: otherwise each would have to be acknowledged itself.",
            ),
            Misconception(
                lambda seq, flags, size: seq + size + ("SYN" in flags) + ("FIN" in flags),
                "The sum is right, but it does not fit into 32 bits for ever: behind 2³² − 1 comes "
                "0 (RFC 9293 section 3.4).",
            ),
        ),
    ),
    Task(
        "07/before",
        answer="before",
        reference=before,
        examples=((1, 2), (2, 1), (TURN - 1, 0), (0, TURN - 1)),
        more=pairs,
        hints=(
            "How many steps forward is it from `a` to `b`? That may lead over 0.",
            "The steps are `(b - a) % 2**32`: `%` gives a number from 0 on, also when `b - a` is "
            "below 0.",
            "`a` comes before `b` when the steps are fewer than half a turn, `2**31`, and not 0.",
        ),
        misconceptions=(
            Misconception(
                lambda a, b: 0 < b - a < 2**31,
                "Right until the numbers begin again: from 4294967290 to 4 it is ten steps, and no "
                "number below 0.",
            ),
            Misconception(
                lambda a, b: a < b,
                "Right until the numbers begin again: behind 2³² − 1 comes 0, and that 0 is later.",
            ),
            Misconception(
                lambda a, b: (b - a) % TURN < 2**31,
                "Nearly: a number does not come before itself.",
            ),
            Misconception(
                lambda a, b: (b - a) % TURN > 0,
                "From any number one comes to any other, going forwards for long enough. Only the "
                "nearer way counts: less than half a turn.",
            ),
            Misconception(
                lambda a, b: (a - b) % TURN < 2**31 and a != b,
                "Just the other way round: `b - a` are the steps from `a` to `b`.",
            ),
            Misconception(
                lambda a, b: a < b or a > TURN - 2**16 > b,
                "You take a number near the end for one from before the turn. How near may it be? "
                "Half of all numbers lie on either side.",
            ),
        ),
    ),
    Task(
        "07/split",
        answer="split",
        reference=split,
        points=2,
        examples=((SYN,), (SEGMENTS[3],)),
        more=segments,
        hints=(
            "Byte 12 says where the header ends. It can only be looked at when it is there.",
            "`(segment[12] >> 4) * 4` is the header's end in bytes. Between which numbers must it "
            "be?",
            "Refuse fewer than 20 bytes first; then an end below 20 or beyond `len(segment)`. "
            "Return `segment[20:end]` and `segment[end:]`.",
        ),
        misconceptions=(
            Misconception(
                unchecked,
                "Sound segments are split rightly. Now refuse the others with a `ValueError`: such "
                "as are too short, and such as state an impossible length.",
            ),
            Misconception(
                lambda data: of_length(data, 20),
                "You take each header for 20 bytes: the data offset, the high half of byte 12, "
                "says how long it is.",
            ),
            Misconception(
                lambda data: of_length(data, data[12] >> 4),
                "The data offset counts words of 4 bytes: make bytes of it.",
            ),
            Misconception(
                lambda data: of_length(data, data[12] // 16 * 4 + data[12] % 16),
                "The low half of byte 12 does not belong to the data offset: shift it away.",
            ),
            Misconception(
                cut_options,
                "A slice beyond the end gives what there is, and no error: compare the header's "
                "end with `len(segment)`.",
            ),
            Misconception(
                any_offset,
                "A data offset below 5 would be a header of less than 20 bytes: there is none.",
            ),
        ),
    ),
    Task(
        "07/options",
        answer="tcp_options",
        reference=tcp_options,
        points=3,
        seconds=1.0,
        examples=((SYN[20:],), (SEGMENTS[3][20:32],)),
        more=option_lists,
        hints=(
            "With a length of 0 nothing is cut off, and the loop goes on for ever. Which lengths "
            "are possible at all?",
            "Two kinds have no length: at 0 the list ends (`break`), and 1 is a single byte to "
            "step over (`data = data[1:]` and `continue`).",
            "For all others refuse unless two bytes are there and `2 <= data[1] <= len(data)`.",
        ),
        misconceptions=(
            Misconception(
                lambda data: options_by(data, least=1, most=False),
                "A length of 0 you refuse. But one of 1 would leave out the length itself, and one "
                "that is longer than what is left is cut short: refuse both.",
            ),
            Misconception(
                lambda data: options_by(data, least=1),
                "The length counts the kind and itself, so that 1 is impossible as well.",
            ),
            Misconception(
                lambda data: options_by(data, most=False),
                "A slice beyond the end gives what there is, and no error: an option that is "
                "longer than what is left is to be refused.",
            ),
            Misconception(
                lambda data: options_by(data, pads=False),
                "NOP, the kind 1, is a byte alone: no length stands behind it (RFC 9293 section "
                "3.2).",
            ),
            Misconception(
                lambda data: options_by(data, ends=False),
                "The kind 0 ends the list, whatever follows: it is no padding like NOP.",
            ),
            Misconception(
                lambda data: options_by(data, extra=2),
                "The length counts the whole option, its kind and itself, too: not as in DHCP.",
            ),
            Misconception(
                lambda data: options_by(data, gives_up=True),
                "You stop in silence at an impossible length. Nobody can tell that from a list "
                "that ends: raise a `ValueError` (RFC 9293 section 3.1).",
            ),
        ),
    ),
    Task(
        "07/checksum",
        answer="tcp_checksum",
        reference=tcp_checksum,
        points=3,
        examples=(
            (CLIENT, SERVER, SYN),
            (SERVER, CLIENT, SEGMENTS[1]),
            (CLIENT, SERVER, SEGMENTS[3]),
        ),
        more=on_both,
        hints=(
            "Put three things one behind the other: the addresses, protocol and length; the "
            "segment up to the checksum and 0 in its place; the rest of the segment.",
            "`ip_address(src).packed` gives the 4 or 16 bytes of an address. A sum does not mind "
            'the order of words: for both versions, `struct.pack("!2H", 6, len(segment))` will '
            "do behind them.",
            '`segment[:16] + b"\\0\\0" + segment[18:]` is the segment with 0 for its checksum. '
            "`internet_checksum(...)` of all that is the answer.",
        ),
        misconceptions=(
            Misconception(
                lambda src, dst, data: internet_checksum(data[:16] + b"\0\0" + data[18:]),
                "You sum the segment alone. TCP's checksum covers a pseudo-header too, with "
                "addresses, protocol and length (RFC 9293 section 3.1).",
            ),
            Misconception(
                lambda src, dst, data: internet_checksum(pseudo(src, dst, len(data)) + data),
                "You sum the checksum that stands there, too: put 0 in its place. (What you get is "
                "0 when it is right: so the receiver checks.)",
            ),
            Misconception(
                lambda src, dst, data: summed(src, dst, data, protocol=17),
                "17 is UDP. TCP's number is another one.",
            ),
            Misconception(
                lambda src, dst, data: summed(src, dst, data, length=(data[12] >> 4) * 4),
                "The length in the pseudo-header is that of header and data together (RFC 9293 "
                "section 3.1).",
            ),
            Misconception(
                lambda src, dst, data: summed(
                    src, dst, data, length=len(data) + len(pseudo(src, dst, 0))
                ),
                "The pseudo-header does not travel, and its own length is not counted (RFC 9293 "
                "section 3.1).",
            ),
            Misconception(
                lambda src, dst, data: internet_checksum(
                    pseudo(src, dst, len(data))
                    + data[:16]
                    + b"\0\0"
                    + data[18 : (data[12] >> 4) * 4]
                ),
                "You leave out the data: the checksum covers them as well.",
            ),
            Misconception(
                only_ipv4,
                "Right for IPv4. An address of IPv6 has no dots: `ip_address(...)` from the module "
                "`ipaddress` reads both.",
            ),
            Misconception(
                as_text,
                "You sum the letters of the addresses. What counts are their 4 or 16 bytes: "
                "`ip_address(src).packed`.",
            ),
        ),
    ),
    Task(
        "07/build-syn",
        answer="build_syn",
        reference=build_syn,
        points=3,
        examples=((CLIENT, SERVER, 50000, 80, 1000, 1460),),
        more=openings,
        hints=(
            "Pack the header with 0 for the checksum first, then compute that, then put it in.",
            'The formats: `"!HHIIBBHHH"` for the header, as in lesson 02, and `"!BBH"` for the '
            "option: kind 2, length 4, the MSS.",
            "The data offset is 6 words, and stands in the high half of its byte: `6 << 4`. At "
            'last, `segment[:16] + number.to_bytes(2, "big") + segment[18:]`.',
        ),
        misconceptions=(
            Misconception(
                lambda *case: syn_with(*case, checksum=0),
                "All is right but the checksum: with 0 there the kernel throws the segment away. "
                "Only UDP may leave it out.",
            ),
            Misconception(
                bare_sum,
                "The checksum is that of the segment alone. It covers the pseudo-header too: use "
                "your function from task 6.",
            ),
            Misconception(
                lambda *case: syn_with(*case, data_offset=5),
                "The data offset says 20 bytes: so the option would be data. It counts the "
                "option's word too.",
            ),
            Misconception(
                in_bytes,
                "The data offset counts words of 4 bytes, not bytes: 24 does not fit into 4 bits.",
            ),
            Misconception(
                without_options,
                "The option is missing: kind 2, length 4, and the MSS in two bytes.",
            ),
            Misconception(
                lambda *case: syn_with(*case, flags="SYN ACK"),
                "There is nothing to acknowledge yet: only the flag SYN.",
            ),
            Misconception(
                swapped_mss,
                "The bytes of the MSS are swapped: `!` in front of each format.",
            ),
        ),
    ),
    Task(
        "07/findings",
        answer="findings",
        reference=findings,
        points=3,
        capture="segments.connection",
        hints=(
            "Begin with the two SYNs: their options say the MSS, and by how much windows are "
            "shifted. `netlab.SequenceLadder(packets)` shows the rest at a glance.",
            "`tcp.checksum_verdict()` tells for each segment whether it is damaged. The client's "
            "bytes lie between the numbers of its SYN and of its FIN.",
            "`(fin.seq - syn.seq - 1) % 2**32` for the data; the window is the field of the "
            "server's last segment, shifted by the scale in the server's own SYN.",
        ),
        misconceptions=(
            Misconception(
                added_up,
                "All but the data is right: you add up what was sent, and the damaged segment's "
                "bytes were sent twice.",
            ),
            Misconception(
                unturned,
                "All but the data is right: the client's numbers have begun again at 0 on their "
                "way.",
            ),
            Misconception(
                lambda frames: plus(frames, data=1),
                "All but the data is right: the SYN takes a number, too, and is not a byte.",
            ),
            Misconception(
                unscaled,
                "All but the window is right: the server has announced a window scale in its SYN.",
            ),
            Misconception(
                of_the_server,
                "All but the MSS is right: that is the server's. Asked for is what the client "
                "wants to receive at most.",
            ),
            Misconception(
                lambda frames: plus(frames, damaged=1),
                "All but the damaged one is right: packets count from 0 here, as in Python. Or is "
                "it the one that came in its place?",
            ),
        ),
    ),
)
