"""The state table: its rows against RFC 9293, its machine, and what it refuses."""

from itertools import product

import pytest

from netlab.tcp.states import (
    CLOSED,
    NUMBERED,
    ROWS,
    SYNCHRONIZED,
    TABLE,
    Event,
    Machine,
    Opened,
    Refused,
    Sends,
    Source,
    State,
)  # fmt: skip

CALLS = [event for event in Event if event.source is Source.CALL]

WALKS = {
    "a client opens, closes first and waits": (
        "ACTIVE_OPEN SYN_ACK CLOSE ACK_OF_FIN FIN TIME_WAIT_TIMEOUT",
        "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED",
    ),
    "a server opens and closes second": (
        "PASSIVE_OPEN SYN ACK_OF_SYN FIN CLOSE ACK_OF_FIN",
        "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED",
    ),
    "both open at once": (
        "ACTIVE_OPEN SYN ACK_OF_SYN", "SYN-SENT SYN-RECEIVED ESTABLISHED",
    ),
    "both open at once, as figure 8 draws it": (
        "ACTIVE_OPEN SYN SYN_ACK", "SYN-SENT SYN-RECEIVED ESTABLISHED",
    ),
    "both close at once": (
        "ACTIVE_OPEN SYN_ACK CLOSE FIN ACK_OF_FIN TIME_WAIT_TIMEOUT",
        "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT CLOSED",
    ),
    "FIN and ACK of ours in one": (
        "ACTIVE_OPEN SYN_ACK CLOSE FIN_AND_ACK_OF_FIN",
        "SYN-SENT ESTABLISHED FIN-WAIT-1 TIME-WAIT",
    ),
    "a passive half-open connection goes back to LISTEN": (
        "PASSIVE_OPEN SYN RST SYN", "LISTEN SYN-RECEIVED LISTEN SYN-RECEIVED",
    ),
    "an active half-open connection is refused": (
        "ACTIVE_OPEN SYN RST", "SYN-SENT SYN-RECEIVED CLOSED",
    ),
    "a listener that calls by itself is active from then on": (
        "PASSIVE_OPEN SEND SYN RST", "LISTEN SYN-SENT SYN-RECEIVED CLOSED",
    ),
    "TIME-WAIT taken up by a new connection": (
        "PASSIVE_OPEN SYN ACK_OF_SYN CLOSE FIN_AND_ACK_OF_FIN NEW_SYN",
        "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 TIME-WAIT SYN-RECEIVED",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "states"), WALKS.values(), ids=WALKS)
def test_a_walk_through_the_diagram(events: str, states: str) -> None:
    machine = Machine()
    walked = [machine.step(Event[name]).next for name in events.split()]
    assert walked == states.split()
    assert [row.next for row in machine.history] == walked


def test_there_are_eleven_states_named_as_the_rfc_names_them() -> None:
    assert len(State) == 11
    assert all(str(state) == state.name.replace("_", "-") for state in State)


def test_each_pair_has_one_row_or_one_for_either_way_of_opening() -> None:
    found: dict[tuple[State, Event], list[Opened]] = {}
    for row in TABLE:
        found.setdefault((row.state, row.event), []).append(row.opened)
    assert {tuple(ways) for ways in found.values()} == {
        (Opened.EITHER,), (Opened.PASSIVE, Opened.ACTIVE),
    }  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.state}-{row.event.name}-{row.opened}")
def test_every_row_is_taken_and_explained(row) -> None:
    machine = Machine(row.state, passive=row.opened is Opened.PASSIVE)
    explained = machine.explain(row.event)
    assert machine.step(row.event) is row
    assert machine.state is row.next
    assert list(machine.history) == [row]
    assert row.why in explained
    assert row.rfc in explained
    assert row.rfc.startswith("RFC")
    assert "section" in row.rfc


MISSING = [
    (state, event)
    for state, event in product(State, Event)
    if not any((state, event, passive) in ROWS for passive in (True, False))
]


@pytest.mark.parametrize(("state", "event"), MISSING, ids=lambda part: part.name)
def test_every_other_pair_is_refused_with_a_reason_and_changes_nothing(state, event) -> None:
    machine = Machine(state)
    assert machine.row(event) is None
    with pytest.raises(Refused, match=f"is not possible in {state}: ") as caught:
        machine.step(event)
    assert (machine.state, len(machine.history)) == (state, 0)
    assert machine.explain(event) == str(caught.value)
    reason = str(caught.value).partition(": ")[2].partition(";")[0]
    assert len(reason) > 10


# RFC 9293 sections 3.10.1 to 3.10.5: state by state, the error that the call gives, "" for none.
CALL_ERRORS = {
    # state          OPENs     SEND       RECEIVE    CLOSE      ABORT
    "CLOSED":       ("",       "no",      "no",      "no",      "no"),
    "LISTEN":       ("exists", "",        "",        "",        ""),
    "SYN-SENT":     ("exists", "",        "",        "",        ""),
    "SYN-RECEIVED": ("exists", "",        "",        "",        ""),
    "ESTABLISHED":  ("exists", "",        "",        "",        ""),
    "FIN-WAIT-1":   ("exists", "closing", "",        "closing", ""),
    "FIN-WAIT-2":   ("exists", "closing", "",        "closing", ""),
    "CLOSE-WAIT":   ("exists", "",        "",        "",        ""),
    "CLOSING":      ("exists", "closing", "closing", "closing", ""),
    "LAST-ACK":     ("exists", "closing", "closing", "closing", ""),
    "TIME-WAIT":    ("exists", "closing", "closing", "closing", ""),
}  # fmt: skip
SAID = {
    "": "", "no": "connection does not exist", "closing": "connection closing",
    "exists": "connection already exists",
}  # fmt: skip


@pytest.mark.parametrize("state", State)
def test_calls_give_the_errors_that_the_rfc_names(state: State) -> None:
    opening, *others = (SAID[short] for short in CALL_ERRORS[state])
    active = "" if state is State.LISTEN else opening
    for event, error in zip(CALLS, (opening, active, *others), strict=True):
        machine = Machine(state)
        if error:
            with pytest.raises(Refused) as caught:
                machine.step(event)
            assert caught.value.error == error, event
        else:
            machine.step(event)


def test_a_refusal_reads_as_a_sentence() -> None:
    assert Machine(State.LAST_ACK).explain(Event.CLOSE) == (
        "CLOSE is not possible in LAST-ACK: connection closing; it is in LISTEN, SYN-SENT, "
        "SYN-RECEIVED, ESTABLISHED and CLOSE-WAIT"
    )


def test_every_state_is_reached_and_left() -> None:
    moves = [(row.state, row.next) for row in TABLE if row.state is not row.next]
    assert {before for before, _ in moves} == {after for _, after in moves} == {*State}


@pytest.mark.parametrize("state", NUMBERED)
def test_no_forged_segment_ends_a_connection(state: State) -> None:
    for event in (Event.OUTSIDE, Event.STRAY_RST, Event.RST_IN_WINDOW, Event.BAD_ACK, Event.BARE):
        assert ROWS[state, event, False].next is state


def test_only_an_rst_or_a_timeout_tells_the_user_an_error() -> None:
    for row in TABLE:
        if row.error:
            assert row.next is CLOSED
            assert row.event.source is Source.TIMEOUT or row.event is Event.RST


def test_an_rst_is_never_answered_with_an_rst() -> None:
    resets = (Event.RST, Event.RST_IN_WINDOW, Event.STRAY_RST)
    assert not [row for row in TABLE if row.event in resets and row.sends is Sends.RST]


def test_synchronized_states_answer_a_syn_with_a_challenge() -> None:
    for state, passive in product(SYNCHRONIZED, (True, False)):
        assert ROWS[state, Event.SYN, passive].sends is Sends.CHALLENGE_ACK
