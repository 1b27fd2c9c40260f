"""The rate over time as a chart, and what else a still picture of the dashboard is drawn of."""

from html import escape
from typing import Any

from netlab.counts import counted
from netlab.monitor.statistics import SECOND, Moment, Monitor, bytes_text
from netlab.widgets.static import GAP, LINE, WIDTH, image, sheet, text, tile

LEFT, CHART, HEIGHT = 76, 620, 120
"""Pixels: where the chart begins, its width, its height."""

STYLE = """.netlab-rates text{font:11px sans-serif;fill:var(--netlab-faint)}
.netlab-rates .bars{fill:var(--netlab-internet-base)}
.netlab-rates .axis{stroke:var(--netlab-line);stroke-width:1;fill:none}
"""


def rates_text(monitor: Monitor) -> str:
    """The chart in words."""
    seconds = monitor.resolution / SECOND
    moments = monitor.history
    most = max((moment.bytes for moment in moments), default=0) / seconds
    span = f"the last {len(moments) * seconds:g} s" if moments else "nothing yet"
    return f"bytes a second over {span}, {bytes_text(most)}/s at most"


def rates(monitor: Monitor) -> str:
    """A bar for each moment of the history, as SVG; the latest on the right once it is full."""
    moments, seconds = monitor.history, monitor.resolution / SECOND
    room = max(30, len(moments))
    most = max((moment.bytes for moment in moments), default=0)
    bars = "".join(_bar(place, moment, room, most) for place, moment in enumerate(moments))
    middle, bottom = 8 + HEIGHT / 2, 8 + HEIGHT
    labels = (
        _label(LEFT - 6, 12, f"{bytes_text(most / seconds)}/s", "end")
        + (_label(LEFT - 6, middle + 4, f"{bytes_text(most / seconds / 2)}/s", "end"))
        + _label(LEFT - 6, bottom + 4, "0", "end")
        + _label(LEFT, bottom + 16, f"{room * seconds:g} s" if len(moments) == room else "start")
        + _label(LEFT + CHART, bottom + 16, "latest" if len(moments) == room else
                 f"{room * seconds:g} s", "end")
    )  # fmt: skip
    right = LEFT + CHART
    axis = f"M{LEFT} 8H{right}M{LEFT} {middle:g}H{right}M{LEFT} {bottom}H{right}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netlab-rates" role="img" '
        f'viewBox="0 0 {LEFT + CHART + 4} {HEIGHT + 28}" width="{WIDTH}" height="{HEIGHT + 28}" '
        f'aria-label="{escape(rates_text(monitor))}"><path class="axis" d="{axis}"/>'
        f'<path class="bars" d="{bars}"/>{labels}</svg>'
    )


def _bar(place: int, moment: Moment, room: int, most: int) -> str:
    width = CHART / room
    height = HEIGHT * moment.bytes / most if most else 0
    x = LEFT + place * width
    return f"M{x:.1f} {8 + HEIGHT}v{-height:.1f}h{width - 1:.1f}v{height:.1f}z" if height else ""


def _label(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


MOST = 8
"""Lines of each list in the still picture."""


def still(title: str, view: dict[str, Any], monitor: Monitor) -> str:
    """The dashboard at one moment, as an image."""
    numbers = "   ".join(view["numbers"])
    said = [words for words in (view["problem"], *view["notes"]) if words]
    top = LINE + GAP
    drawn = [text(8, top, numbers)]
    for words in said:
        top += LINE
        drawn.append(text(8, top, words[:110]))
    top += LINE + GAP
    drawn.append(f'<g transform="translate(0 {top})">{rates(monitor)}</g>')
    top += HEIGHT + 28 + GAP
    drawn.append(text(8, top, "protocols", "title"))
    for name, layer, packets, length, share in view["shares"][:MOST]:
        top += LINE + 2
        drawn.append(tile(8, top, max(2.0, 260 * share), "", layer))
        count = counted(packets, "packet", ",")
        drawn.append(text(276, top, f"{name}: {count}, {length}, {share:.0%}"))
    top += LINE + GAP
    drawn.append(text(8, top, "top talkers", "title"))
    for address, sent, received in view["talkers"][:MOST]:
        top += LINE
        drawn.append(text(8, top, f"{address}: sent {sent}, received {received}"))
    top += LINE + GAP
    drawn.append(text(8, top, "connections", "title"))
    for row in view["connections"][:MOST]:
        top += LINE + 2
        words = f"{row[2]} {row[3]} → {row[4]}  {row[5]}  {row[7]}"
        drawn.append(tile(8, top, WIDTH - 16, words[:100], row[1]))
    return image(sheet(title, top + LINE + GAP, drawn, STYLE), f"{title}: {numbers}")
