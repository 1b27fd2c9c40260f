"""The parts that a message is made of, byte for byte, and a word on each."""

from collections.abc import Iterator
from typing import NamedTuple

from netlab.counts import counted
from netlab.http.messages import Message, Request

WORDS = {
    "accept": "the media types that the client can use",
    "accept-encoding": "the content codings that the client can undo",
    "accept-language": "the languages that the reader wants",
    "authorization": "who asks: whoever reads this line can ask in that name",
    "cache-control": "who may keep the answer, and how long",
    "connection": "whether the connection stays open after this message",
    "content-disposition": "whether the body is shown or saved, and under which name",
    "content-encoding": "how the body is packed; its Content-Length counts the packed bytes",
    "content-length": "how many bytes the body has",
    "content-type": "what the body is, and which charset its text is in",
    "cookie": "what the server asked the client to remember",
    "date": "when the message was made",
    "etag": "a mark for this version of the resource",
    "expect": "the client waits for 100 Continue before it sends the body",
    "host": "which site is meant: many share one address",
    "if-modified-since": "the body is wanted only if it is newer",
    "if-none-match": "the body is wanted only if it is another version",
    "last-modified": "when the resource changed last",
    "location": "where to look instead, or what was made",
    "origin": "the site whose page makes the request",
    "range": "which part of the resource is wanted",
    "referer": "the page on which the link was",
    "server": "the program that answers",
    "set-cookie": "what the client shall send back from now on; may come several times",
    "transfer-encoding": "how the message is sent: chunked bodies say their own end",
    "upgrade": "another protocol that the connection may change to",
    "user-agent": "the program that asks",
    "www-authenticate": "how the client can prove who it is",
}
"""What headers are for (RFC 9110, RFC 6265 of cookies), by their names in lower case."""

FRAMINGS = {
    "none": "there is no body",
    "length": "the body ends after {length}: Content-Length says so",
    "chunked": "the body ends with the chunk of size 0: Transfer-Encoding is chunked",
    "close": "the body ends where the connection is closed: nothing else says where",
    "tunnel": "from here on the connection carries another protocol",
}
"""What says where the body ends (RFC 9112 section 6.3)."""


class Part(NamedTuple):
    """A part of a message: its kind, its bytes in the stream from `start` up to `end`, and what it
    is for.

    Kinds: "empty line", "start line", "header", "unknown line", "blank line", "body",
    "chunk size", "chunk", "chunk end", "last chunk", "trailer".
    """

    kind: str
    start: int
    end: int
    says: str


def framing(message: Message) -> str:
    """What says where the message's body ends, as a sentence without its stop."""
    return FRAMINGS[message.framing].format(length=counted(len(message.body), "byte"))


def parts(message: Message) -> tuple[Part, ...]:
    """All parts in order; together they are the message, without gaps."""
    found: list[Part] = []
    position = message.start
    for part in _known(message):
        if part.start > position:
            found += _between(message, position, part.start)
        if part.end > part.start:
            found.append(part)
        position = part.end
    return (*found, *_between(message, position, message.end))


def _known(message: Message) -> Iterator[Part]:
    """What the reader has understood, in order."""
    first = message.start
    lead = len(message.raw) - len(message.raw.lstrip(b"\r\n"))
    if lead and isinstance(message, Request):
        yield Part("empty line", first, first := first + lead, "servers overlook it")
    yield Part("start line", first, _line(message, first, message.head_end), _start(message))
    for field in message.headers.fields:
        yield Part("header", field.start, field.end, WORDS.get(field.name.lower(), ""))
    if message.framing != "chunked":
        end = max(message.end, message.head_end)
        yield Part("body", message.head_end, end, framing(message))
        return
    for chunk in message.chunks:
        data = _line(message, chunk.offset, message.end)
        end = data + len(chunk.data)
        size = counted(len(chunk.data), "byte")
        stated = f"{len(chunk.data):x} in hexadecimal: {size} to come"
        yield Part("chunk size", chunk.offset, data, stated)
        yield Part("chunk", data, end, f"{size} of the body")
    for field in message.trailers.fields:
        yield Part("trailer", field.start, field.end, "a header that comes after the body")


def _start(message: Message) -> str:
    if isinstance(message, Request):
        return "what is wanted: method, target, version"
    return "how it went: version, status, reason"


def _line(message: Message, start: int, limit: int) -> int:
    """The byte after the line that begins at `start`."""
    newline = message.raw.find(b"\n", start - message.start, limit - message.start)
    return limit if newline < 0 else message.start + newline + 1


def _between(message: Message, start: int, end: int) -> Iterator[Part]:
    """The lines between the parts that have names."""
    while start < end:
        stop = _line(message, start, end)
        text = message.raw[start - message.start : stop - message.start]
        if start < message.head_end and text.strip(b"\r\n"):
            yield Part("unknown line", start, stop, "this is no header")
        elif start < message.head_end:
            yield Part("blank line", start, stop, "the head ends here")
        elif text.strip(b"\r\n") == b"":
            yield Part("chunk end", start, stop, "CRLF ends a chunk and the whole")
        elif set(text.partition(b";")[0].strip()) == {0x30}:
            yield Part("last chunk", start, stop, "size 0: no more chunks follow")
        else:
            yield Part("unknown line", start, stop, "this is no chunk")
        start = stop
