"""The monitor: tshark's hierarchy of protocols has the same counts, and nothing is unbounded."""

import csv
import gc
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from tshark_statistics import disagreements

import netlab
from netlab.flows import Connection
from netlab.monitor import Monitor, Watch, replay, simulated, terminal

DATA = Path(netlab.__file__).parent / "data"
RECORDINGS = sorted(DATA.glob("*.pcap*"))
every_recording = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)


def watched(packets: Iterator[netlab.Packet], **options: int) -> Monitor:
    monitor = Monitor(**options)
    for packet in packets:
        monitor.add(packet)
    return monitor


@pytest.mark.needs("tshark")
@every_recording
def test_tshark_counts_the_same_protocols_and_conversations(path: Path) -> None:
    gone: list[Connection] = []
    monitor = Monitor(over=gone.append)
    for packet in netlab.read(path):
        monitor.add(packet)
    assert disagreements(path, monitor, gone) == []


def test_each_packet_counts_once_in_the_shares() -> None:
    monitor = watched(netlab.read(netlab.recording("dns.pcap")))
    shares = monitor.shares()
    assert sum(traffic.packets for traffic in shares.values()) == monitor.total.packets
    assert sum(traffic.bytes for traffic in shares.values()) == monitor.total.bytes
    assert next(iter(shares)) == "DNS"


def test_the_last_packets_are_numbered_from_one() -> None:
    packets = list(netlab.read(netlab.recording("http.pcap")))
    monitor = watched(iter(packets), last=5)
    assert monitor.packets() == [*enumerate(packets, 1)][-5:]
    assert monitor.packets(after=10) == [*enumerate(packets, 1)][10:]
    assert monitor.packets(most=2) == [*enumerate(packets, 1)][-2:]


def test_packets_that_are_kept_are_not_the_garbage_collectors_work() -> None:
    """It halts all threads while it looks through what is kept: a click waits for it."""
    packets = list(netlab.read(netlab.recording("http.pcap")))

    def after(rounds: int) -> int:
        with Watch((netlab.Packet(*one.plain) for one in packets * rounds), Monitor()) as watch:
            watch.wait(60)
            assert watch.monitor.total.packets == len(packets) * rounds
            assert sum(len(watch.kept.of(one)) for one in watch.monitor.connections) > 90
            gc.collect()
            return len(gc.get_objects())

    assert abs(after(50) - after(20)) < 200


def test_hosts_add_up_at_each_layer() -> None:
    packets = list(netlab.read(netlab.recording("http.pcap")))
    monitor = watched(iter(packets))
    for layer, seen in (("link", 12), ("internet", 10)):
        hosts = monitor.hosts[layer].values()
        assert sum(host.sent.packets for host in hosts) == seen
        assert sum(host.received.packets for host in hosts) == seen
    assert monitor.talkers(1)[0][0] in ("192.168.1.10", "192.168.1.20")


def packet(at: float, size: int = 100, src: str = "10.0.0.1") -> netlab.Packet:
    ip = netlab.IPv4(src=src, dst="10.0.0.9")
    made = netlab.dissect(bytes(netlab.Ethernet() / ip / netlab.UDP() / bytes(size - 42)))
    made.time = int(at * 1e9)
    return made


def test_rates_are_those_of_the_packets_own_time() -> None:
    monitor = watched(packet(1000 + number / 10) for number in range(101))
    packets, bits = monitor.rate(5)
    assert packets == pytest.approx(10, rel=0.25)
    assert bits == pytest.approx(packets * 800)
    monitor.add(packet(1100))
    assert monitor.rate(5)[0] < 2


def test_a_clock_that_jumps_by_years_costs_no_time() -> None:
    monitor = watched((packet(at) for at in (0, 4e9, 4e9 + 1)), history=5)
    assert [moment.packets for moment in monitor.history] == [0, 0, 0, 1, 1]


def test_the_history_has_the_silence_too_and_an_end() -> None:
    monitor = watched((packet(at) for at in (0, 0.5, 3.2)), history=10)
    assert [moment.packets for moment in monitor.history] == [2, 0, 0, 1]
    monitor.add(packet(1000))
    assert len(monitor.history) == 10
    assert monitor.history[-1].packets == 1


def test_what_comes_late_is_counted_where_it_belongs() -> None:
    monitor = watched(packet(at) for at in (0, 1.5, 0.9))
    assert [moment.packets for moment in monitor.history] == [2, 1]


def test_a_flood_of_hosts_stays_within_its_bound() -> None:
    addresses = (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(3000))
    monitor = watched((packet(0, src=src) for src in addresses), max_hosts=100, max_connections=50)
    assert len(monitor.hosts["internet"]) == 100
    assert monitor.left["internet"] == 2900
    assert monitor.connections.gone.evicted == 2950
    assert monitor.total.packets == 3000


def test_malformed_packets_are_counted() -> None:
    broken = netlab.dissect(bytes(netlab.Ethernet() / netlab.IPv4(ihl=3)))
    assert watched(iter([broken, packet(0)])).malformed == 1


def test_a_replay_keeps_the_pace_or_a_faster_one() -> None:
    slept: list[float] = []
    packets = [packet(5), packet(5.25), packet(6)]
    assert list(replay(packets, 2, sleep=slept.append, clock=lambda: 0)) == packets
    assert slept == [0.125, 0.5]
    assert list(replay(packets, None, sleep=slept.append)) == packets
    assert len(slept) == 2
    with pytest.raises(ValueError, match="cannot be played at 0 times"):
        replay(packets, 0)


def test_the_simulator_is_a_source_like_others() -> None:
    monitor = watched(simulated(1, clients=2, kilobytes=20))
    assert len(monitor.connections) == 2
    assert {c.protocol for c in monitor.connections} == {"TCP"}
    assert all(connection.bytes > 20_000 for connection in monitor.connections)
    again = watched(simulated(1, clients=2, kilobytes=20))
    assert again.snapshot() == monitor.snapshot()


def test_the_terminal_shows_what_was_counted() -> None:
    console = Console(file=io.StringIO(), width=110, height=40)
    packets = netlab.read(netlab.recording("dns.pcap"))
    terminal.watch(packets, Monitor(), console, title="dns.pcap", dropped=lambda: 3)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("48 packets", "DNS", "192.168.1.10:33161", "3 dropped by the kernel"):
        assert words in text


def test_ctrl_c_ends_it_and_the_last_view_remains() -> None:
    def interrupted() -> Iterator[netlab.Packet]:
        yield packet(0)
        raise KeyboardInterrupt

    console = Console(file=io.StringIO(), width=110, height=40)
    terminal.watch(interrupted(), Monitor(), console, title="x")
    assert "1 packet," in console.file.getvalue()  # type: ignore[attr-defined]


def test_emojis_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert netlab.palette.label("DNS", "application") == "📖 DNS"
    monkeypatch.setenv("NETLAB_EMOJI", "0")
    assert netlab.palette.label("DNS", "application") == "DNS"
    assert netlab.palette.label("SCTP", "transport") == "SCTP"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netlab.cli", "monitor", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_json_lines_and_csv() -> None:
    path = str(netlab.recording("http.pcap"))
    *_, last = run(path, "--speed", "0", "--json").stdout.splitlines()
    assert json.loads(last)["packets"] == 12
    (row,) = csv.DictReader(io.StringIO(run(path, "--speed", "0", "--csv").stdout))
    assert row["client"] == "192.168.1.10:56488"
    assert row["state"] == "TIME-WAIT / CLOSED"


def test_a_source_that_is_none_is_told_in_a_sentence() -> None:
    for source, words in (
        ("none.pcap", "cannot open none.pcap"),
        ("eth99", "no interface 'eth99'"),
    ):
        told = run(source)
        assert told.returncode == 1
        assert words in told.stderr
        assert "Traceback" not in told.stderr
