"""check: run a learner's answer on a task's cases and say in words what is right and wrong."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Protocol

from netlab import progress
from netlab.grading.here import Here
from netlab.grading.task import ABSENT, FUNCTION, Case, Task, all_tasks, tasks_of
from netlab.grading.verdict import Verdict
from netlab.practice import NOBODY, seed_of
from netlab.practice.plain import Ended, Endless, Odd, Raised
from netlab.words import printable

FAILURES = 2
"""After so many a task's hints open."""


class WrongAnswer(AssertionError):
    """A wrong answer, where nbgrader runs the notebook and waits for an error."""


class Answers(Protocol):
    """Where a learner's answers are: in this process, or in one that nothing here shares."""

    def value(self, name: str) -> Any:
        """The plain value of that name, or FUNCTION, or ABSENT."""

    def results(self, task: Task, cases: Sequence[Case]) -> list[Any]:
        """What the task's function gives for each case; `Endless` or `Ended` is the last."""


def check(task_id: str, namespace: Mapping[str, Any] | None = None) -> Verdict:
    """Check your answer to a task; says what is right and what is wrong, never the answer.

    The answer is looked for by its name in `namespace`, by default where `check` is called; so is
    `student`, the id that makes cases and captures your own.  Under nbgrader, which counts errors,
    a wrong one raises `WrongAnswer` with the same words.
    """
    if namespace is None:
        namespace = sys._getframe(1).f_globals
    task_id = str(task_id)
    lesson = task_id.partition("/")[0]
    tasks = tasks_of(lesson) if lesson.isdigit() else {}
    if task_id not in tasks:
        near = get_close_matches(task_id, all_tasks(), 1, 0) or list(all_tasks())
        sentence = f"There is no task `{task_id}`: do you mean `{near[0]}`?"
        return Verdict(task_id, False, 0, 0, (sentence,))
    student = namespace.get("student", "")
    seed = seed_of(student) if isinstance(student, str) else NOBODY
    verdict = judge(tasks[task_id], Here(namespace), seed)
    if os.environ.get("NBGRADER_EXECUTION"):
        if not verdict.passed:
            raise WrongAnswer(repr(verdict))
    elif verdict.passed:
        progress.note(task_id)
    elif verdict.tried:
        tries = progress.missed(task_id)
        if tries >= FAILURES:
            return verdict.with_hints(tasks[task_id].hints, tries - FAILURES + 1)
    return verdict


def judge(task: Task, answers: Answers, seed: int = NOBODY) -> Verdict:
    """The verdict on what stands under the task's name, on the cases of that seed."""
    value = answers.value(task.answer)
    fault = _missing(task, value)
    if fault:
        return replace(_wrong(task, fault), tried=False)
    if task.lines:
        return _judge_order(task, value)
    cases, expected = task.cases(seed), task.expected(seed)
    got = answers.results(task, cases) if task.is_function else [value]
    right = [same(*pair, task.tolerance) for pair in zip(got, expected, strict=False)]
    if all(right) and len(got) == len(cases):
        words = f"All {len(cases)} cases agree." if task.is_function else "Yes."
        return Verdict(task.id, True, task.points, task.points, (words,))
    for number, misconception in enumerate(task.misconceptions):
        pairs = zip(got, task.tempted(number, seed), strict=False)
        if got and all(same(*pair, task.tolerance) for pair in pairs):
            return _wrong(task, misconception.says)
    # An answer may also end the process before it gives anything.
    unlike = [
        (case, value, wanted)
        for case, value, wanted, fine in zip(cases, got, expected, right, strict=False)
        if not fine
    ] or [(cases[len(got) - 1], Ended("nothing was given back"), None)]
    case, value, wanted = min(unlike, key=lambda one: _size(one[0]))
    return _wrong(task, *_score(task, right, len(cases)), *_complaint(task, case, value, wanted))


def _judge_order(task: Task, value: Any) -> Verdict:
    """The verdict on a puzzle: letters of lines in an order; other characters are ignored."""
    shown = task.shown
    text = value if isinstance(value, str) else ""
    letters = [letter for letter in text.upper() if letter.isalpha()]
    strange = [letter for letter in letters if letter not in shown]
    if strange or not letters:
        says = f"`{task.answer}` is to be a text of the lines' letters, such as"
        return _wrong(task, f'{says} `"{"".join(shown)}"`: each of {", ".join(shown)}.')
    lines = tuple(shown[letter] for letter in letters)
    if lines == task.lines:
        return Verdict(task.id, True, task.points, task.points, ("Yes, in this order.",))
    for misconception in task.misconceptions:
        if lines == tuple(misconception.wrong):
            return _wrong(task, misconception.says)
    pairs = list(zip(lines, task.lines, strict=False))
    right = next((at for at, (one, other) in enumerate(pairs) if one != other), len(pairs))
    if right == len(task.lines):
        return _wrong(task, "All is there, and then comes a line too many.")
    if right == len(lines):
        return _wrong(task, f"Those {right} lines are right; some are still to come.")
    begun = f"The first {right} are right, then" if right else "The first line:"
    return _wrong(task, f"{begun} `{lines[right].strip()}` does not come here.")


def _wrong(task: Task, *sentences: str) -> Verdict:
    return Verdict(task.id, False, 0, task.points, sentences)


def _missing(task: Task, value: Any) -> str:
    """What keeps the answer from being tried at all, "" when nothing does."""
    name = task.answer
    if value is ABSENT:
        return f"`{name}` is not there yet: write it, run its cell, then run this one again."
    if task.is_function and value is not FUNCTION:
        kind, begins = (
            ("class", f"class {name}") if name[0].isupper() else ("function", f"def {name}(")
        )
        return (
            f"`{name}` should be a {kind}, but is {_kind(value)}. "
            f"Does its cell begin with `{begins}`?"
        )
    if value is ...:
        return f"`{name}` is still `...`: put your answer in its place and run the cell."
    if not task.is_function and value is FUNCTION:
        return f"`{name}` is a function here; what is asked for is a value."
    gaps = [key for key, part in value.items() if part is ...] if isinstance(value, dict) else []
    if gaps:
        return f"Still to fill in: {_listed(gaps)}. Put a value in place of each `...`."
    return ""


def same(one: Any, other: Any, tolerance: float) -> bool:
    """Plain data alike, and of the same kind where that matters: True is not 1, text is not bytes;
    a list is as good as a tuple, and an error of the same type is the same."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(other, float) and isinstance(one, int | float):
        try:
            return one == other or abs(one - other) <= tolerance
        except OverflowError:  # a whole number beyond all fractions
            return False
    if isinstance(other, list | tuple) and isinstance(one, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(*pair, tolerance) for pair in pairs)
    if isinstance(other, dict) and isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(one[key], other[key], tolerance) for key in other
        )
    if isinstance(other, Raised) and isinstance(one, Raised):
        return one.sentence.partition(":")[0] == other.sentence.partition(":")[0]
    return type(one) is type(other) and bool(one == other)


def _score(task: Task, right: list[bool], count: int) -> list[str]:
    """How much of it is right already."""
    if not task.is_function or not any(right):
        return []
    return [f"Right for {sum(right)} of {count} cases. Here is one that goes wrong:"]


def _complaint(task: Task, case: Case, value: Any, wanted: Any) -> list[str]:
    """What is wrong with this value; never what it should be."""
    name = task.answer
    arguments = ", ".join(map(_shown, case))
    if task.drive:
        shown = f"`{name}`, tried with `{arguments}`,"
    else:
        shown = f"`{name}({arguments})`" if task.is_function else f"`{name}`"
    if isinstance(value, dict) and isinstance(wanted, dict):
        return [
            *([f"{shown} gives a table."] if task.is_function else []),
            *_by_key(task, value, wanted),
        ]
    if isinstance(value, Raised):
        return [f"{shown} stops with `{value.sentence}`."]
    if isinstance(value, Ended):
        return [f"{shown}: {value.how}."]
    if isinstance(value, Odd):
        due = "an error" if isinstance(wanted, Raised) else _kind(wanted)
        return [f"{shown} gives {value.what}; asked for is {due}."]
    if isinstance(value, Endless):
        return [
            f"{shown} does not come to an end in {value.seconds:g} seconds: "
            "is there a loop that never stops?"
        ]
    if isinstance(wanted, Raised):
        return [f"{shown} gives `{_shown(value)}`, but this is a case to refuse, with an error."]
    if value is None:
        return [f"{shown} gives `None`: does the function `return` its result?"]
    if not _alike(value, wanted):
        return [f"{shown} gives {_kind(value)}, `{_shown(value)}`; asked for is {_kind(wanted)}."]
    return [f"{shown} gives `{_shown(value)}`, which is not right."]


def _by_key(task: Task, value: dict[Any, Any], wanted: dict[Any, Any]) -> list[str]:
    """Which entries of a table are right, which are not yet, which are missing or too many."""
    absent = [key for key in wanted if key not in value]
    extra = [key for key in value if key not in wanted]
    right = [
        key for key in wanted if key in value and same(value[key], wanted[key], task.tolerance)
    ]
    wrong = [key for key in wanted if key in value and key not in right]
    return [
        f"{words}: {_listed(keys)}."
        for words, keys in (
            ("Right", right), ("Not yet right", wrong),
            ("Missing", absent), ("Not asked for", extra),
        )
        if keys
    ]  # fmt: skip


FEW = 20
"""Entries that are listed at most."""


def _listed(keys: list[Any]) -> str:
    """Entries of a table by their keys; a learner's may be anything."""
    texts = [printable(key if isinstance(key, str) else _shown(key)) for key in keys[:FEW]]
    return ", ".join(texts) + (f" and {len(keys) - FEW} more" if len(keys) > FEW else "")


def _alike(value: Any, wanted: Any) -> bool:
    """Whether the kind is right.  A tuple has its length in common with all right answers; how
    long a list should be is part of the answer."""
    if isinstance(wanted, tuple):
        return isinstance(value, list | tuple) and len(value) == len(wanted)
    if isinstance(wanted, list):
        return isinstance(value, list | tuple)
    if isinstance(wanted, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return _kind(value) == _kind(wanted)


KINDS = {
    bool: "True or False", int: "a whole number", float: "a number with a fraction", str: "text",
    bytes: "bytes", dict: "a table (dict)", set: "a set", type(None): "None",
}  # fmt: skip
"""How kinds of values are called."""


def _kind(value: Any) -> str:
    if value is FUNCTION:
        return "a function"
    if isinstance(value, Odd):
        return value.what
    if isinstance(value, list):
        return "a list"
    if isinstance(value, tuple):
        return f"a list or tuple of {len(value)}"
    return KINDS.get(type(value), f"of the type {type(value).__name__}")


def _size(case: Case) -> int:
    return sum(len(part) if isinstance(part, bytes | str | list) else 1 for part in case)


MOST = 160
"""Bytes or characters of a value that are shown at most."""


TEXT = frozenset(b"\t\r\n" + bytes(range(32, 127)))
"""Bytes that are read as text; others are read in hex."""


def _shown(value: Any) -> str:
    """An argument or result as it can be typed again: bytes in hex, where they are no text."""
    text = _typed(value)
    return text if len(text) <= 3 * MOST else text[: 3 * MOST] + "…"


def _typed(value: Any) -> str:
    if isinstance(value, bytes):
        begin = value[:MOST]
        more = f" and {len(value) - MOST} more bytes" if len(value) > MOST else ""
        text = begin and TEXT.issuperset(begin)
        return (repr(begin) if text or not value else f'bytes.fromhex("{begin.hex(" ")}")') + more
    if isinstance(value, list | tuple) and any(
        isinstance(part, bytes | list | tuple) for part in value
    ):
        inner = ", ".join(map(_typed, value[:MOST]))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    try:
        return repr(value)
    except ValueError:  # a number with too many digits
        return "a number with very many digits"
