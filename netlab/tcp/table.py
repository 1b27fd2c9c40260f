"""The state table to look at: in a notebook a table, in a terminal lines."""

import re
from html import escape
from typing import NamedTuple

from netlab.tcp.states import TABLE, Row, State

HEAD = ("state", "event", "sends", "next", "why", "source")


class Line(NamedTuple):
    """A line of the table, in words; states for which it says the same stand together."""

    state: str
    event: str
    sends: str
    next: str
    why: str
    source: str


class Table(tuple[Line, ...]):
    """Lines of the table."""

    def __repr__(self) -> str:
        lines = [line[:4] for line in (HEAD, *self)]
        widths = [max(len(line[column]) for line in lines) for column in range(4)]
        return "\n".join(
            "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        left = 'style="text-align:left"'
        head = "".join(f'<th {left} scope="col">{name}</th>' for name in HEAD)
        rows = "".join(
            f"<tr>{''.join(f'<td {left}>{_unbroken(cell)}</td>' for cell in line)}</tr>"
            for line in self
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _unbroken(text: str) -> str:
    """As HTML, in which a line may end between two names of states, but not within one."""
    return STATE.sub(r'<span style="white-space:nowrap">\g<0></span>', escape(text))


STATE = re.compile(r"\b[A-Z]+(?:-[A-Z0-9]+)+\b")


def table(state: State | None = None) -> Table:
    """The rows that lead from one state to another; of one state, all its rows."""
    if state is not None:
        return Table(_line(row, [row.state]) for row in TABLE if row.state is state)
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in TABLE:
        if row.next is not row.state:
            alike.setdefault(row[1:], []).append(row)
    return Table(_line(rows[0], [row.state for row in rows]) for rows in alike.values())


def _line(row: Row, states: list[State]) -> Line:
    event = f"{row.event}, {row.opened}" if row.opened else str(row.event)
    return Line(", ".join(states), event, str(row.sends), str(row.next), row.why, row.rfc)
