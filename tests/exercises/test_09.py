"""Exercise 09's right answers, held against tshark, Linux' arithmetic and the kit's TCP."""

import ctypes
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tshark_values import values

import netlab
from netlab.grading.task import all_tasks
from netlab.practice import frames, personal, seed_of
from netlab.practice.calling import call
from netlab.practice.transfers import lossy
from netlab.simulation import Network, nth
from netlab.tcp.congestion import Reno
from netlab.tcp.receiving import Receiver
from netlab.tcp.segment import Segment
from netlab.tcp.sequence import MASK, MODULUS, unwrap
from netlab.tcp.timers import SECOND, RetransmissionTimeout
from netlab.wire.tcp import WindowScale

TASKS = import_module("netlab.grading.tasks.09_tcp_reliability")
STUDENTS = ["", "ada@example.org", "4711", "Zoë"]


def cases(name: str) -> list[tuple[Any, ...]]:
    return all_tasks()[f"09/{name}"].cases()


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("recording", ["http.pcap", "tcp.pcap", "loss.pcap"])
def test_windows_are_as_large_as_tshark_says(recording: str) -> None:
    path = netlab.recording(recording)
    shifts: dict[int, int] = {}
    for packet, said in zip(netlab.read(path), values(path, ["tcp.window_size"]), strict=True):
        if netlab.TCP not in packet:
            continue
        tcp = packet[netlab.TCP]
        for option in tcp.options:
            if isinstance(option, WindowScale):
                shifts[tcp.src_port] = option.shift
        syn = "SYN" in tcp.flags.name
        case = (tcp.window, shifts.get(tcp.src_port), shifts.get(tcp.dst_port), syn)
        assert [str(TASKS.window_bytes(*case))] == list(said)


def test_numbers_are_compared_as_linux_does_it() -> None:
    """include/net/tcp.h has: before(seq1, seq2) is (__s32)(seq1 - seq2) < 0."""
    for a, b in cases("before"):
        assert TASKS.is_before(a, b) == (ctypes.c_int32(a - b).value < 0)


def test_the_timeout_is_that_of_the_kits_endpoint() -> None:
    for (events,) in cases("rto"):
        timeout = RetransmissionTimeout()
        for kind, *more in events:
            if kind == "timeout":
                timeout.back_off()
            elif more[1] == 1:
                timeout.measured(round(more[0] * SECOND))
        assert TASKS.rto(events) == pytest.approx(timeout.rto / SECOND, abs=1e-6)


def test_the_puzzles_lines_make_the_numbers_that_the_notebook_names() -> None:
    made: dict[str, Any] = {}
    exec("\n".join(all_tasks()["09/rto-step"].lines), made)
    assert made["measured"](0.5, 0.25, 0.7) == pytest.approx((0.525, 0.2375, 1.475))
    assert made["measured"](0.1, 0.0, 0.1)[2] == 1
    events = [("ack", rtt, 1) for rtt in (0.5, 0.7)]
    assert TASKS.rto(events) == pytest.approx(1.475)


def test_the_stream_comes_together_as_in_the_kits_endpoint() -> None:
    for start, arriving in cases("receiver"):
        kit = Receiver(start + MODULUS - 1, 65535, 1460)
        given = call(TASKS.Receiver, (start, arriving), "calls.segments")
        before = 0
        for (seq, data), (handed, ack) in zip(arriving, given, strict=True):
            kit.take(unwrap(seq, kit.rcv_nxt), Segment(seq, payload=data))
            assert handed == bytes(kit.buffer[before:])
            assert ack == kit.rcv_nxt & MASK
            before = len(kit.buffer)


@pytest.mark.parametrize("lost", [3, 5, 17, 18])
def test_the_kits_endpoint_repeats_at_the_same_ack(lost: int) -> None:
    """Without SACK; behind the 18th of 20 segments there are too few for three duplicates."""
    network = Network(seed=1)
    a, b = network.pair(delay=0.02)
    network.link(a, b).loss = nth(lost, of=lambda packet: packet.segment.payload)
    network.transfer(a, b, 20 * 1448, sack=False)
    network.run(until=0.5)
    heard, repeated, sent = [], [], set()
    for packet in network.packets(a):
        tcp = packet[netlab.TCP]
        if tcp.dst_port != 5001:
            heard.append((tcp.ack, tcp.window, len(tcp.payload)))
        elif tcp.payload:
            repeated += [tcp.seq] if tcp.seq in sent else []
            sent.add(tcp.seq)
    assert TASKS.fast_retransmits(heard[1:]) == repeated
    assert len(repeated) == (0 if lost == 18 else 1)


def test_a_step_of_the_window_is_that_of_the_kits_reno() -> None:
    for cwnd, ssthresh, event, count in cases("congestion"):
        reno = Reno()
        reno.cwnd, reno.ssthresh = cwnd, ssthresh
        if event == "timeout":
            reno.timed_out(count, 0, again=False)
        elif event == "3 duplicates":
            reno.lost(count, 0)
        elif cwnd < ssthresh:
            reno.acknowledged(count, 0, 0)
        else:
            continue
        assert TASKS.next_window(cwnd, ssthresh, event, count) == (reno.cwnd, reno.ssthresh)


def test_congestion_avoidance_adds_about_a_segment_in_a_round_trip() -> None:
    """RFC 5681 section 3.1: what equation 3 adds for each ACK comes to no more than SMSS."""
    cwnd = 20 * 1460
    for _ in range(20):
        cwnd, _ = TASKS.next_window(cwnd, 1000, "ack", 1460)
    assert 20.9 * 1460 < cwnd <= 21 * 1460


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("student", STUDENTS)
def test_tshark_finds_the_same_segments_sent_again(student: str, tmp_path: Path) -> None:
    """Where the packets come from, none is out of order: tshark's guess at that is one repeated."""
    path = tmp_path / "mine.pcap"
    netlab.write(path, personal("transfers.lossy", student))
    kinds = ["tcp.analysis." + kind for kind in ("retransmission", "out_of_order")]
    said = [
        number
        for number, (length, *found) in enumerate(values(path, ["tcp.len", *kinds]), start=1)
        if int(length) and any(found)
    ]
    assert TASKS.resent(frames("transfers.lossy", seed_of(student))) == said
    assert len(said) >= 2


def test_the_captures_are_sound_and_each_students_own() -> None:
    made = [personal("transfers.lossy", student) for student in STUDENTS]
    assert len({tuple(packet.data for packet in packets) for packets in made}) == len(made)
    for packets in made:
        assert all(not packet.problems for packet in packets)
        assert 90 < len(packets) < 130
        ports = {packet[netlab.TCP].src_port for packet in packets} - {443}
        wraps = {
            port
            for port in ports
            if {p[netlab.TCP].seq >> 31 for p in packets if p[netlab.TCP].src_port == port}
            == {0, 1}
        }
        assert (len(ports), len(wraps)) == (2, 1)
    again = frames("transfers.lossy", seed_of("4711"))
    assert again == list(lossy(random.Random(seed_of("4711"))))
