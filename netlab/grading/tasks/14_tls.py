"""Lesson 14: what stays in sight of TLS, and how to read it."""

import random
from collections.abc import Iterator

from netlab import read, recording
from netlab.flows import conversations
from netlab.grading.task import Case, Misconception, Task
from netlab.header import view
from netlab.wire import TLS
from netlab.wire.tls import LONGEST

PACKETS = list(read(recording("tls.pcap")))
STREAMS = [stream for talk in conversations(iter(PACKETS)) for stream in (talk.sent, talk.received)]


# Records and hellos as they occur, and other bytes.


def opaque(width: int, data: bytes) -> bytes:
    """Data with their length before them."""
    return len(data).to_bytes(width) + data


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2) + opaque(2, body)


def records(stream: bytes) -> list[bytes]:
    """The whole records of a stream."""
    found = []
    while stream:
        end = 5 + int.from_bytes(stream[3:5])
        found.append(stream[:end])
        stream = stream[end:]
    return found


HELLOS = [records(stream)[0] for stream in STREAMS[::2]]
ANSWERS = [records(stream)[0] for stream in STREAMS[1::2]]


def payloads(chance: random.Random) -> Iterator[Case]:
    """Beginnings of segments: records, nearly records, and other protocols; mostly to port 443."""
    bounds = [
        record(kind, b"abc", version) for kind in (19, 20, 24, 25) for version in (0x0301, 0x0304)
    ]
    versions = [record(22, b"abc", version) for version in (0x02FF, 0x0300, 0x0304, 0x0305, 0x0400)]
    lengths = [
        b"\x17\x03\x03" + length.to_bytes(2) + b"a"
        for length in (0, 1, 255, 256, LONGEST - 1, LONGEST, LONGEST + 1, 0xFFFF)
    ]
    others = [
        b"GET / HTTP/1.1\r\n", b"SSH-2.0-x\r\n", b"", b"\x16", b"\x16\x03\x01\x02", b"\x16\x03\x01",
        b"\x16\x03\x01\x00\x05", chance.randbytes(20),
    ]  # fmt: skip
    for data in [*bounds, *versions, *lengths, *others]:
        yield chance.choice((443, 443, 443, 8443, 80)), data


def cut(chance: random.Random, stream: bytes, most: int) -> list[bytes]:
    """The stream in pieces of any length, as segments cut it."""
    pieces = []
    while stream:
        size = chance.randrange(1, most)
        pieces.append(stream[:size])
        stream = stream[size:]
    return pieces


def pieces_made(chance: random.Random) -> Iterator[Case]:
    """Streams in pieces: small and large ones, whole and broken off, sound and not."""
    for most in (6, 40, 400, 2000):
        for _ in range(2):
            stream = b"".join(
                record(chance.choice((20, 22, 23)), chance.randbytes(size))
                for size in chance.choices((0, 1, 5, 100, 256), k=4)
            )
            yield (cut(chance, stream[: chance.choice((None, -1, -7))], most),)
    first = record(23, b"first")
    for length in (LONGEST, LONGEST + 1, 0xFFFF):
        header = b"\x17\x03\x03" + length.to_bytes(2)
        yield ([first[:3], first[3:] + header[:4], header[4:], b"a"],)
        yield ([first + header + b"a"],)


def hello(
    chance: random.Random, extensions: bytes | None, session: int = 32, suites: int = 3
) -> bytes:
    """A ClientHello in a record; without extensions their length is missing, too."""
    body = b"\3\3" + chance.randbytes(32) + opaque(1, chance.randbytes(session))
    body += opaque(2, chance.randbytes(2 * suites)) + opaque(1, b"\0" * chance.choice((1, 1, 2)))
    body += b"" if extensions is None else opaque(2, extensions)
    return record(22, b"\1" + opaque(3, body), 0x0301)


def server_name_extension(name: str) -> bytes:
    return b"\0\0" + opaque(2, opaque(2, b"\0" + opaque(2, name.encode())))


OTHERS = (
    b"\x00\x17" + opaque(2, b""), b"\x00\x10" + opaque(2, b"\x00\x03\x02h2"),
    b"\x00\x2b" + opaque(2, b"\x02\x03\x04"), b"\x0a\x0a" + opaque(2, b"\0\0\0\x09\0\0"),
    b"\xff\x01" + opaque(2, b"\0"), b"\x01\x00" + opaque(2, b"\0\0"),
)  # fmt: skip


def hellos(chance: random.Random) -> Iterator[Case]:
    for number in range(16):
        parts = chance.sample(OTHERS, chance.randrange(4))
        if number % 4:
            names = ("a.example", "www.netlab.test", "x", "a-very-long-name.of-a-site.example")
            parts.insert(
                chance.randrange(len(parts) + 1), server_name_extension(chance.choice(names))
            )
        yield (
            hello(chance, b"".join(parts), chance.choice((0, 7, 32)), chance.choice((1, 9, 130))),
        )
    yield (hello(chance, None),)
    yield (hello(chance, b""),)


def server_hellos(chance: random.Random) -> Iterator[Case]:
    """The old field and the extensions of servers' answers."""
    for _ in range(14):
        long = b"\x00\x33" + opaque(2, bytes(260))
        parts = chance.sample([*OTHERS[:2], OTHERS[3], OTHERS[4], long], chance.randrange(4))
        if chance.randrange(2):
            version = chance.choice((0x0304, 0x0304, 0x0303, 0x7F1C))
            parts.insert(
                chance.randrange(len(parts) + 1), b"\x00\x2b" + opaque(2, version.to_bytes(2))
            )
        yield chance.choice((0x0301, 0x0302, 0x0303, 0x0303)), b"".join(parts)


def lengths_seen(chance: random.Random) -> Iterator[Case]:
    for number in range(10):
        lengths = [chance.randrange(24, 16_000) for _ in range(chance.choice((0, 1, 2, 5)))]
        yield ("TLS 1.2", "TLS 1.3")[number % 2], lengths


# The right answers.


def in_sight() -> dict[str, bool]:
    return {
        "the addresses": True,
        "the site's name in 1.2": True,
        "the site's name in 1.3": True,
        "the certificate in 1.2": True,
        "the certificate in 1.3": False,
        "the page's path": False,
        "the length of the answer": True,
    }


def is_tls(port: int, data: bytes) -> bool:
    return TLS.recognise(data, 0, len(data)) is not None


class Splitter:
    def __init__(self) -> None:
        self.kept = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        self.kept += data
        found: list[tuple[int, bytes]] = []
        while True:
            length = int.from_bytes(self.kept[3:5])
            if length > LONGEST:
                raise ValueError
            if len(self.kept) < 5 + length:
                return found
            found.append((self.kept[0], self.kept[5 : 5 + length]))
            self.kept = self.kept[5 + length :]


def server_name(data: bytes) -> str | None:
    segment = view(TLS, data, 0, len(data), None)
    assert isinstance(segment, TLS)
    return segment.server_name


def each_extension(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        end = 4 + int.from_bytes(data[2:4])
        yield int.from_bytes(data[:2]), data[4:end]
        data = data[end:]


def version(legacy_version: int, extensions: bytes) -> int:
    chosen = dict(each_extension(extensions)).get(43)
    return int.from_bytes(chosen) if chosen else legacy_version


def answer_length(spoken: str, lengths: list[int]) -> int:
    more = {"TLS 1.2": 24, "TLS 1.3": 17}[spoken]
    return sum(length - more for length in lengths)


# What people write instead.


def looks_like(
    data: bytes, *, kinds: tuple[int, ...] = (20, 21, 22, 23, 24), major: bool = True,
    minor: bool = True, exact: bool = False, limit: int = LONGEST, order: str = "big",
    whole: bool = True,
) -> bool:  # fmt: skip
    """The first bytes of a record by hand, each care of which may be left out."""
    if len(data) < (5 if whole else 1):
        return False
    length = int.from_bytes(data[3:5], "big" if order == "big" else "little")
    version = int.from_bytes(data[1:3])
    fits = not major or version >> 8 == 3
    return (
        data[0] in kinds
        and fits
        and (not minor or version & 0xFF <= 4)
        and (not exact or version == 0x0303)
        and length <= limit
    )


class Hasty(Splitter):
    """A splitter each care of which may be left out."""

    def __init__(
        self, *, once: bool = False, keeps: bool = True, limit: int = LONGEST, order: str = "big",
        header: bool = True, whole: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.once, self.keeps, self.limit = once, keeps, limit
        self.order, self.header, self.whole = order, header, whole

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        self.kept += data
        found = []
        while len(self.kept) >= 5:
            length = int.from_bytes(self.kept[3:5], "big" if self.order == "big" else "little")
            if length > self.limit:
                raise ValueError
            end = 5 + length if self.header else length
            if len(self.kept) < end or end < 5:
                break
            found.append((self.kept[0], self.kept[0 if self.whole else 5 : end]))
            self.kept = self.kept[end:]
            if self.once:
                break
        if not self.keeps:
            self.kept = b""
        return found


class PerSegment(Splitter):
    """Each piece taken for one record."""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        return [(data[0], data[5:])]


def name_by(
    data: bytes, *, session: int | None = None, inside: int = 5, first: bool = False,
    may_lack: bool = True,
) -> str | None:  # fmt: skip
    """The name by hand, each care of which may be left out."""
    at = 5 + 4 + 2 + 32
    at += 1 + (data[at] if session is None else session)
    at += 2 + int.from_bytes(data[at : at + 2])
    at += 1 + data[at]
    if may_lack and at >= len(data):
        return None
    if not may_lack and at + 2 > len(data):
        raise IndexError("index out of range")
    for number, body in each_extension(data[at + 2 :]):
        if number == 0 or first:
            return body[inside:].decode("latin-1")
    return None


def found_by_search(data: bytes) -> str | None:
    """The first two zero bytes taken for the extension's number."""
    at = data.find(b"\0\0")
    return data[at + 9 : at + 9 + int.from_bytes(data[at + 7 : at + 9])].decode("latin-1")


def as_a_list(legacy_version: int, extensions: bytes) -> int:
    """The server's choice read as the client's list, which begins with its length."""
    chosen = dict(each_extension(extensions)).get(43)
    return int.from_bytes(chosen[1:3]) if chosen else legacy_version


def added(spoken: str, lengths: list[int], twelve: int, thirteen: int) -> int:
    return sum(lengths) - len(lengths) * (twelve if spoken == "TLS 1.2" else thirteen)


WALK = (
    "def find_extension(extensions, wanted):",
    "    while extensions:",
    '        number, length = struct.unpack("!HH", extensions[:4])',
    "        if number == wanted:",
    "            return extensions[4 : 4 + length]",
    "        extensions = extensions[4 + length :]",
    "    return None",
)
SHORT = "        extensions = extensions[length:]"
TO_THE_END = "            return extensions[4:]"
LITTLE = '        number, length = struct.unpack("<HH", extensions[:4])'

PIECES = [record(22, b"hello") + record(20, b"\1")[:3], record(20, b"\1")[3:], record(23, b"")]


TASKS = (
    Task(
        "14/in-sight",
        answer="in_sight",
        reference=in_sight,
        hints=(
            "Ask of each: must somebody on the way know it, or is it said before there is a key?",
            "The ClientHello is always in the open. What comes behind the ServerHello differs "
            "between the versions.",
            "`b'www.netlab.test' in conversation.sent`, or `.received`, tells for names and "
            "certificates.",
        ),
        misconceptions=(
            Misconception(
                in_sight() | dict.fromkeys(list(in_sight())[1:3], False),
                "The client says the site's name in its first message, before there is any key "
                "(RFC 6066 section 3).",
            ),
            Misconception(
                in_sight() | {"the certificate in 1.3": True},
                "Nearly. TLS 1.3 has keys right after the two hellos, and encrypts what follows "
                "(RFC 8446 section 2).",
            ),
            Misconception(
                in_sight() | {"the length of the answer": False},
                "Nearly. Encryption does not change much how long things are, and the length of "
                "each record is in the open.",
            ),
        ),
    ),
    Task(
        "14/walk",
        answer="walk_order",
        lines=WALK,
        extra=(SHORT, TO_THE_END, LITTLE),
        hints=(
            "As long as there are bytes: read what stands at the beginning, then decide.",
            "An extension has four bytes, its number and its length, and then so many of its own.",
            "If it is the wanted one, give its own bytes. If not, go on behind it; at the end "
            "there is nothing to give.",
        ),
        misconceptions=(
            Misconception(
                (*WALK[:5], SHORT, WALK[6]),
                "The length does not count the four bytes that say number and length.",
            ),
            Misconception(
                (*WALK[:4], TO_THE_END, *WALK[5:]),
                "That gives all extensions that follow as well. The length says where this one "
                "ends.",
            ),
            Misconception(
                (*WALK[:2], LITTLE, *WALK[3:]),
                "Networks send the most significant byte first.",
            ),
            Misconception(
                (*WALK[:3], WALK[5], *WALK[3:5], WALK[6]),
                "You go on before you have looked whether this was the one.",
            ),
        ),
    ),
    Task(
        "14/is-tls",
        answer="is_tls",
        reference=is_tls,
        points=2,
        examples=(
            (443, b"GET / HTTP/1.1\r\n"),
            (8443, HELLOS[0][:20]),
            (443, ANSWERS[0][:9]),
            (443, b"\x16\x03\x01"),
            (443, ANSWERS[3]),
        ),
        more=payloads,
        hints=(
            "The port decides nothing. What do the first five bytes of a record say?",
            "Four conditions: five bytes are there, and type, version and length are possible.",
            "`data[0]` is the type, `data[1]` and `data[2]` are the version; the length is "
            "`int.from_bytes(data[3:5], 'big')`.",
        ),
        misconceptions=(
            Misconception(
                lambda port, data: port == 443,
                "A port is a heuristic: others speak on 443, too, and TLS speaks on others "
                "(RFC 7605). Look at the bytes.",
            ),
            Misconception(
                lambda port, data: port == 443 and is_tls(port, data),
                "The bytes are looked at well. But TLS is spoken on other ports, too.",
            ),
            Misconception(
                lambda port, data: looks_like(data, kinds=(22,)),
                "Handshakes only? A segment may also begin with data, an alert, or a change of "
                "ciphers.",
            ),
            Misconception(
                lambda port, data: looks_like(data, exact=True),
                "The version of a record is mostly 3.3, but a first hello says 3.1, and old ones "
                "more (RFC 8446 section 5.1).",
            ),
            Misconception(
                lambda port, data: looks_like(data, major=False, minor=False),
                "You do not look at the version: its first byte is 3 in all records.",
            ),
            Misconception(
                lambda port, data: looks_like(data, limit=0xFFFF),
                "A record of 65,535 bytes? There is a limit (RFC 5246 section 6.2.3).",
            ),
            Misconception(
                lambda port, data: looks_like(data, order="little"),
                "The length's first byte is the most significant one.",
            ),
            Misconception(
                lambda port, data: looks_like(data, whole=False),
                "With fewer than five bytes nobody can tell: there is no length to look at.",
            ),
        ),
    ),
    Task(
        "14/splitter",
        answer="Splitter",
        reference=Splitter,
        points=4,
        drive="tls.feed",
        examples=(
            (PIECES,),
            *((cut(random.Random(number), stream, 600),) for number, stream in enumerate(STREAMS)),
        ),
        more=pieces_made,
        hints=(
            "Put what comes behind what was left over, and look only at the whole.",
            "As long as there are five bytes and so many more as they say, take a record off the "
            "front.",
            "The length is `int.from_bytes(kept[3:5], 'big')`; look at it for the limit as soon "
            "as the header is there, before the body has come.",
        ),
        misconceptions=(
            Misconception(
                PerSegment,
                "You take each piece for a record. Segments and records do not line up.",
            ),
            Misconception(
                lambda: Hasty(keeps=False),
                "What is left over is lost: the rest of a record comes with the next piece.",
            ),
            Misconception(
                lambda: Hasty(once=True),
                "You give one record for each piece. There may be several in it: `while`, not "
                "`if`.",
            ),
            Misconception(
                lambda: Hasty(header=False),
                "The length counts what follows the five bytes of the header, not them too.",
            ),
            Misconception(
                lambda: Hasty(order="little"),
                "The length's first byte is the most significant one.",
            ),
            Misconception(
                lambda: Hasty(whole=True),
                "The records are the right ones. Give their bodies, without the five bytes.",
            ),
            Misconception(
                lambda: Hasty(limit=0xFFFF),
                "You wait for as many bytes as a stranger says. Records have a limit: refuse what "
                "announces more (RFC 8446 section 5.2).",
            ),
            Misconception(
                lambda: Hasty(limit=LONGEST - 1),
                "The largest length that is allowed is allowed.",
            ),
        ),
    ),
    Task(
        "14/server-name",
        answer="server_name",
        reference=server_name,
        points=4,
        examples=tuple((one,) for one in HELLOS),
        more=hellos,
        hints=(
            "Keep a place, and move it over one field after the other, by its own length.",
            "Before the extensions stand three fields that say their length: one byte, two bytes, "
            "one byte. After them comes the length of all extensions, unless the hello ends there.",
            "In extension 0 stand the length of a list, a byte for the kind of name, the name's "
            "length: the name begins at its byte 5.",
        ),
        misconceptions=(
            Misconception(
                lambda data: name_by(data, session=32),
                "You take every session id for 32 bytes. The byte before it says how long it is; "
                "it may be 0 (RFC 8446 section 4.1.2).",
            ),
            Misconception(
                lambda data: name_by(data, session=0),
                "You take every session id for empty. The byte before it says how long it is "
                "(RFC 8446 section 4.1.2).",
            ),
            Misconception(
                lambda data: name_by(data, inside=2),
                "Before the name stand three more bytes: its kind and its length "
                "(RFC 6066 section 3).",
            ),
            Misconception(
                lambda data: name_by(data, first=True),
                "You take the first extension. They come in any order: look at their numbers.",
            ),
            Misconception(
                lambda data: server_name(data) or "",
                "A client may leave the name out. Then the result is `None`, not a name of no "
                "letters.",
            ),
            Misconception(
                lambda data: name.encode() if (name := server_name(data)) else None,
                "Those are the right bytes. Asked for is text: `.decode('ascii')`.",
            ),
            Misconception(
                lambda data: name_by(data, may_lack=False),
                "A hello may end without any extensions, and without their length.",
            ),
            Misconception(
                found_by_search,
                "You look for two zero bytes. Random numbers have them as well: walk over the "
                "fields instead.",
            ),
        ),
    ),
    Task(
        "14/version",
        answer="version",
        reference=version,
        points=2,
        examples=(
            (0x0303, b""),
            (0x0303, b"\x00\x17\x00\x00\x00\x2b\x00\x02\x03\x04"),
            (0x0302, b"\xff\x01\x00\x01\x00"),
            (0x0302, b"\x0a\x0a\x00\x02\x03\x04\x00\x2b\x00\x02\x03\x03"),
            (0x0303, b"\x00\x2b\x00\x02\x7f\x1c"),
        ),
        more=server_hellos,
        hints=(
            "TLS 1.3 hides its number, so that old boxes on the way let it pass. Where?",
            "`find_extension(extensions, 43)` gives the two bytes of the version, or `None`.",
            "Where the extension is there, it counts; where not, the old field does.",
        ),
        misconceptions=(
            Misconception(
                lambda legacy_version, extensions: legacy_version,
                "In TLS 1.3 the old field still says 1.2. The true version is in an extension "
                "(RFC 8446 section 4.2.1).",
            ),
            Misconception(
                as_a_list,
                "A client lists its versions with a length before them. The server names one, in "
                "two bytes (RFC 8446 section 4.2.1).",
            ),
            Misconception(
                lambda legacy_version, extensions: (
                    0x0304 if 43 in dict(each_extension(extensions)) else legacy_version
                ),
                "The extension need not say 1.3: read what it says.",
            ),
            Misconception(
                lambda legacy_version, extensions: (
                    0x0304
                    if b"\x00\x2b" in extensions and b"\x03\x04" in extensions
                    else legacy_version
                ),
                "You look for bytes anywhere. The extension may say something else: walk to it, "
                "and read it.",
            ),
        ),
    ),
    Task(
        "14/answer-length",
        answer="answer_length",
        reference=answer_length,
        points=2,
        examples=(("TLS 1.3", [441]), ("TLS 1.2", [340]), ("TLS 1.3", [298, 441]), ("TLS 1.2", [])),
        more=lengths_seen,
        hints=(
            "Each record is longer than what was put into it, by what encryption adds.",
            "What is added depends on the version, and comes once for every record.",
            "Take 17 or 24 off each of the lengths, then add up.",
        ),
        misconceptions=(
            Misconception(
                lambda spoken, lengths: sum(lengths),
                "That is the length of what travels. Encryption has added something to each "
                "record.",
            ),
            Misconception(
                lambda spoken, lengths: sum(lengths) - (24 if spoken == "TLS 1.2" else 17),
                "You take it off once. Every record has its own.",
            ),
            Misconception(
                lambda spoken, lengths: added(spoken, lengths, 17, 17),
                "TLS 1.2 adds other bytes: its records have a number of 8 bytes and a tag of 16 "
                "(RFC 5288 section 3).",
            ),
            Misconception(
                lambda spoken, lengths: added(spoken, lengths, 24, 16),
                "In TLS 1.3 the true type travels inside, in a byte of its own "
                "(RFC 8446 section 5.2).",
            ),
            Misconception(
                lambda spoken, lengths: added(spoken, lengths, 29, 22),
                "The record's header is not part of its length.",
            ),
        ),
    ),
)
