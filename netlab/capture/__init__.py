"""Capture files: packets read and written one at a time, in bounded memory."""

import gzip
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from netlab.capture import pcap
from netlab.capture.errors import CaptureError
from netlab.packet import Packet

__all__ = ["CaptureError", "read", "write"]


def read(path: str | os.PathLike[str]) -> Iterator[Packet]:
    """The packets of a capture file, one at a time; pcap, also gzipped.

    CaptureError when the file cannot be opened or is no capture (at once), or when it breaks off
    or turns out damaged (after the packets before the break).
    """
    file = _open(path)
    try:
        packets = pcap.packets(file, os.fspath(path))
    except BaseException:
        file.close()
        raise
    return _closing(file, packets)


def _open(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        file = open(path, "rb")  # noqa: SIM115  it stays open while packets are drawn
        if file.peek(2)[:2] == b"\x1f\x8b":
            return gzip.open(file)  # type: ignore[return-value]
        return file
    except OSError as error:
        raise CaptureError(f"cannot open {os.fspath(path)}: {error.strerror or error}") from None


def _closing(file: BinaryIO, packets: Iterator[Packet]) -> Iterator[Packet]:
    with file:
        yield from packets


def write(path: str | os.PathLike[str], packets: Iterable[Packet]) -> int:
    """Write packets to a classic pcap file with nanoseconds; returns how many.

    All packets must have the same link type; ValueError otherwise.  A packet without a time
    gets 0, the start of 1970.
    """
    with open(path, "wb") as file:
        return pcap.write(file, packets)
