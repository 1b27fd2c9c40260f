"""Capture files: packets read and written one at a time, in bounded memory."""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from netlab.capture import pcap, pcapng
from netlab.capture.errors import CaptureError
from netlab.capture.source import LONGEST, Source
from netlab.packet import Packet

__all__ = ["CaptureError", "read", "write"]

Path = str | os.PathLike[str]


class Capture(Iterator[Packet]):
    """The packets of a capture file, one at a time.

    comment  what somebody noted on the whole file, "" if nobody did
    """

    def __init__(self, packets: Iterator[Packet], comment: str = "") -> None:
        self._packets, self.comment = packets, comment

    def __iter__(self) -> Iterator[Packet]:
        return self._packets

    def __next__(self) -> Packet:
        return next(self._packets)


def read(path: Path) -> Capture:
    """The packets of a capture file, one at a time; pcap or pcapng, also gzipped.

    A packet of a link type that netlab does not know has no layers: its bytes are its payload.
    CaptureError when the file cannot be opened or is no capture (at once), or when it breaks off
    or turns out damaged (after the packets before the break).
    """
    source, start = opened(path)
    try:
        if start[:4] in pcap.MAGIC:
            return Capture(_closing(source.file, pcap.packets(source, start)))
        reader = pcapng.Reader(source, start)
        return Capture(_closing(source.file, reader.packets()), reader.comment)
    except BaseException:
        source.file.close()
        raise


def opened(path: Path) -> tuple[Source, bytes]:
    """A capture file, opened, and its first bytes, with the magic number that tells its form.

    CaptureError when it cannot be opened or is no capture.
    """
    file = _open(path)
    try:
        source = Source(file, os.fsdecode(path))
        start = source.more(b"", 4)
        if start[:4] not in pcap.MAGIC and start[:4] != pcapng.MAGIC:
            begin = f"it begins with {start[:4].hex(' ')!r}" if start else "it is empty"
            raise CaptureError(f"{source.name} is not a capture file: {begin}")
    except BaseException:
        file.close()
        raise
    return source, start


def _open(path: Path) -> BinaryIO:
    try:
        file = open(path, "rb")  # noqa: SIM115  it stays open while packets are drawn
        if file.peek(2)[:2] == b"\x1f\x8b":
            import gzip  # takes a moment to load

            return gzip.open(file)  # type: ignore[return-value]
        return file
    except OSError as error:
        raise CaptureError(f"cannot open {os.fsdecode(path)}: {error.strerror or error}") from None


def _closing(file: BinaryIO, packets: Iterator[Packet]) -> Iterator[Packet]:
    with file:
        yield from packets


def write(path: Path, packets: Iterable[Packet]) -> int:
    """Write packets, with nanoseconds, to a file; returns how many.

    The name decides: pcapng, with comments, interfaces and several link types, when it ends in
    .pcapng, else classic pcap, which has none of these; zipped when .gz follows.  The comment on
    a whole file is kept when `packets` is what `read` gave.

    A packet without a time gets 0, the start of 1970.  The file is put in place when it is
    whole: until then what stood there stays, and may be read from.  ValueError names a packet
    that such a file cannot hold; CaptureError when the file cannot be written.
    """
    from tempfile import NamedTemporaryFile  # takes long to load

    place = os.fsdecode(path)
    folder = os.path.dirname(place) or "."
    try:
        with NamedTemporaryFile(dir=folder, prefix=".netlab-", delete=False) as file:
            try:
                count = _write(file, place.lower(), packets)  # type: ignore[arg-type]
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


def _write(file: BinaryIO, name: str, packets: Iterable[Packet]) -> int:
    if name.endswith(".gz"):
        import gzip  # takes a moment to load

        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as zipped:
            return _write(zipped, name.removesuffix(".gz"), packets)  # type: ignore[arg-type]
    if name.endswith(".pcapng"):
        comment = packets.comment if isinstance(packets, Capture) else ""
        return pcapng.write(file, _fitting(packets, pcapng.LAST), comment)
    return pcap.write(file, _fitting(packets, pcap.LAST))


def _fitting(packets: Iterable[Packet], last: int) -> Iterator[Packet]:
    """The packets, each looked at: what no file holds, or not at that time, is refused."""
    if isinstance(packets, Packet):
        raise ValueError("write takes a list of packets: put the packet into one, [packet]")
    for number, packet in enumerate(packets, 1):
        if not isinstance(packet, Packet):
            raise ValueError(f"number {number} is no packet but {packet!r}: netlab.dissect it")
        if len(packet.data) > LONGEST:
            held = f"a capture file holds {LONGEST}"
            raise ValueError(f"packet {number} has {len(packet.data)} bytes: {held}")
        if not 0 <= (packet.time or 0) <= last:
            span = f"times from 0 to {last} nanoseconds after 1970"
            raise ValueError(f"packet {number} is of time {packet.time}: a file holds {span}")
        yield packet


def _umask() -> int:
    """The permissions that new files shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
