"""A transfer drawn over time, and congestion control beside the laws that describe it."""

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from netlab import palette
from netlab.figures.chart import Chart
from netlab.packet import Packet
from netlab.simulation import Samples
from netlab.simulation.laws import Curve, Window, cubic_law, square_root_law
from netlab.wire.tcp import TCP

INK, FAINT, LINE = (tones["light"] for tones in (palette.INK, palette.FAINT, palette.LINE))
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", palette.LAYERS["transport"].base
"""Okabe and Ito's, dark enough for lines on paper; each line has its name or its own dashes."""

SKY = palette.LAYERS["internet"].light_fill

SEGMENT = 1460
"""Bytes in a segment on Ethernet, in which people count windows."""

Line = tuple[Sequence[float], Sequence[float | None]]


def transfer(
    samples: Samples, losses: Sequence[float] = (), before: Samples | None = None
) -> Chart:
    """cwnd and ssthresh, the round trip time and the goodput of a transfer over time.

    losses  when packets were lost, in seconds
    before  the samples of another run to compare with, drawn faintly
    """
    figure = Figure(figsize=(10.2, 6.2), layout="constrained")
    windows, trips, rates = figure.subplots(3, sharex=True, height_ratios=(5, 3, 3))
    for axes, title in (
        (windows, "window, segments"), (trips, "round trip, ms"), (rates, "goodput, Mbit/s"),
    ):  # fmt: skip
        _plain(axes)
        axes.set_ylabel(title, color=INK)
    rates.set_xlabel("seconds", color=INK)
    if before is not None:
        for axes, line in zip((windows, trips, rates), _lines(before), strict=True):
            axes.plot(*line, color=LINE, lw=1, ls=(0, (2, 2)), label="the run before")
    cwnd, srtt, goodput = _lines(samples)
    windows.plot(*cwnd, color=BLUE, lw=1.8, label="cwnd")
    windows.plot(*_ssthresh(samples), color=VERMILION, lw=1.2, ls=(0, (5, 2)), label="ssthresh")
    under_way = [_shown(count) or 0.0 for count in samples.flight]
    windows.fill_between(samples.time, under_way, color=SKY, label="not yet acknowledged", lw=0)
    top = max(value for value in (*cwnd[1], *under_way, 1) if value is not None)
    windows.set_ylim(0, max(1.2 * top, windows.get_ylim()[1] if before is not None else 0))
    end = samples.time[-1] or 1
    marks = [mark * end / 250 for mark in sorted({round(time / end * 250) for time in losses})]
    windows.plot(marks, [0] * len(marks), ls="", marker="x", color=INK, clip_on=False, zorder=5,
                 label="a packet is lost")  # fmt: skip
    trips.plot(*srtt, color=BLUE, lw=1.6)
    rates.plot(*goodput, color=GREEN, lw=1.6)
    for axes in (trips, rates):
        axes.set_ylim(bottom=0)
    windows.set_xlim(0, max(samples.time, default=1) or 1)
    windows.legend(loc="upper right", ncols=5, labelcolor=INK, framealpha=0.9, fontsize=9)
    return Chart(figure, _told(samples, losses))


def _lines(samples: Samples) -> tuple[Line, Line, Line]:
    """cwnd in segments, the round trip time in ms, the goodput in Mbit/s, over time."""
    return (
        (samples.time, [_shown(cwnd) for cwnd in samples.cwnd]),
        (samples.time, [None if srtt is None else srtt * 1000 for srtt in samples.srtt]),
        (samples.time, _smooth([rate * 8 / 1e6 for rate in samples.goodput])),
    )


def _shown(count: int) -> float | None:
    """A window in segments; None where it is without bounds."""
    return None if count >= 1 << 32 else count / SEGMENT


def _ssthresh(samples: Samples) -> Line:
    return samples.time, [_shown(value) for value in samples.ssthresh]


def _smooth(values: list[float], over: int = 5) -> list[float]:
    """Each value's mean with those just before it: segments come in bursts."""
    return [
        sum(values[max(0, i - over + 1) : i + 1]) / min(over, i + 1) for i in range(len(values))
    ]


def _told(samples: Samples, losses: Sequence[float]) -> str:
    seconds = samples.time[-1] if len(samples) else 0
    goodput = sum(samples.goodput) / max(len(samples), 1) * 8 / 1e6
    windows = [window for cwnd in samples.cwnd if (window := _shown(cwnd)) is not None]
    cwnd = (
        f"cwnd goes from {windows[0]:.0f} segments up to {max(windows):.0f}, {windows[-1]:.0f} in "
        "the end" if windows else "cwnd is without bounds"
    )  # fmt: skip
    trips = [srtt * 1000 for srtt in samples.srtt if srtt is not None]
    trip = f"the round trip takes {min(trips):.0f} to {max(trips):.0f} ms; " if trips else ""
    return (
        f"A transfer of {seconds:.0f} seconds in which {len(losses)} packets are lost. {cwnd}; "
        f"{trip}on average {goodput:.1f} Mbit/s of data arrive."
    )


def square_root(windows: Iterable[Window]) -> Chart:
    """Reno's average window in the simulation beside the square-root law of Mathis et al., 1997."""
    windows = sorted(windows)
    figure = Figure(figsize=(7.6, 4.2), layout="constrained")
    axes = figure.subplots()
    _plain(axes)
    least, most = windows[0].loss, windows[-1].loss
    rates = [least / 2 * (4 * most / least) ** (i / 60) for i in range(61)]
    law = [square_root_law(rate) for rate in rates]
    axes.loglog([100 * rate for rate in rates], law, color=VERMILION, lw=1.6, ls=(0, (5, 2)),
                label="the law: 1.31 / √p")  # fmt: skip
    axes.loglog([100 * window.loss for window in windows], [window.cwnd for window in windows],
                ls="", marker="o", ms=8, color=BLUE, label="Reno in the simulation")  # fmt: skip
    axes.set_xticks([100 * window.loss for window in windows])
    axes.set_yticks([count for count in (2, 5, 10, 20, 50, 100) if law[-1] <= count <= law[0]])
    axes.xaxis.set_major_formatter("{x:g} %")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("segments lost", color=INK)
    axes.set_ylabel("average window, segments", color=INK)
    axes.legend(frameon=False, labelcolor=INK)
    points = "; ".join(
        f"{100 * window.loss:g} % lost: {window.cwnd:.1f} segments, the law says "
        f"{window.predicted:.1f}"
        for window in windows
    )
    return Chart(figure, f"Reno's average window beside the square-root law. {points}.")


def cubic(curve: Curve) -> Chart:
    """CUBIC's window after a loss in the simulation beside the formula of RFC 9438."""
    figure = Figure(figsize=(7.6, 4.2), layout="constrained")
    axes = figure.subplots()
    _plain(axes)
    axes.axhline(curve.w_max, color=LINE, lw=1)
    axes.text(0, curve.w_max, " the window at the loss", va="bottom", size=9, color=FAINT)
    axes.plot(curve.elapsed, curve.cwnd, color=BLUE, lw=3, label="CUBIC in the simulation")
    law = [cubic_law(elapsed, curve.w_max) for elapsed in curve.elapsed]
    axes.plot(curve.elapsed, law, color=VERMILION, lw=1.6, ls=(0, (5, 3)), label="RFC 9438")
    axes.set_xlabel("seconds since the loss was repaired", color=INK)
    axes.set_ylabel("window, segments", color=INK)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, labelcolor=INK, loc="lower right")
    apart = max(abs(cwnd / right - 1) for cwnd, right in zip(curve.cwnd, law, strict=True))
    return Chart(
        figure,
        f"CUBIC's window after a loss at {curve.w_max:.0f} segments: from {curve.cwnd[0]:.0f} it "
        f"rises steeply, is flat near {curve.w_max:.0f}, then rises ever faster, up to "
        f"{curve.cwnd[-1]:.0f} after {curve.elapsed[-1]:.0f} seconds. It is never more than "
        f"{100 * apart:.1f} % from the formula of RFC 9438.",
    )


def sequence_numbers(packets: Iterable[Packet], port: int = 80) -> Chart:
    """What a port sent over time, by its place in the stream: each segment, those out of order,
    and how far the other side has acknowledged."""
    packets = [packet for packet in packets if TCP in packet]
    start, base = packets[0].time or 0, next(p[TCP].seq for p in packets if p[TCP].src_port == port)
    kinds: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    acked, top = [], -1
    for packet in packets:
        tcp, passed = packet[TCP], ((packet.time or 0) - start) / 1e6
        if tcp.src_port != port:
            acked.append((passed, (tcp.ack - base) % (1 << 32) / 1000 if tcp.ack else 0))
        elif tcp.payload:
            place = (tcp.seq - base) % (1 << 32)
            kinds[place < top].append((passed, place / 1000))
            top = max(top, place + len(tcp.payload))
    figure = Figure(figsize=(10.2, 4.4), layout="constrained")
    axes = figure.subplots()
    _plain(axes)
    for late, marker, size, colour, name in (
        (False, "o", 5, BLUE, "a segment with new data"),
        (True, "X", 9, VERMILION, "a segment that fills a gap"),
    ):
        times, places = zip(*kinds[late], strict=True) if kinds[late] else ((), ())
        axes.plot(times, places, ls="", marker=marker, ms=size, color=colour, label=name)
    axes.step(*zip(*acked, strict=True), where="post", color=GREEN, lw=1.6, label="acknowledged")
    axes.set_xlabel("milliseconds", color=INK)
    axes.set_ylabel("place in the stream, kB", color=INK)
    axes.legend(frameon=False, labelcolor=INK, loc="upper left")
    return Chart(
        figure,
        f"Segments by time and place in the stream: {len(kinds[False])} with new data, in rising "
        f"order, and {len(kinds[True])} that fill gaps later. The line of what is acknowledged "
        "stands still at each gap and jumps when it is filled.",
    )


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=INK, which="both")
    axes.grid(color=LINE, lw=0.4, alpha=0.5)
