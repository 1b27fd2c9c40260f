"""NetworkSimulator: a transfer through a network of one's own making, drawn as it went."""

from collections import Counter
from html import escape
from typing import Any, NamedTuple

import ipywidgets
import traitlets

from netlab.figures import Chart, transfer
from netlab.simulation import Journey, Network, Samples
from netlab.tcp.congestion import KINDS
from netlab.widgets.ladder import Crossing
from netlab.widgets.sequence_ladder import SequenceLadder
from netlab.widgets.widget import Still, Widget

SAMPLES, STEPS = 200, 25
"""Samples in the plots, and pieces in which a run is done, to say how far it is."""

HANDSHAKE, ARROWS = 3, 60
"""Packets that the ladder always begins with, for numbers to count from, and those after them."""

FATES = {"lost": "lost on the way", "queue full": "dropped by a full queue"}


class Setting(NamedTuple):
    """A slider: the trait that it sets, what it says, and its range in the unit that it shows, of
    which `factor` make the trait's."""

    name: str
    label: str
    unit: str
    least: float
    most: float
    step: float
    factor: float


SETTINGS = (
    Setting("loss", "packets lost by chance", "%", 0, 10, 0.1, 0.01),
    Setting("delay", "delay, one way", "ms", 1, 300, 1, 0.001),
    Setting("bandwidth", "bandwidth", "Mbit/s", 0.2, 10, 0.2, 1e6),
    Setting("queue", "room in the queue", "packets", 1, 200, 1, 1),
    Setting("window", "receive window", "kB", 2, 500, 2, 1000),
)
LIMITS: dict[str, Any] = {
    s.name: {"min": s.least * s.factor, "max": s.most * s.factor} for s in SETTINGS
}


class Controls(Widget, files="network_simulator"):
    """The sliders, and below them what came out; NetworkSimulator says what the traits mean."""

    loss = traitlets.Float(0.0, **LIMITS["loss"]).tag(sync=True)
    delay = traitlets.Float(0.05, **LIMITS["delay"]).tag(sync=True)
    bandwidth = traitlets.Float(2e6, **LIMITS["bandwidth"]).tag(sync=True)
    queue = traitlets.Int(20, **LIMITS["queue"]).tag(sync=True)
    window = traitlets.Int(100_000, **LIMITS["window"]).tag(sync=True)
    congestion = traitlets.Enum(tuple(KINDS), "newreno").tag(sync=True)
    seed = traitlets.Int(1, min=0).tag(sync=True)
    first = traitlets.Int(0, min=0).tag(sync=True)
    _settings: Any = traitlets.List([s._asdict() for s in SETTINGS]).tag(sync=True)
    _kinds: Any = traitlets.List(list(KINDS)).tag(sync=True)
    _asked = traitlets.Int(0).tag(sync=True)
    _progress = traitlets.Float(1.0).tag(sync=True)
    _ran: Any = traitlets.Dict().tag(sync=True)
    _said = traitlets.Unicode().tag(sync=True)
    _image = traitlets.Unicode().tag(sync=True)
    _alt = traitlets.Unicode().tag(sync=True)
    _count = traitlets.Int(0).tag(sync=True)
    _losses: Any = traitlets.List().tag(sync=True)


CHOSEN = (*(setting.name for setting in SETTINGS), "congestion", "seed")


class NetworkSimulator(Still, ipywidgets.VBox):  # type: ignore[misc]  # it has no types
    """A host sends to another without end, through one cable: choose the cable and TCP's congestion
    control, run it, and see the window, the round trip, what arrives, and the ladder.

    loss        rate of packets lost by chance on the way of the data, 0 to 0.1
    delay       seconds from one end to the other
    bandwidth   bits a second
    queue       packets that may wait before the cable; one more is dropped
    window      bytes for which the receiver has room
    congestion  "newreno", "reno", "cubic" or "none"
    seed        the same seed gives the same losses
    seconds     how long the transfer runs, in the simulation's time
    first       the packet with which the ladder goes on after the handshake, counted from 0

    It runs once when it is made, and again by the button or `run()`; `network`, `samples`,
    `chart` and `result` are those of the last run.  `traitlets.TraitError` for a value out of
    range.
    """

    def __init__(self, *, seconds: float = 20.0, **settings: Any) -> None:
        unknown = settings.keys() - {*CHOSEN}
        if unknown:
            raise ValueError(
                f"the simulator has no setting {min(unknown)!r}: there are {', '.join(CHOSEN)}"
            )
        self.seconds = seconds
        self.samples: Samples | None = None
        self._ladder: SequenceLadder | None = None
        self._controls = Controls(**settings)
        super().__init__([self._controls])
        self.run()
        self._controls.observe(lambda _: self._draw_ladder(), "first")
        self._controls.observe(lambda _: self.run(), "_asked")

    def __getattr__(self, name: str) -> Any:
        if name in (*CHOSEN, "first"):
            return getattr(self._controls, name)
        raise AttributeError(f"NetworkSimulator has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in (*CHOSEN, "first"):
            setattr(self._controls, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def result(self) -> str:
        """What came out of the last run, in words."""
        return str(self._controls._said)

    def run(self) -> None:
        """Let the transfer run with the settings as they are, and show it."""
        controls, before = self._controls, self.samples
        network = Network(controls.seed)
        a, b = network.pair(
            delay=controls.delay, bandwidth=controls.bandwidth, queue=controls.queue
        )
        network.link(a, b).loss = controls.loss
        connection = network.transfer(
            a, b, congestion=controls.congestion, receive_buffer=controls.window,
            send_buffer=1 << 20,
        )  # fmt: skip
        samples = network.sample(connection, every=self.seconds / SAMPLES)
        for done in range(1, STEPS + 1):
            network.run(until=self.seconds * done / STEPS)
            controls._progress = done / (STEPS + 1)
        self.network, self.samples = network, samples
        lost = [n for n, journey in enumerate(network.journeys) if journey.fate in FATES]
        times = [network.journeys[number].sent / 1e9 for number in lost]
        self.chart: Chart = transfer(samples, times, before)
        with controls.hold_sync():
            controls._ran = {name: getattr(controls, name) for name in CHOSEN}
            controls._said = _told(network, samples, self.seconds, controls.bandwidth)
            controls._image, controls._alt = self.chart.source, self.chart.alt
            controls._count, controls._losses = len(network.journeys), lost[:2000]
            controls.first = max(lost[0] - 6, 0) if lost else 0
        self._draw_ladder()
        controls._progress = 1.0

    def _draw_ladder(self) -> None:
        """The handshake, then what begins with packet `first`."""
        journeys, first = self.network.journeys, max(self._controls.first, HANDSHAKE)
        found = [_crossing(journey) for journey in journeys[:HANDSHAKE]]
        for number, journey in enumerate(journeys[first : first + ARROWS]):
            skipped = first - HANDSHAKE if number == 0 else 0
            found.append(_crossing(journey, f"after {skipped} others" if skipped else ""))
        old, self._ladder = self._ladder, SequenceLadder(found)
        self.children = [self._controls, self._ladder]
        if old is not None:
            for widget in (*old.children, old):
                widget.close()

    def _still(self) -> str:
        html: str = self.chart._repr_mimebundle_()["text/html"]
        return f"<p>{escape(self.result)}</p>{html}"

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self._controls, name)!r}" for name in CHOSEN)
        return f"NetworkSimulator({shown})\n{self.result}"


def _crossing(journey: Journey, note: str = "") -> Crossing:
    notes = ", ".join(filter(None, (note, journey.note)))
    return Crossing(journey.packet, journey.sent, journey.arrived, notes)


def _told(network: Network, samples: Samples, seconds: float, bandwidth: float) -> str:
    """What came out, in words."""
    arrived = sum(samples.goodput) * seconds / SAMPLES
    share = 100 * arrived * 8 / seconds / bandwidth
    fates = Counter(journey.fate for journey in network.journeys)
    places = [
        journey.item.segment.seq
        for journey in network.journeys
        if journey.link == "a → b" and journey.item.segment.payload
    ]
    losses = ", ".join(f"{fates[fate]:,} {words}" for fate, words in FATES.items())
    return (
        f"In {seconds:g} seconds {arrived / 1e6:.2f} MB arrived: {arrived * 8 / seconds / 1e6:.2f} "
        f"Mbit/s, {share:.0f} % of what the cable can carry. {len(places):,} segments with data "
        f"were sent: {losses}, {len(places) - len({*places}):,} sent again."
    )
