"""Selective acknowledgements: RFC 2018 as receiver, RFC 6675 as sender."""

from talk import Talk

SACK = "mss=100 sack-permitted"


def client(**options) -> Talk:
    return Talk.client(SACK, sack=True, **options)


def test_sack_is_offered() -> None:
    talk = Talk(sack=True)
    talk.opens()
    assert talk.endpoint.outgoing()[0].sack_permitted


def test_sack_is_answered_if_offered_and_only_then() -> None:
    for call, answered in ((SACK, True), ("mss=100", False)):
        talk = Talk(sack=True)
        talk.listens()
        talk.arrives(f"SYN seq=0 {call}")
        assert talk.endpoint.outgoing()[0].sack_permitted is answered


def test_sack_that_is_switched_off_is_not_answered() -> None:
    talk = Talk(sack=False)
    talk.listens()
    talk.arrives(f"SYN seq=0 {SACK}")
    assert not talk.endpoint.outgoing()[0].sack_permitted


def test_no_blocks_without_permission() -> None:
    talk = Talk.client("mss=100", sack=True)
    talk.arrives("ACK seq=101 ack=1 length=100")
    talk.sends("ACK seq=1 ack=1")


# As receiver.


def test_one_hole() -> None:
    talk = client()
    talk.arrives("ACK seq=101 ack=1 length=100")
    talk.sends("ACK seq=1 ack=1 sack=101-201")
    talk.arrives("ACK seq=201 ack=1 length=100")
    talk.sends("ACK seq=1 ack=1 sack=101-301")
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=301")


def test_three_holes_the_latest_block_first() -> None:
    talk = client()
    for seq, blocks in (
        (101, "101-201"),
        (501, "501-601,101-201"),
        (301, "301-401,501-601,101-201"),
        (151, "101-251,301-401,501-601"),
    ):
        talk.arrives(f"ACK seq={seq} ack=1 length=100")
        talk.sends(f"ACK seq=1 ack=1 sack={blocks}")
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.sends("ACK seq=1 ack=251 sack=301-401,501-601")
    talk.arrives("ACK seq=401 ack=1 length=100")
    talk.sends("ACK seq=1 ack=251 sack=301-601")
    talk.arrives("ACK seq=251 ack=1 length=50")
    talk.sends("ACK seq=1 ack=601")


# RFC 2018 section 4 gives these cases: eight segments of 500 bytes from 5000 on.


def numbered() -> Talk:
    return Talk.client("mss=500 sack-permitted", theirs=4999, sack=True)


def test_rfc_2018_case_1_the_first_four_arrive() -> None:
    talk = numbered()
    for number in range(4):
        talk.arrives(f"ACK seq={1 + 500 * number} ack=1 length=500")
    *_, last = talk.endpoint.outgoing()
    assert (last.ack, last.sack) == (7000, ())


def test_rfc_2018_case_2_the_first_is_lost() -> None:
    talk = numbered()
    found = []
    for number in range(1, 8):
        talk.arrives(f"ACK seq={1 + 500 * number} ack=1 length=500")
        found += [(segment.ack, segment.sack) for segment in talk.endpoint.outgoing()]
    assert found == [(5000, ((5500, right),)) for right in range(6000, 9001, 500)]


def test_rfc_2018_case_3_every_second_is_lost() -> None:
    talk = numbered()
    talk.arrives("ACK seq=1 ack=1 length=500")
    talk.drops()
    found = []
    for number in (2, 4, 6):
        talk.arrives(f"ACK seq={1 + 500 * number} ack=1 length=500")
        found += [(segment.ack, segment.sack) for segment in talk.endpoint.outgoing()]
    assert found == [
        (5500, ((6000, 6500),)),
        (5500, ((7000, 7500), (6000, 6500))),
        (5500, ((8000, 8500), (7000, 7500), (6000, 6500))),
    ]
    talk.arrives("ACK seq=1501 ack=1 length=500")
    (answer,) = talk.endpoint.outgoing()
    assert (answer.ack, answer.sack) == (5500, ((6000, 7500), (8000, 8500)))
    talk.arrives("ACK seq=501 ack=1 length=500")
    (answer,) = talk.endpoint.outgoing()
    assert (answer.ack, answer.sack) == (7500, ((8000, 8500),))


def test_four_blocks_without_timestamps_three_with_them() -> None:
    for stamps, most in (("", 4), (" ts=1/0", 3)):
        talk = Talk.client(SACK + stamps, sack=True, timestamps=bool(stamps))
        for number in range(6):
            talk.arrives(f"ACK seq={101 + 200 * number} ack=1 length=100{stamps}")
        *_, last = talk.endpoint.outgoing()
        assert len(last.sack) == most
        assert last.sack[0] == (9000 + 1101, 9000 + 1201)


def test_blocks_wrap_around() -> None:
    talk = Talk.client(SACK, sack=True, theirs=2**32 - 150)
    talk.arrives("ACK seq=101 ack=1 length=100")
    (answer,) = talk.endpoint.outgoing()
    assert answer.sack == ((2**32 - 49, 51),)


def test_data_of_ours_carry_no_blocks_and_stay_whole() -> None:
    talk = client()
    talk.arrives("ACK seq=101 ack=1 length=100")
    talk.drops()
    talk.writes(100)
    talk.sends("ACK seq=1 ack=1 length=100")


# As sender.


def test_a_hole_is_filled_and_nothing_else() -> None:
    talk = client()
    talk.writes(1000)
    assert talk.drops() == 10
    for blocks in ("101-201", "101-301"):
        talk.arrives(f"ACK seq=1 ack=1 sack={blocks}")
    talk.silent()
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=401")
    talk.silent()
    talk.arrives("ACK seq=1 ack=1001")
    assert talk.deadline is None


def test_three_holes_are_filled_in_one_round_trip() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-201")
    talk.arrives("ACK seq=1 ack=1 sack=101-201,301-401")
    talk.arrives("ACK seq=1 ack=1 sack=101-201,301-401,501-601")
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=1 sack=501-1001,301-401,101-201")
    sent = [talk.show(segment).split()[1] for segment in talk.endpoint.outgoing()]
    assert sent == ["seq=201", "seq=401"]
    talk.arrives("ACK seq=1 ack=201 sack=501-1001,301-401")
    talk.arrives("ACK seq=1 ack=401 sack=501-1001")
    talk.arrives("ACK seq=1 ack=1001")
    talk.silent()
    assert talk.cwnd == talk.ssthresh == 500


def test_a_single_acknowledgement_can_show_a_loss() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-401")  # 300 bytes above the hole: over 2 * SMSS
    talk.sends("ACK seq=1 ack=1 length=100")


def test_duplicates_that_tell_nothing_new_do_not_count() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    for _ in range(5):
        talk.arrives("ACK seq=1 ack=1 sack=101-201")
    talk.silent()


def test_limited_transmit_comes_with_sack_by_itself() -> None:
    talk = client(initial_window=4)
    talk.writes(2000)
    assert talk.drops() == 4
    talk.arrives("ACK seq=1 ack=1 sack=101-201")
    talk.sends("ACK seq=401 ack=1 length=100")


def test_new_data_flow_while_holes_are_filled() -> None:
    talk = client()
    talk.writes(2000)
    assert talk.drops() == 10
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.sends("ACK seq=1 ack=1 length=100")
    assert talk.cwnd == 500
    talk.arrives("ACK seq=1 ack=1 sack=101-701")
    assert talk.pipe == 500
    sent = [talk.show(segment).split()[1] for segment in talk.endpoint.outgoing()]
    assert sent == ["seq=1001"]


def test_with_nothing_new_to_send_a_doubtful_segment_is_sent_again() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=601-1001,101-401")
    sent = [talk.show(segment).split()[1] for segment in talk.endpoint.outgoing()]
    assert sent == ["seq=401", "seq=501"]


def test_the_end_of_a_flight_is_rescued() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-901")  # only 901 to 1000 may be missing
    talk.sends("ACK seq=901 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=901")
    talk.silent()  # once only


def test_a_second_loss_needs_the_timer() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-1001")
    talk.silent()
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")


def test_after_a_timeout_only_the_holes_are_sent_again() -> None:
    talk = client()
    talk.writes(500)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=201-301")
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=101 sack=201-301")
    talk.sends("ACK seq=101 ack=1 length=100", "ACK seq=301 ack=1 length=100")


def test_a_receiver_that_throws_away_what_it_had_gets_it_again() -> None:
    talk = client()
    talk.writes(300)
    talk.drops()
    talk.arrives("ACK seq=1 ack=1 sack=101-301")
    talk.waits()
    talk.sends("ACK seq=1 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=101")  # and says nothing of 101 to 300 any more
    talk.silent()
    talk.waits()
    talk.sends("ACK seq=101 ack=1 length=100")
    talk.arrives("ACK seq=1 ack=201")
    talk.sends("ACK seq=201 ack=1 length=100")


def test_nonsense_blocks_are_passed_over() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    for blocks in ("1001-2001", "301-201", "101-101", "5000-9000", "0-4000000000"):
        talk.arrives(f"ACK seq=1 ack=1 sack={blocks}")
    talk.silent()
    assert talk.pipe == 1000


def test_a_reported_duplicate_is_passed_over() -> None:
    talk = client()
    talk.writes(1000)
    talk.arrives("ACK seq=1 ack=501")
    talk.drops()
    talk.arrives("ACK seq=1 ack=501 sack=101-201")  # RFC 2883
    assert talk.pipe == 500
    talk.silent()


def test_blocks_and_progress_in_one_acknowledgement() -> None:
    talk = client()
    talk.writes(1000)
    talk.drops()
    talk.arrives("ACK seq=1 ack=201 sack=301-701")
    talk.sends("ACK seq=201 ack=1 length=100")


def test_dup_acks_after_recovery_do_not_start_another() -> None:
    talk = client()
    talk.writes(1000)
    talk.arrives("ACK seq=1 ack=1 sack=101-401")
    talk.arrives("ACK seq=1 ack=1001")
    talk.drops()
    talk.writes(500)
    talk.drops()
    for _ in range(5):
        talk.arrives("ACK seq=1 ack=1001")
    talk.silent()
    assert talk.cwnd == 500
