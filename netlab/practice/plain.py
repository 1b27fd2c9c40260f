"""Plain data: what a learner's answer is brought to before it is judged, and how it travels.

A value from a learner's code may be of any type, with an `__eq__` that always agrees.  Judged are
numbers, text, bytes, lists, tuples, sets and dicts of Python's own types, nothing else.
"""

import base64
from collections import Counter
from dataclasses import dataclass
from enum import Enum, Flag
from typing import Any

MOST, DEEPEST = 100_000, 40
"""Parts of a value at most, and lists within lists."""


@dataclass(frozen=True)
class Odd:
    """A value that is no plain data, and what it is instead."""

    what: str


@dataclass(frozen=True)
class Raised:
    """A call that raised instead of returning, in words."""

    sentence: str


@dataclass(frozen=True)
class Endless:
    """A call that did not come to an end in the time it had."""

    seconds: float


@dataclass(frozen=True)
class Ended:
    """A call in which the program ended, and how."""

    how: str


class _TooMuch(Exception):
    pass


def plain(value: Any) -> Any:
    """The same value in Python's own types; `Odd` for what has none."""
    try:
        return _plain(value, 0, [MOST])
    except _TooMuch:
        return Odd("a value with too many parts, or lists within lists without end")
    except Exception as error:  # a learner's type may fail in any way
        return Odd(f"a value that cannot be read: {type(error).__name__}")


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise _TooMuch
    kind = type(value)
    if value is None or value is ... or kind in (bool, int, float, str, bytes, *OWN):
        return value
    container: Any
    for container in (list, tuple, set, frozenset):
        if isinstance(value, container):
            parts = [_plain(part, depth + 1, left) for part in container.__iter__(value)]
            return set(parts) if container is frozenset else container(parts)
    if isinstance(value, dict):
        return {
            _plain(key, depth + 1, left): _plain(part, depth + 1, left)
            for key, part in dict.items(value)
        }
    return _simple(value)


def _simple(value: Any) -> Any:
    """Numbers, text and bytes of other types than Python's own, and what reads as text."""
    if isinstance(value, Enum) and not isinstance(value, Flag | int | str):
        return Odd(f"a {type(value).__name__}")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, int):
        return int.__index__(value)
    if type(value).__module__ == "ipaddress":
        return str(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item") and not value.shape:
        return value.item()
    return Odd("a function" if callable(value) else f"an object of the type {type(value).__name__}")


OWN = (Odd, Raised, Endless, Ended)

# As JSON: what JSON has no word for is a list that begins with a word.


def to_json(value: Any) -> Any:
    """Plain data as JSON can hold it, so that `from_json` gives it back."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else ["int", hex(value)]
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if value is ...:
        return ["dots"]
    if isinstance(value, dict):
        return ["dict", *([to_json(key), to_json(part)] for key, part in value.items())]
    if isinstance(value, OWN):
        return [type(value).__name__, *vars(value).values()]
    return [type(value).__name__, *map(to_json, value)]


def from_json(value: Any, depth: int = 0) -> Any:
    """The plain data that `to_json` wrote.  ValueError for anything that it does not write."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if not isinstance(value, list) or not value or depth > DEEPEST:
        raise ValueError("not as it is written")
    word, *parts = value
    reader = _READERS.get(word) if isinstance(word, str) else None
    if reader is None:
        raise ValueError("not as it is written")
    try:
        return reader(parts, depth + 1)
    except (TypeError, ArithmeticError, LookupError):
        raise ValueError("not as it is written") from None


def _all(parts: list[Any], depth: int) -> list[Any]:
    return [from_json(part, depth) for part in parts]


def _dict(parts: list[Any], depth: int) -> dict[Any, Any]:
    pairs = [(from_json(key, depth), from_json(part, depth)) for key, part in parts]
    _hold_apart([key for key, _ in pairs])
    return dict(pairs)


def _set(parts: list[Any], depth: int) -> set[Any]:
    return set(_hold_apart(_all(parts, depth)))


FEW = 100
"""So many entries take no time, even if they all look for the same place in a table."""


def _hold_apart(keys: list[Any]) -> list[Any]:
    """The same keys.  ValueError for numbers made so that a table of them takes hours to fill."""
    if len(keys) > FEW and max(Counter(map(hash, keys)).values()) > FEW:
        raise ValueError("not as it is written")
    return keys


_READERS: dict[str, Any] = {
    "int": lambda parts, _: int(str(parts[0]), 16),
    "float": lambda parts, _: float.fromhex(parts[0]),
    "bytes": lambda parts, _: base64.b64decode(parts[0], validate=True),
    "dots": lambda parts, _: ...,
    "dict": _dict,
    "list": _all,
    "tuple": lambda parts, depth: tuple(_all(parts, depth)),
    "set": _set,
    "Odd": lambda parts, _: Odd(str(parts[0])),
    "Raised": lambda parts, _: Raised(str(parts[0])),
    "Endless": lambda parts, _: Endless(float(parts[0])),
    "Ended": lambda parts, _: Ended(str(parts[0])),
}
