"""Pieces of a run of bytes, as packets bring them: in any order, twice, overlapping."""

from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import NamedTuple

from netlab.flows.findings import OVERHEAD, Range

BY_START, BY_END = itemgetter(0), itemgetter(1)


class Piece(NamedTuple):
    """Bytes and their place in the whole.

    start, end  the first byte's place and the place after the last
    data        the bytes; None when the capture cut them off
    number      the packet that brought them, the first that was added being number 1
    time        that packet's time in nanoseconds since the epoch, None if it has none
    """

    start: int
    end: int
    data: bytes | None
    number: int
    time: int | None

    def part(self, start: int, end: int) -> "Piece":
        """What of the piece lies between two places."""
        start, end = max(start, self.start), min(end, self.end)
        data = self.data and self.data[start - self.start : end - self.start]
        return Piece(start, end, data, self.number, self.time)


class Overlap(NamedTuple):
    """Where a new piece meets an older one, and where in that their bytes differ."""

    old: Piece
    start: int
    end: int
    conflicts: tuple[Range, ...]


def compare(old: Piece, new: Piece) -> Overlap:
    """The overlap of two pieces that have one; bytes that were cut off differ from none."""
    start, end = max(old.start, new.start), min(old.end, new.end)
    mine, theirs = old.part(start, end).data, new.part(start, end).data
    if mine is None or theirs is None or mine == theirs:
        return Overlap(old, start, end, ())
    ranges: list[Range] = []
    for place, (one, other) in enumerate(zip(mine, theirs, strict=True), start):
        if one != other:
            if ranges and ranges[-1][1] == place:
                ranges[-1] = ranges[-1][0], place + 1
            else:
                ranges.append((place, place + 1))
    return Overlap(old, start, end, tuple(ranges))


class Pieces:
    """Pieces in the order of their places, without overlap.

    length  the bytes in them
    size    about the bytes of memory that they take
    """

    __slots__ = ("length", "pieces")

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.length = 0

    @property
    def size(self) -> int:
        return self.length + OVERHEAD * len(self.pieces)

    @property
    def highest(self) -> int:
        """The place after the last byte; 0 when there is none."""
        return self.pieces[-1].end if self.pieces else 0

    def meeting(self, start: int, end: int) -> slice:
        """The pieces that overlap the bytes from `start` to before `end`."""
        first = bisect_right(self.pieces, start, key=BY_END)
        return slice(first, max(first, bisect_left(self.pieces, end, key=BY_START)))

    def add(self, new: Piece, last_wins: bool = False) -> list[Overlap]:
        """Put in a piece of one byte or more.  Where there are bytes already, these stay, or with
        `last_wins` give way.  Returns where that is."""
        met = self.meeting(new.start, new.end)
        older = self.pieces[met]
        if not older:
            self.pieces.insert(met.start, new)
            self.length += new.end - new.start
            return []
        overlaps = [compare(old, new) for old in older]
        if last_wins:
            first, last = older[0], older[-1]
            parts = [first.part(first.start, new.start), new, last.part(new.end, last.end)]
        else:
            parts = list(older)
            places = [new.start, *(place for old in older for place in old[:2]), new.end]
            parts += [new.part(*pair) for pair in zip(places[::2], places[1::2], strict=True)]
        parts = sorted((part for part in parts if part.start < part.end), key=BY_START)
        self.length += sum(part.end - part.start for part in parts)
        self.length -= sum(old.end - old.start for old in older)
        self.pieces[met] = parts
        return overlaps

    def take(self, start: int) -> list[Piece]:
        """Take out the first pieces, as far as they follow each other from `start` on."""
        count = 0
        for piece in self.pieces:
            if piece.start != start:
                break
            start, count = piece.end, count + 1
        taken = self.pieces[:count]
        del self.pieces[:count]
        self.length -= sum(piece.end - piece.start for piece in taken)
        return taken

    def drop(self, end: int) -> list[Piece]:
        """Take out what lies before `end`; of a piece that reaches beyond, the part before."""
        count = bisect_left(self.pieces, end, key=BY_START)
        dropped = self.pieces[:count]
        del self.pieces[:count]
        self.length -= sum(piece.end - piece.start for piece in dropped)
        if dropped and dropped[-1].end > end:
            last = dropped[-1]
            dropped[-1] = last.part(last.start, end)
            self.add(last.part(end, last.end))
        return dropped

    def gaps(self, start: int, end: int) -> tuple[Range, ...]:
        """The ranges between two places of which no piece has come."""
        places = [start]
        for piece in self.pieces[self.meeting(start, end)]:
            places += piece[:2]
        places.append(end)
        pairs = zip(places[::2], places[1::2], strict=True)
        return tuple((first, last) for first, last in pairs if first < last)
