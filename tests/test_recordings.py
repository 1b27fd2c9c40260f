"""The captures that come with the kit: small, listed, sound, and recorded again at will."""

import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from needs import as_root

import netlab
from netlab.data import network, peer, programs  # noqa: F401  importing makes them known
from netlab.data.stage import HERE, RECORDINGS

FILES = sorted(path.name for path in HERE.glob("*.pcap*"))
every_file = pytest.mark.parametrize("name", FILES)

LINKS = {
    "ethernet": "Ethernet", "sll": "Linux cooked v1", "sll2": "Linux cooked v2", "raw": "raw IP",
}  # fmt: skip


def listed() -> dict[str, tuple[str, int]]:
    """Link type and number of packets by file, as the README's table has them."""
    text = (HERE / "README.md").read_text()
    lines = re.findall(r"^\| `(\S+)` \| ([^|]+) \| (\d+) \|", text, re.MULTILINE)
    return {name: (link, int(count)) for name, link, count in lines}


def test_every_file_is_recorded_by_the_script_and_listed() -> None:
    assert set(FILES) == set(RECORDINGS) == set(listed())


def test_all_together_are_small() -> None:
    assert sum((HERE / name).stat().st_size for name in FILES) < 3_000_000


@every_file
def test_the_list_says_what_is_in_the_file(name: str) -> None:
    packets = list(netlab.read(netlab.recording(name)))
    links = {LINKS[packet.link] for packet in packets}
    assert ("".join(links), len(packets)) == listed()[name]


ABANDONED = """
import os, pathlib, sys
from netlab.data.stage import two_hosts
with two_hosts() as (client, server), client.capture(pathlib.Path(sys.argv[1])):
    for host in (client, server):
        print(os.readlink(f"/proc/{host.pid}/ns/net"), flush=True)
    os.kill(os.getpid(), 9)
"""


def inhabited() -> set[str]:
    """The network namespaces in which some process is."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/ns/net"):
        with suppress(OSError):
            found.add(os.readlink(place))
    return found


@pytest.mark.needs("root", "ip", "tcpdump", "ethtool")
def test_nothing_is_left_of_a_recording_that_is_killed(tmp_path: Path) -> None:
    words = [*as_root(), sys.executable, "-c", ABANDONED, str(tmp_path / "left.pcap")]
    made = set(subprocess.run(words, capture_output=True, text=True).stdout.split())
    assert len(made) == 2
    until = time.monotonic() + 10
    while made & inhabited() and time.monotonic() < until:
        time.sleep(0.05)
    assert not made & inhabited()
