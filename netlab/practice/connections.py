"""A peer that dribbles: its bytes come through something that behaves as a connected socket does.

Whatever a real socket would do for ever (wait without a timeout, give b"" after the end) is an
error here after a while, so that nobody waits for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

PATIENCE = 30
"""Calls of `recv` after the end until it is an error."""
MOST_CALLS = 20
"""Messages that are asked for at most."""


class Dribble:
    """What a program sees of a connection whose peer sends these pieces, then closes.

    recv gives from the next piece as much as is asked for, and b"" after the last.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = [bytes(piece) for piece in pieces if piece]
        self._ended = 0

    def recv(self, count: int) -> bytes:
        if count < 0:
            raise ValueError("negative buffersize in recv")
        if not self._pieces:
            self._ended += 1
            if self._ended > PATIENCE:
                raise RuntimeError(f"recv gave b'' {PATIENCE} times, and is called once more")
            return b""
        piece = self._pieces[0]
        self._pieces[:1] = [piece[count:]] if piece[count:] else []
        return piece[:count]


def receive(
    function: Callable[[Any, int], Any], pieces: Sequence[bytes], count: int
) -> tuple[Any, bytes]:
    """What the function gives for a connection and a count, and what it leaves behind."""
    connection = Dribble(pieces)
    result = function(connection, count)
    return result, b"".join(iter(lambda: connection.recv(1000), b""))


def messages(function: Callable[[Any, int], Any], pieces: Sequence[bytes], most: int) -> list[Any]:
    """What the function gives, called until it gives None or refuses; an error by its name."""
    connection, given = Dribble(pieces), list[Any]()
    while len(given) < MOST_CALLS and (not given or isinstance(given[-1], bytes)):
        try:
            given.append(function(connection, most))
        except ConnectionError:
            given.append("ConnectionError")
        except ValueError:
            given.append("ValueError")
    return given


def feed(maker: Callable[[], Any], pieces: Sequence[bytes]) -> list[Any]:
    """What an object gives for each piece that it is fed."""
    eater = maker()
    return [eater.feed(piece) for piece in pieces]


class Late:
    """A connection in a time of its own: bytes come when they come, recv waits for them.

    arriving  when which bytes come, in order; b"" is the end
    now       seconds since the beginning
    """

    def __init__(self, arriving: Iterable[tuple[float, bytes]]) -> None:
        self._arriving = list(arriving)
        self._timeout: float | None = None
        self.now, self._ended = 0.0, 0

    def clock(self) -> float:
        return self.now

    def settimeout(self, seconds: float | None) -> None:
        if seconds is not None and seconds < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = seconds

    def recv(self, count: int) -> bytes:
        if count < 0:
            raise ValueError("negative buffersize in recv")
        if self._timeout is None and not self._arriving:
            raise RuntimeError("recv would wait for ever: no timeout is set")
        comes, data = self._arriving[0] if self._arriving else (float("inf"), b"")
        if self._timeout is not None and comes > self.now + self._timeout:
            self.now += self._timeout
            raise TimeoutError("timed out") if self._timeout else BlockingIOError("nothing yet")
        self.now = max(self.now, comes)
        if not data:
            self._ended += 1
            if self._ended > PATIENCE:
                raise RuntimeError(f"recv gave b'' {PATIENCE} times, and is called once more")
        else:
            self._arriving[:1] = [(comes, data[count:])] if data[count:] else []
        return data[:count]


def timed(
    maker: Callable[[Any, Callable[[], float]], Any],
    arriving: Sequence[tuple[float, bytes]],
    reads: Sequence[tuple[int, float]],
) -> list[tuple[Any, float]]:
    """What each read gives, with the second at which it does; an error by its name."""
    connection, given = Late(arriving), list[tuple[Any, float]]()
    reader = maker(connection, connection.clock)
    for count, seconds in reads:
        try:
            result = reader.read(count, seconds)
        except (ConnectionError, TimeoutError) as error:
            result = "ConnectionError" if isinstance(error, ConnectionError) else "TimeoutError"
        given.append((result, connection.now))
    return given
