"""Two ends of a connection and the segments between them, moved by hand."""

from itertools import count
from typing import Any, NamedTuple

from netlab.tcp.endpoint import Endpoint
from netlab.tcp.segment import Segment
from netlab.tcp.states import Event, Refused, Row, Source, State

LEFT, RIGHT = 0, 1
NAMES = ("left", "right")
PORTS = (40000, 80)

CALLS = tuple(event for event in Event if event.source is Source.CALL)
"""What the user of an end can do."""


class Flight(NamedTuple):
    """A segment on its way: its number, which side sent it, and when."""

    number: int
    sender: int
    segment: Segment
    sent: int

    @property
    def receiver(self) -> int:
        """The side that it goes to."""
        return 1 - self.sender


class Step(NamedTuple):
    """Something done: to which side, what, the rows of the table that were taken, the segments
    sent, why it was refused ("" when it was not), and the side's state before and after."""

    side: int
    action: str
    rows: tuple[Row, ...]
    sent: tuple[Flight, ...]
    refused: str
    before: State
    after: State


class Duet:
    """Two endpoints; what they send waits in `flights` until somebody delivers or drops it.

    `ends` are the two, `now` is the time in nanoseconds, `steps` what has been done.  Options are
    those of `Endpoint`; without any, segments are plain: no options but the MSS, and each one
    acknowledged at once.
    """

    def __init__(self, **options: Any) -> None:
        plain = {"timestamps": False, "sack": False, "window_scaling": False}
        plain |= {"delayed_ack": False, "nagle": False}
        self.ends = tuple(
            Endpoint(
                local_port=PORTS[side], remote_port=PORTS[1 - side], iss=(side + 1) * 1000,
                **(plain | options),
            )
            for side in (LEFT, RIGHT)
        )  # fmt: skip
        self.now = 0
        self.flights: list[Flight] = []
        self.steps: list[Step] = []
        self._numbers = count(1)

    def call(self, side: int, event: Event, data: bytes = b"hello") -> Step:
        """The user's call; SEND sends `data`, RECEIVE takes all there is."""
        end = self.ends[side]
        calls = {
            Event.PASSIVE_OPEN: lambda: end.listen(self.now),
            Event.ACTIVE_OPEN: lambda: end.open(self.now),
            Event.SEND: lambda: end.send(data, self.now),
            Event.RECEIVE: lambda: end.receive(1 << 20, self.now),
            Event.CLOSE: lambda: end.close(self.now),
            Event.ABORT: lambda: end.abort(self.now),
        }
        return self._do(side, event.text, calls[event])

    def deliver(self, number: int) -> Step:
        """The segment arrives."""
        flight = self._take(number)
        end = self.ends[flight.receiver]
        action = f"gets {flight.segment.summary()}"
        return self._do(flight.receiver, action, lambda: end.arrive(flight.segment, self.now))

    def drop(self, number: int) -> Flight:
        """The segment is lost."""
        return self._take(number)

    def duplicate(self, number: int) -> Flight:
        """The network makes a second copy of the segment."""
        flight = self._find(number)
        copy = flight._replace(number=next(self._numbers))
        self.flights.append(copy)
        return copy

    def delay(self, number: int) -> Flight:
        """The segment falls behind all others."""
        flight = self._take(number)
        self.flights.append(flight)
        return flight

    def waits_for(self) -> tuple[int, int] | None:
        """The side whose timer runs out first, and when; None when none runs."""
        due = [
            (end.deadline, side) for side, end in enumerate(self.ends) if end.deadline is not None
        ]
        return (min(due)[1], min(due)[0]) if due else None

    def wait(self) -> Step:
        """Let time pass until the next timer runs out.  ValueError when none runs."""
        due = self.waits_for()
        if due is None:
            raise ValueError("no timer runs: nothing would happen, however long one waits")
        side, self.now = due[0], max(due[1], self.now)
        name = min(self.ends[side].timers.running.items(), key=lambda item: item[1])[0]
        action = f"its timer runs out: {name.replace('_', ' ')}"
        return self._do(side, action, lambda: self.ends[side].expire(self.now))

    def _do(self, side: int, action: str, act: Any) -> Step:
        end, refused = self.ends[side], ""
        before = end.state
        end.machine.history.clear()
        try:
            act()
        except Refused as refusal:
            refused = str(refusal)
        sent = tuple(
            Flight(next(self._numbers), side, segment, self.now) for segment in end.outgoing()
        )
        self.flights += sent
        rows = tuple(end.machine.history)
        self.steps.append(Step(side, action, rows, sent, refused, before, end.state))
        return self.steps[-1]

    def _find(self, number: int) -> Flight:
        for flight in self.flights:
            if flight.number == number:
                return flight
        there = ", ".join(str(flight.number) for flight in self.flights) or "none"
        raise ValueError(f"segment {number} is not in flight: there are {there}")

    def _take(self, number: int) -> Flight:
        flight = self._find(number)
        self.flights.remove(flight)
        return flight
