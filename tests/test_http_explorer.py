"""HttpExplorer and the timeline without a browser."""

import gzip
import json
from typing import Any

import pytest
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.http import Fetched, Phase, exchanges, requests, responses

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def answer(body: bytes, kind: str, *more: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def body(data: bytes) -> dict[str, Any]:
    return netlab.HttpExplorer(data)._detail["body"]  # type: ignore[no-any-return]


def test_a_body_is_shown_as_its_type_says() -> None:
    shown = body(answer(b'{"a":[1,2]}', "application/json"))
    assert json.loads(shown["text"]) == {"a": [1, 2]}
    assert "\n" in shown["text"]
    assert body(answer(b"a=1&b=+2", "application/x-www-form-urlencoded"))["rows"] == [
        ("a", "1"), ("b", " 2"),
    ]  # fmt: skip
    assert body(answer("grün".encode("latin-1"), "text/plain; charset=latin-1"))["text"] == "grün"
    assert body(answer(PNG, "image/png"))["url"].startswith("data:image/png;base64,iVBOR")
    assert body(answer(b"\x01\x02", "application/x-own"))["text"].startswith("0000  01 02")
    assert body(b"HTTP/1.1 204 No Content\r\n\r\n")["kind"] == "none"


def test_a_packed_body_is_unpacked_and_a_damaged_one_is_told() -> None:
    packed = gzip.compress(b"hello", mtime=0)
    assert body(answer(packed, "text/plain", "Content-Encoding: gzip"))["text"] == "hello"
    assert "no JSON" in body(answer(b"{", "application/json"))["says"]
    assert "gzip" in body(answer(b"hello", "text/plain", "Content-Encoding: gzip"))["says"]


def test_problems_come_with_the_attack() -> None:
    data = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    explorer = netlab.HttpExplorer(data + b"0\r\n\r\n")
    ((says, enables, rfc, refused, offset),) = explorer._detail["problems"]
    assert "beside Transfer-Encoding" in says
    assert enables.startswith("Request smuggling")
    assert rfc.startswith("RFC 9112")
    assert (refused, offset) == (False, 17)


def test_what_it_takes() -> None:
    asked, said = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", answer(b"x", "text/plain")
    for what in (
        exchanges(asked, said),
        [*requests(asked), *responses(said)],
        Fetched(requests(asked)[0], responses(said)[0], (), ("a", 80), ("b", 1)),
    ):
        explorer = netlab.HttpExplorer(what)
        assert explorer._titles == ["GET / HTTP/1.1", "HTTP/1.1 200 OK"]
        explorer.message = 1
        assert explorer._detail["bytes"] == len(said)
        assert explorer._detail["hex"] == said.hex()
    assert netlab.HttpExplorer(requests(asked)[0])._titles == ["GET / HTTP/1.1"]


def test_what_it_refuses() -> None:
    with pytest.raises(ValueError, match="no HTTP message"):
        netlab.HttpExplorer([])
    explorer = netlab.HttpExplorer(answer(b"", "text/plain"))
    with pytest.raises(TraitError, match="message 1 does not exist: there are 0 to 0"):
        explorer.message = 1
    with pytest.raises(TraitError, match="part 9 does not exist: there are 0 to 3"):
        explorer.part = 9


def test_a_second_message_of_a_stream_has_its_own_bytes() -> None:
    one = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    explorer = netlab.HttpExplorer(one + one.replace(b"/a", b"/b"), message=1)
    assert explorer._detail["parts"][0]["start"] == 0
    assert explorer._detail["parts"][0]["text"] == "GET /b HTTP/1.1"


def test_a_picture_without_a_kernel() -> None:
    drawn = bundle(netlab.HttpExplorer(answer(b'{"a": 1}', "application/json")))
    words = "".join(image(drawn["text/html"]).itertext())
    for expected in ("HTTP/1.1 200 OK", "Content-Type: application/json", '"a": 1', "8 bytes"):
        assert expected in words


def test_the_timeline_says_every_phase() -> None:
    names = ("resolve", "connect", "tls", "send", "wait", "receive")
    phases = tuple(Phase(name, n * 10**6, 10**6) for n, name in enumerate(names))
    asked = requests(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")[0]
    chart = netlab.figures.timeline(
        Fetched(asked, responses(answer(b"", "text/plain"))[0], phases, ("a", 80), ("b", 1))
    )
    assert chart.alt.startswith("GET /x HTTP/1.1, 6.00 ms in all, phase by phase: resolve 1.00 ms")
    for name in names:
        assert f">{name}<".encode() in chart.svg()
