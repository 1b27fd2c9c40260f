"""Programs on the kernel's side of the cable: they use its sockets and never wait."""

import selectors
import socket
from collections.abc import Callable
from typing import Protocol

CHUNK = 1 << 16

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Program(Protocol):
    """What a `Peer` lets work: a socket, the events to wait for (0: none), and what to do then."""

    socket: socket.socket

    @property
    def wishes(self) -> int: ...

    def work(self, events: int) -> None: ...


class Talker:
    """A program that sends its data, closes that direction, and receives everything.

    caller    the other side's port, when it was accepted by a `Listener`
    received  what has come
    ended     whether the other side has closed, or the connection was reset
    error     the errno of a reset; 0 when there was none
    """

    def __init__(self, connection: socket.socket, data: bytes = b"", *, close: bool = True) -> None:
        connection.setblocking(False)
        self.socket, self._rest, self._close = connection, memoryview(data), close
        self.caller, self.received = 0, bytearray()
        self.ended, self.error, self._resting = False, 0, False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to send or to receive."""
        return self.ended and not self._rest and not self._close

    @property
    def wishes(self) -> int:
        """The events to wait for."""
        if self._resting:
            return 0
        return (0 if self.ended else READ) | (WRITE if self._rest or self._close else 0)

    def pause(self) -> None:
        """Do nothing until `go`: neither read, nor send, nor close."""
        self._resting = True

    def go(self, data: bytes = b"", *, close: bool = True) -> None:
        """Go on, with more data perhaps; close after them."""
        self._rest, self._close = memoryview(bytes(self._rest) + data), close
        self._resting = False

    def work(self, events: int) -> None:
        """Do what the socket is ready for."""
        try:
            if events & READ:
                data = self.socket.recv(CHUNK)
                self.received += data
                self.ended = not data
            if events & WRITE:
                if self._rest:
                    self._rest = self._rest[self.socket.send(self._rest[:CHUNK]) :]
                if self._close and not self._rest:
                    self._close = False
                    self.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError as error:
            self.ended, self._close, self.error = True, False, error.errno or 0
            self._rest = memoryview(b"")


class Listener:
    """A program that accepts connections.

    data      makes of the caller's port what is sent to it
    programs  where a `Talker` for each connection is put, to be let work
    accepted  these talkers
    """

    wishes = READ

    def __init__(
        self, listening: socket.socket, data: Callable[[int], bytes], programs: list[Program]
    ) -> None:
        listening.setblocking(False)
        self.socket, self._data, self._programs = listening, data, programs
        self.accepted: list[Talker] = []

    def work(self, events: int) -> None:
        """Accept whoever waits."""
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:  # nobody is left, or gave up
                return
            talker = Talker(connection, self._data(address[1]))
            talker.caller = address[1]
            self.accepted.append(talker)
            self._programs.append(talker)
