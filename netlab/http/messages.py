"""HTTP/1.1 messages cut out of a stream of bytes: what each says, and what is wrong with it.

Nothing here raises on the content: what is wrong stands in a message's `problems`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from netlab.http import content
from netlab.http.headers import Field, Headers
from netlab.http.problems import Problem

TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
REQUEST_LINE = re.compile(rb"(%b) ([\x21-\x7e]+) HTTP/(\d\.\d)" % TOKEN)
STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) (\d{3})(?: ([^\0\r\n]*))?")
FIELD_LINE = re.compile(rb"(%b)([ \t]*):[ \t]*(.*?)[ \t]*" % TOKEN, re.DOTALL)
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,20})[ \t]*(;[^\r\n]*)?\r\n")
CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")

EMPTY_LINES = re.compile(rb"(\r?\n)+")

LONGEST_LINE = 8000
"""Bytes of a line that every program should take (RFC 9110 section 4.1); longer ones are noted."""

LONGEST_NUMBER = 20
"""Digits in a Content-Length at most: more than any file has, and quick to read."""


class Chunk(NamedTuple):
    """A chunk of a chunked body: where its size line begins, its extensions, and its data."""

    offset: int
    extensions: str
    data: bytes


@dataclass(slots=True)
class Message:
    """An HTTP message.

    version   "1.1"
    headers   in their order, see `Headers`
    body      its bytes, without the transfer coding
    framing   what says where the body ends: "none", "length", "chunked", "close", "tunnel"
    chunks    the chunks of a chunked body
    trailers  headers that follow a chunked body
    problems  what is wrong with it, () when it is sound
    start     the message's first byte in the stream
    end       the byte after its last
    head_end  the byte after the blank line
    raw       its bytes as they came
    """

    version: str
    headers: Headers
    body: bytes
    framing: str
    chunks: tuple[Chunk, ...]
    trailers: Headers
    problems: tuple[Problem, ...]
    start: int
    end: int
    head_end: int
    raw: bytes

    @property
    def refused(self) -> bool:
        """Whether a receiver must refuse the message."""
        return any(problem.refused for problem in self.problems)

    @property
    def closes(self) -> bool:
        """Whether no message can follow in this direction (RFC 9112 section 9.3)."""
        options = self.headers.items("connection")
        ends = "close" in options or (self.version == "1.0" and "keep-alive" not in options)
        return ends or self.framing in ("close", "tunnel")

    @property
    def media_type(self) -> content.MediaType:
        """The Content-Type; without one, bytes (RFC 9110 section 8.3)."""
        return content.MediaType.parse(self.headers.get("content-type", "application/octet-stream"))

    @property
    def unpacked(self) -> bytes:
        """The body without its content codings; `ContentError` when it is damaged or a bomb."""
        return content.unpack(self.body, self.headers.items("content-encoding"))

    @property
    def text(self) -> str:
        """The unpacked body as text; `ContentError` when it is not in its charset."""
        return content.text(self.unpacked, self.media_type)

    @property
    def content(self) -> Any:
        """The unpacked body as its type says: JSON, a form's pairs, text, or bytes."""
        return content.pretty(self.unpacked, self.media_type)


@dataclass(slots=True)
class Request(Message):
    """A request: `GET / HTTP/1.1` (RFC 9112 section 3)."""

    method: str = ""
    target: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.target} HTTP/{self.version}"


@dataclass(slots=True)
class Response(Message):
    """A response: `HTTP/1.1 200 OK` (RFC 9112 section 4)."""

    status: int = 0
    reason: str = ""

    def __str__(self) -> str:
        return f"HTTP/{self.version} {self.status} {self.reason}".rstrip()


class Exchange(NamedTuple):
    """A request and what answers it; interim responses (1xx) come before the final one."""

    request: Request
    responses: tuple[Response, ...]


def requests(data: bytes, *, closed: bool = True) -> list[Request]:
    """The requests in what a client sent; pipelined ones are told apart.

    `closed` says that no more will come: what is incomplete then breaks off.  A message that must
    be refused is the last, for behind it nobody can tell where the next one begins; so is one
    that closes the connection.
    """
    reader, found = _Reader(data, closed), list[Request]()
    while reader.more(found):
        message = reader.request()
        if message is None:
            break
        found.append(message)
    return found


def responses(data: bytes, asked: Iterable[str] = (), *, closed: bool = True) -> list[Response]:
    """The responses in what a server sent; `asked` are the methods of the requests, in order,
    for the answer to a HEAD has no body, and that to a CONNECT opens a tunnel."""
    reader, found, methods = _Reader(data, closed), list[Response](), iter(asked)
    method = next(methods, "GET")
    while reader.more(found):
        message = reader.response(method)
        if message is None:
            break
        found.append(message)
        if message.status >= 200:
            method = next(methods, "GET")
    return found


def exchanges(sent: bytes, received: bytes, *, closed: bool = True) -> list[Exchange]:
    """Both directions of a connection, each request with what answers it."""
    asked = requests(sent, closed=closed)
    answers = iter(responses(received, [request.method for request in asked], closed=closed))
    found = []
    for request in asked:
        mine = []
        for answer in answers:
            mine.append(answer)
            if answer.status >= 200 or answer.framing == "tunnel":
                break
        found.append(Exchange(request, tuple(mine)))
    return found


class _Line(NamedTuple):
    start: int
    end: int
    text: bytes


class _Reader:
    """Reads one message after the other; what it cannot read it names in `problems`."""

    def __init__(self, data: bytes, closed: bool) -> None:
        self.data, self.closed, self.position, self.head_end = data, closed, 0, 0
        self.problems: list[Problem] = []
        self.chunks: list[Chunk] = []
        self.trailers: list[Field] = []

    def more(self, found: "list[Any]") -> bool:
        """Whether another message may follow the ones found."""
        over = bool(found) and (found[-1].refused or found[-1].closes)
        return self.position < len(self.data) and not over

    def problem(self, name: str, offset: int, detail: str = "") -> None:
        self.problems.append(Problem(name, offset, detail))

    def request(self) -> Request | None:
        """The next request; None when it is not all there and may still come."""
        begin = self.position
        self.skip_empty_lines()
        head = self.head()
        if head is None:
            return None
        start, headers = head
        match = REQUEST_LINE.fullmatch(start.text)
        method, target, version = match.groups() if match else (b"", start.text, b"")
        if match is None:
            self.problem("start-line", start.start, _shown(start.text))
        elif len(headers.all("host")) != 1 and (version > b"1.0" or "host" in headers):
            self.problem("host", start.start, f"this one has {len(headers.all('host'))}")
        framing, length = self.framing(headers, _text(version), "none")
        body = self.body(framing, length)
        if body is None:
            return None
        return Request(
            **self.done(_text(version), headers, body, framing, begin),
            method=_text(method),
            target=_text(target),
        )

    def skip_empty_lines(self) -> None:
        """Some clients send one after a body; servers are to overlook it."""
        after = EMPTY_LINES.match(self.data, self.position)
        if after:
            self.problem("empty-line", self.position)
            self.position = after.end()

    def response(self, method: str) -> Response | None:
        """The next response, to a request of that method; None when it may still come."""
        begin = self.position
        head = self.head()
        if head is None:
            return None
        start, headers = head
        match = STATUS_LINE.fullmatch(start.text)
        version, digits, reason = match.groups() if match else (b"", b"0", start.text)
        status = int(digits)
        if match is None:
            self.problem("start-line", start.start, _shown(start.text))
        elif status < 100:
            self.problem("status", start.start, _text(digits))
        elif status >= 600:
            self.problem("status-class", start.start, _text(digits))
        framing, length = self.framing(headers, _text(version), "close")
        if status == 101 or (method == "CONNECT" and 200 <= status < 300):
            framing, length = "tunnel", 0
        elif method == "HEAD" or status < 200 or status in (204, 304):
            framing, length = "none", 0
        body = self.body(framing, length)
        if body is None:
            return None
        return Response(
            **self.done(_text(version), headers, body, framing, begin),
            status=status,
            reason=_text(reason or b""),
        )

    def done(
        self, version: str, headers: Headers, body: bytes, framing: str, begin: int
    ) -> dict[str, Any]:
        """What all messages have, by its name in `Message`; the next one begins afresh."""
        if version and version not in ("1.0", "1.1"):
            self.problem("version", begin, f"HTTP/{version}")
        made = {
            "version": version, "headers": headers, "body": body, "framing": framing,
            "chunks": tuple(self.chunks), "trailers": Headers(self.trailers),
            "problems": tuple(sorted(self.problems, key=lambda problem: problem.offset)),
            "start": begin, "end": self.position, "head_end": self.head_end,
            "raw": self.data[begin : self.position],
        }  # fmt: skip
        self.problems, self.chunks, self.trailers = [], [], []
        return made

    # The head.

    def line(self) -> _Line | None:
        """The next line without its end; None when its end is missing."""
        start, newline = self.position, self.data.find(b"\n", self.position)
        if newline < 0:
            return None
        self.position = newline + 1
        text = self.data[start:newline]
        if text.endswith(b"\r"):
            return _Line(start, newline + 1, text[:-1])
        self.problem("bare-lf", newline)
        return _Line(start, newline + 1, text)

    def lines(self) -> list[_Line] | None:
        """The lines up to the blank one; None when it may still come."""
        found = []
        while True:
            line = self.line()
            if line is None and not self.closed:
                return None
            if line is None:
                rest = self.data[self.position :]
                if rest:
                    found.append(_Line(self.position, len(self.data), rest))
                self.problem("head-cut", len(self.data))
                self.position = len(self.data)
                return found
            if not line.text:
                return found
            if len(line.text) > LONGEST_LINE:
                self.problem("long-line", line.start, f"{len(line.text)} bytes")
            found.append(line)

    def head(self) -> tuple[_Line, Headers] | None:
        """The start line and the headers; None when they are not all there."""
        found = len(self.problems)
        lines = self.lines()
        if lines is None:
            del self.problems[found:]
            return None
        self.head_end = self.position
        start = lines[0] if lines else _Line(self.position, self.position, b"")
        self.suspicious(start)
        return start, Headers(self.fields(lines[1:]))

    def fields(self, lines: list[_Line]) -> list[Field]:
        """The headers in these lines; one that goes on in a second line is put together."""
        found: list[list[_Line]] = []
        for line in lines:
            if line.text[:1] not in (b" ", b"\t"):
                found.append([line])
            elif found:
                self.problem("obs-fold", line.start)
                found[-1].append(line)
            else:
                self.problem("fold-first", line.start, _shown(line.text))
        return [field for folded in found if (field := self.field(folded))]

    def field(self, folded: list[_Line]) -> Field | None:
        first, last = folded[0], folded[-1]
        text = b" ".join([first.text, *(line.text.lstrip(b" \t") for line in folded[1:])])
        whole = _Line(first.start, last.end, text)
        self.suspicious(whole)
        match = FIELD_LINE.fullmatch(text)
        if match is None:
            self.problem("header-line", first.start, _shown(text))
            return None
        name, space, value = match.groups()
        if space:
            self.problem("space-before-colon", first.start + len(name))
        return Field(_text(name), _text(value), first.start, last.end)

    def suspicious(self, line: _Line) -> None:
        """Bytes that do not belong into a head."""
        for name, pattern in (("nul", rb"\0"), ("bare-cr", rb"\r"), ("control", CONTROL)):
            match = re.search(pattern, line.text)
            if match:
                self.problem(name, line.start + match.start())

    # The body.

    def framing(self, headers: Headers, version: str, otherwise: str) -> tuple[str, int]:
        """What says where the body ends (RFC 9112 section 6.3), and a stated length."""
        place = headers.fields[0].start if headers.fields else self.position
        codings, lengths = headers.all("transfer-encoding"), headers.all("content-length")
        length = self.length(lengths, place)
        if codings:
            if len(codings) > 1:
                self.problem("coding-repeated", place)
            elif codings[0].lower() != "chunked":
                self.problem("coding", place, codings[0])
            if lengths:
                self.problem("length-and-coding", place)
            if version == "1.0":
                self.problem("coding-in-1.0", place)
            return "chunked", 0
        return (otherwise, 0) if length is None else ("length", length)

    def length(self, values: tuple[str, ...], place: int) -> int | None:
        """The stated length; None when there is none that counts."""
        members = [member.strip() for value in values for member in value.split(",")]
        for member in members:
            if not (member.isascii() and member.isdigit() and len(member) <= LONGEST_NUMBER):
                self.problem("length", place, repr(member))
                return None
        if len(set(members)) > 1:
            self.problem("length-conflict", place, " and ".join(members))
        elif len(members) > 1:
            self.problem("length-repeated", place)
        return int(members[0]) if members else None

    def body(self, framing: str, length: int) -> bytes | None:
        """The body's bytes; None when they may still come."""
        if framing in ("none", "tunnel") or any(problem.refused for problem in self.problems):
            return b""
        if framing == "chunked":
            return self.chunked()
        if framing == "close":
            if not self.closed:
                return None
            length = len(self.data) - self.position
        start, end = self.position, self.position + length
        if end > len(self.data):
            if not self.closed:
                return None
            self.problem("body-cut", len(self.data), f"{len(self.data) - start} of {length} bytes")
        self.position = min(end, len(self.data))
        return self.data[start:end]

    def chunked(self) -> bytes | None:
        """The data of all chunks (RFC 9112 section 7.1), and the trailers behind them."""
        while True:
            start = self.position
            newline = self.data.find(b"\n", start)
            if newline < 0:
                return self.cut("a chunk size")
            match = CHUNK_LINE.fullmatch(self.data, start, newline + 1)
            if match is None:
                self.problem("chunk-size", start, _shown(self.data[start:newline]))
                break
            size, first = int(match[1], 16), newline + 1
            if size == 0:
                self.position = first
                return self.trailer()
            after = first + size
            if after + 2 > len(self.data):
                return self.cut("a chunk")
            if self.data[after : after + 2] != b"\r\n":
                self.problem("chunk-end", after, _shown(self.data[after : after + 2]))
                break
            extensions = _text(match[2] or b"")
            self.chunks.append(Chunk(start, extensions, self.data[first:after]))
            self.position = after + 2
        return self.joined()

    def trailer(self) -> bytes | None:
        lines = self.lines()
        if lines is None:
            return self.cut("the trailer")
        self.trailers = self.fields(lines)
        return self.joined()

    def cut(self, what: str) -> bytes | None:
        """A body that breaks off; None when the rest may still come."""
        if not self.closed:
            self.chunks = []
            return None
        self.problem("body-cut", len(self.data), f"in {what}")
        self.position = len(self.data)
        return self.joined()

    def joined(self) -> bytes:
        return b"".join(chunk.data for chunk in self.chunks)


def _text(data: bytes) -> str:
    """Bytes as text, each byte a character: what is not ASCII has no agreed meaning here
    (RFC 9110 section 5.5)."""
    return data.decode("latin-1")


def _shown(data: bytes) -> str:
    return repr(data[:60])[1:]
