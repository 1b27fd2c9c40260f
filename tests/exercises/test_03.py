"""Exercise 03's right answers, by outside judges: tshark, and frames as Linux sent them."""

import random
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest
from tshark_values import values

import netlab
from netlab.grading.task import all_tasks
from netlab.packet import stack

tasks = import_module("netlab.grading.tasks.03_encapsulation")
CHANCE = random.Random(3)


def said(folder: Path, frames: Iterable[bytes], *names: str) -> list[tuple[str, ...]]:
    """What tshark says of these frames."""
    path = folder / "frames.pcap"
    netlab.write(path, [netlab.dissect(frame) for frame in frames])
    return values(path, names)


@pytest.mark.needs("tshark")
def test_the_numbers_are_those_that_tshark_goes_by(tmp_path: Path) -> None:
    names = {"IPv4": "ip", "ARP": "arp", "IPv6": "ipv6", "TCP": "tcp", "UDP": "udp", "ICMP": "icmp"}
    for what, number in tasks.numbers().items():
        inner, outer = what.split(" in ")
        inside = bytes(getattr(netlab, inner)())
        if outer == "Ethernet":
            frame = netlab.Ethernet(ethertype=number) / inside
        else:
            frame = netlab.Ethernet() / netlab.IPv4(protocol=number) / inside
        (protocols,) = said(tmp_path, [bytes(frame)], "frame.protocols")
        assert names[inner] in protocols[0].split(":")


def unwrap(frame: bytes) -> bytes:
    """What the puzzle's lines do when they are put together."""
    made: dict[str, object] = {}
    exec("\n".join(all_tasks()["03/unwrap"].lines), made)
    return made["unwrap"](frame)  # type: ignore[operator, no-any-return]


@pytest.mark.needs("tshark")
def test_the_data_are_what_tshark_finds(tmp_path: Path) -> None:
    frames = [tasks.padded(frame) for frame in tasks.packets(CHANCE, netlab.UDP)] + tasks.QUERIES
    found = said(tmp_path, frames, "udp.payload")
    assert [unwrap(frame).hex() for frame in frames] == [payload for (payload,) in found]


@pytest.mark.needs("tshark")
def test_a_datagram_is_as_long_as_tshark_takes_it_for(tmp_path: Path) -> None:
    cases = list(tasks.datagrams(CHANCE))
    around = netlab.Ethernet() / netlab.IPv4(protocol=17)
    frames = [bytes(stack(around, tasks.udp(*case))) for case in cases]
    found = said(tmp_path, frames, "udp.srcport", "udp.dstport", "udp.payload")
    assert found == [(str(src), str(dst), data.hex()) for src, dst, data in cases]


@pytest.mark.parametrize("recording", ["http.pcap", "loss.pcap", "ping.pcap", "dhcp.pcap"])
def test_frames_come_out_as_they_were_sent(recording: str) -> None:
    """Of real frames: the receiver's, with the padding of the switch, and the sender's without."""
    for packet in netlab.read(netlab.recording(recording)):
        header = packet[netlab.Ethernet]
        payload = packet.data[14 : len(packet.data) - len(packet.trailer)]
        made = tasks.ethernet(header.dst, header.src, header.ethertype, payload)
        assert made == packet.data.ljust(60, b"\0")


@pytest.mark.needs("tshark")
def test_the_three_numbers_are_tsharks(tmp_path: Path) -> None:
    frames = [*tasks.packets(CHANCE, netlab.TCP, netlab.UDP), *tasks.WEB[2:], *tasks.QUERIES]
    names = ("eth.type", "ip.proto", "tcp.dstport", "udp.dstport")
    for frame, (kind, protocol, tcp, udp) in zip(
        frames, said(tmp_path, frames, *names), strict=True
    ):
        assert tasks.three_numbers(frame) == (int(kind, 16), int(protocol), int(tcp or udp))


@pytest.mark.needs("tshark")
def test_new_data_in_old_headers_are_sound_to_tshark(tmp_path: Path) -> None:
    cases = [(frame, data) for frame, data in tasks.with_other_data(CHANCE) if data]
    frames = [tasks.new_data(*case) for case in cases]
    sums = ("ip.checksum.status", "udp.checksum.status")
    found = said(tmp_path, frames, "udp.payload", "ip.ttl", "ip.id", *sums)
    old = said(tmp_path, [frame for frame, _ in cases], "ip.ttl", "ip.id")
    good = ("1", "1")
    assert found == [
        (data.hex(), *kept, *good) for (_, data), kept in zip(cases, old, strict=True)
    ]


def test_the_wire_carries_what_the_frames_add_up_to() -> None:
    for size, piece in tasks.transfers(CHANCE):
        data, total = bytes(size), 0
        while data:
            frame = netlab.Ethernet() / netlab.IPv4() / netlab.TCP() / data[:piece]
            total += len(tasks.padded(bytes(frame)))
            data = data[piece:]
        assert tasks.on_the_wire(size, piece) == total
