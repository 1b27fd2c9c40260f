"""Sequence numbers modulo 2^32, RFC 9293 section 3.4."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import Talk, stream

from netlab.tcp.scoreboard import Ranges
from netlab.tcp.sequence import HALF, MASK, before, unwrap


@given(near=st.integers(0, 1 << 40), distance=st.integers(-HALF, HALF - 1))
def test_the_nearest_number_is_found(near: int, distance: int) -> None:
    assert unwrap((near + distance) & MASK, near) == near + distance


@given(number=st.integers(0, MASK), ahead=st.integers(1, HALF - 1))
def test_before_across_the_wrap_around(number: int, ahead: int) -> None:
    later = (number + ahead) & MASK
    assert before(number, later)
    assert not before(later, number)
    assert not before(number, number)


@pytest.mark.parametrize("distance", [0, 1, 2, 50, 100, 101])
def test_our_numbers_wrap_around(distance: int) -> None:
    talk = Talk.client("mss=100", ours=2**32 - 1 - distance)
    talk.writes(300)
    talk.sends(*[f"ACK seq={seq} ack=1 length=100" for seq in (1, 101, 201)])
    talk.arrives("ACK seq=1 ack=101")
    talk.waits()
    talk.sends("ACK seq=101 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=301")
    talk.closes()
    talk.sends("FIN,ACK seq=301 ack=1")
    talk.arrives("ACK seq=1 ack=302")
    assert talk.state == "FIN-WAIT-2"
    assert 0 <= talk.endpoint.snd_nxt <= MASK


@pytest.mark.parametrize("distance", [0, 1, 2, 50, 100, 101])
def test_their_numbers_wrap_around(distance: int) -> None:
    talk = Talk.server(theirs=2**32 - 1 - distance)
    talk.arrives("ACK seq=101 ack=1 length=100")
    talk.sends("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=201")
    assert talk.reads() == stream(0, 200)
    talk.arrives("FIN,ACK seq=201 ack=1")
    talk.sends("ACK seq=1 ack=202")
    assert talk.state == "CLOSE-WAIT"
    assert 0 <= talk.endpoint.rcv_nxt <= MASK


def test_a_reset_is_judged_across_the_wrap_around() -> None:
    talk = Talk.client(theirs=2**32 - 10)
    talk.arrives("RST seq=100")
    talk.sends("ACK seq=1 ack=1")
    talk.arrives("RST seq=-5")
    talk.silent()
    talk.arrives("RST seq=1")
    assert talk.state == "CLOSED"


def test_more_than_four_gigabytes_can_be_sent() -> None:
    talk = Talk.client("mss=60000 window=60000")
    sender = talk.endpoint.sender
    for each in ("snd_una", "snd_nxt", "base"):  # as if 2^32 bytes had gone by
        setattr(sender, each, getattr(sender, each) + 2**32)
    talk.writes(100)
    talk.drops()
    talk.arrives("ACK seq=1 ack=101")
    assert talk.flight_size == 0


ranges = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=12)


@given(ranges, st.integers(0, 80))
def test_ranges_are_a_set_of_numbers(pieces: list[tuple[int, int]], low: int) -> None:
    kept, numbers = Ranges(), set()
    for start, length in pieces:
        new = kept.add(start, start + length)
        assert {n for a, b in new for n in range(a, b)} == {*range(start, start + length)} - numbers
        numbers |= {*range(start, start + length)}
        spans = list(zip(kept.starts, kept.ends, strict=True))
        assert {n for a, b in spans for n in range(a, b)} == numbers
        assert all(b < c for (_, b), (c, _) in pairwise(spans))
    kept.discard_below(low)
    spans = zip(kept.starts, kept.ends, strict=True)
    assert {n for a, b in spans for n in range(a, b)} == {n for n in numbers if n >= low}
    for number in range(80):
        span = kept.containing(number)
        assert (span is not None) == (number in numbers and number >= low)
