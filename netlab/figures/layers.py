"""OSI and TCP/IP side by side, and the bytes of one real packet in their layers."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from netlab import palette
from netlab.figures.chart import Chart
from netlab.packet import Packet

OSI = (
    ("7 application", "application"),
    ("6 presentation", "application"),
    ("5 session", "application"),
    ("4 transport", "transport"),
    ("3 network", "internet"),
    ("2 data link", "link"),
    ("1 physical", ""),
)
"""The seven layers of ISO/IEC 7498-1 and where TCP/IP (RFC 1122 section 1.1.3) puts their work.

RFC 1122 says nothing of cables: the physical layer lies below its link layer.
"""

TCP_IP = (("application", 4, 7), ("transport", 3, 4), ("internet", 2, 3), ("link", 1, 2))
"""The four layers of TCP/IP, and the lower and upper edge of each beside OSI's seven."""


def layers(packet: Packet) -> Chart:
    """The two models and beside them the headers of `packet`, each with its bytes."""
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(0, 12.2), ylim=(0, 7.7))
    axes.axis("off")
    for title, x in (("OSI", 1.5), ("TCP/IP", 4.8), ("this packet", 9.2)):
        axes.text(x, 7.3, title, ha="center", weight="bold", size=12)
    for place, (name, layer) in enumerate(OSI):
        _box(axes, 0, 6 - place, 3, 1, name, layer)
    for name, low, high in TCP_IP:
        _box(axes, 3.4, low, 2.8, high - low, name, name)
    words = []
    for name, low, high in TCP_IP:
        inside = _headers(packet, name)
        height = (high - low) / max(len(inside), 1)
        for place, (header, size) in enumerate(inside):
            y = high - (place + 1) * height
            _box(axes, 6.6, y, 5.4, height, f"{header}: {size} bytes", name)
            words.append(f"{header} with {size} bytes in the {name} layer")
    axes.text(9.3, 0.5, "volts, light or radio", ha="center", va="center", style="italic")
    alt = (
        "OSI's seven layers beside TCP/IP's four; OSI's 5 to 7 together are TCP/IP's application "
        f"layer. The packet: {'; '.join(words)}."
    )
    return Chart(figure, alt)


def _headers(packet: Packet, layer: str) -> list[tuple[str, int]]:
    """The packet's headers in that layer, and what the innermost one carries, with their bytes."""
    found = [
        (type(header).__name__, header.header_length)
        for header in packet.layers
        if header.layer == layer
    ]
    if layer == "application" and packet.payload:
        found.append(("payload", len(packet.payload)))
    return found


def _box(
    axes: Axes, x: float, y: float, width: float, height: float, text: str, layer: str
) -> None:
    fill = palette.LAYERS[layer].light_fill if layer else "white"
    edge = palette.LAYERS[layer].base if layer else palette.LINE["light"]
    ink = palette.LAYERS[layer].light_ink if layer else palette.INK["light"]
    box = Rectangle((x, y + 0.04), width, height - 0.08, facecolor=fill, edgecolor=edge, lw=1.6)
    axes.add_patch(box)
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", color=ink, size=11)
