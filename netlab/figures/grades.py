"""How a class did: who earned how much, which tasks are hard, which misconceptions are frequent."""

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from netlab import palette
from netlab.figures.chart import Chart

INK, LINE = palette.INK["light"], palette.LINE["light"]
RIGHT, WRONG, UNTRIED = palette.LAYERS["transport"].base, "#D55E00", "#C9CFD6"
BLUE = palette.LAYERS["internet"].base

BARS = 25
"""Bars of a distribution at most."""


def distribution(points: Sequence[int], possible: int) -> Chart:
    """How many students earned how many points of those possible."""
    width = max(1, -(-(possible + 1) // BARS))
    edges = list(range(0, possible + width + 1, width))
    counts = [sum(low <= each < high for each in points) for low, high in pairwise(edges)]
    figure, axes = _axes(3.4)
    some = [(low, count) for low, count in zip(edges[:-1], counts, strict=True) if count]
    places, heights = zip(*some, strict=True)
    axes.bar(places, heights, width=0.86 * width, align="edge" if width > 1 else "center",
             color=BLUE, edgecolor=INK, linewidth=0.6)  # fmt: skip
    axes.set_xlim(-0.6, edges[-1] - (0.4 if width == 1 else 0))
    axes.set_xlabel(f"points of {possible}", color=INK)
    axes.set_ylabel("students", color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    told = ", ".join(
        f"{low if width == 1 else f'{low} to {min(high - 1, possible)}'}: {count}"
        for (low, high), count in zip(pairwise(edges), counts, strict=True) if count
    )  # fmt: skip
    return Chart(figure, f"How many students earned how many points of {possible}. {told}.")


def difficulty(tasks: Sequence[tuple[str, int, int, int]]) -> Chart:
    """Of each task how many answers are right, wrong and missing, as bars; the first is on top."""
    figure, axes = _axes(0.9 + 0.42 * len(tasks))
    names = [task for task, *_ in tasks]
    start = [0] * len(tasks)
    for label, colour, hatch, column in (
        ("right", RIGHT, "", 1), ("wrong", WRONG, "///", 2), ("no answer", UNTRIED, "", 3),
    ):  # fmt: skip
        counts = [int(task[column]) for task in tasks]  # type: ignore[call-overload]
        axes.barh(names, counts, left=start, color=colour, hatch=hatch, edgecolor=INK,
                  linewidth=0.6, label=label)  # fmt: skip
        start = [one + other for one, other in zip(start, counts, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("students", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside upper right", ncols=3, frameon=False, labelcolor=INK, fontsize=9)
    told = "; ".join(
        f"{task}: {right} right, {wrong} wrong, {untried} without an answer"
        for task, right, wrong, untried in tasks
    )
    return Chart(figure, f"How the tasks were solved, the hardest first. {told}.")


def misconceptions(found: Sequence[tuple[str, str, int]]) -> Chart:
    """How many students have each misconception: its task, its sentence and the number of them."""
    labels = ["\n".join([task, *wrap(says, 62)[:3]]) for task, says, _ in found]
    figure, axes = _axes(0.7 + sum(0.2 + 0.19 * (label.count("\n") + 1) for label in labels))
    bars = axes.barh(
        range(len(found)), [count for *_, count in found], color=WRONG, edgecolor=INK,
        linewidth=0.6, hatch="///", height=0.6,
    )  # fmt: skip
    axes.bar_label(bars, padding=4, color=INK)
    axes.set_yticks(range(len(found)), labels, fontsize=9, color=INK)
    axes.invert_yaxis()
    axes.set_xlabel("students", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    told = " ".join(f"{count} in {task}: {says}" for task, says, count in found)
    return Chart(figure, f"How many students have which misconception. {told}")


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(9.6, height), layout="constrained")
    axes = figure.subplots()
    axes.set_facecolor(palette.PAPER["light"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=INK, labelcolor=INK)
    return figure, axes
