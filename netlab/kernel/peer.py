"""The kit's own TCP on the cable to the kernel, in real time.

The hosts, programs and links are those of the simulation: only the clock is the wall's, and behind
the links is the TUN device.  So whatever goes wrong in the simulation can go wrong here too.

    with Kernel() as kernel, Peer(kernel, loss=0.05, seed=1) as peer:
        server = peer.listen(5001)
        connection = peer.host.connect(kernel.address, 5001, Sending(b"hello"))
        peer.run(until=lambda: server.accepted and server.accepted[0].finished)
"""

import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from socket import AF_INET, AF_INET6
from typing import Any, Self

from netlab.kernel.network import LARGEST, Kernel
from netlab.kernel.programs import READ, Listener, Program, Talker
from netlab.packet import Packet
from netlab.simulation.clock import SECOND, Clock, nanoseconds
from netlab.simulation.host import Host
from netlab.simulation.journey import Journey
from netlab.simulation.link import Link

BATCH = 64
"""Packets that are read before the clock is looked at again."""

PORTS = cycle(range(40_000, 60_000, 50))
"""The first port of each peer: the kernel remembers the connections of those before."""


class Peer:
    """Our end of the cable: a host whose endpoints talk to the kernel.

    host       a `netlab.simulation.Host`: `connect` and `listen` as in the simulation
    out, into  the links to the kernel and from it; their settings, `loss` and the like, are given
               as keywords for both and can be changed
    packets    what passed the TUN device, with the time: an observer's view at the kernel
    journeys   what became of each packet on the links
    note       makes the comment that each packet gets as it passes; "" unless set

    It needs no `with` block; that closes the kernel's sockets of its programs at the end.
    """

    def __init__(
        self, kernel: Kernel, *, ipv6: bool = False, seed: object = 0, **settings: Any
    ) -> None:
        self.kernel, self.clock = kernel, Clock()
        self.journeys: list[Journey] = []
        self.packets: list[Packet] = []
        self.note: Callable[[], str] = str
        self._family = AF_INET6 if ipv6 else AF_INET
        address, far = (kernel.peer6, kernel.address6) if ipv6 else (kernel.peer, kernel.address)
        self.host = Host("we", address, self.clock, seed)
        self.host.next_port = next(PORTS)
        common = {"seed": seed, "journeys": self.journeys, **settings}
        self.out = Link(self.clock, self._write, name="we → kernel", **common)
        self.into = Link(self.clock, self.host.receive, name="kernel → we", **common)
        self.host.routes[far] = self.out
        self._programs: list[Program] = []
        self._epoch, self._origin = time.time_ns(), time.monotonic_ns()

    # Programs on the kernel's side.

    def talk(self, connection: socket.socket, data: bytes = b"", *, close: bool = True) -> Talker:
        """A program that sends data over a socket of the kernel's, and receives."""
        talker = Talker(connection, data, close=close)
        self._programs.append(talker)
        return talker

    def call(self, port: int, data: bytes = b"", *, close: bool = True) -> Talker:
        """A program of the kernel's that connects to a port of ours."""
        return self.talk(self.kernel.connect(port, self.host.address), data, close=close)

    def listen(self, port: int, data: Callable[[int], bytes] = lambda port: b"") -> Listener:
        """A program of the kernel's that accepts connections; it sends each what `data` makes of
        the caller's port."""
        listener = Listener(self.kernel.listen(port, self._family), data, self._programs)
        self._programs.append(listener)
        return listener

    # Time.

    def run(self, until: Callable[[], object], timeout: float = 30) -> bool:
        """Let packets pass and programs work until a condition holds; False if it does not within
        so many seconds."""
        self._tick()
        deadline = self.clock.now + nanoseconds(timeout)
        with selectors.DefaultSelector() as selector:
            selector.register(self.kernel, READ)
            while not until():
                if self.clock.now >= deadline:
                    return False
                self._watch(selector)
                due = min(deadline, self.clock.next or deadline)
                for key, events in selector.select(max(0, due - self.clock.now) / SECOND):
                    if key.data is None:
                        self._read()
                    else:
                        key.data.work(events)
                self._tick()
        return True

    def _tick(self) -> None:
        """Let what is due by now happen."""
        self.clock.run(time.monotonic_ns() - self._origin)

    def _watch(self, selector: selectors.BaseSelector) -> None:
        """Wait for what each program wishes now."""
        self._programs[:] = [each for each in self._programs if each.socket.fileno() >= 0]
        watched = selector.get_map()
        for program in self._programs:
            key, wishes = watched.get(program.socket), program.wishes
            if key is None and wishes:
                selector.register(program.socket, wishes, program)
            elif key and not wishes:
                selector.unregister(program.socket)
            elif key and key.events != wishes:
                selector.modify(program.socket, wishes, program)

    # The cable.

    def _read(self) -> None:
        for _ in range(BATCH):
            try:
                data = os.read(self.kernel.fileno(), LARGEST)
            except BlockingIOError:
                return
            self._record(data)
            self.into.send(data, len(data))

    def _write(self, item: Any) -> None:
        data = bytes(item)
        self._record(data)
        with suppress(OSError):  # a damaged version number: the device refuses the packet
            self.kernel.write(data)

    def _record(self, data: bytes) -> None:
        now = self._epoch + time.monotonic_ns() - self._origin
        self.packets.append(Packet(data, "raw", now, comment=self.note()))

    def close(self) -> None:
        """Close the sockets of the programs on the kernel's side."""
        for program in self._programs:
            program.socket.close()
        self._programs.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
