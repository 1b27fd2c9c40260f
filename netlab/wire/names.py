"""Domain names: labels, perhaps a pointer at the end, and how one writes them (RFC 1035)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from netlab.counts import counted
from netlab.field import Field, Span
from netlab.header import Header, view
from netlab.variable import Break, Place, Variable

LONGEST_NAME, LONGEST_LABEL = 255, 63
"""Bytes in a name with all its length bytes, and in a label (RFC 1035 section 2.3.4)."""

FARTHEST = 0x3FFF
"""The last byte that a pointer can lead to."""

MOST_POINTERS = 127
"""A name has at most so many labels: more pointers can only be there to keep its reader busy."""

ENDLESS = "the name breaks off"
"""What is wrong with a name that ends behind a label."""

POINTER = 0xC0
"""The two bits that tell a pointer from a label's length."""


class Piece(NamedTuple):
    """A label, or a pointer: its first byte, the byte after its last, the label's bytes, the byte
    that the pointer points to (-1 when it is none)."""

    first: int
    last: int
    label: bytes
    target: int = -1


def local_pieces(data: bytes, first: int, limit: int, origin: int) -> tuple[list[Piece], str, bool]:
    """The labels from byte `first` on, up to and including the root or a pointer, why they break
    off ("" if they do not), and whether that is because nothing may stand beyond `limit`."""
    found: list[Piece] = []
    position = first
    while position < limit:
        length = data[position]
        last = position + 1 + length
        if length >= POINTER:
            last = position + 2
            if last > limit:
                return found, "the pointer has 2 bytes, 1 is left", True
            target = origin + (int.from_bytes(data[position:last]) & FARTHEST)
            found.append(Piece(position, last, b"", target))
            return found, "", False
        if length > LONGEST_LABEL:
            return found, f"0x{length:02x} begins neither a label nor a pointer", False
        if last > limit:
            return (
                found,
                f"the label has {counted(length, 'byte')}, {limit - position - 1} are left",
                True,
            )
        if last - first > LONGEST_NAME:
            return found, f"the name is longer than {LONGEST_NAME} bytes", False
        found.append(Piece(position, last, data[position + 1 : last]))
        if not length:
            return found, "", False
        position = last
    return found, ENDLESS, True


def follow(
    data: bytes, place: Place, origin: int, end: int
) -> tuple[list[bytes], tuple[int, str] | None]:
    """The labels of the name at that place, its pointers followed, and what is wrong: at which
    byte, and what.  The message with which it can share labels goes from byte `origin` to `end`.

    Each pointer must lead to before the labels that it ends: so no loop is possible.
    """
    labels: list[bytes] = []
    first, limit, total, at = place.first, place.last, 1, place.first
    for _ in range(MOST_POINTERS + 1):
        pieces, broken, _ = local_pieces(data, first, limit, origin)
        for piece in pieces:
            if not piece.label:
                continue
            total += len(piece.label) + 1
            if total > LONGEST_NAME:
                return labels, (at, f"the name is longer than {LONGEST_NAME} bytes")
            labels.append(piece.label)
        if broken:
            return labels, (at, broken)
        at, target = pieces[-1].first, pieces[-1].target
        if target < 0:
            return labels, None
        if target >= first:
            to = f"byte {target - origin} of the message"
            return labels, (at, f"the pointer leads to {to}, which is not before the name")
        first, limit = target, end
    return labels, (at, f"more than {MOST_POINTERS} pointers")


SPECIAL = re.compile(rb"[\x00-\x20\x7f-\xff]|([.\\])")


def label_text(label: bytes) -> str:
    """A label as one writes it: UTF-8 as it is (RFC 6762 section 16), a dot and a backslash with
    a backslash before them, and each other unprintable byte as \\ and three digits."""
    try:
        text = label.decode()
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and text and " " not in text:
        return text.replace("\\", "\\\\").replace(".", "\\.")
    return SPECIAL.sub(_escaped, label).decode("ascii")


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\" + found[1] if found[1] else b"\\%03d" % found[0][0]


WRITTEN = re.compile(r"\\(\d{3})|\\(\D)|(\.)|([^\\.]+)")


def name_octets(text: str) -> bytes:
    """The bytes of a name, not compressed.  ValueError says what is wrong with it."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no name")
    labels, position = [b""], 0
    text = text.removesuffix(".") if not text.endswith("\\.") else text
    while position < len(text):
        found = WRITTEN.match(text, position)
        if not found or (found[1] and int(found[1]) > 255):
            raise ValueError("a backslash stands before three digits up to 255, or another sign")
        if found[3]:
            labels.append(b"")
        else:
            labels[-1] += bytes([int(found[1])]) if found[1] else (found[2] or found[4]).encode()
        position = found.end()
    if labels == [b""]:
        return b"\0"
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        raise ValueError(f"a label has 1 to {LONGEST_LABEL} bytes")
    octets = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    if len(octets) > LONGEST_NAME:
        raise ValueError(f"a name has at most {LONGEST_NAME} bytes")
    return octets


class Name(Variable):
    """A domain name: labels of up to 63 bytes each, ended by the root or by a pointer to where
    the rest of the name has stood before.  Read as text: "example.com", the root is ".".

    open_end  whether it may also end behind a label, where the header ends
    shares    whether it may have a pointer in it when a message is compressed
    """

    def __init__(
        self, about: str, *, open_end: bool = False, shares: bool = True, **more: Any
    ) -> None:
        form = "a name such as 'example.com', with labels of 1 to 63 bytes"
        super().__init__(about, parse=name_octets, form=form, default=".", **more)
        self.to_the_end, self.open_end, self.shares = False, open_end, shares

    def walk(self, header: Header, places: list[Place], first: int, limit: int) -> Place:
        pieces, broken, short = local_pieces(header._data, first, limit, 0)
        last = pieces[-1].last if pieces else first
        stop = Break(self.name, last, broken, short) if broken else None
        if self.open_end and last == limit:
            stop = None
        return Place(first, last, None, stop)

    def value(self, header: Header, place: Place) -> str:
        labels, _ = follow(header._data, place, *message(header))
        return ".".join(map(label_text, labels)) or "."

    def pieces(self, header: Header) -> list[Piece]:
        """The name's labels, and what ends them."""
        place = header._place(self.part)
        if place is None:
            return []
        return local_pieces(header._data, place.first, place.last, message(header)[0])[0]

    def spans(self, header: Header) -> tuple[Span, ...]:
        return tuple(_span(piece, header) for piece in self.pieces(header))

    def faults(self, header: Header) -> Iterator[tuple[str, int, str]]:
        place = header._place(self.part)
        if place is not None and not place.stop:
            _, wrong = follow(header._data, place, *message(header))
            if wrong and not (self.open_end and wrong[1] == ENDLESS):
                yield self.name, *wrong


class Message(Header):
    """A header whose names may share labels: pointers count from its first byte."""

    rfc = "RFC 1035 section 4.1.4"

    def compressed(self) -> Self:
        """The message with each name cut short that has stood before, as servers send it: all of
        it or its end becomes a pointer.  ValueError when the message is malformed.

        Without this, names are written out: each record has its own bytes and may stand anywhere.
        """
        fault = next(self.faults(), None)
        if fault:
            raise ValueError(f"a malformed message cannot be compressed: {fault.message}")
        data, end = Written(), self._start + self.header_length
        data += self._data[self._start : self._start + self.size]
        position = self._start + self.size
        for field in self._later:
            for item in getattr(self, field.name):
                data += self._data[position : item._start]
                _write(item, data)
                position = item._start + item.header_length
        data += self._data[position:end]
        return view(type(self), bytes(data), 0, len(data), None)  # type: ignore[return-value]


class Written(bytearray):
    """The beginning of a message, and at which byte which labels begin."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[bytes, ...], int] = {}

    def add_name(self, labels: tuple[bytes, ...], shares: bool) -> None:
        """A name, ended by a pointer to where its last labels have stood if it `shares` them."""
        if not shares:
            self += b"".join(bytes([len(label)]) + label for label in (*labels, b""))
            return
        while labels and labels not in self.known:
            if len(self) <= FARTHEST:
                self.known[labels] = len(self)
            self += bytes([len(labels[0])]) + labels[0]
            labels = labels[1:]
        self += (POINTER << 8 | self.known[labels]).to_bytes(2) if labels else b"\0"


def _write(item: Header, data: Written) -> None:
    """Append an entry of a message, its names compressed and its length as it is now."""
    measured: list[tuple[int, Field]] = []
    for part, place in zip(item._parts, item._walk().places, strict=False):
        if isinstance(part, Name):
            labels, _ = follow(item._data, place, *message(item))
            data.add_name(tuple(labels), part.shares)
        else:
            data += item._data[place.first : place.last]
        if part.rest:
            measured.append((len(data), part.rest))
    for start, field in measured:
        size, length = field.bits // 8, (len(data) - start - field.less) // field.unit
        data[start - size : start] = length.to_bytes(size)


def message(header: Header) -> tuple[int, int]:
    """The first byte of the message that the header is part of, and the byte after its last."""
    while not isinstance(header, Message) and header._below is not None:
        header = header._below
    return header._start, header._end


def _span(piece: Piece, header: Header) -> Span:
    """A label or what ends the labels as a line of the field tree."""
    place = (piece.first * 8, (piece.last - piece.first) * 8)
    if piece.target < 0:
        about = "a byte with its length, then its letters" if piece.label else "the name ends here"
        name, text = ("label", label_text(piece.label)) if piece.label else ("root", ".")
        return Span(name, *place, piece.label, text, "", about, "RFC 1035 section 3.1")
    origin, end = message(header)
    labels, _ = follow(header._data, Place(piece.first, piece.last), origin, end)
    rest = ".".join(map(label_text, labels))
    about = "the name goes on as one did at that byte of the message"
    value, text = piece.target - origin, f"→ byte {piece.target - origin}"
    return Span("pointer", *place, value, text, rest, about, Message.rfc)
