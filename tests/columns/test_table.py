"""Tables of captures: each cell is what the packet, read alone, and tshark say."""

import gzip
import random
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import netlab
from netlab.columns import Table, table
from netlab.header import ADDRESSES, PORTS

RECORDINGS = sorted((Path(netlab.__file__).parent / "data").glob("*.pcap*"))
every_recording = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)

FIVE = ("src", "dst", "ip_protocol", "src_port", "dst_port")


def five_tuples(found: Table) -> list[tuple[object, ...]]:
    return list(zip(*(np.asarray(found[name]).tolist() for name in FIVE), strict=True))


def name(packet: netlab.Packet) -> str:
    """The innermost header on the way to the transport."""
    last, inside = "data", False
    for header in packet.layers:
        if inside and header.role == ADDRESSES:
            break
        last = type(header).__name__
        if header.role == PORTS or (inside and not header.role):
            break
        inside = inside or header.role == ADDRESSES
    return last


def check(found: Table, packets: Iterable[netlab.Packet]) -> None:
    packets = list(packets)
    assert len(found) == len(packets)
    assert five_tuples(found) == [packet.five_tuple for packet in packets]
    assert found["time"].tolist() == [packet.time or 0 for packet in packets]
    assert found["length"].tolist() == [packet.wire_length for packet in packets]
    assert found["captured"].tolist() == [len(packet.data) for packet in packets]
    assert np.asarray(found["protocol"]).tolist() == [name(packet) for packet in packets]
    flags = [int(packet[netlab.TCP].flags) if name(packet) == "TCP" else 0 for packet in packets]
    assert found["flags"].tolist() == flags


@every_recording
def test_the_table_says_what_each_packet_says(path: Path) -> None:
    check(table(path), netlab.read(path))


def odd_packets(chance: random.Random) -> Iterable[netlab.Packet]:
    """Frames of all kinds, some cut, some with random bytes changed."""
    wire = netlab.wire
    ether, tag = netlab.Ethernet(), netlab.VLAN(vlan_id=3)
    four, six = netlab.IPv4(src="192.0.2.1"), netlab.IPv6(src="2001:db8::1")
    tcp = netlab.TCP(src_port=1, dst_port=2, flags="SYN", options=[wire.tcp.MSS(mss=9)])
    udp = netlab.UDP(src_port=3, dst_port=4)
    stacks = [
        ether / four / tcp,
        ether / six / udp / b"x",
        ether / tag / four / udp,
        ether / tag / tag / six / tcp,
        ether / netlab.ARP(),
        ether / four / four / tcp,
        ether / four / six / udp,
        ether / six / wire.ipv6_extensions.HopByHop(options=bytes(6)) / tcp,
        ether / six / wire.ipv6_extensions.Fragment(fragment_offset=3) / b"abc",
        ether / netlab.IPv4(flags="MF") / udp / b"abc",
        ether / netlab.IPv4(fragment_offset=9) / b"abc",
        ether / netlab.IPv4(total_length=0) / udp / b"abc",
        ether / four / netlab.ICMP() / four / udp,
        netlab.Ethernet8023() / netlab.LLC() / netlab.SNAP() / four / udp,
        ether / netlab.IPv4(options=bytes(8)) / tcp / b"x",
        ether / netlab.IPv4(protocol=200) / b"x",
        ether / b"nothing",
    ]
    for stack in stacks:
        yield netlab.dissect(bytes(stack))
        for _ in range(60):
            data = bytearray(bytes(stack).ljust(60, b"\0"))
            for _ in range(chance.randrange(3)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            yield netlab.dissect(bytes(data[: chance.randrange(len(data) + 1)]))


@pytest.mark.parametrize("suffix", ["pcap", "pcapng", "pcap.gz"])
def test_odd_and_damaged_packets(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"odd.{suffix}"
    netlab.write(path, odd_packets(random.Random(suffix)))
    check(table(path), netlab.read(path))


@pytest.mark.parametrize("link", ["raw", "null", "ipv6", "linktype 147"])
def test_other_link_types(tmp_path: Path, link: str) -> None:
    packets = [
        netlab.dissect(bytes(packet)[14:], link) for packet in odd_packets(random.Random(link))
    ]
    packets.append(netlab.dissect(b"", link))
    netlab.write(tmp_path / "other.pcap", packets)
    check(table(tmp_path / "other.pcap"), packets)


def test_several_link_types_in_a_file(tmp_path: Path) -> None:
    udp = netlab.IPv4() / netlab.UDP()
    packets = [netlab.dissect(bytes(netlab.Ethernet() / udp)), netlab.dissect(bytes(udp), "raw")]
    netlab.write(tmp_path / "several.pcapng", packets * 2)
    check(table(tmp_path / "several.pcapng"), packets * 2)


def test_files_of_the_other_byte_order(tmp_path: Path) -> None:
    frame = bytes(netlab.Ethernet() / netlab.IPv4() / netlab.UDP(dst_port=7))
    head = struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    record = struct.pack(">IIII", 5, 6, len(frame), 99) + frame
    (tmp_path / "swapped.pcap").write_bytes(head + record)
    found = table(tmp_path / "swapped.pcap")
    assert found["time"].tolist() == [5_000_006_000]
    assert found["length"].tolist() == [99]
    check(found, netlab.read(tmp_path / "swapped.pcap"))


TSHARK = {
    "length": "frame.len",
    "src_port": "tcp.srcport",
    "dst_port": "tcp.dstport",
    "flags": "tcp.flags",
    "ip_protocol": "ip.proto",
    "src": "ip.src",
}


@pytest.mark.needs("tshark")
def test_tshark_says_the_same_of_the_web_page() -> None:
    path = netlab.recording("http.pcap")
    fields = [word for field in TSHARK.values() for word in ("-e", field)]
    command = ["tshark", "-r", str(path), "-T", "fields", *fields]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = table(path)
    for row, line in enumerate(said.splitlines()):
        for column, value in zip(TSHARK, line.split("\t"), strict=True):
            ours = np.asarray(found[column])[row]
            if column == "src":
                assert ours == value
            else:
                assert ours == int(value or "0", 0)


def test_both_directions_are_one_connection(tmp_path: Path) -> None:
    def packet(src: str, dst: str, src_port: int, dst_port: int) -> netlab.Packet:
        transport = netlab.UDP(src_port=src_port, dst_port=dst_port)
        frame = netlab.Ethernet() / netlab.IPv4(src=src, dst=dst) / transport
        return netlab.dissect(bytes(frame))

    a, b = "192.0.2.1", "192.0.2.2"
    arp = netlab.dissect(bytes(netlab.Ethernet() / netlab.ARP()))
    packets = [packet(a, b, 9, 1), arp, packet(b, a, 1, 9), packet(a, b, 1, 9), packet(a, a, 5, 5)]
    netlab.write(tmp_path / "both.pcap", packets)
    assert table(tmp_path / "both.pcap")["connection"].tolist() == [0, -1, 0, 1, 2]


def test_rows_are_chosen_and_counted() -> None:
    found = table(netlab.recording("http.pcap"))
    assert found.counts("protocol") == {"TCP": 10, "ARP": 2}
    client = found.where(found["src"] == "192.168.1.10")
    assert set(client.counts("src")) == {"192.168.1.10"}
    assert len(found.where(found["src"] == "192.0.2.99")) == 0
    assert found.where([0, 1]).counts("protocol") == {"ARP": 2}
    assert sum(found.counts("flags").values()) == 12
    with pytest.raises(KeyError, match="no column 'colour': there are time"):
        found["colour"]


def test_an_empty_capture_is_an_empty_table(tmp_path: Path) -> None:
    netlab.write(tmp_path / "empty.pcap", [])
    found = table(tmp_path / "empty.pcap")
    assert len(found) == 0
    assert repr(found).endswith("0 packets")


def test_a_damaged_file_is_told_as_when_it_is_read(tmp_path: Path) -> None:
    whole = netlab.recording("http.pcap").read_bytes()
    (tmp_path / "cut.pcap").write_bytes(whole[:-5])
    with pytest.raises(netlab.CaptureError, match="breaks off in packet 12"):
        table(tmp_path / "cut.pcap")
    (tmp_path / "cut.pcap.gz").write_bytes(gzip.compress(whole, mtime=0)[:-20])
    with pytest.raises(netlab.CaptureError, match="breaks off or is damaged"):
        table(tmp_path / "cut.pcap.gz")
    with pytest.raises(netlab.CaptureError, match="cannot open"):
        table(tmp_path / "none.pcap")


def test_a_table_shows_its_first_rows() -> None:
    text = repr(table(netlab.recording("http.pcap")))
    assert text.splitlines()[0].split()[:3] == ["time", "length", "captured"]
    assert "12 packets" in text
    assert "SYN ACK" in text


def test_parquet_is_read_by_others(tmp_path: Path) -> None:
    duckdb, pandas = pytest.importorskip("duckdb"), pytest.importorskip("pandas")
    found = table(netlab.recording("http.pcap"))
    path = tmp_path / "http.parquet"
    found.to_parquet(path)
    query = f"select protocol, sum(length) from '{path}' group by all order by all"
    answer = dict(duckdb.sql(query).fetchall())
    frame = found.to_pandas()
    assert answer == frame.groupby("protocol", observed=True)["length"].sum().to_dict()
    assert frame["time"][0] == pandas.Timestamp(found["time"][0])
    assert list(frame["src"]) == np.asarray(found["src"]).tolist()
