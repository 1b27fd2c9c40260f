"""Packets a second: netlab, dpkt, scapy and tshark read the same capture in turn, and find each
5-tuple, then all fields of all layers."""

import random
import resource
import socket
import struct
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dpkt
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import PcapReader

import netlab

PACKETS, ROUNDS = 30_000, 8


def make(path: Path, count: int = PACKETS, longest: int = 900) -> None:
    """A mixed capture, always the same: TCP with options, UDP, ICMP; IPv4 and IPv6; some VLANs."""
    netlab.write(path, map(mixed, range(count), [random.Random(1)] * count, [longest] * count))


def mixed(number: int, chance: random.Random, longest: int) -> netlab.Packet:
    """A packet of that capture."""
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
    return netlab.dissect(bytes(frame / upper / bytes(chance.randrange(20, longest))))


FiveTuple = tuple[str, str, int, int, int]


def five_by_netlab(path: Path) -> Iterator[FiveTuple]:
    for packet in netlab.read(path):
        yield packet.five_tuple


def five_by_dpkt(path: Path) -> Iterator[FiveTuple]:
    """With the addresses made text as dpkt's documentation does it."""
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


def five_by_scapy(path: Path) -> Iterator[FiveTuple]:
    with PcapReader(str(path)) as packets:
        for packet in packets:
            ip = packet[IP] if IP in packet else packet[IPv6]
            protocol = ip.proto if IP in packet else ip.nh
            ports = (0, 0)
            for kind in (TCP, UDP):
                if kind in packet:
                    ports = packet[kind].sport, packet[kind].dport
            yield ip.src, ip.dst, protocol, *ports


def five_by_tshark(path: Path) -> Iterator[FiveTuple]:
    """As lines of text; what tshark takes to start is counted too."""
    names = ("src", "dst", "proto"), ("src", "dst", "nxt"), ("srcport", "dstport")
    fields = [f"ip.{name}" for name in names[0]] + [f"ipv6.{name}" for name in names[1]]
    fields += [f"{kind}.{name}" for kind in ("tcp", "udp") for name in names[2]]
    options = [word for field in fields for word in ("-e", field)]
    for line in by_tshark(path, "-T", "fields", *options):
        words = line.rstrip("\n").split("\t")
        source, target, protocol = words[:3] if words[0] else words[3:6]
        ports = words[6:8] if words[6] else words[8:10]
        yield source, target, int(protocol), int(ports[0] or 0), int(ports[1] or 0)


def by_tshark(path: Path, *options: str) -> Iterator[str]:
    """The lines that tshark prints."""
    command = ["tshark", "-n", "-r", str(path), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        yield from process.stdout


Layers = list[dict[str, Any]]


def all_by_netlab(path: Path) -> Iterator[Layers]:
    for packet in netlab.read(path):
        layers = []
        for header in packet.layers:
            values = header.values()
            if "options" in values:
                values["options"] = [option.values() for option in values["options"]]
            layers.append(values)
        yield layers


def all_by_dpkt(path: Path) -> Iterator[Layers]:
    """dpkt reads most fields on unpacking; the others are asked for, under netlab's names."""
    with path.open("rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            frame = dpkt.ethernet.Ethernet(data)
            tags = getattr(frame, "vlan_tags", ())
            ethertype = 0x8100 if tags else frame.type
            ends = {"dst": frame.dst.hex(":"), "src": frame.src.hex(":")}
            yield [
                ends | {"ethertype": ethertype},
                *(
                    {"priority": tag.pri, "drop_eligible": tag.cfi, "vlan_id": tag.id,
                     "ethertype": tag.type} for tag in tags
                ),
                internet_by_dpkt(frame.data),
                *upper_by_dpkt(frame.data.data),
            ]  # fmt: skip


def internet_by_dpkt(ip: Any) -> dict[str, Any]:
    if isinstance(ip, dpkt.ip6.IP6):
        return {
            "version": ip.v, "traffic_class": ip.fc, "flow_label": ip.flow,
            "payload_length": ip.plen, "next_header": ip.nxt, "hop_limit": ip.hlim,
            "src": socket.inet_ntop(socket.AF_INET6, ip.src),
            "dst": socket.inet_ntop(socket.AF_INET6, ip.dst),
        }  # fmt: skip
    return {
        "version": ip.v, "ihl": ip.hl, "dscp": ip.tos >> 2, "ecn": ip.tos & 3,
        "total_length": ip.len, "identification": ip.id,
        "flags": ip.rf << 2 | ip.df << 1 | ip.mf, "fragment_offset": ip.offset >> 3,
        "ttl": ip.ttl, "protocol": ip.p, "checksum": ip.sum,
        "src": socket.inet_ntop(socket.AF_INET, ip.src),
        "dst": socket.inet_ntop(socket.AF_INET, ip.dst),
        "options": options_by_dpkt(ip.opts),
    }  # fmt: skip


def upper_by_dpkt(upper: Any) -> Layers:
    if isinstance(upper, dpkt.tcp.TCP):
        return [
            {"src_port": upper.sport, "dst_port": upper.dport, "seq": upper.seq, "ack": upper.ack,
             "data_offset": upper.off, "reserved": upper._off_flags >> 8 & 15,
             "flags": upper.flags & 255, "window": upper.win, "checksum": upper.sum,
             "urgent_pointer": upper.urp, "options": options_by_dpkt(upper.opts)}
        ]  # fmt: skip
    if isinstance(upper, dpkt.udp.UDP):
        return [
            {"src_port": upper.sport, "dst_port": upper.dport, "length": upper.ulen,
             "checksum": upper.sum}
        ]  # fmt: skip
    echo = upper.data
    return [
        {"type": upper.type, "code": upper.code, "checksum": upper.sum},
        {"identifier": echo.id, "sequence": echo.seq},
    ]


def options_by_dpkt(options: bytes) -> Layers:
    """Those that the capture has: no operation, and timestamps."""
    found = []
    for kind, body in dpkt.tcp.parse_opts(options) if options else ():
        values = {"kind": kind}
        if kind == dpkt.tcp.TCP_OPT_TIMESTAMP:
            value, echo = struct.unpack(">II", body)
            values |= {"length": len(body) + 2, "value": value, "echo_reply": echo}
        found.append(values)
    return found


def all_by_scapy(path: Path) -> Iterator[Layers]:
    """Under scapy's own names."""
    with PcapReader(str(path)) as packets:
        for packet in packets:
            yield [layer.fields for layer in packet.iterpayloads()]


def all_by_tshark(path: Path) -> Iterator[str]:
    """As text; what tshark takes to start is counted too."""
    return by_tshark(path, "-T", "pdml")


Work = Callable[[Path], Iterator[Any]]

TASKS: dict[str, dict[str, Work]] = {
    "5-tuples": {
        "netlab": five_by_netlab, "dpkt": five_by_dpkt, "scapy": five_by_scapy,
        "tshark": five_by_tshark,
    },
    "all fields of all layers": {
        "netlab": all_by_netlab, "dpkt": all_by_dpkt, "scapy": all_by_scapy,
        "tshark": all_by_tshark,
    },
}  # fmt: skip
SLOW = {"scapy": 2, "tshark": 3}
"""Rounds that are enough for those that take long."""


def seconds(work: Work, path: Path) -> float:
    """CPU seconds, children's included, in which all packets are read and the task is done."""

    def spent() -> float:
        return sum(
            usage.ru_utime + usage.ru_stime
            for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    begin = spent()
    deque(work(path), maxlen=0)
    return spent() - begin


def version_of(name: str) -> str:
    if name != "tshark":
        return version(name)
    said = subprocess.run(["tshark", "-v"], capture_output=True, text=True).stdout
    return said.split()[2].rstrip(".")


def agree(path: Path) -> None:
    """All find the same, as far as they name it alike."""
    five, fields = TASKS.values()
    answers = [list(work(path)) for work in five.values()]
    assert all(answer == answers[0] for answer in answers), "5-tuples differ"
    assert list(fields["netlab"](path)) == list(fields["dpkt"](path)), "fields differ"


def main() -> None:
    """Alternate between all, keep each one's best round, print rates and ratios."""
    assert all((ICMP, Dot1Q, Ether))  # loaded, so that scapy knows these layers
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.pcap"
        make(path)
        agree(path)
        best: dict[tuple[str, str], float] = {}
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", end="\r", file=sys.stderr)
            for task, works in TASKS.items():
                for name, work in works.items():
                    if number < SLOW.get(name, ROUNDS):
                        spent = seconds(work, path)
                        best[task, name] = min(spent, best.get((task, name), spent))
    print(f"{PACKETS:,} packets, read from a file; CPU time, best of {ROUNDS} alternating rounds")
    for (task, name), spent in best.items():
        if name == "netlab":
            print(f"{task}:")
        ratio = spent / best[task, "netlab"]
        line = f"  {name:6} {version_of(name):8} {PACKETS / spent:10,.0f} packets/s"
        print(f"{line}   netlab is {ratio:5.1f} times as fast")


if __name__ == "__main__":
    main()
