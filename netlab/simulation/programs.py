"""Programs that use a connection: one sends, one receives."""

from random import Random

from netlab.simulation.host import Connection
from netlab.tcp import State

BLOCK = 1 << 16
"""Bytes that are sent over and over again where there is no end."""

FLOWING = (State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT)
"""The states in which a program may send, and close: in SYN-SENT that would delete everything."""


def content(size: int, seed: object = 0) -> bytes:
    """So many bytes in which no part is like another, always the same for a seed."""
    return Random(f"{seed} content").randbytes(size)


class Sending:
    """A program that sends the data, then closes; without data it sends without end.

    What comes from the other side is received and forgotten.

    sent    bytes given to the connection so far
    closed  whether it has closed
    """

    def __init__(self, data: bytes | None = None) -> None:
        self.endless = data is None
        self.data = content(BLOCK) if data is None else data
        self.sent, self.closed = 0, False

    def __call__(self, connection: Connection) -> None:
        endpoint = connection.endpoint
        if endpoint.readable:
            connection.receive()
        if self.closed or endpoint.state not in FLOWING:
            return
        while (room := endpoint.writable) > 0 and (self.endless or self.sent < len(self.data)):
            place = self.sent % len(self.data)
            self.sent += connection.send(self.data[place : place + room])
        if not self.endless and self.sent == len(self.data):
            self.closed = True
            connection.close()


class Receiving:
    """A program that receives everything and closes when the other side has.

    data  what it has received, if it is to `keep` it
    """

    def __init__(self, keep: bool = False) -> None:
        self.keep, self.data = keep, bytearray()
        self.closed = False

    def __call__(self, connection: Connection) -> None:
        endpoint = connection.endpoint
        if endpoint.readable:
            data = connection.receive()
            if self.keep:
                self.data += data
        if endpoint.eof and not self.closed and endpoint.state in FLOWING:
            self.closed = True
            connection.close()
