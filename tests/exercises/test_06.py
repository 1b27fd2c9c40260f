"""Exercise 06's right answers, by outside judges: tshark, dig's question, what Linux has sent."""

import random
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path

import pytest
from tshark_values import tshark, values

import netlab
from netlab.grading.task import all_tasks
from netlab.variable import Place
from netlab.wire.dns import Question
from netlab.wire.names import follow, local_pieces

tasks = import_module("netlab.grading.tasks.06_udp_dns")
RECORDED = netlab.recording("dns.pcap")
SEEDS = range(20)


def test_dig_asked_with_the_same_bytes() -> None:
    made = tasks.query(7, "www.netlab.test", 1)
    assert tasks.MESSAGES[0][12:].startswith(made[12:])
    assert made[12:].hex(" ") == (
        "03 77 77 77 06 6e 65 74 6c 61 62 04 74 65 73 74 00 00 01 00 01"  # as the notebook says
    )


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("seed", range(3))
def test_tshark_understands_the_questions(seed: int, tmp_path: Path) -> None:
    asked, packets = [], []
    for number, name, kind in tasks.questions(random.Random(seed)):
        try:
            made = tasks.query(number, name, kind)
        except ValueError:
            continue
        question = Question(name=name, type=kind)
        assert made == bytes(netlab.DNS(id=number, rd=1, questions=[question]))
        asked.append((str(number), name, str(kind)))
        ip = netlab.IPv4(src="192.0.2.1", dst="192.0.2.2")
        packets.append(netlab.Ethernet() / ip / netlab.UDP(src_port=50000, dst_port=53) / made)
    netlab.write(tmp_path / "asked.pcap", packets)
    names = ["dns.id", "dns.qry.name", "dns.qry.type", "dns.flags.recdesired"]
    said = values(tmp_path / "asked.pcap", names)
    assert {each[3] for each in said} <= {"1", "True"}
    read = [(str(int(each[0], 16)), *each[1:3]) for each in said]
    assert read == asked
    assert len(asked) > 4


@pytest.mark.needs("tshark")
def test_names_are_read_as_tshark_reads_them() -> None:
    said = values(RECORDED, ["dns.qry.name"])
    read = 0
    for packet, (name,) in zip(netlab.read(RECORDED), said, strict=True):
        if netlab.DNS in packet and name:
            message = bytes(packet[netlab.DNS])
            assert tasks.read_name(message, 12) == name
            read += 1
    assert read > 20


def plain_name(message: bytes, place: int) -> str:
    """What the puzzle's lines do when they are put together."""
    made: dict[str, object] = {}
    exec("\n".join(all_tasks()["06/plain-name"].lines), made)
    return made["plain_name"](message, place)  # type: ignore[operator, no-any-return]


def test_the_puzzle_reads_the_questions_name() -> None:
    assert {plain_name(message, 12) for message in tasks.MESSAGES[:6]} == {
        "www.netlab.test", "web.netlab.test",
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_refuses_the_same_names(seed: int) -> None:
    refused = 0
    for message, place in tasks.names(random.Random(seed)):
        pieces, broken, _ = local_pieces(message, place, len(message), 0)
        last = pieces[-1].last if pieces else place
        labels, fault = follow(message, Place(place, last), 0, len(message))
        try:
            name = tasks.read_name(message, place)
        except ValueError:
            assert broken or fault, (message.hex(" "), place)
            refused += 1
        else:
            assert not broken, (broken, place)
            assert not fault, (fault, place)
            assert name == b".".join(labels).decode()
    assert refused > 10


@pytest.mark.needs("tshark")
def test_addresses_are_those_that_tshark_finds() -> None:
    said = values(RECORDED, ["dns.a", "dns.flags.truncated", "dns.count.add_rr"])
    read = 0
    for packet, (found, truncated, _) in zip(netlab.read(RECORDED), said, strict=True):
        if netlab.DNS in packet and netlab.UDP in packet and packet[netlab.DNS].qr:
            answer = tasks.addresses(bytes(packet[netlab.DNS]))
            if truncated in ("1", "True"):
                assert answer is None
            elif not packet[netlab.DNS].additional_count or "192" not in found:
                assert answer == [each for each in found.split(",") if each]
                read += 1
    assert read > 5


def covered(packet: netlab.Packet) -> tuple[int, int, bytes]:
    """A recorded datagram as the task gives it: the pseudo-header by hand, the checksum zeroed."""
    ip, udp = packet.layers[1:3]
    version = 4 if isinstance(ip, netlab.IPv4) else 6
    data = packet.data[udp.offset : udp.payload_end]
    ends = ip_address(str(ip.src)).packed + ip_address(str(ip.dst)).packed
    pseudo = ends + len(data).to_bytes(4) + (17).to_bytes(4)
    return version, int.from_bytes(data[6:8]), pseudo + data[:6] + b"\0\0" + data[8:]


def test_checksums_are_those_that_linux_has_sent() -> None:
    versions = set()
    for packet in netlab.read(RECORDED):
        if len(packet.layers) > 2 and isinstance(packet.layers[2], netlab.UDP):
            version, number, data = covered(packet)
            assert tasks.udp_checksum(data) == number
            assert tasks.verdict(version, number, data) == "right"
            assert tasks.verdict(version, number ^ 0x100, data) == "wrong"
            versions.add(version)
    assert versions == {4, 6}


@pytest.mark.needs("tshark")
def test_tshark_takes_the_same_checksums(tmp_path: Path) -> None:
    """A datagram whose sum comes out as 0; one without a checksum, over IPv4 and IPv6."""
    udp = netlab.UDP(src_port=50000, dst_port=50001)
    v4 = netlab.IPv4(src="192.0.2.1", dst="192.0.2.2")
    v6 = netlab.IPv6(src="2001:db8::1", dst="2001:db8::2")
    packets, verdicts = [], []
    for ip in (v4, v6):
        draft = netlab.dissect(bytes(netlab.Ethernet() / ip / udp / b"\0\0"))
        fill = draft[netlab.UDP].checksum.to_bytes(2)
        for number in (None, 0, 1):
            datagram = udp if number is None else udp.replace(checksum=number)
            packet = netlab.dissect(bytes(netlab.Ethernet() / ip / datagram / fill))
            if number is None:
                assert packet[netlab.UDP].checksum == 0xFFFF
            packets.append(packet)
            verdicts.append(tasks.verdict(*covered(packet)))
    assert verdicts == ["right", "left out", "wrong", "right", "not allowed", "wrong"]
    netlab.write(tmp_path / "sums.pcap", packets)
    asked = ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-e", "udp.checksum.status"]
    said = tshark(tmp_path / "sums.pcap", *asked).split()
    good, bad, left_out, illegal = "1", "0", "3", "4"
    assert said == [good, left_out, bad, good, illegal, bad]


@pytest.mark.needs("tshark")
def test_options_are_those_that_tshark_counts() -> None:
    path = netlab.recording("dhcp.pcap")
    said = values(path, ["dhcp.option.type", "dhcp.option.length"])
    read = 0
    for packet, (codes, lengths) in zip(netlab.read(path), said, strict=True):
        if netlab.DHCP in packet:
            found = tasks.dhcp_options(bytes(packet[netlab.DHCP])[240:])
            counted = [int(code) for code in codes.split(",") if code not in ("0", "255")]
            assert [code for code, _ in found] == counted
            assert [len(value) for _, value in found] == [int(each) for each in lengths.split(",")]
            read += 1
    assert read > 8
