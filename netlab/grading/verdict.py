"""What a check says: right or not yet, the points, and sentences that help."""

import re
from dataclasses import dataclass, replace
from html import escape

from netlab import palette

RIGHT, WRONG = palette.LAYERS["transport"].base, "#D55E00"
"""Okabe and Ito's green and vermilion; the words say the same."""


@dataclass(frozen=True)
class Verdict:
    """What the check found.

    task       the task's id
    passed     whether the answer is right
    points     points earned, `possible` of them at most
    sentences  what is right and what is wrong; code stands in backticks
    tried      whether there was an answer at all
    hints      a ladder that unfolds step by step, the first `open` of them in plain text too
    """

    task: str
    passed: bool
    points: int
    possible: int
    sentences: tuple[str, ...]
    tried: bool = True
    hints: tuple[str, ...] = ()
    open: int = 0

    def with_hints(self, hints: tuple[str, ...], open: int) -> "Verdict":
        """The same with a ladder of hints, of which so many are open."""
        return replace(self, hints=hints, open=open)

    @property
    def title(self) -> str:
        """The verdict in a line."""
        word = "right" if self.passed else "not yet"
        unit = "point" if self.possible == 1 else "points"
        return f"{self.task}: {word}, {self.points} of {self.possible} {unit}"

    @property
    def mark(self) -> str:
        """A tick or a cross."""
        return "✔" if self.passed else "✘"

    def __repr__(self) -> str:
        hints = [f"Hint {at}: {hint}" for at, hint in enumerate(self.hints[: self.open], 1)]
        return "\n  ".join([f"{self.mark} {self.title}", *self.sentences, *hints])

    def _repr_html_(self) -> str:
        colour = RIGHT if self.passed else WRONG
        lines = "".join(
            f'<div style="margin-top:4px">{_html(line)}</div>' for line in self.sentences
        )
        for at, hint in enumerate(self.hints, 1):
            lines += (
                f'<details style="margin-top:4px"><summary>Hint {at} of {len(self.hints)}</summary>'
                f'<div style="margin:4px 0 0 16px">{_html(hint)}</div></details>'
            )
        return (
            f'<div role="status" style="border-left:5px solid {colour};padding:4px 12px;'
            f'max-width:780px;overflow-wrap:anywhere">'
            f"<b>{self.mark} {escape(self.title)}</b>{lines}</div>"
        )


def _html(sentence: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence, quote=False))
