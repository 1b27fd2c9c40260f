"""The kit's TCP and the Linux kernel's in one conversation: which state each end is in, and when.

A run is made live where the machine permits it, and else read from a recording of the same run;
what is told of the states is the same either way.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from netlab.capture import read, write
from netlab.counts import counted
from netlab.kernel.errors import KernelError
from netlab.kernel.network import Kernel
from netlab.kernel.peer import Peer
from netlab.kernel.view import Row, View, side_by_side
from netlab.packet import Packet
from netlab.simulation.host import Connection
from netlab.simulation.journey import Journey
from netlab.tcp import State
from netlab.wire.tcp import TCP

DATA = Path(__file__).parents[1] / "data"

PORT = 5001
ONE_WAY = 0.02
"""Seconds that our link holds each packet up, so that one sees what happens in between."""

GREETING = b"hello, kernel"


class Beside:
    """A conversation of our endpoint with the kernel's.

    moments    each change of a state at either end: what had just happened, and both states then
    variables  what each end knew while the connection was established
    packets    all that passed, seen at the kernel
    live       whether it took place just now, on this machine
    """

    def __init__(
        self, moments: View, variables: View, packets: list[Packet], live: bool = False
    ) -> None:
        self.moments, self.variables, self.packets = moments, variables, packets
        self.live = live

    def write(self, path: Path) -> None:
        """Record it: the packets as `path`, what the two ends knew as JSON beside it."""
        write(path, self.packets)
        parts = []
        for name, view in (("moments", self.moments), ("variables", self.variables)):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in view)
            parts.append(f'"{name}": [\n{rows}\n]')
        text = f"{{{', '.join(parts)}}}\n"
        path.with_suffix(".json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The run that was recorded."""
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        moments, variables = (
            View(Row(*row) for row in told[name]) for name in ("moments", "variables")
        )
        return cls(moments, variables, list(read(path)))


class Observed(Peer):
    """A peer that notes the states of both ends whenever they may have changed."""

    def __init__(self, kernel: Kernel) -> None:
        self.moments = View()
        self.ours: Connection | None = None
        super().__init__(kernel, delay=ONE_WAY)

    def _write(self, item: Any) -> None:
        super()._write(item)
        self.mark(f"the kernel gets {_named(self.packets[-1])}")

    def _read(self) -> None:
        count = len(self.packets)
        super()._read()
        if self.packets[count:]:
            self.mark(f"the kernel sends {_named(self.packets[-1])}")

    def mark(self, what: str) -> None:
        """Write down what has happened, if it changed a state."""
        ours = str(self.ours.state if self.ours else State.CLOSED)
        kernels = self.kernels_state()
        if not self.moments or self.moments[-1][1:] != (ours, kernels):
            self.moments.append(Row(what, ours, kernels))

    def kernels_state(self) -> str:
        """The state of the kernel's end; LISTEN before there is one, CLOSED afterwards."""
        lines = [line for line in self.kernel.connections() if line.local[1] == PORT]
        ends = [line.state for line in lines if line.remote[1]]
        if ends or not self.ours:
            return ends[0] if ends else "LISTEN"
        return "CLOSED" if self.ours.endpoint.snd_una != self.ours.endpoint.iss else "LISTEN"

    def program(self, connection: Connection) -> None:
        """What is told of each segment that we get."""
        self.ours = connection
        coming = next((one for one in self.journeys if _comes(one)), None)
        if coming:
            self.mark(f"we get {_named(coming.packet)}")

    def until(self, ours: State, kernels: State) -> None:
        """Let time pass until both are in these states.  KernelError when it does not come."""

        def there() -> bool:
            return bool(self.ours) and self.moments[-1][1:] == (ours, kernels)

        if not self.run(there, timeout=5):
            last = self.moments[-1]
            raise KernelError(
                "device",
                f"the kernel's end is in {last.kernels} and ours in {last.ours}",
                f"{ours} and {kernels} were expected; try again",
            )


def _comes(journey: Journey) -> bool:
    """Whether it is from the kernel, and not yet noted as arrived."""
    return journey.link == "kernel → we" and journey.arrived is None


def _named(packet: Packet) -> str:
    """A segment by its flags and data."""
    tcp = packet[TCP]
    size = f" with {counted(len(tcp.payload), 'byte')}" if tcp.payload else ""
    return f"{TCP.flags.text(tcp.flags).replace(' ', ',')}{size}"


def we_close(peer: Observed, theirs: Any) -> None:
    """We close first, and then the kernel's program."""
    assert peer.ours
    peer.ours.close()
    peer.mark("our program closes")
    peer.until(State.FIN_WAIT_2, State.CLOSE_WAIT)
    theirs.close()
    peer.mark("the kernel's program closes")
    peer.until(State.TIME_WAIT, State.CLOSED)


def both_close(peer: Observed, theirs: Any) -> None:
    """Both programs close before either has heard of it."""
    assert peer.ours
    peer.ours.close()
    peer.mark("our program closes")
    theirs.close()
    peer.mark("the kernel's program closes at the same time")
    peer.until(State.TIME_WAIT, State.TIME_WAIT)


ENDINGS: dict[str, Callable[[Observed, Any], None]] = {"we": we_close, "both": both_close}


def live(close: str = "we") -> Beside:
    """The conversation with this machine's kernel, over in a fraction of a second.

    We connect and send a greeting; then `close` says who closes first: "we", or "both" at once.
    KernelError where no kernel can be had, ValueError for another ending.
    """
    ending = _ending(close)
    with Kernel() as kernel, Observed(kernel) as peer:
        listener = kernel.listen(PORT)
        peer.mark("the kernel's program listens")
        peer.host.connect(kernel.address, PORT, peer.program, nagle=False)
        peer.mark("our program connects")
        peer.until(State.ESTABLISHED, State.ESTABLISHED)
        assert peer.ours
        theirs, _ = listener.accept()
        listener.close()
        peer.ours.send(GREETING)
        peer.run(lambda: peer.ours and not peer.ours.endpoint.flight_size, timeout=5)
        assert theirs.recv(100) == GREETING
        variables = side_by_side(peer.ours.endpoint, theirs)
        ending(peer, theirs)
        theirs.close()
        return Beside(peer.moments, variables, list(peer.packets), live=True)


def recorded(close: str = "we") -> Beside:
    """The same conversation as it was recorded."""
    _ending(close)
    return Beside.read(DATA / f"kernel_{close}.pcap")


def beside(close: str = "we") -> Beside:
    """The conversation live where this machine permits it, and else as it was recorded."""
    try:
        return live(close)
    except KernelError:
        return recorded(close)


def _ending(close: str) -> Callable[[Observed, Any], None]:
    if close not in ENDINGS:
        raise ValueError(f"{close!r} cannot close first: it is one of {', '.join(ENDINGS)}")
    return ENDINGS[close]
