"""Lesson 11: reading HTTP as bytes, and where a body ends."""

import random
from collections.abc import Iterator

from netlab.grading.task import Case, Misconception, Task
from netlab.http import MediaType, requests, responses
from netlab.http.messages import STATUS_LINE

NAMES = ("Set-Cookie", "Content-Type", "Location", "Date", "Vary", "Server")
VALUES = (
    "theme=dark",
    "table=4; Path=/",
    "http://cafe.example:8080/",
    "text/html",
    "a:b:c",
    "",
    "1",
)
SPACE = ("", " ", "  ", "\t", " \t")


# Messages as they occur, and as they should not.


def any_case(chance: random.Random, name: str) -> str:
    """The name as sent, or in other letters: they mean the same."""
    return chance.choice((name, name, name.lower(), name.upper(), name.swapcase()))


def lines(start: str, *fields: str, end: str = "\r\n") -> bytes:
    """A head: its start line, its header lines and the blank line."""
    return "".join(line + end for line in (start, *fields, "")).encode("latin-1")


def heads(chance: random.Random) -> Iterator[Case]:
    """Heads with names that come once, twice or not at all, and a name to look for."""
    for _ in range(24):
        start = chance.choice(("HTTP/1.1 200 OK", "GET http://cafe.example/ HTTP/1.1"))
        fields = [
            f"{any_case(chance, chance.choice(NAMES))}:{chance.choice(SPACE)}"
            f"{chance.choice(VALUES)}{chance.choice(SPACE)}"
            for _ in range(chance.randrange(9))
        ]
        end = chance.choice(("\r\n", "\r\n", "\n"))
        yield lines(start, *fields, end=end), any_case(chance, chance.choice(NAMES))


WORDS = ("cup=tea", "cup=Grüße", "☕", "", "🫖 for two", "naïve", "a\nb", "Ω")


def orders(chance: random.Random) -> Iterator[Case]:
    for _ in range(12):
        path = chance.choice(("/order", "/", "/menu?size=big"))
        yield path, "&".join(chance.choices(WORDS, k=chance.randrange(1, 5)))


def status_lines(chance: random.Random) -> Iterator[Case]:
    """Status lines, and what servers have been seen to send instead."""
    for _ in range(10):
        version = chance.choice(("HTTP/1.1", "HTTP/1.0"))
        yield (f"{version} {chance.randrange(100, 600)} Some reason".encode(),)
        number = chance.choice(
            ("2_0", "+20", "-20", "20", "2000", "2OO", "0x1", " 200", "200x", "")
        )
        yield (f"{version} {number} OK".encode(),)


CODINGS = (["chunked"], ["Chunked"])
LENGTHS = (
    ["12"], ["0"], ["12", "12"], ["12, 12"], ["12", "13"], ["12, 13"], ["+12"], ["-1"], ["x"],
    ["12", "x"], [""], ["1_2"],
)  # fmt: skip


def answers(chance: random.Random) -> Iterator[Case]:
    """The method that was asked for, and the head of what came."""
    statuses = (100, 103, 200, 200, 200, 204, 206, 304, 404, 500)
    for number in range(72):
        fields = ["Server: small", "Date: today"]
        if chance.randrange(3):
            values = LENGTHS[number % len(LENGTHS)]
            fields += [f"{any_case(chance, 'Content-Length')}: {value}" for value in values]
        if not chance.randrange(3):
            [value] = chance.choice(CODINGS)
            fields.append(f"{any_case(chance, 'Transfer-Encoding')}: {value}")
        chance.shuffle(fields)
        method = chance.choice(("GET", "GET", "HEAD", "POST"))
        yield method, lines(f"HTTP/1.1 {chance.choice(statuses)} Some reason", *fields)


def chunk(data: bytes, size: str = "", extension: str = "") -> bytes:
    return (size or f"{len(data):x}").encode() + extension.encode() + b"\r\n" + data + b"\r\n"


def chunked(chance: random.Random) -> bytes:
    """Chunks of all sizes, some with extensions, the last one, and perhaps trailers."""
    body = b""
    for _ in range(chance.randrange(4)):
        data = chance.randbytes(chance.choice((1, 9, 10, 15, 16, 17, 40)))
        size = chance.choice(("", f"{len(data):X}", f"{len(data):04x}"))
        body += chunk(data, size, chance.choice(("", "", ';name="a"', ";x")))
    trailers = chance.choice((b"", b"", b"Checksum: abc\r\n", b"A: 1\r\nB: 2\r\n"))
    return body + b"0\r\n" + trailers + b"\r\n"


def chunked_bodies(chance: random.Random) -> Iterator[Case]:
    """Sound bodies, with and without something behind them; broken ones; ones that are too long."""
    for _ in range(16):
        body, behind = chunked(chance), chance.choice((b"", b"HTTP/1.1 200 OK\r\n"))
        yield body + behind, 1000
    for size in ("-1", "+5", "0x5", "5_0", "five", "", " 5", "g"):
        yield chunk(b"hello", size or " ") + b"0\r\n\r\n", 1000
    for most in (29, 30, 31):
        yield chunk(b"first chunk") + chunk(b"the second has more") + b"0\r\n\r\n", most
    yield b"ffffffff\r\nhello", 1000
    yield b"5\r\nhello!!0\r\n\r\n", 1000
    yield b"5\r\nhello\n\n0\r\n\r\n", 1000
    yield b"5\nhello\n0\n\n", 1000
    whole = chunk(b"hello") + b"0\r\nA: 1\r\n\r\n"
    for end in (0, 1, 2, 4, 8, 9, 10, 11, 12, 13, 14, 18, len(whole) - 1):
        yield whole[:end], 1000


PLACES = ("text/plain", "text/html", "TEXT/HTML")
CHARSETS = ("utf-8", "UTF-8", "iso-8859-1", "windows-1252", "utf-16", "us-ascii", "x-unknown")
TEXTS = ("Grüße", "tea", "5 €", "☕", "naïve café", "")


def typed_bodies(chance: random.Random) -> Iterator[Case]:
    """Texts in many charsets, with the right and the wrong one in the Content-Type."""
    for _ in range(50):
        charset = chance.choice(CHARSETS)
        word = chance.choice(("charset", "charset", "Charset", "CHARSET"))
        parameter = chance.choice(
            ("", f";{word}={charset}", f'; {word}="{charset}"',
             f"; format=flowed; {word}={charset}", f"; {word}={charset}; format=flowed")
        )  # fmt: skip
        sent_in = chance.choice((charset, "utf-8", "latin-1"))
        text = chance.choice(TEXTS).encode(
            "utf-8" if sent_in == "x-unknown" else sent_in, "replace"
        )
        yield chance.choice(PLACES) + parameter, text


def doubtful_heads(chance: random.Random) -> Iterator[Case]:
    """Requests with one, two or three doubtful lines, or with none."""
    numbers = ("3", "3", "30", "3, 3", "3, 30", "+3", "3x", "-3", "")
    for _ in range(60):
        fields = ["Host: cafe.example", "Accept: */*"]
        for _ in range(chance.choice((0, 1, 1, 2))):
            colon = chance.choice((":", ":", ":", " :"))
            fields.append(f"{any_case(chance, 'Content-Length')}{colon} {chance.choice(numbers)}")
        if chance.randrange(2):
            coding = chance.choice(("chunked", "Chunked", "xchunked", "identity", "chunked, gzip"))
            fields.append(f"{any_case(chance, 'Transfer-Encoding')}: {coding}")
        if not chance.randrange(6):
            fields.append(chance.choice(("Note : 3", "Note\t: 3", "Note: a : b", "Link: a :b")))
        chance.shuffle(fields)
        yield (lines("POST /order HTTP/1.1", *fields),)


# The right answers, as the kit's own reader gives them.


def values_of(head: bytes, name: str) -> list[str]:
    message, *_ = requests(head)  # or a response: their header lines are alike
    return list(message.headers.all(name))


def post(path: str, text: str) -> bytes:
    body = text.encode()
    fields = ("Host: cafe.example", f"Content-Length: {len(body)}")
    return lines(f"POST {path} HTTP/1.1", *fields) + body


def status(line: bytes) -> int | None:
    match = STATUS_LINE.fullmatch(line)
    return int(match[2]) if match else None


BAD_LENGTHS = {"length", "length-conflict"}


def framing(method: str, head: bytes) -> str:
    [response] = responses(head, [method])
    unclear = BAD_LENGTHS & {problem.name for problem in response.problems}
    return "refuse" if unclear and response.framing in ("length", "close") else response.framing


def unchunk(stream: bytes, most: int) -> tuple[bytes, bytes]:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    response, *_ = responses(head + stream)
    if response.refused or len(response.body) > most:
        raise ValueError
    return response.body, stream[response.end - len(head) :]


def text_of(content_type: str, body: bytes) -> str | bytes:
    charset = MediaType.parse(content_type).parameters.get("charset", "utf-8")
    try:
        return body.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return body


SHAPES = ("coding", "length", "length-and-coding", "length-conflict", "space-before-colon")


def doubts(head: bytes) -> list[str]:
    request, *_ = requests(head)
    return sorted({problem.name for problem in request.problems} & {*SHAPES})


# What people write instead.


def pairs(head: bytes) -> list[tuple[str, str]]:
    """Names and values, as they stand there."""
    cut = (line.decode("latin-1").partition(":") for line in head.splitlines()[1:-1])
    return [(name, value) for name, _, value in cut]


def raw_values(head: bytes, name: str) -> list[str]:
    return [value for given, value in pairs(head) if given.lower() == name.lower()]


def exact_values(head: bytes, name: str) -> list[str]:
    return [value.strip() for given, value in pairs(head) if given == name]


def to_second_colon(head: bytes, name: str) -> list[str]:
    return [value.split(":")[0].strip() for value in raw_values(head, name)]


def post_with(path: str, text: str, length: int, charset: str = "utf-8") -> bytes:
    fields = ("Host: cafe.example", f"Content-Length: {length}")
    return lines(f"POST {path} HTTP/1.1", *fields) + text.encode(charset, "replace")


def second_word(line: bytes) -> int:
    return int(line.split()[1])


def digits_anywhere(line: bytes) -> int | None:
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def careful_int(line: bytes) -> int | None:
    try:
        return int(line.split()[1])
    except (IndexError, ValueError):
        return None


def fixed_place(line: bytes) -> int | None:
    return int(line[9:12]) if line[9:12].isdigit() else None


def headers_of(head: bytes) -> dict[str, list[str]]:
    """Values by name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in pairs(head):
        found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def decide(
    method: str, head: bytes, *, length_first: bool = False, heads: bool = True,
    empty: tuple[int, ...] = (204, 304), interim: bool = True, same_case: bool = False,
    refuse: bool = True, signs: bool = False, otherwise: str = "close",
) -> str:  # fmt: skip
    """RFC 9112 section 6.3 by hand, each rule of which may be left out."""
    code, found = int(head.split()[1]), headers_of(head)
    if same_case:
        found = {name: [value.strip()] for name, value in pairs(head)}
        found = {name.lower(): value for name, value in found.items() if name.istitle()}
    codings = found.get("transfer-encoding", [])
    members = ",".join(found.get("content-length", [])).split(",")
    members = [member.strip() for member in members] if "content-length" in found else []
    numbers = all(
        (member.lstrip("+-").replace("_", "") if signs else member).isdigit() for member in members
    )
    if (method == "HEAD" and heads) or code in empty or (interim and code < 200):
        return "none"
    if codings and not (length_first and members):
        return "chunked"
    if members and refuse and (not numbers or len({*members}) > 1):
        return "refuse"
    return "length" if members else otherwise


def reader(
    stream: bytes, most: int, *, base: int = 16, strict: bool = True, extensions: bool = True,
    trailers: bool = True, limit: str = "all", line_end: bool = True, cut: bool = False,
) -> tuple[bytes, bytes]:  # fmt: skip
    """A decoder by hand, each care of which may be left out."""
    data = b""
    while True:
        line, found, stream = stream.partition(b"\r\n")
        if not found and cut:
            return data, b""
        if not found:
            raise ValueError("breaks off")
        text = line.partition(b";")[0] if extensions else line
        if strict and not (text and all(digit in b"0123456789abcdefABCDEF" for digit in text)):
            raise ValueError("no size")
        size = int(text, base)
        if size == 0:
            break
        if {"all": len(data) + size, "one": size, "none": 0}[limit] > most:
            raise ValueError("too long")
        if len(stream) < size + 2 and not cut:
            raise ValueError("breaks off")
        if line_end and not cut and stream[size : size + 2] != b"\r\n":
            raise ValueError("no line end")
        data, stream = data + stream[:size], stream[size + 2 :]
    while True:
        line, found, stream = stream.partition(b"\r\n")
        if not found and not cut:
            raise ValueError("breaks off")
        if not line or not trailers:
            return data, stream


def charset_of(content_type: str, word: str = "charset=") -> str:
    """What stands behind the word, up to the next semicolon; quotes and all."""
    return content_type.partition(word)[2].partition(";")[0]


def decoded(body: bytes, charset: str, errors: str = "strict") -> str | bytes:
    try:
        return body.decode(charset, errors)
    except (LookupError, UnicodeDecodeError):
        return body


def named(content_type: str) -> str:
    return MediaType.parse(content_type).parameters.get("charset", "utf-8")


def raising(content_type: str, body: bytes) -> str | bytes:
    """Only one of the two errors is foreseen."""
    try:
        return body.decode(named(content_type))
    except UnicodeDecodeError:
        return body


def suspect(
    head: bytes, *, same_case: bool = False, values: bool = True, signs: bool = False,
    space: str = "name", commas: bool = True, inside: bool = False,
) -> list[str]:  # fmt: skip
    """The five shapes by hand, each care of which may be left out."""
    found, fields = set(), headers_of(head)
    if same_case:
        known = ("Content-Length", "Transfer-Encoding")
        fields = {
            name.lower(): [value.strip() for given, value in pairs(head) if given.strip() == name]
            for name in known
        }
        fields = {name: value for name, value in fields.items() if value}
    stated = fields.get("content-length", [])
    members = [one.strip() for value in stated for one in (value.split(",") if commas else [value])]
    numbers = all((one.lstrip("+-") if signs else one).isdigit() for one in members)
    codings = fields.get("transfer-encoding", [])
    if not numbers:
        found.add("length")
    elif len({*members} if values else members) > 1:
        found.add("length-conflict")
    if any("chunked" not in one if inside else one.lower() != "chunked" for one in codings):
        found.add("coding")
    if members and codings:
        found.add("length-and-coding")
    if space == "name" and any(name[-1:] in " \t" for name, _ in pairs(head)):
        found.add("space-before-colon")
    if space == "line" and any(f"{name}:{value}".count(" :") for name, value in pairs(head)):
        found.add("space-before-colon")
    return sorted(found)


COOKIES = lines(
    "HTTP/1.1 200 OK", "Server: netlab", "Content-Type: text/html; charset=utf-8",
    "Set-Cookie: theme=dark", "set-cookie: table=4; Path=/", "Location: http://cafe.example/",
)  # fmt: skip

NEWS = b"a\r\nIt rains. \r\n10\r\nIt still rains. \r\n18\r\nThe sun is out at last!\n\r\n0\r\n\r\n"
"""What the lesson's site sends for /news."""

CHUNKS = (
    "def chunks(stream):",
    "    while True:",
    "        size = int(stream.readline(), 16)",
    "        if size == 0:",
    "            return",
    "        yield stream.read(size)",
    "        stream.readline()",
)
DECIMAL = "        size = int(stream.readline())"


TASKS = (
    Task(
        "11/values-of",
        answer="values_of",
        reference=values_of,
        examples=(
            (COOKIES, "Set-Cookie"),
            (COOKIES, "content-type"),
            (COOKIES, "Via"),
            (COOKIES, "location"),
        ),
        more=heads,
        hints=(
            "Two names are the same when they differ only in upper and lower case.",
            "Bring both names to lower case before you compare them.",
            "`value.strip()` takes the white space off, and `found.append(...)` keeps every one.",
        ),
        misconceptions=(
            Misconception(
                exact_values,
                "You compare names letter by letter: `Set-Cookie` and `set-cookie` are the same "
                "name (RFC 9110 section 5.1).",
            ),
            Misconception(
                raw_values,
                "The lines are the right ones. White space around a value does not belong to it "
                "(RFC 9112 section 5.1).",
            ),
            Misconception(
                lambda head, name: values_of(head, name)[-1:],
                "Only the last is left where a name comes twice: that is what a dictionary does. "
                "Keep them all.",
            ),
            Misconception(
                lambda head, name: values_of(head, name)[:1],
                "You stop at the first line of that name. It may come again.",
            ),
            Misconception(
                to_second_colon,
                "Values may hold colons, such as `http://...`: only the first one in a line ends "
                "the name.",
            ),
            Misconception(
                lambda head, name: [", ".join(values_of(head, name))],
                "You join the values by commas. Keep them apart: `Set-Cookie` may not be joined "
                "(RFC 9110 section 5.3).",
            ),
        ),
    ),
    Task(
        "11/chunks-in-order",
        answer="chunks_in_order",
        lines=CHUNKS,
        extra=(DECIMAL, "        yield stream.readline()"),
        hints=(
            "Look at the bytes of `/news` above, and read them aloud: what comes first, what then?",
            "A size ends its line, the data have a line end behind them, and the last size is 0.",
            "Inside the loop: read a size, stop if it says so, hand out the data, and read away "
            "what follows them.",
        ),
        misconceptions=(
            Misconception(
                (*CHUNKS[:2], DECIMAL, *CHUNKS[3:]),
                "Sizes are written in base 16: the second chunk says 10 and has 16 bytes "
                "(RFC 9112 section 7.1).",
            ),
            Misconception(
                CHUNKS[:-1],
                "Behind the data stands another line end. If it is not read away, the next size "
                "is looked for in an empty line.",
            ),
            Misconception(
                (*CHUNKS[:3], *CHUNKS[5:], *CHUNKS[3:5]),
                "So the last chunk is handed out as well, and it has no data. Look at the size "
                "before you read on.",
            ),
            Misconception(
                (*CHUNKS[:5], "        yield stream.readline()", CHUNKS[6]),
                "Data may hold line ends, and not end in one: read as many bytes as the size says.",
            ),
        ),
    ),
    Task(
        "11/post",
        answer="post",
        reference=post,
        points=2,
        examples=(("/order", "cup=tea"), ("/order", "cup=Grüße"), ("/", "")),
        more=orders,
        hints=(
            "It is right for `cup=tea` and wrong for `cup=Grüße`. What is different?",
            "A Content-Length counts bytes; `len` of a text counts characters.",
            "Encode the text first, and take the length of what comes out.",
        ),
        misconceptions=(
            Misconception(
                lambda path, text: post_with(path, text, len(text)),
                "You count characters. `ü` is one, and travels as two bytes: encode first, then "
                "count (RFC 9110 section 8.6).",
            ),
            Misconception(
                lambda path, text: post_with(path, text, len(post(path, text))),
                "You count the whole request. Content-Length is about the body alone, behind the "
                "blank line.",
            ),
            Misconception(
                lambda path, text: post_with(path, text, len(text.encode("utf-16-le"))),
                "You count the bytes of UTF-16, but send UTF-8. Count those that you send.",
            ),
            Misconception(
                lambda path, text: post_with(path, text, len(text), "latin-1"),
                "Length and bytes agree now, but letters got lost: Latin-1 has no `☕`. Keep "
                "UTF-8, and count its bytes.",
            ),
        ),
    ),
    Task(
        "11/status",
        answer="status",
        reference=status,
        points=2,
        examples=(
            (b"HTTP/1.1 200 OK",),
            (b"HTTP/1.1 404 Not Found",),
            (b"HTTP/1.1 204 ",),
            (b"HTTP/1.0 500",),
            (b"HTTP/1.1 2OO OK",),
            (b"HTTP/1.1 +20 OK",),
            (b"HTTP/1.1",),
            (b"",),
            (b"ICY 200 OK",),
            (b"<html>",),
            (b"HTTP/1.1 200OK",),
            (b"HTTP/1.1  200 OK",),
            (b"HTTP/1. 200 OK",),
            (b" HTTP/1.1 200",),
            (b"XTTP/1.1 200 OK",),
        ),
        more=status_lines,
        hints=(
            "Three things must be right: the beginning, three digits, and what follows them.",
            "`int` is no judge of digits: it takes `+20` and `2_0`. `.isdigit()` of bytes is one.",
            "`re.fullmatch` can say it all: `HTTP/`, a digit, a dot, a digit, a space, three "
            "digits, and perhaps a space with anything behind.",
        ),
        misconceptions=(
            Misconception(
                second_word,
                "You trust that there is a second word and that it is a number. Servers send "
                "other things too, and your program stops: give `None` then.",
            ),
            Misconception(
                careful_int,
                "It does not stop any more. But `int` also takes `+20` and `2_0`, and a status "
                "has exactly three digits (RFC 9112 section 4).",
            ),
            Misconception(
                digits_anywhere,
                "Digits alone are not enough: there must be three, in a line that begins as HTTP "
                "does, with one space before them (RFC 9112 section 4).",
            ),
            Misconception(
                fixed_place,
                "You look at three places and at nothing around them: `2000` and `ICY` pass "
                "as well.",
            ),
            Misconception(
                lambda line: status(line) or 0,
                "A line that is none gives `None`, not a number: 0 looks like a status.",
            ),
            Misconception(
                lambda line: str(found) if (found := status(line)) else None,
                "You give text. Asked for is a number: comparing with `>= 400` must work.",
            ),
        ),
    ),
    Task(
        "11/framing",
        answer="framing",
        reference=framing,
        points=3,
        examples=(
            ("GET", lines("HTTP/1.1 200 OK", "Content-Length: 208")),
            ("HEAD", lines("HTTP/1.1 200 OK", "Content-Length: 208")),
            ("GET", lines("HTTP/1.1 200 OK", "Content-Type: text/html")),
            ("GET", lines("HTTP/1.1 200 OK", "transfer-encoding: Chunked", "Content-Length: 5")),
            ("HEAD", lines("HTTP/1.1 200 OK", "Content-Length: x")),
            ("GET", lines("HTTP/1.1 304 Not Modified", "Content-Length: 3, 4")),
            ("GET", lines("HTTP/1.1 199 Soon", "Content-Length: 3")),
            ("GET", lines("HTTP/1.1 200 OK", "Content-Length: +12")),
            ("GET", lines("HTTP/1.1 200 OK", "Content-Length: 12", "content-length: 13")),
            ("GET", lines("HTTP/1.1 200 OK", "Content-Length: 12, 12")),
        ),
        more=answers,
        hints=(
            "It is the table of the lesson, from the top down; the first line that fits decides.",
            "First the method and the status, then Transfer-Encoding, then Content-Length; what "
            "is left ends with the connection.",
            "Put all lengths together, cut them at commas, take the white space off: refuse "
            "unless each is digits and all are the same.",
        ),
        misconceptions=(
            Misconception(
                lambda method, head: decide(method, head, length_first=True),
                "Where both stand, you believe Content-Length. Transfer-Encoding wins "
                "(RFC 9112 section 6.3, rule 3).",
            ),
            Misconception(
                lambda method, head: decide(method, head, heads=False),
                "The answer to a `HEAD` has no body, whatever its headers say "
                "(RFC 9112 section 6.3, rule 1).",
            ),
            Misconception(
                lambda method, head: decide(method, head, empty=()),
                "Some statuses never have a body, whatever the headers say: which besides 1xx "
                "(RFC 9112 section 6.3, rule 1)?",
            ),
            Misconception(
                lambda method, head: decide(method, head, interim=False),
                "Interim answers, 1xx, have no body either: the real answer is still to come.",
            ),
            Misconception(
                lambda method, head: decide(method, head, same_case=True),
                "You look for names as they are mostly written. Upper and lower case are the same.",
            ),
            Misconception(
                lambda method, head: decide(method, head, refuse=False),
                "You believe every Content-Length. What if it is no number, or stands there "
                "twice with different ones (RFC 9112 section 6.3, rule 5)?",
            ),
            Misconception(
                lambda method, head: decide(method, head, signs=True),
                "`int` takes `+12`, `-1` and `1_2`; a Content-Length is digits and nothing else "
                "(RFC 9110 section 8.6).",
            ),
            Misconception(
                lambda method, head: decide(method, head, otherwise="none"),
                "Without both headers a *request* has no body. A response goes on until the "
                "connection closes (RFC 9112 section 6.3, rule 8).",
            ),
        ),
    ),
    Task(
        "11/unchunk",
        answer="unchunk",
        reference=unchunk,
        points=3,
        examples=(
            (NEWS, 1000),
            (b"5;name=a\r\nhello\r\n0\r\nChecksum: abc\r\n\r\nHTTP/1.1", 1000),
            (b"5\r\nhello\r\n0\r\n\r\n", 4),
            (b"-1\r\nhello\r\n0\r\n\r\n", 1000),
            (b"5\r\nhel", 1000),
        ),
        more=chunked_bodies,
        hints=(
            "Begin with the lesson's `unchunk`, and ask of each number that it reads: what if "
            "it is a lie?",
            "`raise ValueError(...)` for a size that is not hex digits, a chunk that is cut off, a "
            "missing line end, and more than `most` bytes in all.",
            "Behind the last chunk read line by line until an empty one: those are the trailers. "
            "What then remains is `rest`.",
        ),
        misconceptions=(
            Misconception(
                lambda stream, most: reader(stream, most, base=10, strict=False),
                "Sizes are written in base 16 (RFC 9112 section 7.1).",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, strict=False),
                "`int(..., 16)` takes more than hex digits: `-1`, `+5`, `0x5`, `5_0`. Another "
                "program on the way reads them otherwise, or not at all.",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, extensions=False),
                "Behind a size may stand `;` and an extension: receivers are to overlook it "
                "(RFC 9112 section 7.1.1).",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, trailers=False),
                "Between the last chunk and the blank line may stand trailers. You leave them to "
                "the next message (RFC 9112 section 7.1.2).",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, limit="none"),
                "You take any number of bytes: whoever sends without end fills your memory. "
                "Refuse more than `most`.",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, limit="one"),
                "You hold each chunk against `most`. Ten thousand small ones fill the memory as "
                "well: count them together.",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, line_end=False),
                "You pass over two bytes behind the data without a look. If they are no line "
                "end, the size was wrong.",
            ),
            Misconception(
                lambda stream, most: reader(stream, most, cut=True),
                "When the stream breaks off you give what there is, as if it were whole "
                "(RFC 9112 section 8).",
            ),
        ),
    ),
    Task(
        "11/text-of",
        answer="text_of",
        reference=text_of,
        points=2,
        examples=(
            ("text/html; charset=utf-8", "Grüße".encode()),
            ("text/plain; charset=ISO-8859-1", "Grüße".encode("latin-1")),
            ('text/plain; charset="utf-8"', "☕".encode()),
            ("text/plain", "☕".encode()),
            ("text/plain; charset=utf-16; format=flowed", "☕".encode("utf-16")),
            ("text/plain; charset=utf-8", "Grüße".encode("latin-1")),
            ("text/plain; charset=x-unknown", b"tea"),
            ("", b""),
        ),
        more=typed_bodies,
        hints=(
            "Two steps: find the charset in the Content-Type, then decode with it.",
            "Parameters stand behind semicolons: a name in any case, `=`, and a value that may "
            "stand in quotes.",
            "`decode` stops with `LookupError` where there is no such charset, and with "
            "`UnicodeDecodeError` where bytes do not fit: give the body back then.",
        ),
        misconceptions=(
            Misconception(
                lambda content_type, body: decoded(body, named(content_type), "ignore"),
                "You leave out the bytes that do not fit. The reader sees a wrong text and is not "
                "told: give the bytes back instead.",
            ),
            Misconception(
                lambda content_type, body: decoded(body, named(content_type), "replace"),
                "You put `�` in place of what does not fit. What the bytes were cannot be told "
                "any more: give the bytes back instead.",
            ),
            Misconception(
                lambda content_type, body: decoded(body, "utf-8"),
                "You take everything for UTF-8. The Content-Type says which charset it is "
                "(RFC 9110 section 8.3.2).",
            ),
            Misconception(
                lambda content_type, body: decoded(
                    body, MediaType.parse(content_type).parameters.get("charset", "latin-1")
                ),
                "Where no charset is named, you take Latin-1. That was the custom long ago; here "
                "UTF-8 is asked for.",
            ),
            Misconception(
                lambda content_type, body: decoded(
                    body, charset_of(content_type).strip('"') or "utf-8"
                ),
                "`Charset` and `CHARSET` mean the same: the names of parameters are alike in "
                "upper and lower case (RFC 9110 section 5.6.6).",
            ),
            Misconception(
                lambda content_type, body: decoded(
                    body, content_type.lower().partition("charset=")[2].strip('"') or "utf-8"
                ),
                "You take everything behind `charset=`. Another parameter may follow, behind a "
                "semicolon (RFC 9110 section 8.3.1).",
            ),
            Misconception(
                lambda content_type, body: body.decode(named(content_type)),
                "Your program stops where the bytes do not fit the charset, or where there is no "
                "such charset. Strangers choose both.",
            ),
            Misconception(
                raising,
                "Bytes that do not fit are no trouble any more. But a charset that Python does "
                "not know stops your program, with another error.",
            ),
        ),
    ),
    Task(
        "11/doubts",
        answer="doubts",
        reference=doubts,
        points=3,
        examples=tuple(
            (lines("POST /order HTTP/1.1", "Host: cafe.example", *fields),)
            for fields in (
                ["Content-Length: 48", "Transfer-Encoding: chunked"],
                ["Content-Length: 3", "Content-Length: 30"],
                ["Content-Length: +3"],
                ["Content-Length : 3"],
                ["Content-Length: 3, 3"],
                ["Transfer-Encoding: xchunked"],
                ["Content-Length: 3"],
                ["Note: a : b", "Content-Length: 3"],
                ["Note\t: a"],
                ["Content-Length: 3", "Content-Length: 4", "Transfer-Encoding: Chunked"],
            )
        ),
        more=doubtful_heads,
        hints=(
            "First make a list of names and values of the header lines, then ask five questions.",
            "Collect all lengths, from all lines of that name, each cut at its commas.",
            "`{*lengths}` is a set: it has more than one member when they differ. Look at the raw "
            "name for the white space, before you take it off.",
        ),
        misconceptions=(
            Misconception(
                lambda head: suspect(head, same_case=True),
                "An attacker writes `content-LENGTH`, and your filter does not see it: names are "
                "alike in upper and lower case.",
            ),
            Misconception(
                lambda head: suspect(head, values=False),
                "The same length twice is no conflict: only different ones are "
                "(RFC 9112 section 6.3, rule 5).",
            ),
            Misconception(
                lambda head: suspect(head, signs=True),
                "`int` takes `+3` and `-3`. Some program on the way does not: only digits are a "
                "length (RFC 9110 section 8.6).",
            ),
            Misconception(
                lambda head: suspect(head, space="no"),
                "White space before the colon is gone before you looked: some programs see that "
                "header, some do not (RFC 9112 section 5.1).",
            ),
            Misconception(
                lambda head: suspect(head, space="line"),
                "You look for ` :` in the whole line. In a value it is harmless; and a tab is "
                "white space too.",
            ),
            Misconception(
                lambda head: suspect(head, commas=False),
                "Two lengths may also stand in one line, with a comma between.",
            ),
            Misconception(
                lambda head: suspect(head, inside=True),
                "`xchunked` contains `chunked` and is another word; and `Chunked` is the same "
                "one. Compare the whole, in one case.",
            ),
        ),
    ),
)
