"""Capture files: packets read and written one at a time, in bounded memory."""

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
    with _compression_errors(path):
        try:
            packets = pcap.packets(file, os.fspath(path))
        except BaseException:
            file.close()
            raise
    return _closing(file, packets, path)


def _open(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        file = open(path, "rb")  # noqa: SIM115  it stays open while packets are drawn
        if file.peek(2)[:2] == b"\x1f\x8b":
            import gzip  # takes a moment to load

            return gzip.open(file)  # type: ignore[return-value]
        return file
    except OSError as error:
        raise CaptureError(f"cannot open {os.fspath(path)}: {error.strerror or error}") from None


def _closing(
    file: BinaryIO, packets: Iterator[Packet], path: str | os.PathLike[str]
) -> Iterator[Packet]:
    with file, _compression_errors(path):
        yield from packets


@contextmanager
def _compression_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """A gzipped file that breaks off or is damaged, or a disk that fails, as a sentence."""
    try:
        yield
    except (EOFError, zlib.error, OSError) as error:
        sentence = f"{os.fspath(path)} breaks off or is damaged: {error}"
        raise CaptureError(sentence) from None


def write(path: str | os.PathLike[str], packets: Iterable[Packet]) -> int:
    """Write packets to a classic pcap file with nanoseconds; returns how many.

    All packets must have the same link type; ValueError otherwise.  A packet without a time
    gets 0, the start of 1970.  The file is put in place when it is whole: until then what stood
    there stays, and may be read from.  CaptureError when it cannot be written.
    """
    from tempfile import NamedTemporaryFile  # takes long to load

    place = os.fspath(path)
    folder = os.path.dirname(place) or "."
    try:
        with NamedTemporaryFile(dir=folder, prefix=".netlab-", delete=False) as file:
            try:
                count = pcap.write(file, packets)  # type: ignore[arg-type]
                file.close()
                os.chmod(file.name, 0o666 & ~_umask())
                os.replace(file.name, place)
            except BaseException:
                file.close()
                os.unlink(file.name)
                raise
    except OSError as error:
        raise CaptureError(f"cannot write {place}: {error.strerror or error}") from None
    return count


def _umask() -> int:
    """The permissions that new files shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
