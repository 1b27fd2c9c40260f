"""The parts of a message: without gaps, in order, each what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlab.http import framing, parts, requests, responses

PIECES = st.sampled_from(
    [
        b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"Host: a\r\n", b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n", b"\r\n", b"\n", b" folded\r\n", b"no colon\r\n",
        b"3\r\nabc\r\n", b"0\r\n", b"abc", b"\0", b"X: \xff\r\n", b"0;a=b\r\n",
    ]
)  # fmt: skip


def kinds(data: bytes) -> list[str]:
    read = responses if data.startswith(b"HTTP") else requests
    return [part.kind for part in parts(read(data)[0])]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["start line", "header", "blank line"]),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            ["start line", "header", "blank line", "body"],
        ),
        (
            b"\r\nPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=1\r\nabc\r\n0\r\nT: 1\r\n\r\n",
            ["empty line", "start line", "header", "header", "blank line", "chunk size", "chunk",
             "chunk end", "last chunk", "trailer", "chunk end"],
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
            ["start line", "header", "unknown line", "blank line"],
        ),
    ],
)  # fmt: skip
def test_the_parts_of_a_message(data: bytes, expected: list[str]) -> None:
    assert kinds(data) == expected


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"Content-Length: 2\r\n", "after 2 bytes: Content-Length"),
        (b"Transfer-Encoding: chunked\r\n", "chunk of size 0"),
        (b"", "where the connection is closed"),
    ],
)
def test_what_says_where_the_body_ends(head: bytes, words: str) -> None:
    assert words in framing(responses(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nhi")[0])


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_the_parts_are_the_message_without_gaps(data: bytes) -> None:
    for message in [*requests(data), *responses(data)]:
        position = message.start
        for part in parts(message):
            assert part.start == position < part.end
            position = part.end
        assert position == message.end
        assert message.raw == data[message.start : message.end]
