"""Live capture on loopback: at how many packets a second none is lost, beside dumpcap."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

RATES = (10_000, 20_000, 40_000, 60_000, 80_000)
SECONDS = 3

SENDER = """
import socket, sys, time
rate, count = int(sys.argv[1]), int(sys.argv[2])
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.connect(("127.0.0.1", 5555))
begin = time.monotonic()
for number in range(count):
    if number % 100 == 0:
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
    sender.send(b"x" * 64)
print(count / (time.monotonic() - begin))
"""
RECEIVER = """
import sys
from netlab.capture.live import Live
with Live("lo", filter="udp port 5555", seconds=float(sys.argv[1])) as live:
    print("ready", flush=True)
    seen = sum(1 for _ in live)
    print(seen, live.statistics.dropped)
"""
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c"]


def inside(receiver: str, rate: int) -> str:
    """What the two print, run in a network of their own; the sender starts when all is ready."""
    python, count = sys.executable, rate * SECONDS
    script = (
        "ip link set lo up; python -c 'import socket, time; "
        's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5555)); '
        f"time.sleep({3 * SECONDS})' & {receiver} & sleep 1.5; "
        f"{python} -c '{SENDER}' {rate} {count}; wait"
    ).replace("python -c 'import", f"{python} -c 'import")
    return subprocess.run([*NAMESPACE, script], capture_output=True, text=True).stdout


def by_netlab(rate: int) -> tuple[float, int]:
    """The rate reached, and how many packets were seen."""
    code = f"{sys.executable} -c '{RECEIVER}' {2 * SECONDS}"
    lines = [line for line in inside(code, rate).splitlines() if line != "ready"]
    reached = next(float(line) for line in lines if "." in line)
    seen = next(int(line.split()[0]) for line in lines if " " in line)
    return reached, seen


def by_dumpcap(rate: int) -> tuple[float, int]:
    """The same by dumpcap, which writes a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seen.pcap"
        code = f"dumpcap -q -i lo -P -f 'udp port 5555' -a duration:{2 * SECONDS} -w {path}"
        said = inside(f"{code} 2>/dev/null", rate)
        said_of_file = subprocess.run(
            ["capinfos", "-c", "-M", "-T", "-r", str(path)], capture_output=True, text=True
        ).stdout
        return float(said.split()[0]), int(said_of_file.split()[1])


def main() -> None:
    """Raise the rate until packets are lost; both at each rate, in turn."""
    print(f"live capture on loopback, {SECONDS} s at each rate, 64 bytes of data a packet")
    for rate in RATES:
        told = []
        for name, work in (("netlab", by_netlab), ("dumpcap", by_dumpcap)):
            time.sleep(0.2)
            reached, seen = work(rate)
            lost = 1 - seen / (rate * SECONDS)
            told.append(f"{name} {reached:9,.0f}/s, {lost:6.2%} lost")
        print("  " + "    ".join(told), flush=True)


if __name__ == "__main__":
    main()
