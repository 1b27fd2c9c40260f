"""An open capture file from which bytes are drawn in large pieces."""

import zlib
from typing import BinaryIO

from netlab.capture.errors import CaptureError

PIECE = 1 << 18
"""Bytes that are read at a time."""

LONGEST = 1 << 18
"""Bytes in a packet at most, as libpcap has it (MAXIMUM_SNAPLEN); more means a damaged file."""


class Source:
    """The bytes of an open file, unzipped, and the words for what is wrong with them."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        self.drawn = 0

    def more(self, piece: bytes, least: int) -> bytes:
        """The piece and what follows in the file, at least so many bytes if there are any."""
        pieces, size = [piece], len(piece)
        try:
            while size < least and (new := self.file.read1(PIECE)):  # type: ignore[attr-defined]
                pieces.append(new)
                size += len(new)
                self.drawn += len(new)
        except (EOFError, zlib.error, OSError) as error:
            place = f"breaks off or is damaged after byte {self.drawn}"
            raise CaptureError(f"{self.name} {place}: {error}") from None
        return b"".join(pieces)

    def cut(self, place: str, there: int, length: int) -> CaptureError:
        """The file ends too early: where, with how many bytes of how many."""
        return CaptureError(
            f"{self.name} breaks off in {place}: {there} of {length} bytes are there"
        )

    def damaged(self, place: str, why: str) -> CaptureError:
        """The file says what cannot be: where, and what."""
        return CaptureError(f"{self.name} is damaged: {place} {why}")
