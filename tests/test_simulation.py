"""The simulated network: the clock, what goes wrong on a link, and what is seen of it."""

import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import netlab
from netlab.simulation import Clock, Link, Network, Receiving, Sending, content, nth
from netlab.simulation.impairment import flipped
from netlab.tcp import State

MS = 1_000_000


def test_events_happen_in_the_order_of_their_time_and_then_of_their_making() -> None:
    clock, seen = Clock(), []
    for time, name in ((20, "c"), (10, "a"), (20, "d"), (10, "b")):
        clock.at(time, seen.append, name)
    clock.after(5, clock.after, 6, seen.append, "between")
    assert clock.next == 5
    clock.run(15)
    assert (seen, clock.now) == (["a", "b", "between"], 15)
    clock.run()
    assert (seen, clock.now, clock.next) == (["a", "b", "between", "c", "d"], 20, None)
    assert not clock.step()


def arrivals(count: int = 5, size: int = 1000, gap: int = 0, **settings: object) -> list[tuple]:
    """When each of so many packets arrives in ms, and which it is."""
    clock, seen = Clock(), []
    link = Link(clock, lambda item: seen.append((clock.now / MS, item)), **settings)
    for number in range(1, count + 1):
        clock.at(number * gap, link.send, number, size)
    clock.run()
    return seen


def test_delay() -> None:
    assert arrivals(2, delay=0.05) == [(50, 1), (50, 2)]


def test_bandwidth_spaces_packets_out() -> None:
    """1000 bytes at 8 Mbit/s take a millisecond."""
    assert arrivals(3, bandwidth=8e6, delay=0.01) == [(11, 1), (12, 2), (13, 3)]


def test_a_full_queue_drops_what_comes_last() -> None:
    """One packet is being sent and two wait."""
    assert [item for _, item in arrivals(5, bandwidth=8e6, queue=2)] == [1, 2, 3]
    assert [item for _, item in arrivals(5, bandwidth=8e6, queue_bytes=1999)] == [1, 2]
    assert [item for _, item in arrivals(5, bandwidth=8e6, queue=0)] == [1]
    assert [item for _, item in arrivals(5, gap=MS, bandwidth=8e6, queue=0)] == [1, 2, 3, 4, 5]


def test_certain_packets_are_lost() -> None:
    assert [item for _, item in arrivals(loss=[3])] == [1, 2, 4, 5]
    assert [item for _, item in arrivals(loss=lambda item: item % 2)] == [2, 4]
    assert [item for _, item in arrivals(loss=nth(2, of=lambda item: item % 2))] == [1, 2, 4, 5]
    assert arrivals(loss=1.0) == []


def test_a_lost_packet_has_taken_its_time_on_the_wire() -> None:
    assert arrivals(2, bandwidth=8e6, loss=[1]) == [(2, 2)]


def test_random_loss_has_its_rate_and_its_seed() -> None:
    some = [arrivals(10_000, loss=0.1, seed=seed) for seed in (1, 1, 2)]
    assert some[0] == some[1] != some[2]
    for each in some:
        assert 0.09 < 1 - len(each) / 10_000 < 0.11


def test_each_impairment_draws_from_a_source_of_its_own() -> None:
    """More loss changes nothing about who is doubled and how long it takes."""
    settings = {"jitter": 0.01, "duplicate": 0.1, "gap": 20 * MS}
    without = arrivals(500, **settings)
    lossy = arrivals(500, loss=0.3, **settings)
    assert 300 < len({item for _, item in lossy}) < 400
    assert lossy == [pair for pair in without if pair in lossy]


def test_duplicates() -> None:
    assert arrivals(3, duplicate=[2], delay=0.01) == [(10, 1), (10, 2), (10, 2), (10, 3)]


def test_reordering_holds_packets_up() -> None:
    seen = arrivals(3, gap=MS, reorder=[1], reorder_by=0.0015)
    assert seen == [(2, 2), (2.5, 1), (3, 3)]


def test_jitter_delays_and_overtakes_nothing() -> None:
    seen = arrivals(200, gap=MS, delay=0.01, jitter=0.005)
    assert [item for _, item in seen] == list(range(1, 201))
    delays = [time - item - 10 for time, item in seen]
    assert 0 <= min(delays) < 1
    assert 4 < max(delays) <= 5


def test_corruption_turns_one_bit() -> None:
    clock, seen = Clock(), []
    link = Link(clock, seen.append, corrupt=[2])
    for _ in range(3):
        link.send(b"some bytes", 10)
    clock.run()
    before, damaged, after = seen
    assert before == after == b"some bytes"
    different = int.from_bytes(damaged) ^ int.from_bytes(b"some bytes")
    assert different.bit_count() == 1
    assert flipped(b"\0", Random(1)) != b"\0"


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("bandwidth", 0, "more than 0 bits a second"),
        ("delay", -1, "a number of seconds"),
        ("loss", 1.5, "from 0 to 1"),
        ("loss", -0.1, "from 0 to 1"),
    ],
)
def test_a_wrong_setting_is_refused(setting: str, value: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Link(Clock(), print, **{setting: value})


def test_settings_change_while_time_passes() -> None:
    clock, seen = Clock(), []
    link = Link(clock, seen.append)
    link.send(1, 100)
    link.loss = [2]
    link.send(2, 100)
    link.loss, link.delay = None, 1.5
    assert link.delay == 1.5
    link.send(3, 100)
    clock.run()
    assert (seen, clock.now) == ([1, 3], 1500 * MS)


# Hosts and TCP.


def lossy(**settings: object) -> tuple[Network, object, object]:
    network = Network(seed=1)
    a, b = network.pair(**{"bandwidth": 10e6, "delay": 0.02} | settings)
    return network, a, b


ADVERSITIES = {
    "nothing": {},
    "loss": {"loss": 0.05},
    "duplicates": {"duplicate": 0.1},
    "reordering": {"reorder": 0.1},
    "corruption": {"corrupt": 0.05},
    "jitter": {"jitter": 0.03},
    "a short queue": {"queue": 5},
    "all of it": {
        "loss": 0.02, "duplicate": 0.02, "reorder": 0.02, "corrupt": 0.02, "jitter": 0.01,
        "queue": 20,
    },
}  # fmt: skip


@pytest.mark.parametrize("settings", ADVERSITIES.values(), ids=ADVERSITIES)
def test_every_byte_arrives_once_and_in_order(settings: dict[str, object]) -> None:
    network, a, b = lossy(**settings)
    data = content(200_000)
    transfer = network.transfer(a, b, data, keep=True)
    network.run()
    server = network.server(transfer)
    assert bytes(server.program.received) == data
    assert (transfer.state, server.state) == (State.CLOSED, State.CLOSED)
    assert transfer.endpoint.error == server.endpoint.error == ""


def test_a_damaged_segment_is_thrown_away_by_its_checksum() -> None:
    network, a, b = lossy(corrupt=0.1)
    network.transfer(a, b, 100_000)
    network.run()
    damaged = [journey for journey in network.journeys if journey.damaged]
    assert len(damaged) > 5
    assert {journey.fate for journey in damaged} == {"damaged"}
    for journey in damaged:
        layers = journey.received.layers
        sound = [layer.checksum_ok for layer in layers] == [True, True]
        assert not (sound and journey.received.problems == ())


def test_the_same_seed_gives_the_same_run() -> None:
    def run(seed: int) -> list[str]:
        network = Network(seed)
        a, b = network.pair(delay=0.01, bandwidth=1e7, loss=0.03, jitter=0.01)
        network.transfer(a, b, 100_000)
        network.run()
        return [repr(journey) for journey in network.journeys]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_without_a_trace_the_run_is_the_same() -> None:
    times = []
    for trace in (True, False):
        network = Network(3, trace=trace)
        a, b = network.pair(delay=0.01, bandwidth=1e7, loss=0.03)
        network.transfer(a, b, 100_000)
        network.run()
        times.append(network.clock.now)
        assert bool(network.journeys) is trace
    assert times[0] == times[1]


def test_both_ways_at_once_and_by_hand() -> None:
    network, a, b = lossy()
    b.listen(80, lambda: Sending(content(30_000)))
    transfer = a.connect(b, 80)
    network.run(until=lambda: transfer.state is State.ESTABLISHED)
    assert network.time == pytest.approx(0.04, abs=0.001)
    assert transfer.send(b"hello") == 5
    network.run(until=1)
    assert transfer.receive(10) == content(30_000)[:10]
    assert transfer.receive() == content(30_000)[10:]
    assert transfer.state is State.CLOSE_WAIT
    transfer.close()
    network.run()
    assert network.server(transfer).received == 5
    assert transfer.state is State.CLOSED


def test_a_closed_port_refuses() -> None:
    network, a, b = lossy()
    connection = a.connect(b, 81)
    network.run()
    assert connection.state is State.CLOSED
    assert connection.endpoint.error == "connection reset"


def test_simultaneous_open() -> None:
    network, a, b = lossy()
    one = a.connect(b, 2000, local_port=1000)
    other = b.connect(a, 1000, local_port=2000)
    network.run(until=1)
    assert (one.state, other.state) == (State.ESTABLISHED, State.ESTABLISHED)


def test_an_aborted_connection() -> None:
    network, a, b = lossy()
    b.listen(80, Receiving)
    connection = a.connect(b, 80)
    network.run(until=1)
    connection.abort()
    network.run()
    assert network.server(connection).endpoint.error == "connection reset"


def test_a_chain_of_hosts_passes_datagrams_on() -> None:
    network = Network()
    a, r, b = (network.host(name) for name in "arb")
    network.join(a, r, delay=0.01)
    network.join(r, b, delay=0.02)
    transfer = network.transfer(a, b, 10_000)
    network.run(until=lambda: transfer.state is not State.SYN_SENT)
    assert network.time == pytest.approx(0.06)
    network.run()
    assert network.server(transfer).received == 10_000


def test_two_flows_share_a_bottleneck() -> None:
    network, a, b = lossy(queue=50)
    flows = [network.transfer(a, b, port=port) for port in (1, 2)]
    network.run(until=20)
    rates = [network.server(flow).received * 8 / 20 for flow in flows]
    assert 8e6 < sum(rates) < 10e6


def test_any_object_can_be_sent() -> None:
    network, a, b = lossy()
    a.send(b, {"any": "object"}, 100)
    network.run()
    assert b.inbox == [{"any": "object"}]


def test_an_endless_transfer_needs_an_end() -> None:
    network, a, b = lossy()
    network.transfer(a, b)
    with pytest.raises(ValueError, match=r"run\(until=60\)"):
        network.run()
    network.run(until=2)
    assert network.time == 2


def test_samples() -> None:
    network, a, b = lossy(queue=20)
    transfer = network.transfer(a, b, 1_000_000)
    samples = network.sample(transfer, every=0.1)
    network.run()
    assert samples.time[:3] == [0, 0.1, 0.2]
    assert {len(getattr(samples, name)) for name in vars(samples) if name[0] != "_"} == {
        len(samples)
    }
    assert samples.srtt[0] is None
    assert 0.04 < samples.srtt[3] < 0.08
    assert sum(samples.goodput) * 0.1 == pytest.approx(1_000_000)
    assert 0.5 * 10e6 / 8 < max(samples.goodput) < 10e6 / 8
    assert max(samples.queue) > 0


def test_two_hosts_of_one_name_are_refused() -> None:
    network = Network()
    network.host("a")
    with pytest.raises(ValueError, match="another name"):
        network.host("a")


def test_the_capture_at_either_end(tmp_path: Path) -> None:
    network, a, b = lossy(loss=[5])
    network.transfer(a, b, 20_000)
    network.run()
    sizes = []
    for host, other in ((a, b), (b, a)):
        path = tmp_path / f"{host.name}.pcap"
        count = network.write(path, host)
        packets = list(netlab.read(path))
        assert len(packets) == count
        assert [packet.time for packet in packets] == sorted(packet.time for packet in packets)
        assert {packet.problems for packet in packets} == {()}
        sent = [packet for packet in packets if packet[netlab.IPv4].src == host.address]
        sizes.append((len(sent), len(packets) - len(sent)))
        assert sum(
            journey.size for journey in network.journeys if journey.link[0] == host.name
        ) == (sum(len(packet) for packet in sent))
        assert other.address in packets[0].ends
    (a_sent, a_got), (b_sent, b_got) = sizes
    assert b_got == a_sent - 1
    assert a_got == b_sent - 1


@pytest.mark.needs("tshark")
def test_tshark_finds_nothing_malformed(tmp_path: Path) -> None:
    network, a, b = lossy(loss=0.05, reorder=0.02, duplicate=0.02)
    network.transfer(a, b, 200_000)
    network.run()
    for host in (a, b):
        path = tmp_path / f"{host.name}.pcap"
        count = network.write(path, host)
        settings = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        fields = ["_ws.malformed", "tcp.checksum.status", "ip.checksum.status"]
        columns = [word for field in fields for word in ("-e", field)]
        command = ["tshark", "-r", path, *settings, "-T", "fields", *columns]
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        assert Counter(said.splitlines()) == {"\t1\t1": count}
