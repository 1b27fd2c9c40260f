"""Exercise 04's right answers, by outside judges: tshark, a switch's frames, Linux' ARP cache."""

import json
import random
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import needs
import pytest
from tshark_values import values

import netlab
from netlab.practice import frames, link, seed_of

tasks = import_module("netlab.grading.tasks.04_link")
CHANCE = random.Random(4)


def said(folder: Path, frames: Iterable[bytes], *names: str) -> list[tuple[str, ...]]:
    """What tshark says of these frames."""
    path = folder / "frames.pcap"
    netlab.write(path, [netlab.dissect(frame) for frame in frames])
    return values(path, names)


@pytest.mark.needs("tshark")
def test_tshark_draws_the_same_line_between_types_and_lengths(tmp_path: Path) -> None:
    numbers = {text: int(text, 16) for text in tasks.AT_12}
    frames = [bytes(12) + number.to_bytes(2) + bytes(1500) for number in numbers.values()]
    found = {}
    for text, (length, kind, wrong) in zip(
        numbers, said(tmp_path, frames, "eth.len", "eth.type", "eth.invalid_lentype"), strict=True
    ):
        found[text] = "neither" if wrong else "length" if length else "type" if kind else ""
    assert tasks.at_12() == found


@pytest.mark.needs("tshark")
def test_addresses_are_of_the_kind_that_tshark_says(tmp_path: Path) -> None:
    addresses = [address for (address,) in tasks.addresses(CHANCE)] + list(tasks.ADDRESSES)
    frames = [bytes(netlab.Ethernet(dst=address) / bytes(46)) for address in addresses]
    kinds = {("True", "True"): "group", ("True", "False"): "group",
             ("False", "True"): "chosen", ("False", "False"): "maker"}  # fmt: skip
    for address, (group, chosen) in zip(
        addresses, said(tmp_path, frames, "eth.dst.ig", "eth.dst.lg"), strict=True
    ):
        truth = {"1": "True", "0": "False"}
        kind = kinds[truth.get(group, group), truth.get(chosen, chosen)]
        assert tasks.kind(address) == ("everybody" if address == tasks.EVERYBODY else kind)


@pytest.mark.needs("tshark")
def test_tags_are_read_as_tshark_reads_them(tmp_path: Path) -> None:
    frames = [*tasks.tagged(CHANCE), *tasks.TAGGED]
    fields = ("priority", "dei", "id")
    names = [f"{tag}.{field}" for tag in ("ieee8021ad", "vlan") for field in fields]
    etypes = ("eth.type", "ieee8021ah.etype", "vlan.etype")
    found = said(tmp_path, frames, *names, *etypes)
    for frame, columns in zip(frames, found, strict=True):
        outer, inner = (
            list(zip(*([int(text, 0) for text in column.split(",") if text] for column in three)))
            for three in (columns[:3], columns[3:6])
        )
        assert tasks.tags(frame) == outer + inner
        innermost = [column for column in columns[6:] if column][-1]
        assert tasks.ethertype(frame) == int(innermost.split(",")[-1], 16)


def test_a_tag_is_put_on_as_the_switch_did_it() -> None:
    seen = 0
    for frame in tasks.TAGGED:
        ((priority, _, vlan_id), *more) = tasks.tags(frame)
        if not more:
            assert tasks.add_tag(frame[:12] + frame[16:], priority, vlan_id) == frame
            seen += 1
    assert seen > 5


@pytest.mark.needs("tshark")
def test_what_is_not_content_is_padding_to_tshark(tmp_path: Path) -> None:
    frames = [*tasks.filled(CHANCE), *(frame for (frame,) in tasks.TASKS[5].examples)]
    names = ("eth.padding", "eth.trailer", "vlan.trailer")
    for frame, texts in zip(frames, said(tmp_path, frames, *names), strict=True):
        padding = bytes.fromhex("".join(texts).replace(":", ""))
        start = 14 + 4 * len(tasks.tags(frame))
        assert tasks.content(frame) == frame[start : len(frame) - len(padding)]


KERNEL = """
import json, socket, subprocess, sys, time
events = json.load(sys.stdin)
for command in (
    "ip link set lo up", "ip link add near type veth peer name far",
    "ip link set near address 02:00:00:00:00:0a", "ip addr add 192.168.1.10/24 dev near",
    "ip link set near up", "ip link set far up", "sysctl -qw net.ipv4.neigh.near.locktime=0",
):
    subprocess.run(command.split(), check=True)
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
far.bind(("far", 0))
answers = []
for method, ip, frame in events:
    if method == "hear":
        far.send(bytes.fromhex(frame))
        time.sleep(0.05)
    else:
        said = json.loads(subprocess.run(["ip", "-j", "neigh", "show", "dev", "near"],
                                         capture_output=True, text=True, check=True).stdout)
        known = {entry["dst"]: entry.get("lladdr") for entry in said}
        answers.append(known.get(ip))
print(json.dumps(answers))
"""
"""A namespace with one network card; what it is sent, and what Linux' ARP cache then holds."""


def kernel(events: list[Any]) -> list[str | None]:
    way = next(way[:-1] for way in needs.NAMESPACES if not subprocess.run(way).returncode)
    done = subprocess.run(
        [*way, sys.executable, "-c", KERNEL], input=json.dumps(events), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    answers: list[str | None] = json.loads(done.stdout)
    return answers


def question(ip: str, address: str, target: str) -> str:
    arp = netlab.ARP(sender_ip=ip, sender_mac=address, target_ip=target)
    return bytes(netlab.Ethernet(src=address, dst=tasks.EVERYBODY) / arp).hex()


@pytest.mark.needs("namespaces", "ip", "sysctl")
def test_the_cache_learns_from_whom_linux_learns() -> None:
    """Without growing old, which Linux does in its own way (it asks before it forgets)."""
    me, other, third, nobody = tasks.ME, tasks.OTHER, tasks.THIRD, tasks.NOBODY
    story: list[Any] = []
    for ip, address, target in (
        (other, tasks.A, third), (other, tasks.A, me), (third, tasks.A, other),
        (other, tasks.B, third), (nobody, tasks.A, me), (third, tasks.B, me),
        (third, tasks.A, me),
    ):  # fmt: skip
        story.append(("hear", ip, address, target, 0))
        story += [("look_up", asked, 0) for asked in (other, third, nobody)]
    events = [
        ("hear", None, question(*rest[:3])) if method == "hear" else (method, rest[0], None)
        for method, *rest in story
    ]
    answers = kernel(events)
    assert {tasks.A, tasks.B, None} == set(answers)
    assert link.arp_cache(tasks.ArpCache, me, 60, story) == answers


@pytest.mark.parametrize("student", ["", "ada@example.org", "grace", "4711"])
def test_a_capture_has_one_liar(student: str) -> None:
    """The owner had announced its address at its own start; the liar had one of its own."""
    captured = frames("link.spoofed", seed_of(student))
    found = tasks.takeover(captured)
    announced = {}
    for _, data in captured:
        arp = netlab.dissect(data)[netlab.ARP]
        if arp.sender_ip == arp.target_ip:
            announced[arp.sender_ip] = arp.sender_mac
    assert announced[found["ip"]] == found["owner"]
    assert found["liar"] in announced.values()
    assert found["liar"] != found["owner"]
    assert not [p for _, data in captured for p in netlab.dissect(data).problems]
    assert [time for time, _ in captured] == sorted({time for time, _ in captured})
