"""One stream of bytes as several readers cut it into messages."""

import re
from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from netlab import palette
from netlab.counts import counted
from netlab.figures.chart import Chart

INK = palette.INK["light"]

LINE = re.compile(rb"[^\n]*\n|[^\n]+$")
COLUMN, LETTER = 2.0, 0.1
"""Widths of a reader's column and of a letter, in inches."""

TONES = [palette.LAYERS[name] for name in ("application", "internet", "transport", "link")]


def readings(data: bytes, **ends: Sequence[int]) -> Chart:
    """The lines of `data`, and beside them for each reader the messages that it sees:
    `readings(data, by_length=[128], by_chunks=[89, 128])` gives where each message ends.

    ValueError when the ends of a reader do not rise up to the end of the data.
    """
    lines, place = [], 0
    for line in LINE.findall(data):
        lines.append((place, line))
        place += len(line)
    shown = [repr(line)[2:-1] for _, line in lines]
    text = 0.7 + LETTER * max(map(len, shown), default=0)
    size = text + COLUMN * len(ends), 0.34 * len(lines) + 0.7
    figure = Figure(figsize=size)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, size[0]), ylim=(len(lines) + 0.2, -1.6))
    axes.axis("off")
    for row, words in enumerate(shown):
        axes.text(0.3, row, words, va="center", family="monospace", size=11, color=INK)
    said = []
    for column, (reader, cuts) in enumerate(ends.items()):
        if not cuts or cuts[0] < 1 or cuts[-1] != len(data) or list(cuts) != sorted(set(cuts)):
            raise ValueError(f"{reader}: the ends {list(cuts)} do not rise to {len(data)}")
        name, left = reader.replace("_", " "), text + COLUMN * column
        axes.text(left, -1.1, name, va="center", size=12, weight="bold", color=INK)
        messages = list(enumerate(pairwise((0, *cuts)), start=1))
        for count, (start, end) in messages:
            rows = [n for n, (at, line) in enumerate(lines) if at < end and at + len(line) > start]
            _bracket(axes, left, rows[0], rows[-1], count)
        sizes = (
            f"message {count} has {counted(end - start, 'byte')}"
            for count, (start, end) in messages
        )
        said.append(f"{name}, {', '.join(sizes)}")
    alt = f"The same {len(data)} bytes, cut into messages: {'; '.join(said)}. {' '.join(shown)}"
    return Chart(figure, alt)


def _bracket(axes: Axes, left: float, first: int, last: int, count: int) -> None:
    """The lines of a message, from the first to the last."""
    tone = TONES[(count - 1) % len(TONES)]
    axes.fill_between(
        [left, left + COLUMN - 0.3], first - 0.45, last + 0.45,
        facecolor=tone.light_fill, edgecolor=tone.base, lw=1.4,
    )  # fmt: skip
    place = left + 0.15, (first + last) / 2
    axes.text(*place, f"message {count}", va="center", size=11, color=tone.light_ink)
