"""Lesson 06: UDP's checksum, names in DNS messages, and DHCP's options."""

import random
import struct
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from netlab import read, recording
from netlab.checksum import internet_checksum
from netlab.grading.task import Case, Misconception, Task
from netlab.packet import dissect
from netlab.wire import DHCP, DNS, UDP
from netlab.wire.dns import AAAA, CNAME, NS, A, Question

PACKETS = list(read(recording("dns.pcap")))
MESSAGES = [
    packet.data[packet[DNS].offset :] for packet in PACKETS if DNS in packet and UDP in packet
]
ANSWERS = tuple((data,) for data in MESSAGES if data[2] & 0x80)
WWW, WEB = MESSAGES[1], MESSAGES[5]
"""The answers about www.netlab.test, and about web.netlab.test, which is an alias."""

LEASES = [packet[DHCP] for packet in read(recording("dhcp.pcap")) if DHCP in packet]
OPTIONS = tuple((bytes(lease)[240:],) for lease in LEASES[:4])
"""What discover, offer, request and ack say, from behind the cookie on."""

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
KINDS = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}


# Cases beyond those of the recordings.


def label(chance: random.Random, most: int = 6) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randrange(1, most + 1)))


def questions(chance: random.Random) -> Iterator[Case]:
    """Names of one label and of many, labels that are as long as they may be, and some that are
    none."""
    for count in (1, 2, 3, 4, 6):
        name = ".".join(label(chance) for _ in range(count))
        yield chance.randrange(256, 65536), name, chance.choice(list(KINDS.values()))
    for name in ("a" * 63 + ".test", "b" * 64 + ".test", "a.." + "test", ".test", "c.test."):
        yield 7, name, 257


def written(labels: Sequence[str], end: bytes = b"\0") -> bytes:
    return b"".join(bytes([len(each)]) + each.encode() for each in labels) + end


def names(chance: random.Random) -> Iterator[Case]:
    """Names in messages like those that servers send, then names that nobody should believe."""
    for shift in (0, 0, 300):  # with 300, the pointers need more than one byte
        data, places = bytes(12 + shift), [12 + shift]
        for number in range(10):
            labels = [label(chance) for _ in range(chance.randrange(3 if number else 1, 4))]
            first = len(data)
            backwards = bool(number) and number % 3 != 2
            end = pointer(chance.choice(places)) if backwards else b"\0"
            places.append(first)
            data += written(labels, end)
            yield data, first
        yield data + b"\0", len(data)  # the root
    yield from LOOPS
    yield from (
        (bytes(12) + each, 12)
        for each in (
            b"\3ab", b"\3abc", b"\3abc\2", b"\3abc\xc0", b"", b"\0", b"\x40" + b"a" * 64 + b"\0",
            b"\x80\0", b"\xbf" + b"b" * 191 + b"\0", b"\x3f" + b"c" * 63 + b"\0",
        )
    )  # fmt: skip


def pointer(place: int) -> bytes:
    return (0xC000 | place).to_bytes(2)


HEAD = bytes(12)
LOOPS: tuple[Case, ...] = (
    (HEAD + pointer(12), 12),  # to itself
    (bytes(13) + pointer(13), 13),  # to itself, at an odd place
    (HEAD + pointer(0), 12),  # to the very first byte, which is as good as any
    (HEAD + pointer(14) + b"\3abc\0", 12),  # forwards
    (HEAD + written(["abc"], pointer(12)), 12),  # to the beginning of the name itself
    (HEAD + written(["abc"], pointer(13)) + b"\0", 12),  # into a label of its own
    (HEAD + written(["abc"], pointer(18)) + written(["de"], pointer(12)), 18),  # there and back
    (HEAD + written(["abc"], pointer(11)), 12),  # backwards, to a zero of the header
)


def messages(chance: random.Random) -> Iterator[Case]:
    """Answers with addresses among other records, with none, cut off, and addresses elsewhere."""
    for kinds in ("1", "511", "28", "55128", "5", ""):
        records = list(kinds.replace("28", "6"))
        chance.shuffle(records)
        for more in ("", "tc", "elsewhere"):
            yield (answer_with("".join(records), more),)
    yield (bytes(DNS(qr=1, rcode=3, questions=[Question(name=WANTED)])),)


WANTED, REAL = "www.netlab.test", "host.netlab.test"


@cache
def answer_with(kinds: str, more: str) -> bytes:
    """An answer with a record for each character: 1 an address, 5 an alias, 6 an IPv6 address."""
    made: dict[str, list[Any]] = {
        "1": [A(name=REAL, address=f"192.0.2.{number}") for number in range(9)],
        "5": [CNAME(name=WANTED, cname=REAL)] * 9,
        "6": [AAAA(name=REAL, address=f"2001:db8::{number}") for number in range(9)],
    }
    dns = DNS(
        qr=1, tc=more == "tc", questions=[Question(name=WANTED)],
        answers=[made[kind][number] for number, kind in enumerate(kinds)],
    )  # fmt: skip
    if more == "elsewhere":
        server = {
            "authorities": [NS(name="test", nsdname="ns.test")],
            "additionals": [A(name="ns.test", address="192.0.2.53")],
        }
        dns = dns.replace(**server, authority_count=None, additional_count=None)
    return bytes(dns)


def sums_to_nothing(chance: random.Random, size: int) -> bytes:
    """Bytes whose checksum is 0."""
    data = chance.randbytes(size)
    return data + internet_checksum(data).to_bytes(2)


def to_send(chance: random.Random) -> Iterator[Case]:
    for size in (8, 12, 21, 40, 60):
        yield (chance.randbytes(size),)
        yield (sums_to_nothing(chance, 2 * size),)
    yield (b"\xff\xfe",)
    yield (b"\xff\xff",)


def received(chance: random.Random) -> Iterator[Case]:
    """Each kind of datagram, over IPv4 and IPv6."""
    for version in (4, 6):
        for size in (8, 20, 41):
            data = chance.randbytes(size)
            number = internet_checksum(data) or 0xFFFF
            yield version, number, data
            yield version, number ^ 1 << chance.randrange(16) or 1, data
            yield version, 0, data
        nothing = sums_to_nothing(chance, 30)
        for number in (0, 0xFFFF, 0xFFFE, 1):
            yield version, number, nothing


def option_lists(chance: random.Random) -> Iterator[Case]:
    """Options of all lengths, with padding between and behind; then lists that break off."""
    for _ in range(6):
        data = b""
        for _ in range(chance.randrange(1, 6)):
            value = chance.randbytes(chance.randrange(9))
            data += bytes([chance.randrange(1, 255), len(value)]) + value
            data += bytes(chance.choice((0, 0, 1, 3)))
        yield (data + b"\xff" + bytes(chance.randrange(4)),)
    for text in (
        "ff", "00 ff", "35 01 05 ff 35 01 06 ff", "0c 00 ff", "06 02 00 ff ff", "0c ff" + "61" * 255
        + "ff", "78 01 61 78 01 62 ff", "fe 01 00 ff", "01 01 ff ff",
    ):  # fmt: skip
        yield (bytes.fromhex(text),)
    for text in ("", "00 00", "35 01 05", "35", "35 02 05", "35 03 05 ff", "35 01 05 00", "0c 01"):
        yield (bytes.fromhex(text),)


# The right answers.


def query(number: int, name: str, kind: int) -> bytes:
    labels = name.split(".")
    if not all(1 <= len(each) <= 63 for each in labels):
        raise ValueError("a label has 1 to 63 bytes")
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + written(labels) + asked(kind)


def asked(kind: int) -> bytes:
    return struct.pack("!2H", kind, 1)


def read_name(message: bytes, place: int) -> str:
    labels: list[str] = []
    start = place
    while place < len(message):
        length = message[place]
        if length == 0:
            return ".".join(labels)
        if length <= 63:
            labels.append(message[place + 1 : place + 1 + length].decode())
            place += 1 + length
        else:
            place = start = earlier(message, place, start)
    raise ValueError("the name breaks off")


def earlier(message: bytes, place: int, start: int) -> int:
    """Where the pointer leads, if it is one that leads to before the name."""
    two = int.from_bytes(message[place : place + 2])
    if two < 0xC000 or two & 0x3FFF >= start:
        raise ValueError("neither a label nor a pointer backwards")
    return two & 0x3FFF


@cache
def dns_of(message: bytes) -> DNS:
    return dissect(message, DNS)[DNS]


def addresses(message: bytes) -> list[str] | None:
    dns = dns_of(message)
    if dns.tc:
        return None
    return [record.rdata for record in dns.answers if record.type == 1]


def udp_checksum(covered: bytes) -> int:
    return internet_checksum(covered) or 0xFFFF


def verdict(version: int, checksum: int, covered: bytes) -> str:
    if checksum == 0:
        return "left out" if version == 4 else "not allowed"
    return "right" if checksum == udp_checksum(covered) else "wrong"


def dhcp_options(data: bytes) -> list[tuple[int, bytes]]:
    options: list[tuple[int, bytes]] = []
    place = 0
    while place < len(data):
        code, length = data[place], int.from_bytes(data[place + 1 : place + 2])
        if code == 255:
            return options
        if code == 0:
            place += 1
            continue
        options.append((code, data[place + 2 : place + 2 + length]))
        place += 2 + length
    raise ValueError("the list breaks off")


# What people write instead.


def asked_with(
    number: int, name: str, kind: int, *, form: str = "!6H", flags: int = 0x0100,
    end: bytes = b"\0", kinds: bytes = b"", dots: bool = False,
) -> bytes:  # fmt: skip
    """A question with something else in one of its places."""
    query(number, name, kind)  # refuses what is to be refused
    body = name.encode() + end if dots else written(name.split("."), end)
    return struct.pack(form, number, flags, 1, 0, 0, 0) + body + (kinds or asked(kind))


def as_given(number: int, name: str, kind: int) -> bytes:
    """The function that is to be repaired."""
    return struct.pack("<6H", number, 256, 1, 0, 0, 0) + name.encode() + b"\0" + asked(kind)


def any_length(number: int, name: str, kind: int) -> bytes:
    head = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0)
    return head + written(name.split(".")) + asked(kind)


def careless(message: bytes, place: int) -> str:
    """The reader of the lesson, without the dot at the end."""
    if message[place] >= 0xC0:
        return careless(message, int.from_bytes(message[place : place + 2]) & 0x3FFF)
    length = message[place]
    if length == 0:
        return ""
    rest = careless(message, place + 1 + length)
    text = message[place + 1 : place + 1 + length].decode()
    return f"{text}.{rest}" if rest else text


def before_the_pointer(message: bytes, place: int) -> str:
    """A pointer is compared with its own place, not with where the name begins."""
    if place >= len(message):
        raise ValueError
    length = message[place]
    if length >= 0xC0:
        target = int.from_bytes(message[place : place + 2]) & 0x3FFF
        if target >= place:
            raise ValueError
        return before_the_pointer(message, target)
    if length > 63 or place + length >= len(message):
        raise ValueError
    if length == 0:
        return ""
    rest = before_the_pointer(message, place + 1 + length)
    text = message[place + 1 : place + 1 + length].decode()
    return f"{text}.{rest}" if rest else text


def seen(message: bytes, place: int) -> str:
    """Each place is visited once; forwards is as good as backwards."""
    labels: list[str] = []
    visited: set[int] = set()
    while place < len(message) and place not in visited:
        visited.add(place)
        length = message[place]
        if length == 0:
            return ".".join(labels)
        if length >= 0xC0 and place + 1 < len(message):
            place = int.from_bytes(message[place : place + 2]) & 0x3FFF
        elif length <= 63 and place + length < len(message):
            labels.append(message[place + 1 : place + 1 + length].decode())
            place += 1 + length
        else:
            break
    raise ValueError


def one_byte(message: bytes, place: int) -> str:
    """Only the second byte of a pointer is used, so that nothing is found beyond byte 255."""
    labels: list[str] = []
    start = place
    while place < len(message):
        length = message[place]
        if length == 0:
            return ".".join(labels)
        if length <= 63 and place + length < len(message):
            labels.append(message[place + 1 : place + 1 + length].decode())
            place += 1 + length
        elif length < 0xC0 or place + 1 >= len(message) or message[place + 1] >= start:
            break
        else:
            place = start = message[place + 1]
    raise ValueError


def with_dot(message: bytes, place: int) -> str:
    return read_name(message, place) + "."


def cut_short(message: bytes, place: int) -> str:
    """What a slice gives is taken, however short, and the message's end for the name's."""
    try:
        return read_name(message, place)
    except ValueError:
        return read_name(message + bytes(255), place)


def records(message: bytes, part: str = "answers") -> Any:
    return getattr(dns_of(message), part)


def rdata_of(some: Any, kind: int = 1) -> list[str]:
    return [record.rdata for record in some if kind in (0, record.type)]


def unless_cut(message: bytes, found: list[str]) -> list[str] | None:
    return None if addresses(message) is None else found


def with_counted_head(data: bytes) -> list[tuple[int, bytes]]:
    """The length taken to count the option's own two bytes, as TCP's does."""
    options: list[tuple[int, bytes]] = []
    place = 0
    while place < len(data):
        if data[place] == 255:
            return options
        if data[place] == 0:
            place += 1
            continue
        length = data[place + 1]
        options.append((data[place], data[place + 2 : place + length]))
        place += max(length, 1)
    raise ValueError


def padding_with_length(data: bytes) -> list[tuple[int, bytes]]:
    """A padding byte taken for an option like others."""
    options: list[tuple[int, bytes]] = []
    place = 0
    while place < len(data):
        if data[place] == 255:
            return options
        length = int.from_bytes(data[place + 1 : place + 2])
        if data[place]:
            options.append((data[place], data[place + 2 : place + 2 + length]))
        place += 2 + length
    raise ValueError


def beyond_the_end(data: bytes) -> list[tuple[int, bytes]]:
    """The option that ends the list taken for one more byte of padding."""
    options: list[tuple[int, bytes]] = []
    place = 0
    while place < len(data):
        if data[place] in (0, 255):
            place += 1
            continue
        length = int.from_bytes(data[place + 1 : place + 2])
        options.append((data[place], data[place + 2 : place + 2 + length]))
        place += 2 + length
    return options


def without_end(data: bytes) -> list[tuple[int, bytes]]:
    """A list that breaks off is as good as one that ends."""
    try:
        return dhcp_options(data)
    except ValueError:
        return beyond_the_end(data)


def to_the_first_255(data: bytes) -> list[tuple[int, bytes]]:
    """The end looked for as a byte, which may also stand in an option."""
    if 255 not in data:
        raise ValueError
    return beyond_the_end(data[: data.index(255)])


PLAIN_NAME = (
    "def plain_name(message, place):",
    "    labels = []",
    "    while message[place] != 0:",
    "        length = message[place]",
    "        place += 1",
    "        labels.append(message[place : place + length].decode())",
    "        place += length",
    '    return ".".join(labels)',
)
TO_THE_END, ONE_MORE = "    while place < len(message):", "        place += length + 1"

SERVFAIL = bytes(DNS(qr=1, rcode=2))

TASKS = (
    Task(
        "06/plain-name",
        answer="name_order",
        lines=PLAIN_NAME,
        extra=(TO_THE_END, ONE_MORE),
        hints=(
            "A name ends where a length is 0, not where the message ends.",
            "In the loop: read the length, step over it, take the label, step over the label.",
            "The length is one byte, so `place += 1` comes before the label is taken and "
            "`place += length` after it. Two lines are left over.",
        ),
        misconceptions=(
            Misconception(
                (*PLAIN_NAME[:4], PLAIN_NAME[5], PLAIN_NAME[4], *PLAIN_NAME[6:]),
                "Your label begins with its own length byte: step over that first.",
            ),
            Misconception(
                (*PLAIN_NAME[:2], TO_THE_END, *PLAIN_NAME[3:]),
                "Behind the name come its type and its class: your loop would take them for "
                "labels. A name ends at the length 0.",
            ),
            Misconception(
                (*PLAIN_NAME[:6], ONE_MORE, PLAIN_NAME[7]),
                "The byte of the length has been stepped over already: with one more, your second "
                "label begins a byte too late.",
            ),
        ),
    ),
    Task(
        "06/query",
        answer="query",
        reference=query,
        points=2,
        examples=((7, "www.netlab.test", 1), (7, "netlab.test", 28)),
        more=questions,
        hints=(
            "Two things are wrong: the order of the bytes in the header, and how the name is "
            "written.",
            'For each of `name.split(".")`, one byte with its length, then its letters; and a 0 '
            "behind the last.",
            "`bytes([len(label)]) + label.encode()` is a label. Before it, look whether its "
            "length is from 1 to 63. And the header's format begins with `!`.",
        ),
        misconceptions=(
            Misconception(
                as_given,
                "Two things are wrong still: the header's numbers are not in network byte order, "
                "and a name is not written with dots.",
            ),
            Misconception(
                lambda *case: asked_with(*case, form="<6H"),
                "The name is right. In the header, the bytes of each number are swapped: the "
                "server would see 256 questions.",
            ),
            Misconception(
                lambda *case: asked_with(*case, dots=True),
                "The header is right. A name has no dots: before each label stands its length "
                "(RFC 1035 section 3.1).",
            ),
            Misconception(
                lambda *case: asked_with(*case, end=b""),
                "Your name does not end: behind the last label stands a label of length 0, the "
                "root.",
            ),
            Misconception(
                lambda number, name, kind: asked_with(
                    number, name, kind, kinds=struct.pack("!2H", 1, kind)
                ),
                "Behind the name comes the type, then the class (RFC 1035 section 4.1.2).",
            ),
            Misconception(
                lambda *case: asked_with(*case, flags=0),
                "The flag `rd` is missing: the server is not asked to go and find out.",
            ),
            Misconception(
                any_length,
                "Right for proper names. But a label has 1 to 63 bytes (RFC 1035 section 2.3.4): "
                "refuse others with a `ValueError`.",
            ),
        ),
    ),
    Task(
        "06/read-name",
        answer="read_name",
        reference=read_name,
        points=3,
        examples=((WWW, 12), (WWW, 33), (WEB, 33), (WEB, 45)),
        more=names,
        hints=(
            "At `place` stands one of four things: 0, a label's length up to 63, a pointer from "
            "0xC0 on, or something that is neither.",
            'A pointer is `int.from_bytes(message[place : place + 2], "big") & 0x3FFF`. Keep in '
            "`start` where the labels that you are reading begin, and compare the pointer with "
            "that.",
            "After a jump both `place` and `start` are where the pointer led. Loop "
            "`while place < len(message)`: when that ends, the name breaks off, and what follows "
            "the loop is `raise ValueError(...)`.",
        ),
        misconceptions=(
            Misconception(
                careless,
                "Right for honest messages. But pointers that go round and names that break off "
                "bring your function down: refuse them with a `ValueError`.",
            ),
            Misconception(
                before_the_pointer,
                "A pointer to before itself can still lead round: to the beginning of the name "
                "that it ends. Compare it with where those labels began.",
            ),
            Misconception(
                seen,
                "You notice loops. But a pointer that leads forwards is to be refused as well: "
                "RFC 1035 section 4.1.4 speaks of a prior occurrence of the name.",
            ),
            Misconception(
                one_byte,
                "A pointer has 14 bits. Its second byte alone is right only up to byte 255 of the "
                "message.",
            ),
            Misconception(
                with_dot,
                "Nearly: dots stand between the labels, none behind the last.",
            ),
            Misconception(
                cut_short,
                "A slice beyond the end gives what there is, and no error: a name that breaks off "
                "is to be refused.",
            ),
        ),
    ),
    Task(
        "06/addresses",
        answer="addresses",
        reference=addresses,
        points=2,
        examples=((WWW,), (WEB,), (SERVFAIL,), *ANSWERS[2:9]),
        more=messages,
        hints=(
            "Print `record.type` and `record.rdata` of each answer about web.netlab.test.",
            "Only records of type 1 are asked for, and it may be that there are none.",
            "`[record for record in dns.answers if ...]`, and before that `return None` when "
            "`dns.tc` is 1.",
        ),
        misconceptions=(
            Misconception(
                lambda message: rdata_of(records(message)[:1], 0),
                "The first record may be an alias: look at the types, and take each that is an "
                "address. And an answer with `tc` is not complete.",
            ),
            Misconception(
                lambda message: rdata_of(records(message), 0),
                "You take every record. Those of another type hold names or IPv6 addresses. And an "
                "answer with `tc` is not complete.",
            ),
            Misconception(
                lambda message: rdata_of(records(message)),
                "The addresses are right. But when `tc` is set, some may be missing: return "
                "`None`.",
            ),
            Misconception(
                lambda message: unless_cut(message, rdata_of(records(message)[:1])),
                "Not only the first record may be an address: look at all of them.",
            ),
            Misconception(
                lambda message: unless_cut(message, rdata_of(records(message), 0)),
                "You take every record. Those of another type hold names or IPv6 addresses.",
            ),
            Misconception(
                lambda message: unless_cut(
                    message,
                    rdata_of([*records(message), *records(message, "additionals")]),
                ),
                "The additional records are about other names: only the answers answer.",
            ),
            Misconception(
                lambda message: addresses(message) or None,
                "No address at all is an answer, too: an empty list. `None` is for one that was "
                "cut off.",
            ),
        ),
    ),
    Task(
        "06/udp-checksum",
        answer="udp_checksum",
        reference=udp_checksum,
        examples=((bytes.fromhex("00 01 f2 03 f4 f5 f6 f7"),), (b"\xff\xff",)),
        more=to_send,
        hints=(
            "For most datagrams nothing is to be done. For which one is there?",
            "When the sum comes out as 0, it must not be sent as 0, as that would mean that there "
            "is none.",
            "RFC 768 says what is sent instead: all ones, in 16 bits. In ones' complement that "
            "is a zero, too.",
        ),
        misconceptions=(
            Misconception(
                internet_checksum,
                "A checksum that comes out as 0 must not be sent as 0: the receiver would think "
                "that you have left it out (RFC 768).",
            ),
            Misconception(
                lambda covered: internet_checksum(covered) or 1,
                "Not 1: in ones' complement there are two zeros, and the other one is all ones "
                "(RFC 768).",
            ),
            Misconception(
                lambda covered: internet_checksum(covered) ^ 0xFFFF,
                "You turn over the bits of each checksum: only a 0 is to be replaced.",
            ),
        ),
    ),
    Task(
        "06/udp-received",
        answer="verdict",
        reference=verdict,
        points=2,
        examples=(
            (4, 0x220D, bytes.fromhex("00 01 f2 03 f4 f5 f6 f7")),
            (4, 0, b"\xff\xff"),
            (6, 0, b"\xff\xff"),
        ),
        more=received,
        hints=(
            "Look first whether there is a checksum at all. What a 0 means depends on the version "
            "of IP.",
            "If there is one, it is right when it is what the sender must have sent: you have a "
            "function for that.",
            "Compare with `udp_checksum(covered)`, not with the bare sum, which may be 0.",
        ),
        misconceptions=(
            Misconception(
                lambda version, checksum, covered: (
                    "right" if checksum == udp_checksum(covered) else "wrong"
                ),
                "A 0 is no checksum: the sender has left it out. Over IPv4 it may, over IPv6 "
                "it may not.",
            ),
            Misconception(
                lambda version, checksum, covered: verdict(4, checksum, covered),
                "IPv6 has no checksum of its own, so that UDP's must not be left out there (RFC "
                "8200 section 8.1).",
            ),
            Misconception(
                lambda version, checksum, covered: (
                    verdict(version, checksum, covered)
                    if checksum == 0 or internet_checksum(covered)
                    else "wrong"
                ),
                "Nearly: a sum that came out as 0 has been sent as 0xFFFF, and is right.",
            ),
            Misconception(
                lambda version, checksum, covered: (
                    "left out"
                    if version == 4 and not checksum
                    else verdict(4, checksum, covered)
                    if checksum
                    else "wrong"
                ),
                "Over IPv6 a 0 is not a wrong checksum but none at all: that has a word of its "
                "own here.",
            ),
        ),
    ),
    Task(
        "06/dhcp-options",
        answer="dhcp_options",
        reference=dhcp_options,
        points=3,
        examples=OPTIONS,
        more=option_lists,
        hints=(
            "Keep a `place`, and go on from option to option: never look for a byte in the middle "
            "of one.",
            "At `place`: 255 ends the list, 0 is one byte to step over, anything else is a code "
            "behind which the length and so many bytes stand.",
            "The next option begins at `place + 2 + length`. When the loop runs out of bytes "
            "before a 255, `raise ValueError(...)`.",
        ),
        misconceptions=(
            Misconception(
                with_counted_head,
                "DHCP's length counts the value only, not the two bytes before it (RFC 2132 "
                "section 2).",
            ),
            Misconception(
                padding_with_length,
                "The code 0 is padding: one byte, without a length behind it (RFC 2132 section "
                "3.1).",
            ),
            Misconception(
                beyond_the_end,
                "The code 255 ends the list, whatever follows; and a list without it breaks off "
                "and is to be refused (RFC 2132 section 3.2).",
            ),
            Misconception(
                without_end,
                "A list that has no 255, or whose last value is cut short, breaks off: refuse it "
                "with a `ValueError`.",
            ),
            Misconception(
                to_the_first_255,
                "A 255 may also stand within a value, such as in a subnet mask: go from option to "
                "option.",
            ),
        ),
    ),
)
