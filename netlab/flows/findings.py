"""What is noteworthy about packets and the order in which they come."""

from collections import Counter, deque
from typing import NamedTuple

Range = tuple[int, int]
"""The first byte and the byte after the last."""

OVERHEAD = 256
"""Bytes that Python takes, about, to keep one piece of data or one finding, besides the data."""


MEANINGS = {
    "after FIN": "the sender had closed its stream before these bytes; left out",
    "after RST": "the connection was broken off before these bytes; left out",
    "bad checksum": "the receiver drops such a segment; left out",
    "before start": "these bytes come before the stream's first; left out",
    "conflict": "bytes came twice, and differ: somebody may want to deceive whoever looks on",
    "contradicting end": "a fragment goes beyond the last one, or the end is in doubt; left out",
    "contradicting FIN": "a FIN elsewhere than where the stream ends; left out",
    "contradicting SYN": "a SYN with another sequence number than the connection's; left out",
    "cut": "the capture does not hold all the bytes of this packet (its snap length)",
    "discarded": "a fragment of a datagram that was given up before (RFC 5722)",
    "duplicate": "the very same fragment came before",
    "empty": "a fragment that carries nothing; left out",
    "evicted": "given up before its end, to keep within the limits of memory",
    "gap": "bytes of the stream are missing in the capture",
    "incomplete": "not all fragments came in time",
    "keep-alive": "a segment that only asks whether the other side is still there",
    "malformed": "the header's length does not fit the segment; left out",
    "mid-connection": "the stream began before the capture",
    "not a multiple of 8": "a fragment with more to follow, whose bytes 8 does not divide",
    "out of order": "came after bytes that follow it",
    "outside window": "the receiver would not take this; left out",
    "overlap": "bytes came twice, in fragments cut at different places",
    "port reuse": "a new connection between two ports that had one before",
    "relieved": "bytes that waited for others were given out, to keep within the limits of memory",
    "retransmission": "the same bytes once more",
    "SYN data": "bytes that come with the SYN (TCP Fast Open, RFC 7413)",
    "tiny fragment": "the transport's header is spread over fragments (RFC 1858)",
    "too long": "no packet can be as long as this would be (the ping of death); left out",
    "zero-window probe": "a segment that asks whether the window is still closed",
}
"""Each kind of finding, explained."""


class Finding(NamedTuple):
    """Something noteworthy.

    kind     its name; `netlab.flows.MEANINGS` explains each
    message  a sentence about this case
    number   the packet that shows it, the first that was added being number 1
    time     that packet's time in nanoseconds since the epoch, None if it has none
    ranges   the bytes that it is about: the first of each range and the one after the last
    """

    kind: str
    message: str
    number: int
    time: int | None
    ranges: tuple[Range, ...] = ()

    def __str__(self) -> str:
        return f"packet {self.number}: {self.kind}: {self.message}"


class Findings(deque[Finding]):
    """The findings, of which the latest `limit` are kept, each with its first 50 ranges.

    counts  counts all, by their kind
    size    about the bytes of memory that those take which are kept
    """

    RANGES = 50

    def __init__(self, limit: int) -> None:
        super().__init__(maxlen=limit)
        self.counts: Counter[str] = Counter()
        self.size = 0

    def note(self, kind: str, message: str, number: int, time: int | None, *ranges: Range) -> None:
        """Add a finding."""
        if len(self) == self.maxlen:
            self.size -= _size(self[0])
        self.counts[kind] += 1
        self.append(Finding(kind, message, number, time, ranges[: self.RANGES]))
        self.size += _size(self[-1])

    def clear(self) -> None:
        """Keep none; `counts` stays."""
        super().clear()
        self.size = 0


def _size(finding: Finding) -> int:
    return OVERHEAD * (1 + len(finding.ranges))


def span(ranges: tuple[Range, ...] | list[Range], what: str = "bytes") -> str:
    """Ranges as people say them, in a long list the first three."""
    said = [f"{start} to {end - 1}" if end - start > 1 else f"{start}" for start, end in ranges[:3]]
    more = f" and {len(ranges) - 3} ranges more" if len(ranges) > 3 else ""
    return f"{what} {', '.join(said)}{more}"
