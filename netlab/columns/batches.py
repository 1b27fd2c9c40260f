"""The packets of a capture file, many at a time: all bytes in one array, and where each stands."""

import os
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from netlab.capture import CaptureError, opened, pcap, read
from netlab.capture.source import Source
from netlab.packet import Packet

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]

SIZE = 1 << 23
"""Bytes of the file in a batch, about: large enough that numpy's work outweighs its calls."""

COUNT = 1 << 15
"""Packets in a batch, where they are drawn one at a time."""


class Batch(NamedTuple):
    """Packets of one link type: all bytes, and of each packet its first byte in them, the byte
    after its last, its time in nanoseconds since the epoch, and its bytes on the wire."""

    data: Bytes
    link: str
    start: Integers
    end: Integers
    time: Integers
    wire_length: Integers


def batches(path: str | os.PathLike[str]) -> Iterator[Batch]:
    """The packets of a capture file in batches, in their order.  CaptureError as `read`."""
    source, start = opened(path)
    with source.file:
        if start[:4] in pcap.MAGIC:
            yield from _from_pcap(source, start)
            return
    packets = read(path)
    while many := list(islice(packets, COUNT)):
        yield from _from_packets(many)


def _from_pcap(source: Source, start: bytes) -> Iterator[Batch]:
    """Batches cut out of the file by its records' lengths, without a look at the packets."""
    layout, rest = pcap.opened(source, start)
    gathered: list[bytes] = []
    places: list[int] = []
    size = 0
    try:
        for piece, starts in pcap.pieces(source, rest, layout):
            places += [size + at for at in starts]
            gathered.append(piece)
            size += len(piece)
            if size >= SIZE:
                yield _cut(layout, gathered, places)
                gathered, places, size = [], [], 0
    except CaptureError:
        if places:
            yield _cut(layout, gathered, places)
        raise
    if places:
        yield _cut(layout, gathered, places)


def _cut(layout: pcap.Layout, gathered: list[bytes], places: list[int]) -> Batch:
    data = np.frombuffer(b"".join(gathered), np.uint8)
    at = np.array(places, np.int64)
    words = np.empty((len(at), 16), np.uint8)
    for column in range(16):
        words[:, column] = data[at + column]
    seconds, fraction, length, wire_length = (
        words.view(f"{layout.order}u4").astype(np.int64).transpose()
    )
    start = at + layout.head
    time = seconds * 1_000_000_000 + fraction * layout.unit
    return Batch(data, layout.link, start, start + length, time, wire_length)


def _from_packets(packets: list[Packet]) -> Iterator[Batch]:
    """Batches of packets that were read one by one, a batch for each run of one link type."""
    while packets:
        link = packets[0].link
        run = next((n for n, packet in enumerate(packets) if packet.link != link), len(packets))
        many, packets = packets[:run], packets[run:]
        length = np.fromiter((len(packet.data) for packet in many), np.int64, run)
        end = np.cumsum(length)
        data = np.frombuffer(b"".join(packet.data for packet in many), np.uint8)
        time = np.fromiter((packet.time or 0 for packet in many), np.int64, run)
        wire = np.fromiter((packet.wire_length for packet in many), np.int64, run)
        yield Batch(data, str(link), end - length, end, time, wire)
