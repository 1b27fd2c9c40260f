"""Packets a second: netlab, dpkt and scapy read the same capture in turn and find each 5-tuple."""

import random
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import dpkt
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import PcapReader

import netlab

PACKETS, ROUNDS = 30_000, 8


def make(path: Path) -> None:
    """A mixed capture, always the same: TCP with options, UDP, ICMP; IPv4 and IPv6; some VLANs."""
    chance = random.Random(1)
    packets = []
    for number in range(PACKETS):
        ends = [chance.randrange(1, 250) for _ in range(2)]
        if number % 5 == 0:
            lower = netlab.IPv6(src=f"2001:db8::{ends[0]}", dst=f"2001:db8::{ends[1]}")
        else:
            lower = netlab.IPv4(src=f"10.0.0.{ends[0]}", dst=f"10.0.1.{ends[1]}")
        ports = {"src_port": 40_000 + chance.randrange(999), "dst_port": 5001}
        if number % 20 == 1:
            upper = netlab.ICMP() / netlab.ICMPEcho(sequence=number % 65536)
        elif number % 3 == 0:
            upper = netlab.UDP(**ports)
        else:
            stamps = netlab.wire.tcp.Timestamps(value=number)
            nop = netlab.wire.tcp.NOP()
            upper = netlab.TCP(**ports, seq=number, flags="ACK", options=[nop, nop, stamps])
        link = netlab.Ethernet(src="02:00:00:00:00:0a", dst="02:00:00:00:00:14")
        frame = link / netlab.VLAN(vlan_id=7) / lower if number % 10 == 3 else link / lower
        packets.append(netlab.dissect(bytes(frame / upper / bytes(chance.randrange(20, 900)))))
    netlab.write(path, packets)


FiveTuple = tuple[str, str, int, int, int]


def by_netlab(path: Path) -> Iterator[FiveTuple]:
    """The kit."""
    for packet in netlab.read(path):
        yield packet.five_tuple


def by_dpkt(path: Path) -> Iterator[FiveTuple]:
    """dpkt, with its addresses made text as its documentation does it."""
    with path.open("rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(data).data
            if isinstance(ip, dpkt.ip.IP):
                family, protocol = socket.AF_INET, ip.p
            else:
                family, protocol = socket.AF_INET6, ip.nxt
            upper = ip.data
            ports = (0, 0)
            if isinstance(upper, dpkt.tcp.TCP | dpkt.udp.UDP):
                ports = upper.sport, upper.dport
            source, target = socket.inet_ntop(family, ip.src), socket.inet_ntop(family, ip.dst)
            yield source, target, protocol, *ports


def by_scapy(path: Path) -> Iterator[FiveTuple]:
    """scapy."""
    with PcapReader(str(path)) as packets:
        for packet in packets:
            ip = packet[IP] if IP in packet else packet[IPv6]
            protocol = ip.proto if IP in packet else ip.nh
            ports = (0, 0)
            for kind in (TCP, UDP):
                if kind in packet:
                    ports = packet[kind].sport, packet[kind].dport
            yield ip.src, ip.dst, protocol, *ports


def seconds(work: Callable[[Path], Iterator[FiveTuple]], path: Path) -> float:
    """CPU seconds in which all packets are read, dissected and their 5-tuples found."""
    begin = time.process_time()
    deque(work(path), maxlen=0)
    return time.process_time() - begin


def main() -> None:
    """Alternate between the three, keep each one's best round, print rates and ratios."""
    assert all((ICMP, Dot1Q, Ether))  # loaded, so that scapy knows these layers
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.pcap"
        make(path)
        assert list(by_netlab(path)) == list(by_dpkt(path)) == list(by_scapy(path)), "they differ"
        best: dict[Callable[[Path], Iterator[FiveTuple]], float] = {}
        for number in range(ROUNDS):
            for work in (by_netlab, by_dpkt, by_scapy):
                print(f"round {number + 1} of {ROUNDS}", end="\r", file=sys.stderr)
                if work is by_scapy and number > 1:
                    continue  # it takes long, and two rounds tell enough
                spent = seconds(work, path)
                best[work] = min(spent, best.get(work, spent))
    print(f"5-tuples of {PACKETS:,} packets, read from a file; best of {ROUNDS} alternating rounds")
    for work, name in ((by_netlab, "netlab"), (by_dpkt, "dpkt"), (by_scapy, "scapy")):
        rate, ratio = PACKETS / best[work], best[work] / best[by_netlab]
        line = f"  {name:6} {version(name):8} {rate:10,.0f} packets/s"
        print(f"{line}   netlab is {ratio:5.1f} times as fast")


if __name__ == "__main__":
    main()
