"""A learner's answers in the notebook that asks: their code runs within a time, and quietly."""

import ctypes
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from typing import Any

from netlab.grading.task import ABSENT, FUNCTION, Task
from netlab.practice.calling import Case, Stop, call
from netlab.practice.plain import Endless, plain


class Here:
    """What stands under a name in a namespace of this process."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace

    def value(self, name: str) -> Any:
        """The plain value of that name, or FUNCTION, or ABSENT."""
        if name not in self._namespace:
            return ABSENT
        value = self._namespace[name]
        return FUNCTION if callable(value) else plain(value)

    def results(self, task: Task, cases: Sequence[Case]) -> list[Any]:
        """What the function gives for each case: a plain value, `Raised`, or `Endless`, which is
        the last.  What it prints is not shown: it would be printed for every case."""
        return results(self._namespace[task.answer], cases, task.seconds, task.drive)


def results(
    function: Callable[..., Any], cases: Sequence[Case], seconds: float, drive: str = ""
) -> list[Any]:
    """The same for any function; `seconds` is what all cases have together."""
    found: list[Any] = []
    thread = threading.Thread(
        target=_call_each, args=(function, cases, drive, found), daemon=True, name="netlab check"
    )
    with redirect_stdout(io.StringIO()):
        thread.start()
        thread.join(seconds)
        if thread.is_alive() and len(found) < len(cases):
            found = [*found, Endless(seconds)]
            _stop(thread)
    return found


def _call_each(
    function: Callable[..., Any], cases: Sequence[Case], drive: str, found: list[Any]
) -> None:
    with suppress(Stop):
        for case in cases:
            found.append(call(function, case, drive))


def _stop(thread: threading.Thread) -> None:
    """Raise in the thread until it ends; one that waits in C code ends when that returns."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stop)
        )
        thread.join(0.01)
        if not thread.is_alive():
            return
