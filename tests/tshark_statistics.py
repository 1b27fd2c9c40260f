"""What tshark counts in a capture: conversations and the hierarchy of protocols."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from netlab.flows import Connection, Traffic
from netlab.monitor import Monitor

SEPARATE = [
    word
    for name in ("ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams")
    for word in ("-o", f"{name}:FALSE")
]
"""Each packet is counted for what it is itself."""


def tshark(path: Path, *options: str) -> str:
    command = ["tshark", "-r", str(path), *SEPARATE, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


SENT = r"\s+(\d+)\s+(\d+ \w+)"
CONVERSATION = re.compile(r"(\S+)\s+<->\s+(\S+)" + SENT + SENT)

Row = tuple[str, str, str, str]
"""A conversation as tshark prints it: the two ends, and what each sent, packets and bytes."""


def printed(traffic: Traffic) -> str:
    """As tshark prints numbers of bytes: from 10,000 on it drops the last digits."""
    for unit, name in ((1_000_000, "MB"), (1000, "kB"), (1, "bytes")):
        if traffic.bytes >= 10 * unit or unit == 1:
            return f"{traffic.packets} {traffic.bytes // unit} {name}"
    raise AssertionError


def conversations(path: Path) -> dict[str, list[Row]]:
    """tshark's conversations, by protocol."""
    found: dict[str, list[Row]] = {"TCP": [], "UDP": []}
    protocol = ""
    for line in tshark(path, "-q", "-z", "conv,tcp", "-z", "conv,udp").splitlines():
        if line.endswith(" Conversations"):
            protocol = line.split()[0]
        match = CONVERSATION.match(line)
        if match:
            left, right, back, back_bytes, there, there_bytes = match.groups()
            found[protocol].append((left, right, f"{there} {there_bytes}", f"{back} {back_bytes}"))
    return found


def hierarchy(capture: Path) -> dict[tuple[str, ...], tuple[int, int]]:
    """tshark's tree of protocols: packets and bytes by path.  Packets with a comment have a tree
    of their own there."""
    said = tshark(capture, "-q", "-z", "io,phs")
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    above: list[str] = []
    for line in said.splitlines():
        match = re.fullmatch(r"( *)(\S+) +frames:(\d+) bytes:(\d+)", line)
        if match:
            indent, name, frames, length = match.groups()
            above[len(indent) // 2 :] = [name]
            path = tuple(each for each in above if each not in ("pkt_comment", "raw"))
            before = found.get(path, (0, 0))
            found[path] = before[0] + int(frames), before[1] + int(length)
    return found


NAMES = {
    "Ethernet": "eth", "Ethernet8023": "eth", "ARP": "arp", "IPv4": "ip", "IPv6": "ipv6",
    "ICMP": "icmp", "ICMPv6": "icmpv6", "IGMP": "igmp", "UDP": "udp", "TCP": "tcp", "DNS": "dns",
    "DHCP": "dhcp", "SLL": "sll", "SLL2": "sll", "Null": "null", "Loop": "null", "LLC": "llc",
}  # fmt: skip
"""tshark's names of the protocols; what stands above others is looked at in tests of its own."""


def disagreements(path: Path, monitor: Monitor, gone: Iterable[Connection] = ()) -> list[str]:
    """Where the monitor of these packets, and connections that it let go, differ from tshark."""
    found = []
    every = [*gone, *monitor.connections]
    for protocol, theirs in conversations(path).items():
        ours = [
            (
                f"{c.client.address}:{c.client.port}", f"{c.server.address}:{c.server.port}",
                printed(c.sent), printed(c.received),
            )
            for c in every
            if c.protocol == protocol
        ]  # fmt: skip
        if either_way(ours) != either_way(theirs):
            found.append(f"{protocol}: {ours}, tshark has {theirs}")
    tree = hierarchy(path)
    for names, protocol in monitor.protocols.walk():
        translated = tuple(NAMES.get(name, "") for name in names)
        counted = protocol.traffic.packets, protocol.traffic.bytes
        if "" not in translated and tree.get(translated) != counted:
            found.append(f"{names}: {counted}, tshark has {tree.get(translated)}")
    return found


def either_way(rows: list[Row]) -> list[tuple[object, ...]]:
    """The rows in an order that does not depend on which end stands first."""
    sides = (sorted([(a, sent), (b, back)]) for a, b, sent, back in rows)
    return sorted(map(tuple, sides))
