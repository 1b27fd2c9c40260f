"""Dashboard: traffic as it passes, in numbers, a chart and lists; a click opens what it is made
of."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import ipywidgets
import traitlets

from netlab import palette
from netlab.counts import counted
from netlab.field import NUMBERS
from netlab.flows import Connection
from netlab.flows.conversation import End
from netlab.monitor import Monitor, Watch
from netlab.monitor.statistics import bytes_text
from netlab.packet import Packet
from netlab.widgets.packet_explorer import PacketExplorer
from netlab.widgets.rates import STYLE, rates, rates_text, still
from netlab.widgets.sequence_ladder import SequenceLadder
from netlab.widgets.widget import Still, Widget

EVERY = 0.3
"""Seconds between two messages to the page, at least."""

ALONE = 10
"""Seconds after which a dashboard stops whose last view was closed."""

ROWS, LOOKED_AT = 20, 500
"""Rows of a list, and how many of the busiest a filter looks through."""

STATES = {
    "running": "▶ running", "ended": "■ that was all", "stopped": "■ stopped", "failed": "✘ failed",
}  # fmt: skip


class Panel(Widget, files="dashboard", style=STYLE):
    """What the page shows, as plain data; what the page asks for comes as messages."""

    paused = traitlets.Bool(False).tag(sync=True)
    filter = traitlets.Unicode("").tag(sync=True)
    _hold = traitlets.Bool(False).tag(sync=True)
    _view = traitlets.Dict().tag(sync=True)
    _opened: Any = traitlets.List().tag(sync=True)


class Dashboard(Still, ipywidgets.VBox):  # type: ignore[misc]  # it has no types
    """Watch traffic: its rate over time, protocols, top talkers, connections with their states,
    the last packets.  A click on a connection opens its SequenceLadder, on a packet its
    PacketExplorer.

    source      an interface's name, the path of a capture, "simulator", or any packets
    speed       how fast a capture passes: 1 is its own pace, None is at once
    bpf         what of an interface's traffic to take, as tcpdump writes it
    resolution  seconds in one bar of the chart
    paused      whether to begin only when the page says so

    `paused` holds the view still; a capture and the simulator stand still with it, live traffic
    is counted on.  `filter` is a text that the lists' rows must have: an address, a port, a
    protocol or a word.  `monitor` has all the numbers, `stop()` ends it, and so do `with`, closing
    the widget and, after a while, closing its last view.  Nothing is raised for a source that
    fails: `problem` says why.
    """

    paused = traitlets.Bool(False)
    filter = traitlets.Unicode("")

    def __init__(
        self,
        source: str | os.PathLike[str] | Iterable[Packet],
        *,
        speed: float | None = 1,
        filter: str = "",
        bpf: str = "",
        resolution: float = 1,
        paused: bool = False,
    ) -> None:
        self.monitor = Monitor(resolution=resolution)
        self._watch = Watch(source, self.monitor, self._told, speed=speed, filter=bpf)
        self._panel, self._open = Panel(), ipywidgets.VBox()
        self._ladder: SequenceLadder | None = None
        self._explorer: PacketExplorer | None = None
        self._connections: dict[str, Connection] = {}
        self._connections_before: dict[str, Connection] = {}
        self._packets: deque[tuple[int, Packet]] = deque(maxlen=ROWS)
        self._packets_before: list[tuple[int, Packet]] = []
        self._seen, self._views = 0, set[str]()
        self._due, self._last, self._unseen = False, 0.0, False
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: there is nobody to tell
            self._loop = None
        super().__init__([self._panel, self._open], filter=filter, paused=paused)
        for name in ("paused", "filter"):
            traitlets.link((self, name), (self._panel, name))
        self._panel.on_msg(self._asked)
        self._watch.start()

    # What the thread does: it asks the kernel's loop, on which alone messages are sent.

    def _told(self) -> None:
        if not self._due:
            self._due = True
            self._soon(self._plan)

    def _soon(self, act: Callable[[], object]) -> None:
        """Let the kernel's loop do it.  What the page asks may come in another thread than the
        loop's, as JupyterLab gives widgets a subshell."""
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(act)
        except RuntimeError:  # the kernel shuts down
            self._watch.stop()

    # What the kernel's loop does.

    def _plan(self) -> None:
        assert self._loop is not None
        self._loop.call_later(max(0.0, self._last + EVERY - time.monotonic()), self._update)

    def _update(self) -> None:
        """Tell the page what is new, unless it has not yet shown what it was told last."""
        with self._watch.still():
            if self._views and not self._unseen:
                self._due, self._unseen = False, True
                self.refresh()
                self._last = time.monotonic()

    def refresh(self) -> None:
        """Show the state of this moment; the page does it by itself while packets pass."""
        with self._watch.still():
            self._refresh()

    def _refresh(self) -> None:
        view = self._panel._view
        if self.paused and view:
            view = view | self._state()
        else:
            view = self._state() | self._numbers() | self._lists()
            self._prepare()
        # A view like the last one is sent too: the page is to answer that it has seen it.
        self._panel._view = view | {"number": self._panel._view.get("number", 0) + 1}

    @traitlets.observe("paused")
    def _pause(self, _: Any) -> None:
        if self.paused:
            self._watch.hold()
        else:
            self._watch.go_on()
        self.refresh()

    @traitlets.observe("filter")
    def _look_anew(self, _: Any) -> None:
        with self._watch.still():
            self._packets.clear()
            self._seen = 0
            if self._panel._view:
                self._panel._view = self._panel._view | self._lists(anew=True)

    def _asked(self, _: Any, asked: dict[str, str], __: Any) -> None:
        """A message from the page."""
        for what, which in asked.items():
            with self._watch.still():
                getattr(self, f"_asked_{what}")(which)

    def _asked_view(self, which: str) -> None:
        """A view has come into being."""
        self._views.add(which)
        self._unseen = self._due = False
        self.refresh()

    def _asked_gone(self, which: str) -> None:
        """A view was closed."""
        self._views.discard(which)
        self._soon(self._leave)

    def _leave(self) -> None:
        if self._loop and not self._views:
            self._loop.call_later(ALONE, self._stop_alone)

    def _stop_alone(self) -> None:
        if not self._views:
            self._watch.stop(0)

    def _asked_seen(self, _: str) -> None:
        """The page has shown what it was told: what came meanwhile is next."""
        self._unseen = False
        if self._due:
            self._soon(self._plan)

    def _asked_stop(self, _: str) -> None:
        self._watch.stop(0)

    def _asked_close(self, _: str) -> None:
        self._shown("", None)

    def _asked_connection(self, key: str) -> None:
        connection = (self._connections_before | self._connections).get(key)
        packets = self._watch.kept.of(connection) if connection else []
        if connection is None or not packets:
            self._shown("This connection's packets are not kept any more.", None)
            return
        words = f"{_named(connection.protocol)[0]} {connection.client} → {connection.server}"
        of = "all" if len(packets) == connection.packets else f"{len(packets)} of"
        self._prepare(packets)
        assert self._ladder is not None
        self._ladder.show(packets)
        self._shown(f"{words}: {of} {counted(connection.packets, 'packet', ',')}", self._ladder)

    def _asked_packet(self, number: str) -> None:
        packet = next(
            (one for at, one in (*self._packets, *self._packets_before) if at == int(number)), None
        )
        if packet is None:
            self._shown("This packet is not kept any more.", None)
            return
        self._prepare([packet])
        assert self._explorer is not None
        self._explorer.show(packet)
        self._shown(f"packet {number}: {packet.summary()}", self._explorer)

    def _shown(self, words: str, widget: ipywidgets.DOMWidget | None) -> None:
        for one in self._open.children:
            one.layout.display = None if one is widget else "none"
        self._panel._opened = [words, widget is not None]

    def _prepare(self, packets: list[Packet] | None = None) -> None:
        """Make what a click opens before it is asked for: then the answer comes at once."""
        if self._open.children:
            return
        packets = packets or next(
            (kept for one in self._connections.values() if (kept := self._watch.kept.of(one))), []
        )
        if packets:
            self._ladder, self._explorer = SequenceLadder(packets), PacketExplorer(packets[0])
            for one in (self._ladder, self._explorer):
                one.layout.display = "none"
            self._open.children = (self._ladder, self._explorer)

    def wait(self, seconds: float | None = None) -> Self:
        """Wait until the source has ended, so many seconds at most; then the dashboard itself."""
        self._watch.wait(seconds)
        self.refresh()
        return self

    def stop(self) -> None:
        """Take no more packets; what was counted stays."""
        self._watch.stop()
        self.refresh()

    def close(self) -> None:
        """Stop, and remove the widget."""
        self._watch.stop()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What is shown.

    @property
    def problem(self) -> str:
        """Why there are no more packets, as a sentence; "" when all is well."""
        return self._watch.problem

    def _state(self) -> dict[str, Any]:
        watch = self._watch
        says = STATES[watch.state]
        if self.paused and watch.state == "running":
            says = "⏸ paused, counting goes on" if watch.live else "⏸ paused"
        return {
            "state": watch.state, "source": watch.says, "says": says, "problem": watch.problem,
        }  # fmt: skip

    def _numbers(self) -> dict[str, Any]:
        monitor = self.monitor
        with monitor.lock:
            packets, bits = monitor.rate()
            gone, total = monitor.connections.gone.evicted, max(monitor.total.bytes, 1)
            layers = {path[-1]: one.layer for path, one in monitor.protocols.walk()}
            shares = [
                [palette.label(name, layers[name]), layers[name], traffic.packets,
                 bytes_text(traffic.bytes), traffic.bytes / total]
                for name, traffic in monitor.shares().items()
            ]  # fmt: skip
            notes = {
                "malformed packets": monitor.malformed,
                "dropped by the kernel, as they came too fast": self._watch.dropped,
                "connections let go, as there are too many": gone,
                "hosts let go, as there are too many": sum(monitor.left.values()),
            }
            return {
                "numbers": [
                    counted(monitor.total.packets, "packet", ","), bytes_text(monitor.total.bytes),
                    f"{packets:,.0f} packets/s", f"{bytes_text(bits / 8)}/s",
                    counted(len(monitor.connections), "connection", ","),
                ],
                "notes": [f"{count:,} {what}" for what, count in notes.items() if count],
                "chart": rates(monitor), "chart_says": rates_text(monitor), "shares": shares[:8],
            }  # fmt: skip

    def _lists(self, anew: bool = False) -> dict[str, Any]:
        """The rows of the lists; while somebody is about to click one, they stay as they are."""
        wanted, monitor = self.filter.lower(), self.monitor
        with monitor.lock:
            if anew or not self._panel._hold:
                self._choose(wanted)
            first = monitor.first or 0
            hosts = monitor.talkers(LOOKED_AT if wanted else 8)
            talkers = [
                [name, bytes_text(host.sent.bytes), bytes_text(host.received.bytes)]
                for name, host in hosts
                if wanted in name.lower()
            ]
            return {
                "talkers": talkers[:8],
                "connections": [_connection(key, one) for key, one in self._connections.items()],
                "packets": [_packet(number, one, first) for number, one in self._packets],
            }

    def _choose(self, wanted: str) -> None:
        """The connections and packets that are shown; those before can still be clicked, for the
        page is a little behind."""
        self._connections_before, self._packets_before = self._connections, [*self._packets]
        busiest = self.monitor.busiest(LOOKED_AT if wanted else ROWS)
        found = [one for one in busiest if not wanted or wanted in _words(one)]
        self._connections = {f"{id(one):x}": one for one in found[:ROWS]}
        self._watch.kept.wanted = {*found[:ROWS], *self._connections_before.values()}
        fresh = self.monitor.packets(self._seen, None if wanted else ROWS)
        self._seen = self.monitor.total.packets
        self._packets.extend(pair for pair in fresh if not wanted or wanted in _said(*pair))

    def _still(self) -> str:
        view = self._state() | self._numbers() | self._lists()
        return still(f"Dashboard of {view['source']}, {view['says']}", view, self.monitor)

    def __repr__(self) -> str:
        return f"Dashboard({os.path.basename(self._watch.says)})"


def _named(protocol: str) -> tuple[str, str]:
    """A connection's protocol by name, where it is but a number, and the layer it belongs to."""
    kind = NUMBERS["ip protocol"].get(int(protocol)) if protocol.isdigit() else None
    return (kind.__name__, kind.layer) if kind else (protocol, "transport")


def _words(connection: Connection) -> str:
    name, _ = _named(connection.protocol)
    return f"{name} {connection.client} {connection.server} {connection.state}".lower()


def _said(number: int, packet: Packet) -> str:
    """What a filter looks for in a packet: its row, and the names of all its layers."""
    names = [type(header).__name__ for header in packet.layers]
    return " ".join([*_packet(number, packet, 0)[4:], *names]).lower()


def _connection(key: str, one: Connection) -> list[str]:
    """A connection's row: its key, layer, and what is read."""
    rtt = "" if one.rtt is None else f"{one.rtt / 1e6:.3g} ms"
    again = sum(one.retransmissions)
    protocol, layer = _named(one.protocol)
    client, server = (str(end) if end.port else end.address for end in (one.client, one.server))
    return [
        key, layer, palette.label(protocol, layer), client, server, one.state,
        f"{one.packets:,}", bytes_text(one.bytes), rtt, str(again or ""),
    ]  # fmt: skip


def _packet(number: int, packet: Packet, first: int) -> list[str]:
    """A packet's row: its number, layer, and what is read."""
    layer = packet.layers[-1].layer if packet.layers else "payload"
    seconds = "" if packet.time is None else f"{(packet.time - first) / 1e9:.3f}"
    source, target, _, source_port, target_port = packet.five_tuple
    ends = packet.ends
    if source_port:
        ends = str(End(source, source_port)), str(End(target, target_port))
    summary = ("⚠ " if packet.problems else "") + packet.summary()
    label = palette.label(packet.protocol, layer)
    length = str(packet.wire_length)
    return [str(number), layer, str(number), seconds, *ends, label, length, summary]
