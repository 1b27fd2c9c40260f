"""What still pictures are drawn of, for where no kernel runs: on a printed page, in a viewer."""

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from netlab import palette
from netlab.dump import Line

WIDTH = 700
LINE, CELL, GAP = 18, 22, 12
"""Pixels: a picture's width, a line's height, a byte's width, the space between parts."""


def image(svg: str, alt: str) -> str:
    """The picture as HTML.  As an image it passes where a viewer strips SVG from the page, as
    JupyterLab does before a notebook is trusted."""
    source = b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{source}">'


def sheet(title: str, height: int, drawn: Iterable[str], style: str = "") -> str:
    """The SVG: a title on top, and what is drawn below its first line."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="netlab-still" role="img" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'aria-label="{escape(title)}"><style>{STYLE}{style}</style>'
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
        f"{text(8, 0, title[:95], 'title')}{''.join(drawn)}</svg>"
    )


STYLE = (
    palette.css(".netlab-still")
    + """.netlab-still text{font:12px sans-serif;fill:var(--netlab-ink);white-space:pre}
.netlab-still .title{font-weight:bold}
.netlab-still .faint{fill:var(--netlab-faint)}
.netlab-still .paper{fill:var(--netlab-paper)}
.netlab-still .code{font:12px monospace}
"""
    + "".join(
        f".netlab-still .{layer} rect{{fill:var(--netlab-{layer}-fill)}}"
        f".netlab-still .{layer} text{{fill:var(--netlab-{layer}-ink)}}\n"
        for layer in palette.LAYERS
    )
)


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words on the line whose upper edge is at `y`."""
    return f'<text x="{x:g}" y="{y + 13:g}" class="{kind}">{escape(words)}</text>'


def tile(x: float, y: float, width: float, words: str, layer: str, kind: str = "") -> str:
    """Words on the layer's colour."""
    return (
        f'<g class="{layer}"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{LINE}"/>'
        f"{text(x + 4, y, words, kind)}</g>"
    )


def legend(names: Iterable[tuple[str, str]], y: float) -> str:
    """Names, each in the colour of its layer."""
    x, drawn = 8, ""
    for name, layer in names:
        width = 7 * len(name) + 14
        drawn += tile(x, y, width, f" {name}", layer)
        x += width + 4
    return drawn


def hex_line(line: Line, y: float) -> str:
    """One line of a dump: the offset, 16 bytes in their layers' colours, the text."""
    drawn = text(8, y, f"{line.offset:04x}", "code faint")
    for place, cell in enumerate(line.cells):
        x = 56 + place * CELL + (6 if place > 7 else 0)
        drawn += tile(x, y, CELL, f"{cell.value:02x}", cell.layer, "code")
    return drawn + text(440, y, line.text, "code")
