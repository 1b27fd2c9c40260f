"""CONTRIBUTING.md is followed to the letter: what it says of adding a protocol is enough."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECTION = TEXT.partition("## Add a protocol\n")[2].partition("\n## ")[0]


def only(pattern: str) -> str:
    """What the one place in the section says that matches."""
    (found,) = re.findall(pattern, SECTION, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which a contributor has done what the page says."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("netlab", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    place, block = only(r"here `([\w/]+\.py)`"), only(r"```python\n(.*?)```")
    assert len(block.splitlines()) < 40
    (folder / place).write_text(block, "utf-8")
    line, list_of_names = only(r"Then add `(from [^`]+)` to"), only(r"to `([\w/]+\.py)`")
    name = line.split()[-1]
    old = (folder / list_of_names).read_text("utf-8")
    new = old.replace("__all__ = [", f"{line}\n\n__all__ = [\n    {name!r},", 1)
    (folder / list_of_names).write_text(new, "utf-8")
    return folder


def run(folder: Path, *words: str) -> str:
    """What a Python program says that uses the copy."""
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


TUNNEL = """
import netlab
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

assert netlab.__file__.startswith({folder!r})
ends = dict(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
inner = Ether(**ends) / IP(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(sport=7, dport=9) / b"hello"
tunnel = VXLAN(vni=0x123456, flags="Instance")
theirs = Ether(**ends) / IP(id=3) / UDP(sport=50000, dport=4789) / tunnel / inner
packet = netlab.dissect(bytes(theirs))
names = [type(header).__name__ for header in packet.layers]
assert names == ["Ethernet", "IPv4", "UDP", "VXLAN", "Ethernet", "IPv4", "UDP"], names
tunnel, other = packet[netlab.VXLAN], Ether(bytes(theirs))[VXLAN]
assert (tunnel.vni, tunnel.flags) == (0x123456, int(other.flags)) == (other.vni, 8)
assert (tunnel.reserved, tunnel.reserved_2) == (bytes(3), bytes(1))
assert packet.layers[5].src == "10.0.0.1" and packet.layers[6].checksum_ok is True
assert packet.payload == b"hello" and packet.problems == ()
assert "VXLAN(flags=8, reserved=00 00 00, vni=1193046" in repr(tunnel)
assert "vni" in repr(tunnel.explain()) and "vni" in repr(tunnel.picture())

ours = (
    netlab.Ethernet(**ends) / netlab.IPv4(src="127.0.0.1", dst="127.0.0.1", identification=3)
    / netlab.UDP(src_port=50000) / netlab.VXLAN(vni=0x123456)
    / netlab.Ethernet(**ends) / netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", identification=7)
    / netlab.UDP(src_port=7, dst_port=9) / b"hello"
)
assert ours[netlab.UDP].dst_port == 4789
read = Ether(bytes(ours))
assert read[VXLAN].vni == 0x123456 and read[VXLAN][IP].dst == "10.0.0.2"
assert read[Raw].load == b"hello"
assert bytes(ours)[14 + 20 + 8 :] == bytes(theirs)[14 + 20 + 8 :]
print("as said")
"""


def test_a_protocol_of_one_file_is_read_and_built(checkout: Path) -> None:
    assert run(checkout, "-c", TUNNEL.format(folder=str(checkout))) == "as said\n"


def test_the_tests_of_all_headers_take_it_up(checkout: Path) -> None:
    said = run(checkout, "-m", "pytest", "-q", "tests/test_headers.py", "-k", "VXLAN")
    assert re.search(r"^[3-9] passed", said, re.MULTILINE), said


def test_the_file_is_in_the_form_that_make_test_asks_for(checkout: Path) -> None:
    place = only(r"here `([\w/]+\.py)`")
    run(checkout, "-m", "ruff", "check", place)
    run(checkout, "-m", "ruff", "format", "--check", place)
    run(checkout, "-m", "mypy", "--strict", "--follow-imports=silent", place)
