"""The virtual clock: time passes only from one event to the next."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

SECOND = 1_000_000_000
"""Nanoseconds, the unit of all times inside."""


def nanoseconds(seconds: float) -> int:
    """A number of seconds as the clock counts them."""
    return round(seconds * SECOND)


class Clock:
    """What is to happen, in the order of its time; what is due at the same time, as it was said.

    now  the time in nanoseconds since the simulation began
    """

    def __init__(self) -> None:
        self.now = 0
        self._count = 0
        self._events: list[tuple[int, int, Callable[..., object], tuple[Any, ...]]] = []

    def at(self, time: int, call: Callable[..., object], *arguments: Any) -> None:
        """Call something at a time, which must not have passed."""
        self._count += 1
        heappush(self._events, (time, self._count, call, arguments))

    def after(self, delay: int, call: Callable[..., object], *arguments: Any) -> None:
        """Call something after so many nanoseconds."""
        self.at(self.now + delay, call, *arguments)

    @property
    def next(self) -> int | None:
        """When the next event is due, None when nothing is left to do."""
        return self._events[0][0] if self._events else None

    def step(self) -> bool:
        """Let the next event happen; False when there is none."""
        if not self._events:
            return False
        self.now, _, call, arguments = heappop(self._events)
        call(*arguments)
        return True

    def run(self, until: int | None = None) -> None:
        """Let everything happen that is due up to this time, which is `now` afterwards; without
        a time, everything until nothing is left to do."""
        events = self._events
        while events and (until is None or events[0][0] <= until):
            self.now, _, call, arguments = heappop(events)
            call(*arguments)
        if until is not None:
            self.now = max(self.now, until)
