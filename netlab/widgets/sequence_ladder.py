"""SequenceLadder: the ladder diagram of a conversation; an arrow opens its packet."""

import os
from collections.abc import Iterable
from typing import Any

import ipywidgets
import traitlets

from netlab.capture import read
from netlab.counts import counted
from netlab.packet import Packet
from netlab.simulation import Journey
from netlab.widgets.ladder import (
    STYLE,
    Arrow,
    Crossing,
    arrows,
    busiest,
    conversation,
    crossings,
    head,
    svg,
)
from netlab.widgets.packet_explorer import PacketExplorer
from netlab.widgets.static import image
from netlab.widgets.widget import Still, Widget

MOST = 300
"""Arrows in the ladder at most: longer ones nobody reads."""


class Ladder(Widget, files="sequence_ladder", style=STYLE):
    """The drawing, whose arrows can be chosen by mouse and keyboard.

    chosen    the arrow that is marked, counted from 0
    relative  whether sequence numbers count from each side's first one
    """

    chosen = traitlets.Int(0).tag(sync=True)
    relative = traitlets.Bool(True).tag(sync=True)
    _svg = traitlets.Unicode().tag(sync=True)
    _head = traitlets.Unicode().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _note = traitlets.Unicode().tag(sync=True)


class SequenceLadder(Still, ipywidgets.VBox):  # type: ignore[misc]  # it has no types
    """Who sent what to whom, and when: the ladder of one conversation, and below it the packet
    of the chosen arrow.

    source        the path of a capture, packets, or the journeys of a simulation
    conversation  which one, counted from 0 in the order of their first packets; without it the
                  one with the most packets

    `chosen` and `relative` can be set and read while it is on screen, `extend(packets)` lets it
    grow, `show(packets)` shows another conversation.  ValueError when there is no conversation,
    `traitlets.TraitError` for an arrow that does not exist.
    """

    chosen = traitlets.Int(0)
    relative = traitlets.Bool(True)

    def __init__(
        self,
        source: str | os.PathLike[str] | Iterable[Packet | Crossing | Journey],
        conversation: int | None = None,
        *,
        relative: bool = True,
    ) -> None:
        packets = read(source) if isinstance(source, str | os.PathLike) else source
        self._ends, self._found, others = _one(crossings(packets), conversation)
        self._others = others
        self._ladder = Ladder()
        self._explorer = PacketExplorer([crossing.packet for crossing in self._found[:MOST]])
        super().__init__([self._ladder, self._explorer], relative=relative)
        self._draw()
        for name in ("chosen", "relative"):
            traitlets.link((self, name), (self._ladder, name))
        traitlets.link((self, "chosen"), (self._explorer, "packet"))

    def extend(self, packets: Iterable[Packet | Crossing | Journey]) -> None:
        """Add what else belongs to the conversation, at the end."""
        more = [one for one in crossings(packets) if conversation(one.packet) == self._ends]
        self._found += more
        self._explorer.extend(one.packet for one in more[: MOST - len(self._drawn)])
        self._draw()

    def show(self, packets: Iterable[Packet | Crossing | Journey]) -> None:
        """Show the conversation with the most packets among these, from its first arrow on."""
        self._ends, self._found, self._others = _one(crossings(packets), None)
        self.chosen = 0
        self._explorer.show([crossing.packet for crossing in self._found[:MOST]])
        self._draw()

    @traitlets.validate("chosen")
    def _exists(self, proposal: Any) -> int:
        count = len(self._drawn)
        if not 0 <= proposal["value"] < count:
            raise traitlets.TraitError(
                f"arrow {proposal['value']} does not exist: there are 0 to {count - 1}"
            )
        return int(proposal["value"])

    @traitlets.observe("relative")
    def _draw(self, _: Any = None) -> None:
        self._drawn = arrows(self._found[:MOST], relative=self.relative)
        notes = []
        if len(self._found) > MOST:
            notes.append(f"the first {MOST} of {len(self._found)} packets")
        if self._others:
            notes.append(f"{self._others} other conversations are not shown")
        with self._ladder.hold_sync():
            self._ladder._head = head(self._drawn)
            self._ladder._svg = svg(self._drawn, self._title, style=False)
            self._ladder._labels = [_spoken(arrow) for arrow in self._drawn]
            self._ladder._note = "; ".join(notes)

    @property
    def _title(self) -> str:
        ends = self._drawn[0].crossing.packet.five_tuple
        return f"{counted(len(self._drawn), 'packet')} between {ends[0]} and {ends[1]}"

    def _still(self) -> str:
        return image(svg(self._drawn, self._title), self._title)

    def __repr__(self) -> str:
        return f"SequenceLadder({self._title})"


def _one(
    found: list[Crossing], number: int | None
) -> tuple[frozenset[tuple[str, int]], list[Crossing], int]:
    """One conversation: its ends, its packets, and how many other conversations there are."""
    ends = list(dict.fromkeys(conversation(crossing.packet) for crossing in found))
    ends = [pair for pair in ends if pair]
    if not ends:
        raise ValueError("there is no conversation between two addresses in these packets")
    if number is not None and not 0 <= number < len(ends):
        raise ValueError(f"conversation {number} does not exist: there are 0 to {len(ends) - 1}")
    chosen = busiest(found) if number is None else ends[number]
    packets = [crossing for crossing in found if conversation(crossing.packet) == chosen]
    return chosen, packets, len(ends) - 1


def _spoken(arrow: Arrow) -> str:
    source, destination, *_ = arrow.crossing.packet.five_tuple
    note = f", {arrow.note}" if arrow.note else ""
    return f"{source} to {destination}: {arrow.label}{note}"
