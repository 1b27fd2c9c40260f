"""PacketExplorer: a packet's bytes, its fields and its header's picture, all showing the same."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import traitlets

from netlab.capture import read
from netlab.counts import counted
from netlab.dump import hexdump
from netlab.field import Span
from netlab.header import Header
from netlab.packet import Packet
from netlab.picture import STYLE, svg, without_name
from netlab.widgets.static import GAP, LINE, hex_line, image, legend, sheet, text
from netlab.widgets.widget import Widget

MOST = 5000
"""Packets in the list at most; a browser shows no more with ease."""


class PacketExplorer(Widget, files="packet_explorer", style=STYLE):
    """Look into packets: a list of them, and of the chosen one the tree of fields, the bytes and
    the picture of a header, linked.

    packets  a packet, any number of them, or the path of a capture file
    packet   which of them is shown, counted from 0
    field    which field is marked, such as "IPv4.ttl"; "" for none

    Both can be set and read while the widget is on screen.  A number or name that does not exist
    raises `traitlets.TraitError`, an unreadable capture `CaptureError`.
    """

    packet = traitlets.Int(0).tag(sync=True)
    field = traitlets.Unicode("").tag(sync=True)
    _rows: Any = traitlets.List().tag(sync=True)
    _detail = traitlets.Dict().tag(sync=True)
    _note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        packets: Packet | Iterable[Packet] | str | os.PathLike[str],
        packet: int = 0,
        field: str = "",
    ) -> None:
        source = _each(packets)
        self._packets = list(islice(source, MOST))
        if not self._packets:
            raise ValueError("there is no packet to explore")
        note = ""
        if next(source, None) is not None:
            note = f"the first {MOST} packets; explore a part of the capture to see others"
        rows = self._lines(0)
        self._check_packet(packet)
        detail = _detail(packet, self._packets[packet])
        self._paths = set(_paths(detail["spans"]))
        super().__init__(packet=packet, _rows=rows, _detail=detail, _note=note)
        self.field = field

    def extend(self, packets: Iterable[Packet]) -> None:
        """Add packets at the end of the list; beyond the most that a browser shows, none."""
        count = len(self._packets)
        self._packets += islice(packets, MOST - count)
        self._rows = self._rows + self._lines(count)

    def show(self, packets: Packet | Iterable[Packet]) -> None:
        """Show other packets instead, from the first on.  ValueError when there is none."""
        shown = list(islice(_each(packets), MOST))
        if not shown:
            raise ValueError("there is no packet to explore")
        self._packets = shown
        with self.hold_sync():
            self._rows = self._lines(0)
            self.packet = 0
            self._show_packet({"new": 0})

    def _lines(self, start: int) -> list[list[Any]]:
        first = next((p.time for p in self._packets if p.time is not None), 0)
        return [_row(number, p, first) for number, p in enumerate(self._packets[start:], start + 1)]

    def _check_packet(self, index: int) -> None:
        if not 0 <= index < len(self._packets):
            raise traitlets.TraitError(
                f"packet {index} does not exist: there are 0 to {len(self._packets) - 1}"
            )

    @traitlets.validate("packet")
    def _packet_exists(self, proposal: Any) -> int:
        self._check_packet(proposal["value"])
        return int(proposal["value"])

    @traitlets.validate("field")
    def _field_exists(self, proposal: Any) -> str:
        path = str(proposal["value"])
        if path and path not in self._paths:
            known = ", ".join(sorted(self._paths))
            raise traitlets.TraitError(
                f"packet {self.packet} has no field {path!r}: it has {known}"
            )
        return path

    @traitlets.observe("packet")
    def _show_packet(self, change: Any) -> None:
        detail = _detail(change["new"], self._packets[change["new"]])
        self._paths = set(_paths(detail["spans"]))
        if self.field not in self._paths:
            self.field = ""
        self._detail = detail

    def _still(self) -> str:
        packet = self._packets[self.packet]
        return image(packet_svg(packet, self.field), f"{packet.protocol}: {packet.summary()}")

    def __repr__(self) -> str:
        return f"PacketExplorer({counted(len(self._packets), 'packet')}, showing {self.packet})"


def _each(packets: Packet | Iterable[Packet] | str | os.PathLike[str]) -> Iterator[Packet]:
    if isinstance(packets, Packet):
        return iter([packets])
    if isinstance(packets, str | os.PathLike):
        return read(packets)
    return iter(packets)


def _row(number: int, packet: Packet, first: int) -> list[Any]:
    """The packet's line in the list: number, seconds, source, destination, protocol, bytes, words,
    layer, whether it has problems."""
    seconds = "" if packet.time is None else f"{(packet.time - first) / 1e9:.6f}"
    source, destination = packet.ends
    name, layer = packet.protocol, packet.layers[-1].layer if packet.layers else "payload"
    length, problems = packet.wire_length, bool(packet.problems)
    return [number, seconds, source, destination, name, length, packet.summary(), layer, problems]


def _detail(index: int, packet: Packet) -> dict[str, Any]:
    """All that the browser needs to show one packet."""
    names: dict[str, int] = {}
    spans = []
    layers: list[Any] = [*packet.layers, None, None]
    for span, header in zip(packet.spans(), layers, strict=False):
        node = _node(span, "", names)
        node["layer"] = span.layer
        if header and header.boxes():
            title = f"{span.name}, 32 bits in a row"
            node["picture"] = svg(header.boxes(), header.layer, title, style=False)
        spans.append(node)
    problems = [[str(problem), problem.offset] for problem in packet.problems]
    return {"index": index, "hex": packet.data.hex(), "spans": spans, "problems": problems}


def _node(span: Span, parent: str, names: dict[str, int]) -> dict[str, Any]:
    """A line of the tree; its path tells it from namesakes ("TCP.options.NOP 2")."""
    path = f"{parent}.{span.name}" if parent else span.name
    names[path] = names.get(path, 0) + 1
    if names[path] > 1:
        path = f"{path} {names[path]}"
    node = {
        "path": path, "name": span.name, "start": span.start, "bits": span.bits,
        "text": without_name(span.name, span.text), "meaning": span.meaning, "about": span.about,
        "source": span.source, "link": span.link,
        "children": [_node(child, path, names) for child in span.children],
    }  # fmt: skip
    return {key: value for key, value in node.items() if value not in ("", [])}


def _paths(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield node["path"]
        yield from _paths(node.get("children", []))


MOST_ROWS = 24
"""Lines of 16 bytes that the still picture shows at most."""


def packet_svg(packet: Packet, field: str = "") -> str:
    """The packet's bytes, coloured by layer, and the picture of one header: the one that `field`
    belongs to, else the outermost IP or the first."""
    dump = hexdump(packet)
    drawn = [legend([(part.name, part.layer) for part in dump.parts], LINE + 4)]
    top = 2 * LINE + GAP
    for line in islice(dump.lines(), MOST_ROWS):
        drawn.append(hex_line(line, top))
        top += LINE
    rest = len(packet.data) - MOST_ROWS * 16
    if rest > 0:
        drawn.append(text(8, top, f"and {counted(rest, 'more byte')}", "faint"))
        top += LINE
    header = _shown(packet, field)
    if header is not None and header.boxes():
        name = type(header).__name__
        picture = svg(header.boxes(), header.layer, f"{name}, 32 bits in a row", style=False)
        drawn.append(text(8, top + GAP, name))
        top += GAP + LINE
        drawn.append(f'<g transform="translate(8 {top})">{picture}</g>')
        top += int(picture.partition('height="')[2].partition('"')[0])
    return sheet(f"{packet.protocol}: {packet.summary()}", top + GAP, drawn, STYLE)


def _shown(packet: Packet, field: str) -> Header | None:
    wanted = field.partition(".")[0]
    named = [header for header in packet.layers if type(header).__name__ == wanted]
    inner = [header for header in packet.layers if header.layer == "internet"]
    return next(iter([*named, *inner, *packet.layers]), None)
