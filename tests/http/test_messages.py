"""HTTP messages: h11 is the judge of what is read and of what must be refused."""

from collections.abc import Callable
from typing import NamedTuple

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netlab import http

HOST = b"Host: a\r\n"


class Read(NamedTuple):
    """A message as one of the two has read it."""

    start: tuple[bytes, ...]
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Verdict(NamedTuple):
    """All messages of a stream that were taken, and whether the stream was refused then."""

    messages: list[Read]
    refused: bool


def by_h11_as_server(data: bytes) -> Verdict:
    """What h11 makes of requests, each answered at once so that the next can be read."""
    found: list[Read] = []
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    connection.receive_data(b"")
    try:
        while True:
            start, body = None, b""
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Request):
                    start = event
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                else:
                    return Verdict(found, False)
            assert start is not None
            line = bytes(start.method), bytes(start.target), bytes(start.http_version)
            found.append(Read(line, headers_of(start), body))
            connection.send(h11.Response(status_code=204, headers=[]))
            connection.send(h11.EndOfMessage())
            connection.start_next_cycle()
    except h11.RemoteProtocolError:
        return Verdict(found, True)
    except h11.LocalProtocolError:  # the client's words end the connection: nothing more is read
        return Verdict(found, False)


def by_h11_as_client(data: bytes, method: bytes = b"GET") -> Verdict:
    """What h11 makes of the answer to one request."""
    found: list[Read] = []
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    connection.receive_data(b"")
    try:
        start, body = None, b""
        while True:
            event = connection.next_event()
            if isinstance(event, h11.InformationalResponse):
                line = b"%d" % event.status_code, bytes(event.reason), bytes(event.http_version)
                found.append(Read(line, headers_of(event), b""))
            elif isinstance(event, h11.Response):
                start = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                assert start is not None
                line = b"%d" % start.status_code, bytes(start.reason), bytes(start.http_version)
                found.append(Read(line, headers_of(start), body))
                return Verdict(found, False)
            else:
                return Verdict(found, False)
    except h11.RemoteProtocolError:
        return Verdict(found, True)


def headers_of(event: h11.Request | h11.Response) -> list[tuple[bytes, bytes]]:
    """The headers; h11 drops a Content-Length that Transfer-Encoding overrides, or that repeats."""
    return [
        (name.lower(), value.lower() if name.lower() == b"transfer-encoding" else value)
        for name, value in event.headers.raw_items()
        if name.lower() != b"content-length"
    ]


def ours(messages: list[http.Request] | list[http.Response]) -> Verdict:
    found = []
    for message in messages:
        if message.refused:
            break
        if isinstance(message, http.Request):
            start: tuple[str, ...] = message.method, message.target, message.version
        else:
            start = str(message.status), message.reason, message.version
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in message.headers
            if name.lower() != "content-length"
        ]
        headers = [
            (name, value.lower() if name == b"transfer-encoding" else value)
            for name, value in headers
        ]
        found.append(Read(tuple(w.encode("latin-1") for w in start), headers, message.body))
    return Verdict(found, any(message.refused for message in messages))


def request(*lines: bytes, body: bytes = b"", end: bytes = b"\r\n") -> bytes:
    return end.join([*lines, b"", b""]) + body


GET, POST = b"GET / HTTP/1.1", b"POST / HTTP/1.1"
CHUNKED = b"Transfer-Encoding: chunked"
LAST = b"0\r\nT: 1\r\n\r\n"
SMUGGLED = b"GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"

SHAPES: dict[str, tuple[bytes, set[str]]] = {
    "sound": (request(GET, b"Host: a"), set()),
    "pipelined": (request(GET, b"Host: a") + request(b"HEAD /b HTTP/1.1", b"Host: a"), set()),
    "a body": (request(POST, b"Host: a", b"Content-Length: 3", body=b"abc"), set()),
    "chunks and a trailer": (
        request(POST, b"Host: a", CHUNKED, body=b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n" + LAST),
        set(),
    ),
    "bare LF": (request(GET, b"Host: a", end=b"\n"), {"bare-lf"}),
    "bare CR": (request(GET, b"Host: a", b"X: a\rb"), {"bare-cr"}),
    "CR CR LF": (request(GET, b"Host: a\r"), {"bare-cr"}),
    "NUL in a value": (request(GET, b"Host: a", b"X: a\0b"), {"nul"}),
    "NUL in a name": (request(GET, b"Host: a", b"X\0: a"), {"nul", "header-line"}),
    "control character": (request(GET, b"Host: a", b"X: a\x01b"), {"control"}),
    "space before the colon": (
        request(GET, b"Host: a", b"Content-Length : 3"),
        {"space-before-colon"},
    ),
    "tab before the colon": (request(GET, b"Host: a", b"X\t: 3"), {"space-before-colon"}),
    "no name": (request(GET, b"Host: a", b": 3"), {"header-line"}),
    "no colon": (request(GET, b"Host: a", b"nonsense"), {"header-line"}),
    "a bracket in a name": (request(GET, b"Host: a", b"X(: 3"), {"header-line"}),
    "obs-fold": (request(GET, b"Host: a", b"X: 1", b"  2"), {"obs-fold"}),
    "obs-fold of the coding": (
        request(POST, b"Host: a", b"Transfer-Encoding:", b" chunked", body=b"0\r\n\r\n"),
        {"obs-fold"},
    ),
    "a fold first": (request(GET, b" Host: a"), {"fold-first", "host"}),
    "a name with a byte beyond ASCII": (request(GET, b"Host: a", b"X\xff: 3"), {"header-line"}),
    "two lengths that differ": (
        request(POST, b"Host: a", b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"),
        {"length-conflict"},
    ),
    "two lengths in one": (
        request(POST, b"Host: a", b"Content-Length: 3, 4", body=b"abcd"),
        {"length-conflict"},
    ),
    "the same length twice": (
        request(POST, b"Host: a", b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
        {"length-repeated"},
    ),
    "the same length twice in one": (
        request(POST, b"Host: a", b"Content-Length: 3, 3", body=b"abc"),
        {"length-repeated"},
    ),
    "a plus in the length": (
        request(POST, b"Host: a", b"Content-Length: +3", body=b"abc"),
        {"length"},
    ),
    "a minus in the length": (request(POST, b"Host: a", b"Content-Length: -3"), {"length"}),
    "a hexadecimal length": (
        request(POST, b"Host: a", b"Content-Length: 0x3", body=b"abc"),
        {"length"},
    ),
    "a length with an underscore": (
        request(POST, b"Host: a", b"Content-Length: 1_0", body=b"0123456789"),
        {"length"},
    ),
    "an empty length": (request(POST, b"Host: a", b"Content-Length:"), {"length"}),
    "a length of 21 digits": (
        request(POST, b"Host: a", b"Content-Length: " + b"0" * 20 + b"3", body=b"abc"),
        {"length"},
    ),
    "a length beside the coding": (
        request(POST, b"Host: a", b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED),
        {"length-and-coding"},
    ),
    "the coding beside a length": (
        request(POST, b"Host: a", CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED),
        {"length-and-coding"},
    ),
    "a coding with a letter too many": (
        request(POST, b"Host: a", b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
        {"coding"},
    ),
    "identity": (request(POST, b"Host: a", b"Transfer-Encoding: identity"), {"coding"}),
    "chunked twice": (
        request(POST, b"Host: a", CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
        {"coding-repeated"},
    ),
    "chunked, then identity": (
        request(POST, b"Host: a", CHUNKED, b"Transfer-Encoding: identity", body=b"0\r\n\r\n"),
        {"coding-repeated"},
    ),
    "chunked, chunked": (
        request(POST, b"Host: a", b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
        {"coding"},
    ),
    "chunked in capitals": (
        request(POST, b"Host: a", b"Transfer-Encoding: CHUNKED", body=b"0\r\n\r\n"),
        set(),
    ),
    "chunked in HTTP/1.0": (
        request(b"POST / HTTP/1.0", CHUNKED, body=b"0\r\n\r\n"),
        {"coding-in-1.0"},
    ),
    "a chunk size with 0x": (
        request(POST, b"Host: a", CHUNKED, body=b"0x3\r\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "a chunk size with a plus": (
        request(POST, b"Host: a", CHUNKED, body=b"+3\r\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "a negative chunk size": (
        request(POST, b"Host: a", CHUNKED, body=b"-3\r\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "a chunk size that overflows": (
        request(POST, b"Host: a", CHUNKED, body=b"1" + b"0" * 20 + b"3\r\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "a chunk line that ends in LF": (
        request(POST, b"Host: a", CHUNKED, body=b"3\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "an extension that ends in LF": (
        request(POST, b"Host: a", CHUNKED, body=b"3;\nabc\r\n0\r\n\r\n"),
        {"chunk-size"},
    ),
    "no CRLF behind a chunk": (
        request(POST, b"Host: a", CHUNKED, body=b"3\r\nabcXX0\r\n\r\n"),
        {"chunk-end"},
    ),
    "a chunk of another size": (
        request(POST, b"Host: a", CHUNKED, body=b"2\r\nabc\r\n0\r\n\r\n"),
        {"chunk-end"},
    ),
    "chunks that break off": (request(POST, b"Host: a", CHUNKED, body=b"5\r\nab"), {"body-cut"}),
    "a body that breaks off": (
        request(POST, b"Host: a", b"Content-Length: 9", body=b"abc"),
        {"body-cut"},
    ),
    "a head that breaks off": (b"GET / HTTP/1.1\r\nHost: a\r\n", {"head-cut"}),
    "no host": (request(GET), {"host"}),
    "two hosts": (request(GET, b"Host: a", b"Host: b"), {"host"}),
    "two hosts in HTTP/1.0": (request(b"GET / HTTP/1.0", b"Host: a", b"Host: b"), {"host"}),
    "HTTP/1.0 without a host": (request(b"GET / HTTP/1.0"), set()),
    "a space in the target": (request(b"GET /a b HTTP/1.1", b"Host: a"), {"start-line"}),
    "two spaces": (request(b"GET  / HTTP/1.1", b"Host: a"), {"start-line"}),
    "HTTP in small letters": (request(b"GET / http/1.1", b"Host: a"), {"start-line"}),
    "HTTP/0.9": (request(b"GET /"), {"start-line"}),
    "HTTP/2.0": (request(b"GET / HTTP/2.0", b"Host: a"), {"version"}),
    "HTTP/1.10": (request(b"GET / HTTP/1.10", b"Host: a"), {"start-line"}),
    "a method with a bracket": (request(b"G(T / HTTP/1.1", b"Host: a"), {"start-line"}),
    "a long line": (request(b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"Host: a"), {"long-line"}),
    "a body of a GET": (request(GET, b"Host: a", b"Content-Length: 3", body=b"abc"), set()),
    "bytes beyond the body": (
        request(POST, b"Host: a", b"Content-Length: 3", body=b"abcX"),
        {"start-line", "head-cut"},
    ),
}
"""Requests, and what is wrong with them."""


@pytest.mark.parametrize(("data", "names"), SHAPES.values(), ids=SHAPES)
def test_a_request_is_judged_as_h11_judges_it(data: bytes, names: set[str]) -> None:
    found = http.requests(data)
    assert {problem.name for message in found for problem in message.problems} == names
    assert ours(found) == by_h11_as_server(data)


ANSWERS: dict[str, tuple[bytes, bytes, set[str]]] = {
    "sound": (b"GET", request(b"HTTP/1.1 200 OK", b"Content-Length: 3", body=b"abc"), set()),
    "until it closes": (b"GET", request(b"HTTP/1.1 200 OK", body=b"all the rest"), set()),
    "no reason": (b"GET", request(b"HTTP/1.1 200", b"Content-Length: 0"), set()),
    "an empty reason": (b"GET", request(b"HTTP/1.1 200 ", b"Content-Length: 0"), set()),
    "chunked": (b"GET", request(b"HTTP/1.1 200 OK", CHUNKED, body=b"1\r\na\r\n0\r\n\r\n"), set()),
    "to a HEAD": (b"HEAD", request(b"HTTP/1.1 200 OK", b"Content-Length: 3"), set()),
    "204": (b"GET", request(b"HTTP/1.1 204 No Content", b"Content-Length: 3"), set()),
    "304": (b"GET", request(b"HTTP/1.1 304 Not Modified", CHUNKED), set()),
    "100 first": (
        b"GET",
        request(b"HTTP/1.1 100 Continue") + request(b"HTTP/1.1 200 OK", body=b"x"),
        set(),
    ),
    "a status that is no number": (b"GET", request(b"HTTP/1.1 OK 200"), {"start-line"}),
    "a status of four digits": (b"GET", request(b"HTTP/1.1 2000 OK"), {"start-line"}),
    "a status of two digits": (b"GET", request(b"HTTP/1.1 20 OK"), {"start-line"}),
    "a status below 100": (b"GET", request(b"HTTP/1.1 099 Odd"), {"status"}),
    "a status beyond 599": (
        b"GET",
        request(b"HTTP/1.1 999 Odd", b"Content-Length: 0"),
        {"status-class"},
    ),
    "an empty line first": (b"GET", b"\r\n" + request(b"HTTP/1.1 200 OK"), {"start-line"}),
    "two lengths": (
        b"GET",
        request(b"HTTP/1.1 200 OK", b"Content-Length: 3", b"Content-Length: 9", body=b"abc"),
        {"length-conflict"},
    ),
    "a length beside the coding": (
        b"GET",
        request(b"HTTP/1.1 200 OK", b"Content-Length: 3", CHUNKED, body=b"0\r\n\r\n"),
        {"length-and-coding"},
    ),
    "bare LF": (b"GET", request(b"HTTP/1.1 200 OK", b"Content-Length: 0", end=b"\n"), {"bare-lf"}),
    "a body that breaks off": (
        b"GET",
        request(b"HTTP/1.1 200 OK", b"Content-Length: 5", body=b"abc"),
        {"body-cut"},
    ),
}


@pytest.mark.parametrize(("method", "data", "names"), ANSWERS.values(), ids=ANSWERS)
def test_a_response_is_judged_as_h11_judges_it(method: bytes, data: bytes, names: set[str]) -> None:
    found = http.responses(data, [method.decode()])
    assert {problem.name for message in found for problem in message.problems} == names
    assert ours(found) == by_h11_as_client(data, method)


DIFFERENCES: dict[str, Callable[[bytes], bool]] = {
    "h11 refuses an empty line before a request; RFC 9112 section 2.2 has a server overlook it": (
        lambda data: data.startswith((b"\r\n", b"\n"))
    ),
    "h11 takes VT and FF for white space and refuses them; RFC 9110 section 5.5 does not": (
        lambda data: b"\x0b" in data or b"\x0c" in data
    ),
    "h11 judges the values of framing fields behind the body too, where they frame nothing and a "
    "recipient may ignore them (RFC 9110 section 6.5.1)": lambda data: any(
        message.trailers.all(name)
        for message in http.requests(data)
        for name in ("Content-Length", "Transfer-Encoding")
    ),
}  # fmt: skip
"""Where h11 and the kit differ, and why; all else must agree."""

PIECES = [
    b"GET", b"POST", b" ", b"/", b"HTTP/1.1", b"HTTP/1.0", b"\r\n", b"\n", b"\r", b":", b"Host: a",
    b"Content-Length: 3", b"Content-Length: 0", b"Content-Length: 3, 3", b"Content-Length",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding", b"chunked", b"abc", b"3\r\nabc\r\n",
    b"0\r\n\r\n", b"3;a=b\r\nabc\r\n", b"\t", b"\0", b"\x01", b"\xff", b"X: y", b",", b"1", b"-",
]  # fmt: skip
piece = st.sampled_from(PIECES)
FIELDS = [b"X: y", b"Content-Length: 3", CHUNKED, b"A:b", b"Cookie: a=1; b=2", b"X:", b"B: \t*/*  "]


@st.composite
def made_up(draw: st.DrawFn) -> bytes:
    """A request that is sound but for a few pieces put in, taken out or said twice."""
    lines = [draw(st.sampled_from([GET, POST, b"PUT /a?b=c HTTP/1.0"])), b"Host: a"]
    lines += draw(st.lists(st.sampled_from(FIELDS), max_size=3))
    body = draw(st.sampled_from([b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"0\r\nT: 1\r\n\r\n"]))
    data = request(*lines, body=body)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 2))
        data = data[:place] + draw(piece) * draw(st.integers(0, 1)) + data[place + cut :]
    return data


@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(made_up())
def test_made_up_requests_are_judged_as_h11_judges_them(data: bytes) -> None:
    if not any(differs(data) for differs in DIFFERENCES.values()):
        assert ours(http.requests(data)) == by_h11_as_server(data)
