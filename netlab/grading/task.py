"""A graded task, declared once; the check, the exercise and its tests all follow from it."""

import importlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Case = tuple[Any, ...]
"""The arguments of one call."""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, and the sentence that helps them on."""

    wrong: Any
    says: str


@dataclass(frozen=True)
class Task:
    """What a learner is to write, and all that is needed to judge it.

    id              lesson and name, such as "01/header-bytes"
    answer          the name under which the learner's function or value is looked for
    reference       a right answer: a function of a case, or for a value a function of nothing
    points          what a right answer earns
    examples        cases to begin with, the simplest first
    more            makes further cases from a seeded source of chance
    misconceptions  known wrong answers, each with its sentence
    show            an argument as the learner should read it
    seconds         time that all cases together may take
    """

    id: str
    answer: str
    reference: Callable[..., Any]
    points: int = 1
    examples: tuple[Case, ...] = ((),)
    more: Callable[[random.Random], Iterable[Case]] = lambda chance: ()
    misconceptions: tuple[Misconception, ...] = ()
    show: Callable[[Any], str] = repr
    seconds: float = 2.0

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
