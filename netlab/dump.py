"""The hex dump of bytes, of a header or of a packet, with the layers or fields in colour."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import NamedTuple

from netlab import palette
from netlab.counts import counted
from netlab.field import Span
from netlab.header import Header
from netlab.packet import Packet
from netlab.words import printable

MOST = 1 << 16
"""Bytes that are shown; of more the number is told."""


class Cell(NamedTuple):
    """A byte: its layer in the palette ("" for none), whether it is set off from the part before
    it, and the fields that stand in it."""

    value: int
    layer: str = ""
    odd: bool = False
    title: str = ""


class Line(NamedTuple):
    """16 bytes, or what is left of them: the first one's place, each byte, all as text."""

    offset: int
    cells: Sequence[Cell]
    text: str


class Part(NamedTuple):
    """A layer of a packet or a field of a header: its first byte, layer and name.  Fields that
    share a byte are one part."""

    offset: int
    layer: str
    name: str
    odd: bool = False


class Hexdump:
    """A hex dump: in a notebook with colours and a legend, as plain text elsewhere.

    cells  the bytes
    parts  what the legend names: the layers of a packet, the fields of a header
    """

    def __init__(self, cells: Sequence[Cell], parts: Sequence[Part] = ()) -> None:
        self.cells, self.parts = cells, parts

    def lines(self) -> Iterator[Line]:
        """The lines, with 16 bytes each."""
        for first in range(0, min(len(self.cells), MOST), 16):
            cells = self.cells[first : first + 16]
            text = "".join(chr(c.value) if 32 <= c.value < 127 else "·" for c in cells)
            yield Line(first, cells, text)

    def ansi(self) -> str:
        """The dump with the colours of a terminal."""
        return self._text(coloured=True)

    def __repr__(self) -> str:
        return self._text(coloured=False)

    def _text(self, coloured: bool) -> str:
        names = wrap("  ".join(f"{part.offset:04x}\0{part.name}" for part in self.parts), 72)
        shown = [line.replace("\0", " ") for line in names]
        for line in self.lines():
            octets = ""
            for place, cell in enumerate(line.cells):
                octets += " " if place == 8 else ""
                octets += _ansi(cell) if coloured and cell.layer else f"{cell.value:02x} "
            room = 49 - 3 * len(line.cells) - (len(line.cells) > 8)
            shown.append(f"{line.offset:04x}  {octets}{' ' * room} {line.text}")
        return "\n".join([*shown, *self._rest()])

    def _rest(self) -> list[str]:
        left = len(self.cells) - MOST
        return [f"and {counted(left, 'more byte')}"] if left > 0 else []

    def _repr_html_(self) -> str:
        legend = "".join(
            f'<li class="{part.layer}{" odd" * part.odd}">{escape(part.name)}</li>'
            for part in self.parts
        )
        names = f"<ul>{legend}</ul>" if legend else ""
        shown = "\n".join([*map(_html, self.lines()), *self._rest()])
        return f'<div class="netlab-hexdump"><style>{STYLE}</style>{names}<pre>{shown}</pre></div>'


def hexdump(what: bytes | bytearray | memoryview | Header | Packet) -> Hexdump:
    """Show bytes as hexadecimal numbers and as text: of a packet in the colours of its layers, of
    a header with its fields set off from each other.

    In a notebook a byte says, when it is pointed at, which field it belongs to.  Offsets count
    from the first byte of what is shown.  TypeError for anything that is not bytes.
    """
    if isinstance(what, Packet):
        spans = what.spans()
        layers = [Part(span.start // 8, span.layer, span.name) for span in spans]
        return Hexdump(_cells(what.data, spans, layers, 0), layers)
    if isinstance(what, Header):
        span, data = what.span(), bytes(what)
        fields = _fields(span)
        return Hexdump(_cells(data, [span], fields, what.offset), fields)
    if isinstance(what, bytes | bytearray | memoryview):
        return Hexdump([Cell(value) for value in bytes(what)])
    raise TypeError(f"hexdump takes bytes, a header or a packet, not {what!r}")


def _fields(header: Span) -> list[Part]:
    """The parts of a header: its fields, an option by itself, those in one byte together."""
    fields = [part for field in header.children for part in field.children or (field,)]
    parts: list[Part] = []
    end = 0
    for field in sorted(fields, key=lambda field: field.start):
        first = (field.start - header.start) // 8
        if parts and first < end:
            parts[-1] = parts[-1]._replace(name=f"{parts[-1].name}, {field.name}")
        else:
            parts.append(Part(first, header.layer, printable(field.name), len(parts) % 2 == 1))
        end = max(end, (field.start - header.start + field.bits + 7) // 8)
    return parts


def _cells(data: bytes, spans: Sequence[Span], parts: Sequence[Part], offset: int) -> list[Cell]:
    """The bytes, each with its part's colour and with the fields in it; `offset` is the place of
    the first byte in the packet."""
    if not parts:
        return [Cell(value) for value in data]
    names: list[list[str]] = [[] for _ in data]

    def name(span: Span, path: str) -> None:
        path = f"{path}.{span.name}" if path else span.name
        for child in span.children:
            name(child, path)
        if not span.children:
            last, title = (span.start + span.bits + 7) // 8, printable(f"{path}: {span.text}")
            for place in range(span.start // 8 - offset, min(last - offset, len(data))):
                names[place].append(title)

    for span in spans:
        name(span, "")
    bounds = [0, *(part.offset for part in parts[1:]), len(data)]
    return [
        Cell(data[place], part.layer, part.odd, " and ".join(names[place]) or part.name)
        for part, (first, end) in zip(parts, pairwise(bounds), strict=True)
        for place in range(first, end)
    ]


def _ansi(cell: Cell) -> str:
    if cell.odd:
        return f"\x1b[4m{cell.value:02x}\x1b[0m "
    red, green, blue = bytes.fromhex(palette.LAYERS[cell.layer].base[1:])
    return f"\x1b[30;48;2;{red};{green};{blue}m{cell.value:02x} \x1b[0m"


def _html(line: Line) -> str:
    octets = ""
    for place, cell in enumerate(line.cells):
        text = f"{cell.value:02x}"
        if cell.layer:
            kind = cell.layer + " odd" * cell.odd
            text = f'<span class="{kind}" title="{escape(cell.title)}">{text}</span>'
        octets += f"{' ' if place == 8 else ''}{text} "
    room = 49 - 3 * len(line.cells) - (len(line.cells) > 8)
    return f"<i>{line.offset:04x}</i>  {octets}{' ' * room} {escape(line.text)}"


RULES = """&{overflow-x:auto;background:var(--netlab-paper);color:var(--netlab-ink);
border:1px solid var(--netlab-line);border-radius:6px;padding:6px 10px;max-width:1180px;
box-sizing:border-box}
& ul{list-style:none;display:flex;flex-wrap:wrap;gap:3px 4px;margin:0 0 6px;padding:0;
font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif)}
& li{padding:0 .5em;margin:0;border-radius:3px}
& pre{font:13px/1.5 var(--jp-code-font-family,monospace);margin:0;color:inherit;
background:none;white-space:pre}
& i{font-style:normal;color:var(--netlab-faint)}
& pre span{padding:2px .3em;margin:0 -.3em}
""" + "".join(
    f"& .{layer}{{background:var(--netlab-{layer}-fill);"
    f"color:var(--netlab-{layer}-ink);print-color-adjust:exact}}\n"
    f"& .{layer}.odd{{background:none;color:inherit;"
    f"border-radius:0;box-shadow:inset 0 -2px 0 var(--netlab-{layer}-base)}}\n"
    for layer in palette.LAYERS
)

STYLE = palette.css(".netlab-hexdump") + palette.rules(".netlab-hexdump", RULES)
