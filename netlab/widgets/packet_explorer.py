"""PacketExplorer: a packet's bytes, its fields and its header's picture, all showing the same."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from netlab import palette
from netlab.capture import read
from netlab.field import Span
from netlab.packet import Packet
from netlab.picture import STYLE, svg
from netlab.widgets.static import still

HERE = Path(__file__).parent

MOST = 5000
"""Packets in the list at most; a browser shows no more with ease."""


class PacketExplorer(anywidget.AnyWidget):
    """Look into packets: a list of them, and of the chosen one the tree of fields, the bytes and
    the picture of a header, linked.

    packets  a packet, any number of them, or the path of a capture file
    packet   which of them is shown, counted from 0
    field    which field is marked, such as "IPv4.ttl"; "" for none

    Both can be set and read while the widget is on screen.  A number or name that does not exist
    raises `traitlets.TraitError`, an unreadable capture `CaptureError`.
    """

    _esm = HERE / "packet_explorer.js"
    _css = palette.css(".netlab-explorer") + STYLE + (HERE / "packet_explorer.css").read_text()

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

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = still(self._packets[self.packet], self.field)
        return bundle

    def __repr__(self) -> str:
        return f"PacketExplorer({len(self._packets)} packets, showing {self.packet})"


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
        node["layer"] = header.layer if header else "payload"
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
        "text": span.text, "meaning": span.meaning, "about": span.about,
        "source": span.source, "link": _link(span.source),
        "children": [_node(child, path, names) for child in span.children],
    }  # fmt: skip
    return {key: value for key, value in node.items() if value not in ("", [])}


def _link(source: str) -> str:
    """Where the RFC's text stands, "" when the source is no RFC."""
    found = re.match(r"RFC (\d+)(?: section ([\d.]+))?", source)
    if not found:
        return ""
    section = f"#section-{found[2]}" if found[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}{section}"


def _paths(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield node["path"]
        yield from _paths(node.get("children", []))
