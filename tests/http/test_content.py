"""Bodies: unpacked within a bound, and read as their type says."""

import gzip
import zlib

import pytest

import netlab
from netlab import http
from netlab.http import content


def response(body: bytes, *headers: str) -> http.Response:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    (message,) = http.responses("\r\n".join(lines).encode("latin-1") + body)
    return message


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


PACKED = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", [*PACKED, "DEFLATE"])
def test_packed_bodies_are_unpacked(coding: str) -> None:
    packed = PACKED[coding.lower()](b"hello " * 99)
    assert response(packed, f"Content-Encoding: {coding}").unpacked == b"hello " * 99


def test_deflate_without_its_wrapper_is_understood() -> None:
    packed = raw_deflate(b"hello " * 99)
    assert response(packed, "Content-Encoding: deflate").unpacked == b"hello " * 99


def test_codings_are_taken_off_in_reverse_order() -> None:
    packed = gzip.compress(zlib.compress(b"hello"), mtime=0)
    assert response(packed, "Content-Encoding: deflate, gzip").unpacked == b"hello"


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (gzip.compress(bytes(20 << 20), mtime=0), "gzip", "unpacks to more than 16777216 bytes"),
        (gzip.compress(b"abc" * 999, mtime=0)[:-9], "gzip", "breaks off"),
        (b"nonsense", "gzip", "is not gzip"),
        (b"abc", "br", "br is not understood"),
    ],
)
def test_damaged_bodies_and_bombs_are_said_to_be(body: bytes, coding: str, words: str) -> None:
    message = response(body, f"Content-Encoding: {coding}")
    with pytest.raises(http.ContentError, match=words):
        _ = message.unpacked


@pytest.mark.parametrize(
    ("body", "media_type", "value"),
    [
        (b'{"a": [1, 2]}', "application/json", {"a": [1, 2]}),
        (b'{"a": 1}', "application/problem+json; charset=utf-8", {"a": 1}),
        (b"a=1&b=x+y&a=%C3%A9&c=", "application/x-www-form-urlencoded",
         [("a", "1"), ("b", "x y"), ("a", "é"), ("c", "")]),
        ("<p>é</p>".encode(), "text/html", "<p>é</p>"),
        ("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", "é"),
        ("é".encode("latin-1"), "text/plain", "é"),
        ("é".encode("utf-16"), 'text/plain; Charset="utf-16"', "é"),
        (b"\x89PNG", "image/png", b"\x89PNG"),
    ],
)  # fmt: skip
def test_a_body_is_read_as_its_type_says(body: bytes, media_type: str, value: object) -> None:
    assert response(body, f"Content-Type: {media_type}").content == value


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (b"{", "application/json", "no JSON"),
        (b"[" * 100_000, "application/json", "no JSON"),
        (b"\xff", "text/plain; charset=utf-8", "byte 0 is 0xff"),
        (b"a", "text/plain; charset=klingon", "no charset 'klingon'"),
        (b"a", "text/plain; charset=a\0b", "no charset"),
        (b"a", "text/plain; charset=idna", "no charset 'idna'"),
        (b"a", "text/plain; charset=undefined", "no charset 'undefined'"),
        (b"a", "text/plain; charset=hex", "no charset 'hex'"),
        (b"a=1&" * 10_000, "application/x-www-form-urlencoded", "more than 10000 pairs"),
    ],
)
def test_a_body_that_is_not_what_its_type_says(body: bytes, media_type: str, words: str) -> None:
    with pytest.raises(http.ContentError, match=words):
        _ = response(body, f"Content-Type: {media_type}").content


def test_repeated_headers_are_all_there_and_names_are_of_any_case() -> None:
    headers = response(b"", "Set-Cookie: a=1", "set-cookie: b=2, 3").headers
    assert headers.all("SET-COOKIE") == ("a=1", "b=2, 3")
    assert headers["Set-Cookie"] == "a=1, b=2, 3"
    assert "Cookie" not in headers
    assert headers.get("Cookie", "none") == "none"
    with pytest.raises(KeyError, match="no header Cookie: there are Content-Length, Set-Cookie"):
        headers["Cookie"]


def test_the_recorded_exchange() -> None:
    """curl's request and nginx's answer, as the recording has them in one segment each."""
    sent, received = (
        p[netlab.TCP].payload
        for p in netlab.read(netlab.recording("http.pcap"))
        if netlab.HTTP in p
    )
    ((request, (answer,)),) = http.exchanges(sent, received)
    assert str(request) == "GET / HTTP/1.1"
    assert str(answer) == "HTTP/1.1 200 OK"
    assert (request.problems, answer.problems) == ((), ())
    assert answer.content.startswith("<!doctype html>")
    assert len(answer.body) == int(answer.headers["content-length"])


def test_what_is_not_all_there_may_still_come() -> None:
    stream = (
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
    )
    assert [message.method for message in http.requests(stream, closed=False)] == ["GET"]
    assert [message.method for message in http.requests(stream + b"abc")] == ["GET", "POST"]


def test_a_problem_says_what_it_enables() -> None:
    (message,) = http.requests(b"GET / HTTP/1.1\nHost: a\n\n")
    assert str(message.problems[0]).startswith(
        "byte 14: a line ends in LF without CR. Request smug"
    )


def test_every_kind_of_problem_is_explained() -> None:
    for kind in http.KINDS.values():
        assert kind.says
        assert kind.enables
        assert kind.rfc.startswith("RFC 911")


def test_a_type_is_taken_apart() -> None:
    assert content.MediaType.parse('Text/HTML; Charset="UTF-8"; q') == (
        "text/html", {"charset": "UTF-8"},
    )  # fmt: skip
