"""Layers drawn: OSI beside TCP/IP, and the bytes of real packets in them."""

from collections import Counter
from collections.abc import Iterable
from textwrap import shorten

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle

from netlab import palette
from netlab.counts import counted
from netlab.figures.chart import Chart
from netlab.models import OSI, TCP_IP
from netlab.packet import Packet

INK, FAINT, LINE = (tones["light"] for tones in (palette.INK, palette.FAINT, palette.LINE))

OSI_AT, TCP_IP_AT, PACKET_AT = (0.0, 2.5), (2.7, 2.2), (5.3, 7.5)
"""Left edge and width of the three columns."""


def side_by_side(packet: Packet) -> Chart:
    """OSI's layers, TCP/IP's layers, and what of `packet` belongs to each: how many bytes, where
    they stand in the packet, and how much each layer carries for the one above it."""
    figure = Figure(figsize=(10.2, 5.2))
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    axes.set(xlim=(-0.1, 13), ylim=(-0.1, 7.8))
    axes.axis("off")
    titles = "OSI", "TCP/IP", f"one packet, {counted(len(packet), 'byte')}"
    for (left, width), title in zip((OSI_AT, TCP_IP_AT, PACKET_AT), titles, strict=True):
        axes.text(left + width / 2, 7.4, title, ha="center", weight="bold", size=12, color=INK)
    for osi in OSI:
        _box(axes, OSI_AT, osi.number - 1, 1, f"{osi.number}  {osi.name}", osi.layer)
    words = []
    for name in TCP_IP:
        floors = [osi.number - 1 for osi in OSI if osi.layer == name]
        _box(axes, TCP_IP_AT, min(floors), len(floors), name, name)
        middle = min(floors) + len(floors) / 2
        words.append(f"{name} layer, {_draw_bytes(axes, packet, name, middle)}")
    signals = "signals on the cable: no capture holds them"
    axes.text(PACKET_AT[0], 0.5, signals, va="center", size=10, style="italic", color=FAINT)
    alt = (
        "OSI's seven layers beside TCP/IP's four, whose application layer does the work of OSI's "
        f"layers 5 to 7. The bytes of one packet, outermost layer last: {'; '.join(words)}."
    )
    return Chart(figure, alt)


def _box(
    axes: Axes, column: tuple[float, float], floor: float, height: float, text: str, layer: str
) -> None:
    """A layer of a model."""
    tone = palette.LAYERS.get(layer)
    fill, edge, ink = (tone.light_fill, tone.base, tone.light_ink) if tone else ("none", LINE, INK)
    (left, width), gap = column, 0.06
    box = FancyBboxPatch(
        (left + gap, floor + gap), width - 2 * gap, height - 2 * gap,
        boxstyle="round,pad=0,rounding_size=0.1", facecolor=fill, edgecolor=edge, lw=1.4,
    )  # fmt: skip
    axes.add_patch(box)
    axes.text(
        left + width / 2, floor + height / 2, text, ha="center", va="center", color=ink, size=11
    )


def _draw_bytes(axes: Axes, packet: Packet, layer: str, middle: float) -> str:
    """A layer's own bytes where they stand in the packet, and behind them what they carry.
    Returns the same in words."""
    parts = _parts(packet, layer)
    left, width = PACKET_AT
    scale = width / max(len(packet), 1)
    if not parts:
        text = "nothing in this packet"
        axes.text(left, middle, text, va="center", size=10, style="italic", color=FAINT)
        return text
    bottom, height = middle - 0.33, 0.4
    for name, start, end, tone in parts:
        at = left + start * scale
        box = Rectangle(
            (at, bottom), (end - start) * scale, height,
            facecolor=palette.LAYERS[tone].light_fill, edgecolor=palette.LAYERS[tone].base, lw=1.4,
        )  # fmt: skip
        axes.add_patch(box)
        label = f"{name}: {counted(end - start, 'byte')}"
        axes.text(at, bottom + height + 0.07, label, va="bottom", size=10.5, color=INK)
    inner = parts[-1][2]
    carried = sum(
        end - start for name in _above(layer) for _, start, end, _ in _parts(packet, name)
    )
    words = ", ".join(f"{name}: {counted(end - start, 'byte')}" for name, start, end, _ in parts)
    if not carried:
        return words
    rest = Rectangle(
        (left + inner * scale, bottom), carried * scale, height,
        facecolor="none", edgecolor=LINE, lw=1, ls=(0, (3, 2)),
    )  # fmt: skip
    axes.add_patch(rest)
    text = f"carries {counted(carried, 'byte')}"
    at = left + (inner + carried / 2) * scale
    axes.text(at, middle - 0.13, text, ha="center", va="center", size=9.5, color=FAINT)
    return f"{words}, which {text}"


def _above(layer: str) -> tuple[str, ...]:
    return TCP_IP[: TCP_IP.index(layer)]


def _parts(packet: Packet, layer: str) -> list[tuple[str, int, int, str]]:
    """The packet's headers in that layer: name, first byte, byte after the last, palette's tone.
    The payload belongs to the application."""
    found = [
        (type(header).__name__, header.offset, header.payload_start, layer)
        for header in packet.layers
        if header.layer == layer
    ]
    if layer == "application" and packet.payload:
        start = packet.layers[-1].payload_start if packet.layers else 0
        found.append(("payload", start, start + len(packet.payload), "payload"))
    return found


def exchange(packets: Iterable[Packet]) -> Chart:
    """Each packet as a bar of its bytes, coloured by layer: what a conversation is made of."""
    packets = list(packets)
    figure = Figure(figsize=(10.2, 0.34 * len(packets) + 1.2), layout="constrained")
    axes = figure.subplots()
    widest = max(map(len, packets), default=1)
    words = []
    for number, packet in enumerate(packets, 1):
        counts, start = Counter(packet.owners()), 0
        for layer in (*reversed(TCP_IP), "payload"):
            count, tone = counts[layer], palette.LAYERS[layer]
            if count:
                axes.barh(number, count, 0.8, start, color=tone.light_fill, edgecolor=tone.base)
            if count > widest / 45:
                place = start + count / 2
                axes.text(
                    place,
                    number,
                    str(count),
                    ha="center",
                    va="center",
                    size=9,
                    color=tone.light_ink,
                )
            start += count
        made = ", ".join(f"{layer} {count}" for layer, count in counts.items())
        words.append(f"{number} {packet.protocol} ({made})")
    summaries = [shorten(packet.summary(), 24, placeholder=" …") for packet in packets]
    labels = [f"{number}: {summary}" for number, summary in enumerate(summaries, 1)]
    axes.set_yticks(range(1, len(packets) + 1), labels, size=9, color=INK, ha="left")
    axes.tick_params(axis="y", pad=5 * max(map(len, labels), default=0))
    axes.invert_yaxis()
    axes.set_xlabel("bytes", color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01, y=0.01)
    keys = [
        Patch(facecolor=tone.light_fill, edgecolor=tone.base, label=name)
        for name, tone in palette.LAYERS.items()
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=5, frameon=False, labelcolor=INK)
    return Chart(figure, f"A bar for each packet, bytes by layer: {'; '.join(words)}.")
