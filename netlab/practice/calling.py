"""Calling a learner's function with a case: what it gives as plain data, whatever it does."""

import copy
from collections.abc import Callable
from typing import Any

from netlab.practice import found
from netlab.practice.plain import Raised, plain

Case = tuple[Any, ...]
"""The arguments of one call: plain data (numbers, text, bytes, lists), never an object of ours,
so that a case can be sent to another process."""


class Stop(SystemExit):
    """Ends a call from outside; not an Exception, which the learner's code might catch."""


def call(function: Callable[..., Any], case: Case, drive: str = "") -> Any:
    """What the function gives for this case, or `Raised`; the case itself stays as it is.

    drive  what calls the function, where a case is not its arguments: "module.function" of
           netlab.practice
    """
    arguments = copy.deepcopy(case)
    try:
        if drive:
            return plain(found(drive)(function, *arguments))
        return plain(function(*arguments))
    except Stop:
        raise
    except (Exception, SystemExit) as error:  # whatever a learner's code does is told in words
        return Raised(_sentence(error))


def _sentence(error: BaseException) -> str:
    name = type(error).__name__
    try:
        words = str(error)
    except Exception:
        words = ""
    return f"{name}: {words}"[:500] if words else name
