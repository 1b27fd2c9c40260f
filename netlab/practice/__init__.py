"""What a learner's answer is tried with: captures of their own, peers that dribble.

Nothing here knows a right answer: it is what a learner's code may see while it is graded.
"""

import hashlib
import importlib
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from netlab.packet import Packet

__all__ = ["found", "frames", "personal", "seed_of"]

NOBODY = 1
"""The seed of cases that are the same for everybody."""


def found(name: str) -> Callable[..., Any]:
    """The function "module.function" of this package.  LookupError when there is no such."""
    module, _, function = name.partition(".")
    try:
        return getattr(importlib.import_module(f"netlab.practice.{module}"), function)  # type: ignore[no-any-return]
    except (ImportError, AttributeError):
        raise LookupError(f"there is no {name} in netlab.practice") from None


def seed_of(student: str) -> int:
    """The seed that belongs to a student, by their id; an instructor gets the same one."""
    name = student.strip()
    if not name:
        return NOBODY
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8])


def frames(capture: str, seed: int) -> list[tuple[int, bytes]]:
    """The time in nanoseconds and the bytes of each frame of the capture made with that seed."""
    return list(_made(capture, seed))


@lru_cache(maxsize=32)
def _made(capture: str, seed: int) -> tuple[tuple[int, bytes], ...]:
    """A simulation takes a while, and a check asks for its capture again and again."""
    return tuple(found(capture)(random.Random(seed)))


def personal(capture: str, student: str) -> list[Packet]:
    """A capture of your own: addresses, ports, numbers and losses are yours.

    capture  which one, such as "tcp.lossy"
    student  your id, as your instructor knows it
    """
    if not isinstance(student, str):
        raise TypeError(f'your id is a text: student = "...", not {student!r}')
    return [Packet(data, "ethernet", time) for time, data in frames(capture, seed_of(student))]
