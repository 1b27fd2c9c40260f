"""A million packets read from a file, and written to one: packets a second, and the memory that it
takes beyond the bare interpreter's, of netlab and others in turn."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKETS, PATTERN, ROUNDS = 1_000_000, 10_000, 3
SLICE = 20_000
"""Packets that scapy reads: all of them would take minutes."""

MAKE = """
import sys
sys.path.append({bench!r})
from dissect import make
from pathlib import Path
make(Path({path!r}), {count}, 100)
"""

READ = {
    "netlab": "import netlab\nfor packet in netlab.read({path!r}): count += 1",
    "netlab, 5-tuples": (
        "import netlab\nfor packet in netlab.read({path!r}): count += 1; packet.five_tuple"
    ),
    "netlab, pcapng": "import netlab\nfor packet in netlab.read({path!r} + 'ng'): count += 1",
    "netlab, writing": (
        "import netlab\ncount = netlab.write({path!r} + '.again', netlab.read({path!r}))"
    ),
    "netlab, writing pcapng": (
        "import netlab\ncount = netlab.write({path!r} + 'ng', netlab.read({path!r}))"
    ),
    "dpkt": (
        "import dpkt\n"
        "with open({path!r}, 'rb') as file:\n for packet in dpkt.pcap.Reader(file): count += 1"
    ),
    "scapy": (
        "from itertools import islice\nfrom scapy.all import PcapReader\n"
        f"for packet in islice(PcapReader({{path!r}}), {SLICE}): count += 1"
    ),
}
"""What each does, as the source of a program of its own; `count` is the number of packets."""

PROGRAMS = {
    "capinfos": ["capinfos", "-c", "{path}"],
    "tshark": ["tshark", "-n", "-r", "{path}", "-T", "fields", "-e", "frame.number"],
}

ASK = """
import resource, sys, time
count, begin = 0, time.process_time()
{work}
print(count, time.process_time() - begin)
try:
    status = open("/proc/self/status").read()
    print(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
except OSError:  # not Linux
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
"""`ru_maxrss` of a process is on Linux at least its parent's, the high-water mark is its own."""


def python(code: str) -> tuple[int, float, float]:
    """Run a program of its own: packets, CPU seconds, peak of memory in MB."""
    words = [sys.executable, "-c", ASK.format(work=code)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    count, seconds, peak = said.split()
    return int(count), float(seconds), int(peak) / 1e6


def program(words: list[str]) -> tuple[int, float, float]:
    """The same of a program that is not Python; no peak where it is lower than this program's."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = usage.ru_maxrss if usage.ru_maxrss > own else 0
    return PACKETS, usage.ru_utime + usage.ru_stime, peak * 1024 / 1e6


def make(path: Path) -> None:
    """The mixed capture of dissect.py, short packets, repeated."""
    code = MAKE.format(bench=str(Path(__file__).parent), path=str(path), count=PATTERN)
    subprocess.run([sys.executable, "-c", code], check=True)
    once = path.read_bytes()
    with path.open("ab") as file:
        for _ in range(PACKETS // PATTERN - 1):
            file.write(once[24:])


def main() -> None:
    """Alternate between all, keep each one's best round, print rates and peaks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.pcap"
        begin = time.monotonic()
        make(path)
        size = path.stat().st_size / 1e6
        print(f"{PACKETS:,} packets, {size:.0f} MB, made in {time.monotonic() - begin:.0f} s")
        _, _, bare = python("")
        best: dict[str, tuple[int, float, float]] = {}
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", end="\r", file=sys.stderr)
            for name in sorted(READ, key=lambda name: name == "netlab, pcapng"):
                found = python(READ[name].format(path=str(path)))
                best[name] = min(found, best.get(name, found), key=lambda each: each[1])
            for name, words in PROGRAMS.items() if number == 0 else ():
                found = program([word.format(path=path) for word in words])
                best[name] = min(found, best.get(name, found), key=lambda each: each[1])
    print(f"CPU time, best of {ROUNDS} alternating rounds; memory beyond the bare {bare:.0f} MB")
    for name, (count, seconds, peak) in best.items():
        memory = f"{peak - bare:8.1f} MB more" if peak else ""
        print(f"  {name:22} {count / seconds:12,.0f} packets/s {memory}")


if __name__ == "__main__":
    main()
