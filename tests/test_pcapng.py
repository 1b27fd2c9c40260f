"""pcapng: what the draft describes is read, what other programs write too, and the reverse."""

import re
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import dpkt
import pytest
from scapy.layers.l2 import Ether
from scapy.utils import PcapNgWriter, PcapReader

import netlab
from netlab.capture.links import LINK_TYPES

HTTP = netlab.recording("http.pcap")
RECORDINGS = sorted(HTTP.parent.glob("*.pcap*"))
EIGHT = bytes(range(8))


class File:
    """A pcapng file as bytes, made block by block as the draft describes them."""

    def __init__(self, order: str = "<") -> None:
        self.order, self.data = order, b""
        self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, 1, 0, -1))

    def pack(self, form: str, *values: int) -> bytes:
        return struct.pack(self.order + form, *values)

    def block(self, kind: int, body: bytes, first: int | None = None) -> "File":
        """A block; `first` is a lie about its length."""
        body += bytes(-len(body) % 4)
        length = self.pack("I", len(body) + 12)
        opening = length if first is None else self.pack("I", first)
        self.data += self.pack("I", kind) + opening + body + length
        return self

    def options(self, options: Iterable[tuple[int, bytes]]) -> bytes:
        return b"".join(
            self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)
            for code, value in options
        )

    def interface(self, *options: tuple[int, bytes], link: int = 1, snap: int = 0) -> "File":
        return self.block(1, self.pack("HHI", link, 0, snap) + self.options(options))

    def packet(
        self, data: bytes = EIGHT, *options: tuple[int, bytes], interface: int = 0, ticks: int = 0
    ) -> "File":
        fixed = self.pack("5I", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), 90)
        return self.block(6, fixed + data + bytes(-len(data) % 4) + self.options(options))


def read(folder: Path, data: bytes) -> list[netlab.Packet]:
    path = folder / "made.pcapng"
    path.write_bytes(data)
    return list(netlab.read(path))


@pytest.mark.parametrize("order", "<>")
def test_both_byte_orders(tmp_path: Path, order: str) -> None:
    made = File(order).interface((2, b"eth0")).packet(b"12345", ticks=1_234_567_890_123_456)
    (packet,) = read(tmp_path, made.data)
    assert (packet.data, packet.link, packet.interface) == (b"12345", "ethernet", "eth0")
    assert packet.time == 1_234_567_890_123_456_000
    assert (packet.wire_length, packet.truncated) == (90, True)


@pytest.mark.parametrize(
    ("resolution", "ticks", "time"),
    [
        (0, 7, 7_000_000_000),
        (3, 7, 7_000_000),
        (6, 7, 7_000),
        (9, 7, 7),
        (12, 7_999, 7),
        (127, 1 << 63, 0),
        (0x80, 7, 7_000_000_000),
        (0x81, 3, 1_500_000_000),
        (0x80 + 32, 3 << 31, 1_500_000_000),
        (0x80 + 127, 1 << 63, 0),
    ],
)
def test_the_resolution_of_timestamps(
    tmp_path: Path, resolution: int, ticks: int, time: int
) -> None:
    made = File().interface((9, bytes([resolution]))).packet(ticks=ticks)
    assert read(tmp_path, made.data)[0].time == time


@pytest.mark.parametrize("order", "<>")
def test_the_offset_of_timestamps(tmp_path: Path, order: str) -> None:
    made = File(order)
    made.interface((14, made.pack("q", -3))).packet(ticks=5_000_000)
    assert read(tmp_path, made.data)[0].time == 2_000_000_000


def test_an_interface_without_a_name_goes_by_its_description(tmp_path: Path) -> None:
    made = File().interface((3, b"cable")).interface((2, b"eth0"), (3, b"cable")).interface()
    for number in range(3):
        made.packet(interface=number)
    assert [packet.interface for packet in read(tmp_path, made.data)] == ["cable", "eth0", ""]


def test_sections_have_interfaces_and_a_byte_order_of_their_own(tmp_path: Path) -> None:
    first = File("<").interface((2, b"a"), link=1).packet()
    second = File(">").interface((2, b"b"), link=228).interface((2, b"c"), link=229)
    second.packet(interface=1)
    packets = read(tmp_path, first.data + second.data)
    assert [(packet.link, packet.interface) for packet in packets] == [
        ("ethernet", "a"),
        ("ipv6", "c"),
    ]
    with pytest.raises(netlab.CaptureError, match="names interface 0, but 0 are described"):
        read(tmp_path, first.data + File().packet().data)


@pytest.mark.parametrize(
    ("snap", "wire_length", "kept"), [(0, 8, 8), (8, 8, 8), (5, 8, 5), (8, 900, 8)]
)
def test_a_simple_packet_is_as_long_as_the_snap_length_lets_it(
    tmp_path: Path, snap: int, wire_length: int, kept: int
) -> None:
    made = File().interface((2, b"eth0"), snap=snap)
    made.block(3, made.pack("I", wire_length) + EIGHT[:kept])
    (packet,) = read(tmp_path, made.data)
    assert (packet.data, packet.wire_length) == (EIGHT[:kept], wire_length)
    assert (packet.time, packet.interface) == (None, "eth0")


def test_a_packet_block_of_the_first_drafts(tmp_path: Path) -> None:
    made = File(">").interface().interface((2, b"eth1"), (9, b"\x09"))
    made.block(2, made.pack("2H4I", 1, 65535, 1, 2, 8, 9) + EIGHT + made.options([(1, b"old")]))
    (packet,) = read(tmp_path, made.data)
    assert (packet.data, packet.time, packet.wire_length) == (EIGHT, (1 << 32) + 2, 9)
    assert (packet.interface, packet.comment) == ("eth1", "old")


def test_other_blocks_are_passed_over(tmp_path: Path) -> None:
    made = File().interface()
    for kind in (4, 5, 9, 10, 0xBAD, 0x40000BAD, 0x80000001):
        made.block(kind, b"\xff" * 400)
    made.packet()
    assert len(read(tmp_path, made.data)) == 1


def test_comments(tmp_path: Path) -> None:
    made = File().interface()
    made.packet(EIGHT, (2, bytes(4)), (1, "für Grüße".encode()), (1, b"second\0rubbish"), (0, b""))
    made.packet(EIGHT, (1, b"not \xff UTF-8"), (0, b""), (1, b"behind the end"))
    made.packet()
    comments = [packet.comment for packet in read(tmp_path, made.data)]
    assert comments == ["für Grüße\nsecond", "not \\xff UTF-8", ""]


def test_the_comment_on_the_whole_file_is_kept(tmp_path: Path) -> None:
    path, again = tmp_path / "noted.pcapng", tmp_path / "again.pcapng"
    made = File()
    made.data = b""
    section = made.pack("IHHq", 0x1A2B3C4D, 1, 0, -1)
    options = made.options([(4, b"a program"), (1, b"first"), (1, b"second"), (0, b"")])
    made.block(0x0A0D0D0A, section + options).interface().packet()
    path.write_bytes(made.data)
    assert netlab.read(path).comment == "first\nsecond"
    netlab.write(again, netlab.read(path))
    assert netlab.read(again).comment == "first\nsecond"
    assert netlab.read(HTTP).comment == ""


@pytest.mark.needs("capinfos")
def test_capinfos_reads_the_comment_on_a_file(tmp_path: Path) -> None:
    path = tmp_path / "again.pcapng"
    two = netlab.read(netlab.recording("two_devices.pcapng"))
    assert two.comment
    netlab.write(path, two)
    assert two.comment in tool("capinfos", "-k", path)


def test_a_link_type_that_netlab_does_not_know(tmp_path: Path) -> None:
    made = File().interface(link=127).interface(link=1).packet().packet(bytes(14), interface=1)
    unknown, known = read(tmp_path, made.data)
    assert unknown.link == "linktype 127"
    assert (unknown.layers, unknown.payload, unknown.summary()) == ((), EIGHT, "8 bytes")
    assert [problem.layer for problem in unknown.problems] == ["Packet"]
    assert netlab.dissect(unknown.data, unknown.link) == unknown
    assert known.layers


SOUND = File().interface().packet()
LYING = struct.pack("<5I", 0, 0, 0, 8, 8) + EIGHT + struct.pack("<2H", 1, 5) + b"four"

DAMAGED = {
    "4 GiB": (File().interface().block(6, EIGHT, 0xFFFFFFFC), "claims 4294967292 bytes"),
    "over 16 MiB": (File().block(0xBAD, EIGHT, (1 << 24) + 4), "claims 16777220 bytes"),
    "too short": (File().block(6, EIGHT, 8), "claims 8 bytes"),
    "zero": (File().block(6, EIGHT, 0), "claims 0 bytes"),
    "not in steps of 4": (File().block(6, EIGHT, 21), "claims 21 bytes"),
    "a shorter length at the end": (File().block(6, bytes(24), 32), "at its end"),
    "no room for what is fixed": (File().interface().block(6, bytes(16)), "20 are needed"),
    "an empty interface": (File().block(1, b""), "has 0 bytes inside, 8 are needed"),
    "an unknown interface": (File().interface().packet(interface=1), "interface 1, but 1 are"),
    "a simple packet without interface": (File().block(3, EIGHT), "interface 0, but 0 are"),
    "a simple packet that is cut": (
        File().interface().block(3, struct.pack("<I", 9) + EIGHT),
        "a packet of 9 bytes",
    ),
    "a packet longer than its block": (
        File().interface().block(6, struct.pack("<5I", 0, 0, 0, 9, 9) + EIGHT),
        "a packet of 9 bytes",
    ),
    "a packet of 4 GiB": (
        File().interface().block(6, struct.pack("<5I", 0, 0, 0, 0xFFFFFFFF, 9) + EIGHT),
        "a packet of 4294967295 bytes",
    ),
    "an option longer than its block": (
        File().interface().block(6, LYING),
        "an option that claims 5 bytes",
    ),
    "an interface's option": (
        File().block(1, struct.pack("<2HI2H", 1, 0, 0, 2, 5) + b"eth0"),
        "an option that claims 5 bytes",
    ),
    "a time in the year 2262": (
        File().interface((9, b"\0")).packet(ticks=9_223_372_037),
        "a time of 9223372037 seconds after 1970",
    ),
    "a time before 1677": (
        File().interface((14, struct.pack("<q", -9_223_372_038))).packet(),
        "a time of -9223372038 seconds after 1970",
    ),
    "no byte order": (File().block(0x0A0D0D0A, bytes(16)), "no byte order: it says 00 00 00 00"),
    "another version": (
        File().block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 2, 0, -1)),
        "version 2 of the format",
    ),
}


@pytest.mark.parametrize(("made", "words"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_named_after_the_sound_packets(tmp_path: Path, made: File, words: str) -> None:
    path = tmp_path / "bad.pcapng"
    path.write_bytes(SOUND.data + made.data)
    packets = netlab.read(path)
    assert next(packets).data == EIGHT
    with pytest.raises(netlab.CaptureError, match=words) as raised:
        list(packets)
    assert str(raised.value).startswith(f"{path} is damaged: block ")


def test_a_file_cut_anywhere_gives_the_packets_before_the_break(tmp_path: Path) -> None:
    made, ends = File().interface(), []
    blocks = [28, len(made.data)]
    for number in range(4):
        made.packet(bytes(number), (1, b"said"))
        ends.append(len(made.data))
    for size in range(4, len(made.data)):
        path = tmp_path / "cut.pcapng"
        path.write_bytes(made.data[:size])
        got = 0
        try:
            for _ in netlab.read(path):
                got += 1
            assert size in blocks + ends
        except netlab.CaptureError as error:
            assert size not in blocks + ends
            assert f"{path} breaks off in " in str(error)  # noqa: PT017
        assert got == sum(end <= size for end in ends)


@pytest.mark.parametrize("name", ["again.pcapng", "again.pcapng.gz", "again.pcap", "AGAIN.PCAP.GZ"])
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)
def test_every_recording_is_written_and_read_the_same(
    tmp_path: Path, path: Path, name: str
) -> None:
    packets = list(netlab.read(path))
    if "ng" not in name:
        packets = [packet for packet in packets if packet.link == packets[0].link]
    assert netlab.write(tmp_path / name, packets) == len(packets)
    again = list(netlab.read(tmp_path / name))
    for kept in ("data", "time", "link", "wire_length", *["comment", "interface"] * ("ng" in name)):
        assert [getattr(each, kept) for each in again] == [getattr(each, kept) for each in packets]
    zipped = (tmp_path / name).read_bytes().startswith(b"\x1f\x8b")
    assert zipped == name.lower().endswith(".gz")


MIXED = [
    netlab.Packet(b"x" * 14, "ethernet", 1_234_567_890_123_456_789, 99, "one\ntwo ü", "eth0"),
    netlab.Packet(b"y" * 15, "ethernet", (1 << 63) - 1, 15, "", "eth1"),
    netlab.Packet(bytes(20), "raw", 0, 20, "three", "eth0"),
    netlab.Packet(b"", "linktype 127", 5, 7, "", ""),
    netlab.Packet(b"z" * 17, "ethernet", 6, 17, "", "eth0"),
]


def seen(packets: Iterable[netlab.Packet]) -> list[tuple[object, ...]]:
    return [(p.data, p.link, p.time, p.wire_length, p.comment, p.interface) for p in packets]


def test_what_is_written_is_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pcapng"
    assert netlab.write(path, iter(MIXED)) == 5
    assert seen(netlab.read(path)) == seen(MIXED)
    assert netlab.write(path, []) == 0
    assert list(netlab.read(path)) == []


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (netlab.Packet(b"", "ethernet", 1 << 63), "of time 9223372036854775808"),
        (netlab.Packet(b"", "ethernet", -1), "of time -1"),
        (netlab.Packet(b"", "ethernet", 0, 0, "x" * 65536), "65536 bytes: a pcapng file holds"),
        (netlab.Packet(b"", "wifi"), "'wifi': wrap"),
        (netlab.Packet(b"", "linktype 65536"), "'linktype 65536': wrap"),
        (netlab.Packet(bytes((1 << 18) + 1)), "262145 bytes: a capture file holds 262144"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, packet: netlab.Packet, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        netlab.write(tmp_path / "no.pcapng", [packet])
    assert list(tmp_path.iterdir()) == []


def tool(*words: object) -> str:
    run = subprocess.run([*map(str, words)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


FIELDS = ("frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_name", "frame.comment")


def by_tshark(path: Path) -> list[list[str]]:
    """Time, lengths, interface and comment of each packet as tshark reads them."""
    options = [word for name in FIELDS for word in ("-e", name)]
    lines = tool("tshark", "-r", path, "-T", "fields", *options).split("\n")[:-1]
    return [line.split("\t") for line in lines]


@pytest.mark.needs("tshark")
def test_tshark_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "ours.pcapng"
    packets = [packet for packet in MIXED if packet.time < 1 << 62]  # tshark has no later time
    netlab.write(path, packets)
    assert by_tshark(path) == [
        ["1234567890.123456789", "14", "99", "eth0", r"one\ntwo ü"],
        ["0.000000000", "20", "20", "eth0", "three"],
        ["0.000000005", "0", "7", "unknown", ""],
        ["0.000000006", "17", "17", "eth0", ""],
    ]


CAPINFOS = {
    "ethernet": "ether", "ipv4": "rawip4", "ipv6": "rawip6", "loop": "loop", "null": "null",
    "raw": "rawip", "sll": "linux-sll", "sll2": "linux-sll2",
}  # fmt: skip
"""What capinfos calls our link types."""


@pytest.mark.needs("capinfos")
def test_capinfos_knows_every_link_type(tmp_path: Path) -> None:
    path = tmp_path / "links.pcapng"
    names = sorted(set(LINK_TYPES.values()))
    netlab.write(path, [netlab.Packet(bytes(40), link) for link in names])
    found = re.findall(r"Encapsulation = .* - (.*)\)", tool("capinfos", "-I", path))
    assert dict(zip(names, found, strict=True)) == CAPINFOS


@pytest.mark.needs("editcap", "mergecap", "tshark")
def test_files_of_wiresharks_tools(tmp_path: Path) -> None:
    packets = list(netlab.read(HTTP))
    path, merged = tmp_path / "edited.pcapng", tmp_path / "merged.pcapng"
    tool("editcap", "-F", "pcapng", "-s", "60", "-a", "2:second: ü", "-a", "5:fifth", HTTP, path)
    edited = list(netlab.read(path))
    assert [p.data for p in edited] == [p.data[:60] for p in packets]
    assert [p.time for p in edited] == [p.time for p in packets]
    assert [p.wire_length for p in edited] == [len(p) for p in packets]
    assert {n: p.comment for n, p in enumerate(edited, 1) if p.comment} == {
        2: "second: ü", 5: "fifth",
    }  # fmt: skip
    raw = tmp_path / "raw.pcapng"
    netlab.write(raw, [netlab.Packet(p.data[14:], "raw", p.time, None, "", "tun0") for p in edited])
    tool("mergecap", "-w", merged, path, raw)
    both = list(netlab.read(merged))
    assert sorted(p.link for p in both) == ["ethernet"] * 12 + ["raw"] * 12
    assert sorted(p.time for p in both) == sorted([p.time for p in packets] * 2)
    for link, data in (
        ("ethernet", [p.data for p in edited]),
        ("raw", [p.data[14:] for p in edited]),
    ):
        assert [p.data for p in both if p.link == link] == data
    assert {p.interface for p in both if p.link == "raw"} == {"tun0"}
    assert len(by_tshark(merged)) == 24


def test_scapy_writes_and_netlab_reads(tmp_path: Path) -> None:
    path = tmp_path / "scapy.pcapng"
    with PcapNgWriter(str(path)) as writer:
        for number, each in enumerate(MIXED[:2]):
            packet = Ether(each.data)
            packet.time, packet.sniffed_on, packet.wirelen = 1000 + number, f"eth{number}", 99
            packet.comments = [b"first", b"second"]
            writer.write(packet)
    first, second = netlab.read(path)
    assert seen([first]) == [
        (b"x" * 14, "ethernet", 1_000_000_000_000, 99, "first\nsecond", "eth0")
    ]
    assert (second.data, second.time, second.interface) == (b"y" * 15, 1_001_000_000_000, "eth1")


def test_netlab_writes_and_scapy_reads(tmp_path: Path) -> None:
    path = tmp_path / "ours.pcapng"
    ours = [MIXED[0], MIXED[4]]
    netlab.write(path, ours)
    with PcapReader(str(path)) as reader:
        theirs = list(reader)
    for mine, their in zip(ours, theirs, strict=True):
        assert bytes(their) == mine.data
        assert int(their.time * 1_000_000_000) == mine.time
        assert their.wirelen == mine.wire_length
        assert their.sniffed_on == mine.interface
        assert their.comment == (mine.comment.encode() or None)


def test_dpkt_writes_and_netlab_reads(tmp_path: Path) -> None:
    path = tmp_path / "dpkt.pcapng"
    with path.open("wb") as file:
        writer = dpkt.pcapng.Writer(file)
        for number in range(1, 5):
            writer.writepkt(EIGHT[:number], ts=1000.5)
    packets = list(netlab.read(path))
    assert [packet.data for packet in packets] == [EIGHT[:number] for number in range(1, 5)]
    assert {packet.time for packet in packets} == {1_000_500_000_000}


def test_netlab_writes_and_dpkt_reads(tmp_path: Path) -> None:
    path = tmp_path / "ours.pcapng"
    netlab.write(path, netlab.read(HTTP))
    with path.open("rb") as file:
        theirs = [(data, round(time * 1_000_000)) for time, data in dpkt.pcapng.Reader(file)]
    assert theirs == [(p.data, round((p.time or 0) / 1000)) for p in netlab.read(HTTP)]
