"""A learner's answers in a process of their own: the `Answers` of which nothing is trusted.

What comes from there is plain data, or is brought into words: a value that cannot be read, a call
that never ends, a process that died.  Then the cells are run again in a fresh process, so that
every task is judged on its own.
"""

from collections.abc import Sequence
from typing import Any

from netlab.grading.channel import ENDLESS, KILLED, Channel, Heard
from netlab.grading.distance import NOT_READ, Drive, Gone, decoded, said
from netlab.grading.sandbox import Walls
from netlab.grading.task import ABSENT, FUNCTION, Case, Task
from netlab.practice.plain import Ended, Endless, to_json

MOST_STARTS = 16
"""Processes that one submission may use up."""
MOST_LEFT_OUT = 3
"""Cells that may be left out because they end the process or never end."""
LONGEST_CELL, MOST_NOTES = 500_000, 20
"""Characters of a cell that is run, and cells of which it is told what went wrong."""

SECONDS = 10.0
"""The time for all cells."""
READING = 2.0
"""The time to read the value under a name."""
MOST_SECONDS = 60.0
"""The time for everything, all processes together: none is begun after it."""

NOT_RUN = "it was not run any more: too much went wrong before"


class Pupil:
    """The cells of a submission, run behind walls, and what then stands under their names.

    cells    the source of each code cell, in order
    walls    from `sandbox.find()`
    seconds  the time that all cells together may take, SECONDS if it is not said
    """

    def __init__(self, cells: Sequence[str], walls: Walls, seconds: float | None = None) -> None:
        self._cells, self._walls = list(cells), walls
        self._seconds = SECONDS if seconds is None else seconds
        self._channel: Channel | None = None
        self._notes: dict[int, str] = {}
        self._left_out: set[int] = set()
        self._starts, self._used = 0, 0.0
        self._again: set[Any] = set()

    def __enter__(self) -> "Pupil":
        self._begin()
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    @property
    def notes(self) -> list[str]:
        """What went wrong in the cells, in sentences, in the cells' order."""
        notes = [self._notes[number] for number in sorted(self._notes)]
        more = len(notes) - MOST_NOTES
        return [*notes[:MOST_NOTES], f"And {more} more."] if more > 0 else notes

    # The protocol of `checking.Answers`.

    def value(self, name: str) -> Any:
        """The plain value of that name, or FUNCTION, or ABSENT."""
        heard = self._ask("value", name, answers=1, seconds=READING)
        if heard.fault == NOT_RUN:
            return ABSENT
        match heard.answers:
            case [("absent", None)]:
                return ABSENT
            case [("function", None)]:
                return FUNCTION
            case [("value", value)]:
                return decoded(value)
        return NOT_READ

    def results(self, task: Task, cases: Sequence[Case]) -> list[Any]:
        """What the task's function gives for each case; `Endless` or `Ended` is the last."""
        if task.drive:
            found, fault = self._driven(task, cases)
        else:
            heard = self._ask(
                "call", task.answer, [to_json(case) for case in cases],
                answers=len(cases), seconds=task.seconds,
            )  # fmt: skip
            found = [
                decoded(value) if word == "call" else NOT_READ for word, value in heard.answers
            ]
            fault = heard.fault
        if fault == ENDLESS:
            return [*found, Endless(task.seconds)]
        return [*found, Ended(fault)] if fault else found

    def _driven(self, task: Task, cases: Sequence[Case]) -> tuple[list[Any], str]:
        """The results of a task whose drive calls the function, and what kept it from more."""
        left, fault = task.seconds, ""

        def ask(word: str, *parts: Any) -> tuple[str, Any]:
            nonlocal left, fault
            heard = self._ask(word, *parts, answers=1, seconds=left, again=False)
            left -= heard.seconds
            fault = heard.fault
            if fault:
                raise Gone
            return heard.answers[0]

        while True:
            found: list[Any] = []
            try:
                found += (Drive(ask).result(task.answer, case, task.drive) for case in cases)
            except Gone:
                fault = fault or "it writes among the answers"
                self._end()
                if self._try_again(fault, task.answer):
                    continue
            return found, fault

    def _ask(
        self, word: str, *parts: Any, answers: int, seconds: float, again: bool = True
    ) -> Heard:
        """Ask a process that has run the cells."""
        if self._channel is None:
            self._begin()
        if self._channel is None:
            return Heard([], NOT_RUN, 0.0)
        heard = self._heard(self._channel, word, *parts, answers=answers, seconds=seconds)
        if heard.fault:
            self._end()
            if again and self._try_again(heard.fault, (word, parts[0])):
                return self._ask(word, *parts, answers=answers, seconds=seconds)
        return heard

    def _try_again(self, fault: str, what: Any) -> bool:
        """Whether to run it once more: a machine short of memory kills whom it likes."""
        again = fault == KILLED and what not in self._again
        self._again.add(what)
        return again

    def _heard(
        self, channel: Channel, word: str, *parts: Any, answers: int, seconds: float
    ) -> Heard:
        heard = channel.ask(word, *parts, answers=answers, seconds=seconds)
        self._used += heard.seconds
        return heard

    # The process.

    def _begin(self) -> None:
        """Start a process and run the cells, without those that once ended it."""
        while self._channel is None:
            wrecked = self._starts == MOST_STARTS or len(self._left_out) > MOST_LEFT_OUT
            if wrecked or self._used > MOST_SECONDS:
                self._notes[len(self._cells) + 1] = "Too much went wrong: the rest is not run."
                return
            self._starts += 1
            self._channel = Channel(self._walls)
            self._run_cells(self._channel)

    def _run_cells(self, channel: Channel) -> None:
        left = self._seconds
        for number, cell in enumerate(self._cells, 1):
            if number in self._left_out or not cell.strip():
                continue
            if len(cell) > LONGEST_CELL:
                self._notes[number] = f"Cell {number} is too long, and is left out."
                continue
            heard = self._heard(channel, "cell", number, cell, answers=1, seconds=left)
            left -= heard.seconds
            if heard.fault:
                self._end()
                if not self._try_again(heard.fault, number):
                    self._leave_out(number, heard.fault)
                return
            sentence = heard.answers[0][1]
            if sentence:
                stops = said(str(sentence))
                self._notes.setdefault(number, f"Cell {number} stops with {stops}.")

    def _leave_out(self, number: int, fault: str) -> None:
        how = f"is not at its end after {self._seconds:g} seconds" if fault == ENDLESS else ""
        self._notes[number] = f"Cell {number} {how or f'ends it all: {fault}'}. It is left out."
        self._left_out.add(number)

    def _end(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
