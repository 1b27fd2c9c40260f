"""One direction of a link: a queue, a rate, a distance, and what goes wrong on the way."""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

from netlab.simulation.clock import SECOND, Clock, nanoseconds
from netlab.simulation.impairment import Choice, Chooser, chooser, flipped
from netlab.simulation.journey import DAMAGED, DELIVERED, LOST, QUEUE_FULL, Journey


class Setting:
    """A property of a link as people give it, and beside it in the form that is used: `delay` in
    seconds, `_delay` in nanoseconds."""

    def __init__(self, convert: Callable[["Link", str, Any], Any]) -> None:
        self.convert = convert

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, link: "Link", owner: type) -> Any:
        return link.__dict__[self.name] if link else self

    def __set__(self, link: "Link", value: Any) -> None:
        link.__dict__["_" + self.name] = self.convert(link, self.name, value)
        link.__dict__[self.name] = value


def _time(link: "Link", name: str, value: float) -> int:
    if not value >= 0:
        raise ValueError(f"a link's {name} is a number of seconds, not {value!r}")
    return nanoseconds(value)


def _rate(link: "Link", name: str, value: float | None) -> float:
    """Nanoseconds a byte."""
    if value is not None and not value > 0:
        raise ValueError(f"a link's {name} is more than 0 bits a second, or None, not {value!r}")
    return 8 * SECOND / value if value else 0.0


def _choice(link: "Link", name: str, value: Choice) -> Chooser | None:
    return chooser(value, link._draw[name])


class Link:
    """Carries objects of a given size, in one direction, to `deliver`.

    bandwidth    bits a second; None: as many as come
    delay        seconds from one end to the other
    jitter       seconds that are added to the delay at most, evenly spread; it overtakes nothing
    queue        packets that wait while one is being sent; one more is dropped (drop-tail)
    queue_bytes  the same in bytes
    loss         which packets vanish on the way
    duplicate    which arrive twice
    corrupt      which arrive with one bit turned over: as bytes, whatever was sent
    reorder      which are held up for `reorder_by` seconds, so that later ones overtake them

    The last four are choices: a rate from 0 to 1, the numbers of the packets (the first is 1), or
    a function of the packet.  Each draws from a random source of its own, so that changing one
    changes nothing about the others.  All can be changed while packets are on their way.
    """

    bandwidth, delay, jitter = Setting(_rate), Setting(_time), Setting(_time)
    loss, duplicate, corrupt = Setting(_choice), Setting(_choice), Setting(_choice)
    reorder, reorder_by = Setting(_choice), Setting(_time)

    _bandwidth: float
    _delay: int
    _jitter: int
    _reorder_by: int
    _loss: Chooser | None
    _duplicate: Chooser | None
    _corrupt: Chooser | None
    _reorder: Chooser | None

    def __init__(
        self,
        clock: Clock,
        deliver: Callable[[Any], object],
        *,
        name: str = "link",
        bandwidth: float | None = None,
        delay: float = 0.0,
        jitter: float = 0.0,
        queue: int | None = None,
        queue_bytes: int | None = None,
        loss: Choice = None,
        duplicate: Choice = None,
        corrupt: Choice = None,
        reorder: Choice = None,
        reorder_by: float = 0.01,
        seed: object = 0,
        journeys: list[Journey] | None = None,
    ) -> None:
        self._clock, self._deliver, self.name = clock, deliver, name
        self.queue, self.queue_bytes = queue, queue_bytes
        self.bandwidth, self.delay, self.jitter = bandwidth, delay, jitter
        self._draw = {
            impairment: Random(f"{seed} {name} {impairment}")
            for impairment in ("loss", "duplicate", "corrupt", "reorder", "jitter", "bit")
        }
        self.loss, self.duplicate, self.corrupt = loss, duplicate, corrupt
        self.reorder, self.reorder_by = reorder, reorder_by
        self._journeys = journeys
        self._waiting: deque[tuple[int, int]] = deque()  # when each leaves the queue, and its size
        self._waiting_bytes = 0
        self._free = self._last = 0
        self.carried = self.dropped = 0
        """Packets handed to the link, and those of them that never arrived."""

    @property
    def backlog(self) -> int:
        """Packets that wait in the queue now."""
        now, waiting = self._clock.now, self._waiting
        while waiting and waiting[0][0] <= now:
            self._waiting_bytes -= waiting.popleft()[1]
        return len(waiting)

    def send(self, item: Any, size: int) -> None:
        """Put an object of so many bytes on the link."""
        self.carried += 1
        number, clock = self.carried, self._clock
        now = clock.now
        journey = None
        if self._journeys is not None:
            journey = Journey(self.name, number, item, size, now)
            self._journeys.append(journey)
        # All is drawn for each packet, whatever becomes of it: so what happens to one packet
        # changes nothing about the next.
        lost = self._loss and self._loss(item, number)
        late = self._reorder and self._reorder(item, number)
        flip = self._corrupt and self._corrupt(item, number)
        twice = self._duplicate and self._duplicate(item, number)
        jitter = self._draw["jitter"].randrange(self._jitter + 1) if self._jitter else 0
        leaves = self._through(size, now) if self._bandwidth else now
        if leaves is None or lost:
            self._drop(journey, QUEUE_FULL if leaves is None else LOST)
            return
        self._last = arrives = max(leaves + self._delay + jitter, self._last)
        if late:
            arrives += self._reorder_by
        if flip:
            item = flipped(bytes(item), self._draw["bit"])
            if journey:
                journey.damaged = item
        clock.at(arrives, self._arrive, item, journey)
        if twice:
            copy = journey and journey.again()
            if copy and self._journeys is not None:
                self._journeys.append(copy)
            clock.at(arrives, self._arrive, item, copy)

    def _through(self, size: int, now: int) -> int | None:
        """Through the queue and onto the wire: when the last bit is sent; None: no room."""
        begins = self._free
        if begins <= now:
            begins = now
        elif self._full(size):
            return None
        else:
            self._waiting.append((begins, size))
            self._waiting_bytes += size
        self._free = begins + round(size * self._bandwidth)
        return self._free

    def _full(self, size: int) -> bool:
        """Whether the queue has no room for so many bytes more."""
        waiting = self.backlog
        return (self.queue is not None and waiting >= self.queue) or (
            self.queue_bytes is not None and self._waiting_bytes + size > self.queue_bytes
        )

    def _drop(self, journey: Journey | None, fate: str) -> None:
        self.dropped += 1
        if journey:
            journey.fate = fate

    def _arrive(self, item: Any, journey: Journey | None) -> None:
        taken = self._deliver(item)
        if journey:
            journey.arrived = self._clock.now
            journey.fate = DAMAGED if taken is False else DELIVERED
