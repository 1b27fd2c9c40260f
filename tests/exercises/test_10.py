"""Exercise 10's right answers, on real sockets, and held against struct, asyncio and the kit."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

import netlab
from netlab.grading.task import all_tasks
from netlab.practice.calling import call
from netlab.practice.connections import Dribble, Late
from netlab.practice.plain import Raised
from netlab.sockets import Stream, peer

TASKS = import_module("netlab.grading.tasks.10_sockets")


def cases(name: str) -> list[tuple[Any, ...]]:
    return all_tasks()[f"10/{name}"].cases()


@contextmanager
def fed(data: bytes) -> Iterator[socket.socket]:
    """A real socket in which these bytes wait, and then the end."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(data)
        far.shutdown(socket.SHUT_WR)
        yield near


def told(function: Any, *arguments: Any) -> Any:
    """What comes, an error by its name."""
    try:
        return function(*arguments)
    except (ConnectionError, ValueError) as error:
        kind = ConnectionError if isinstance(error, ConnectionError) else ValueError
        return kind.__name__


def test_the_puzzles_lines_send_all_through_a_real_socket() -> None:
    made: dict[str, Any] = {}
    exec("\n".join(all_tasks()["10/send-all"].lines), made)
    near, far = socket.socketpair()
    data, came = bytes(range(256)) * 20_000, bytearray()
    near.settimeout(5)

    def take() -> None:
        while piece := far.recv(65_536):
            came.extend(piece)

    thread = threading.Thread(target=take)
    thread.start()
    with far, near:
        made["send_all"](near, data)
        near.shutdown(socket.SHUT_WR)
        thread.join(10)
    assert came == data


def test_exactly_as_many_come_from_a_real_socket() -> None:
    for pieces, count in cases("exactly"):
        with fed(b"".join(pieces)) as connection:
            result = told(TASKS.receive_exactly, connection, count)
            left = b"".join(iter(lambda: connection.recv(1000), b""))
        judged = call(TASKS.receive_exactly, (pieces, count), "connections.receive")
        if isinstance(judged, Raised):
            assert result == "ConnectionError"
        else:
            assert (result, left) == judged


def test_it_waits_for_a_peer_that_dribbles() -> None:
    with peer(TASKS.ORDER, piece=1, pause=0.002) as connection:
        assert TASKS.receive_exactly(connection, 21) == TASKS.ORDER


def test_struct_makes_the_same_frame_and_the_kits_stream_reads_it() -> None:
    for (text,) in cases("frame"):
        data = TASKS.frame(text)
        assert data[:4] == struct.pack("!I", len(text.encode()))
        with fed(data[:60_000]) as connection:
            if len(data) <= 60_000:
                assert Stream(connection).receive_message() == text.encode()


def test_messages_are_those_that_the_kits_stream_gives() -> None:
    for pieces, most in cases("message"):
        judged = call(TASKS.receive_message, (pieces, most), "connections.messages")
        with fed(b"".join(pieces)) as connection:
            stream, given = Stream(connection, most), []
            while not given or isinstance(given[-1], bytes):
                try:
                    given.append(stream.receive_message())
                except netlab.sockets.TooLong:
                    given.append("ValueError")
                except ConnectionError:
                    given.append("ConnectionError")
        assert judged == given


def test_lines_are_those_that_asyncio_reads() -> None:
    async def read(data: bytes) -> tuple[list[bytes], bytes]:
        reader, lines = asyncio.StreamReader(), []
        reader.feed_data(data)
        reader.feed_eof()
        while True:
            try:
                lines.append((await reader.readuntil(b"\r\n"))[:-2])
            except asyncio.IncompleteReadError as error:
                return lines, error.partial

    for (pieces,) in cases("lines"):
        eater = TASKS.Lines()
        given = [line for piece in pieces for line in eater.feed(piece)]
        assert (given, eater.rest) == asyncio.run(read(b"".join(pieces)))


def test_a_wait_is_bounded_as_in_the_kits_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    for arriving, reads in cases("timed"):
        connection, given = Late(arriving), []
        monkeypatch.setattr("netlab.sockets.time.monotonic", connection.clock)
        stream: Any = Stream(connection)  # type: ignore[arg-type]
        for count, seconds in reads:
            try:
                result = stream.receive_exactly(count, timeout=seconds) or "ConnectionError"
            except TimeoutError:
                result = None
            except ConnectionError:
                result = "ConnectionError"
            given.append((result, connection.now))
            if result == "ConnectionError":
                break
        judged = call(TASKS.Reader, (arriving, reads), "connections.timed")
        assert judged[: len(given)] == given


def test_the_kit_reads_the_chats_messages() -> None:
    for kind, name, text in cases("chat-message"):
        header = netlab.dissect(TASKS.packed(kind, name, text), netlab.Chat)[netlab.Chat]
        assert (header.kind, header.name, header.text) == (kind, name, text)
        assert TASKS.packed(kind, name, text) == TASKS.chat_message(kind, name, text)


def test_chat_messages_put_together_are_the_stream_again() -> None:
    for (data,) in cases("chat-messages"):
        if isinstance(given := call(TASKS.chat_messages, (data,)), Raised):
            assert data[0] != 1 or data.endswith(b"\x02")
            continue
        found, rest = given
        assert b"".join(TASKS.packed(*one) for one in found) + rest == data
        assert len(rest) < 4 or len(rest) < 4 + struct.unpack_from("!H", rest, 2)[0]


# The peers themselves behave as real sockets do.


def test_a_dribbling_peer_is_like_a_real_socket() -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"0123456789")
        far.shutdown(socket.SHUT_WR)
        made = Dribble([b"0123456789"])
        for count in (4, 0, 100, 1, 1):
            assert made.recv(count) == near.recv(count)
        for connection in (made, near):
            with pytest.raises(ValueError, match="negative buffersize"):
                connection.recv(-1)  # type: ignore[attr-defined]


def test_nobody_waits_for_ever_for_a_dribbling_peer() -> None:
    with pytest.raises(RuntimeError, match="gave b'' 30 times"):
        TASKS.looping(Dribble([b"0"]), 2)
    with pytest.raises(RuntimeError, match="would wait for ever"):
        Late([]).recv(1)


def test_a_late_peer_is_like_a_real_socket() -> None:
    near, far = socket.socketpair()
    with near, far:
        for connection in (near, Late([])):
            connection.settimeout(0.01)  # type: ignore[attr-defined]
            with pytest.raises(TimeoutError, match="timed out"):
                connection.recv(1)  # type: ignore[attr-defined]
            connection.settimeout(0)  # type: ignore[attr-defined]
            with pytest.raises(BlockingIOError):
                connection.recv(1)  # type: ignore[attr-defined]
            with pytest.raises(ValueError, match="out of range"):
                connection.settimeout(-1)  # type: ignore[attr-defined]
