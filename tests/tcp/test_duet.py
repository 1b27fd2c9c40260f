"""Two ends moved by hand: what is sent waits until it is delivered, copied or lost."""

import pytest

from netlab.tcp.duet import LEFT, RIGHT, Duet
from netlab.tcp.states import Event, State


def deliver_all(duet: Duet) -> None:
    while duet.flights:
        duet.deliver(duet.flights[0].number)


@pytest.fixture
def duet() -> Duet:
    """Both ends ESTABLISHED."""
    duet = Duet()
    duet.call(RIGHT, Event.PASSIVE_OPEN)
    duet.call(LEFT, Event.ACTIVE_OPEN)
    deliver_all(duet)
    assert [end.state for end in duet.ends] == [State.ESTABLISHED] * 2
    return duet


def test_nothing_moves_by_itself() -> None:
    duet = Duet()
    duet.call(RIGHT, Event.PASSIVE_OPEN)
    step = duet.call(LEFT, Event.ACTIVE_OPEN)
    assert [flight.segment.summary() for flight in step.sent] == [
        "SYN seq=1000 window=65535 mss=1460"
    ]
    assert duet.ends[RIGHT].state is State.LISTEN
    assert duet.flights == list(step.sent)


def test_a_step_tells_the_rows_that_were_taken(duet: Duet) -> None:
    step = duet.call(LEFT, Event.CLOSE)
    assert (step.before, step.after) == (State.ESTABLISHED, State.FIN_WAIT_1)
    assert [row.event for row in step.rows] == [Event.CLOSE]


def test_what_a_state_does_not_permit_is_refused_and_changes_nothing(duet: Duet) -> None:
    duet.call(LEFT, Event.CLOSE)
    step = duet.call(LEFT, Event.SEND)
    assert "connection closing" in step.refused
    assert (step.rows, step.sent, step.after) == ((), (), State.FIN_WAIT_1)


def test_a_lost_segment_comes_again_after_the_wait(duet: Duet) -> None:
    duet.call(LEFT, Event.SEND, b"abc")
    duet.drop(duet.flights[0].number)
    side, _ = duet.waits_for() or (None, 0)
    assert side == LEFT
    step = duet.wait()
    assert [flight.segment.payload for flight in step.sent] == [b"abc"]
    deliver_all(duet)
    assert duet.ends[RIGHT].receive(9, duet.now) == b"abc"


def test_a_copy_is_delivered_like_the_original_and_told_apart(duet: Duet) -> None:
    duet.call(LEFT, Event.SEND, b"abc")
    duet.duplicate(duet.flights[0].number)
    assert len({flight.number for flight in duet.flights}) == 2
    deliver_all(duet)
    assert duet.ends[RIGHT].receive(9, duet.now) == b"abc"


def test_a_delayed_segment_falls_behind(duet: Duet) -> None:
    duet.call(LEFT, Event.SEND, b"abc")
    duet.call(LEFT, Event.SEND, b"def")
    duet.delay(duet.flights[0].number)
    assert [flight.segment.payload for flight in duet.flights] == [b"def", b"abc"]
    deliver_all(duet)
    assert duet.ends[RIGHT].receive(9, duet.now) == b"abcdef"


def test_both_may_close_at_once(duet: Duet) -> None:
    for side in (LEFT, RIGHT):
        duet.call(side, Event.CLOSE)
    for flight in tuple(duet.flights):
        duet.deliver(flight.number)
    assert [end.state for end in duet.ends] == [State.CLOSING] * 2
    deliver_all(duet)
    assert [end.state for end in duet.ends] == [State.TIME_WAIT] * 2
    duet.wait()
    duet.wait()
    assert [end.state for end in duet.ends] == [State.CLOSED] * 2
    with pytest.raises(ValueError, match="no timer runs"):
        duet.wait()


def test_a_segment_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="segment 7 is not in flight: there are none"):
        Duet().deliver(7)
