"""Resets, real and forged: RFC 9293 sections 3.5.2 and 3.10.7, RFC 5961."""

import pytest
from talk import Talk

from netlab.tcp import Segment
from netlab.tcp.timers import SECOND


def test_closed_answers_a_syn_with_a_reset_that_acknowledges_it() -> None:
    talk = Talk()
    talk.arrives("SYN seq=0")
    (reset,) = talk.endpoint.outgoing()
    assert reset == Segment(seq=0, ack=9001, flags="RST,ACK", window=0)


def test_closed_answers_data_without_ack_with_their_length() -> None:
    talk = Talk()
    talk.arrives("FIN seq=1 length=10")
    (reset,) = talk.endpoint.outgoing()
    assert reset == Segment(seq=0, ack=9012, flags="RST,ACK", window=0)


def test_closed_answers_an_ack_with_its_own_number() -> None:
    talk = Talk()
    talk.arrives("ACK seq=5 ack=77 length=10")
    talk.sends("RST seq=77")


def test_closed_never_answers_a_reset() -> None:
    talk = Talk()
    talk.arrives("RST seq=0")
    talk.arrives("RST,ACK seq=0 ack=1")
    talk.silent()


def test_listen_answers_an_ack_with_a_reset() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("ACK seq=1 ack=5")
    talk.sends("RST seq=5")
    assert talk.state == "LISTEN"


def test_listen_answers_a_syn_ack_with_a_reset() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN,ACK seq=1 ack=5")
    talk.sends("RST seq=5")


@pytest.mark.parametrize("text", ["RST seq=0", "RST,ACK seq=0 ack=1", "FIN seq=0", "none length=3"])
def test_listen_ignores(text: str) -> None:
    talk = Talk()
    talk.listens()
    talk.arrives(text)
    talk.silent()
    assert talk.state == "LISTEN"


def test_listen_ignores_a_syn_with_reset() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN,RST seq=0")
    talk.silent()
    assert talk.state == "LISTEN"


def test_syn_sent_is_reset_by_an_acknowledged_reset() -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives("RST,ACK seq=0 ack=1")
    talk.silent()
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "connection reset", None)


@pytest.mark.parametrize("text", ["RST seq=0", "RST,ACK seq=0 ack=0", "RST,ACK seq=0 ack=2"])
def test_syn_sent_ignores_a_reset_that_does_not_acknowledge_its_syn(text: str) -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives(text)
    talk.silent()
    assert talk.state == "SYN-SENT"


@pytest.mark.parametrize("ack", [0, 2, 1000])
def test_syn_sent_resets_what_acknowledges_something_else(ack: int) -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives(f"ACK seq=0 ack={ack}")
    talk.sends(f"RST seq={ack}")
    assert talk.state == "SYN-SENT"


def test_reset_in_syn_received_passive() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("RST seq=1")
    talk.silent()
    assert (talk.state, talk.error, talk.deadline) == ("LISTEN", "", None)


def test_a_listener_serves_the_next_after_a_reset() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.arrives("RST seq=1")
    talk.drops()
    talk.arrives("SYN seq=500 mss=1460")
    (answer,) = talk.endpoint.outgoing()
    assert answer.ack == 9501
    assert answer.seq != talk.ours
    talk.arrives(f"ACK seq=501 ack={answer.seq + 1 - talk.ours}")
    assert talk.state == "ESTABLISHED"


def test_reset_in_syn_received_active() -> None:
    talk = Talk()
    talk.opens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("RST seq=1")
    assert (talk.state, talk.error) == ("CLOSED", "connection refused")


def test_syn_received_resets_what_acknowledges_something_else() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("ACK seq=1 ack=2")
    talk.sends("RST seq=2")
    talk.arrives("ACK seq=1 ack=0")
    talk.sends("RST seq=0")
    assert talk.state == "SYN-RECEIVED"


def test_a_second_syn_in_the_window_sends_a_passive_end_back_to_listen() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("SYN seq=100")
    assert talk.state == "LISTEN"


def test_a_second_syn_in_the_window_is_challenged_by_an_active_end() -> None:
    talk = Talk()
    talk.opens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("SYN seq=100")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "SYN-RECEIVED"


@pytest.mark.parametrize("way", [Talk.client, Talk.server])
def test_reset_at_exactly_the_expected_number(way) -> None:
    talk = way()
    talk.arrives("RST seq=1")
    talk.silent()
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "connection reset", None)


@pytest.mark.parametrize("seq", [2, 1000, 65535])
def test_blind_reset_in_the_window_is_challenged(seq: int) -> None:
    talk = Talk.client()
    talk.arrives(f"RST seq={seq}")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"


@pytest.mark.parametrize("seq", [0, -100, 65536, 100_000])
def test_blind_reset_outside_the_window_is_ignored(seq: int) -> None:
    talk = Talk.client()
    talk.arrives(f"RST seq={seq}")
    talk.silent()
    assert talk.state == "ESTABLISHED"


def test_a_challenged_peer_that_means_it_resets_with_the_right_number() -> None:
    talk = Talk.client()
    talk.arrives("RST seq=50")
    (challenge,) = talk.sends("ACK seq=1 ack=1")
    talk.arrives(f"RST seq={challenge.ack - talk.theirs}")
    assert talk.state == "CLOSED"


@pytest.mark.parametrize("seq", [1, 500, 70_000])
def test_blind_syn_is_challenged(seq: int) -> None:
    talk = Talk.client()
    talk.arrives(f"SYN seq={seq}")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"


def test_challenges_are_limited() -> None:
    talk = Talk.client()
    for _ in range(50):
        talk.arrives("SYN seq=500")
    assert talk.drops() == 10
    talk.passes(5)
    talk.arrives("SYN seq=500")
    talk.sends("ACK seq=1 ack=1")


def test_two_confused_ends_do_not_answer_each_other_for_ever() -> None:
    talk = Talk.client()
    for _ in range(1000):
        talk.arrives("ACK seq=-5000 ack=1")
    assert talk.drops() <= 10


@pytest.mark.parametrize("ack", [2, 1000, 1 << 30])
def test_an_ack_of_what_was_not_sent_is_answered_and_dropped(ack: int) -> None:
    talk = Talk.client()
    talk.arrives(f"ACK seq=1 ack={ack} length=10")
    talk.sends("ACK seq=1 ack=1")
    assert talk.readable == 0
    assert talk.snd_una == 1


def test_an_ack_older_than_the_largest_window_is_answered_and_dropped() -> None:
    talk = Talk.client("mss=1460 window=1000")
    talk.arrives("ACK seq=1 ack=-1100 window=1000 length=10")
    talk.sends("ACK seq=1 ack=1")
    assert talk.readable == 0


def test_an_old_ack_within_the_largest_window_brings_its_data() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.arrives("ACK seq=1 ack=101")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=10")
    assert talk.readable == 10
    assert talk.snd_una == 101


def test_data_without_ack_are_ignored() -> None:
    talk = Talk.client()
    talk.arrives("none seq=1 length=10")
    talk.silent()
    assert talk.readable == 0


def test_abort_sends_a_reset() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.drops()
    talk.aborts()
    talk.sends("RST seq=101")
    assert (talk.state, talk.deadline) == ("CLOSED", None)


@pytest.mark.parametrize("end", ["CLOSING", "LAST-ACK", "TIME-WAIT"])
def test_abort_is_silent_where_both_have_closed(end: str) -> None:
    talk = Talk.client()
    if end != "LAST-ACK":
        talk.closes()
    talk.arrives(f"FIN,ACK seq=1 ack={2 if end == 'TIME-WAIT' else 1}")
    if end == "LAST-ACK":
        talk.closes()
    talk.drops()
    assert talk.state == end
    talk.aborts()
    talk.silent()
    assert talk.state == "CLOSED"


def test_a_closed_end_resets_what_comes_late() -> None:
    talk = Talk.client()
    talk.aborts()
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=10")
    talk.sends("RST seq=1")


def test_data_that_have_arrived_survive_a_reset() -> None:
    talk = Talk.client()
    talk.arrives("ACK seq=1 ack=1 length=10")
    talk.arrives("RST seq=11")
    assert talk.error == "connection reset"
    assert len(talk.reads()) == 10


@pytest.mark.parametrize("state", ["FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK"])
def test_a_reset_ends_every_synchronized_state(state: str) -> None:
    talk = Talk.client()
    if state in ("FIN-WAIT-1", "FIN-WAIT-2", "CLOSING"):
        talk.closes()
    if state == "FIN-WAIT-2":
        talk.arrives("ACK seq=1 ack=2")
    if state in ("CLOSE-WAIT", "CLOSING", "LAST-ACK"):
        talk.arrives("FIN,ACK seq=1 ack=1")
    if state == "LAST-ACK":
        talk.closes()
    assert talk.state == state
    talk.arrives(f"RST seq={talk.rcv_nxt}")
    assert (talk.state, talk.error) == ("CLOSED", "connection reset")


def test_a_reset_is_heeded_when_the_window_is_closed() -> None:
    talk = Talk.client(receive_buffer=1000)
    talk.arrives("ACK seq=1 ack=1 length=1000")
    talk.drops()
    assert talk.rcv_wnd == 0
    talk.arrives("RST seq=1001")
    assert talk.error == "connection reset"


def test_user_timeout() -> None:
    talk = Talk.client(user_timeout=30 * SECOND)
    talk.passes(3600)
    assert talk.state == "ESTABLISHED"
    talk.writes(10)
    talk.passes(29.9)
    assert talk.state == "ESTABLISHED"
    talk.passes(0.1)
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "timed out", None)


def test_user_timeout_begins_anew_with_each_acknowledgement() -> None:
    talk = Talk.client(user_timeout=30 * SECOND)
    talk.writes(10)
    talk.passes(20)
    talk.arrives("ACK seq=1 ack=6")
    talk.passes(20)
    assert talk.state == "ESTABLISHED"
    talk.arrives("ACK seq=1 ack=11")
    talk.passes(100)
    assert talk.state == "ESTABLISHED"


def test_user_timeout_of_a_syn() -> None:
    talk = Talk(user_timeout=5 * SECOND)
    talk.opens()
    talk.passes(5)
    assert (talk.state, talk.error) == ("CLOSED", "timed out")
