"""Retransmission: RFC 6298's timer, Karn's rule, fast retransmit, limited transmit."""

import pytest
from talk import Talk

from netlab.tcp.timers import MILLISECOND, SECOND, RetransmissionTimeout


def measured(*milliseconds: float) -> RetransmissionTimeout:
    timeout = RetransmissionTimeout(minimum=0)
    for each in milliseconds:
        timeout.measured(round(each * MILLISECOND))
    return timeout


def test_rto_is_one_second_before_a_measurement() -> None:
    assert RetransmissionTimeout().rto == SECOND


def test_rto_after_the_first_measurement() -> None:
    timeout = measured(200)  # SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 * RTTVAR
    assert (timeout.srtt, timeout.rttvar) == (200 * MILLISECOND, 100 * MILLISECOND)
    assert timeout.rto == 600 * MILLISECOND


def test_rto_after_the_second_measurement() -> None:
    timeout = measured(200, 280)  # RTTVAR = 3/4*100 + 1/4*80 = 95, SRTT = 7/8*200 + 1/8*280 = 210
    assert (timeout.srtt, timeout.rttvar) == (210 * MILLISECOND, 95 * MILLISECOND)
    assert timeout.rto == 590 * MILLISECOND


def test_rto_of_a_steady_path_is_srtt_and_the_clock_tick() -> None:
    timeout = measured(*[100] * 100)
    assert timeout.rto == pytest.approx(101 * MILLISECOND, abs=10)


def test_rto_is_never_shorter_than_the_minimum_nor_longer_than_the_maximum() -> None:
    timeout = RetransmissionTimeout()
    timeout.measured(MILLISECOND)
    assert timeout.rto == SECOND
    timeout.measured(3600 * SECOND)
    assert timeout.rto == 60 * SECOND


def test_rto_backs_off_to_its_maximum() -> None:
    timeout = RetransmissionTimeout()
    waits = []
    for _ in range(8):
        timeout.back_off()
        waits.append(timeout.rto // SECOND)
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_measurement_ends_the_backing_off() -> None:
    timeout = measured(100)
    timeout.back_off()
    timeout.back_off()
    timeout.measured(100 * MILLISECOND)
    assert timeout.rto < 400 * MILLISECOND


def test_data_lost() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.drops()
    assert talk.waits() == 1
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=101")
    assert talk.deadline is None


def test_data_lost_again_and_again_wait_twice_as_long_each_time() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.drops()
    assert [talk.waits() for _ in range(6)] == [1, 2, 4, 8, 16, 32]
    talk.sends(*["ACK seq=1 ack=1 length=100"] * 6)


def test_data_that_nobody_acknowledges_are_given_up_after_100_seconds() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.passes(99)
    assert talk.state == "ESTABLISHED"
    talk.passes(60)
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "timed out", None)


def test_the_timer_starts_anew_with_each_acknowledgement() -> None:
    talk = Talk.client("mss=100")
    talk.writes(300)
    talk.drops()
    talk.passes(0.9)
    talk.arrives("ACK seq=1 ack=101")
    talk.passes(0.9)
    talk.silent()


def test_the_timer_stops_when_all_is_acknowledged() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.arrives("ACK seq=1 ack=101")
    assert talk.deadline is None


def test_a_timeout_resends_the_oldest_segment_alone() -> None:
    talk = Talk.client("mss=100")
    talk.writes(500)
    assert talk.drops() == 5
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")


def test_after_a_timeout_all_is_sent_again_in_slow_start() -> None:
    talk = Talk.client("mss=100")
    talk.writes(500)
    talk.drops()
    talk.waits()
    talk.drops()
    talk.arrives("ACK seq=1 ack=101")
    talk.sends("ACK seq=101 ack=1 length=100", "ACK seq=201 ack=1 length=100")


def test_after_a_timeout_what_has_arrived_is_not_sent_again() -> None:
    talk = Talk.client("mss=100")
    talk.writes(500)
    talk.drops()
    talk.waits()
    talk.drops()
    talk.arrives("ACK seq=1 ack=401")
    talk.sends("ACK seq=401 ack=1 length=100")


def test_a_segment_that_was_acknowledged_in_part_is_sent_in_part() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.drops()
    talk.arrives("ACK seq=1 ack=41")
    talk.waits()
    talk.sends("ACK seq=41 ack=1 length=60")


def test_karn_no_measurement_of_what_went_twice() -> None:
    talk = Talk.client()
    before = talk.srtt
    talk.writes(100)
    talk.waits()
    talk.passes(0.1)
    talk.arrives("ACK seq=1 ack=101")
    assert talk.srtt == before
    assert talk.rto == 2 * SECOND  # still backed off


def test_karn_the_next_measurement_counts_again() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.waits()
    talk.arrives("ACK seq=1 ack=101")
    talk.writes(100)
    talk.passes(0.1)
    talk.arrives("ACK seq=1 ack=201")
    assert talk.rto == SECOND


def test_the_handshake_is_measured() -> None:
    talk = Talk()
    talk.opens()
    talk.passes(0.3)
    talk.arrives("SYN,ACK seq=0 ack=1")
    assert talk.srtt == 300 * MILLISECOND
    assert talk.rto == SECOND  # 300 + 4 * 150 ms is less than the minimum


def test_after_a_lost_syn_the_timeout_is_three_seconds() -> None:
    talk = Talk()
    talk.opens()
    talk.waits()
    talk.arrives("SYN,ACK seq=0 ack=1")
    assert talk.rto == 3 * SECOND


def test_one_measurement_for_each_round_trip() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    talk.passes(0.1)
    for ack in range(101, 1002, 100):
        talk.arrives(f"ACK seq=1 ack={ack}")
    srtt = talk.srtt
    assert srtt == 100 * MILLISECOND // 8  # one step of 1/8 from the handshake's 0


def test_three_duplicates_resend_at_once() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=1")
    talk.silent()
    talk.arrives("ACK seq=1 ack=1")
    talk.sends("ACK seq=1 ack=1 length=100")


@pytest.mark.parametrize("text", [
    "ACK seq=1 ack=1 length=1", "ACK seq=1 ack=1 window=50000", "FIN,ACK seq=1 ack=1",
])  # fmt: skip
def test_not_a_duplicate_with_data_a_new_window_or_fin(text: str) -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    talk.drops()
    for _ in range(2):
        talk.arrives("ACK seq=1 ack=1")
    talk.arrives(text)
    talk.collect()
    assert all(not segment.payload for segment in talk.out)


def test_duplicates_without_anything_on_its_way_mean_nothing() -> None:
    talk = Talk.client()
    for _ in range(5):
        talk.arrives("ACK seq=1 ack=1")
    talk.silent()
    assert talk.endpoint.sender.recovery.duplicates == 0


def test_limited_transmit_sends_one_new_segment_for_each_of_two_duplicates() -> None:
    talk = Talk.client("mss=100", initial_window=4)
    talk.writes(2000)
    assert talk.drops() == 4
    talk.arrives("ACK seq=1 ack=1")
    talk.sends("ACK seq=401 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=1")
    talk.sends("ACK seq=501 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=1")
    talk.sends("ACK seq=1 ack=1 length=100")
    assert talk.ssthresh == 200  # half of 400: what limited transmit has sent does not count


def test_limited_transmit_respects_the_other_sides_window() -> None:
    talk = Talk.client("mss=100 window=400", initial_window=4)
    talk.writes(2000)
    talk.drops()
    for _ in range(2):
        talk.arrives("ACK seq=1 ack=1 window=400")
    talk.silent()


def test_a_full_recovery_without_sack() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    assert talk.drops() == 10
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.sends("ACK seq=1 ack=1 length=100")
    assert (talk.ssthresh, talk.cwnd) == (500, 800)  # half of 1000, plus three segments
    talk.arrives("ACK seq=1 ack=1")
    assert talk.cwnd == 900
    talk.arrives("ACK seq=1 ack=1001")
    assert talk.cwnd == 500
    talk.silent()


def test_newreno_resends_the_next_hole_at_a_partial_acknowledgement() -> None:
    talk = Talk.client("mss=100", congestion="newreno")
    talk.writes(1000)
    talk.drops()
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.drops()
    talk.arrives("ACK seq=1 ack=401")
    talk.sends("ACK seq=401 ack=1 length=100")
    assert talk.cwnd == 800 - 400 + 100
    talk.arrives("ACK seq=1 ack=701")
    talk.sends("ACK seq=701 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=1001")
    assert talk.cwnd == 500


def test_reno_leaves_recovery_at_a_partial_acknowledgement() -> None:
    talk = Talk.client("mss=100", congestion="reno")
    talk.writes(1000)
    talk.drops()
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.drops()
    talk.arrives("ACK seq=1 ack=401")
    talk.silent()
    assert talk.cwnd == 500


def test_the_first_partial_acknowledgement_restarts_the_timer_the_second_does_not() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    talk.passes(0.5)
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=401")
    first = talk.deadline
    assert first == talk.now + talk.rto
    talk.passes(0.1)
    talk.arrives("ACK seq=1 ack=701")
    assert talk.deadline == first


def test_after_a_recovery_the_timer_starts_anew_with_each_acknowledgement_again() -> None:
    talk = Talk.client("mss=100")
    talk.writes(2000)
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    for ack in (301, 501, 1101):
        talk.arrives(f"ACK seq=1 ack={ack}")
    talk.writes(1000)
    for ack in (1201, 1301):
        talk.passes(0.9)
        talk.arrives(f"ACK seq=1 ack={ack}")
        assert talk.deadline == talk.now + talk.rto


def test_duplicates_after_a_recovery_start_no_other() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=1001")
    talk.drops()
    talk.writes(500)
    talk.drops()
    for _ in range(5):  # copies of what went again, acknowledged once more
        talk.arrives("ACK seq=1 ack=1001")
    talk.silent()
    assert talk.ssthresh == 500


def test_duplicates_after_a_timeout_start_no_recovery() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    talk.waits()
    talk.arrives("ACK seq=1 ack=501")
    talk.drops()
    threshold = talk.ssthresh
    for _ in range(4):
        talk.arrives("ACK seq=1 ack=501")
    assert talk.ssthresh == threshold


def test_a_fast_retransmission_that_is_lost_waits_for_the_timer() -> None:
    talk = Talk.client("mss=100")
    talk.writes(1000)
    for _ in range(3):
        talk.arrives("ACK seq=1 ack=1")
    talk.drops()
    for _ in range(6):
        talk.arrives("ACK seq=1 ack=1")
    talk.drops()
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")
    assert talk.cwnd == 100
