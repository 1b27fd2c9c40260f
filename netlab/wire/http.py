"""HTTP/1.1 messages, as far as telling start line, headers and body apart."""

import re
from collections.abc import Iterator

from netlab.field import Span
from netlab.header import Fault, Header
from netlab.wire.fields import tail
from netlab.wire.ports import GUESSES

START_LINE = re.compile(rb"HTTP/\d\.\d \d|[A-Z]{3,20} [^ \r\n]+ HTTP/\d")
BAD_STATUS = re.compile(rb"HTTP/\d\.\d (?!\d{3}[ \r\n]).*\n")
BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class HTTP(Header, on={"tcp port": (80, 8000, 8080)}):
    """Hypertext Transfer Protocol 1.1: a request or a response, its headers, then its body."""

    layer = "application"
    rfc = "RFC 9112 section 2.1"

    head = tail("start line and headers, up to the blank line")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """A message opens with a request line or a status line; else it is the rest of one."""
        return cls if START_LINE.match(data, start, end) else None

    @property
    def header_length(self) -> int:
        """Bytes up to and including the blank line, or all there are while it is missing."""
        blank = BLANK_LINE.search(self._data, self._start, self._end)
        return (blank.end() if blank else self._end) - self._start

    @property
    def lines(self) -> tuple[str, ...]:
        """The start line and the header lines, without their line ends."""
        return tuple(text for _, _, text in self._lines())

    @property
    def start_line(self) -> str:
        """The request line or the status line."""
        return self.lines[0] if self.lines else ""

    @property
    def is_request(self) -> bool:
        """Whether this is a request; otherwise it is a response."""
        return not self.start_line.startswith("HTTP/")

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values, in their order, repeated ones kept (RFC 9112 section 5)."""
        pairs = (line.partition(":") for line in self.lines[1:])
        return tuple((name, value.strip(" \t")) for name, colon, value in pairs if colon)

    def header(self, name: str, default: str | None = None) -> str | None:
        """The values under that name, upper and lower case alike, joined by commas
        (RFC 9110 section 5.2)."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else default

    @property
    def body(self) -> bytes:
        """The bytes after the blank line, as far as this segment holds them."""
        return self.payload

    def _lines(self) -> Iterator[tuple[int, int, str]]:
        position, end = self._start, self._start + self.header_length
        while position < end:
            newline = self._data.find(b"\n", position, end)
            after = end if newline < 0 else newline + 1
            text = self._data[position:after].decode("latin-1").rstrip("\r\n")
            if text:
                yield position, after, text
            position = after

    def spans(self) -> tuple[Span, ...]:
        lines = list(self._lines())
        found = [self._start_line_span(*lines[0])] if lines else []
        for first, last, text in lines[1:]:
            name, _, value = text.partition(":")
            about = "a header: a name, a colon and a value"
            source = "RFC 9112 section 5"
            bits = (last - first) * 8
            found.append(Span(name, first * 8, bits, value, value.strip(), "", about, source))
        return tuple(found)

    def _start_line_span(self, first: int, last: int, text: str) -> Span:
        name, about, source = "status_line", "version, status and reason", "RFC 9112 section 4"
        words = ["version", "status", "reason"]
        if self.is_request:
            name, about, source = "request_line", "method, target and version", "RFC 9112 section 3"
            words = ["method", "target", "version"]
        parts, position = [], first
        for word, value in zip(words, text.split(" ", 2), strict=False):
            if value:  # a reason may be empty
                parts.append(Span(word, position * 8, len(value) * 8, value, value, "", "", source))
            position += len(value) + 1
        bits = (last - first) * 8
        return Span(name, first * 8, bits, text, text, "", about, source, tuple(parts))

    def summary(self) -> str:
        return self.start_line

    def faults(self) -> Iterator[Fault]:
        """None for a head that breaks off: it goes on in the next segment."""
        if BAD_STATUS.match(self._data, self._start, self._end):
            yield self.fault("head", "the status has not three digits (RFC 9112 section 4)")
        for number, (first, last, text) in enumerate(self._lines()):
            if "\r" in text:
                message = f"a carriage return without a line feed in {text[:40]!r}"
                yield Fault("head", first, message)
            elif number and ":" not in text and self._data[last - 1] == 0x0A:
                yield Fault("head", first, f"no header, it has no colon: {text[:40]!r}")


GUESSES["tcp port"].append(HTTP)
