"""The state diagram, drawn from the table: python -m netlab.tcp.diagram > docs/tcp_states.svg."""

from collections.abc import Collection, Iterator, Sequence
from html import escape
from typing import NamedTuple

from netlab import palette
from netlab.tcp.states import TABLE, Event, Opened, Row, Source, State

WIDTH, HEIGHT = 1030, 800
BOX_WIDTH, BOX_HEIGHT = 132, 38

PLACES: dict[State, tuple[tuple[int, int], ...]] = {
    State.CLOSED: ((590, 40), (890, 680)),
    State.LISTEN: ((320, 140),),
    State.SYN_SENT: ((860, 140),),
    State.SYN_RECEIVED: ((320, 280),),
    State.ESTABLISHED: ((650, 360),),
    State.FIN_WAIT_1: ((320, 440),),
    State.FIN_WAIT_2: ((200, 560),),
    State.CLOSING: ((670, 560),),
    State.CLOSE_WAIT: ((890, 440),),
    State.LAST_ACK: ((890, 560),),
    State.TIME_WAIT: ((320, 680),),
}
"""Where the states stand: the middles of their boxes.  CLOSED is both the begin and the end."""


class Route(NamedTuple):
    """How an arrow goes, from point to point, and where its label stands."""

    points: tuple[tuple[int, int], ...]
    label: tuple[int, int]
    anchor: str = "middle"


S = State
ROUTES = {
    (S.CLOSED, S.LISTEN): Route(((524, 52), (380, 121)), (414, 94), "end"),
    (S.LISTEN, S.CLOSED): Route(((280, 121), (280, 32), (524, 32)), (274, 70), "end"),
    (S.CLOSED, S.SYN_SENT): Route(((656, 52), (800, 121)), (768, 94), "start"),
    (S.SYN_SENT, S.CLOSED): Route(((900, 121), (900, 32), (656, 32)), (906, 70), "start"),
    (S.LISTEN, S.SYN_SENT): Route(((386, 140), (794, 140)), (590, 134)),
    (S.LISTEN, S.SYN_RECEIVED): Route(((340, 159), (340, 261)), (348, 230), "start"),
    (S.SYN_RECEIVED, S.LISTEN): Route(((300, 261), (300, 159)), (292, 206), "end"),
    (S.SYN_SENT, S.SYN_RECEIVED): Route(((800, 159), (386, 268)), (620, 188), "end"),
    (S.SYN_SENT, S.ESTABLISHED): Route(((840, 159), (680, 341)), (806, 216), "start"),
    (S.SYN_RECEIVED, S.ESTABLISHED): Route(((386, 294), (584, 350)), (450, 298), "start"),
    (S.SYN_RECEIVED, S.CLOSE_WAIT): Route(((386, 280), (920, 280), (920, 421)), (914, 300), "end"),
    (S.SYN_RECEIVED, S.FIN_WAIT_1): Route(((320, 299), (320, 421)), (312, 366), "end"),
    (S.ESTABLISHED, S.FIN_WAIT_1): Route(((584, 374), (386, 430)), (530, 420), "start"),
    (S.ESTABLISHED, S.CLOSE_WAIT): Route(((716, 374), (824, 430)), (790, 388), "start"),
    (S.FIN_WAIT_1, S.FIN_WAIT_2): Route(((280, 459), (220, 541)), (236, 492), "end"),
    (S.FIN_WAIT_1, S.CLOSING): Route(((386, 452), (630, 541)), (516, 490), "start"),
    (S.FIN_WAIT_1, S.TIME_WAIT): Route(((320, 459), (320, 661)), (328, 590), "start"),
    (S.FIN_WAIT_2, S.TIME_WAIT): Route(((220, 579), (280, 661)), (236, 626), "end"),
    (S.CLOSING, S.TIME_WAIT): Route(((670, 579), (386, 668)), (520, 640), "start"),
    (S.CLOSE_WAIT, S.LAST_ACK): Route(((890, 459), (890, 541)), (898, 504), "start"),
    (S.LAST_ACK, S.CLOSED): Route(((890, 579), (890, 661)), (898, 624), "start"),
    (S.TIME_WAIT, S.CLOSED): Route(((386, 680), (824, 680)), (605, 674)),
    (S.TIME_WAIT, S.SYN_RECEIVED): Route(
        ((254, 680), (90, 680), (90, 280), (254, 280)), (16, 252), "start"
    ),
}
"""The arrows that are drawn.  A test holds them equal to the table's."""

BREAKING_OFF = {Event.RST, Event.ABORT, Event.RETRANSMISSION_LIMIT, Event.USER_TIMEOUT}
"""What ends a connection from nearly everywhere: written below the drawing, not drawn in it."""


def breaks_off(row: Row) -> bool:
    """Whether the row ends a connection at once; from LISTEN there is none to end."""
    return (
        row.event in BREAKING_OFF
        and row.next is State.CLOSED
        and row.state not in (State.LISTEN, State.CLOSED)
    )


def changes() -> dict[tuple[State, State], list[Row]]:
    """The rows that lead from one state to another, by these, without those that break off."""
    found: dict[tuple[State, State], list[Row]] = {}
    for row in TABLE:
        if row.next is not row.state and not breaks_off(row):
            found.setdefault((row.state, row.next), []).append(row)
    return found


def label(rows: list[Row]) -> list[str]:
    """An arrow's lines: the events that lead along it, and what each sends."""
    events: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        how = f", {row.opened}" if row.opened is not Opened.EITHER and len(rows) > 1 else ""
        events.setdefault((row.sends, how), []).append(_event(row))
    return [
        " or ".join(names) + how + (f" → {sends}" if sends else "")
        for (sends, how), names in events.items()
    ]


def _event(row: Row) -> str:
    return f"{'gets ' if row.event.source is Source.SEGMENT else ''}{row.event}"


def endings() -> list[str]:
    """For each event that breaks off: from where, and what the user is told."""
    lines = []
    for event in Event:
        rows = [row for row in TABLE if row.event is event and breaks_off(row)]
        told = " or ".join(dict.fromkeys(f"“{row.error}”" for row in rows if row.error))
        if rows:
            others = [state for state in State if state not in {row.state for row in rows}]
            told = f", the user is told {told}" if told else ""
            lines.append(
                f"{_event(rows[0])}: to CLOSED from every state but {', '.join(others)}{told}"
            )
    return lines


TITLE = "The states of a TCP connection, and what leads from one to another"


def svg(
    *, style: bool = True, here: Sequence[tuple[str, State]] = (), taken: Collection[Row] = ()
) -> str:
    """The diagram as SVG: boxes have their state in `data-state`, arrows the two states in
    `data-edge`, as "LISTEN>SYN-SENT".

    `here` marks states with the names of who is there; the rows `taken` light up their arrows.
    Without `style` the page around it must bring STYLE.
    """
    found = changes()
    lit = {(row.state, row.next) for row in taken}
    drawn = "".join(_arrow(edge, route, edge in lit) for edge, route in ROUTES.items())
    words = "".join(_words(ROUTES[edge], label(rows)) for edge, rows in found.items())
    boxes = "".join(_boxes(here))
    notes = "".join(
        f'<text class="note" x="20" y="{HEIGHT - 72 + 17 * line}">{escape(text)}</text>'
        for line, text in enumerate(endings())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netlab-states" role="img" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-label="{TITLE}">{f"<style>{STYLE}</style>" if style else ""}<title>{TITLE}</title>'
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>{drawn}{boxes}{words}{notes}</svg>'
    )


def _arrow(edge: tuple[State, State], route: Route, lit: bool) -> str:
    (x, y), (before_x, before_y) = route.points[-1], route.points[-2]
    length = ((x - before_x) ** 2 + (y - before_y) ** 2) ** 0.5
    along = (x - before_x) / length * 11, (y - before_y) / length * 11
    corners = ((x - along[0] - s * along[1] / 2, y - along[1] + s * along[0] / 2) for s in (1, -1))
    tip = " L".join(f"{place[0]:.1f} {place[1]:.1f}" for place in ((x, y), *corners))
    line = " L".join(f"{px} {py}" for px, py in route.points)
    return (
        f'<g class="edge{" taken" if lit else ""}" data-edge="{edge[0]}&gt;{edge[1]}">'
        f'<path class="line" d="M{line}"/><path class="tip" d="M{tip} Z"/></g>'
    )


def _words(route: Route, lines: list[str]) -> str:
    x, y = route.label
    return "".join(
        f'<text class="words" x="{x}" y="{y + 15 * (place - (len(lines) - 1))}" '
        f'text-anchor="{route.anchor}">{escape(text)}</text>'
        for place, text in enumerate(lines)
    )


def _boxes(here: Sequence[tuple[str, State]]) -> Iterator[str]:
    for state, places in PLACES.items():
        names = " and ".join(name for name, there in here if there is state)
        for x, y in places:
            left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
            name = f'<text class="name" x="{x}" y="{y + 13}">{escape(names)}</text>'
            middle = y - 1 if names else y + 5
            yield (
                f'<g class="state{" here" if names else ""}" data-state="{state}">'
                f'<rect x="{left:g}" y="{top:g}" rx="8" width="{BOX_WIDTH}" '
                f'height="{BOX_HEIGHT}"/><text x="{x}" y="{middle}">{state}</text>'
                f"{name if names else ''}</g>"
            )


STYLE = (
    palette.css(".netlab-states")
    + """.netlab-states text{font:13px sans-serif;fill:var(--netlab-ink)}
.netlab-states .paper{fill:var(--netlab-paper)}
.netlab-states .state rect{fill:var(--netlab-transport-fill)}
.netlab-states .state rect{stroke:var(--netlab-transport-base);stroke-width:1.5}
.netlab-states .state text{font-weight:bold;text-anchor:middle;fill:var(--netlab-transport-ink)}
.netlab-states .here rect{fill:var(--netlab-transport-base);stroke:var(--netlab-ink);stroke-width:3}
.netlab-states .here text{fill:#000}
.netlab-states .here .name{font-size:11px}
.netlab-states .taken .line{stroke:var(--netlab-ink);stroke-width:3.5}
.netlab-states .taken .tip{fill:var(--netlab-ink)}
.netlab-states .line{fill:none;stroke:var(--netlab-line);stroke-width:1.5}
.netlab-states .tip{fill:var(--netlab-line)}
.netlab-states .words{stroke:var(--netlab-paper);stroke-width:4;paint-order:stroke}
.netlab-states .note{font-size:12px;fill:var(--netlab-faint)}
"""
)

if __name__ == "__main__":
    print(svg())
