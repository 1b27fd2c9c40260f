"""A graded task, declared once; the check, the exercise and its tests all follow from it."""

import importlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from netlab.practice import NOBODY, frames
from netlab.practice.calling import Case, call
from netlab.practice.plain import plain

__all__ = ["ABSENT", "FUNCTION", "Case", "Misconception", "Task", "all_tasks"]

ABSENT, FUNCTION = object(), object()
"""In place of a value: there is no such name; there stands a function or a class."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, and the sentence that helps them on.

    wrong  a function like the reference, or the wrong value; of a puzzle the wrong order of lines
    says   what the learner reads; never the answer itself
    """

    wrong: Any
    says: str


def _none(*_: Any) -> Any:
    raise NotImplementedError("a puzzle's answer is the order of its lines")


@dataclass(frozen=True, eq=False)
class Task:
    """What a learner is to write, and all that is needed to judge it.

    id              lesson and name, such as "01/peel"
    answer          the name under which the learner's function or value is looked for
    reference       a right answer: a function of a case; where a value is asked for, of nothing
    points          what a right answer earns
    examples        cases to begin with; for a value, the one case without arguments
    more            makes further cases from a seeded source of chance
    misconceptions  known wrong answers, each with its sentence
    hints           three sentences, from a nudge to nearly there; they open after two failures
    tolerance       how far a number with a fraction may be off
    seconds         the time that all cases together may take
    drive           what calls the answer, where a case is not its arguments: "module.function" of
                    netlab.practice, with the answer and the case; the reference is called so too
    capture         the capture of a student's own, "module.function" of netlab.practice; the
                    reference gets it, as a list of times in nanoseconds and frames
    lines, extra    of a puzzle: lines of code in their right order, and lines that do not belong
    """

    id: str
    answer: str
    reference: Callable[..., Any] = _none
    points: int = 1
    examples: tuple[Case, ...] = ((),)
    more: Callable[[random.Random], Iterable[Case]] = lambda chance: ()
    misconceptions: tuple[Misconception, ...] = ()
    hints: tuple[str, ...] = ()
    tolerance: float = 0.05
    seconds: float = 2.0
    drive: str = ""
    capture: str = ""
    lines: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    _judged: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def is_function(self) -> bool:
        """Whether a function or a class is asked for, not a value."""
        return self.examples != ((),)

    def cases(self, seed: int = NOBODY) -> list[Case]:
        """The examples and the cases made with that seed: always the same for the same seed."""
        return [*self._once("cases", seed, self._make)]

    def _make(self, seed: int) -> list[Case]:
        made = [*self.examples, *self.more(random.Random(seed))]
        if self.capture:
            own = (frames(self.capture, seed),)
            return [*made, own] if self.is_function else [own]
        return made

    def expected(self, seed: int = NOBODY) -> list[Any]:
        """The right result of each case, as plain data."""
        return self._once("expected", seed, lambda seed: self._results(self.reference, seed))

    def tempted(self, number: int, seed: int = NOBODY) -> list[Any]:
        """What the misconception of that number gives for each case."""
        wrong = self.misconceptions[number].wrong
        return self._once(number, seed, lambda seed: self._results(wrong, seed))

    def _once(self, which: Any, seed: int, made: Callable[[int], list[Any]]) -> list[Any]:
        known = self._judged.get((which, seed))
        if known is None:
            if len(self._judged) > 200:  # seeds of a large class
                self._judged.clear()
            known = self._judged[which, seed] = made(seed)
        return known  # type: ignore[no-any-return]

    def _results(self, answer: Any, seed: int) -> list[Any]:
        if self.lines:
            return [self.lines if answer is self.reference else tuple(answer)]
        if not callable(answer):
            return [plain(answer)]
        drive = self.drive if self.is_function else ""
        return [call(answer, case, drive) for case in self.cases(seed)]

    # A puzzle: lines of code to put in order.

    @property
    def shown(self) -> dict[str, str]:
        """A puzzle's lines by their letters, in the order in which they are shown."""
        mixed = [*self.lines, *self.extra]
        random.Random(self.id).shuffle(mixed)
        return dict(zip(LETTERS, mixed, strict=False))

    @property
    def order(self) -> str:
        """The letters of a puzzle's lines in their right order."""
        letters = {line: letter for letter, line in self.shown.items()}
        return "".join(letters[line] for line in self.lines)


@cache
def tasks_of(lesson: str) -> dict[str, Task]:
    """The tasks of a lesson, "05" say, by their ids; none when there is no such lesson."""
    found: dict[str, Task] = {}
    for path in sorted((Path(__file__).parent / "tasks").glob(f"{lesson}_*.py")):
        module = importlib.import_module(f"netlab.grading.tasks.{path.stem}")
        found |= {task.id: task for task in module.TASKS}
    return found


@cache
def all_tasks() -> dict[str, Task]:
    """Every declared task by its id."""
    return tasks_of("[0-9][0-9]")
