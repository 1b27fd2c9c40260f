"""Exercise 07's right answers, by outside judges: tshark, and a Linux kernel that answers."""

import random
from importlib import import_module
from pathlib import Path

import pytest
from tshark_values import tshark, values

import netlab
from netlab import referee
from netlab.practice import frames

tasks = import_module("netlab.grading.tasks.07_tcp_segments")
RECORDINGS = ("http.pcap", "tcp.pcap", "loss.pcap", "refused.pcap")
SEEDS = range(10)


def flows(path: Path) -> list[tuple[netlab.Packet, bytes]]:
    """The packets of a recording that carry TCP, and their segments."""
    return [
        (packet, packet.data[packet[netlab.TCP].offset : packet[netlab.TCP].payload_end])
        for packet in netlab.read(path)
        if netlab.TCP in packet and not any(header.quotes for header in packet.layers)
    ]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("recording", RECORDINGS)
def test_segments_are_read_as_tshark_reads_them(recording: str) -> None:
    path = netlab.recording(recording)
    names = ("fin", "syn", "reset", "push", "ack", "urg", "ece", "cwr")
    fields = [f"tcp.flags.{name}" for name in names]
    fields += ["tcp.hdr_len", "tcp.len", "tcp.seq", "tcp.nxtseq", "tcp.option_kind", "tcp.checksum"]
    said = [each for each in values(path, fields) if each[0]]
    segments = flows(path)
    assert len(said) == len(segments) > 3
    for (packet, data), each in zip(segments, said, strict=True):
        *flags, length, size, seq, after, kinds, number = each
        read = tasks.flag_names(data[13])
        told = [name for name, bit in zip(tasks.NAMES, flags, strict=True) if bit in ("1", "True")]
        assert read == told
        options, payload = tasks.split(data)
        assert (len(options) + 20, len(payload)) == (int(length), int(size))
        assert list(tasks.tcp_options(options)) == [
            int(kind) for kind in kinds.split(",") if kind not in ("", "0", "1")
        ]
        if after and int(after):
            assert tasks.next_number(int(seq), read, int(size)) == int(after)
        ip = packet.layers[packet.layers.index(packet[netlab.TCP]) - 1]
        verdict = packet[netlab.TCP].checksum_verdict()[0]
        if verdict is not None:
            right = tasks.tcp_checksum(str(ip.src), str(ip.dst), data) == int(number, 16)
            assert right == verdict


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("seed", range(3))
def test_tshark_takes_the_checksums(seed: int, tmp_path: Path) -> None:
    packets = []
    for src, dst, data in tasks.on_both(random.Random(seed)):
        number = tasks.tcp_checksum(src, dst, data)
        made = data[:16] + number.to_bytes(2) + data[18:]
        if ":" in src:
            packets.append(netlab.Ethernet() / netlab.IPv6(src=src, dst=dst, next_header=6) / made)
        else:
            packets.append(netlab.Ethernet() / netlab.IPv4(src=src, dst=dst, protocol=6) / made)
    netlab.write(tmp_path / "sums.pcap", packets)
    asked = ["-o", "tcp.check_checksum:TRUE", "-T", "fields", "-e", "tcp.checksum.status"]
    assert set(tshark(tmp_path / "sums.pcap", *asked).split()) == {"1"}  # good


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_finds_fault_with_what_is_refused(seed: int) -> None:
    refused = 0
    for (data,) in tasks.segments(random.Random(seed)):
        packet = netlab.dissect(data, netlab.TCP)
        faults = [each for each in packet.problems if each.field in ("data_offset", "")]
        try:
            options, payload = tasks.split(data)
        except ValueError:
            assert packet.problems, data.hex(" ")
            refused += 1
        else:
            assert not faults
            assert packet[netlab.TCP].payload_start == 20 + len(options)
            assert packet[netlab.TCP].payload == payload
    assert refused > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_reads_the_same_options(seed: int) -> None:
    same = 0
    for (data,) in tasks.option_lists(random.Random(seed)):
        segment = bytes(netlab.TCP(options=data + b"\0" * (-len(data) % 4)))
        packet = netlab.dissect(segment, netlab.TCP)
        try:
            found = tasks.tcp_options(data)
        except ValueError:
            continue
        if not packet.problems:  # an option that the kit knows may have another length
            options = map(bytes, packet[netlab.TCP].options)
            assert found == {each[0]: each[2:] for each in options if each[0] > 1}
            same += 1
    assert same > 10


def test_numbers_are_compared_as_the_rfc_compares_them() -> None:
    """As signed differences of 32 bits, which is how kernels do it."""
    for seed in SEEDS:
        for one, other in tasks.pairs(random.Random(seed)):
            steps = (one - other) % 2**32
            signed = steps - 2**32 if steps >= 2**31 else steps
            assert tasks.before(one, other) == (signed < 0)


@pytest.mark.needs("kernel")
@pytest.mark.parametrize("mss", [536, 1460])
def test_a_kernel_answers_the_syn(mss: int) -> None:
    with referee.Referee() as judge:
        made = tasks.build_syn(referee.YOU, referee.KERNEL, 4000, referee.TCP_PORT, 77, mss)
        ip = netlab.IPv4(src=referee.YOU, dst=referee.KERNEL, protocol=6)
        assert "SYN ACK" in judge.judge(ip / made).sentence


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("seed", SEEDS)
def test_tshark_finds_the_same_in_a_capture_of_ones_own(seed: int, tmp_path: Path) -> None:
    made = frames("segments.connection", seed)
    path = tmp_path / "own.pcap"
    netlab.write(path, [netlab.Packet(data, "ethernet", time) for time, data in made])
    names = ["tcp.srcport", "tcp.checksum.status", "tcp.options.mss_val", "tcp.window_size"]
    names += ["tcp.flags.fin", "tcp.seq"]
    asked = ["-o", "tcp.check_checksum:TRUE", "-T", "fields"]
    for name in names:
        asked += ["-e", name]
    relative = ["-o", "tcp.relative_sequence_numbers:TRUE"]  # the last word counts
    lines = tshark(path, *asked, *relative).splitlines()
    said = [line.split("\t") for line in lines]
    found = tasks.findings(made)
    assert found["damaged"] == [each[1] for each in said].index("0")
    assert found["mss"] == int(said[0][2])
    assert found["window"] == int([each[3] for each in said if each[0] == said[1][0]][-1])
    numbers = [packet[netlab.TCP].seq for packet in map(netlab.dissect, (data for _, data in made))]
    client = [number for number, each in zip(numbers, said, strict=True) if each[0] == said[0][0]]
    assert client != sorted(client)  # they have begun again
    sizes = values(path, ["tcp.srcport", "tcp.len"])
    sent = sum(int(size) for port, size in sizes if port == said[0][0])
    again = int(sizes[found["damaged"]][1])
    assert found["data"] == sent - again
