"""What calls a learner's function from this side, where a case is not its arguments.

A task's `drive` (of `netlab.practice`) hands a learner's function objects: a connection, a clock.
It runs here, out of the learner's reach, on stand-ins: what it calls is called over there, and what
the learner's code calls on its objects is called here.  So the learner's code sees what comes out
of a connection, and never the connection.
"""

import builtins
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netlab.practice import found
from netlab.practice.calling import Case, call
from netlab.practice.plain import Ended, Odd, Raised, from_json, to_json
from netlab.words import printable

NOT_READ = Odd("a value that cannot be read")


class Gone(BaseException):
    """There is no more to be heard; no drive catches that."""


class Drive:
    """One case: what is asked over there, and the objects on this side that they may use.

    ask  sends a question and returns the answer, a word and a value; raises `Gone` for none
    """

    def __init__(self, ask: Callable[..., tuple[str, Any]]) -> None:
        self._ask = ask
        self._ours: list[Any] = []

    def result(self, name: str, case: Case, drive: str) -> Any:
        """What the drive gives for their function of that name, as `call` says it."""

        def driven(*arguments: Any) -> Any:
            theirs = Theirs(self, name, Odd("a function"))
            return _settled(found(drive)(theirs, *arguments))

        return call(driven, case)

    def reach(self, place: str | int, name: str | None, *arguments: Any) -> Any:
        """Call what is at that place over there, or with a name get what it has there."""
        answer = self._ask("reach", place, name, [self._sent(one) for one in arguments])
        while True:
            match answer:
                case ["given", value]:
                    return decoded(value)
                case ["frozen", value]:
                    return _frozen(decoded(value))
                case ["object", [int() as number, shown]]:
                    return Theirs(self, number, decoded(shown))
                case ["raised", [list() as names, words]]:
                    raise _error(names, str(words))
                case ["asks", [int() as number, str() as method, list() as given]]:
                    answer = self._ask(*self._done(number, method, [*map(decoded, given)]))
                case _:
                    raise Gone

    def _sent(self, value: Any) -> list[Any]:
        """An argument: plain data as they are, of anything else a number and what it can do."""
        if value is None or isinstance(value, bool | int | float | str | bytes | list | tuple):
            return ["plain", to_json(value)]
        self._ours.append(value)
        methods = [name for name in dir(value) if name[0] != "_" and callable(getattr(value, name))]
        word = "function" if callable(value) else "object"
        return [word, len(self._ours) - 1, methods]

    def _done(self, number: int, method: str, arguments: list[Any]) -> tuple[Any, ...]:
        """What a method of ours gives or raises, as it is sent back."""
        try:
            ours = self._ours[number]
            if method.startswith("_"):
                raise AttributeError(method)
            given = getattr(ours, method)(*arguments) if method else ours(*arguments)
        except Exception as error:  # for their code, which called it
            return "raise", type(error).__name__, str(error)
        return "reply", to_json(given)


class Theirs:
    """A function or an object over there."""

    def __init__(self, drive: Drive, place: str | int, shown: Any) -> None:
        self._drive, self._place, self._shown = drive, place, shown

    def __call__(self, *arguments: Any) -> Any:
        return self._drive.reach(self._place, None, *arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._drive.reach(self._place, name)


def _settled(value: Any) -> Any:
    """The value with what can be told of an object of theirs in place of it."""
    if isinstance(value, Theirs):
        return value._shown
    if isinstance(value, list | tuple):
        return type(value)(map(_settled, value))
    if isinstance(value, dict):
        return {_settled(key): _settled(part) for key, part in value.items()}
    return value


def _frozen(value: Any) -> Any:
    """The same, to be a key of a table, as theirs can be: plain data know one kind of sets."""
    if isinstance(value, set):
        return frozenset(value)
    return tuple(map(_frozen, value)) if isinstance(value, tuple) else value


def _error(names: list[Any], words: str) -> Exception:
    """An error of theirs, of the nearest kind that Python has itself."""
    known = [getattr(builtins, name, None) for name in names if isinstance(name, str)]
    kinds = [kind for kind in known if isinstance(kind, type) and issubclass(kind, Exception)]
    kind = next(iter(kinds), Exception)
    name = printable(str(names[0])) if names else kind.__name__
    own: Any = type(name, (kind,), {"__str__": lambda self: words})
    error: Exception = own.__new__(own)  # its __init__ may ask for more than words
    return error


def decoded(value: Any) -> Any:
    """The plain data in an answer, with words that can be shown."""
    with suppress(ValueError, RecursionError, AttributeError, MemoryError):
        plain = from_json(value)
        if isinstance(plain, Odd | Raised | Ended):
            (words,) = vars(plain).values()
            return type(plain)(said(words))
        return plain
    return NOT_READ


def said(words: str) -> str:
    """Words of a learner's code in a line: always the same ones, wherever an object may lie."""
    return printable(re.sub(r"\b0x[0-9a-f]{8,}", "0x…", words))
