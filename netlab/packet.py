"""A packet: a stack of headers over one run of bytes.  Dissect one, or build one with `/`."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from netlab.counts import counted
from netlab.field import NUMBERS, Span
from netlab.header import ADDRESSES, PORTS, Header, view
from netlab.words import Explanation, difference, different_bytes

H = TypeVar("H", bound=Header)
Plain = tuple[bytes, str | type[Header], int | None, int, str, str]


class Problem(NamedTuple):
    """Something malformed: in which layer and field, at which byte of the packet, and what."""

    layer: str
    field: str
    offset: int
    message: str

    def __str__(self) -> str:
        return f"{self.layer}.{self.field} at byte {self.offset}: {self.message}"


LINKS = NUMBERS.setdefault("link", {})
"""The outermost header by the link type's name: LINKS["ethernet"]."""

NAMELESS = "linktype "
"""What the name of a link type that netlab does not know begins with: "linktype 127"."""


class Packet:
    """Bytes and the headers understood in them.

    data         the bytes, as they are on the wire
    link         the link type's name, or the class of the outermost header
    time         nanoseconds since the epoch, None if not captured
    wire_length  bytes on the wire, more than `data` when the capture cut the packet
    comment      what somebody noted in the capture file, "" if nobody did
    interface    the name of the interface that it was captured on, "" if not known
    """

    __slots__ = (
        "_layers", "_parts", "_whole",
        "comment", "data", "interface", "link", "time", "wire_length",
    )  # fmt: skip

    def __init__(
        self,
        data: bytes,
        link: str | type[Header] = "ethernet",
        time: int | None = None,
        wire_length: int | None = None,
        comment: str = "",
        interface: str = "",
    ) -> None:
        self.data = data
        self.link = link
        self.time = time
        self.wire_length = len(data) if wire_length is None else wire_length
        self.comment = comment
        self.interface = interface
        self._layers: list[Header] = []
        self._whole = False
        self._parts: tuple[Header | bytes, ...] | None = None

    @property
    def plain(self) -> Plain:
        """What it was made of: `Packet(*packet.plain)` is the packet anew, with no header read yet.

        Who keeps many packets keeps these: they take less memory, and the garbage collector,
        which halts all threads, need not look through them.
        """
        return self.data, self.link, self.time, self.wire_length, self.comment, self.interface

    @property
    def layers(self) -> tuple[Header, ...]:
        """The headers, outermost first."""
        if not self._whole:
            self._walk(())
        return tuple(self._layers)

    def _walk(self, wanted: Any) -> Header | None:
        """Understand headers up to the first of class `wanted`; all of them when it is ()."""
        layers, data = self._layers, self.data
        header = layers[-1] if layers else None
        quoting = [header for header in layers if header.quotes]
        found = (
            header.step(data, header._start, header._end, header) if header else self._outermost()
        )
        while found is not None:
            kind, start, end = found
            header = view(kind, data, start, end, header)
            layers.append(header)
            if kind.quotes:
                quoting.append(header)
            if isinstance(header, wanted):
                return header  # type: ignore[no-any-return]
            found = kind.step(data, start, end, header)
        self._whole = True
        if quoting and not layers[-1].appended:
            for behind in filter(None, (header.behind() for header in quoting)):
                layers.append(behind)
                return behind if isinstance(behind, wanted) else None
        return None

    def _outermost(self) -> tuple[type[Header], int, int] | None:
        data, end = self.data, len(self.data)
        kind = LINKS.get(self.link) or link_class(self.link, data)
        if kind and kind.guard:
            kind = kind.guard(data, 0, end)
        return (kind, 0, end) if kind and end >= kind.size else None

    def __getitem__(self, kind: type[H]) -> H:
        """The first header of class `kind`; KeyError when there is none."""
        for header in self._layers:
            if isinstance(header, kind):
                return header
        if not self._whole:
            found: H | None = self._walk(kind)  # type: ignore[assignment]
            if found is not None:
                return found
        names = ", ".join(type(header).__name__ for header in self.layers) or "no header"
        raise KeyError(f"no {kind.__name__} in this packet: it has {names}")

    def __contains__(self, kind: type[Header]) -> bool:
        for header in self._layers:
            if isinstance(header, kind):
                return True
        return not self._whole and self._walk(kind) is not None

    @property
    def payload(self) -> bytes:
        """The bytes after the last understood header, without the link layer's padding."""
        return self.layers[-1].payload if self.layers else self.data

    @property
    def trailer(self) -> bytes:
        """The bytes behind the payload: padding that a short Ethernet frame is filled up with."""
        if not self.layers:
            return b""
        return self.data[self.layers[-1].payload_end :]

    @property
    def truncated(self) -> bool:
        """Whether the capture holds fewer bytes than were on the wire (its snap length)."""
        return len(self.data) < self.wire_length

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is malformed, outermost first; () when the packet is sound."""
        return tuple(self._find_problems())

    def _find_problems(self) -> Iterator[Problem]:
        quoted = False
        for header in self.layers:
            quoted = quoted and not header.appended
            if not (quoted or (self.truncated and (header.cut or not header.complete))):
                for fault in header.faults():
                    yield Problem(type(header).__name__, *fault)
            quoted = quoted or header.quotes or header.partial
        if self.truncated:
            message = f"the capture kept {len(self.data)} of {self.wire_length} bytes"
            yield Problem("Packet", "data", len(self.data), message)
        if not (quoted or self.truncated or self._parts):
            yield from self._cut_header()

    def _cut_header(self) -> Iterator[Problem]:
        layers = self.layers
        kind, start, end = (
            layers[-1].beyond() if layers else (link_class(self.link, self.data), 0, len(self.data))
        )
        if kind and end - start < kind.size:
            first = next(f for f in kind._fixed if start * 8 + f.start + f.bits > end * 8)
            message = f"{kind.__name__} needs {counted(kind.size, 'byte')}, {end - start} are left"
            yield Problem(kind.__name__, first.name, start + first.start // 8, message)

    def spans(self) -> tuple[Span, ...]:
        """The field tree: a line for each layer, then payload and trailer where there are any."""
        lines: list[Span] = []
        start = 0
        for header in self.layers:
            if header.appended:
                lines += self._bytes("payload", start, header.offset, "of the packet quoted")
            lines.append(header.span())
            start = header.payload_start
        end = start + len(self.payload)
        lines += self._bytes("payload", start, end, "the bytes that the last header carries")
        about = "bytes behind the payload: padding of a short frame"
        lines += self._bytes("trailer", end, len(self.data), about)
        return tuple(lines)

    def _bytes(self, name: str, first: int, last: int, about: str) -> Iterator[Span]:
        data = self.data[first:last]
        if data:
            text = counted(len(data), "byte")
            yield Span(name, first * 8, len(data) * 8, data, text, "", about, layer="payload")

    def explain(self) -> Explanation:
        """The packet in words: a table of the fields of each header."""
        return Explanation(self.spans())

    def owners(self) -> list[str]:
        """The layer that each byte belongs to, by its name in the palette."""
        owners = ["payload"] * len(self.data)
        for header in self.layers:
            owners[header.offset : header.payload_start] = [header.layer] * header.header_length
        return owners

    @property
    def _innermost(self) -> Header | None:
        """The last header that is the packet's own, not one of a packet that it quotes."""
        layers = self.layers
        last = layers[-1] if layers else None
        return next((header for header in layers if header.quotes), last)

    def summary(self) -> str:
        """The packet in a few words: those of its innermost header."""
        header = self._innermost
        return header.summary() if header else counted(len(self.data), "byte")

    @property
    def protocol(self) -> str:
        """The name of the innermost protocol."""
        header = self._innermost
        while header and header.is_body and header.below:
            header = header.below
        return type(header).__name__ if header else "data"

    @property
    def five_tuple(self) -> tuple[str, str, int, int, int]:
        """Source and destination address, protocol number, source and destination port.

        Of the outermost IP header and the transport in it; "" and 0 for what the packet has not.
        """
        data, addresses, carrier = self.data, ("", ""), None
        here = self._outermost()
        while here:
            kind, start, end = here
            role = kind.role
            if role == PORTS:
                return addresses + kind.ends(data, start)
            if role:
                if role == ADDRESSES:
                    if carrier:
                        break
                    addresses = kind.ends(data, start)
                carrier = here
            here = kind.step(data, start, end)
        number = view(carrier[0], data, carrier[1], carrier[2], None).carried if carrier else 0
        return *addresses, number, 0, 0

    @property
    def ends(self) -> tuple[str, str]:
        """Source and destination: the outermost IP addresses, or else the hardware addresses."""
        for header in sorted(self.layers, key=lambda header: header.layer != "internet"):
            values = {field.name for field in header.fields}
            if {"src", "dst"} <= values:
                return header.src, header.dst  # type: ignore[attr-defined]
        return "", ""

    def __truediv__(self, inner: "Header | Packet | bytes") -> "Packet":
        return stack(self, inner)

    def difference(self, other: "Packet") -> str:
        """The first layer and field in which the packets differ, as a sentence with both values
        and the byte; "" when they are equal."""
        if self.link != other.link:
            return f"the link types differ: {self.link} and {other.link}"
        if self.data == other.data:
            return ""
        mine, theirs = (
            Span("", 0, len(packet.data) * 8, packet.data, "", children=packet.spans())
            for packet in (self, other)
        )
        return difference(mine, theirs) or different_bytes(self.data, other.data, 0, "packet")

    def __bytes__(self) -> bytes:
        return self.data

    def __len__(self) -> int:
        return len(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packet) and (self.data, self.link) == (other.data, other.link)

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        names = " / ".join(type(header).__name__ for header in self.layers) or "no header"
        return f"<Packet {names}, {counted(len(self.data), 'byte')}>"


def link_class(link: "str | type[Header]", data: bytes) -> type[Header] | None:
    """The outermost header of a packet of that link type, None for one that has but a number.
    ValueError for an unknown name."""
    kind = LINKS.get(link, link)
    if isinstance(kind, str):
        if kind.startswith(NAMELESS):
            return None
        raise ValueError(f"unknown link type {link!r}: netlab knows {', '.join(LINKS)}")
    return kind.guard(data, 0, len(data)) if kind.guard else kind


def dissect(data: bytes, link: "str | type[Header]" = "ethernet") -> Packet:
    """Read `data` as a packet; never raises on its content.

    What is malformed stands in the packet's `problems`, what is not understood in its `payload`.
    `link` is the link type's name, or the header that the data begin with.  ValueError for a
    link type that netlab does not know.
    """
    if link not in LINKS:
        link_class(link, b"")
    return Packet(bytes(data), link)


def stack(outer: Header | Packet, *inner: Header | Packet | bytes) -> Packet:
    """Put what is `inner` into `outer`: what `/` does, for one or several at once.

    Lengths, checksums, offsets and next-protocol numbers that were not given are computed;
    headers taken from a dissected packet keep theirs.
    """
    parts = tuple(part for item in (outer, *inner) for part in _parts(item))
    lower: list[Header | None] = [None]
    for part in parts:
        if isinstance(part, Header):
            below = lower[-1]
            lower.append(view(type(part), bytes(part), 0, len(bytes(part)), below))
    data, above, pieces = b"", None, []
    for part in reversed(parts):
        if isinstance(part, Header):
            lower.pop()
            piece = part.build(lower[-1], above, data)
            above = type(part)
        else:
            piece, above = part, None
        pieces.append(piece)
        data = piece + data
    return _built(parts, data, [len(piece) for piece in reversed(pieces)])


def _parts(item: Header | Packet | bytes) -> tuple[Header | bytes, ...]:
    if isinstance(item, Packet):
        return item._parts if item._parts is not None else tuple(_dissected_parts(item))
    if isinstance(item, Header | bytes | bytearray):
        return (item if isinstance(item, Header) else bytes(item),)
    raise TypeError(f"a header carries a header, a packet or bytes, not {item!r}")


def _dissected_parts(packet: Packet) -> Iterator[Header | bytes]:
    """Headers and payload of a packet, and the bytes between headers that quote another packet."""
    end = 0
    for header in packet.layers:
        if header.appended:
            yield packet.data[end : header.offset]
        yield header
        end = header.payload_start
    yield packet.payload


def _built(parts: tuple[Header | bytes, ...], data: bytes, lengths: list[int]) -> Packet:
    first = parts[0]
    assert isinstance(first, Header)
    packet = Packet(data, first.numbers.get("link", type(first)))
    layers: list[Header] = []
    start = 0
    for part, length in zip(parts, lengths, strict=True):
        if isinstance(part, Header):
            below = layers[-1] if layers else None
            layers.append(view(type(part), data, start, len(data), below))
        start += length
    packet._parts, packet._layers = parts, layers
    packet._whole = True
    return packet


# A header alone does not know what a packet is; from here on it can be stacked.
Header.__truediv__ = stack  # type: ignore[attr-defined, operator]
