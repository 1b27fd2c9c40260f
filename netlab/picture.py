"""The box drawing of a header, 32 bits wide as the RFCs draw it, as SVG and as ASCII art."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from netlab import palette
from netlab.counts import counted

WIDTH = 32
"""Bits in a row, as in RFC 791's own drawing."""

BIT, ROW, TOP, LEFT = 20, 38, 20, 1
"""Pixels: a bit's width, a row's height, the room for the scale on top, the left margin."""


class Box(NamedTuple):
    """A field in the drawing: `start` and `bits` count bits from the start of the header.

    `key` names the box for what is linked to it, `text` is its value, "" when it has none,
    `left_out` the bytes that are not drawn of a long one.
    """

    name: str
    start: int
    bits: int
    text: str = ""
    key: str = ""
    about: str = ""
    left_out: int = 0


class Piece(NamedTuple):
    """A rectangle of a box, in rows and bits: a box that crosses a row's end has several."""

    row: int
    column: int
    bits: int
    rows: int


def pieces(start: int, bits: int) -> list[Piece]:
    """The rectangles that cover these bits: the end of a row, whole rows, the start of a row."""
    found = []
    while bits:
        row, column = divmod(start, WIDTH)
        rows = bits // WIDTH if column == 0 and bits >= WIDTH else 1
        width = rows * WIDTH if column == 0 and bits >= WIDTH else min(bits, WIDTH - column)
        found.append(Piece(row, column, min(width, WIDTH), rows))
        start, bits = start + width, bits - width
    return found


LONG, SHORT = 8, 3
"""A box with so many whole rows is drawn with so few, the middle one a break: a header with a long
tail stays a picture."""


def shortened(boxes: Sequence[Box]) -> list[Box]:
    """The boxes as they are drawn: of long ones whole rows are left out."""
    drawn, gone = [], 0
    for box in sorted(boxes, key=lambda box: box.start):
        rows = max((piece.rows for piece in pieces(box.start, box.bits)), default=0)
        cut = (rows - SHORT) * WIDTH if rows >= LONG else 0
        drawn.append(box._replace(start=box.start - gone, bits=box.bits - cut, left_out=cut // 8))
        gone += cut
    return drawn


def without_name(name: str, text: str) -> str:
    """The text without the name that it begins with, as "MSS 1460" does: beside the name it would
    be said twice."""
    words = text.split(" ")
    for count in range(1, len(words) + 1):
        if "".join(words[:count]).casefold() == name.casefold():
            return " ".join(words[count:])
    return text


def ascii_art(boxes: Sequence[Box]) -> str:
    """The drawing as in an RFC: two characters a bit, a scale of bit numbers on top."""
    boxes = shortened(boxes)
    rows = max(((box.start + box.bits + WIDTH - 1) // WIDTH for box in boxes), default=0)
    last = max((box.start + box.bits for box in boxes), default=0)
    tens = " " + "".join(f"{bit // 10 if bit % 10 == 0 else ' '} " for bit in range(WIDTH))
    ones = " " + "".join(f"{bit % 10} " for bit in range(WIDTH))
    lines = [tens.rstrip(), ones.rstrip(), _rule(min(WIDTH, last))]
    for row, here in enumerate(_by_row(boxes, rows)):
        lines.append(_ascii_row(here, row))
        lines.append(HOLLOW if _goes_on(here, row) else _rule(min(WIDTH, last - row * WIDTH)))
    return "\n".join(lines)


def _by_row(boxes: Sequence[Box], rows: int) -> list[list[Box]]:
    """The boxes that stand in each row: a row looks at its own ones only, not at all."""
    found: list[list[Box]] = [[] for _ in range(rows)]
    for box in boxes:
        for piece in pieces(box.start, box.bits):
            for row in range(piece.row, piece.row + piece.rows):
                found[row].append(box)
    return found


HOLLOW = "+" + " " * (2 * WIDTH - 1) + "+"
"""The line between two rows of one wide box."""


def _rule(bits: int) -> str:
    return "+" + "-+" * bits


def _goes_on(boxes: Sequence[Box], row: int) -> bool:
    """Whether one box fills this row and the next, as wide addresses do."""
    first, last = row * WIDTH, (row + 2) * WIDTH
    return any(box.start <= first and box.start + box.bits >= last for box in boxes)


def _ascii_row(boxes: Sequence[Box], row: int) -> str:
    line, column = "|", 0
    for box in boxes:
        parts = pieces(box.start, box.bits)
        widest = max(parts, key=lambda piece: piece.bits)
        for piece in parts:
            if piece.row <= row < piece.row + piece.rows:
                if box.left_out and piece.rows == SHORT and row == piece.row + 1:
                    return f"~{_break(box).center(2 * WIDTH - 1)}~"
                last = piece.row if box.left_out else piece.row + piece.rows - 1
                middle = piece is widest and row == (piece.row + last) // 2
                if piece.column > column:
                    line += " " * (2 * (piece.column - column) - 1) + "|"
                column = piece.column + piece.bits
                room = 2 * piece.bits - 1
                name = box.name if len(box.name) <= room else box.name[:room]
                line += (name if middle else "").center(room) + "|"
    return line


def _break(box: Box) -> str:
    return counted(box.left_out, "more byte")


def svg(boxes: Sequence[Box], layer: str, title: str, *, style: bool = True) -> str:
    """The drawing as SVG, in the layer's colour; each box has its key in `data-key`.

    Without `style` the page around it must bring STYLE.
    """
    boxes = shortened(boxes)
    rows = max(((box.start + box.bits + WIDTH - 1) // WIDTH for box in boxes), default=0)
    width, height = WIDTH * BIT + 2 * LEFT, rows * ROW + TOP + 2
    scale = "".join(
        f'<text x="{LEFT + bit * BIT + BIT / 2:g}" y="13" class="scale">{bit}</text>'
        for bit in range(WIDTH)
    )
    drawn = "".join(_svg_box(box, layer) for box in boxes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netlab-picture" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f"{FITTING if style else ''}"
        f'role="img" aria-label="{escape(title)}">{f"<style>{STYLE}</style>" if style else ""}'
        f'<rect class="paper" width="{width}" height="{height}"/>{scale}{drawn}</svg>'
    )


FITTING = 'style="max-width:100%;height:auto" '
"""A picture that stands in a page alone shrinks with it."""

STYLE = (
    palette.css(".netlab-picture")
    + """.netlab-picture text{font:12px sans-serif;text-anchor:middle;fill:var(--netlab-ink)}
.netlab-picture .scale{font-size:9px;fill:var(--netlab-faint)}
.netlab-picture .value{font:11px monospace}
.netlab-picture .paper{fill:var(--netlab-paper)}
.netlab-picture .box{stroke:var(--netlab-line)}
.netlab-picture .edge{fill:none}
.netlab-picture .field.on .edge{stroke:var(--netlab-ink);stroke-width:3}
.netlab-picture .field.on text{font-weight:700}
.netlab-picture .break{stroke:var(--netlab-line);stroke-width:1.5;fill:var(--netlab-paper)}
"""
    + "".join(
        f".netlab-picture .{layer} .box{{fill:var(--netlab-{layer}-fill)}}"
        f".netlab-picture .{layer} text{{fill:var(--netlab-{layer}-ink)}}\n"
        for layer in palette.LAYERS
    )
    + ".netlab-picture .field .gap{fill:var(--netlab-ink);font-weight:400}\n"
)


def _svg_box(box: Box, layer: str) -> str:
    parts = pieces(box.start, box.bits)
    widest = max(parts, key=lambda piece: piece.bits * piece.rows)
    title = f"{box.name}: {box.text}" if box.text else box.name
    passed = False
    drawn = f"<title>{escape(title)}. {escape(box.about)}</title>"
    for piece in parts:
        x, y = LEFT + piece.column * BIT, TOP + piece.row * ROW
        width, height = piece.bits * BIT, piece.rows * ROW
        drawn += _rectangle("box", x, y, width, height, 0)
        drawn += _rectangle("edge", x, y, width, height, EDGE / 2)
        if piece is widest:
            rows, passed = 1 if box.left_out else piece.rows, True
            drawn += _words(box, x + width / 2, y + rows * ROW / 2, width)
            drawn += _svg_break(box, y + ROW) if box.left_out else ""
        else:
            rest = _fit(f"… {box.name}" if passed else f"{box.name} …", width, 6.4)
            drawn += f'<text x="{x + width / 2:g}" y="{y + height / 2 + 4:g}">{rest}</text>'
    return f'<g class="field {layer}" data-key="{escape(box.key or box.name)}">{drawn}</g>'


EDGE = 3
"""Pixels: the edge of a marked box, which is drawn inside it: neighbours would cover the rest."""


def _rectangle(kind: str, x: int, y: int, width: int, height: int, inset: float) -> str:
    return (
        f'<rect class="{kind}" x="{x + inset:g}" y="{y + inset:g}" '
        f'width="{width - 2 * inset:g}" height="{height - 2 * inset:g}"/>'
    )


def _words(box: Box, middle: float, half: float, width: int) -> str:
    said = without_name(box.name, box.text)
    name_y = half - 3 if said else half + 4
    drawn = f'<text x="{middle:g}" y="{name_y:g}">{_fit(box.name, width, 6.4)}</text>'
    if said:
        value = _fit(said, width, 6.7)
        drawn += f'<text class="value" x="{middle:g}" y="{half + 12:g}">{value}</text>'
    return drawn


def _svg_break(box: Box, y: int) -> str:
    """Two torn edges across a box, and between them how much is missing."""
    right, tooth = LEFT + WIDTH * BIT, BIT // 2
    points = range(LEFT, right + 1, tooth)
    torn = [(x, y + 4 + 5 * (place % 2)) for place, x in enumerate(points)]
    torn += [(x, below + ROW - 13) for x, below in reversed(torn)]
    outline = " ".join(f"{x},{below}" for x, below in torn)
    middle = (LEFT + right) / 2
    return (
        f'<polygon class="break" points="{outline}"/>'
        f'<text class="gap" x="{middle:g}" y="{y + ROW / 2 + 4:g}">{_break(box)}</text>'
    )


def _fit(text: str, width: float, per_character: float) -> str:
    """As much of the text as fits; the whole stands in the box's title."""
    room = int((width - 2) / per_character)
    if len(text) > room:
        text = text[: room - 1] + "…" if room > 4 else text[:room]
    return escape(text)
