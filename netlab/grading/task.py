"""A graded task, declared once; the check, the exercise and its tests all follow from it."""

import importlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Case = tuple[Any, ...]
"""The arguments of one call: plain data (numbers, text, bytes, lists), never an object of ours,
so that a case can be sent to another process."""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, and the sentence that helps them on.

    wrong  a function like the reference, or the wrong value
    says   what the learner reads; never the answer itself
    """

    wrong: Any
    says: str


@dataclass(frozen=True)
class Task:
    """What a learner is to write, and all that is needed to judge it.

    id              lesson and name, such as "01/peel"
    answer          the name under which the learner's function or value is looked for
    reference       a right answer: a function of a case; where a value is asked for, of nothing
    points          what a right answer earns
    examples        cases to begin with; for a value, the one case without arguments
    more            makes further cases from a seeded source of chance
    misconceptions  known wrong answers, each with its sentence
    tolerance       how far a number with a fraction may be off
    seconds         the time that all cases together may take
    """

    id: str
    answer: str
    reference: Callable[..., Any]
    points: int = 1
    examples: tuple[Case, ...] = ((),)
    more: Callable[[random.Random], Iterable[Case]] = lambda chance: ()
    misconceptions: tuple[Misconception, ...] = ()
    tolerance: float = 0.05
    seconds: float = 2.0

    @property
    def is_function(self) -> bool:
        """Whether a function is asked for, not a value."""
        return self.examples != ((),)

    def cases(self, seed: int = 1) -> list[Case]:
        """The examples and the cases made with that seed: always the same for the same seed."""
        return [*self.examples, *self.more(random.Random(seed))]


@cache
def all_tasks() -> dict[str, Task]:
    """Every declared task by its id."""
    found: dict[str, Task] = {}
    for path in sorted((Path(__file__).parent / "tasks").glob("[0-9]*.py")):
        module = importlib.import_module(f"netlab.grading.tasks.{path.stem}")
        found |= {task.id: task for task in module.TASKS}
    return found
