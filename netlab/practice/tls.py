"""How a learner's record splitter is called: with one piece of a stream after the other."""

from collections.abc import Callable
from typing import Any


def feed(make: Callable[[], Any], pieces: list[bytes]) -> list[Any]:
    """What a splitter gives for each piece."""
    splitter = make()
    return [splitter.feed(piece) for piece in pieces]
