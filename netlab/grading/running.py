"""Running a learner's code on cases: within a time, quietly, and whatever it does."""

import copy
import ctypes
import io
import threading
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

from netlab.grading.task import Case


@dataclass(frozen=True)
class Raised:
    """A call that raised instead of returning, in words."""

    sentence: str


@dataclass(frozen=True)
class Endless:
    """A call that did not come to an end in the time it had."""

    seconds: float


class _Stop(SystemExit):
    """Ends the thread; not an Exception, which the learner's code might catch."""


def results(function: Callable[..., Any], cases: Sequence[Case], seconds: float) -> list[Any]:
    """What the function gives for each case: a value, `Raised` or `Endless`, which is the last.

    What it prints is not shown: it would be printed for every case.
    """
    found: list[Any] = []
    printed = io.StringIO()
    thread = threading.Thread(target=_call_each, args=(function, cases, found), daemon=True)
    with redirect_stdout(printed):
        thread.start()
        thread.join(seconds)
        if thread.is_alive() and len(found) < len(cases):
            found = [*found, Endless(seconds)]
            _stop(thread)
    return found


def _call_each(function: Callable[..., Any], cases: Sequence[Case], found: list[Any]) -> None:
    with suppress(_Stop):
        for case in cases:
            found.append(call(function, case))


def call(function: Callable[..., Any], case: Case) -> Any:
    """What the function gives for this case, or what it raised; the case itself stays as it is."""
    try:
        return function(*copy.deepcopy(case))
    except _Stop:
        raise
    except (Exception, SystemExit) as error:  # whatever a learner's code does is told in words
        return Raised(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _stop(thread: threading.Thread) -> None:
    """Raise in the thread until it ends; one that waits in C code ends when that returns."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stop)
        )
        thread.join(0.01)
        if not thread.is_alive():
            return
