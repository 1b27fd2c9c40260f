"""Exercise 13's right answers, held against tshark and the kit's own states."""

import random
import subprocess
from collections import Counter
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path

import pytest
from needs import require

from netlab import read, recording, write
from netlab.flows import Connections
from netlab.packet import Packet
from netlab.practice.office import morning
from netlab.tcp import State

TASKS = import_module("netlab.grading.tasks.13_analyzer")
SEEDS = (1, 2, 3, 99)

Frames = list[tuple[int, bytes]]


def captured(seed: int) -> Frames:
    return morning(random.Random(seed))


def rows(frames: Frames, folder: Path, *fields: str) -> list[list[str]]:
    """tshark's fields of each frame."""
    require("tshark")
    path = folder / "capture.pcap"
    write(path, [Packet(data, "ethernet", time) for time, data in frames])
    off = [
        word for name in ("ip.defragment", "ipv6.defragment") for word in ("-o", f"{name}:FALSE")
    ]
    wanted = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-r", str(path), *off, "-T", "fields", "-E", "separator=|", *wanted]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("|") for line in said.splitlines()]


RECORDINGS = ("http.pcap", "vlan.pcap", "dns.pcap", "fragments.pcap", "spanning_tree.pcap",
              "ping.pcap")  # fmt: skip
CAPTURES: list[tuple[str, Frames]] = [
    *((f"morning {seed}", captured(seed)) for seed in SEEDS),
    *(
        (name, [(packet.time or 0, packet.data) for packet in read(recording(name))])
        for name in RECORDINGS
    ),
]
each_capture = pytest.mark.parametrize(
    "frames", [frames for _, frames in CAPTURES], ids=[name for name, _ in CAPTURES]
)

NUMBERS = {"1": "ICMP", "6": "TCP", "17": "UDP", "58": "ICMPv6"}


@each_capture
def test_tshark_sees_the_same_layers(frames: Frames, tmp_path: Path) -> None:
    found = rows(frames, tmp_path, "frame.protocols", "ieee8021ad.id", "vlan.id", "ip.proto", "ipv6.nxt",
                 "ipv6.fraghdr.nxt", "ipv6.hopopts.nxt")  # fmt: skip
    for (_, frame), (protocols, outer, tags, four, *six) in zip(frames, found, strict=True):
        words = [f"VLAN {tag}" for tag in f"{outer},{tags}".split(",") if tag]
        names = protocols.split(":")
        if "ip" in names:
            words += ["IPv4", NUMBERS.get(four.split(",")[0], "other")]
        elif "ipv6" in names:
            inner = [number for number in six if number in NUMBERS]
            words += ["IPv6", NUMBERS[inner[0]] if inner else "other"]
        else:
            words.append("ARP" if "arp" in names else "other")
        assert TASKS.label(frame) == " ".join(words), protocols


@each_capture
def test_tshark_sees_the_same_ends(frames: Frames, tmp_path: Path) -> None:
    found = rows(frames, tmp_path, "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport",
                 "tcp.dstport", "udp.srcport", "udp.dstport")  # fmt: skip
    for (_, frame), (ip_from, ip_to, from_6, to_6, *ports) in zip(frames, found, strict=True):
        source, target, _, *ours = TASKS.five_tuple(frame)
        wanted = [(ip_from or from_6).split(",")[0], (ip_to or to_6).split(",")[0]]
        assert [source, target] == [str(ip_address(one)) if one else "" for one in wanted]
        if "ICMP" not in TASKS.label(frame):  # tshark also tells the ports that ICMP quotes
            assert ours == ([int(port) for port in ports if port] or [0, 0])


WORDS = {
    frozenset({State.ESTABLISHED}): "open",
    frozenset({State.CLOSE_WAIT, State.FIN_WAIT_2}): "closing",
    frozenset({State.CLOSE_WAIT, State.FIN_WAIT_1}): "closing",
    frozenset({State.ESTABLISHED, State.FIN_WAIT_1}): "closing",
    frozenset({State.TIME_WAIT, State.CLOSED}): "closed",
    frozenset({State.SYN_SENT, State.SYN_RECEIVED}): "opening",
    frozenset({State.ESTABLISHED, State.SYN_RECEIVED}): "opening",
}
"""The kit's states of both ends, and the exercise's word for them."""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kit_sees_the_same_states(seed: int) -> None:
    followed = Connections()
    for time, frame in captured(seed):
        followed.add(Packet(frame, "ethernet", time))
    words = {
        tuple(one.client): "reset" if any(one.resets) else WORDS[frozenset(one.states or ())]
        for one in followed
        if one.protocol == "TCP"
    }
    found = {row[1]: row[5] for row in TASKS.connections(captured(seed)) if row[0] == "TCP"}
    assert found == words
    assert {*found.values()} == {"open", "opening", "closing", "closed", "reset"}


@pytest.mark.parametrize("seed", SEEDS)
def test_tshark_counts_the_same(seed: int, tmp_path: Path) -> None:
    frames = captured(seed)
    found = rows(frames, tmp_path, "tcp.stream", "udp.stream", "frame.len", "frame.time_relative",
                 "http.request.method", "http.host", "http.request.uri")  # fmt: skip
    counted: Counter[str] = Counter()
    for tcp, udp, length, *_ in found:
        if tcp or udp:
            counted[f"TCP {tcp}" if tcp else f"UDP {udp}"] += int(length)
    assert [row[4] for row in TASKS.connections(frames)] == list(counted.values())
    morning = TASKS.morning(frames)
    assert morning["connections"] == len({row[0] for row in found} - {""})
    assert morning["packets"] == len(found)
    assert morning["seconds"] == pytest.approx(float(found[-1][3]))
    asked = [(method, host, uri) for *_, method, host, uri in found if method]
    by_port = [page for page in TASKS.pages(frames) if page]
    assert {f"{method} {host}{uri}" for method, host, uri in asked} <= set(by_port)


def test_the_puzzle_opens_frames() -> None:
    names: dict[str, object] = {}
    exec("\n".join(TASKS.OPEN_FRAME), names)
    open_frame = names["open_frame"]
    assert callable(open_frame)
    for packet in read(recording("vlan.pcap")):
        ethertype, data = open_frame(packet.data)
        assert packet.data.endswith(data)
        assert ethertype in (0x0800, 0x0806, 0x86DD)
