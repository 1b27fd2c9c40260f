"""A morning in an office: the personal capture for an analyser of one's own."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from netlab.header import Header
from netlab.packet import Packet, stack
from netlab.wire import ARP, DNS, ICMP, TCP, UDP, VLAN, Ethernet, ICMPv6, IPv4, IPv6
from netlab.wire.dns import Question
from netlab.wire.icmp import ICMPEcho
from netlab.wire.ipv4_options import NoOperation
from netlab.wire.ipv6_extensions import HopByHop
from netlab.wire.tcp import MSS, NOP, Timestamps

MILLISECOND = 1_000_000
SHORTEST = 60

Frames = list[tuple[int, bytes]]
Script = list[tuple[int, str, bytes]]
"""What a conversation is made of: who sends, with which flags, which data."""

HELLO: Script = [(0, "SYN", b""), (1, "SYN ACK", b""), (0, "ACK", b"")]
BYE: Script = [(0, "FIN ACK", b""), (1, "FIN ACK", b""), (0, "ACK", b"")]
SITES = ("cafe.example", "intranet.example", "print.example:8080", "www.netlab.test")
PATHS = ("/", "/menu", "/news?page=2", "/order", "/a/long/way/to/a/page.html", "/logo.png")


class Host(NamedTuple):
    """A computer, and its addresses in all networks."""

    mac: str
    ipv4: str
    ipv6: str


class Network(NamedTuple):
    """What a conversation goes over: its tags, its version of IP, and IPv4 options if any."""

    tags: tuple[int, ...]
    ip: type[Header]
    options: int

    def around(self, source: Host, target: Host) -> Packet:
        """Ethernet, the tags, and IP from one host to the other."""
        ip: IPv4 | IPv6 = IPv6(src=source.ipv6, dst=target.ipv6)
        if self.ip is IPv4:
            options = [NoOperation()] * self.options
            ip = IPv4(src=source.ipv4, dst=target.ipv4, options=options)
        tags = [VLAN(vlan_id=tag, priority=5) for tag in self.tags]
        return stack(Ethernet(src=source.mac, dst=target.mac), *tags, ip)


def hosts(chance: random.Random) -> list[Host]:
    """Seven computers of one network, each network with addresses of its own."""
    block = f"10.{chance.randrange(256)}.{chance.randrange(256)}"
    prefix = f"2001:db8:{chance.randrange(1, 0xFFFF):x}"
    return [
        Host(f"02:00:00:00:00:{number:02x}", f"{block}.{number}", f"{prefix}::{number:x}")
        for number in chance.sample(range(1, 255), 7)
    ]


def padded(frame: Packet) -> bytes:
    return bytes(frame).ljust(SHORTEST, b"\0")


def page(chance: random.Random) -> Script:
    """A request of HTTP and its answer."""
    method = chance.choice(("GET", "GET", "GET", "HEAD", "POST"))
    host = chance.choice(("Host", "Host", "host", "HOST"))
    body = b"cup=tea" if method == "POST" else b""
    lines = [
        f"{method} {chance.choice(PATHS)} HTTP/1.1", "Accept: */*",
        f"{host}: {chance.choice(SITES)}", f"Content-Length: {len(body)}",
    ]  # fmt: skip
    chance.shuffle(tail := lines[1:])
    request = "\r\n".join([lines[0], *tail, "", ""]).encode() + body
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    answer += b"" if method == "HEAD" else b"hello"
    return [(0, "PSH ACK", request), (1, "PSH ACK", answer), (0, "ACK", b"")]


def shell(chance: random.Random) -> Script:
    """Something that is no HTTP."""
    banner = b"SSH-2.0-OpenSSH_9.2\r\n"
    return [(1, "PSH ACK", banner), (0, "PSH ACK", chance.randbytes(chance.randrange(1, 80)))]


def script(chance: random.Random, kind: str) -> Script:
    """What is said in a conversation of that kind."""
    said = chance.choice((page, page, shell))(chance)
    return {
        "whole": HELLO + page(chance) + BYE,
        "two pages": HELLO + page(chance) + page(chance) + BYE,
        "late": [*HELLO, *said, *BYE][1:],
        "later": [*HELLO, *said][3:],
        "refused": [(0, "SYN", b""), (1, "RST ACK", b"")],
        "unanswered": [(0, "SYN", b"")],
        "half open": HELLO[:2],
        "open": HELLO + said,
        "closing": [*HELLO, *said, (1, "FIN ACK", b""), (0, "ACK", b"")],
        "reset": [*HELLO, *said, (chance.randrange(2), "RST ACK", b"")],
    }[kind]


AGAIN = {"unanswered": 0, "half open": 1, "closing": -2}
"""Which segment of such a conversation is sent a second time."""


def tcp(chance: random.Random, ends: list[Host], network: Network, kind: str) -> list[bytes]:
    """The frames of a conversation over TCP, with sequence numbers that fit."""
    ports = (chance.randrange(49152, 65000), chance.choice((80, 80, 8080, 22, 65001)))
    following = [chance.randrange(2**32) for _ in ends]
    frames = []
    for side, flags, data in script(chance, kind):
        options: list[Header] = [MSS()] if "SYN" in flags else []
        if data and chance.randrange(2):
            options = [NOP(), NOP(), Timestamps(value=chance.randrange(2**32))]
        segment = TCP(
            src_port=ports[side], dst_port=ports[1 - side], flags=flags, options=options,
            seq=following[side], ack=following[1 - side] if "ACK" in flags else 0,
        )  # fmt: skip
        frames.append(padded(stack(network.around(ends[side], ends[1 - side]), segment, data)))
        occupied = len(data) + ("SYN" in flags) + ("FIN" in flags)
        following[side] = (following[side] + occupied) % 2**32
    if kind in AGAIN:
        frames.append(frames[AGAIN[kind]])
    return frames


def dns(chance: random.Random, ends: list[Host], network: Network) -> list[bytes]:
    """A question, and mostly an answer."""
    port, number = chance.randrange(49152, 65536), chance.randrange(2**16)
    name = chance.choice(SITES).partition(":")[0]
    there = stack(network.around(*ends), UDP(src_port=port, dst_port=53))
    back = stack(network.around(*ends[::-1]), UDP(src_port=53, dst_port=port))
    asked = DNS(id=number, rd=1, questions=[Question(name=name)])
    answered = DNS(id=number, qr=1, rd=1, rcode=3, questions=[Question(name=name)])
    frames = [padded(stack(there, asked)), padded(stack(back, answered))]
    return frames[: 1 if chance.randrange(4) == 0 else 2]


def ping(chance: random.Random, ends: list[Host], network: Network) -> list[bytes]:
    """An echo request and its reply; of version 6 sometimes behind a header of its own."""
    frames, kind = [], (128, 129) if network.ip is IPv6 else (8, 0)
    behind = network.ip is IPv6 and chance.randrange(2)
    for number, pair in zip(kind, (ends, ends[::-1]), strict=True):
        frame = network.around(*pair)
        if behind:
            frame = stack(frame, HopByHop())
        icmp = ICMPv6(type=number) if network.ip is IPv6 else ICMP(type=number)
        frames.append(padded(stack(frame, icmp, ICMPEcho(), b"abc")))
    return frames


def arp(ends: list[Host]) -> list[bytes]:
    """Who has the address, and the answer."""
    one, other = ends
    asked = ARP(sender_mac=one.mac, sender_ip=one.ipv4, target_ip=other.ipv4)
    told = ARP(
        operation=2, sender_mac=other.mac, sender_ip=other.ipv4, target_mac=one.mac,
        target_ip=one.ipv4,
    )  # fmt: skip
    return [
        padded(stack(Ethernet(src=one.mac, dst="ff:ff:ff:ff:ff:ff"), asked)),
        padded(stack(Ethernet(src=other.mac, dst=one.mac), told)),
    ]


KINDS = (
    "whole", "two pages", "late", "later", "refused", "unanswered", "half open", "open", "closing",
    "reset",
)  # fmt: skip


def conversations(chance: random.Random, kinds: tuple[str, ...]) -> Iterator[list[bytes]]:
    """Conversations over TCP of those kinds, and what comes with them, each a list of frames."""
    computers = hosts(chance)
    tags = chance.sample(range(2, 4095), 3)
    networks = (
        Network((), IPv4, 0), Network((), IPv4, 4), Network((), IPv6, 0),
        Network((tags[0],), IPv4, 0), Network((tags[0],), IPv6, 0),
        Network((tags[1], tags[2]), IPv4, 0),
    )  # fmt: skip
    for kind in kinds:
        yield tcp(chance, chance.sample(computers, 2), chance.choice(networks), kind)
    for _ in range(chance.randrange(1, 4)):
        yield dns(chance, chance.sample(computers, 2), chance.choice(networks))
        yield ping(chance, chance.sample(computers, 2), chance.choice(networks))
    yield ping(chance, chance.sample(computers, 2), chance.choice((networks[2], networks[4])))
    yield arp(chance.sample(computers, 2))


def morning(chance: random.Random) -> Frames:
    """Conversations of all kinds, with pauses of their own, one in the other."""
    begin = 1_764_000_000_000 * MILLISECOND + chance.randrange(86_400_000) * MILLISECOND
    extra = tuple(chance.choices(KINDS, k=2))
    captured = []
    for frames in conversations(chance, KINDS + extra):
        time = begin + chance.randrange(30_000) * MILLISECOND
        for frame in frames:
            captured.append((time, frame))
            time += chance.randrange(1, 900_000_000)
    return sorted(captured)
