"""A million conversations at once: what the monitor counts, how fast, and in how much memory."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import netlab
from netlab.flows import Connections
from netlab.monitor import Monitor
from netlab.packet import Packet

COUNT = 1_000_000
KEPT = 10_000


def flood(count: int) -> Iterator[Packet]:
    """Packets of as many conversations, a microsecond apart."""
    udp = netlab.IPv4(dst="192.0.2.1") / netlab.UDP(src_port=7, dst_port=9) / b"flood"
    frame = bytearray(bytes(netlab.Ethernet() / udp))
    for number in range(count):
        frame[26:30] = (0x0A000000 + number).to_bytes(4)
        yield Packet(bytes(frame), time=number * 1000)


def peak() -> int:
    """The most memory that this process has had, in bytes.  On Linux; `ru_maxrss` would be at
    least that of the process which started this one."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def drown(counter: Connections | Monitor, count: int) -> tuple[float, int]:
    """Seconds of CPU time that the flood took, and bytes by which memory grew."""
    before, begin = peak(), time.process_time()
    for packet in flood(count):
        counter.add(packet)
    return time.process_time() - begin, peak() - before


def main() -> None:
    """Connections alone, then the whole monitor; every packet must be accounted for."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    print(f"{count:,} conversations, {KEPT:,} kept")
    for counter in (Connections(KEPT), Monitor(max_connections=KEPT)):
        seconds, grown = drown(counter, count)
        connections = counter if isinstance(counter, Connections) else counter.connections
        counted = sum(one.packets for one in connections) + connections.left.packets
        assert counted == connections.total.packets == count
        assert connections.gone.evicted == count - KEPT
        name = type(counter).__name__
        print(f"  {name:12} {count / seconds:9,.0f} packets/s, {grown / 1e6:4.0f} MB more memory")


if __name__ == "__main__":
    main()
