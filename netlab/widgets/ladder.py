"""The ladder drawing of a conversation: two hosts, an arrow for each packet between them, time
running down."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import shorten
from typing import NamedTuple

from netlab import palette
from netlab.counts import counted
from netlab.packet import Packet
from netlab.simulation import Journey
from netlab.wire.tcp import TCP, TCPFlags

SEQUENCE_NUMBERS = 1 << 32
"""TCP's numbers begin again at 0 after the last (RFC 9293 section 3.4)."""


class Crossing(NamedTuple):
    """A packet on its way: when it left, when it arrived (None: it was lost), in nanoseconds, and
    what is to say of it.

    A capture sees a packet once, at one place: there both times are the same.
    """

    packet: Packet
    sent: int
    arrived: int | None
    note: str = ""


class Arrow(NamedTuple):
    """A packet in the ladder: its crossing, whether it goes from the right host to the left,
    what stands on the arrow, and what else is to say of it."""

    crossing: Crossing
    leftward: bool
    label: str
    note: str = ""


def conversation(packet: Packet) -> frozenset[tuple[str, int]]:
    """The two ends of the packet's conversation, whichever of them sent it."""
    source, destination, _, source_port, destination_port = packet.five_tuple
    return frozenset({(source, source_port), (destination, destination_port)} - {("", 0)})


def crossings(source: Iterable[Packet | Crossing | Journey]) -> list[Crossing]:
    """Each packet with its times; a captured one left and arrived when it was seen."""
    return [
        Crossing(item, item.time or 0, item.time or 0)
        if isinstance(item, Packet)
        else Crossing(item.packet, item.sent, item.arrived, item.note)
        for item in source
    ]


def busiest(found: list[Crossing]) -> frozenset[tuple[str, int]]:
    """The conversation with the most packets, the earliest of these; empty when there is none."""
    counted = Counter(conversation(crossing.packet) for crossing in found)
    counted.pop(frozenset(), None)
    return max(counted, key=counted.__getitem__, default=frozenset())


def arrows(found: list[Crossing], *, relative: bool) -> list[Arrow]:
    """The arrows of one conversation; the host that spoke first stands on the left.

    `relative` counts sequence numbers from each side's first one, as people do.
    """
    if not found:
        return []
    first = found[0].packet.five_tuple
    left = first[0], first[3]
    bases: dict[bool, int] = {}
    for crossing in found:
        if TCP in crossing.packet:
            tcp, leftward = crossing.packet[TCP], _sender(crossing.packet) != left
            bases.setdefault(leftward, tcp.seq)
            if tcp.flags & TCPFlags.ACK:
                bases.setdefault(not leftward, (tcp.ack - 1) % SEQUENCE_NUMBERS)
    drawn, seen = [], set[tuple[bool, int, int]]()
    for crossing in found:
        leftward = _sender(crossing.packet) != left
        note = crossing.note or ("lost on the way" if crossing.arrived is None else "")
        label = crossing.packet.summary()
        if TCP in crossing.packet:
            tcp = crossing.packet[TCP]
            base = (bases.get(leftward, 0), bases.get(not leftward, 0)) if relative else (0, 0)
            label = _tcp_label(tcp, *base)
            if crossing.packet.layers[-1] is not tcp:
                label += f"  {crossing.packet.summary()}"
            place = leftward, tcp.seq, len(tcp.payload)
            if tcp.payload or tcp.flags & (TCPFlags.SYN | TCPFlags.FIN):
                if place in seen:
                    note = "sent again" + (f", {note}" if note else "")
                seen.add(place)
        drawn.append(Arrow(crossing, leftward, label, note))
    return drawn


def _sender(packet: Packet) -> tuple[str, int]:
    source, _, _, port, _ = packet.five_tuple
    return source, port


def _tcp_label(tcp: TCP, seq_base: int, ack_base: int) -> str:
    words = [TCP.flags.text(tcp.flags), f"seq={(tcp.seq - seq_base) % SEQUENCE_NUMBERS}"]
    if tcp.flags & TCPFlags.ACK:
        words.append(f"ack={(tcp.ack - ack_base) % SEQUENCE_NUMBERS}")
    size = len(tcp.payload)
    return " ".join(words) + (f"  {counted(size, 'byte')}" if size else "")


LEFT, RIGHT, WIDTH = 110, 770, 880
ROW, HEAD, SLOPE, STEEP, LETTER = 30, 50, 8, 60, 7
"""Pixels: the hosts' lines and the whole width; an event's height, the room on top, the drop of an
arrow that was seen at one place only, the drop from which on an arrow is steep, a
letter's width."""


def _rows(drawn: list[Arrow]) -> Iterator[tuple[int, int, bool]]:
    """What happens, in the order of time: when, to which arrow, and whether it arrives."""
    for place, arrow in enumerate(drawn):
        crossing = arrow.crossing
        yield crossing.sent, place, False
        if crossing.arrived not in (None, crossing.sent):
            yield crossing.arrived, place, True  # type: ignore[misc]


def svg(drawn: list[Arrow], title: str, *, style: bool = True) -> str:
    """The ladder as SVG; each arrow's group has its number, from 0, in `data-key`.

    Every event has a row of its own: what happens within a microsecond can be told apart as well
    as what takes a second.  The times stand on the left, from the first one.
    """
    events = sorted(_rows(drawn), key=lambda event: event[0])
    start = events[0][0] if events else 0
    tops: dict[tuple[int, bool], int] = {}
    times = []
    for row, (time, place, arrives) in enumerate(events):
        y = HEAD + 24 + row * ROW
        tops[place, arrives] = y
        x, anchor = (
            (LEFT - 10, "end") if drawn[place].leftward == arrives else (RIGHT + 10, "start")
        )
        times.append(
            f'<text class="time" x="{x}" y="{y + 4}" text-anchor="{anchor}">'
            f"{_time(time - start)}</text>"
        )
    height = HEAD + 24 + max(len(events), 1) * ROW
    lines = "".join(
        f'<line class="host" x1="{x}" y1="{HEAD}" x2="{x}" y2="{height - 8}"/>'
        for x in (LEFT, RIGHT)
    )
    shapes = "".join(
        _arrow(arrow, place, tops[place, False], tops.get((place, True)))
        for place, arrow in enumerate(drawn)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netlab-ladder" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">{f"<style>{STYLE}</style>" if style else ""}'
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
        f"{_names(drawn)}{lines}{''.join(times)}{shapes}</svg>"
    )


def head(drawn: list[Arrow]) -> str:
    """The top of the ladder alone, with the hosts' names: it stays in sight while one scrolls."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netlab-ladder" '
        f'viewBox="0 0 {WIDTH} {HEAD}" width="{WIDTH}" height="{HEAD}" aria-hidden="true">'
        f'<rect class="paper" width="{WIDTH}" height="{HEAD}"/>{_names(drawn)}</svg>'
    )


def _names(drawn: list[Arrow]) -> str:
    if not drawn:
        return ""
    first = drawn[0].crossing.packet.five_tuple
    ends = (LEFT, first[0], first[3]), (RIGHT, first[1], first[4])
    return "".join(
        f'<text class="name" x="{x}" y="20">{escape(address)}</text>'
        f'<text class="port" x="{x}" y="38">{f"port {port}" if port else ""}</text>'
        for x, address, port in ends
    )


def _arrow(arrow: Arrow, place: int, top: int, bottom: int | None) -> str:
    """One packet: a line with a head, or a cross where it was lost; its label in the middle."""
    begin, end = (RIGHT, LEFT) if arrow.leftward else (LEFT, RIGHT)
    bottom = top + SLOPE if bottom is None else bottom
    lost = arrow.crossing.arrived is None
    if lost:
        end = begin + (end - begin) * 3 // 5
    layers = arrow.crossing.packet.layers
    layer = layers[-1].layer if layers else "payload"
    slant = (bottom - top) / (end - begin)
    words = arrow.label + (f"  ({arrow.note})" if arrow.note else "")
    written = shorten(words, int((RIGHT - LEFT) / LETTER), placeholder="…")
    lift = abs(slant) * LETTER * len(written) / 2  # the words do not touch the line that rises
    side, x, y = "", (LEFT + RIGHT) / 2, (top + bottom) / 2 - 6 - min(lift, 12)
    if bottom - top > STEEP:  # its middle belongs to others: the words stand where it begins
        side, x, y = " right" if arrow.leftward else " left", begin, top + 4
        x += -14 if arrow.leftward else 14
    back = -11 if end > begin else 11
    tip = (
        f'<text class="cross" x="{end}" y="{bottom + 5}">✕</text>'
        if lost
        else f'<path class="tip" d="M{end} {bottom} L{end + back} {bottom + back * slant - 5:.1f} '
        f'L{end + back} {bottom + back * slant + 5:.1f} Z"/>'
    )
    sent_again = " again" if arrow.note.startswith("sent again") else ""
    return (
        f'<g class="arrow {layer}{sent_again}" data-key="{place}"><title>{escape(words)}</title>'
        f"{''.join(_line(kind, begin, top, end, bottom) for kind in ('band', 'shaft'))}{tip}"
        f'<text class="label{side}" x="{x:g}" y="{y:g}">{escape(written)}</text></g>'
    )


def _line(kind: str, *ends: int) -> str:
    return '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>'.format(kind, *ends)


def _time(nanoseconds: int) -> str:
    """As seconds, milliseconds or microseconds, whichever reads best."""
    for unit, name in ((1_000_000_000, "s"), (1_000_000, "ms")):
        if nanoseconds >= unit:
            return f"{nanoseconds / unit:.3f} {name}"
    return f"{nanoseconds / 1000:.0f} µs"


STYLE = (
    palette.css(".netlab-ladder")
    + """.netlab-ladder text{font:12px sans-serif;fill:var(--netlab-ink)}
.netlab-ladder .paper{fill:var(--netlab-paper)}
.netlab-ladder .name{font-weight:bold;text-anchor:middle}
.netlab-ladder .port,.netlab-ladder .label,.netlab-ladder .cross{text-anchor:middle}
.netlab-ladder .label.left{text-anchor:start}
.netlab-ladder .label.right{text-anchor:end}
.netlab-ladder .port,.netlab-ladder .time{fill:var(--netlab-faint)}
.netlab-ladder .time{font-size:11px}
.netlab-ladder .host{stroke:var(--netlab-line);stroke-width:2}
.netlab-ladder .label{stroke:var(--netlab-paper);stroke-width:4;paint-order:stroke}
.netlab-ladder .band{stroke-width:5}
.netlab-ladder .shaft{stroke:var(--netlab-ink);stroke-width:1.5}
.netlab-ladder .tip{fill:var(--netlab-ink)}
.netlab-ladder .again .shaft{stroke-dasharray:6 4}
.netlab-ladder .cross{font-weight:bold;fill:var(--netlab-ink)}
"""
    + "".join(
        f".netlab-ladder .{layer} .band{{stroke:var(--netlab-{layer}-base)}}\n"
        for layer in palette.LAYERS
    )
)
