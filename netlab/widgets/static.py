"""The still picture of a packet, for where no kernel runs: on a printed page, in a viewer."""

from base64 import b64encode
from html import escape

from netlab import palette
from netlab.header import Header
from netlab.packet import Packet
from netlab.picture import STYLE as PICTURE_STYLE
from netlab.picture import svg

MOST_ROWS = 24
"""Lines of 16 bytes that the picture shows at most."""

LINE, CELL, GAP = 18, 22, 12
"""Pixels: a line's height, a byte's width, the space between parts."""


def still(packet: Packet, field: str = "") -> str:
    """The picture as HTML.  As an image it passes where a viewer strips SVG from the page, as
    JupyterLab does before a notebook is trusted."""
    image = b64encode(packet_svg(packet, field).encode()).decode()
    title = escape(f"{packet.protocol}: {packet.summary()}")
    return f'<img alt="{title}" src="data:image/svg+xml;base64,{image}">'


def packet_svg(packet: Packet, field: str = "") -> str:
    """The packet's bytes, coloured by layer, and the picture of one header: the one that `field`
    belongs to, else the outermost IP or the first."""
    owners = packet.owners()
    rows = min((len(packet.data) + 15) // 16, MOST_ROWS)
    drawn = [_legend(packet)]
    top = 2 * LINE + GAP
    for row in range(rows):
        drawn.append(_hex_row(packet.data, owners, row, top + row * LINE))
    top += rows * LINE
    if rows * 16 < len(packet.data):
        rest = len(packet.data) - rows * 16
        drawn.append(f'<text x="8" y="{top + 13}" class="faint">and {rest} more bytes</text>')
        top += LINE
    header = _shown(packet, field)
    if header is not None and header.boxes():
        title = f"{type(header).__name__}, 32 bits in a row"
        picture = svg(header.boxes(), header.layer, title, style=False)
        drawn.append(f'<text x="8" y="{top + GAP + 12}">{escape(type(header).__name__)}</text>')
        top += GAP + LINE
        drawn.append(f'<g transform="translate(8 {top})">{picture}</g>')
        top += int(picture.partition('height="')[2].partition('"')[0])
    height, title = top + GAP, f"{packet.protocol}: {packet.summary()}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="netlab-still" role="img" '
        f'viewBox="0 0 700 {height}" width="700" height="{height}" aria-label="{escape(title)}">'
        f"<style>{STYLE}{PICTURE_STYLE}</style>"
        f'<rect class="paper" width="700" height="{height}"/>'
        f'<text x="8" y="15" class="title">{escape(title[:95])}</text>{"".join(drawn)}</svg>'
    )


STYLE = (
    palette.css(".netlab-still")
    + """.netlab-still text{font:12px sans-serif;fill:var(--netlab-ink)}
.netlab-still .title{font-weight:bold}
.netlab-still .faint{fill:var(--netlab-faint)}
.netlab-still .paper{fill:var(--netlab-paper)}
.netlab-still .hex text{font:12px monospace}
"""
    + "".join(
        f".netlab-still .{layer} rect{{fill:var(--netlab-{layer}-fill)}}"
        f".netlab-still .{layer} text{{fill:var(--netlab-{layer}-ink)}}\n"
        for layer in palette.LAYERS
    )
)


def _shown(packet: Packet, field: str) -> Header | None:
    wanted = field.partition(".")[0]
    named = [header for header in packet.layers if type(header).__name__ == wanted]
    inner = [header for header in packet.layers if header.layer == "internet"]
    return next(iter([*named, *inner, *packet.layers]), None)


def _legend(packet: Packet) -> str:
    """The layers' names, each in its colour."""
    x, drawn = 8, []
    names = [(type(header).__name__, header.layer) for header in packet.layers]
    for name, layer in [*names, *([("payload", "payload")] if packet.payload else [])]:
        width = 7 * len(name) + 14
        drawn.append(
            f'<g class="{layer}"><rect x="{x}" y="{LINE + 4}" width="{width}" height="{LINE}"/>'
            f'<text x="{x + 7}" y="{LINE + 17}">{escape(name)}</text></g>'
        )
        x += width + 4
    return "".join(drawn)


def _hex_row(data: bytes, owners: list[str], row: int, y: int) -> str:
    """One line of the dump: the offset, 16 bytes in their layers' colours, the text."""
    first = row * 16
    drawn = [f'<text x="8" y="{y + 13}" class="faint">{first:04x}</text>']
    for place in range(first, min(first + 16, len(data))):
        x = 56 + (place - first) * CELL + (6 if place - first > 7 else 0)
        drawn.append(
            f'<g class="{owners[place]}"><rect x="{x}" y="{y}" width="{CELL}" height="{LINE}"/>'
            f'<text x="{x + 4}" y="{y + 13}">{data[place]:02x}</text></g>'
        )
    text = "".join(chr(c) if 32 <= c < 127 else "·" for c in data[first : first + 16])
    drawn.append(f'<text x="440" y="{y + 13}" xml:space="preserve">{escape(text)}</text>')
    return f'<g class="hex">{"".join(drawn)}</g>'
