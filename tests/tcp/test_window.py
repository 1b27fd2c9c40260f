"""Windows, and what is sent when: RFC 9293 sections 3.7.4 and 3.8.6, RFC 7323 section 2."""

import pytest
from talk import Talk

from netlab.tcp import State


def test_no_more_is_sent_than_the_window_holds() -> None:
    talk = Talk.client("mss=1000 window=2500")
    talk.writes(5000)
    talk.sends("ACK seq=1 ack=1 length=1000", "ACK seq=1001 ack=1 length=1000")
    talk.arrives("ACK seq=1 ack=2001 window=3000")
    assert talk.drops() == 3
    assert talk.snd_nxt == 5001


def test_what_is_unacknowledged_counts_against_the_window() -> None:
    talk = Talk.client("mss=1000 window=2000")
    talk.writes(5000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1001 window=2000")
    talk.sends("ACK seq=2001 ack=1 length=1000")


def test_window_update() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(2000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 window=2000")
    talk.sends("ACK seq=1001 ack=1 length=1000")


def test_an_older_segment_does_not_change_the_window() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.arrives("ACK seq=1 ack=1 window=3000 length=10")
    talk.arrives("ACK seq=11 ack=1 window=5000 length=10")
    talk.arrives("ACK seq=6 ack=1 window=4000 length=10")
    assert talk.snd_wnd == 5000


def test_window_shrunk_below_what_is_on_its_way() -> None:
    talk = Talk.client("mss=1000 window=4000")
    talk.writes(6000)
    assert talk.drops() == 4
    talk.arrives("ACK seq=1 ack=1001 window=1000")  # takes 2000 of its promise back
    talk.silent()
    assert talk.snd_nxt == 4001
    talk.arrives("ACK seq=1 ack=2001 window=1000")
    talk.silent()
    talk.arrives("ACK seq=1 ack=4001 window=1000")
    talk.sends("ACK seq=4001 ack=1 length=1000")


def test_an_ack_after_the_window_has_shrunk_is_acceptable_to_the_other_side() -> None:
    talk = Talk.client("mss=1000 window=4000")
    talk.writes(4000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1001 window=500")
    for seq in (1, 11):
        talk.arrives(f"ACK seq={seq} ack=1001 window=500 length=10")
    talk.sends("ACK seq=1501 ack=21")  # not 4001, which is outside their window


def test_window_shrunk_to_nothing_is_probed_with_the_oldest_segment() -> None:
    talk = Talk.client("mss=1000 window=4000")
    talk.writes(2000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 window=0")
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=1000")


def test_zero_window_is_probed_with_one_byte() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1001 window=0")
    talk.silent()
    assert talk.waits() == 1
    talk.sends("ACK seq=1001 ack=1 length=1")


def test_zero_window_probes_become_rarer_up_to_a_minute() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=1001 window=0")
    waits = []
    for _ in range(9):
        waits.append(talk.waits())
        talk.arrives("ACK seq=1 ack=1001 window=0")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_zero_window_lasts_as_long_as_probes_are_answered() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=1001 window=0")
    for _ in range(100):
        talk.waits()
        talk.arrives("ACK seq=1 ack=1001 window=0")
    assert talk.state == "ESTABLISHED"
    assert talk.now > 3600 * 10**9
    talk.drops()
    talk.arrives("ACK seq=1 ack=1001 window=1000")
    talk.sends("ACK seq=1001 ack=1 length=1000")


def test_probes_that_nobody_answers_time_out() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=1001 window=0")
    while talk.deadline is not None:
        talk.waits()
    assert (talk.state, talk.error) == ("CLOSED", "timed out")
    assert talk.now >= 100 * 10**9


def test_zero_window_then_the_update_is_lost() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=1001 window=0")
    talk.drops()
    talk.waits()  # the update was lost; the probe brings it
    talk.sends("ACK seq=1001 ack=1 length=1")
    talk.arrives("ACK seq=1 ack=1002 window=4000")
    talk.sends("ACK seq=1002 ack=1 length=1000")


def test_a_probe_that_was_not_taken_goes_again_with_what_follows() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=1001 window=0")
    talk.waits()
    talk.drops()
    talk.arrives("ACK seq=1 ack=1001 window=4000")
    talk.sends("ACK seq=1001 ack=1 length=1000", "ACK seq=2001 ack=1 length=1000")


def test_a_probe_may_be_the_fin() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(1000)
    talk.closes()
    talk.sends("ACK seq=1 ack=1 length=1000")
    talk.arrives("ACK seq=1 ack=1001 window=0")
    talk.silent()
    talk.waits()
    talk.sends("FIN,ACK seq=1001 ack=1")
    talk.arrives("ACK seq=1 ack=1002 window=0")
    assert talk.state == "FIN-WAIT-2"


def test_a_connection_that_begins_with_a_zero_window() -> None:
    talk = Talk.client("mss=1000 window=0")
    talk.writes(10)
    talk.silent()
    talk.arrives("ACK seq=1 ack=1 window=1000")
    talk.sends("ACK seq=1 ack=1 length=10")


# Our window.


def test_our_window_shrinks_as_data_wait() -> None:
    talk = Talk.client(receive_buffer=4000)
    talk.arrives("ACK seq=1 ack=1 length=1000")
    talk.arrives("ACK seq=1001 ack=1 length=1000")
    talk.sends("ACK seq=1 ack=2001 window=2000")


def test_our_window_closes_and_opens_when_the_user_reads() -> None:
    talk = Talk.client(receive_buffer=2920)
    for seq in (1, 1461):
        talk.arrives(f"ACK seq={seq} ack=1 length=1460")
    talk.sends("ACK seq=1 ack=2921 window=0")
    talk.reads(100)
    talk.silent()  # a silly window is not told
    talk.reads(1360)
    talk.sends("ACK seq=1 ack=2921 window=1460")


def test_our_window_is_not_told_before_half_the_buffer_is_free() -> None:
    talk = Talk.client(receive_buffer=1000)
    talk.arrives("ACK seq=1 ack=1 length=1000")
    talk.passes(0.5)
    talk.sends("ACK seq=1 ack=1001 window=0")
    talk.reads(499)
    talk.silent()
    talk.reads(1)
    talk.sends("ACK seq=1 ack=1001 window=500")


def test_our_right_edge_never_moves_back() -> None:
    talk = Talk.client(receive_buffer=4000)
    edge = 0
    for seq in range(1, 4000, 333):
        talk.arrives(f"ACK seq={seq} ack=1 length=333")
        for segment in talk.endpoint.outgoing():
            assert segment.ack + segment.window >= edge
            edge = segment.ack + segment.window


def test_with_scaling_our_right_edge_never_moves_back_either() -> None:
    talk = Talk.client("mss=1460 scale=3", receive_buffer=1 << 20, window_scaling=True)
    assert talk.shift == 5
    edge = 0
    for seq in range(1, 100_000, 777):
        talk.arrives(f"ACK seq={seq} ack=1 length=777")
        for segment in talk.endpoint.outgoing():
            assert segment.ack + (segment.window << 5) >= edge
            edge = segment.ack + (segment.window << 5)


def test_data_beyond_our_window_are_cut_off() -> None:
    talk = Talk.client(receive_buffer=100)
    talk.arrives("ACK seq=1 ack=1 length=150")
    talk.sends("ACK seq=1 ack=101 window=0")
    assert len(talk.reads()) == 100


def test_data_in_a_zero_window_are_refused_and_their_ack_is_taken() -> None:
    talk = Talk.client(receive_buffer=100)
    talk.writes(10)
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.drops()
    talk.arrives("ACK seq=101 ack=11 length=1")
    talk.sends("ACK seq=11 ack=101 window=0")
    assert talk.snd_una == 11
    assert len(talk.reads()) == 100


@pytest.mark.parametrize("text", [
    "ACK seq=-9 ack=1 length=10",
    "ACK seq=65536 ack=1 length=10",
    "ACK seq=65537 ack=1",
    "ACK seq=0 ack=1",
])  # fmt: skip
def test_a_segment_outside_the_window_is_answered(text: str) -> None:
    talk = Talk.client()
    talk.arrives(text)
    talk.sends("ACK seq=1 ack=1")
    assert talk.readable == 0


def test_an_ack_of_who_has_filled_our_window_is_heard() -> None:
    """Linux hears it too (tests/test_kernel.py).  Two ends of which each has filled the other's
    window, and lost some of it, would else take each other's ACKs for strays until both give up."""
    talk = Talk.client("mss=1000 window=4000")
    talk.writes(100)
    talk.drops()
    talk.arrives("ACK seq=65536 ack=101 window=4000")
    talk.silent()
    assert talk.snd_una == 101
    talk.arrives("RST seq=65536")
    assert talk.state is State.ESTABLISHED


def test_the_last_number_of_the_window_is_inside() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=65535 ack=1 length=1")
    talk.sends("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=1 length=65534")
    assert talk.readable == 65535


# Window scaling.


def test_scaling_is_offered_and_used() -> None:
    talk = Talk(window_scaling=True, receive_buffer=1_000_000)
    talk.opens()
    talk.sends("SYN seq=0 scale=4 window=65535")
    talk.arrives("SYN,ACK seq=0 ack=1 scale=7 window=1000")
    assert talk.snd_wnd == 1000  # in a SYN the window is not scaled
    talk.arrives("ACK seq=1 ack=1 window=1000")
    assert talk.snd_wnd == 128_000
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=1460")
    talk.arrives("ACK seq=1461 ack=1 length=1460")
    talk.sends(f"ACK seq=1 ack=2921 window={-(-(1_000_000 - 2920) >> 4)}")  # rounded up


def test_scaling_that_is_not_answered_is_not_used() -> None:
    talk = Talk(window_scaling=True, receive_buffer=1_000_000)
    talk.opens()
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=1 window=1000")
    talk.sends("ACK seq=1 ack=1 window=65535")
    talk.arrives("ACK seq=1 ack=1 window=1000")
    assert talk.snd_wnd == 1000


def test_scaling_that_is_not_offered_is_not_answered() -> None:
    talk = Talk(window_scaling=True)
    talk.listens()
    talk.arrives("SYN seq=0")
    (answer,) = talk.endpoint.outgoing()
    assert answer.window_scale is None


def test_scaling_that_is_switched_off_is_not_answered() -> None:
    talk = Talk(window_scaling=False)
    talk.listens()
    talk.arrives("SYN seq=0 scale=7")
    (answer,) = talk.endpoint.outgoing()
    assert answer.window_scale is None


def test_a_scale_above_14_counts_as_14() -> None:
    talk = Talk.client("mss=1460 scale=200", window_scaling=True)
    talk.arrives("ACK seq=1 ack=1 window=10")
    assert talk.snd_wnd == 10 << 14


@pytest.mark.parametrize(("size", "shift"), [
    (65535, 0), (65536, 1), (131_071, 1), (131_072, 2), (1 << 29, 14), (65535 << 14, 14),
])  # fmt: skip
def test_the_smallest_scale_that_holds_the_buffer(size: int, shift: int) -> None:
    assert Talk(receive_buffer=size).shift == shift


# Nagle and silly windows.


def test_nagle_keeps_small_data_until_everything_is_acknowledged() -> None:
    talk = Talk.client()
    talk.writes(10)
    talk.writes(20)
    talk.writes(30)
    talk.sends("ACK seq=1 ack=1 length=10")
    talk.arrives("ACK seq=1 ack=11")
    talk.sends("ACK seq=11 ack=1 length=50")


def test_nagle_lets_full_segments_go() -> None:
    talk = Talk.client("mss=100")
    talk.writes(10)
    talk.writes(195)
    talk.sends("ACK seq=1 ack=1 length=10", "ACK seq=11 ack=1 length=100")


def test_nagle_lets_the_last_data_go_with_the_fin() -> None:
    talk = Talk.client()
    talk.writes(10)
    talk.writes(20)
    talk.drops()
    talk.closes()
    talk.sends("FIN,ACK seq=11 ack=1 length=20")


def test_without_nagle_everything_goes_at_once() -> None:
    talk = Talk.client(nagle=False)
    talk.writes(10)
    talk.writes(20)
    talk.sends("ACK seq=1 ack=1 length=10", "ACK seq=11 ack=1 length=20")


def test_a_trifle_of_a_window_is_not_filled_at_once() -> None:
    talk = Talk.client("mss=1000 window=4000")
    talk.writes(4000)
    talk.arrives("ACK seq=1 ack=4001 window=50")
    talk.drops()
    talk.writes(1000)
    talk.silent()
    assert 0.1 <= talk.waits() <= 1
    talk.sends("ACK seq=4001 ack=1 length=50")


def test_half_of_the_largest_window_is_worth_a_segment() -> None:
    talk = Talk.client("mss=1000 window=200")
    talk.writes(1000)
    talk.sends("ACK seq=1 ack=1 length=200")
    talk.arrives("ACK seq=1 ack=201 window=100")
    talk.sends("ACK seq=201 ack=1 length=100")


def test_push_marks_the_segment_that_empties_the_buffer() -> None:
    talk = Talk.client("mss=1000")
    talk.writes(2000)
    first, second = talk.endpoint.outgoing()
    assert (first.flags & 8, second.flags & 8) == (0, 8)


def test_the_send_buffer_takes_no_more_than_it_holds() -> None:
    talk = Talk.client("mss=1000 window=1000", send_buffer=2500)
    assert talk.writes(4000) == 2500
    assert talk.writes(1) == 0
    assert talk.writable == 0
    talk.arrives("ACK seq=1 ack=1001 window=1000")
    assert talk.writable == 1000
    assert talk.writes(4000) == 1000
