"""The watching thread: it counts, stands still, stops, and says why it failed."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import netlab
from netlab.monitor import Monitor, Watch, opened
from netlab.monitor.watch import Kept, Pace

HTTP = netlab.recording("http.pcap")


def until(true: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.01)


def watched(source: object, **options: object) -> Watch:
    """A watch that has come to its end."""
    watch = Watch(source, Monitor(), **options).start()  # type: ignore[arg-type]
    until(lambda: watch.state != "running")
    return watch


def endless() -> Iterator[netlab.Packet]:
    while True:
        yield from netlab.read(HTTP)
        time.sleep(0.001)


def test_a_capture_is_counted_to_its_end() -> None:
    watch = watched(HTTP, speed=None)
    assert (watch.state, watch.problem, watch.says) == ("ended", "", "http.pcap")
    assert watch.monitor.total.packets == 12


def test_it_tells_after_each_packet_and_at_the_end() -> None:
    told: list[int] = []
    watched(netlab.read(HTTP), told=lambda: told.append(threading.get_ident()))
    assert len(told) == 13
    assert threading.get_ident() not in told


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nope", "there is no interface 'nope'|captured by root only|on Linux only"),
        ("missing.pcap", "cannot open missing.pcap"),
        (iter([None]), "the source failed: AttributeError"),
    ],
)
def test_what_fails_is_a_sentence(source: object, words: str) -> None:
    watch = watched(source)
    assert watch.state == "failed"
    assert any(part in watch.problem for part in words.split("|"))
    assert "\n" not in watch.problem


def test_a_damaged_capture_is_counted_up_to_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(HTTP.read_bytes()[:-5])
    watch = watched(path, speed=None)
    assert watch.monitor.total.packets == 11
    assert watch.state == "failed"
    assert "cut.pcap" in watch.problem


def test_stop_ends_it_at_once() -> None:
    with Watch(endless(), Monitor()) as watch:
        until(lambda: watch.monitor.total.packets > 50)
    assert watch.state == "stopped"
    counted = watch.monitor.total.packets
    time.sleep(0.05)
    assert watch.monitor.total.packets == counted


def test_stop_does_not_wait_for_a_long_pause_in_the_capture() -> None:
    packets = list(netlab.read(HTTP))
    packets[-1].time = (packets[0].time or 0) + 3600 * 10**9
    begin = time.monotonic()
    with Watch(packets, Monitor()) as watch:
        until(lambda: watch.monitor.total.packets > 0)
    assert time.monotonic() - begin < 3


def test_hold_holds_a_replay_and_it_goes_on_where_it_was() -> None:
    with Watch(endless(), Monitor()) as watch:
        until(lambda: watch.monitor.total.packets > 20)
        watch.hold()
        time.sleep(0.05)
        counted = watch.monitor.total.packets
        time.sleep(0.1)
        assert watch.monitor.total.packets == counted
        watch.go_on()
        until(lambda: watch.monitor.total.packets > counted)


def test_a_held_clock_stands_still() -> None:
    pace = Pace()
    before = pace()
    pace.hold()
    held = pace()
    time.sleep(0.05)
    assert pace() == held
    pace.go_on()
    assert before <= held <= pace() < held + 0.04


def test_nothing_is_counted_while_somebody_looks() -> None:
    with Watch(endless(), Monitor()) as watch:
        until(lambda: watch.monitor.total.packets > 20)
        with watch.still():
            counted = watch.monitor.total.packets
            time.sleep(0.05)
            assert watch.monitor.total.packets == counted
        until(lambda: watch.monitor.total.packets > counted)


def test_answers_while_packets_are_added() -> None:
    """Without the lock, Python says that a dictionary changed during iteration."""
    packets = [
        netlab.dissect(bytes(netlab.IPv4(src=f"10.0.{n >> 8}.{n & 255}") / netlab.UDP()), "raw")
        for n in range(3000)
    ]
    with Watch(packets, Monitor()) as watch:
        until(lambda: watch.monitor.snapshot(5)["packets"] == 3000 or bool(watch.problem))
    assert watch.problem == ""


def test_kept_is_bounded_and_spares_what_is_wanted() -> None:
    kept, monitor, made = Kept(each=3, most=9), Monitor(), []
    for port in range(1, 7):
        for _ in range(5):
            udp = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2") / netlab.UDP(src_port=port)
            packet = netlab.dissect(bytes(udp), "raw")
            connection = monitor.add(packet)
            assert connection
            kept.add(connection, packet)
        made.append(connection)
        kept.wanted = made[:1]
    assert kept.count <= 9
    assert [len(kept.of(one)) for one in made] == [3, 0, 0, 0, 3, 3]


def test_a_name_is_an_interface_a_path_or_the_simulator() -> None:
    with opened("simulator", speed=None) as source:
        assert source.says == "the simulator"
        assert next(source.packets).data
    with opened(HTTP, speed=None) as source:
        assert len(list(source.packets)) == 12
        assert source.dropped == 0
    with pytest.raises(netlab.CaptureError, match="cannot open"), opened("a.pcap") as source:
        list(source.packets)
