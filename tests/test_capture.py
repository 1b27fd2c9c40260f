"""Capture files: all flavours, and each way in which a file can be broken."""

import gzip
import shutil
import struct
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

import netlab
from netlab.capture.pcap import LINK_TYPES

HTTP = netlab.recording("http.pcap")


def pcap(order: str, magic: int, link: int = 1) -> bytes:
    """A file with one frame of 14 bytes, cut from 60, at 1000000001.5 seconds."""
    fraction = 500_000 if magic == 0xA1B2C3D4 else 500_000_000
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return head + struct.pack(order + "IIII", 1_000_000_001, fraction, 14, 60) + bytes(14)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
def test_both_byte_orders_and_both_units(tmp_path: Path, order: str, magic: int) -> None:
    path = tmp_path / "one.pcap"
    path.write_bytes(pcap(order, magic))
    (packet,) = netlab.read(path)
    assert packet.time == 1_000_000_001_500_000_000
    assert (len(packet), packet.wire_length, packet.truncated) == (14, 60, True)
    assert "kept 14 of 60 bytes" in str(packet.problems[0])


def test_a_file_cut_anywhere_gives_the_packets_before_the_break(tmp_path: Path) -> None:
    whole = HTTP.read_bytes()
    packets = list(netlab.read(HTTP))
    ends = [24]
    for packet in packets:
        ends.append(ends[-1] + 16 + len(packet.data))
    path = tmp_path / "cut.pcap"
    for size in range(4, len(whole)):
        path.write_bytes(whole[:size])
        got: list[netlab.Packet] = []
        broken = pytest.raises(netlab.CaptureError, match=r"cut\.pcap breaks off")
        with nullcontext() if size in ends else broken:
            for packet in netlab.read(path):
                got.append(packet)
        assert got == packets[: max(sum(end <= size for end in ends) - 1, 0)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a capture file"),
        (b"GET / HTTP/1.1\r\n", "is not a capture file"),
        (pcap("<", 0xA1B2C3D4, link=999), "link type 999, which netlab does not know"),
        (pcap("<", 0xA1B2C3D4)[:32] + b"\xff" * 40, "claims 4294967295 bytes"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "bad.pcap"
    path.write_bytes(content)
    with pytest.raises(netlab.CaptureError, match=sentence):
        list(netlab.read(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(netlab.CaptureError, match="No such file"):
        netlab.read(tmp_path / "none.pcap")
    with pytest.raises(netlab.CaptureError, match="directory"):
        netlab.read(tmp_path)
    with pytest.raises(netlab.CaptureError, match=r"there are .*http\.pcap"):
        netlab.recording("htp.pcap")


def test_a_gzipped_file(tmp_path: Path) -> None:
    path = tmp_path / "http.pcap.gz"
    path.write_bytes(gzip.compress(HTTP.read_bytes()))
    assert list(netlab.read(path)) == list(netlab.read(HTTP))
    path.write_bytes(gzip.compress(HTTP.read_bytes())[:-200])
    with pytest.raises(netlab.CaptureError):
        list(netlab.read(path))


def test_writing_and_reading_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "again.pcap"
    packets = list(netlab.read(HTTP))
    assert netlab.write(path, iter(packets)) == len(packets)
    again = list(netlab.read(path))
    assert again == packets
    assert [packet.time for packet in again] == [packet.time for packet in packets]
    assert netlab.write(path, []) == 0
    assert list(netlab.read(path)) == []


def test_writing_over_what_is_being_read_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "same.pcap"
    shutil.copy(HTTP, path)
    assert netlab.write(path, netlab.read(path)) == 12
    assert list(netlab.read(path)) == list(netlab.read(HTTP))


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcap"
    shutil.copy(HTTP, path)
    mixed = [netlab.dissect(b"", "ethernet"), netlab.dissect(b"", "raw")]
    with pytest.raises(ValueError, match="packet 2 has link type raw, the first ethernet"):
        netlab.write(path, mixed)
    with pytest.raises(ValueError, match="wrap"):
        netlab.write(path, [netlab.TCP() / b""])
    assert path.read_bytes() == HTTP.read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["kept.pcap"]
    with pytest.raises(netlab.CaptureError, match="cannot write"):
        netlab.write(tmp_path / "no" / "such.pcap", [])


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("link", sorted(set(LINK_TYPES.values())))
def test_tshark_reads_what_is_written(tmp_path: Path, link: str) -> None:
    path = tmp_path / "ours.pcap"
    packet = netlab.Packet(bytes(60), link, time=1_234_567_890_123_456_789, wire_length=90)
    netlab.write(path, [packet])
    command = ["tshark", "-r", str(path), "-T", "fields"]
    for name in ("frame.time_epoch", "frame.cap_len", "frame.len"):
        command += ["-e", name]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["1234567890.123456789", "60", "90"]
