"""tshark as the judge: each field of each layer, its value and the byte at which it stands."""

import logging
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest
import situations
from agreement import differences, held
from allowances import ALLOWANCES
from needs import as_root
from round_trip import failures, sound
from tshark import tshark
from tshark_table import NAMES

import netlab
from netlab.capture.links import LINK_TYPES
from netlab.data.stage import HERE

pytestmark = pytest.mark.needs("tshark")

RECORDINGS = sorted(path.name for path in HERE.glob("*.pcap*"))
QUICK = ["http", "refused", "dns", "ping", "traceroute", "fragments", "mtu", "tls", "options",
         "loopback", "any", "any_v1", "tunnel", "offload"]  # fmt: skip
"""Recordings that take a second or two."""

BATCHES, BATCH = 20, 1050
"""Packets at random: so many times so many."""


NEVER_MET = {"GroupRecord.auxiliary"}
"""What neither programs nor scapy make here."""


def check(path: Path, seen: Counter[str]) -> dict[int, list[str]]:
    """The differences in a file, by the packet's number."""
    return held(netlab.read(path), tshark(path), seen)


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_field_of_the_recording(name: str) -> None:
    seen: Counter[str] = Counter()
    assert check(netlab.recording(name), seen) == {}
    assert sum(seen.values()) > 0


@pytest.mark.needs("root", "ip", "tcpdump", "nginx", "curl", "dnsmasq", "dig", "traceroute")
def test_every_field_of_what_real_programs_say_now(tmp_path: Path) -> None:
    script = [sys.executable, str(HERE / "record.py"), *QUICK, "--into", str(tmp_path)]
    subprocess.run([*as_root(), *script], check=True, capture_output=True)
    files = sorted(tmp_path.iterdir())
    assert len(files) == len(QUICK)
    assert {path.name: check(path, Counter()) for path in files} == {
        path.name: {} for path in files
    }


class Judged(NamedTuple):
    """What became of packets at random: counts of what was compared, and what differs."""

    seen: Counter[str]
    differences: list[str]
    alone: list[str]
    changed: list[str]


def judge(batch: int, folder: Path) -> Judged:
    """Make a batch of packets and hold them against tshark, and against what is built of them."""
    from packets import packets

    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    path = folder / f"batch{batch}.pcapng"
    made = list(packets(BATCH, seed=batch))
    netlab.write(path, made)
    judged = Judged(Counter(packets=len(made)), [], [], [])
    for packet, theirs in zip(netlab.read(path), tshark(path), strict=True):
        what = f"{packet.link}: {packet.comment}: "
        judged.differences.extend(what + line for line in differences(packet, theirs, judged.seen))
        judged.changed.extend(what + line for line in failures(packet))
        judged.seen["built anew"] += sound(packet)
        if packet.problems and "," not in packet.comment and not theirs.complains:
            judged.alone.append(what + str(packet.problems[0]))
    path.unlink()
    return judged


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Over 20,000 packets that scapy builds; two processes halve the time."""
    folder = tmp_path_factory.mktemp("batches")
    whole = Judged(Counter(), [], [], [])
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as workers:
        tasks = [workers.submit(judge, batch, folder) for batch in range(BATCHES)]
        for task in tasks:
            part = task.result()
            whole.seen.update(part.seen)
            for mine, theirs in zip(whole[1:], part[1:], strict=True):
                mine.extend(theirs)
    return whole


def test_every_field_of_packets_at_random(judged: Judged) -> None:
    assert judged.differences == []
    assert judged.seen["packets"] >= 20_000


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Each packet that a program sent, three times, with other bits changed in its headers."""
    from dice import DICE
    from packets import flipped

    DICE.seed(4)
    packets = [
        netlab.Packet(flipped(packet.data), packet.link, 0, packet.wire_length)
        for name in RECORDINGS
        for packet in netlab.read(netlab.recording(name))
        for _ in range(3)
    ]
    path = tmp_path_factory.mktemp("damaged") / "damaged.pcapng"
    netlab.write(path, packets)
    seen: Counter[str] = Counter()
    return Judged(seen, list(chain.from_iterable(check(path, seen).values())), [], [])


def test_every_field_of_damaged_recordings(damaged: Judged) -> None:
    assert damaged.differences == []


def test_what_tshark_finds_nothing_odd_in_is_sound(judged: Judged) -> None:
    assert judged.alone == []


def test_packets_at_random_are_built_anew_the_same(judged: Judged) -> None:
    assert judged.changed == []
    assert judged.seen["built anew"] > 10_000


@pytest.fixture(scope="module")
def met(judged: Judged, damaged: Judged, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """What was compared, and what was allowed, in all packets there are."""
    from test_situations import CONTRADICTIONS, SITUATIONS

    seen = judged.seen + damaged.seen
    folder = tmp_path_factory.mktemp("situations")
    situations.differences(SITUATIONS | CONTRADICTIONS, folder, seen)
    for name in RECORDINGS:
        check(netlab.recording(name), seen)
    return seen


def test_nothing_stands_in_the_table_in_vain(met: Counter[str]) -> None:
    """Each name in the table was held against some field."""
    compared = {where for where, names in NAMES.items() if not names.startswith("-")}
    assert compared - set(met) <= NEVER_MET


def test_nothing_is_allowed_in_vain(met: Counter[str]) -> None:
    """For some difference there is but this one allowance."""
    assert {each.__name__ for each in ALLOWANCES} <= set(met)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_recording_is_sound_and_built_anew_the_same(name: str) -> None:
    for packet in netlab.read(netlab.recording(name)):
        assert [problem for problem in packet.problems if problem.layer != "Packet"] == []
        assert all(header.checksum_ok is not False for header in packet.layers)
        assert list(failures(packet)) == []


def test_a_wrong_checksum_is_wrong_for_both(tmp_path: Path) -> None:
    packets = list(netlab.read(netlab.recording("http.pcap")))
    damaged = bytearray(packets[5].data)
    damaged[130] ^= 1
    path = tmp_path / "damaged.pcap"
    netlab.write(path, [netlab.dissect(bytes(damaged))])
    (theirs,) = tshark(path)
    (packet,) = netlab.read(path)
    assert theirs.fields["tcp.checksum.status", 50][0].shown == "0"
    assert packet[netlab.TCP].checksum_ok is False
    assert list(differences(packet, theirs)) == []


@pytest.mark.parametrize("number", [number for number, name in LINK_TYPES.items() if name == "raw"])
def test_all_numbers_of_raw_ip_are_it_for_tshark_too(number: int, tmp_path: Path) -> None:
    """12 and 14 are what BSD's kernels call it; 101 is what belongs into files."""
    path = tmp_path / "raw.pcap"
    netlab.write(path, [netlab.IPv4() / netlab.UDP() / b"data"])
    data = bytearray(path.read_bytes())
    assert data[20:24] == (101).to_bytes(4, sys.byteorder)
    data[20:24] = number.to_bytes(4, sys.byteorder)
    path.write_bytes(data)
    assert [packet.link for packet in netlab.read(path)] == ["raw"]
    assert check(path, Counter()) == {}


def test_a_difference_is_noticed() -> None:
    """The comparison itself can fail: one changed bit in any header byte is found."""
    path = netlab.recording("http.pcap")
    packet, theirs = list(netlab.read(path))[2], list(tshark(path))[2]
    for place in range(74):
        changed = bytearray(packet.data)
        changed[place] ^= 0x10
        assert list(differences(netlab.dissect(bytes(changed)), theirs)), place
