"""Every row of the state table, taken by an endpoint: what brings it there, what it sends."""

from collections.abc import Callable

import pytest
from talk import Talk

from netlab.tcp import table
from netlab.tcp.segment import ACK, FIN, RST, SYN
from netlab.tcp.states import TABLE, Event, Opened, Row, Sends, State
from netlab.tcp.timers import SECOND


def open_in(state: State, passive: bool, **options) -> Talk:
    """An endpoint in a state, reached the usual way."""
    if state is State.CLOSED:
        return Talk(**options)
    if state in (State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED):
        talk = Talk(**options)
        if passive or state is State.LISTEN:
            talk.listens()
        else:
            talk.opens()
        if state is State.SYN_RECEIVED:
            talk.arrives("SYN seq=0 mss=1460")
    else:
        talk = Talk.server(**options) if passive else Talk.client(**options)
        FROM_ESTABLISHED[state](talk)
    talk.drops()
    assert talk.state is state
    return talk


def closes(talk: Talk) -> None:
    talk.closes()


def closes_and_is_acknowledged(talk: Talk) -> None:
    talk.closes()
    talk.arrives("ACK seq=1 ack=2")


def is_closed(talk: Talk) -> None:
    talk.arrives("FIN,ACK seq=1 ack=1")


def closes_at_once(talk: Talk) -> None:
    talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=1")


def is_closed_and_closes(talk: Talk) -> None:
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.closes()


def closes_first(talk: Talk) -> None:
    talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=2")


FROM_ESTABLISHED: dict[State, Callable[[Talk], None]] = {
    State.ESTABLISHED: lambda talk: None,
    State.FIN_WAIT_1: closes,
    State.FIN_WAIT_2: closes_and_is_acknowledged,
    State.CLOSE_WAIT: is_closed,
    State.CLOSING: closes_at_once,
    State.LAST_ACK: is_closed_and_closes,
    State.TIME_WAIT: closes_first,
}

FINISHED = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
"""The states that come after the other side's FIN."""


def segment_for(row: Row, talk: Talk) -> str:
    """A segment that is the row's event in the row's state."""
    state, event = row.state, row.event
    numbered = state not in (State.CLOSED, State.LISTEN, State.SYN_SENT)
    nxt = talk.rcv_nxt if numbered else 0
    una, ack = talk.snd_una, talk.snd_nxt
    match event:
        case Event.SYN:
            if state is State.TIME_WAIT:  # with a higher number it would be a new connection's
                return f"SYN seq={nxt}"
            return f"SYN seq={nxt + 5 if numbered else 0}"
        case Event.SYN_ACK if state is State.SYN_RECEIVED or not numbered:
            return "SYN,ACK seq=0 ack=1"
        case Event.SYN_ACK:
            return f"SYN,ACK seq={nxt + 5} ack={ack}"
        case Event.SYN_AGAIN:
            return "SYN seq=0"
        case Event.NEW_SYN:
            return f"SYN seq={nxt + 1000}"
        case Event.ACK_OF_SYN | Event.ACK_OF_FIN:
            return f"ACK seq={nxt} ack={ack}"
        case Event.ACK:
            return f"ACK seq={nxt} ack={una if numbered else 1}"
        case Event.DATA:
            return f"ACK seq={nxt} ack={una if numbered else 1} length=10"
        case Event.FIN if state in FINISHED:
            return f"FIN,ACK seq={nxt - 1} ack={una}"
        case Event.FIN:
            return f"FIN,ACK seq={nxt} ack={una if una else 1}"
        case Event.FIN_AND_ACK_OF_FIN:
            return f"FIN,ACK seq={nxt} ack={ack}"
        case Event.BAD_ACK:
            return f"ACK seq={nxt} ack={ack + 100}"
        case Event.BARE:
            return f"none seq={nxt} length=5"
        case Event.OUTSIDE:
            return f"ACK seq={nxt + 70_000} ack={una} length=5"
        case Event.RST:
            return f"RST,ACK seq={nxt} ack={ack}"
        case Event.RST_IN_WINDOW:
            return f"RST seq={nxt + 7}"
        case Event.STRAY_RST:
            return f"RST seq={nxt + 70_000}"
    raise AssertionError(event)


def cause(row: Row, talk: Talk) -> None:
    """Let the row's event happen."""
    match row.event:
        case Event.PASSIVE_OPEN:
            talk.listens()
        case Event.ACTIVE_OPEN:
            talk.opens()
        case Event.SEND:
            talk.writes(10)
        case Event.RECEIVE:
            talk.reads()
        case Event.CLOSE:
            talk.closes()
        case Event.ABORT:
            talk.aborts()
        case Event.TIME_WAIT_TIMEOUT:
            talk.waits()
        case Event.RETRANSMISSION_TIMEOUT:
            talk.waits()
        case Event.RETRANSMISSION_LIMIT | Event.USER_TIMEOUT:
            for _ in range(30):
                if talk.state is row.state:
                    talk.waits()
        case _:
            talk.arrives(segment_for(row, talk))


def options_for(row: Row) -> dict[str, object]:
    """What an endpoint must be told for the row's event to happen."""
    options: dict[str, object] = {}
    if row.event in (Event.USER_TIMEOUT, Event.RETRANSMISSION_LIMIT) and (
        row.state is State.FIN_WAIT_2
    ):
        options["keep_alive"] = 10 * SECOND
    if row.event is Event.USER_TIMEOUT:
        options["user_timeout"] = 20 * SECOND
    if (row.state, row.event) == (State.TIME_WAIT, Event.RST):
        options["time_wait_protection"] = False
    return options


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.state}-{row.event.name}-{row.opened}")
def test_an_endpoint_takes_the_row(row: Row) -> None:
    talk = open_in(row.state, row.opened is Opened.PASSIVE, **options_for(row))
    if row.event.source == "timeout" and row.state in (State.ESTABLISHED, State.CLOSE_WAIT):
        talk.writes(10)
        talk.drops()
    talk.machine.history.clear()
    cause(row, talk)
    taken = [step for step in talk.machine.history if step.event is row.event]
    assert taken, f"took {[str(step.event) for step in talk.machine.history]}"
    assert taken[-1]._replace(opened=row.opened) == row
    assert talk.state is row.next
    assert talk.error == row.error
    if row.sends is Sends.ACK_SOON:
        talk.passes(0.5)
    talk.collect()
    if row.event.source == "timeout" and row.sends is Sends.NOTHING:
        return  # what was sent before the limit was reached
    flags = [segment.flags & (SYN | FIN | RST | ACK) for segment in talk.out]
    want, least = SENT[row.sends]
    if row.state in (State.SYN_SENT, State.LISTEN) and row.sends is Sends.AGAIN:
        want = SYN
    if row.sends is Sends.RST:
        assert [flag & RST for flag in flags] == [RST]
    elif row.sends is Sends.AGAIN:
        assert len(flags) == 1
    else:
        assert flags == ([want] if least else [])


SENT = {
    Sends.NOTHING: (0, 0), Sends.SYN: (SYN, 1), Sends.SYN_ACK: (SYN | ACK, 1), Sends.ACK: (ACK, 1),
    Sends.ACK_SOON: (ACK, 1), Sends.CHALLENGE_ACK: (ACK, 1), Sends.DATA: (ACK, 1),
    Sends.FIN: (FIN | ACK, 1), Sends.RST: (RST, 1), Sends.AGAIN: (0, 1),
}  # fmt: skip


def test_the_table_to_look_at_has_every_move_once() -> None:
    moves = [row for row in TABLE if row.next is not row.state]
    assert sum(line.state.count(",") + 1 for line in table()) == len(moves)
    assert len(table(State.TIME_WAIT)) == sum(row.state is State.TIME_WAIT for row in TABLE)
    assert "<td" in table()._repr_html_()
    assert repr(table(State.LISTEN)).splitlines()[1].split() == [
        "LISTEN", "SYN", "SYN,ACK", "SYN-RECEIVED",
    ]  # fmt: skip
