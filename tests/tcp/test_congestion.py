"""Congestion control: RFC 5681, 6582, 6928 and 9438."""

import pytest
from talk import Talk

from netlab.tcp import Endpoint
from netlab.tcp.congestion import KINDS, Congestion, Cubic, Fixed, NewReno, congestion_control
from netlab.tcp.timers import MILLISECOND, SECOND

MSS = 1000


def begun(kind: type[Congestion], cwnd: int = 10, ssthresh: int | None = None) -> Congestion:
    """In segments, an object that has been told of a connection."""
    control = kind()
    control.begin(MSS, 10, 0)
    control.cwnd = cwnd * MSS
    if ssthresh is not None:
        control.ssthresh = ssthresh * MSS
    return control


@pytest.mark.parametrize(("mss", "segments", "bytes_"), [
    (1460, 10, 14_600), (536, 10, 5360), (1000, 10, 10_000), (9000, 10, 18_000),  # RFC 6928
    (1460, 1, 1460), (1460, 4, 5840), (1460, 2, 2920),
])  # fmt: skip
def test_initial_window(mss: int, segments: int, bytes_: int) -> None:
    control = NewReno()
    control.begin(mss, segments, 0)
    assert control.cwnd == bytes_


def test_the_initial_window_is_sent_at_once() -> None:
    talk = Talk.client("mss=100", initial_window=4)
    talk.writes(5000)
    assert talk.drops() == 4


def test_after_two_lost_syns_the_initial_window_is_one_segment() -> None:
    talk = Talk()
    talk.opens()
    talk.waits()
    talk.waits()
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=1 mss=100")
    assert talk.cwnd == 100


def test_after_one_lost_syn_it_is_not() -> None:
    talk = Talk()
    talk.opens()
    talk.waits()
    talk.arrives("SYN,ACK seq=0 ack=1 mss=100")
    assert talk.cwnd == 1000


@pytest.mark.parametrize("kind", [NewReno, Cubic])
def test_slow_start_doubles_the_window_each_round_trip(kind: type[Congestion]) -> None:
    control = begun(kind, 10)
    for _ in range(10):
        control.acknowledged(MSS, 0, 0)
    assert control.cwnd == 20 * MSS


def test_slow_start_grows_by_one_segment_at_most_for_each_acknowledgement() -> None:
    control = begun(NewReno, 10)
    control.acknowledged(5 * MSS, 0, 0)
    assert control.cwnd == 11 * MSS
    control.acknowledged(10, 0, 0)
    assert control.cwnd == 11 * MSS + 10


def test_congestion_avoidance_grows_by_one_segment_each_round_trip() -> None:
    control = begun(NewReno, 10, 10)
    for _ in range(9):
        control.acknowledged(MSS, 0, 0)
    assert control.cwnd == 10 * MSS
    control.acknowledged(MSS, 0, 0)
    assert control.cwnd == 11 * MSS
    for _ in range(11):
        control.acknowledged(MSS, 0, 0)
    assert control.cwnd == 12 * MSS


def test_the_window_does_not_grow_while_it_is_not_used() -> None:
    talk = Talk.client("mss=100")
    for number in range(50):
        talk.writes(10)
        talk.arrives(f"ACK seq=1 ack={1 + 10 * (number + 1)}")
    assert talk.cwnd == 1000


def test_the_window_grows_while_it_is_full() -> None:
    talk = Talk.client("mss=100")
    talk.writes(3000)
    talk.arrives("ACK seq=1 ack=201")
    assert talk.cwnd == 1100
    talk.arrives("ACK seq=1 ack=401")
    assert talk.cwnd == 1200


def test_a_timeout_sets_ssthresh_to_half_of_the_flight_and_cwnd_to_one_segment() -> None:
    talk = Talk.client("mss=100")
    talk.writes(800)
    talk.waits()
    assert (talk.ssthresh, talk.cwnd) == (400, 100)


def test_a_second_timeout_of_the_same_segment_leaves_ssthresh() -> None:
    talk = Talk.client("mss=100")
    talk.writes(800)
    talk.waits()
    talk.waits()
    assert (talk.ssthresh, talk.cwnd) == (400, 100)


def test_ssthresh_is_never_less_than_two_segments() -> None:
    talk = Talk.client("mss=100")
    talk.writes(100)
    talk.waits()
    assert talk.ssthresh == 200


def test_after_a_timeout_slow_start_up_to_ssthresh_then_avoidance() -> None:
    talk = Talk.client("mss=100")
    talk.writes(5000)
    talk.waits()
    assert talk.ssthresh == 500
    grown = []
    for ack in range(101, 1002, 100):
        talk.arrives(f"ACK seq=1 ack={ack}")
        grown.append(talk.cwnd)
    assert grown == [200, 300, 400, 500, 500, 500, 500, 500, 600, 600]


def test_after_idling_longer_than_a_timeout_the_window_is_the_initial_one() -> None:
    talk = Talk.client("mss=100")
    talk.writes(3000)
    for ack in range(101, 3002, 100):
        talk.arrives(f"ACK seq=1 ack={ack}")
    assert talk.cwnd > 1000
    talk.passes(1.5)
    talk.writes(3000)
    assert talk.cwnd == 1000


def test_none_never_changes_its_window() -> None:
    control = Fixed(5000)
    control.begin(MSS, 10, 0)
    control.acknowledged(MSS, 0, 0)
    control.lost(5000, 0)
    control.timed_out(5000, 0, False)
    control.inflate(MSS)
    control.deflate(MSS)
    control.recovered(0)
    control.idle()
    assert control.cwnd == 5000


def test_none_sends_what_the_other_side_takes() -> None:
    talk = Talk.client("mss=1000 window=60000", congestion="none")
    talk.writes(65_000)
    assert talk.drops() == 60


@pytest.mark.parametrize("name", KINDS)
def test_congestion_controls_by_name(name: str) -> None:
    assert congestion_control(name).name == name
    assert Endpoint(congestion=name).congestion.name == name


def test_a_congestion_control_of_ones_own() -> None:
    class Halting(NewReno):
        def acknowledged(self, count: int, now: int, rtt: int) -> None:
            self.cwnd = self.mss

    talk = Talk.client("mss=100", congestion=Halting())
    talk.writes(2000)
    talk.arrives("ACK seq=1 ack=1001")
    talk.drops()
    assert talk.flight_size == 100


def test_an_unknown_congestion_control_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no congestion control is called 'vegas': there are reno"):
        Endpoint(congestion="vegas")


# CUBIC.


def test_cubic_reduces_to_seven_tenths() -> None:
    control = begun(Cubic, 100, 100)
    control.lost(100 * MSS, 0)
    assert control.cwnd == control.ssthresh == 70 * MSS


def run(control: Congestion, seconds: float, rtt: float, now: int = 0) -> int:
    """Acknowledge a full window each round trip; the time after it."""
    end, step = now + round(seconds * SECOND), round(rtt * SECOND)
    while now < end:
        window = control.cwnd
        count = window // MSS
        for number in range(count):
            control.acknowledged(MSS, now + step * number // count, step)
        now += step
    return now


def w_cubic(t: float, w_max: float, beta: float = 0.7, c: float = 0.4) -> float:
    """RFC 9438 section 4.2, equations 1 and 2, after a loss at w_max segments."""
    k = (w_max * (1 - beta) / c) ** (1 / 3)
    return c * (t - k) ** 3 + w_max


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 4.2, 6, 8])
def test_cubic_follows_its_curve(seconds: float) -> None:
    control = begun(Cubic, 100, 100)
    control.lost(100 * MSS, 0)
    run(control, seconds, 0.1)
    assert control.cwnd / MSS == pytest.approx(w_cubic(seconds, 100), rel=0.02)


def test_cubic_is_flat_where_the_loss_was() -> None:
    control = begun(Cubic, 100, 100)
    control.lost(100 * MSS, 0)
    now = run(control, 3.7, 0.1)
    before = control.cwnd
    run(control, 1, 0.1, now)
    assert before >= 99 * MSS
    assert control.cwnd - before <= MSS


def test_cubic_on_a_short_path_grows_at_least_as_reno_would() -> None:
    control = begun(Cubic, 20, 20)
    control.lost(20 * MSS, 0)
    run(control, 0.1, 0.01)  # 10 round trips: alpha is 3 * 0.3 / 1.7 segments each
    assert control.cwnd / MSS == pytest.approx(14 + 10 * 0.9 / 1.7, rel=0.05)
    assert control.cwnd / MSS > w_cubic(0.1, 20)


def test_cubic_in_the_friendly_region_grows_as_reno_beyond_the_last_window() -> None:
    control = begun(Cubic, 10, 10)
    control.lost(10 * MSS, 0)
    now = run(control, 0.1, 0.01)
    while control.cwnd < 11 * MSS:
        now = run(control, 0.01, 0.01, now)
    before = control.cwnd
    run(control, 0.05, 0.01, now)  # 5 round trips, alpha is 1 by now
    assert (control.cwnd - before) / MSS == pytest.approx(5, rel=0.15)


def test_cubic_fast_convergence_leaves_room_for_others() -> None:
    control = begun(Cubic, 100, 100)
    control.lost(100 * MSS, 0)
    assert control.w_max == 100
    control.cwnd = 80 * MSS  # lost again before it was back at 100
    control.lost(80 * MSS, SECOND)
    assert control.w_max == pytest.approx(80 * (1 + 0.7) / 2)


def test_cubic_begins_its_curve_anew_after_a_timeout() -> None:
    control = begun(Cubic, 100, 100)
    control.timed_out(100 * MSS, 0, False)
    assert (control.cwnd, control.ssthresh) == (MSS, 70 * MSS)
    control.cwnd = 70 * MSS
    control.acknowledged(MSS, 0, 100 * MILLISECOND)
    assert control.k == 0
    assert control.w_max == 70


def test_cubic_never_more_than_half_as_much_again_in_one_round_trip() -> None:
    control = begun(Cubic, 10, 10)
    control.lost(10 * MSS, 0)
    control.acknowledged(MSS, 0, 0)
    before = control.cwnd
    for _ in range(7):
        control.acknowledged(MSS, 100 * SECOND, 0)
    assert control.cwnd <= before * 1.5 + MSS
