"""Connections: states, round trips and retransmissions; tshark sees the same.  That it counts
the same is held by the monitor's tests."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tshark_statistics import tshark

import netlab
from netlab.flows import Connection, Connections, Traffic
from netlab.tcp.states import State

DATA = Path(netlab.__file__).parent / "data"
RECORDINGS = sorted(DATA.glob("*.pcap*"))
every_recording = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)

A, B = "192.0.2.1", "192.0.2.2"
MS = 1_000_000


def follow(packets: Iterable[netlab.Packet], **options: int) -> Connections:
    connections = Connections(**options)
    for packet in packets:
        connections.add(packet)
    return connections


@every_recording
def test_the_totals_add_up_to_every_packet(path: Path) -> None:
    connections = follow(netlab.read(path))
    kept = Traffic(
        sum(c.packets for c in connections) + connections.left.packets + connections.others.packets,
        sum(c.bytes for c in connections) + connections.left.bytes + connections.others.bytes,
    )
    lengths = [packet.wire_length for packet in netlab.read(path)]
    assert kept == connections.total == Traffic(len(lengths), sum(lengths))


@pytest.mark.needs("tshark")
def test_tshark_sees_the_same_round_trip() -> None:
    path = netlab.recording("http.pcap")
    said = tshark(path, "-T", "fields", "-e", "tcp.analysis.initial_rtt").split()
    (connection,) = (c for c in follow(netlab.read(path)) if c.protocol == "TCP")
    assert connection.rtt is not None
    assert {connection.rtt // 1000} == {round(float(value) * 1e6) for value in said}


@pytest.mark.needs("tshark")
def test_tshark_sees_the_same_retransmissions() -> None:
    path = netlab.recording("loss.pcap")
    kinds = ("retransmission", "fast_retransmission", "out_of_order")
    either = " or ".join(f"tcp.analysis.{kind}" for kind in kinds)
    said = tshark(path, "-Y", f"({either}) and tcp.len > 0").splitlines()
    counted = sum(sum(c.retransmissions) for c in follow(netlab.read(path)))
    assert counted == len(said) > 0


def segment(
    side: int, flags: str, seq: int, ack: int = 0, data: bytes = b"", at: int = 0
) -> netlab.Packet:
    ends = [(A, 40000), (B, 80)]
    (src, src_port), (dst, dst_port) = ends[side], ends[1 - side]
    tcp = netlab.TCP(src_port=src_port, dst_port=dst_port, flags=flags, seq=seq, ack=ack)
    frame = netlab.Ethernet() / netlab.IPv4(src=src, dst=dst) / tcp / data
    packet = netlab.dissect(bytes(frame))
    packet.time = at
    return packet


HANDSHAKE = [
    segment(0, "SYN", 100, at=0), segment(1, "SYN,ACK", 500, 101, at=30 * MS),
    segment(0, "ACK", 101, 501, at=40 * MS),
]  # fmt: skip
CLOSE = [
    segment(0, "FIN,ACK", 101, 501, at=50 * MS), segment(1, "ACK", 501, 102, at=60 * MS),
    segment(1, "FIN,ACK", 501, 102, at=70 * MS), segment(0, "ACK", 102, 502, at=80 * MS),
]  # fmt: skip
AFTER = [
    (1, State.SYN_SENT, State.SYN_RECEIVED), (2, State.ESTABLISHED, State.SYN_RECEIVED),
    (3, State.ESTABLISHED, State.ESTABLISHED), (4, State.FIN_WAIT_1, State.ESTABLISHED),
    (5, State.FIN_WAIT_2, State.CLOSE_WAIT), (6, State.FIN_WAIT_2, State.LAST_ACK),
    (7, State.TIME_WAIT, State.CLOSED),
]  # fmt: skip


@pytest.mark.parametrize(("count", "client", "server"), AFTER)
def test_the_states_follow_the_table(count: int, client: State, server: State) -> None:
    (connection,) = follow([*HANDSHAKE, *CLOSE][:count])
    assert connection.states == (client, server)
    assert connection.client == (A, 40000)


def test_both_close_at_once() -> None:
    fins = [segment(0, "FIN,ACK", 101, 501), segment(1, "FIN,ACK", 501, 101)]
    (connection,) = follow([*HANDSHAKE, *fins])
    assert connection.states == (State.FIN_WAIT_1, State.FIN_WAIT_1)
    (connection,) = follow([*HANDSHAKE, *fins, segment(0, "ACK", 102, 502)])
    assert connection.states == (State.CLOSING, State.FIN_WAIT_2)
    acks = [segment(0, "ACK", 102, 502), segment(1, "ACK", 502, 102)]
    (connection,) = follow([*HANDSHAKE, *fins, *acks])
    assert connection.states == (State.TIME_WAIT, State.TIME_WAIT)


def test_both_open_at_once() -> None:
    syns = [segment(0, "SYN", 100), segment(1, "SYN", 500)]
    (connection,) = follow(syns)
    assert connection.states == (State.SYN_RECEIVED, State.SYN_RECEIVED)
    answers = [segment(0, "SYN,ACK", 100, 501), segment(1, "SYN,ACK", 500, 101)]
    (connection,) = follow([*syns, *answers])
    assert connection.states == (State.ESTABLISHED, State.ESTABLISHED)


def test_a_reset_closes_both_and_is_counted() -> None:
    (connection,) = follow([*HANDSHAKE, segment(1, "RST", 501)])
    assert connection.state == "CLOSED"
    assert connection.resets == (0, 1)


@pytest.mark.parametrize("flags", ["RST", "RST,ACK", "SYN,RST", "FIN,SYN,RST,ACK"])
def test_a_reset_that_comes_first_is_all_there_is(flags: str) -> None:
    (connection,) = follow([segment(0, flags, 100)])
    assert connection.state == "CLOSED"
    assert sum(connection.resets) == 1


def test_the_handshake_gives_the_round_trip_unless_a_syn_was_repeated() -> None:
    (connection,) = follow(HANDSHAKE)
    assert connection.rtt == 40 * MS
    (connection,) = follow([HANDSHAKE[0], *HANDSHAKE])
    assert connection.rtt is None


def test_a_connection_caught_in_the_middle() -> None:
    (connection,) = follow([segment(0, "ACK", 900, 7, b"abc"), *CLOSE[:0]])
    assert connection.state == "ESTABLISHED"
    assert connection.rtt is None


def test_an_answer_first_tells_who_called() -> None:
    (connection,) = follow(HANDSHAKE[1:])
    assert connection.client == (A, 40000)
    assert (connection.sent.packets, connection.received.packets) == (1, 1)
    assert connection.states == (State.ESTABLISHED, State.ESTABLISHED)
    (connection,) = follow([*HANDSHAKE[1:], *CLOSE])
    assert connection.states == (State.TIME_WAIT, State.CLOSED)


def test_an_answer_repeated_after_a_reset_opens_nothing() -> None:
    (connection,) = follow([*HANDSHAKE[:2], segment(0, "RST", 101), HANDSHAKE[1]])
    assert connection.states is not None
    assert connection.states[0] is State.CLOSED


def test_a_new_syn_between_the_same_ports_is_a_new_connection() -> None:
    again = [segment(0, "SYN", 9000, at=90 * MS)]
    connections = follow([*HANDSHAKE, *CLOSE, *again])
    assert len(connections) == 1
    assert connections.gone.replaced == 1
    assert connections.left.packets == 7


def test_data_sent_again_is_counted_and_a_keep_alive_is_not() -> None:
    data = segment(0, "ACK", 101, 501, b"abc")
    (connection,) = follow([*HANDSHAKE, data, data, segment(0, "ACK", 103, 501, b"c")])
    assert connection.retransmissions == (1, 0)


def test_numbers_that_wrap_around_are_not_sent_again() -> None:
    last = (1 << 32) - 2
    packets = [segment(0, "ACK", last, 1, b"ab"), segment(0, "ACK", 0, 1, b"cd")]
    (connection,) = follow(packets)
    assert connection.retransmissions == (0, 0)


def udp(number: int, at: int) -> netlab.Packet:
    src = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    frame = netlab.Ethernet() / netlab.IPv4(src=src, dst=B) / netlab.UDP(src_port=9, dst_port=9)
    packet = netlab.dissect(bytes(frame))
    packet.time = at
    return packet


def test_who_is_silent_for_two_minutes_is_let_go() -> None:
    connections = follow([udp(1, 0), udp(2, 100_000 * MS), udp(3, 130_000 * MS)])
    assert [c.client.address for c in connections] == ["10.0.0.2", "10.0.0.3"]
    assert connections.gone.expired == 1


def test_who_was_silent_for_too_long_begins_anew() -> None:
    connections = follow([udp(1, 0), udp(1, 100_000 * MS), udp(1, 230_000 * MS)])
    assert [(c.packets, c.start) for c in connections] == [(1, 230_000 * MS)]
    assert connections.gone.expired == 1
    assert connections.left.packets == 2


def test_of_too_many_the_most_silent_leaves_first_and_is_counted() -> None:
    gone: list[Connection] = []
    connections = Connections(max_connections=2, over=gone.append)
    for number, at in ((1, 0), (2, 1), (1, 2), (3, 3)):
        connections.add(udp(number, at))
    assert [c.client.address for c in gone] == ["10.0.0.2"]
    assert connections.gone == (0, 1, 0)
    assert len(connections) == 2
    assert sum(c.packets for c in connections) + connections.left.packets == 4


def test_a_flood_stays_within_its_bound() -> None:
    connections = follow((udp(number, number) for number in range(5000)), max_connections=100)
    assert len(connections) == 100
    assert connections.gone.evicted == 4900
    assert len(connections._known) == 200
    assert connections.total.packets == 5000
