"""Opening a connection: RFC 9293 section 3.5."""

import pytest
from talk import Talk

from netlab.tcp import Refused, State
from netlab.tcp.timers import SECOND


def test_a_client_opens() -> None:
    talk = Talk()
    talk.opens()
    talk.sends("SYN seq=0 mss=1460 window=65535")
    assert talk.state == "SYN-SENT"
    talk.arrives("SYN,ACK seq=0 ack=1 mss=1400")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"
    talk.silent()


def test_a_server_opens() -> None:
    talk = Talk()
    talk.listens()
    assert talk.state == "LISTEN"
    talk.arrives("SYN seq=0 mss=1400")
    talk.sends("SYN,ACK seq=0 ack=1 mss=1460")
    assert talk.state == "SYN-RECEIVED"
    talk.arrives("ACK seq=1 ack=1")
    talk.silent()
    assert talk.state == "ESTABLISHED"


def test_simultaneous_open_as_figure_8_draws_it() -> None:
    talk = Talk()
    talk.opens()
    talk.sends("SYN seq=0 mss=1460")
    talk.arrives("SYN seq=0 mss=1460")
    talk.sends("SYN,ACK seq=0 ack=1 mss=1460")
    assert talk.state == "SYN-RECEIVED"
    talk.arrives("SYN,ACK seq=0 ack=1 mss=1460")
    assert talk.state == "ESTABLISHED"
    talk.silent()


def test_simultaneous_open_ended_by_a_bare_ack() -> None:
    talk = Talk()
    talk.opens()
    talk.arrives("SYN seq=0 mss=1460")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"


def test_simultaneous_open_whose_answers_are_lost() -> None:
    talk = Talk()
    talk.opens()
    talk.arrives("SYN seq=0 mss=1460")
    talk.drops()
    talk.passes(1.01)
    talk.sends("SYN,ACK seq=0 ack=1")
    assert talk.state == "SYN-RECEIVED"


def test_two_simultaneous_openers_meet() -> None:
    ends = Talk(), Talk(ours=9000, theirs=5000)
    for end in ends:
        end.opens()
    for _ in range(3):
        crossing = [end.endpoint.outgoing() for end in ends]
        for end, segments in zip(ends, reversed(crossing), strict=True):
            for segment in segments:
                end.endpoint.arrive(segment, 0)
    assert [end.state for end in ends] == ["ESTABLISHED", "ESTABLISHED"]


def test_a_lost_syn_is_sent_again_after_1_3_7_and_15_seconds() -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    assert [talk.waits() for _ in range(4)] == [1, 2, 4, 8]
    talk.sends(*["SYN seq=0 mss=1460"] * 4)


def test_a_syn_that_nobody_answers_is_given_up_after_three_minutes() -> None:
    talk = Talk()
    talk.opens()
    while talk.state is State.SYN_SENT:
        talk.waits()
    assert talk.state == "CLOSED"
    assert talk.error == "timed out"
    assert 180 * SECOND <= talk.now < 240 * SECOND
    assert talk.deadline is None


def test_a_lost_syn_ack_is_sent_again() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.passes(1)
    talk.sends("SYN,ACK seq=0 ack=1")


def test_a_syn_that_comes_twice_is_answered_twice() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.arrives("SYN seq=0")
    talk.sends("SYN,ACK seq=0 ack=1", "SYN,ACK seq=0 ack=1")
    assert talk.state == "SYN-RECEIVED"


def test_a_syn_ack_that_comes_twice_is_acknowledged_twice() -> None:
    talk = Talk.client()
    talk.arrives("SYN,ACK seq=0 ack=1")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"


def test_the_last_ack_of_the_handshake_may_carry_data() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=100")
    assert talk.state == "ESTABLISHED"
    assert len(talk.reads()) == 100


def test_the_last_ack_of_the_handshake_may_be_lost_when_data_follow() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("ACK seq=101 ack=1 length=100")
    assert talk.state == "ESTABLISHED"
    talk.sends("ACK seq=1 ack=1")


def test_the_last_ack_of_the_handshake_may_carry_data_and_fin() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.drops()
    talk.arrives("FIN,ACK seq=1 ack=1 length=3")
    talk.sends("ACK seq=1 ack=5")
    assert talk.state == "CLOSE-WAIT"
    assert len(talk.reads()) == 3
    assert talk.eof


def test_a_syn_ack_may_carry_data() -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=1 length=10")
    assert talk.state == "ESTABLISHED"
    assert talk.rcv_nxt == 11


def test_old_duplicate_syn_as_figure_9_draws_it() -> None:
    talk = Talk(theirs=90)
    talk.listens()
    talk.arrives("SYN seq=0")  # the old one
    talk.sends("SYN,ACK seq=0 ack=1")
    talk.arrives("RST seq=1")
    assert talk.state == "LISTEN"
    talk.silent()
    talk.theirs = 100
    talk.arrives("SYN seq=0")
    (answer,) = talk.endpoint.outgoing()
    assert answer.ack == 101
    assert talk.state == "SYN-RECEIVED"


def test_a_client_resets_the_answer_to_an_old_duplicate_syn() -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives("SYN,ACK seq=0 ack=-9")
    talk.sends(f"RST seq={2**32 - 9}")
    assert talk.state == "SYN-SENT"
    talk.arrives("SYN,ACK seq=0 ack=1")
    assert talk.state == "ESTABLISHED"


def test_half_open_connection_is_discovered_as_figure_10_draws_it() -> None:
    talk = Talk.client()
    talk.theirs += 100_000
    talk.arrives("SYN seq=0")  # the other side crashed and calls anew, far outside our window
    (answer,) = talk.endpoint.outgoing()
    assert (answer.seq, answer.ack) == (5001, 9001)
    assert talk.state == "ESTABLISHED"
    talk.theirs -= 100_000
    talk.arrives("RST seq=1")
    assert (talk.state, talk.error) == ("CLOSED", "connection reset")


def test_a_listener_that_sends_calls_by_itself() -> None:
    talk = Talk()
    talk.listens()
    assert talk.writes(10) == 10
    talk.sends("SYN seq=0")
    talk.arrives("SYN,ACK seq=0 ack=1")
    talk.sends("ACK seq=1 ack=1 length=10")


def test_a_listener_that_opens_calls_by_itself() -> None:
    talk = Talk()
    talk.listens()
    talk.opens()
    talk.sends("SYN seq=0")
    assert talk.state == "SYN-SENT"


def test_data_queued_before_the_connection_go_out_after_it() -> None:
    talk = Talk()
    talk.opens()
    assert talk.writes(100) == 100
    talk.sends("SYN seq=0")
    talk.arrives("SYN,ACK seq=0 ack=1")
    talk.sends("ACK seq=1 ack=1 length=100")


def test_an_open_connection_cannot_be_opened() -> None:
    talk = Talk.client()
    for call in (talk.opens, talk.listens):
        with pytest.raises(Refused, match="connection already exists"):
            call()
    assert talk.state == "ESTABLISHED"


def test_an_active_open_needs_a_remote_port() -> None:
    talk = Talk(remote_port=None)
    with pytest.raises(Refused, match="remote socket unspecified"):
        talk.opens()
    talk.listens()
    with pytest.raises(Refused, match="remote socket unspecified"):
        talk.writes(1)
    assert talk.state == "LISTEN"


@pytest.mark.parametrize("call", ["close", "abort"])
def test_a_call_is_taken_back(call: str) -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    getattr(talk.endpoint, call)(0)
    talk.silent()
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "", None)


def test_an_endpoint_can_be_used_again_with_other_numbers() -> None:
    talk = Talk.client()
    talk.aborts()
    talk.drops()
    talk.opens()
    (syn,) = talk.endpoint.outgoing()
    assert talk.state == "SYN-SENT"
    assert 1 < (syn.seq - talk.ours) % 2**32 < 2**31


def test_an_endpoint_says_who_and_where_it_is() -> None:
    talk = Talk(local_port=5, remote_port=None)
    assert repr(talk.endpoint) == "<Endpoint 5 → any, CLOSED>"
    talk = Talk.client(local_port=5)
    talk.arrives("RST seq=1")
    assert repr(talk.endpoint) == "<Endpoint 5 → 7, CLOSED, connection reset>"


@pytest.mark.parametrize(("options", "words"), [
    ({"mss": 70_000}, "mss is 70000: it has to be 8 to 65535"),
    ({"mss": 0}, "mss is 0"),
    ({"receive_buffer": 0}, "receive_buffer is 0: it has to be 1 to 1073725440"),
    ({"send_buffer": -1}, "send_buffer is -1: it has to be 1 or more"),
    ({"initial_window": 0}, "initial_window is 0"),
])  # fmt: skip
def test_options_that_cannot_be_are_named(options: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Talk(**options)


def test_an_open_connection_cannot_be_opened_even_without_a_remote_port() -> None:
    talk = Talk.server(remote_port=None)
    with pytest.raises(Refused, match="connection already exists"):
        talk.opens()


def test_a_negative_number_of_bytes_is_no_number_of_bytes() -> None:
    with pytest.raises(ValueError, match="not -1"):
        Talk.client().reads(-1)


def test_status_tells_the_variables_by_their_names() -> None:
    talk = Talk.client("mss=1460 window=3000")
    status = talk.endpoint.status()
    assert (status["state"], status["iss"], status["irs"]) == ("ESTABLISHED", 5000, 9000)
    assert (status["snd_una"], status["snd_nxt"], status["rcv_nxt"]) == (5001, 5001, 9001)
    assert (status["snd_wnd"], status["rcv_wnd"]) == (3000, 65535)
    assert all(getattr(talk.endpoint, name) == value for name, value in status.items())
    with pytest.raises(AttributeError, match="'snd_nx'"):
        talk.endpoint.snd_nx  # noqa: B018


def test_a_segment_without_ack_is_ignored_while_opening() -> None:
    talk = Talk()
    talk.opens()
    talk.drops()
    talk.arrives("FIN seq=1")
    talk.arrives("ACK seq=1 ack=1 length=5")
    talk.silent()
    assert talk.state == "SYN-SENT"


def test_the_mss_of_the_other_side_is_kept() -> None:
    talk = Talk.client("mss=100")
    talk.writes(250)
    talk.sends("ACK seq=1 ack=1 length=100", "ACK seq=101 ack=1 length=100")  # Nagle keeps the rest


def test_without_an_mss_option_536_bytes_are_sent() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0")
    talk.arrives("ACK seq=1 ack=1")
    talk.drops()
    talk.writes(2000)
    assert [len(segment.payload) for segment in talk.endpoint.outgoing()] == [536, 536, 536]


def test_our_own_mss_limits_what_we_send_as_well() -> None:
    talk = Talk.client("mss=9000", mss=1000)
    talk.writes(5000)
    assert {len(segment.payload) for segment in talk.endpoint.outgoing()} == {1000}


def test_data_on_a_syn_wait_to_be_sent_again() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0 length=10")
    talk.sends("SYN,ACK seq=0 ack=1")
    assert talk.readable == 0
