"""Objects that are called more than once: what each call gives."""

from collections.abc import Callable, Iterable
from typing import Any


def segments(
    receiver_class: Callable[[int], Any], start: int, arriving: Iterable[tuple[int, bytes]]
) -> list[tuple[Any, Any]]:
    """What a receiver hands over at each segment, and its acknowledgment number then."""
    receiver = receiver_class(start)
    return [(receiver.take(seq, data), receiver.ack) for seq, data in arriving]
