"""Programs that use a connection: they send, receive and close."""

from random import Random

from netlab.simulation.host import Connection
from netlab.tcp import State

BLOCK = 1 << 16
"""Bytes that are sent over and over again where there is no end."""

FLOWING = (State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT)
"""The states in which a program sends, and closes: in SYN-SENT that would delete everything."""


def content(size: int, seed: object = 0) -> bytes:
    """So many bytes in which no part is like another, always the same for a seed."""
    return Random(f"{seed} content").randbytes(size)


class Talking:
    """A program that sends its data, receives everything, and closes.

    data      what it sends; without data it sends without end
    keep      whether it keeps what it receives
    waits     whether it closes only after the other side has
    sent      bytes given to the connection so far
    received  what it has kept
    closed    whether it has closed
    """

    def __init__(self, data: bytes | None, *, keep: bool = False, waits: bool = False) -> None:
        self.endless = data is None
        self.data = content(BLOCK) if data is None else data
        self.keep, self.waits = keep, waits
        self.sent, self.closed, self.received = 0, False, bytearray()

    def __call__(self, connection: Connection) -> None:
        endpoint = connection.endpoint
        if endpoint.readable:
            data = connection.receive()
            if self.keep:
                self.received += data
        if self.closed or endpoint.state not in FLOWING:
            return
        while (room := endpoint.writable) > 0 and (self.endless or self.sent < len(self.data)):
            place = self.sent % len(self.data)
            self.sent += connection.send(self.data[place : place + room])
        done = self.sent == len(self.data) and not self.endless
        if done and (endpoint.eof or not self.waits):
            self.closed = True
            connection.close()


class Sending(Talking):
    """A program that sends the data, then closes; without data it sends without end."""

    def __init__(self, data: bytes | None = None, *, keep: bool = False) -> None:
        super().__init__(data, keep=keep)


class Receiving(Talking):
    """A program that receives everything and closes when the other side has."""

    def __init__(self, *, keep: bool = False) -> None:
        super().__init__(b"", keep=keep, waits=True)
