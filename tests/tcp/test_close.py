"""Closing a connection: RFC 9293 section 3.6."""

import pytest
from talk import Talk

from netlab.tcp import Refused
from netlab.tcp.timers import SECOND


def test_normal_close_as_figure_12_draws_it_first_side() -> None:
    talk = Talk.client()
    talk.closes()
    talk.sends("FIN,ACK seq=1 ack=1")
    assert talk.state == "FIN-WAIT-1"
    talk.arrives("ACK seq=1 ack=2")
    assert talk.state == "FIN-WAIT-2"
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.sends("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"
    assert talk.waits() == 240
    assert (talk.state, talk.error) == ("CLOSED", "")


def test_normal_close_as_figure_12_draws_it_second_side() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.sends("ACK seq=1 ack=2")
    assert talk.state == "CLOSE-WAIT"
    talk.closes()
    talk.sends("FIN,ACK seq=1 ack=2")
    assert talk.state == "LAST-ACK"
    talk.arrives("ACK seq=2 ack=2")
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "", None)
    talk.silent()


def test_simultaneous_close_as_figure_13_draws_it() -> None:
    talk = Talk.client()
    talk.closes()
    talk.sends("FIN,ACK seq=1 ack=1")
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.sends("ACK seq=2 ack=2")
    assert talk.state == "CLOSING"
    talk.arrives("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"
    talk.silent()


def test_simultaneous_close_with_data_racing() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.closes()
    talk.sends("ACK seq=1 ack=1 length=100", "FIN,ACK seq=101 ack=1")
    talk.arrives("FIN,ACK seq=1 ack=1 length=50")  # has seen neither our data nor our FIN
    talk.sends("ACK seq=102 ack=52")
    assert talk.state == "CLOSING"
    assert len(talk.reads()) == 50
    talk.arrives("ACK seq=52 ack=101")
    assert talk.state == "CLOSING"
    talk.arrives("ACK seq=52 ack=102")
    assert talk.state == "TIME-WAIT"


def test_simultaneous_close_where_their_fin_acknowledges_ours_on_its_second_way() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.sends("ACK seq=2 ack=2")
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.sends("ACK seq=2 ack=2")
    talk.arrives("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"


def test_fin_that_acknowledges_ours() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.sends("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"


def test_fin_follows_the_data() -> None:
    talk = Talk.client("mss=1000")
    talk.writes(3000)
    talk.sends(*[f"ACK seq={seq} ack=1 length=1000" for seq in (1, 1001, 2001)])
    talk.closes()
    talk.sends("FIN,ACK seq=3001 ack=1")


def test_fin_with_data_is_one_segment() -> None:
    talk = Talk.client()
    talk.writes(100)  # on its way, so that Nagle keeps what follows
    talk.writes(50)
    talk.drops()
    talk.closes()
    talk.sends("FIN,ACK seq=101 ack=1 length=50")


def test_fin_waits_for_the_window() -> None:
    talk = Talk.client("mss=1460 window=100")
    talk.writes(100)
    talk.closes()
    talk.sends("ACK seq=1 ack=1 length=100")
    assert talk.state == "FIN-WAIT-1"
    talk.arrives("ACK seq=1 ack=101 window=100")
    talk.sends("FIN,ACK seq=101 ack=1")


def test_fin_lost() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    assert talk.waits() == 1
    talk.sends("FIN,ACK seq=1 ack=1")
    assert talk.state == "FIN-WAIT-1"


def test_fin_and_data_lost() -> None:
    talk = Talk.client()
    talk.writes(100)
    talk.drops()
    talk.closes()
    talk.drops()
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=101")
    talk.sends("FIN,ACK seq=101 ack=1")
    talk.arrives("ACK seq=1 ack=102")
    assert talk.state == "FIN-WAIT-2"


def test_fin_in_last_ack_lost() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.closes()
    talk.drops()
    talk.waits()
    talk.sends("FIN,ACK seq=1 ack=2")
    assert talk.state == "LAST-ACK"


def test_our_last_ack_lost() -> None:
    talk = Talk.client()
    talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.drops()
    talk.passes(10)
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.sends("ACK seq=2 ack=2")
    assert talk.waits() == 240


@pytest.mark.parametrize("state", ["CLOSE-WAIT", "CLOSING", "LAST-ACK"])
def test_a_repeated_fin_is_acknowledged_again(state: str) -> None:
    talk = Talk.server()
    if state == "CLOSING":
        talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=1")
    if state == "LAST-ACK":
        talk.closes()
    talk.drops()
    assert talk.state == state
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.sends(f"ACK seq={talk.snd_nxt} ack=2")
    assert talk.state == state


def test_fin_out_of_order_waits_for_the_data_before_it() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=101 ack=1 length=50")
    talk.sends("ACK seq=1 ack=1")
    assert talk.state == "ESTABLISHED"
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=152")
    assert talk.state == "CLOSE-WAIT"
    assert len(talk.reads()) == 150
    assert talk.eof


def test_bare_fin_out_of_order_waits_for_the_data_before_it() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=101 ack=1")
    talk.sends("ACK seq=1 ack=1")
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=102")
    assert talk.state == "CLOSE-WAIT"


def test_half_close_then_data_from_the_other_side() -> None:
    talk = Talk.client()
    talk.closes()
    talk.arrives("ACK seq=1 ack=2")
    talk.drops()
    for seq in (1, 1001):
        talk.arrives(f"ACK seq={seq} ack=2 length=1000")
    talk.sends("ACK seq=2 ack=2001")
    assert talk.state == "FIN-WAIT-2"
    assert len(talk.reads()) == 2000
    talk.arrives("FIN,ACK seq=2001 ack=2")
    assert talk.state == "TIME-WAIT"


def test_half_close_then_data_from_us() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.drops()
    assert talk.eof
    talk.writes(100)
    talk.sends("ACK seq=1 ack=2 length=100")
    talk.arrives("ACK seq=2 ack=101")
    assert talk.state == "CLOSE-WAIT"
    talk.closes()
    talk.sends("FIN,ACK seq=101 ack=2")


def test_data_in_fin_wait_1_are_received() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 length=100")
    assert talk.state == "FIN-WAIT-1"
    assert len(talk.reads()) == 100


def test_data_with_the_ack_of_our_fin() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    talk.arrives("ACK seq=1 ack=2 length=100")
    assert talk.state == "FIN-WAIT-2"
    assert len(talk.reads()) == 100


def test_data_after_a_fin_are_ignored() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=1 ack=1")
    talk.drops()
    talk.arrives("ACK seq=2 ack=1 length=10")
    talk.silent()
    assert talk.readable == 0
    assert talk.rcv_nxt == 2


def test_data_beyond_a_fin_that_waits_are_ignored() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=51 ack=1")
    talk.arrives("ACK seq=1 ack=1 length=100")
    assert talk.state == "CLOSE-WAIT"
    assert len(talk.reads()) == 50
    assert talk.rcv_nxt == 52


def test_data_can_be_received_after_both_have_closed() -> None:
    talk = Talk.server()
    talk.arrives("FIN,ACK seq=1 ack=1 length=100")
    talk.closes()
    assert talk.state == "LAST-ACK"
    assert len(talk.reads(60)) == 60
    assert not talk.eof
    talk.arrives("ACK seq=102 ack=2")
    assert talk.state == "CLOSED"
    assert len(talk.reads()) == 40
    assert talk.eof
    assert talk.reads() == b""


def test_close_twice_is_refused() -> None:
    talk = Talk.client()
    talk.closes()
    talk.drops()
    with pytest.raises(Refused, match="connection closing"):
        talk.closes()
    talk.silent()


def test_send_after_close_is_refused() -> None:
    talk = Talk.client()
    talk.closes()
    with pytest.raises(Refused, match="connection closing"):
        talk.writes(1)


def test_calls_without_a_connection_are_refused() -> None:
    talk = Talk()
    for call in (talk.reads, talk.closes, talk.aborts, lambda: talk.writes(1)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.error == "connection does not exist"


def test_close_in_syn_received_sends_a_fin() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0 mss=1460")
    talk.drops()
    talk.closes()
    talk.sends("FIN,ACK seq=1 ack=1")
    assert talk.state == "FIN-WAIT-1"
    talk.arrives("ACK seq=1 ack=1")
    assert talk.state == "FIN-WAIT-1"
    talk.arrives("ACK seq=1 ack=2")
    assert talk.state == "FIN-WAIT-2"


def test_close_in_syn_received_waits_for_queued_data() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0 mss=1460")
    talk.writes(10)
    talk.closes()
    talk.sends("SYN,ACK seq=0 ack=1")
    assert talk.state == "SYN-RECEIVED"
    with pytest.raises(Refused, match="connection closing"):
        talk.writes(1)
    talk.arrives("ACK seq=1 ack=1")
    talk.sends("FIN,ACK seq=1 ack=1 length=10")
    assert talk.state == "FIN-WAIT-1"


def test_syn_ack_lost_after_close_in_syn_received() -> None:
    talk = Talk()
    talk.listens()
    talk.arrives("SYN seq=0 mss=1460")
    talk.closes()
    talk.drops()
    talk.waits()
    talk.sends("SYN,ACK seq=0 ack=1")


def test_user_data_are_all_sent_before_the_fin_although_the_window_is_small() -> None:
    talk = Talk.client("mss=1000 window=1000")
    talk.writes(2500)
    talk.closes()
    talk.sends("ACK seq=1 ack=1 length=1000")
    talk.arrives("ACK seq=1 ack=1001 window=1000")
    talk.sends("ACK seq=1001 ack=1 length=1000")
    talk.arrives("ACK seq=1 ack=2001 window=1000")
    talk.sends("FIN,ACK seq=2001 ack=1 length=500")


def test_a_fin_that_is_never_acknowledged_times_out() -> None:
    talk = Talk.client()
    talk.closes()
    while talk.deadline is not None:
        talk.waits()
    assert (talk.state, talk.error) == ("CLOSED", "timed out")
    assert talk.now >= 100 * SECOND


def test_fin_wait_2_lasts_as_long_as_the_other_side_likes() -> None:
    talk = Talk.client()
    talk.closes()
    talk.arrives("ACK seq=1 ack=2")
    assert talk.deadline is None
    talk.passes(3600)
    assert talk.state == "FIN-WAIT-2"
