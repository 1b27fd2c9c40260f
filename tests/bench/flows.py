"""Packets a second: TCP streams put in order, fragments put together, beside other programs.

Streams: beside what one writes on dpkt in an afternoon (the segments of each direction, sorted and
joined at the end; no findings, no bounds), and tshark following one of the streams.  Fragments:
beside scapy and tshark, which dissects the packets too.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import dpkt
from scapy.layers.inet import IP, defragment
from scapy.plist import PacketList
from scapy.utils import PcapReader

import netlab
from netlab import flows

CONNECTIONS, SEGMENTS, DATAGRAMS, ROUNDS = 20, 3300, 5_000, 3
LINK = netlab.Ethernet(src="02:00:00:00:00:14", dst="02:00:00:00:00:0a")


def downloads(path: Path) -> None:
    """Downloads side by side, an acknowledgement for every two segments; of the segments, one in
    50 comes late and one in 100 twice."""
    chance = random.Random(1)
    queues = [download(number, chance) for number in range(CONNECTIONS)]
    mixed = [packet for turn in zip(*queues, strict=False) for packet in turn]
    netlab.write(
        path, [netlab.Packet(data, "ethernet", n * 10_000) for n, data in enumerate(mixed)]
    )


def download(number: int, chance: random.Random) -> list[bytes]:
    """The frames of one connection."""
    isn, port = chance.randrange(2**32), 40_000 + number

    def frame(sender: str, seq: int, ack: int, flags: str, data: bytes = b"") -> bytes:
        ends = [("10.0.0.1", port), ("10.0.0.2", 80)][:: 1 if sender == "client" else -1]
        (src, src_port), (dst, dst_port) = ends
        tcp = netlab.TCP(
            src_port=src_port, dst_port=dst_port, seq=seq % 2**32, ack=ack % 2**32, flags=flags
        )
        return bytes(LINK / netlab.IPv4(src=src, dst=dst) / tcp / data)

    frames = [frame("client", 99, 0, "SYN"), frame("server", isn, 100, "SYN ACK")]
    at = isn + 1
    for count in range(SEGMENTS):
        data = chance.randbytes(1400)
        made = frame("server", at, 100, "ACK PSH", data)
        late = chance.random() < 0.02 and count > 0
        frames.insert(len(frames) - late, made)
        frames += [made] * (chance.random() < 0.01)
        at += len(data)
        if count % 2:
            frames.append(frame("client", 100, at, "ACK"))
    return frames


def fragments(path: Path) -> None:
    """Datagrams of 5600 bytes, each in four fragments, in the order that scapy needs."""
    chance = random.Random(2)
    packets: list[netlab.Packet] = []
    for number in range(DATAGRAMS):
        ip = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", identification=number)
        whole = netlab.dissect(bytes(LINK / ip / netlab.UDP() / chance.randbytes(5592)))
        packets += flows.fragment(whole, 1420)
    netlab.write(path, packets)


def streams_by_netlab(path: Path) -> dict[int, bytes]:
    """What each client received, by its port."""
    return {each.client.port: each.received for each in flows.conversations(netlab.read(path))}


def streams_by_dpkt(path: Path) -> dict[int, bytes]:
    """The same, done simply."""
    first: dict[int, int] = {}
    found: dict[int, dict[int, bytes]] = defaultdict(dict)
    with path.open("rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            tcp = dpkt.ethernet.Ethernet(data).data.data
            if tcp.sport == 80 and tcp.flags & dpkt.tcp.TH_SYN:
                first[tcp.dport] = tcp.seq + 1
            elif tcp.sport == 80 and tcp.data:
                found[tcp.dport].setdefault((tcp.seq - first[tcp.dport]) % 2**32, tcp.data)
    return {
        port: b"".join(part for _, part in sorted(parts.items())) for port, parts in found.items()
    }


def streams_by_tshark(path: Path) -> dict[int, bytes]:
    """The first stream alone."""
    command = ["tshark", "-r", str(path), "-q", "-z", "follow,tcp,raw,0"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = said.split("Node 1:")[1].splitlines()[1:-1]
    return {40_000: bytes.fromhex("".join(line.strip() for line in lines))}


def fragments_by_netlab(path: Path) -> dict[int, bytes]:
    """The payload of each datagram, by its identification."""
    wholes = flows.Reassembler().reassemble(netlab.read(path))
    return {whole[netlab.IPv4].identification: whole[netlab.IPv4].payload for whole in wholes}


def fragments_by_scapy(path: Path) -> dict[int, bytes]:
    """The same, of a list of all packets, as scapy wants it."""
    with PcapReader(str(path)) as packets:
        wholes = defragment(PacketList(list(packets)))
    return {whole[IP].id: bytes(whole[IP].payload) for whole in wholes}


def fragments_by_tshark(path: Path) -> dict[int, bytes]:
    """The same."""
    fields = ("-T", "fields", "-e", "ip.id", "-e", "ip.reassembled.data")
    command = ["tshark", "-r", str(path), "-Y", "ip.reassembled.data", *fields]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    lines = (line.split("\t") for line in said.splitlines())
    return {int(number, 16): bytes.fromhex(data) for number, data in lines}


Work = Callable[[Path], dict[int, bytes]]


def spent() -> float:
    """CPU seconds of this process and of those that it started."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def compare(path: Path, title: str, works: dict[str, Work]) -> None:
    """Alternate between the programs, keep each one's best round, print rates and ratios."""
    count = sum(1 for _ in netlab.read(path))
    best: dict[str, float] = {}
    results: dict[str, dict[int, bytes]] = {}
    for number in range(ROUNDS):
        for name, work in works.items():
            print(f"round {number + 1} of {ROUNDS}: {name:8}", end="\r", file=sys.stderr)
            begin = spent()
            results[name] = work(path)
            best[name] = min(spent() - begin, best.get(name, float("inf")))
    for name, result in results.items():
        assert result.items() <= results["netlab"].items(), f"{name} and netlab differ"
    print(f"{title}: {count:,} packets; best of {ROUNDS} alternating rounds, CPU time")
    for name in works:
        known = "" if name == "tshark" else version(name)
        rate, ratio = count / best[name], best[name] / best["netlab"]
        print(
            f"  {name:6} {known:8} {rate:10,.0f} packets/s   netlab is {ratio:5.2f} times as fast"
        )


def main() -> None:
    """Both comparisons."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "downloads.pcap"
        downloads(path)
        programs = {
            "netlab": streams_by_netlab,
            "dpkt": streams_by_dpkt,
            "tshark": streams_by_tshark,
        }
        compare(path, "TCP streams", programs)
        path = Path(folder) / "fragments.pcap"
        fragments(path)
        others = {"scapy": fragments_by_scapy, "tshark": fragments_by_tshark}
        compare(path, "fragments", {"netlab": fragments_by_netlab} | others)


if __name__ == "__main__":
    main()
