"""A thread that takes packets from a source and counts them, while others look."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from netlab.capture import CaptureError
from netlab.flows import Connection
from netlab.monitor.sources import Source, opened
from netlab.monitor.statistics import Monitor
from netlab.packet import Packet, Plain

SHORT = 0.005
"""Seconds of waiting for which no thread goes to sleep: packets come in small bursts instead."""


class Pace:
    """A clock that stands still while it is held."""

    def __init__(self) -> None:
        self._going, self._behind, self._since = threading.Event(), 0.0, 0.0
        self._going.set()

    def __call__(self) -> float:
        """Seconds, without those in which it was held."""
        return (time.monotonic() if self._going.is_set() else self._since) - self._behind

    def hold(self) -> None:
        """Stand still."""
        if self._going.is_set():
            self._since = time.monotonic()
            self._going.clear()

    def go_on(self) -> None:
        """Go on from where it was held."""
        if not self._going.is_set():
            self._behind += time.monotonic() - self._since
            self._going.set()

    def wait(self) -> None:
        """Wait while it is held."""
        self._going.wait()


class Kept:
    """The first packets of each connection: `each` of one at most, `most` of all together; the
    connection that is known longest makes room, unless it is one of `wanted`.  If it goes on, its
    next packets are kept."""

    def __init__(self, each: int = 100, most: int = 10_000) -> None:
        self.each, self.most, self.count = each, most, 0
        self.wanted: Collection[Connection] = ()
        self._packets: OrderedDict[Connection, list[Plain]] = OrderedDict()

    def add(self, connection: Connection, packet: Packet) -> None:
        """Keep the packet, unless there are enough of its connection."""
        kept = self._packets.setdefault(connection, [])
        if len(kept) < self.each:
            kept.append(packet.plain)
            self.count += 1
        while self.count > self.most:
            oldest, kept = self._packets.popitem(last=False)
            if oldest in self.wanted:
                self._packets[oldest] = kept
            else:
                self.count -= len(kept)

    def of(self, connection: Connection) -> list[Packet]:
        """What is kept of a connection."""
        return [Packet(*plain) for plain in self._packets.get(connection, ())]


class Watch:
    """Counts the packets of a source in a thread of its own.

    source   as `opened` takes it: an interface's name, a capture's path, "simulator", packets
    monitor  what counts them
    told     called, in that thread, after each packet and at the end; it must be quick
    speed    how fast a capture and the simulator pass, None: at once
    filter   what a live capture takes, as tcpdump writes it

    `state` is "running", "ended" when there are no more packets, "stopped", or "failed", and then
    `problem` says why; `says` where the packets come from; `dropped` counts those that the kernel
    could not hand over; `kept` holds each connection's first packets.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | Iterable[Packet],
        monitor: Monitor,
        told: Callable[[], object] = lambda: None,
        *,
        speed: float | None = 1,
        filter: str = "",
    ) -> None:
        self.monitor, self.kept, self._told = monitor, Kept(), told
        self.state, self.problem, self.dropped = "running", "", 0
        self.says = os.fspath(source) if isinstance(source, str | os.PathLike) else "packets"
        self.live = False
        self._pace, self._end, self._turn = Pace(), threading.Event(), threading.Event()
        self._turn.set()
        self._thread = threading.Thread(
            target=self._run, args=(source, speed, filter), name="netlab watch", daemon=True
        )

    def start(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def hold(self) -> None:
        """Let a capture or the simulator stand still; live traffic does not wait for us, and is
        counted."""
        self._pace.hold()

    def go_on(self) -> None:
        """Go on after `hold`."""
        self._pace.go_on()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Meanwhile nothing is counted.  A lock alone would let who looks wait for its turn, and
        both threads would share the time in which an answer is made."""
        self._turn.clear()
        with self.monitor.lock:
            try:
                yield
            finally:
                self._turn.set()

    def stop(self, seconds: float = 1) -> None:
        """End, and wait so long for the thread; it ends at the next packet if its source lets it
        wait longer."""
        self._end.set()
        self._pace.go_on()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until there are no more packets, so many seconds at most."""
        self._thread.join(seconds)

    def _run(
        self, source: str | os.PathLike[str] | Iterable[Packet], speed: float | None, filter: str
    ) -> None:
        try:
            with opened(
                source, speed=speed, filter=filter, stopped=self._end.is_set,
                sleep=self._sleep, clock=self._pace,
            ) as found:  # fmt: skip
                self.says, self.live = found.says, found.live is not None
                self._count(found)
            self.state = "stopped" if self._end.is_set() else "ended"
        except (CaptureError, OSError, ValueError) as error:
            self.state, self.problem = "failed", str(error)
        except Exception as error:  # of a source that somebody wrote: a thread has no other reader
            self.state, self.problem = "failed", f"the source failed: {error!r}"
        self._told()

    def _sleep(self, seconds: float) -> None:
        if seconds > SHORT:
            self._end.wait(seconds)

    def _count(self, found: Source) -> None:
        for number, packet in enumerate(found.packets):
            if not found.live:
                self._pace.wait()
            self._turn.wait()
            if self._end.is_set():
                return
            with self.monitor.lock:
                connection = self.monitor.add(packet)
                if connection is not None:
                    self.kept.add(connection, packet)
            if found.live and number % 256 == 0:
                self.dropped = found.dropped
            self._told()
        self.dropped = found.dropped

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.stop()
