"""Exercise 05's right answers, by outside judges: tshark, Linux's fragments, RFC 1071."""

import random
import struct
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from tshark_values import tshark, values

import netlab
from netlab.flows import Reassembler, fragment
from netlab.grading.task import all_tasks
from netlab.practice import frames

tasks = import_module("netlab.grading.tasks.05_ip")
checksum = all_tasks()["05/checksum"].reference
RECORDINGS = ("http.pcap", "fragments.pcap", "mtu.pcap", "options.pcap", "traceroute.pcap")
SEEDS = range(20)


def test_the_example_of_rfc_1071() -> None:
    """Section 3: the sum of these words is ddf2."""
    assert checksum(tasks.RFC_1071) == 0xFFFF - 0xDDF2


def by_struct(data: bytes) -> int:
    """The forgetful function of the lesson."""
    return ~sum(struct.unpack(f"!{len(data) // 2}H", data)) & 0xFFFF


def by_slices(data: bytes) -> int:
    """The carry lost on the way."""
    total = 0
    for place in range(0, len(data), 2):
        total = (total + int.from_bytes(data[place : place + 2], "big")) & 0xFFFF
    return 0xFFFF - total


@pytest.mark.parametrize("forgetful", [by_struct, by_slices])
def test_who_drops_the_carry_reads_what_to_do(forgetful: Callable[[bytes], int]) -> None:
    verdict = netlab.check("05/checksum", {"checksum": forgetful})
    assert "your sum drops the carry: add it back, RFC 1071 section 2" in repr(verdict)


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("recording", RECORDINGS)
def test_headers_are_read_and_summed_as_tshark_does_it(recording: str) -> None:
    names = ("ip.ttl", "ip.len", "ip.hdr_len", "ip.checksum")
    path, read = netlab.recording(recording), 0
    for packet, said in zip(netlab.read(path), values(path, names), strict=True):
        if packet.layers[1:] and isinstance(packet.layers[1], netlab.IPv4):
            data = packet.data[14:]
            # Of an error that quotes a packet, the outer one's values come first.
            ttl, total, length, number = (int(each.split(",")[0], 0) for each in said)
            found, options, payload = tasks.read_ipv4(data)
            assert (found, 20 + len(options), length + len(payload)) == (ttl, length, total)
            assert checksum(data[:length]) == 0
            assert checksum(data[:10] + b"\0\0" + data[12:length]) == number
            read += 1
    assert read > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_refused_is_what_the_kit_finds_fault_with(seed: int) -> None:
    refused = 0
    for (data,) in tasks.packets(random.Random(seed)):
        packet = netlab.dissect(data, netlab.IPv4)
        faulty = (
            any(
                problem.layer == "IPv4" and problem.field != "checksum"
                for problem in packet.problems
            )
            or not packet.layers
        )
        try:
            found = tasks.read_ipv4(data)
        except ValueError:
            assert faulty, data.hex(" ")
            refused += 1
        else:
            assert not faulty, packet.problems
            assert found[2] == packet[netlab.IPv4].payload
    assert refused > 15


def forward(packet: bytes) -> bytes | None:
    """What the puzzle's lines do when they are put together."""
    made: dict[str, object] = {"checksum": checksum}
    exec("\n".join(all_tasks()["05/forward"].lines), made)
    return made["forward"](packet)  # type: ignore[operator, no-any-return]


@pytest.mark.needs("tshark")
def test_tshark_takes_the_checksum_of_a_packet_that_was_passed_on(tmp_path: Path) -> None:
    packets = [packet.data for packet in netlab.read(netlab.recording("http.pcap"))][2:]
    passed = [data[:14] + (forward(data[14:]) or b"") for data in packets]
    netlab.write(tmp_path / "passed.pcap", map(netlab.dissect, passed))
    asked = ["-o", "ip.check_checksum:TRUE", "-T", "fields"]
    asked += ["-e", "ip.ttl", "-e", "ip.checksum.status"]
    said = tshark(tmp_path / "passed.pcap", *asked).split("\n")
    assert said[:-1] == ["63\t1"] * len(packets)  # 1: good
    assert forward(b"\x45" + bytes(7) + b"\1" + bytes(11)) is None


def test_linux_cuts_at_the_same_places() -> None:
    assert tuple(tasks.fragment(tasks.ECHO, 1500)) == tasks.CUT
    assert tasks.reassemble(tasks.CUT) == tasks.ECHO


def as_packet(offset: int, more: bool, data: bytes) -> netlab.Packet:
    ip = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", identification=7, protocol=253)
    ip = ip.replace(fragment_offset=offset, flags=int(more))
    return netlab.dissect(bytes(ip / data), netlab.IPv4)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_cuts_at_the_same_places(seed: int) -> None:
    for payload, mtu in tasks.to_cut(random.Random(seed)):
        pieces = fragment(as_packet(0, False, payload), mtu)
        assert tasks.fragment(payload, mtu) == [
            (ip.fragment_offset, bool(ip.flags & 1), ip.payload)
            for ip in (piece[netlab.IPv4] for piece in pieces)
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_puts_the_same_together(seed: int) -> None:
    for (pieces,) in tasks.arrived(random.Random(seed)):
        reassembler, found = Reassembler(), None
        for piece in pieces:
            whole = reassembler.add(as_packet(*piece))
            found = found or whole
        expected = tasks.reassemble(pieces)
        assert (found and found[netlab.IPv4].payload) == expected


def test_the_route_of_a_recorded_traceroute() -> None:
    """Its UDP probes: one router, then the server, as the recording's README says."""
    packets = list(netlab.read(netlab.recording("traceroute.pcap")))[2:10]
    found = tasks.route([(packet.time or 0, packet.data) for packet in packets])
    assert found == ["192.168.1.1", "192.168.2.20"]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("seed", SEEDS)
def test_tshark_sees_the_same_route(seed: int, tmp_path: Path) -> None:
    made = frames("ip.traceroute", seed)
    path = tmp_path / "trace.pcap"
    netlab.write(path, [netlab.Packet(data, "ethernet", time) for time, data in made])
    said = values(path, ["ip.src", "ip.ttl", "ip.dst", "udp.dstport", "icmp.type"])
    ttl_of = {port: int(ttl) for _, ttl, _, port, kind in said if not kind}
    answered = {ttl_of[port]: src.split(",")[0] for src, _, _, port, kind in said if kind}
    steps = [answered.get(ttl, "?") for ttl in sorted(ttl_of.values())]
    assert steps[: steps.index(said[0][2]) + 1] == tasks.route(made)
    assert steps.count("?") == 1
