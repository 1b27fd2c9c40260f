"""Reading whole messages from a stream socket, which knows no messages.

TCP delivers bytes, in order and without loss, but in pieces of its own choosing.  What a program
wants is a message: so many bytes, or all up to a delimiter.  `Stream` reads these.  When a timeout
ends the wait, what has arrived is kept, and the next call goes on with it.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from netlab.counts import counted

MOST = 1 << 20
"""Bytes of a message at most, unless told otherwise: a peer must not fill our memory."""

LENGTH_BYTES = 4
"""Bytes of the length that opens a message framed by its length, most significant first."""

PIECE = 65536


class Incomplete(ConnectionError):
    """The peer closed the connection in the middle of a message; `received` is what came of it."""

    def __init__(self, wanted: str, received: bytes) -> None:
        self.received = received
        super().__init__(f"the peer closed after {counted(len(received), 'byte')} of {wanted}")


class TooLong(ConnectionError):
    """The peer sends, or announces, a longer message than is taken."""


class TimedOut(TimeoutError):
    """The rest of a message did not come in time; `received` is what came, and it is kept."""

    def __init__(self, wanted: str, received: bytes, seconds: float) -> None:
        self.received = received
        super().__init__(f"{counted(len(received), 'byte')} of {wanted} came within {seconds:g} s")


class Stream:
    """Whole messages out of a connected socket.

    Each method waits until its message is there.  `timeout` is in seconds, None waits for ever; it
    bounds the whole wait, however often a byte comes.  Without `ahead` no byte is taken from the
    socket before it is needed.  `TimedOut` leaves what has arrived for the
    next call.  `Incomplete` when the peer closes within a message; at its end, a closed connection
    gives b"".
    """

    def __init__(self, connection: socket.socket, most: int = MOST, *, ahead: bool = True) -> None:
        self.connection, self.most, self.ahead = connection, most, ahead
        self._kept = bytearray()

    def receive_exactly(self, count: int, timeout: float | None = None) -> bytes:
        """Exactly `count` bytes; b"" when the peer has closed before the first of them."""
        if not 0 <= count <= self.most:
            raise TooLong(f"a message of {count} bytes is not taken: at most {self.most}")
        self._fill(counted(count, "byte"), count, _Deadline(timeout))
        return self._take(min(count, len(self._kept)))

    def receive_until(self, delimiter: bytes, timeout: float | None = None) -> bytes:
        """All up to and including `delimiter`; b"" when the peer has closed before the first byte.

        `TooLong` when `most` bytes have come without it.
        """
        if not delimiter:
            raise ValueError("a delimiter has at least one byte")
        deadline, searched = _Deadline(timeout), 0
        while (place := self._kept.find(delimiter, searched)) < 0:
            # The delimiter's first bytes may have come already.
            searched = max(0, len(self._kept) - len(delimiter) + 1)
            if len(self._kept) >= self.most:
                raise TooLong(f"{self.most} bytes came without {delimiter!r}")
            wanted = f"a message that ends with {delimiter!r}"
            if not self._fill(wanted, len(self._kept) + 1, deadline):
                return b""
        return self._take(place + len(delimiter))

    def receive_message(self, timeout: float | None = None) -> bytes | None:
        """The next message framed by its length; None when the peer has closed after the last."""
        deadline = _Deadline(timeout)
        if not self._fill("a message's length", LENGTH_BYTES, deadline):
            return None
        length = int.from_bytes(self._kept[:LENGTH_BYTES])
        if length > self.most:
            raise TooLong(f"the peer announces {length} bytes: at most {self.most} are taken")
        self._fill(f"a message of {counted(length, 'byte')}", LENGTH_BYTES + length, deadline)
        return self._take(LENGTH_BYTES + length)[LENGTH_BYTES:]

    def send_message(self, message: bytes) -> None:
        """Send a message framed by its length, all of it."""
        if len(message) > self.most:
            raise TooLong(f"a message of {len(message)} bytes is not sent: at most {self.most}")
        self.connection.sendall(len(message).to_bytes(LENGTH_BYTES) + message)

    def _fill(self, wanted: str, count: int, deadline: "_Deadline") -> bool:
        """Wait until `count` bytes are kept; False when the peer closed before the first."""
        while len(self._kept) < count:
            try:
                self.connection.settimeout(deadline.left())
                piece = self.connection.recv(PIECE if self.ahead else count - len(self._kept))
            except TimeoutError:
                raise TimedOut(wanted, bytes(self._kept), deadline.seconds or 0) from None
            if not piece and self._kept:
                raise Incomplete(wanted, self._take(len(self._kept)))
            if not piece:
                return False
            self._kept += piece
        return True

    def _take(self, count: int) -> bytes:
        taken = bytes(self._kept[:count])
        del self._kept[:count]
        return taken


class _Deadline:
    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds until the wait is over; TimeoutError when it is."""
        if self.end is None:
            return None
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def receive_exactly(connection: socket.socket, count: int, timeout: float | None = None) -> bytes:
    """Exactly `count` bytes from a socket, no more: what comes behind them stays in it.

    As `Stream.receive_exactly`; only that after `TimedOut` what came is in the error alone.
    """
    return Stream(connection, max(count, 0), ahead=False).receive_exactly(count, timeout)


@contextmanager
def peer(
    data: bytes,
    *,
    piece: int = PIECE,
    pause: float = 0,
    stop: int | None = None,
    stall: bool = False,
) -> Iterator[socket.socket]:
    """A socket connected over loopback to a peer that sends `data` in its own way.

    It sends `piece` bytes at a time and waits `pause` seconds after each; after `stop` bytes it
    falls silent (`stall`) or closes.  Made to try out how a program reads.
    """
    over = threading.Event()

    def talk() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sent = data[:stop]
            for place in range(0, len(sent), piece):
                try:
                    connection.sendall(sent[place : place + piece])
                except OSError:
                    return  # the reader has gone
                if over.wait(pause):
                    return
            if stall:
                over.wait()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        with socket.create_connection(listener.getsockname()) as connection:
            try:
                yield connection
            finally:
                over.set()
                connection.close()
                thread.join()
