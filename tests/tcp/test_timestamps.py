"""Timestamps and PAWS: RFC 7323 sections 3 to 5."""

import pytest
from talk import Talk

from netlab.tcp.timers import MILLISECOND, SECOND

STAMPS = "mss=1460 ts=1000/0"


def client(**options) -> Talk:
    return Talk.client(STAMPS, timestamps=True, **options)


def test_timestamps_are_offered_with_our_clock_in_milliseconds() -> None:
    talk = Talk(timestamps=True)
    talk.passes(5)
    talk.opens()
    talk.sends("SYN seq=0 ts=5000/0")


def test_timestamps_are_echoed() -> None:
    talk = Talk(timestamps=True)
    talk.opens()
    talk.passes(0.1)
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=1 ts=777/0")
    talk.sends("ACK seq=1 ack=1 ts=100/777")


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("theirs", ["", " ts=5/0"])
def test_a_server_uses_timestamps_if_both_want_them(ours: bool, theirs: str) -> None:
    talk = Talk(timestamps=ours)
    talk.listens()
    talk.arrives(f"SYN seq=0{theirs}")
    (answer,) = talk.endpoint.outgoing()
    assert (answer.timestamps is not None) == (ours and bool(theirs))


def test_a_client_stops_using_them_when_the_server_does_not() -> None:
    talk = Talk(timestamps=True)
    talk.opens()
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=1")
    (answer,) = talk.endpoint.outgoing()
    assert answer.timestamps is None


def test_timestamps_take_twelve_bytes_of_each_segment() -> None:
    talk = client()
    talk.writes(3000)
    assert [len(segment.payload) for segment in talk.endpoint.outgoing()] == [1448, 1448]


# The sequences of RFC 7323 section 4.3: what is echoed.


def test_case_a_a_delayed_ack_echoes_the_first_of_its_segments() -> None:
    talk = client()
    talk.arrives("ACK seq=1 ack=1 length=100 ts=1001/0")
    talk.arrives("ACK seq=101 ack=1 length=100 ts=1002/0")
    talk.sends("ACK seq=1 ack=201 ts=0/1001")
    talk.arrives("ACK seq=201 ack=1 length=100 ts=1003/0")
    talk.arrives("ACK seq=301 ack=1 length=100 ts=1004/0")
    talk.sends("ACK seq=1 ack=401 ts=0/1003")


def test_case_b_after_a_hole_the_segment_that_filled_it_is_echoed() -> None:
    talk = client(delayed_ack=False)
    for seq, value, ack, echo in (
        (1, 1001, 101, 1001),  # A
        (201, 1003, 101, 1001),  # C
        (101, 1002, 301, 1002),  # B
        (401, 1005, 301, 1002),  # E
        (301, 1004, 501, 1004),  # D
    ):
        talk.arrives(f"ACK seq={seq} ack=1 length=100 ts={value}/0")
        talk.sends(f"ACK seq=1 ack={ack} ts=0/{echo}")


def test_paws_an_old_duplicate_is_answered_and_dropped() -> None:
    talk = client()
    talk.arrives("ACK seq=1 ack=1 length=100 ts=2000/0")
    talk.passes(1)
    talk.drops()
    talk.arrives("ACK seq=101 ack=1 length=100 ts=1999/0")
    talk.sends("ACK seq=1 ack=101 ts=1000/2000")
    assert talk.readable == 100


def test_paws_the_same_timestamp_is_not_old() -> None:
    talk = client()
    for seq in (1, 101):
        talk.arrives(f"ACK seq={seq} ack=1 length=100 ts=2000/0")
    assert talk.readable == 200


def test_paws_the_clock_may_wrap_around() -> None:
    talk = Talk.client(f"mss=1460 ts={2**32 - 1}/0", timestamps=True)
    talk.arrives("ACK seq=1 ack=1 length=100 ts=5/0")
    assert talk.readable == 100
    talk.arrives(f"ACK seq=101 ack=1 length=100 ts={2**32 - 3}/0")
    assert talk.readable == 100


def test_paws_says_nothing_after_24_days_of_silence() -> None:
    talk = client()
    talk.arrives("ACK seq=1 ack=1 length=100 ts=2000/0")
    talk.now += 25 * 24 * 3600 * SECOND
    talk.arrives("ACK seq=101 ack=1 length=100 ts=5/0")
    assert talk.readable == 200


def test_paws_does_not_judge_resets() -> None:
    talk = client()
    talk.arrives("ACK seq=1 ack=1 length=100 ts=2000/0")
    talk.arrives("RST seq=101 ts=5/0")
    assert talk.error == "connection reset"


def test_a_reset_needs_no_timestamp() -> None:
    talk = client()
    talk.arrives("RST seq=1")
    assert talk.error == "connection reset"


def test_a_reset_of_ours_carries_them() -> None:
    talk = client()
    talk.aborts()
    talk.sends("RST seq=1 ts=0/1000")


def test_a_segment_without_the_timestamp_that_was_agreed_is_dropped() -> None:
    talk = client()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.passes(1)
    talk.silent()
    assert talk.readable == 0


def test_timestamps_that_were_not_agreed_are_ignored() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=100 ts=5/5")
    talk.arrives("ACK seq=101 ack=1 length=100 ts=4/5")
    assert talk.readable == 200


def test_an_echo_measures_what_went_twice() -> None:
    talk = client()
    talk.writes(100)
    talk.waits()
    assert talk.rto == 2 * SECOND
    talk.passes(0.2)
    talk.arrives("ACK seq=1 ack=101 ts=1001/1000")  # echoes what went at 1.0 s, 0.2 s ago
    assert talk.srtt == 200 * MILLISECOND // 8
    assert talk.rto == SECOND


def test_the_echo_of_the_first_copy_measures_its_round_trip() -> None:
    talk = client()
    talk.writes(100)
    talk.waits()
    talk.passes(0.2)
    talk.arrives("ACK seq=1 ack=101 ts=1001/0")
    assert talk.srtt == 1200 * MILLISECOND // 8
