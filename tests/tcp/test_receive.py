"""What arrives: its order, its acknowledgement, urgent data, keep-alives."""

import pytest
from talk import Talk, stream

from netlab.tcp.timers import SECOND


def test_every_second_segment_is_acknowledged_at_once() -> None:
    talk = Talk.client()
    for number in range(6):
        talk.arrives(f"ACK seq={1 + number * 1460} ack=1 length=1460")
    talk.sends("ACK seq=1 ack=2921", "ACK seq=1 ack=5841", "ACK seq=1 ack=8761")


def test_a_single_segment_is_acknowledged_within_half_a_second() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=1460")
    talk.silent()
    talk.passes(0.499)
    talk.sends("ACK seq=1 ack=1461")


def test_data_of_ours_take_the_acknowledgement_along() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.writes(10)
    talk.sends("ACK seq=1 ack=101 length=10")
    talk.arrives("ACK seq=101 ack=11")
    talk.passes(5)
    talk.silent()


def test_without_delay_every_segment_is_acknowledged() -> None:
    talk = Talk.client(delayed_ack=False)
    for number in range(3):
        talk.arrives(f"ACK seq={1 + number * 100} ack=1 length=100")
    talk.sends("ACK seq=1 ack=101", "ACK seq=1 ack=201", "ACK seq=1 ack=301")


def test_an_ack_is_never_acknowledged() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1")
    talk.passes(10)
    talk.silent()


def test_out_of_order_data_are_acknowledged_at_once_each_time() -> None:
    talk = Talk.client()
    for seq in (101, 201, 301):
        talk.arrives(f"ACK seq={seq} ack=1 length=100")
    talk.sends(*["ACK seq=1 ack=1"] * 3)
    assert talk.readable == 0


def test_what_fills_a_hole_is_acknowledged_at_once() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=101 ack=1 length=100")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=201")
    assert talk.reads() == stream(0, 200)


def test_what_fills_a_part_of_a_hole_is_acknowledged_at_once() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=201 ack=1 length=100")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=101")


@pytest.mark.parametrize("order", ["3 2 1 0", "1 3 0 2", "2 0 3 1", "0 2 1 3", "3 1 2 0"])
def test_any_order_gives_the_same_bytes(order: str) -> None:
    talk = Talk.client()
    for number in map(int, order.split()):
        talk.arrives(f"ACK seq={1 + 100 * number} ack=1 length=100")
    assert talk.reads() == stream(0, 400)
    assert talk.rcv_nxt == 401


@pytest.mark.parametrize("pieces", [
    "1-101 51-151", "51-151 1-101", "1-101 1-101", "101-201 1-301", "51-101 1-151 101-201",
    "101-111 121-131 91-141 1-200", "1-10 5-20 15-30 25-40 1-60",
])  # fmt: skip
def test_overlapping_segments_give_every_byte_once(pieces: str) -> None:
    talk = Talk.client()
    ends = []
    for piece in pieces.split():
        start, end = map(int, piece.split("-"))
        ends.append(end)
        talk.arrives(f"ACK seq={start} ack=1 length={end - start}")
    assert talk.reads() == stream(0, max(ends) - 1)


def test_a_duplicate_is_acknowledged_at_once_and_not_delivered_again() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=101")
    assert talk.reads() == stream(0, 100)


def test_a_segment_that_is_half_old_gives_its_new_half() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=51 ack=1 length=100")
    assert talk.reads() == stream(0, 150)


def test_receive_takes_at_most_what_is_asked_for() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=100")
    assert talk.reads(30) + talk.reads(30) == stream(0, 60)
    assert talk.readable == 40
    assert talk.reads() == stream(60, 100)
    assert talk.reads() == b""
    assert not talk.eof


def test_the_urgent_pointer_is_told_and_the_data_stay_in_line() -> None:
    talk = Talk.client()
    talk.arrives("ACK,URG seq=1 ack=1 length=100 urgent=40")
    assert talk.urgent == 40
    assert talk.reads(10) == stream(0, 10)
    assert talk.urgent == 30
    assert talk.reads() == stream(10, 100)
    assert talk.urgent == 0


def test_an_urgent_pointer_beyond_the_segment_is_believed_until_the_data_come() -> None:
    talk = Talk.client()
    talk.arrives("ACK,URG seq=1 ack=1 length=10 urgent=50")
    assert talk.urgent == 50
    assert len(talk.reads()) == 10
    assert talk.urgent == 40


def test_an_urgent_pointer_never_moves_back() -> None:
    talk = Talk.client()
    talk.arrives("ACK,URG seq=1 ack=1 length=10 urgent=50")
    talk.arrives("ACK,URG seq=11 ack=1 length=10 urgent=5")
    assert talk.urgent == 50


def test_an_urgent_pointer_without_the_flag_says_nothing() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=10 urgent=5")
    assert talk.urgent == 0


def test_keep_alive_is_off_unless_asked_for() -> None:
    talk = Talk.client()
    assert talk.deadline is None
    talk.passes(24 * 3600)
    talk.silent()


def test_keep_alive_asks_with_an_old_number() -> None:
    talk = Talk.client(keep_alive=7200 * SECOND)
    talk.passes(7199)
    talk.silent()
    talk.passes(1)
    talk.sends("ACK seq=0 ack=1")
    talk.arrives("ACK seq=1 ack=1")
    talk.passes(7100)
    talk.silent()
    talk.passes(150)
    talk.sends("ACK seq=0 ack=1")


def test_keep_alive_waits_while_the_other_side_speaks() -> None:
    talk = Talk.client(keep_alive=100 * SECOND)
    for number in range(5):
        talk.passes(90)
        talk.arrives(f"ACK seq={1 + number} ack=1 length=1")
        talk.passes(1)
        talk.sends(f"ACK seq=1 ack={2 + number}")


def test_keep_alive_gives_up_after_many_questions() -> None:
    talk = Talk.client(keep_alive=100 * SECOND)
    talk.passes(100 + 8 * 75)
    assert talk.drops() == 9
    assert talk.state == "ESTABLISHED"
    talk.passes(75)
    assert (talk.state, talk.error) == ("CLOSED", "timed out")


def test_keep_alive_finds_a_peer_that_has_forgotten_us() -> None:
    talk = Talk.client(keep_alive=100 * SECOND)
    talk.passes(100)
    (probe,) = talk.sends("ACK seq=0 ack=1")
    talk.arrives(f"RST seq={probe.ack - talk.theirs}")
    assert talk.error == "connection reset"


def test_we_answer_the_other_sides_keep_alives() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=0 ack=1")
    talk.arrives("ACK seq=0 ack=1 length=1")
    talk.sends("ACK seq=1 ack=1", "ACK seq=1 ack=1")
