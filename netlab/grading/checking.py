"""check: run a learner's answer on a task's cases and say in words what is right and wrong."""

import ctypes
import inspect
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from typing import Any

from netlab.grading.task import Case, Misconception, Task, all_tasks


@dataclass(frozen=True)
class Verdict:
    """What the check found: the task, the points earned, and sentences for the learner."""

    task: Task
    passed: bool
    sentences: tuple[str, ...]

    @property
    def points(self) -> int:
        """Points earned: all of them or none."""
        return self.task.points if self.passed else 0

    @property
    def _title(self) -> str:
        word = "right" if self.passed else "not yet"
        unit = "point" if self.task.points == 1 else "points"
        return f"{self.task.id}: {word}, {self.points} of {self.task.points} {unit}"

    def __repr__(self) -> str:
        mark = "✔" if self.passed else "✘"
        return "\n  ".join([f"{mark} {self._title}", *self.sentences])

    def _repr_html_(self) -> str:
        mark, colour = ("✔", "#009E73") if self.passed else ("✘", "#D55E00")
        lines = "".join(f"<div>{escape(sentence)}</div>" for sentence in self.sentences)
        return (
            f'<div role="status" style="border-left:5px solid {colour};padding:4px 12px">'
            f"<b>{mark} {escape(self._title)}</b>{lines}</div>"
        )


class WrongAnswer(AssertionError):
    """A wrong answer, where a grader runs the notebook and waits for an error."""


def check(task_id: str, namespace: Mapping[str, Any] | None = None) -> Verdict:
    """Check your answer to a task; says what is right and what is wrong, never the answer.

    The answer is looked for by its name in `namespace`, by default where `check` is called.
    KeyError, naming the nearest id, when there is no such task.
    """
    tasks = all_tasks()
    if task_id not in tasks:
        near = get_close_matches(task_id, tasks, 1) or sorted(tasks)
        raise KeyError(f"there is no task {task_id!r}; do you mean {near[0]!r}?")
    if namespace is None:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        namespace = frame.f_back.f_globals
    verdict = judge(tasks[task_id], namespace)
    if not verdict.passed and os.environ.get("NBGRADER_EXECUTION"):
        raise WrongAnswer(repr(verdict))
    return verdict


def judge(task: Task, namespace: Mapping[str, Any]) -> Verdict:
    """The verdict on what stands under the task's name in that namespace."""
    if task.answer not in namespace or namespace[task.answer] is ...:
        return Verdict(task, False, (f"{task.answer} is not there yet: write it, run its cell.",))
    answer = namespace[task.answer]
    takes_cases = any(case for case in task.cases())
    if takes_cases and not callable(answer):
        kind = type(answer).__name__
        return Verdict(task, False, (f"{task.answer} should be a function, but is of type {kind}.",))
    cases = task.cases()
    outcome = _timed(lambda: _failure(task, answer, cases), task.seconds)
    if outcome is _TOO_LONG:
        sentence = f"{task.answer} does not come to an end within {task.seconds:g} seconds."
        return Verdict(task, False, (sentence,))
    if outcome is None:
        return Verdict(task, True, (f"All {len(cases)} cases agree." if takes_cases else "Yes.",))
    case, got = outcome
    known = next((m for m in task.misconceptions if _same_answers(answer, m, cases)), None)
    if known:
        return Verdict(task, False, (known.says,))
    return Verdict(task, False, (_complaint(task, case, got),))


@dataclass(frozen=True)
class _Raised:
    """A call that raised instead of returning."""

    sentence: str


def _call(answer: Any, case: Case) -> Any:
    if not callable(answer):
        return answer
    try:
        return answer(*case)
    except Exception as error:  # whatever a learner's code raises is told in words
        return _Raised(f"{type(error).__name__}: {error}")


def _failure(task: Task, answer: Any, cases: list[Case]) -> tuple[Case, Any] | None:
    """The first case with a wrong result, and that result; None when all are right."""
    for case in cases:
        got = _call(answer, case)
        if not _same(got, task.reference(*case)):
            return case, got
    return None


def _same(one: Any, other: Any) -> bool:
    """Equal, and of the same kind where that matters: True is not 1, text is not bytes."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(other, float) and isinstance(one, int | float):
        return abs(one - other) < 0.005
    if isinstance(other, list | tuple) and isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _same_answers(answer: Any, misconception: Misconception, cases: list[Case]) -> bool:
    return all(_same(_call(answer, case), _call(misconception.wrong, case)) for case in cases)


def _complaint(task: Task, case: Case, got: Any) -> str:
    given = ", ".join(map(_shown, case))
    call = f"{task.answer}({given})" if case else task.answer
    if isinstance(got, _Raised):
        return f"{call} stops with {got.sentence}"
    if got is None and case:
        return f"{call} gives None: does the function return its result?"
    return f"{call} is not {_shown(got)}."


def _shown(value: Any) -> str:
    """An argument or result as people read it: bytes in hex."""
    if isinstance(value, bytes):
        more = " …" if len(value) > 64 else ""
        return f"bytes.fromhex('{value[:64].hex(' ')}{more}')"
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


_TOO_LONG = object()


def _timed(work: Callable[[], Any], seconds: float) -> Any:
    """The result of `work`, or _TOO_LONG; work that goes on is stopped by an exception in it."""
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    if result:
        return result[0]
    if thread.is_alive() and thread.ident is not None:
        stop = ctypes.py_object(SystemExit)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), stop)
        return _TOO_LONG
    return (), _Raised("it ends the program")
