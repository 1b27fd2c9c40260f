"""One stream of bytes as several readers cut it into messages."""

import re
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from netlab import palette
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
        if list(cuts) != sorted(set(cuts)) or not cuts or cuts[-1] != len(data) or cuts[0] < 1:
            raise ValueError(f"{reader}: the ends {list(cuts)} do not rise to {len(data)}")
        left = text + COLUMN * column
        name = reader.replace("_", " ")
        axes.text(left, -1.1, name, va="center", size=12, weight="bold", color=INK)
        starts = [0, *cuts[:-1]]
        for count, (start, end) in enumerate(zip(starts, cuts, strict=True)):
            rows = [n for n, (at, line) in enumerate(lines) if at < end and at + len(line) > start]
            _bracket(axes, left, rows[0], rows[-1], count, f"message {count + 1}")
        spans = (
            f"message {n + 1} has {b - a} bytes"
            for n, (a, b) in enumerate(zip(starts, cuts, strict=True))
        )
        said.append(f"{name}, {', '.join(spans)}")
    return Chart(
        figure,
        f"The same {len(data)} bytes, cut into messages: {'; '.join(said)}. {' '.join(shown)}",
    )


def _bracket(axes: Axes, left: float, first: int, last: int, count: int, label: str) -> None:
    """The lines of one message, from the first to the last."""
    tone = TONES[count % len(TONES)]
    axes.fill_between(
        [left, left + COLUMN - 0.3], first - 0.45, last + 0.45,
        facecolor=tone.light_fill, edgecolor=tone.base, lw=1.4,
    )  # fmt: skip
    middle = (first + last) / 2
    axes.text(left + 0.15, middle, label, va="center", size=11, color=tone.light_ink)
