"""check: run a learner's answer on a task's cases and say in words what is right and wrong."""

import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from netlab import progress
from netlab.grading.running import Endless, Raised, call, results
from netlab.grading.task import Case, Task, all_tasks
from netlab.grading.verdict import Verdict


class WrongAnswer(AssertionError):
    """A wrong answer, where nbgrader runs the notebook and waits for an error."""


def check(task_id: str, namespace: Mapping[str, Any] | None = None) -> Verdict:
    """Check your answer to a task; says what is right and what is wrong, never the answer.

    The answer is looked for by its name in `namespace`, by default where `check` is called.
    Under nbgrader, which counts errors, a wrong one raises `WrongAnswer` with the same words.
    """
    if namespace is None:
        namespace = sys._getframe(1).f_globals
    tasks = all_tasks()
    if task_id in tasks:
        verdict = judge(tasks[task_id], namespace)
    else:
        near = get_close_matches(str(task_id), tasks, 1, 0) or list(tasks)
        sentence = f"There is no task `{task_id}`: do you mean `{near[0]}`?"
        verdict = Verdict(str(task_id), False, 0, 0, (sentence,))
    graded = bool(os.environ.get("NBGRADER_EXECUTION"))
    if graded and not verdict.passed:
        raise WrongAnswer(repr(verdict))
    if verdict.passed and not graded:
        progress.note(task_id)
    return verdict


def judge(task: Task, namespace: Mapping[str, Any]) -> Verdict:
    """The verdict on what stands under the task's name in that namespace."""
    fault = _missing(task, namespace)
    if fault:
        return _wrong(task, fault)
    answer, cases = namespace[task.answer], task.cases()
    got = results(answer, cases, task.seconds) if task.is_function else [answer]
    expected = [task.reference(*case) for case in cases]
    right = [same(*pair, task.tolerance) for pair in zip(got, expected, strict=False)]
    if all(right) and len(got) == len(cases):
        words = f"All {len(cases)} cases agree." if task.is_function else "Yes."
        return Verdict(task.id, True, task.points, task.points, (words,))
    for misconception in task.misconceptions:
        wrong = misconception.wrong
        tempted = [call(wrong, case) for case in cases] if callable(wrong) else [wrong]
        if all(same(*pair, task.tolerance) for pair in zip(got, tempted, strict=False)):
            return _wrong(task, misconception.says)
    case, value, wanted = min(
        (
            (case, value, wanted)
            for case, value, wanted, fine in zip(cases, got, expected, right, strict=False)
            if not fine
        ),
        key=lambda one: _size(one[0]),
    )
    return _wrong(task, *_score(task, right), *_complaint(task, case, value, wanted))


def _wrong(task: Task, *sentences: str) -> Verdict:
    return Verdict(task.id, False, 0, task.points, sentences)


def _missing(task: Task, namespace: Mapping[str, Any]) -> str:
    """What keeps the answer from being tried at all, "" when nothing does."""
    name = task.answer
    if name not in namespace:
        return f"`{name}` is not there yet: write it, run its cell, then run this one again."
    value = namespace[name]
    if task.is_function and not callable(value):
        return (
            f"`{name}` should be a function, but is {_kind(value)}. "
            f"Does its cell begin with `def {name}(`?"
        )
    if not task.is_function and callable(value):
        return f"`{name}` is a function here; what is asked for is {_kind(task.reference())}."
    if value is ...:
        return f"`{name}` is still `...`: put your answer in its place and run the cell."
    gaps = (
        [str(key) for key, part in value.items() if part is ...] if isinstance(value, dict) else []
    )
    if gaps:
        return f"Still to fill in: {', '.join(gaps)}. Put a value in place of each `...`."
    return ""


def same(one: Any, other: Any, tolerance: float) -> bool:
    """Equal, and of the same kind where that matters: True is not 1, text is not bytes."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(other, float) and isinstance(one, int | float):
        return abs(one - other) <= tolerance
    if isinstance(other, list | tuple) and isinstance(one, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(*pair, tolerance) for pair in pairs)
    if isinstance(other, bytes) and isinstance(one, bytearray | memoryview):
        return bytes(one) == other
    if isinstance(other, int) and isinstance(one, int):
        return int(one) == int(other)
    return type(one) is type(other) and bool(one == other)


def _score(task: Task, right: list[bool]) -> list[str]:
    """How much of it is right already."""
    if not task.is_function or not any(right):
        return []
    return [f"Right for {sum(right)} of {len(task.cases())} cases. Here is one that goes wrong:"]


def _complaint(task: Task, case: Case, value: Any, wanted: Any) -> list[str]:
    """What is wrong with this value; never what it should be."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return _by_key(task, value, wanted)
    name = task.answer
    shown = f"`{name}({', '.join(map(_shown, case))})`" if task.is_function else f"`{name}`"
    if isinstance(value, Raised):
        return [f"{shown} stops with `{value.sentence}`."]
    if isinstance(value, Endless):
        return [
            f"{shown} does not come to an end in {value.seconds:g} seconds: "
            "is there a loop that never stops?"
        ]
    if value is None:
        return [f"{shown} gives `None`: does the function `return` its result?"]
    if _kind(value) != _kind(wanted) and not (isinstance(value, int) and isinstance(wanted, float)):
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
        f"{words}: {', '.join(map(str, keys))}."
        for words, keys in (
            ("Right", right), ("Not yet right", wrong),
            ("Missing", absent), ("Not asked for", extra),
        )
        if keys
    ]  # fmt: skip


KINDS = {
    bool: "True or False", int: "a whole number", float: "a number with a fraction", str: "text",
    bytes: "bytes", bytearray: "bytes", memoryview: "bytes", list: "a list", tuple: "a list",
    dict: "a table (dict)", set: "a set", type(None): "None",
}  # fmt: skip
"""How kinds of values are called."""


def _kind(value: Any) -> str:
    if callable(value):
        return "a function"
    if isinstance(value, list | tuple):
        return f"a list or tuple of {len(value)}"
    return KINDS.get(type(value), f"of the type {type(value).__name__}")


def _size(case: Case) -> int:
    return sum(len(part) if isinstance(part, bytes | str | list) else 1 for part in case)


MOST = 160
"""Bytes or characters of a value that are shown at most."""


def _shown(value: Any) -> str:
    """An argument or result as it can be typed again: bytes in hex."""
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        more = f" and {len(data) - MOST} more bytes" if len(data) > MOST else ""
        return f'bytes.fromhex("{data[:MOST].hex(" ")}"){more}'
    if isinstance(value, list | tuple) and any(isinstance(part, bytes) for part in value):
        return f"({', '.join(map(_shown, value))})"
    try:
        text = repr(value)
    except Exception as error:
        return f"a {type(value).__name__} whose repr stops with {type(error).__name__}"
    return text if len(text) <= MOST else text[:MOST] + "…"
