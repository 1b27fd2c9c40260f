"""Whole messages out of real sockets whose peers dribble, stall, or close half way."""

import socket
import threading

import pytest

from netlab.sockets import Incomplete, Stream, TimedOut, TooLong, peer, receive_exactly

FRAMED = b"\0\0\0\5hello" + b"\0\0\0\0" + b"\0\0\0\1!"


@pytest.mark.parametrize("piece", [1, 2, 3, 100])
def test_messages_are_whole_however_they_arrive(piece: int) -> None:
    with peer(FRAMED, piece=piece) as connection:
        stream = Stream(connection)
        assert [stream.receive_message() for _ in range(4)] == [b"hello", b"", b"!", None]


def test_what_recv_gives_is_no_message() -> None:
    """The naive way, failing: one recv a message."""
    with peer(b"hello", piece=1, pause=0.01) as connection:
        assert connection.recv(5) != b"hello"


@pytest.mark.parametrize("piece", [1, 3, 100])
def test_lines(piece: int) -> None:
    with peer(b"one\r\ntwo\r\n\r\n", piece=piece) as connection:
        stream = Stream(connection)
        lines = [stream.receive_until(b"\r\n") for _ in range(4)]
    assert lines == [b"one\r\n", b"two\r\n", b"\r\n", b""]


def test_a_timeout_keeps_what_has_arrived() -> None:
    near, far = socket.socketpair()
    with near, far:
        stream = Stream(near)
        far.sendall(b"\0\0\0\5hel")
        with pytest.raises(TimedOut, match="7 bytes of a message of 5 bytes came") as caught:
            stream.receive_message(timeout=0.02)
        assert caught.value.received == b"\0\0\0\5hel"
        far.sendall(b"lo")
        assert stream.receive_message(timeout=5) == b"hello"


def test_the_timeout_bounds_the_whole_wait() -> None:
    """A byte every 10 ms does not prolong it, as it would a socket's own timeout."""
    with peer(b"x" * 1000, piece=1, pause=0.01) as connection, pytest.raises(TimedOut) as caught:
        Stream(connection).receive_exactly(1000, timeout=0.1)
    assert 0 < len(caught.value.received) < 1000


def test_a_peer_that_stalls() -> None:
    with peer(FRAMED, stop=6, stall=True) as connection, pytest.raises(TimedOut):
        Stream(connection).receive_message(timeout=0.05)


def test_a_peer_that_closes_half_way() -> None:
    with peer(FRAMED, stop=6) as connection, pytest.raises(Incomplete) as caught:
        Stream(connection).receive_message()
    assert caught.value.received == b"\0\0\0\5he"
    assert str(caught.value) == "the peer closed after 6 bytes of a message of 5 bytes"


def test_a_peer_that_closes_within_the_length() -> None:
    with peer(FRAMED, stop=2) as connection, pytest.raises(Incomplete, match="a message's length"):
        Stream(connection).receive_message()


def test_a_peer_that_announces_too_much() -> None:
    with peer(b"\xff\xff\xff\xff") as connection, pytest.raises(TooLong, match="4294967295"):
        Stream(connection).receive_message()


def test_a_line_without_an_end() -> None:
    with peer(b"x" * 5000) as connection, pytest.raises(TooLong, match="1000 bytes came without"):
        Stream(connection, most=1000).receive_until(b"\n", timeout=5)


def test_exactly_so_many_bytes_and_no_more_are_taken() -> None:
    with peer(b"headerbody") as connection:
        assert receive_exactly(connection, 6) == b"header"
        assert connection.recv(4) == b"body"


def test_exactly_from_a_peer_that_closes() -> None:
    with peer(b"") as connection:
        assert receive_exactly(connection, 6) == b""
    with peer(b"head") as connection, pytest.raises(Incomplete) as caught:
        receive_exactly(connection, 6)
    assert caught.value.received == b"head"


def test_a_large_message_is_sent_whole() -> None:
    near, far = socket.socketpair()
    with near, far:
        message = bytes(500_000)
        sender = threading.Thread(target=Stream(near).send_message, args=(message,))
        sender.start()
        assert Stream(far).receive_message(timeout=10) == message
        sender.join()


def test_a_message_that_is_too_long_is_not_sent() -> None:
    near, far = socket.socketpair()
    with near, far, pytest.raises(TooLong, match="11 bytes is not sent: at most 10"):
        Stream(near, most=10).send_message(bytes(11))


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with peer(b"x" * 10_000_000, piece=1000, stall=True) as connection:
        connection.recv(10)
    assert threading.active_count() == before
