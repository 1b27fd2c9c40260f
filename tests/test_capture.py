"""Capture files: all flavours, and each way in which a file can be broken."""

import gzip
import shutil
import struct
import subprocess
import sys
import tracemalloc
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import pytest

import netlab
from netlab.capture.links import LINK_TYPES
from netlab.packet import LINKS

HTTP = netlab.recording("http.pcap")


def pcap(order: str, magic: int, link: int = 1, version: int = 2, snap: int = 65535) -> bytes:
    """A file with one frame of 14 bytes, cut from 60, at 1000000001.5 seconds."""
    fraction = 500_000_000 if magic == 0xA1B23C4D else 500_000
    head = struct.pack(order + "IHHiIII", magic, version, 4, 0, 0, snap, link)
    record = struct.pack(order + "IIII", 1_000_000_001, fraction, 14, 60)
    if magic == 0xA1B2CD34:
        record += struct.pack(order + "IHBx", 2, 0x0800, 4)
    return head + record + bytes(14)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34])
def test_both_byte_orders_and_all_forms(tmp_path: Path, order: str, magic: int) -> None:
    path = tmp_path / "one.pcap"
    path.write_bytes(pcap(order, magic))
    (packet,) = netlab.read(path)
    assert packet.time == 1_000_000_001_500_000_000
    assert (len(packet), packet.wire_length, packet.truncated) == (14, 60, True)
    assert "kept 14 of 60 bytes" in str(packet.problems[0])


@pytest.mark.needs("editcap")
def test_the_forms_that_editcap_writes(tmp_path: Path) -> None:
    packets = list(netlab.read(HTTP))
    for form in ("pcap", "nsecpcap", "modpcap", "pcapng"):
        path = tmp_path / form
        subprocess.run(["editcap", "-F", form, str(HTTP), str(path)], check=True)
        again = list(netlab.read(path))
        assert again == packets
        assert [packet.time for packet in again] == [packet.time for packet in packets]


def test_frames_with_their_check_sequence(tmp_path: Path) -> None:
    path = tmp_path / "fcs.pcap"
    path.write_bytes(pcap(">", 0xA1B2C3D4, link=0x44000001))
    (packet,) = netlab.read(path)
    assert packet.link == "ethernet"


def test_a_packet_longer_than_the_snap_length_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "snap.pcap"
    path.write_bytes(pcap("<", 0xA1B2C3D4, snap=10))
    (packet,) = netlab.read(path)
    assert len(packet) == 14


def test_packets_of_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "empty.pcap"
    path.write_bytes(pcap("<", 0xA1B2C3D4)[:24] + bytes(16) * 3)
    assert [(packet.data, packet.time) for packet in netlab.read(path)] == [(b"", 0)] * 3


def test_a_link_type_that_netlab_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "other.pcap"
    path.write_bytes(pcap("<", 0xA1B2C3D4, link=127))
    (packet,) = netlab.read(path)
    assert (packet.link, packet.layers, packet.payload) == ("linktype 127", (), bytes(14))
    netlab.write(tmp_path / "again.pcap", [packet])
    assert list(netlab.read(tmp_path / "again.pcap")) == [packet]


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
        (b"\x0a\x0d", "is not a capture file"),
        (b"\x1f\x8b\x08", "breaks off or is damaged"),
        (gzip.compress(b"GET / HTTP/1.1", mtime=0), "is not a capture file"),
        (pcap("<", 0xA1B2C3D4, version=3), "version 3 of the format, not 2"),
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
    whole = gzip.compress(HTTP.read_bytes(), mtime=0)
    path.write_bytes(whole)
    packets = list(netlab.read(HTTP))
    assert list(netlab.read(path)) == packets
    for broken, kept in ((whole[:-200], 7), (whole[:-8] + bytes(8), 12), (whole + b"rubbish", 12)):
        path.write_bytes(broken)
        drawn = netlab.read(path)
        assert list(islice(drawn, kept)) == packets[:kept]
        with pytest.raises(netlab.CaptureError, match="gz breaks off or is damaged after byte "):
            list(drawn)


def test_a_gzip_bomb_takes_little_memory(tmp_path: Path) -> None:
    """A gigabyte of packets of no bytes, a megabyte on the disk; the first of them."""
    path, zeros = tmp_path / "bomb.pcap.gz", gzip.compress(bytes(1 << 24), mtime=0)
    with path.open("wb") as file:
        file.write(gzip.compress(pcap("<", 0xA1B2C3D4)[:24], mtime=0))
        for _ in range(64):
            file.write(zeros)
    tracemalloc.start()
    try:
        assert sum(1 for _ in islice(netlab.read(path), 100_000)) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "start",
    [
        b"\xd4\xc3\xb2\xa1\2\0\4\0".ljust(32, b"\0") + b"\xff" * 8,
        b"\n\r\r\n\xfc\xff\xff\xff\x4d\x3c\x2b\x1a",
    ],
)
def test_a_length_of_4_gib_takes_no_memory(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "liar"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(1 << 33)  # the bytes are there, and the disk does not hold them
    tracemalloc.start()
    try:
        with pytest.raises(netlab.CaptureError, match="claims 429496729"):
            list(netlab.read(path))
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


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
    for packets, words in (
        ([netlab.TCP() / b""], "wrap"),
        ([b""], "number 1 is no packet but b''"),
        (netlab.Ethernet() / b"", r"put the packet into one, \[packet\]"),
        ([netlab.Packet(b"", time=1 << 62)], "packet 1 is of time"),
    ):
        with pytest.raises(ValueError, match=words):
            netlab.write(path, packets)
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


MILLION = """
import netlab
count = sum(1 for packet in netlab.read({path!r}))
again = netlab.write({path!r} + "ng", netlab.read({path!r}))
peak = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
print(count, again, peak)
"""
BARE = 'print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])'


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak of memory")
def test_a_million_packets_take_less_than_80_mb(tmp_path: Path) -> None:
    path, once = tmp_path / "million.pcap", pcap("<", 0xA1B2C3D4)
    with path.open("wb") as file:
        file.write(once[:24])
        for _ in range(1000):
            file.write(once[24:] * 1000)
    bare, whole = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for code in (BARE, MILLION.format(path=str(path)))
    )
    read, written, peak = map(int, whole.stdout.split())
    assert (read, written) == (1_000_000, 1_000_000)
    assert peak - int(bare.stdout) < 80_000


def test_every_link_type_of_files_begins_with_a_header() -> None:
    assert set(LINK_TYPES.values()) == set(LINKS)
