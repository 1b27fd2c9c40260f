"""Exercise 11's right answers, held against h11 and Python's own reader of Content-Types."""

import re
from email.message import Message
from importlib import import_module
from io import BytesIO

import h11
from h11._connection import _body_framing

from netlab.grading.task import Case, all_tasks
from netlab.practice.calling import call
from netlab.practice.plain import Raised

TASKS = import_module("netlab.grading.tasks.11_http")
ANSWER = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def cases(name: str) -> list[Case]:
    return all_tasks()[f"11/{name}"].cases()


def client(method: str, received: bytes) -> h11.Connection:
    """h11 as a client that has asked with that method, and has got those bytes."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(received)
    return connection


def refuses(connection: h11.Connection) -> bool:
    try:
        connection.next_event()
    except h11.RemoteProtocolError:
        return True
    return False


def test_h11_sees_the_same_statuses() -> None:
    for (line,) in cases("status"):
        wanted = TASKS.status(line)
        connection = client("GET", line + b"\r\nContent-Length: 0\r\n\r\n")
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError:
            event = None
        assert getattr(event, "status_code", None) == wanted, line


def test_h11_reads_what_is_posted() -> None:
    for path, text in cases("post"):
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(TASKS.post(path, text))
        request, body = connection.next_event(), b""
        while isinstance(event := connection.next_event(), h11.Data):
            body += event.data
        assert isinstance(request, h11.Request)
        assert isinstance(event, h11.EndOfMessage)
        assert (request.target, body.decode()) == (path.encode(), text)
        assert connection.trailing_data == (b"", False)


def by_h11(method: str, head: bytes) -> str:
    """Where h11 sees the end of the body; it has no word for none, but a length of 0."""
    try:
        response = client(method, head).next_event()
    except h11.RemoteProtocolError:
        return "refuse"
    if isinstance(response, h11.InformationalResponse):
        return "none"
    assert isinstance(response, h11.Response)
    kind, _ = _body_framing(method.encode(), response)
    return {"content-length": "length", "chunked": "chunked", "http/1.0": "close"}[kind]


def test_h11_sees_the_same_ends() -> None:
    for method, head in cases("framing"):
        ours, theirs = TASKS.framing(method, head), by_h11(method, head)
        if ours == "none":  # h11 looks at the length before it asks whether there is a body
            assert theirs in ("none", "length", "refuse")
        elif ours == "chunked":  # and at a length beside the chunks
            assert theirs in ("chunked", "refuse")
        else:
            assert theirs == ours, head


def chunks_by_h11(stream: bytes) -> tuple[bytes, bytes] | None:
    connection, data = client("GET", ANSWER + stream), b""
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                return None
            data += getattr(event, "data", b"")
    except h11.RemoteProtocolError:
        return None
    return data, connection.trailing_data[0]


def test_h11_reads_the_same_chunks() -> None:
    for stream, most in cases("unchunk"):
        theirs = chunks_by_h11(stream)
        if theirs is None or len(theirs[0]) > most:
            assert call(TASKS.unchunk, (stream, most)) == Raised("ValueError")
        else:
            assert TASKS.unchunk(stream, most) == theirs


def test_the_standard_library_finds_the_same_charset() -> None:
    for content_type, body in cases("text-of"):
        message = Message()
        message["Content-Type"] = content_type
        charset = message.get_content_charset("utf-8")
        try:
            wanted: str | bytes = body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            wanted = body
        assert TASKS.text_of(content_type, body) == wanted


def test_h11_refuses_what_is_in_doubt() -> None:
    """Except for a length beside chunks, of which the chunks win."""
    for (head,) in cases("doubts"):
        found = set(TASKS.doubts(head)) - {"length-and-coding"}
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(head)
        assert refuses(connection) == bool(found), head


def test_h11_finds_the_same_values() -> None:
    for head, name in cases("values-of"):
        if not head.startswith(b"HTTP/"):
            continue
        tidy = re.sub(rb"(?i)content-length.*\n", b"", head)
        headers = client("GET", tidy).next_event().headers
        found = [value.decode() for given, value in headers if given == name.lower().encode()]
        assert TASKS.values_of(head, name) == found


def test_the_puzzle_reads_the_news() -> None:
    names: dict[str, object] = {}
    exec("\n".join(TASKS.CHUNKS), names)
    chunks = names["chunks"]
    assert callable(chunks)
    assert [len(data) for data in chunks(BytesIO(TASKS.NEWS))] == [10, 16, 24]
