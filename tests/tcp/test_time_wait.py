"""TIME-WAIT: RFC 9293 section 3.6.1, RFC 1337, RFC 6191, RFC 1122 section 4.2.2.13."""

import pytest
from talk import Talk

from netlab.tcp import Refused
from netlab.tcp.timers import SECOND


def waiting(way=Talk.server, stamp: str = "", **options) -> Talk:
    """In TIME-WAIT, with 2 and 2 as the next numbers; `stamp`: with timestamps."""
    talk = stamped(stamp, **options) if stamp else way(**options)
    talk.closes()
    talk.arrives(f"FIN,ACK seq=1 ack=2{stamp}")
    talk.drops()
    assert talk.state == "TIME-WAIT"
    return talk


def stamped(stamp: str, **options) -> Talk:
    talk = Talk(timestamps=True, **options)
    talk.listens()
    talk.arrives(f"SYN seq=0 mss=1460{stamp}")
    talk.drops()
    talk.arrives(f"ACK seq=1 ack=1{stamp}")
    return talk


def test_it_lasts_two_maximum_segment_lifetimes() -> None:
    assert waiting().waits() == 240
    assert waiting(msl=30 * SECOND).waits() == 60


def test_afterwards_the_connection_is_closed_without_an_error() -> None:
    talk = waiting()
    talk.passes(240)
    assert (talk.state, talk.error, talk.deadline) == ("CLOSED", "", None)
    talk.silent()


def test_a_repeated_fin_restarts_it() -> None:
    talk = waiting()
    talk.passes(100)
    talk.arrives("FIN,ACK seq=1 ack=2")
    talk.sends("ACK seq=2 ack=2")
    talk.passes(239)
    assert talk.state == "TIME-WAIT"
    talk.passes(1)
    assert talk.state == "CLOSED"


def test_a_repeated_fin_with_data_restarts_it() -> None:
    talk = Talk.server()
    talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=2 length=10")
    talk.drops()
    talk.passes(100)
    talk.arrives("FIN,ACK seq=1 ack=2 length=10")
    talk.sends("ACK seq=2 ack=12")
    assert talk.waits() == 240


def test_an_old_duplicate_is_answered_and_does_not_restart_it() -> None:
    talk = waiting()
    talk.passes(100)
    talk.arrives("ACK seq=1 ack=1 length=1")
    talk.sends("ACK seq=2 ack=2")
    assert talk.waits() == 140


def test_assassination_is_survived() -> None:
    """RFC 1337 section 1: an old duplicate, our ACK of it, and the RST that it calls forth."""
    talk = waiting()
    talk.arrives("ACK seq=1 ack=1 length=1")
    (answer,) = talk.sends("ACK seq=2 ack=2")
    talk.arrives(f"RST seq={answer.ack - talk.theirs}")
    talk.silent()
    assert talk.state == "TIME-WAIT"
    assert talk.waits() == 240


def test_without_the_protection_it_is_not() -> None:
    talk = waiting(time_wait_protection=False)
    talk.arrives("RST seq=2")
    assert (talk.state, talk.error) == ("CLOSED", "")


def test_a_reset_in_the_window_is_challenged() -> None:
    talk = waiting()
    talk.arrives("RST seq=50")
    talk.sends("ACK seq=2 ack=2")


def test_a_new_syn_with_a_higher_number_opens_anew() -> None:
    talk = waiting()
    talk.arrives("SYN seq=5000 mss=1460")
    (answer,) = talk.endpoint.outgoing()
    assert answer.flags == 0x12
    assert answer.ack == talk.theirs + 5001
    assert (answer.seq - talk.ours) % 2**32 > 2  # beyond the last number of the old connection
    assert talk.state == "SYN-RECEIVED"
    talk.arrives(f"ACK seq=5001 ack={answer.seq + 1 - talk.ours} length=10")
    assert talk.state == "ESTABLISHED"
    assert talk.readable == 10


def test_the_new_connection_has_timers_of_its_own() -> None:
    talk = waiting()
    talk.passes(100)
    talk.arrives("SYN seq=5000 mss=1460")
    talk.drops()
    assert list(talk.timers_running) == ["retransmission"]
    assert talk.waits() == 1
    (again,) = talk.out
    assert (again.flags, again.ack) == (0x12, talk.theirs + 5001)


def test_an_old_syn_is_challenged() -> None:
    talk = waiting()
    talk.arrives("SYN seq=-100")
    talk.sends("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"


def test_a_clients_end_takes_no_calls() -> None:
    talk = waiting(Talk.client)
    talk.arrives("SYN seq=5000")
    talk.sends("ACK seq=2 ack=2")
    assert talk.state == "TIME-WAIT"


@pytest.mark.parametrize(("seq", "stamp", "opens"), [
    (5000, 1001, True),
    (-5000, 1001, True),  # RFC 6191: a newer timestamp suffices
    (5000, 1000, True),
    (-5000, 1000, False),
    (5000, 999, False),
    (-5000, 999, False),
])  # fmt: skip
def test_timestamps_tell_new_syns_from_old(seq: int, stamp: int, opens: bool) -> None:
    talk = waiting(stamp=" ts=1000/0")
    talk.arrives(f"SYN seq={seq} ts={stamp}/0")
    assert talk.state == ("SYN-RECEIVED" if opens else "TIME-WAIT")


def test_a_new_connection_that_was_an_old_duplicate_after_all_ends_in_listen() -> None:
    talk = waiting()
    talk.arrives("SYN seq=5000")
    talk.arrives("RST seq=5001")
    assert talk.state == "LISTEN"


def test_calls_are_refused() -> None:
    talk = waiting()
    for call in (lambda: talk.writes(1), talk.closes):
        with pytest.raises(Refused, match="connection closing"):
            call()


def test_what_has_arrived_can_still_be_received() -> None:
    talk = Talk.server()
    talk.closes()
    talk.arrives("FIN,ACK seq=1 ack=2 length=10")
    assert talk.state == "TIME-WAIT"
    assert len(talk.reads()) == 10
    assert talk.eof


def test_no_other_timer_runs() -> None:
    talk = waiting(keep_alive=10 * SECOND, user_timeout=20 * SECOND)
    assert list(talk.timers_running) == ["time_wait"]
