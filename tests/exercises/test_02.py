"""Exercise 02's right answers, by an outside judge: tshark."""

from importlib import import_module
from pathlib import Path

import pytest
from tshark_values import tshark, values

import netlab
from netlab.grading.task import all_tasks

tasks = import_module("netlab.grading.tasks.02_bytes")
HTTP = netlab.recording("http.pcap")


def test_the_shifts_pick_out_what_the_kit_reads() -> None:
    """The notebook's drawing of these 16 bits is that of RFC 9293 section 3.1."""
    shift = tasks.shift()
    for (segment,) in tasks.SEGMENTS:
        word = int.from_bytes(segment[12:14])
        header = netlab.dissect(segment, netlab.TCP)[netlab.TCP]
        assert word >> shift["data_offset"] == header.data_offset
        assert word >> shift["reserved"] & 0xF == header.reserved
        assert word >> shift["flags"] & 0xFF == header.flags
        assert (word >> shift["SYN"] & 1 == 1) == ("SYN" in header.flags.name)


def dump(data: bytes) -> list[str]:
    """What the puzzle's lines do when they are put together."""
    made: dict[str, object] = {}
    exec("\n".join(all_tasks()["02/dump"].lines), made)
    return made["dump"](data)  # type: ignore[operator, no-any-return]


@pytest.mark.needs("tshark")
def test_the_dump_is_what_tshark_prints() -> None:
    printed = [line[:53].rstrip() for line in tshark(HTTP, "-x").splitlines() if line]
    assert [row for packet in netlab.read(HTTP) for row in dump(packet.data)] == printed


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("recording", ["http.pcap", "tcp.pcap"])
def test_tcp_is_read_as_tshark_reads_it(recording: str) -> None:
    names = ("srcport", "dstport", "seq_raw", "ack_raw", "hdr_len", "window_size_value")
    path = netlab.recording(recording)
    said = values(path, [f"tcp.{name}" for name in names])
    for packet, fields in zip(netlab.read(path), said, strict=True):
        if netlab.TCP in packet:
            segment = packet.data[packet[netlab.TCP].offset :]
            numbers = [int(field) for field in fields]
            assert list(tasks.read_tcp(segment).values()) == numbers
            assert list(tasks.tcp_ports(segment)) == numbers[:2]
            assert [int.from_bytes(tasks.pack_port(port)) for port in numbers[:2]] == numbers[:2]


@pytest.mark.needs("tshark")
def test_bits_are_counted_as_tshark_counts_them() -> None:
    places = {"hdr_len": (4, 4), "dsfield.dscp": (8, 6), "flags": (48, 3), "frag_offset": (51, 13)}
    path = netlab.recording("fragments.pcap")
    said = values(path, [f"ip.{name}" for name in places])
    for packet, fields in zip(netlab.read(path), said, strict=True):
        if netlab.IPv4 in packet:
            read = [tasks.bit_field(packet.data[14:34], *place) for place in places.values()]
            length, *others = [int(field, 0) for field in fields]
            assert read == [length // 4, *others]


@pytest.mark.needs("tshark")
def test_the_number_after_the_last_is_0(tmp_path: Path) -> None:
    """tshark's tcp.nxtseq: for the recording's segments, and for one that wraps."""
    path = tmp_path / "wrap.pcap"
    head = netlab.Ethernet() / netlab.IPv4(src="192.0.2.1", dst="192.0.2.2")
    wrapping = [(0xFFFFFFFE, b"12345"), (0xFFFFFFFF, b"1")]
    netlab.write(path, [head / netlab.TCP(seq=seq, flags="ACK") / data for seq, data in wrapping])
    for each in (path, netlab.recording("tcp.pcap")):
        checked = 0
        for seq, size, after in values(each, ("tcp.seq", "tcp.len", "tcp.nxtseq")):
            if size and int(size):
                assert int.from_bytes(tasks.pack_next(int(seq), int(size))) == int(after)
                checked += 1
        assert checked > 1
