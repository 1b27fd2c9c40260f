"""What a check says: right or not yet, the points, and sentences that help."""

import re
from dataclasses import dataclass
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
    """

    task: str
    passed: bool
    points: int
    possible: int
    sentences: tuple[str, ...]

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
        return "\n  ".join([f"{self.mark} {self.title}", *self.sentences])

    def _repr_html_(self) -> str:
        colour = RIGHT if self.passed else WRONG
        lines = "".join(
            f'<div style="margin-top:4px">{_html(line)}</div>' for line in self.sentences
        )
        return (
            f'<div role="status" style="border-left:5px solid {colour};padding:4px 12px;'
            f'max-width:780px;overflow-wrap:anywhere">'
            f"<b>{self.mark} {escape(self.title)}</b>{lines}</div>"
        )


def _html(sentence: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence, quote=False))
