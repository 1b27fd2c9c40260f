"""Which of the packets on a link are lost, doubled, damaged or delayed."""

from collections.abc import Callable, Collection
from random import Random
from typing import Any

Choice = float | Collection[int] | Callable[[Any], object] | None
"""A rate from 0 to 1; or the numbers of the packets, the link's first being 1; or a function that
says of a packet whether it is one of them; or None, none of them."""

Chooser = Callable[[Any, int], object]
"""Whether a packet, and its number on the link, is chosen."""


def chooser(choice: Choice, random: Random) -> Chooser | None:
    """The choice as a function; None when nothing is ever chosen.  ValueError for a wrong rate."""
    if choice is None or choice == 0:
        return None
    if callable(choice):
        return lambda item, number: choice(item)
    if isinstance(choice, Collection):
        numbers = frozenset(choice)
        return lambda item, number: number in numbers
    if not 0 <= choice <= 1:
        raise ValueError(
            f"a rate is a number from 0 to 1, not {choice!r}; for certain packets give their "
            "numbers, such as [3]"
        )
    draw = random.random
    return lambda item, number: draw() < choice


def nth(*numbers: int, of: Callable[[Any], object]) -> Callable[[Any], bool]:
    """The choice of the nth ones among the packets for which `of` holds, counted from 1:
    `nth(3, of=lambda datagram: datagram.segment.payload)` is the third that carries data."""
    seen = 0

    def chosen(item: Any) -> bool:
        nonlocal seen
        if not of(item):
            return False
        seen += 1
        return seen in numbers

    return chosen


def flipped(data: bytes, random: Random) -> bytes:
    """The bytes with one of their bits turned over."""
    place = random.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[place // 8] ^= 128 >> place % 8
    return bytes(changed)
