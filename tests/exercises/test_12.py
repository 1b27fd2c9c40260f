"""Exercise 12's right answers, held against tshark and the kit's own tracking."""

import re
from importlib import import_module

import pytest
import tshark_statistics
from needs import require

from netlab import dissect, read, recording
from netlab.flows import Connections, connections
from netlab.grading.task import Case, all_tasks
from netlab.packet import Packet, stack
from netlab.practice.monitor import groups, track
from netlab.wire import UDP, Ethernet, IPv4

TASKS = import_module("netlab.grading.tasks.12_monitor")
RECORDINGS = ("dns.pcap", "http.pcap", "refused.pcap", "tcp.pcap", "tls.pcap", "dhcp.pcap")
SECOND = 1_000_000_000
ADDRESS = re.compile(r"[0-9a-f]+[.:]\S+ +\d")


def cases(name: str) -> list[Case]:
    return all_tasks()[f"12/{name}"].cases()


@pytest.mark.parametrize("name", RECORDINGS)
def test_tshark_finds_the_same_conversations(name: str) -> None:
    require("tshark")
    path = recording(name)
    told = tshark_statistics.conversations(path)
    wanted = sorted(
        tuple(sorted([f"{left} {there}", f"{right} {back}"]))
        for left, right, there, back in told["TCP"] + told["UDP"]
    )
    packets = list(read(path))
    found = TASKS.conversations([packet.data for packet in packets])
    followed = Connections()
    for packet in packets:
        followed.add(packet)
    assert len(found) == len(wanted)
    counted = sorted(
        (one.sent.bytes, one.received.bytes) for one in followed if one.protocol in ("TCP", "UDP")
    )
    assert sorted((sent, received) for *_, sent, received in found) == counted
    printed = sorted(
        tuple(sorted([f"{one.client} {tshark_statistics.printed(one.sent)}",
                      f"{one.server} {tshark_statistics.printed(one.received)}"]))
        for one in followed if one.protocol in ("TCP", "UDP")
    )  # fmt: skip
    assert [plain(pair) for pair in printed] == [plain(pair) for pair in wanted]


def plain(pair: tuple[str, ...]) -> list[str]:
    """tshark writes IPv6 addresses without brackets."""
    return sorted(one.replace("[", "").replace("]", "") for one in pair)


def test_tshark_cuts_the_same_seconds() -> None:
    require("tshark")
    path = recording("dhcp.pcap")
    said = tshark_statistics.tshark(path, "-q", "-z", "io,stat,1")
    rows = [line.split("|") for line in said.splitlines() if "<>" in line]
    wanted = [int(row[-2]) for row in rows if row[-2].strip().isdigit()]
    assert TASKS.per_second([(packet.time, packet.wire_length) for packet in read(path)]) == wanted


def test_tshark_counts_the_same_hosts() -> None:
    require("tshark")
    path = recording("dns.pcap")
    said = tshark_statistics.tshark(path, "-q", "-z", "endpoints,ip", "-z", "endpoints,ipv6")
    rows = [line.split() for line in said.splitlines() if ADDRESS.match(line)]
    wanted = sorted(((row[0], int(row[2])) for row in rows), key=lambda row: (-row[1], row[0]))
    sent = [(*packet.five_tuple[:2], packet.wire_length) for packet in read(path)]
    assert TASKS.talkers(sent, 100) == wanted
    assert (TASKS.dns()["busiest host"], TASKS.dns()["its bytes"]) == wanted[0]


def test_the_window_is_the_last_seconds() -> None:
    """By the seconds that are counted one by one: the last of them are the window."""
    packets = [(at * SECOND // 10, 100 + at) for at in range(50)]
    for seconds in (1, 2, 5):
        total = sum(length for time, length in packets if time > packets[-1][0] - seconds * SECOND)
        assert TASKS.rate(packets, seconds) == 8 * total / seconds


def test_the_kit_groups_in_the_same_way() -> None:
    for (five_tuples,) in cases("key-of"):
        followed, numbers = Connections(), list[int]()
        for source, destination, protocol, source_port, destination_port in five_tuples:
            if len(source) < 3:
                break
            header = f"{protocol} {source_port} {destination_port}"
            data = _segment(source, destination, protocol, source_port, destination_port)
            connection = followed.add(Packet(data, "ethernet", len(numbers)))
            assert connection, header
            numbers.append(connection.start)
        else:
            found = groups(TASKS.key_of, five_tuples)
            assert found == [sorted({*numbers}).index(number) for number in numbers]


def _segment(source: str, target: str, protocol: int, source_port: int, target_port: int) -> bytes:
    """The shortest packet that has these; addresses of different versions become version 4."""
    known = {address: f"10.0.0.{number}" for number, address in enumerate(TASKS.HOSTS, start=1)}
    ports = source_port.to_bytes(2) + target_port.to_bytes(2)
    ip = IPv4(src=known[source], dst=known[target], protocol=protocol)
    rest = b"\0\0\0\1\0\0\0\1\x50\x10\xff\xff\0\0\0\0" if protocol == 6 else b"\0\x08\0\0"
    data = bytes(stack(stack(Ethernet(ethertype=0x0800), ip), ports + rest))
    assert dissect(data).five_tuple[2:] == (protocol, source_port, target_port)
    return data


def test_the_kit_forgets_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for idle, most, seen in cases("tracker"):
        monkeypatch.setitem(connections.IDLE, "udp", idle * SECOND)
        followed = Connections(most)
        for time, key, length in seen:
            header = IPv4(src="10.0.0.1", dst="10.0.0.2")
            data = stack(stack(stack(Ethernet(), header), UDP(src_port=ord(key), dst_port=9)), b"")
            followed.add(Packet(bytes(data).ljust(length, b"\0"), "ethernet", time * SECOND))
        kept = {chr(one.client.port): one.bytes for one in followed}
        expired, evicted, _ = followed.gone
        wanted = {"kept": kept, "expired": expired, "evicted": evicted}
        assert track(TASKS.Tracker, idle, most, seen) == wanted
