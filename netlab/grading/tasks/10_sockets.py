"""Lesson 10: all of it, not what happens to come; where a message ends; how long to wait."""

import random
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from netlab.chat.messages import parse
from netlab.grading.task import Case, Misconception, Task
from netlab.wire.chat import Chat

TEXTS = ("", "Hi Bob", "Grüße", "¿Qué tal?", "日本語", "🚚", "pay 1000 euros to Bob")
NAMES = ("Ada", "Bob", "Zoë", "Ōe")


def torn(chance: random.Random, data: bytes, most: int = 9) -> list[bytes]:
    """The data in pieces of 1 to `most` bytes."""
    pieces = []
    while data:
        size = chance.randint(1, most)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


# Sending all of it.

SEND_LINES = (
    "def send_all(connection, data):",
    "    while data:",
    "        taken = connection.send(data)",
    "        data = data[taken:]",
)
SEND_EXTRA = ("    if data:", "        data = data[:taken]", "        connection.send(data)")


# So many bytes, not less and not more.


def receive_exactly(connection: Any, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError(f"closed after {len(data)} of {count} bytes")
        data += piece
    return data


ORDER = b"pay 1000 euros to Bob"

PIECES: tuple[Case, ...] = (
    ([ORDER], 21),
    ([ORDER[:7], ORDER[7:14], ORDER[14:]], 21),
    ([ORDER[:7], ORDER[7:14], ORDER[14:]], 10),
    ([ORDER + b"pay"], 21),
    ([ORDER[:7]], 21),
    ([], 1),
    ([ORDER], 0),
)


def dribbling(chance: random.Random) -> Iterator[Case]:
    for _ in range(12):
        data = chance.randbytes(chance.randrange(5, 60))
        yield torn(chance, data), chance.randrange(1, len(data) + 3)


def once(connection: Any, count: int) -> bytes:
    return connection.recv(count)  # type: ignore[no-any-return]


def looping(
    connection: Any,
    count: int,
    wanted: Callable[[int, int], int] = lambda count, have: count - have,
    at_end: Callable[[], bool] = lambda: False,
) -> bytes:
    """A loop that asks for so many bytes at a time, and at the end perhaps stops."""
    data = b""
    while len(data) < count:
        piece = connection.recv(wanted(count, len(data)))
        if not piece and at_end():
            return data
        data += piece
    return data


def greedy(connection: Any, count: int, size: int = 0) -> bytes:
    """Right but for how much it asks for."""
    data = b""
    while len(data) < count:
        piece = connection.recv(size or count)
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return data


# A length before the message.


def frame(text: str) -> bytes:
    data = text.encode()
    return struct.pack("!I", len(data)) + data


def texts(chance: random.Random) -> Iterator[Case]:
    for size in (255, 256, 300, 65_535, 65_536):
        yield (chance.choice("abcü") * size,)
    yield from ((text,) for text in TEXTS)


def receive_message(
    connection: Any,
    most: int,
    prefix: Callable[[Any, int], bytes] = receive_exactly,
    number: Callable[[bytes], int] = int.from_bytes,
    too_long: Callable[[int, int], bool] = lambda length, most: length > most,
) -> bytes | None:
    first = connection.recv(1)
    if not first:
        return None
    length = number(first + prefix(connection, 3))
    if too_long(length, most):
        raise ValueError(f"a message of {length} bytes is not taken")
    return receive_exactly(connection, length)


def never_none(connection: Any, most: int) -> bytes:
    """Takes the end between two messages for one within a message."""
    length = int.from_bytes(receive_exactly(connection, 4))
    if length > most:
        raise ValueError("too long")
    return receive_exactly(connection, length)


def always_none(connection: Any, most: int) -> bytes | None:
    """Takes an end within a message for one between two."""
    try:
        return receive_message(connection, most)
    except ConnectionError:
        return None


def none_for_empty(connection: Any, most: int) -> bytes | None:
    return receive_message(connection, most) or None


def limit_too_late(connection: Any, most: int) -> bytes | None:
    """Receives the message, and looks then how long it is."""
    message = receive_message(connection, 1 << 40)
    if message is not None and len(message) > most:
        raise ValueError("too long")
    return message


def framed(*messages: bytes) -> bytes:
    return b"".join(len(message).to_bytes(4) + message for message in messages)


STREAMS: tuple[Case, ...] = (
    ([framed(b"Hi Bob")], 100),
    ([framed(b"Hi Bob", b"How are you?")], 100),
    ([framed(b"Hi", b"", b"Bob")], 100),
    ([framed(b"Hi Bob")[:2], framed(b"Hi Bob")[2:]], 100),
    ([framed(b"Hi Bob")[:8]], 100),
    ([framed(b"Hi Bob")[:3]], 100),
    ([b"GET / HTTP/1.1\r\n\r\n"], 100),
    ([framed(b"12345", b"123456")], 5),
    ([], 100),
)


def streams(chance: random.Random) -> Iterator[Case]:
    for _ in range(10):
        messages = [chance.randbytes(chance.choice((0, 1, 7, 30))) for _ in range(3)]
        data = framed(*messages)
        cut = chance.choice((len(data), len(data), chance.randrange(len(data))))
        yield torn(chance, data[:cut], 12), chance.choice((7, 29, 30, 1000))
    yield torn(chance, framed(bytes(300), bytes(70_000)), 50_000), 1 << 20


# Lines.


class Lines:
    """Keeps what stands behind the last delimiter."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self.rest = (self.rest + data).split(b"\r\n")
        return lines


class Naive(Lines):
    def feed(self, data: bytes) -> list[bytes]:
        return data.split(b"\r\n")


class Forgetful(Lines):
    def feed(self, data: bytes) -> list[bytes]:
        return data.split(b"\r\n")[:-1]


class SplitsFirst(Lines):
    """Splits each piece by itself: a delimiter in two pieces is not seen."""

    def feed(self, data: bytes) -> list[bytes]:
        first, *more = data.split(b"\r\n")
        *lines, self.rest = (self.rest + first, *more)
        return lines


class NoEmptyLines(Lines):
    def feed(self, data: bytes) -> list[bytes]:
        return [line for line in super().feed(data) if line]


class AnyEnd(Lines):
    """Takes a single newline for the end of a line."""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [line.removesuffix(b"\r") for line in lines]


class KeepsTheEnds(Lines):
    def feed(self, data: bytes) -> list[bytes]:
        return [line + b"\r\n" for line in super().feed(data)]


LINES: tuple[Case, ...] = (
    ([b"one\r\ntwo\r\n"],),
    ([b"one\r\ntwo\r\nth", b"ree\r\n"],),
    ([b"one\r", b"\ntwo\r\n"],),
    ([b"one\r\n\r\ntwo\r\n"],),
    ([b"a\nb\r\n"],),
    ([b"", b"one", b"", b"\r\n"],),
)


def texts_in_pieces(chance: random.Random) -> Iterator[Case]:
    for _ in range(12):
        words = chance.choices((b"one", b"two", b"", b"a\rb", b"a\nb", b"three"), k=5)
        yield (torn(chance, b"\r\n".join([*words, b""]), 7),)


# How long to wait.


class Reader:
    """A limit for the whole wait, and nothing that came is lost."""

    def __init__(self, connection: Any, clock: Callable[[], float]) -> None:
        self.connection, self.clock, self.kept = connection, clock, b""

    def read(self, count: int, seconds: float) -> Any:
        end = self.clock() + seconds
        while len(self.kept) < count:
            self.wait_at_most(end - self.clock(), seconds)
            try:
                piece = self.connection.recv(count)
            except (TimeoutError, BlockingIOError):
                return self.given_up()
            if not piece:
                self.ended()
            self.kept += piece
        taken, self.kept = self.kept[:count], self.kept[count:]
        return taken

    def wait_at_most(self, left: float, seconds: float) -> None:
        self.connection.settimeout(left)

    def given_up(self) -> Any: ...

    def ended(self) -> None:
        raise ConnectionError("closed")


class EachRecv(Reader):
    """The timeout begins anew with each piece."""

    def wait_at_most(self, left: float, seconds: float) -> None:
        self.connection.settimeout(seconds)


class WithoutLimit(Reader):
    def wait_at_most(self, left: float, seconds: float) -> None: ...


class ThrowsAway(Reader):
    def given_up(self) -> Any:
        self.kept = b""


class GivesAPart(Reader):
    def given_up(self) -> Any:
        taken, self.kept = self.kept, b""
        return taken


class LetsItThrough(Reader):
    def given_up(self) -> Any:
        raise TimeoutError("timed out")


class NoEnd(Reader):
    """Does not ask whether the peer has closed."""

    def ended(self) -> None: ...


WAITS: tuple[Case, ...] = (
    ([(0.0, b"0123456789")], [(10, 1.0)]),
    ([(0.0, b"0123456789")], [(4, 1.0), (6, 1.0)]),
    ([(0.25, b"01234")], [(10, 1.0)]),
    ([(0.25, b"01234"), (1.5, b"56789")], [(10, 1.0), (10, 1.0)]),
    ([(0.25, b"01"), (1.0, b"23"), (1.75, b"4567"), (2.5, b"89")], [(10, 1.5), (10, 2.0)]),
    ([(0.25, b"01234"), (0.5, b"")], [(10, 1.0)]),
    ([(0.5, b"")], [(1, 0.25), (1, 1.0)]),
    ([(0.5, b"0"), (1.0, b"1")], [(2, 0.5), (2, 1.0)]),
    ([], [(1, 0.5)]),
)


def waits(chance: random.Random) -> Iterator[Case]:
    for _ in range(10):
        time, arriving = 0.0, []
        for piece in torn(chance, chance.randbytes(20), 8):
            time += chance.choice((0.25, 0.75, 1.25))
            arriving.append((time, piece))
        if chance.random() < 0.5:
            arriving.append((time + 0.25, b""))
        yield arriving, [(chance.randrange(1, 9), chance.choice((0.5, 1.0, 2.0))) for _ in range(5)]


# The chat, docs/chat.md.


def chat_message(kind: int, name: str, text: str) -> bytes:
    return bytes(Chat(kind=kind, name=name, text=text))


def packed(
    kind: int, name: str, text: str, form: str = "!BBH",
    length: Callable[[bytes], int] = len,
    inner: Callable[[str], bytes] = lambda name: bytes([len(name.encode())]) + name.encode(),
) -> bytes:  # fmt: skip
    rest = inner(name) + text.encode()
    return struct.pack(form, 1, kind, length(rest)) + rest


def counts_characters(kind: int, name: str, text: str) -> bytes:
    rest = bytes([len(name)]) + name.encode() + text.encode()
    return struct.pack("!BBH", 1, kind, 1 + len(name) + len(text)) + rest


def says(chance: random.Random) -> Iterator[Case]:
    for text in (*TEXTS, "x" * 300):
        yield chance.randint(1, 8), chance.choice(NAMES), text


def chat_messages(data: bytes) -> tuple[list[tuple[int, str, str]], bytes]:
    found = []
    while data:
        if data[0] != 1:
            raise ValueError("another version")
        end = 4 + int.from_bytes(data[2:4])
        if len(data) < end:
            break
        kind, name, text = parse(data[:end])
        found.append((kind, name, text))
        data = data[end:]
    return found, data


def split(
    data: bytes,
    end_of: Callable[[bytes], int] = lambda data: 4 + int.from_bytes(data[2:4]),
    checks: bool = True,
    names: Callable[[bytes], int] = lambda data: 5 + data[4],
) -> tuple[list[tuple[int, str, str]], bytes]:
    """By hand, as a learner does it, with mistakes."""
    found = []
    while len(data) >= 5 and len(data) >= end_of(data):
        if checks and data[0] != 1:
            raise ValueError("another version")
        end, middle = end_of(data), names(data)
        found.append((data[1], data[5:middle].decode(), data[middle:end].decode()))
        data = data[end:]
    return found, data


def without_rest(data: bytes) -> tuple[list[tuple[int, str, str]], bytes]:
    return chat_messages(data)[0], b""


def only_one(data: bytes) -> tuple[list[tuple[int, str, str]], bytes]:
    """One message is enough, they think: a segment has one."""
    found, _ = chat_messages(data)
    if not found:
        return found, data
    return found[:1], data[4 + int.from_bytes(data[2:4]) :]


def checks_late(data: bytes) -> tuple[list[tuple[int, str, str]], bytes]:
    """Looks at the version of whole messages only."""
    return split(data)


ADA = chat_message(3, "Ada", "")
HELLO = chat_message(2, "Ada", "Grüße")

CUTS: tuple[Case, ...] = (
    (HELLO,),
    (ADA + HELLO,),
    (ADA + HELLO[:9],),
    (HELLO[:2],),
    (b"",),
    (b"GET / HTTP/1.1\r\n\r\n",),
    (b"G",),
    (HELLO + b"\x02",),
    (b"\x02" + HELLO[1:],),
)


def cuts(chance: random.Random) -> Iterator[Case]:
    for _ in range(12):
        said = [packed(chance.randint(1, 8), chance.choice(NAMES), text)
                for text in chance.choices((*TEXTS, "x" * 300), k=3)]  # fmt: skip
        data = b"".join(said)
        yield (data[: chance.choice((len(data), chance.randrange(len(data))))],)


TASKS = (
    Task(
        "10/send-all",
        answer="send_all_order",
        lines=SEND_LINES,
        extra=SEND_EXTRA,
        hints=(
            "How often must `send` be called? You cannot know before.",
            "`send` says how many bytes it took. Which part of the data is left then?",
            "Begin with `def`, then the loop; in it first send, then keep what is left.",
        ),
        misconceptions=(
            Misconception(
                (SEND_LINES[0], SEND_EXTRA[0], *SEND_LINES[2:]),
                "`if` sends once. What `send` did not take would be lost without a word.",
            ),
            Misconception(
                (*SEND_LINES[:3], SEND_EXTRA[1]),
                "That keeps what has been sent, and sends it once more, for ever.",
            ),
            Misconception(
                (*SEND_LINES[:2], SEND_LINES[3], SEND_LINES[2]),
                "In the first round nobody knows yet how many bytes were taken.",
            ),
            Misconception(
                (SEND_LINES[0], SEND_EXTRA[2]),
                "`send` may take less than all, and says how much: look at what it returns.",
            ),
        ),
    ),
    Task(
        "10/exactly",
        answer="receive_exactly",
        reference=receive_exactly,
        points=2,
        drive="connections.receive",
        examples=PIECES,
        more=dribbling,
        hints=(
            "One call of `recv` may bring less than you ask for. What then?",
            "As long as something is missing, ask for what is missing, not for more.",
            'When `recv` gives `b""` although something is missing, the peer has closed: '
            "`raise ConnectionError(...)`.",
        ),
        misconceptions=(
            Misconception(
                once,
                "`recv` returns what has come, not what you want. Call it again until all is "
                "there.",
            ),
            Misconception(
                looping,
                'When the peer closes too early your loop never ends: `b""` means that nothing '
                "will ever come again.",
            ),
            Misconception(
                partial(looping, at_end=lambda: True),
                "When the peer closes too early you return less than was asked for, as if it "
                "were all. That is an error: say so.",
            ),
            Misconception(
                greedy,
                "Each round you ask for all bytes, though some are here already. What you take "
                "too much is missing for the next message.",
            ),
            Misconception(
                partial(greedy, size=4096),
                "You take whatever is there. What lies behind the bytes asked for belongs to the "
                "next message, and has to stay in the connection.",
            ),
            Misconception(
                partial(looping, wanted=lambda count, have: 4096),
                "You take whatever is there, also what belongs to the next message; and when "
                "the peer closes too early your loop never ends.",
            ),
        ),
    ),
    Task(
        "10/frame",
        answer="frame",
        reference=frame,
        examples=(("Hi Bob",), ("Grüße",)),
        more=texts,
        hints=(
            "What is counted: characters, or what travels?",
            "`len(data)` counts the bytes of the text as it travels.",
            "`to_bytes(4, ...)` makes four bytes of a number; which byte comes first?",
        ),
        misconceptions=(
            Misconception(
                lambda text: struct.pack("!I", len(text)) + text.encode(),
                "You count characters. In UTF-8 an ü has two bytes, and lengths on the wire count "
                "bytes.",
            ),
            Misconception(
                lambda text: struct.pack("<I", len(text.encode())) + text.encode(),
                "The four bytes stand the wrong way round: the network's order has the most "
                "significant one first.",
            ),
            Misconception(
                lambda text: struct.pack("!I", len(text.encode()) + 4) + text.encode(),
                "You count the length's own four bytes too. Here it says how many bytes follow.",
            ),
            Misconception(
                lambda text: str(len(text.encode())).encode() + text.encode(),
                "You write the length in decimal digits. How many digits would the reader have "
                "to wait for? Four bytes hold any length up to 2³² - 1.",
            ),
            Misconception(
                lambda text: text.encode(),
                "The length is still missing: the reader could not tell where the message ends.",
            ),
        ),
    ),
    Task(
        "10/message",
        answer="receive_message",
        reference=receive_message,
        points=3,
        drive="connections.messages",
        examples=STREAMS,
        more=streams,
        hints=(
            "First the four bytes of the length, then as many as it says. Your `receive_exactly` "
            "waits for both.",
            "An end is in order only before the first byte of the length: receive that byte "
            "alone, and look whether there is one.",
            "Then come three more bytes of the length, the comparison with `most`, and the "
            "message, which may be empty.",
        ),
        misconceptions=(
            Misconception(
                never_none,
                "When the peer closes between two messages all is well, and you are to give "
                "`None`. An error it is only within a message.",
            ),
            Misconception(
                always_none,
                "A connection that ends within a message is not a proper end: half a message "
                "must not get lost unnoticed.",
            ),
            Misconception(
                none_for_empty,
                'A message may be empty: `b""` is a message, `None` says that there are no more.',
            ),
            Misconception(
                limit_too_late,
                "You look at the limit when the message has been received, or has failed to come. "
                "A stranger may announce four gigabytes: refuse before you wait.",
            ),
            Misconception(
                partial(receive_message, too_long=lambda length, most: length >= most),
                "A message of exactly `most` bytes is still taken.",
            ),
            Misconception(
                partial(receive_message, number=lambda data: int.from_bytes(data, "little")),
                "You read the length the wrong way round: the most significant byte comes first.",
            ),
            Misconception(
                partial(receive_message, prefix=once),
                "The length itself may come in pieces too: `recv(4)` is not enough for it.",
            ),
        ),
    ),
    Task(
        "10/lines",
        answer="Lines",
        reference=Lines,
        points=2,
        drive="connections.feed",
        examples=LINES,
        more=texts_in_pieces,
        hints=(
            "What stands behind the last `\\r\\n` is not a whole line yet. Where could it wait?",
            "Put `self.rest` before the new data, and only then split: `\\r` may have come in one "
            "piece and `\\n` in the next.",
            "The last part of what `split` gives is the new rest, even when it is empty; all "
            "before it are lines.",
        ),
        misconceptions=(
            Misconception(
                Naive,
                "You give what stands behind the last delimiter as a line of its own. Keep it "
                "until its end has come.",
            ),
            Misconception(
                Forgetful,
                "What stands behind the last delimiter you throw away: the next piece goes on "
                "with it.",
            ),
            Misconception(
                SplitsFirst,
                "A delimiter may come in two pieces: put what is left before the new data first, "
                "and split then.",
            ),
            Misconception(
                NoEmptyLines,
                "An empty line is a line: in HTTP it is even the most important one.",
            ),
            Misconception(
                AnyEnd,
                "A lone `\\n` does not end a line here, only `\\r\\n` does.",
            ),
            Misconception(
                KeepsTheEnds,
                "The lines are the right ones, but they are asked for without their delimiter.",
            ),
        ),
    ),
    Task(
        "10/timed",
        answer="Reader",
        reference=Reader,
        points=4,
        drive="connections.timed",
        examples=WAITS,
        more=waits,
        hints=(
            "Note at the beginning when the time is over. What is left of it gets smaller with "
            "each piece.",
            "Before each `recv` call `settimeout` with what is left; if nothing is left, or "
            "`recv` raises `TimeoutError`, return `None`.",
            "Collect in `self.kept`, not in a variable of the call: so what came stays there for "
            "the next one. At the end take the first `count` bytes out of it.",
        ),
        misconceptions=(
            Misconception(
                EachRecv,
                "Each `recv` gets the whole time anew. A peer that sends a byte now and then keeps "
                "you waiting for ever.",
            ),
            Misconception(
                ThrowsAway,
                "When the time is over, what has come so far is lost, and the next read begins in "
                "the middle of a message.",
            ),
            Misconception(
                GivesAPart,
                "When the time is over you give what has come, as if it were all. Keep it, and "
                "say that the rest is missing.",
            ),
            Misconception(
                LetsItThrough,
                "`read` is to give `None` when the time is over: catch the `TimeoutError`.",
            ),
            Misconception(
                WithoutLimit,
                "You never call `settimeout`: when the peer falls silent, `recv` waits for ever.",
            ),
            Misconception(
                NoEnd,
                '`b""` is not a piece: the peer has closed, and waiting is in vain. Raise a '
                "`ConnectionError`.",
            ),
        ),
    ),
    Task(
        "10/chat-message",
        answer="chat_message",
        reference=chat_message,
        points=2,
        examples=((2, "Ada", "Hi Bob"), (2, "Ada", "Grüße"), (1, "Zoë", ""), (6, "Ada", "")),
        more=says,
        hints=(
            "First make bytes of both texts, then count.",
            "`length` counts what follows it: the byte with the name's length, the name, the text.",
            "`struct.pack` with the format of lesson 02 makes the first four bytes: two numbers of "
            "one byte and one of two, in network order.",
        ),
        misconceptions=(
            Misconception(
                counts_characters,
                "You count characters. First encode, then count: ß, ü and ë have two bytes each.",
            ),
            Misconception(
                partial(packed, form="<BBH"),
                "The two bytes of the length stand the wrong way round: network order, `!`.",
            ),
            Misconception(
                partial(packed, length=lambda rest: len(rest) + 4),
                "`length` counts the bytes after this field, not the whole message.",
            ),
            Misconception(
                partial(packed, length=lambda rest: len(rest) - 1),
                "`length` counts all that follows it: the byte that says how long the name is "
                "belongs to that.",
            ),
            Misconception(
                partial(packed, inner=str.encode),
                "The name's length is missing: how is the reader to know where the text begins?",
            ),
        ),
    ),
    Task(
        "10/chat-messages",
        answer="chat_messages",
        reference=chat_messages,
        points=3,
        examples=CUTS,
        more=cuts,
        hints=(
            "A loop: as long as there are data, look at the version, then whether a whole message "
            "is there.",
            "A message ends 4 + `length` bytes after its beginning. With fewer than 4 bytes you do "
            "not know its length yet.",
            "Name: from byte 5, as many bytes as byte 4 says. Text: from there to the message's "
            "end. Cut out the bytes first, then decode them.",
        ),
        misconceptions=(
            Misconception(
                only_one,
                "A segment may bring several messages: go on until no whole one is left.",
            ),
            Misconception(
                without_rest,
                "The messages are right. What is left behind them is the beginning of the next "
                "one: give it back too.",
            ),
            Misconception(
                checks_late,
                "You look at the version only when a whole message is there. With a browser you "
                "would wait for thousands of bytes: the first byte is enough to refuse.",
            ),
            Misconception(
                partial(split, checks=False),
                "A stranger who speaks no version 1 is to be refused with a `ValueError`: look at "
                "the first byte.",
            ),
            Misconception(
                lambda data: (
                    [(k, n, t) for k, n, t in chat_messages(data)[0] if t],
                    split(data)[1],
                ),
                "A message may have no text: who joins or leaves says nothing.",
            ),
        ),
    ),
)
