"""A TCP conversation: its two ends, and what each said, byte for byte in order."""

from typing import NamedTuple

from netlab.counts import counted
from netlab.flows.findings import Findings

CLIENT, SERVER = "client", "server"


class End(NamedTuple):
    """One end of a conversation: an IP address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else "{}:{}".format(*self)


class Chunk(NamedTuple):
    """Bytes of a stream, in order; or bytes that are missing there; or the stream's end.

    conversation  whose they are
    sender        "client" or "server"
    data          the bytes; b"" when they are missing or the stream ends
    missing       how many bytes are missing here
    end           "FIN" or "RST" when the sender's stream ends here
    offset        their place in the stream, whose first byte has offset 0
    seq           the sequence number of the first byte
    number, time  the packet that brought them, or showed that they are missing; the first packet
                  that was added is number 1, times are nanoseconds since the epoch or None
    """

    conversation: "Conversation"
    sender: str
    data: bytes
    missing: int
    end: str
    offset: int
    seq: int
    number: int
    time: int | None

    def __repr__(self) -> str:
        what = (
            f"{counted(self.missing, 'byte')} missing"
            if self.missing
            else self.end or repr(self.data)
        )
        return f"<{self.sender} at {self.offset}: {what}>"


class Gap(NamedTuple):
    """Bytes of a stream that are missing: whose, of the first its place, and of the one after."""

    sender: str
    start: int
    end: int


class Conversation:
    """A TCP connection, from its SYN, or the first segment there is, to its end.

    client, server  the two ends.  Where the capture has no SYN, the higher port is the client's
    start, last     the times of its first and its latest packet
    packets         how many there were
    ended           "FIN" when both sides closed it, "RST" when it was broken off, "" until then
    findings        what was noteworthy, the latest of each 1000; `findings.counts` counts all
    chunks          what came, in order of delivery, as `conversations` keeps it
    """

    __slots__ = (
        "chunks", "client", "ended", "findings", "last", "packets", "server", "start",
    )  # fmt: skip

    def __init__(self, client: End, server: End, start: int | None) -> None:
        self.client, self.server = client, server
        self.start = self.last = start
        self.packets = 0
        self.ended = ""
        self.findings = Findings(1000)
        self.chunks: list[Chunk] = []

    @property
    def sent(self) -> bytes:
        """The bytes that the client sent, in order; where some are missing, `gaps` says."""
        return b"".join(chunk.data for chunk in self.chunks if chunk.sender == CLIENT)

    @property
    def received(self) -> bytes:
        """The bytes that the client received, those that the server sent."""
        return b"".join(chunk.data for chunk in self.chunks if chunk.sender == SERVER)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing in the two streams, by offset; `sent` and `received` leave it out."""
        return tuple(
            Gap(chunk.sender, chunk.offset, chunk.offset + chunk.missing)
            for chunk in self.chunks
            if chunk.missing
        )

    def __repr__(self) -> str:
        how = {"FIN": "closed", "RST": "reset", "": "open"}[self.ended]
        packets = counted(self.packets, "packet")
        return f"<Conversation {self.client} → {self.server}, {packets}, {how}>"
