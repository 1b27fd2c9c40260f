"""How the parts of a learner's monitor are called: with many packets, one after the other."""

from collections.abc import Callable, Hashable
from typing import Any

FiveTuple = tuple[str, str, int, int, int]


def groups(key_of: Callable[[FiveTuple], Hashable], five_tuples: list[FiveTuple]) -> list[int]:
    """For each 5-tuple the number of its conversation, 0 for the one that was seen first: those
    with the same key are one."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key_of(one), len(numbers)) for one in five_tuples]


def track(
    make: Callable[[int, int], Any], idle: int, most: int, packets: list[tuple[int, str, int]]
) -> dict[str, Any]:
    """What a tracker keeps and has counted after these packets: time in seconds, key, bytes."""
    tracker = make(idle, most)
    for time, key, length in packets:
        tracker.add(time, key, length)
    return {
        "kept": dict(tracker.kept),
        "expired": tracker.expired,
        "evicted": tracker.evicted,
    }
