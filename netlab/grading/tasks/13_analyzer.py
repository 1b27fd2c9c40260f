"""Lesson 13: an analyser of one's own, from the frame's first byte to a capture never seen."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from ipaddress import ip_address
from typing import Any

from netlab import read, recording
from netlab.flows import Connections
from netlab.grading.task import Case, Misconception, Task
from netlab.header import Header
from netlab.http import requests
from netlab.packet import Packet, dissect, stack
from netlab.practice import NOBODY, frames
from netlab.wire import ICMP, TCP, UDP, VLAN, Ethernet, ICMPv6, IPv4, IPv6
from netlab.wire.icmp import ICMPEcho
from netlab.wire.ipv4_options import NoOperation
from netlab.wire.ipv6_extensions import DestinationOptions, Fragment, HopByHop

SECOND = 1_000_000_000
MORNING = "office.morning"

Frames = list[tuple[int, bytes]]
"""A capture: time in nanoseconds and bytes of each frame."""


def recorded(name: str, *numbers: int) -> list[bytes]:
    """Frames of a recording: those with these numbers, or all."""
    found = [packet.data for packet in read(recording(name))]
    return [found[number] for number in numbers] or found


FRAMES = tuple(
    (data,)
    for data in (
        *recorded("http.pcap", 0, 2, 5), *recorded("vlan.pcap", 0, 2, 10, 12),
        *recorded("dns.pcap", 2, 44), *recorded("fragments.pcap", 2, 3, 16, 17),
        *recorded("ping.pcap", 2), *recorded("spanning_tree.pcap", 0),
        *recorded("multicast.pcap", 0, 1),
    )
)  # fmt: skip


# Frames and segments beyond those of the recordings.


@cache
def made(tags: tuple[int, ...], version: int, options: int, kind: str) -> bytes:
    """A frame with these tags, IP of that version with options or headers behind it."""
    ip: Header = IPv6(src="2001:db8::1", dst="2001:db8::2")
    extensions: tuple[Header, ...] = (HopByHop(), DestinationOptions())
    behind = [*extensions[:options]]
    if version == 4:
        ip = IPv4(src="10.0.0.1", dst="10.0.0.2", options=[NoOperation()] * 4 * options)
        behind = []
    echo = ICMP(type=8) if version == 4 else ICMPv6(type=128)
    carried: dict[str, list[Any]] = {
        "TCP": [TCP(src_port=40000, dst_port=80, flags="SYN")],
        "UDP": [UDP(src_port=53, dst_port=40001), b"data"],
        "ICMP": [echo, ICMPEcho(), b"abc"],
        "fragment": [b"\x9c\x40\x00\x50 in the middle of the data"],
        "other": [b"of a protocol that is tried out"],
        "first": [UDP(src_port=5000, dst_port=6000), b"the beginning"],
    }
    if kind == "other" and version == 4:
        ip = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=253)
    elif kind == "other":
        behind, ip = [], IPv6(src="2001:db8::1", dst="2001:db8::2", next_header=253)
    if kind in ("fragment", "first"):
        offset, more = (100, 0) if kind == "fragment" else (0, 1)
        if version == 4:
            flags = "MF" if more else 0
            ip = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, flags=flags,
                      fragment_offset=offset)  # fmt: skip
        else:
            behind = [Fragment(next_header=17, fragment_offset=offset, more_fragments=more)]
    vlans = [VLAN(vlan_id=tag, priority=5) for tag in tags]
    ethertype = {"ethertype": 0x88A8} if len(vlans) > 1 else {}
    return bytes(stack(Ethernet(**ethertype), *vlans, ip, *behind, *carried[kind])).ljust(60, b"\0")


def any_frames(chance: random.Random) -> Iterator[Case]:
    """All versions, tags and transports."""
    for kind in ("TCP", "UDP", "ICMP", "fragment", "first", "other"):
        for version in (4, 6):
            for tags in ((), (chance.choice((1, 7, 300)),), (2, 4000)):
                yield (made(tags, version, chance.randrange(3), kind),)


SYN, ACK, FIN, RST, PSH = 0x02, 0x10, 0x01, 0x04, 0x08
HELLO = [(0, SYN), (1, SYN | ACK), (0, ACK)]
Segments = list[tuple[int, int]]
"""Who sent (0 the client, 1 the server), and the flags."""


def talks(chance: random.Random) -> Iterator[Case]:
    """Conversations that go on for a while, watched from somewhere to somewhere."""
    data = [(0, PSH | ACK), (1, ACK), (1, PSH | ACK), (0, ACK)]
    ends: list[Segments] = [
        [], [(0, FIN | ACK), (1, ACK)], [(1, FIN | PSH | ACK), (0, ACK)], [(0, RST)],
        [(1, RST | ACK)], [(0, FIN | ACK), (1, FIN | ACK), (0, ACK)],
        [(1, FIN | ACK), (1, FIN | ACK)], [(1, FIN | ACK), (0, ACK), (0, FIN | ACK), (1, ACK)],
        [(0, FIN | ACK), (1, RST)],
    ]  # fmt: skip
    for end in ends:
        for begin in (0, 1, 3):
            said = [*HELLO, *data[: chance.randrange(5)], *end]
            yield (said[begin:] if len(said) > begin else HELLO,)
    for length in (1, 2, 3):
        yield (HELLO[:length],)
        yield ([*HELLO[:length], HELLO[length - 1]],)


def captures(chance: random.Random) -> Iterator[Case]:
    """Small captures out of the morning, some a little out of order."""
    morning = frames(MORNING, NOBODY)
    for _ in range(6):
        begin = chance.randrange(60)
        part = morning[begin : begin + chance.randrange(2, 12)]
        if chance.randrange(2):
            chance.shuffle(part)
        yield (part,)


def in_order(chance: random.Random) -> Iterator[Case]:
    morning = frames(MORNING, NOBODY)
    for begin in (0, 11, 30):
        yield (morning[begin : begin + 20],)


def requests_made(chance: random.Random) -> Iterator[Case]:
    """Requests to any port, with and without a host, and what only looks like one."""
    for data in (
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", b"HEAD /x HTTP/1.1\r\nhOsT:b.example\r\n\r\n",
        b"POST /y HTTP/1.1\r\nA: 1\r\nHost: \tc \r\nContent-Length: 1\r\n\r\nx",
        b"GET /old HTTP/1.0\r\n\r\n", b"GETTING / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nGET / HTTP/1.1\r\n", b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    ):  # fmt: skip
        port, ip = chance.choice((80, 8080, 5000)), IPv4(options=[NoOperation()] * 4)
        segment = TCP(src_port=40000, dst_port=port, flags="PSH ACK")
        yield ([(0, bytes(stack(Ethernet(), ip, segment, data)))],)
    udp = stack(Ethernet(), IPv4(), UDP(dst_port=80), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    yield ([(0, bytes(udp))],)


# The right answers.

TRANSPORTS = {(4, 1): "ICMP", (4, 6): "TCP", (4, 17): "UDP", (6, 6): "TCP", (6, 17): "UDP",
              (6, 58): "ICMPv6"}  # fmt: skip


def label(frame: bytes) -> str:
    packet = dissect(frame)
    words = [f"VLAN {header.vlan_id}" for header in packet.layers if isinstance(header, VLAN)]
    outer = packet.layers[len(words) + 1]
    number = packet.five_tuple[2]
    if isinstance(outer, IPv4):
        words += ["IPv4", TRANSPORTS.get((4, number), "other")]
    elif isinstance(outer, IPv6):
        words += ["IPv6", TRANSPORTS.get((6, number), "other")]
    else:
        words.append("ARP" if type(outer).__name__ == "ARP" else "other")
    return " ".join(words)


def five_tuple(frame: bytes) -> tuple[str, str, int, int, int]:
    return dissect(frame).five_tuple


def state(segments: Segments) -> str:
    sent = [0, 0]
    for side, flags in segments:
        sent[side] |= flags
    client, server = sent
    if (client | server) & RST:
        return "reset"
    if client & server & FIN:
        return "closed"
    if (client | server) & FIN:
        return "closing"
    unanswered = (client & SYN and not server & ACK) or (server & SYN and not client & ACK)
    return "opening" if unanswered else "open"


def statistics(packets: Frames) -> dict[str, Any]:
    times = [time for time, _ in packets]
    return {
        "packets": len(packets),
        "bytes": sum(len(frame) for _, frame in packets),
        "seconds": (max(times) - min(times)) / SECOND if times else 0.0,
        "labels": dict(Counter(label(frame) for _, frame in packets)),
    }


def connections(packets: Frames) -> list[Any]:
    said: dict[Any, Segments] = {}
    followed = Connections()
    order = []
    for time, frame in packets:
        packet = Packet(frame, "ethernet", time)
        connection = followed.add(packet)
        if connection is None or connection.protocol not in ("TCP", "UDP"):
            continue
        if connection not in order:
            order.append(connection)
        if TCP in packet:
            sides = {connection.client.port: 0, connection.server.port: 1}
            segment = sides[packet[TCP].src_port], int(packet[TCP].flags)
            said.setdefault(connection, []).append(segment)
    return [
        (
            one.protocol, tuple(one.client), tuple(one.server), one.packets, one.bytes,
            state(said[one]) if one in said else "",
        )
        for one in order
    ]  # fmt: skip


def pages(packets: Frames) -> list[str]:
    found = []
    for _, frame in packets:
        packet = dissect(frame)
        data = packet[TCP].payload if TCP in packet else b""
        if data.startswith((b"GET ", b"HEAD ", b"POST ")):
            request, *_ = requests(data)
            found.append(f"{request.method} {request.headers.get('Host')}{request.target}")
    return found


def morning(packets: Frames) -> dict[str, Any]:
    rows = connections(packets)
    states = Counter(state for *_, state in rows)
    return {
        "packets": len(packets),
        "seconds": statistics(packets)["seconds"],
        "connections": len([row for row in rows if row[0] == "TCP"]),
        "reset": states["reset"],
        "open": states["open"],
        "pages": len(pages(packets)),
    }


# What people write instead.

FIXED = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}


def label_fixed(frame: bytes) -> str:
    return "IPv4 " + FIXED.get(frame[23], "other")


def untagged(frame: bytes) -> tuple[list[int], int, bytes]:
    """The tags' numbers, the ethertype and what it announces."""
    start, tags = 12, []
    while frame[start : start + 2] in (b"\x81\x00", b"\x88\xa8"):
        tags.append(int.from_bytes(frame[start + 2 : start + 4]))
        start += 4
    return tags, int.from_bytes(frame[start : start + 2]), frame[start + 2 :]


def label_by(
    frame: bytes, *, all_tags: bool = True, bits: int = 0xFFF, six: bool = True,
    extensions: bool = True, tagged: bool = True, arp: bool = True,
) -> str:  # fmt: skip
    """The label by hand, each care of which may be left out."""
    tags, ethertype, data = untagged(frame)
    words = [f"VLAN {tag & bits}" for tag in tags][: None if all_tags else 1]
    words = words if tagged else []
    if ethertype == 0x0806 and arp:
        return " ".join([*words, "ARP"])
    if ethertype == 0x0800:
        return " ".join([*words, "IPv4", FIXED.get(data[9], "other")])
    if ethertype != 0x86DD or not six:
        return " ".join([*words, "other"])
    protocol, data = data[6], data[40:]
    while extensions and protocol in (0, 43, 44, 60) and len(data) >= 8:
        protocol, data = data[0], data[8 + data[1] * 8 :]
    return " ".join([*words, "IPv6", FIXED.get(protocol, "other")])


def tuple_by(
    frame: bytes, *, tags: bool = True, ihl: bool = True,
    extensions: tuple[int, ...] = (0, 43, 44, 60), fragments: bool = True,
    ports: tuple[int, ...] = (6, 17), six: bool = True,
) -> tuple[str, str, int, int, int]:  # fmt: skip
    """The 5-tuple by hand, each care of which may be left out."""
    _, ethertype, data = untagged(frame)
    if not tags:
        ethertype, data = int.from_bytes(frame[12:14]), frame[14:]
    first = True
    if ethertype == 0x0800:
        ends, protocol = (data[12:16], data[16:20]), data[9]
        first = not int.from_bytes(data[6:8]) & 0x1FFF
        data = data[(data[0] & 15) * 4 if ihl else 20 :]
    elif ethertype == 0x86DD and six:
        ends, protocol, data = (data[8:24], data[24:40]), data[6], data[40:]
        while protocol in extensions and len(data) >= 8:
            if protocol == 44:
                first = not int.from_bytes(data[2:4]) >> 3
            protocol, data = data[0], data[8 + (data[1] * 8 if protocol != 44 else 0) :]
    else:
        return "", "", 0, 0, 0
    source, target = (str(ip_address(end)) for end in ends)
    if protocol in ports and (first or not fragments):
        return source, target, protocol, int.from_bytes(data[:2]), int.from_bytes(data[2:4])
    return source, target, protocol, 0, 0


def hex_addresses(frame: bytes) -> tuple[str, str, int, int, int]:
    source, target, *rest = five_tuple(frame)
    packed = [ip_address(one).packed.hex() if one else "" for one in (source, target)]
    return packed[0], packed[1], rest[0], rest[1], rest[2]


def last_flags(segments: Segments) -> str:
    """The state by the last segment alone."""
    flags = segments[-1][1]
    for bit, word in ((RST, "reset"), (FIN, "closed"), (SYN, "opening")):
        if flags & bit:
            return word
    return "open"


def exactly(segments: Segments) -> str:
    """Flags compared as a whole: FIN together with ACK is not seen."""
    bare = [(side, flags if flags in (SYN, SYN | ACK, ACK, FIN, RST) else ACK)
            for side, flags in segments]  # fmt: skip
    return state(bare)


def one_fin(segments: Segments) -> str:
    found = state(segments)
    return "closed" if found == "closing" else found


def no_reset(segments: Segments) -> str:
    return state([(side, flags & ~RST) for side, flags in segments])


def two_fins(segments: Segments) -> str:
    """Two FINs, whoever sent them."""
    fins = sum(bool(flags & FIN) for _, flags in segments)
    found = state(segments)
    return "closed" if found == "closing" and fins > 1 else found


def needs_syn(segments: Segments) -> str:
    """Who has not seen the beginning takes it for one that is still opening."""
    found = state(segments)
    seen = any(flags & SYN for _, flags in segments)
    return "opening" if found == "open" and not seen else found


def open_early(segments: Segments) -> str:
    """Open as soon as the server has answered."""
    found = state(segments)
    answered = any(flags & (SYN | ACK) == SYN | ACK for _, flags in segments)
    return "open" if found == "opening" and answered else found


def statistics_but(packets: Frames, **other: Any) -> dict[str, Any]:
    return statistics(packets) | other


def in_file_order(packets: Frames) -> dict[str, Any]:
    span = (packets[-1][0] - packets[0][0]) / SECOND if packets else 0.0
    return statistics_but(packets, seconds=span)


def rows_but(packets: Frames, change: Callable[[Any], Any]) -> list[Any]:
    return [change(row) for row in connections(packets)]


def one_way(packets: Frames) -> list[Any]:
    """A row for each direction."""
    found: dict[Any, list[Any]] = {}
    for time, frame in packets:
        source, target, protocol, *ports = five_tuple(frame)
        if protocol in (6, 17):
            key = protocol, (source, ports[0]), (target, ports[1])
            found.setdefault(key, []).append((time, frame))
    return [
        ("TCP" if key[0] == 6 else "UDP", key[1], key[2], len(rows),
         sum(len(frame) for _, frame in rows), connections(rows)[0][5])
        for key, rows in found.items()
    ]  # fmt: skip


def first_speaks(row: Any) -> Any:
    """The client by the higher port."""
    protocol, client, server, *rest = row
    low, high = sorted((client, server), key=lambda end: end[1])
    return protocol, high, low, *rest


def pages_by(
    packets: Frames, *, port: int = 0, host: bool = True, start: int = 0,
    methods: tuple[bytes, ...] = (b"GET ", b"HEAD ", b"POST "), anywhere: bool = False,
) -> list[str]:  # fmt: skip
    """Pages by hand, each care of which may be left out."""
    found = []
    for _, frame in packets:
        packet = dissect(frame)
        if TCP not in packet or (port and packet[TCP].dst_port != port):
            continue
        data = frame[start:] if start else packet[TCP].payload
        if not (data.startswith(methods) or (anywhere and b"GET " in data)):
            continue
        lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, target, *_ = lines[0].split(" ")
        names = [line.partition(":") for line in lines[1:]]
        values = [
            value.strip() for name, _, value in names if name == "Host" or
            (host and name.lower() == "host")
        ]  # fmt: skip
        found.append(f"{method} {''.join(values)}{target}")
    return found


OPEN_FRAME = (
    "def open_frame(frame):",
    "    start = 12",
    '    while frame[start : start + 2] in (b"\\x81\\x00", b"\\x88\\xa8"):',
    "        start += 4",
    '    ethertype = int.from_bytes(frame[start : start + 2], "big")',
    "    return ethertype, frame[start + 2 :]",
)
ONE_TAG = '    if frame[start : start + 2] == b"\\x81\\x00":'
TWO_BYTES = "        start += 2"
LITTLE = '    ethertype = int.from_bytes(frame[start : start + 2], "little")'


TASKS = (
    Task(
        "13/open-frame",
        answer="open_frame_order",
        lines=OPEN_FRAME,
        extra=(ONE_TAG, TWO_BYTES, LITTLE),
        hints=(
            "First find the place where the type stands, then read it, then cut.",
            "A tag has four bytes and stands where the type would be: two that say that it is a "
            "tag, two with the number. There may be more than one.",
            "Begin behind the two addresses; as long as a tag stands there, go on by its length.",
        ),
        misconceptions=(
            Misconception(
                (*OPEN_FRAME[:2], ONE_TAG, *OPEN_FRAME[3:]),
                "That passes over one tag. There may be two, and the outer one has a type of its "
                "own (IEEE 802.1Q clause 9.6).",
            ),
            Misconception(
                (*OPEN_FRAME[:3], TWO_BYTES, *OPEN_FRAME[4:]),
                "You take the tag's number for the type: a tag has four bytes.",
            ),
            Misconception(
                (*OPEN_FRAME[:4], LITTLE, OPEN_FRAME[5]),
                "Networks send the most significant byte first.",
            ),
            Misconception(
                (*OPEN_FRAME[:2], OPEN_FRAME[4], *OPEN_FRAME[2:4], OPEN_FRAME[5]),
                "You read the type before you have passed over the tags.",
            ),
        ),
    ),
    Task(
        "13/label",
        answer="label",
        reference=label,
        points=2,
        examples=FRAMES,
        more=any_frames,
        hints=(
            "The given code knows one kind of frame. Which bytes does it take for granted?",
            "Pass over the tags first and note their numbers: the low 12 bits of the two bytes "
            "behind each mark.",
            "In IPv6 go on while the next header is 0, 43, 44 or 60: its first byte says what "
            "follows, its second how long it is.",
        ),
        misconceptions=(
            Misconception(
                label_fixed,
                "You take every frame for IPv4 without a tag: byte 23 means something else in all "
                "others.",
            ),
            Misconception(
                lambda frame: label_by(frame, tagged=False),
                "Tags are passed over well. They belong into the label, too.",
            ),
            Misconception(
                lambda frame: label_by(frame, bits=0xFFFF),
                "The number of a VLAN has 12 bits. The four above it are a priority and a mark "
                "(IEEE 802.1Q clause 9.6).",
            ),
            Misconception(
                lambda frame: label_by(frame, all_tags=False),
                "A frame may have two tags. Name both.",
            ),
            Misconception(
                lambda frame: label_by(frame, six=False),
                "IPv6 is missing: ethertype 0x86dd.",
            ),
            Misconception(
                lambda frame: label_by(frame, extensions=False),
                "Between IPv6 and its transport other headers may stand: 0, 43, 44 and 60 are "
                "none of the transports (RFC 8200 section 4).",
            ),
            Misconception(
                lambda frame: label_by(frame, arp=False),
                "ARP has a label of its own.",
            ),
        ),
    ),
    Task(
        "13/five-tuple",
        answer="five_tuple",
        reference=five_tuple,
        points=3,
        examples=FRAMES,
        more=any_frames,
        hints=(
            "Build it of the parts of the lesson: the frame, IP of each version, what may stand "
            "behind IPv6, the ports.",
            "A fragment that is not the first begins in the middle of the data: what looks like "
            "ports there is none.",
            "IPv4 has the fragment's place in the low 13 bits of bytes 6 and 7; IPv6's fragment "
            "header in the high 13 bits of its bytes 2 and 3.",
        ),
        misconceptions=(
            Misconception(
                lambda frame: tuple_by(frame, tags=False),
                "A VLAN tag stands before IP: you take such a frame for something else.",
            ),
            Misconception(
                lambda frame: tuple_by(frame, six=False),
                "IPv6 has a 5-tuple as well.",
            ),
            Misconception(
                lambda frame: tuple_by(frame, ihl=False),
                "You take every IPv4 header for 20 bytes: `ihl` says how long it is "
                "(RFC 791 section 3.1).",
            ),
            Misconception(
                lambda frame: tuple_by(frame, extensions=()),
                "You take the first number behind IPv6 for the transport. Other headers may stand "
                "between (RFC 8200 section 4).",
            ),
            Misconception(
                lambda frame: tuple_by(frame, extensions=(0, 43, 60)),
                "Nearly: IPv6 also has a header for fragments, number 44 (RFC 8200 section 4.5).",
            ),
            Misconception(
                lambda frame: tuple_by(frame, fragments=False),
                "You read ports in the middle of somebody's data: only the first fragment has any.",
            ),
            Misconception(
                lambda frame: tuple_by(frame, ports=(1, 6, 17, 58)),
                "ICMP has no ports: what stands there are its type, its code and its checksum.",
            ),
            Misconception(
                hex_addresses,
                "Write addresses as people do: `str(ip_address(...))` of the bytes.",
            ),
        ),
    ),
    Task(
        "13/state",
        answer="state",
        reference=state,
        points=3,
        examples=(
            ([(0, SYN)],),
            (HELLO[:2],),
            (HELLO,),
            ([(0, PSH | ACK), (1, ACK)],),
            ([*HELLO, (0, FIN | ACK), (1, ACK)],),
            ([*HELLO, (0, FIN | ACK), (1, FIN | ACK), (0, ACK)],),
            ([(0, SYN), (1, RST | ACK)],),
            (HELLO[1:],),
            ([(0, SYN), (1, SYN), (0, SYN | ACK), (1, SYN | ACK)],),
        ),
        more=talks,
        hints=(
            "Do not follow the segments one by one: collect what each side has ever sent.",
            "`sent[side] |= flags` collects. Then ask the questions of the table from the top.",
            "A side's SYN is unanswered as long as the *other* side has not sent any ACK.",
        ),
        misconceptions=(
            Misconception(
                last_flags,
                "You look at the last segment only. It says nothing of what went before: after a "
                "FIN come ACKs.",
            ),
            Misconception(
                exactly,
                "You compare the flags as a whole. A FIN mostly comes with an ACK: test the bit, "
                "with `&`.",
            ),
            Misconception(
                one_fin,
                "A FIN closes one direction only. The other side may go on sending for hours "
                "(RFC 9293 section 3.6).",
            ),
            Misconception(
                two_fins,
                "Two FINs may be one that was sent again. Each *side* must have sent one.",
            ),
            Misconception(
                no_reset,
                "An RST ends the connection at once, for both sides (RFC 9293 section 3.5.2).",
            ),
            Misconception(
                needs_syn,
                "Many captures begin in the middle. Without any SYN, and with data passing, the "
                "connection is open.",
            ),
            Misconception(
                open_early,
                "A SYN,ACK is a question as well: until the client acknowledges it, the "
                "handshake is not complete.",
            ),
        ),
    ),
    Task(
        "13/statistics",
        answer="statistics",
        reference=statistics,
        points=2,
        tolerance=1e-6,
        capture=MORNING,
        examples=(([],), ([(5 * SECOND, FRAMES[0][0]), (7 * SECOND // 2, FRAMES[3][0])],)),
        more=captures,
        hints=(
            "Four counts, each of them one line.",
            "The time comes from the packets: the latest less the earliest, in seconds.",
            "`max` and `min` of the times, divided by 1_000_000_000; no packets take 0 seconds. A "
            "`Counter` of the labels is a table.",
        ),
        misconceptions=(
            Misconception(
                in_file_order,
                "You take the first and the last in the file for the earliest and the latest. "
                "Packets may be a little out of order.",
            ),
            Misconception(
                lambda packets: statistics_but(
                    packets, seconds=statistics(packets)["seconds"] * SECOND
                ),
                "Those are nanoseconds. Asked for are seconds.",
            ),
            Misconception(
                lambda packets: statistics_but(packets, seconds=0.0),
                "All in no time: do you ask the clock? The packets know when they came.",
            ),
            Misconception(
                lambda packets: statistics_but(
                    packets, bytes=sum(len(frame) - 14 for _, frame in packets)
                ),
                "Ethernet's header travels too: count whole frames.",
            ),
        ),
    ),
    Task(
        "13/connections",
        answer="connections",
        reference=connections,
        points=4,
        capture=MORNING,
        examples=(([],), ([(number, data) for number, data in enumerate(recorded("http.pcap"))],)),
        more=in_order,
        hints=(
            "Make a key of `five_tuple` that is the same for both directions, as in exercise 12.",
            "Keep for each key the two ends, the packets and bytes, and the list of segments that "
            "`state` wants: who sent, and byte 13 of the TCP header.",
            "The client is the source of the first packet; if that is a SYN,ACK, its destination. "
            "A segment's side is 0 when its source is the client.",
        ),
        misconceptions=(
            Misconception(
                one_way,
                "Each direction stands for itself. One connection is both.",
            ),
            Misconception(
                lambda packets: rows_but(packets, first_speaks),
                "You take the side with the higher port for the client: ports say nothing of who "
                "began.",
            ),
            Misconception(
                lambda packets: [row for row in connections(packets) if row[0] == "TCP"],
                "UDP is missing. It has conversations too, only without a state.",
            ),
            Misconception(
                lambda packets: rows_but(
                    packets, lambda row: (*row[:5], row[5] or ("open" if row[0] == "UDP" else ""))
                ),
                'UDP has no states: nobody opens anything. Give `""`.',
            ),
            Misconception(
                lambda packets: sorted(connections(packets), key=lambda row: -row[4]),
                "All is there. Put them in the order in which they began.",
            ),
        ),
    ),
    Task(
        "13/pages",
        answer="pages",
        reference=pages,
        points=2,
        capture=MORNING,
        examples=(
            ([(number, data) for number, data in enumerate(recorded("http.pcap"))],),
            ([(number, data) for number, data in enumerate(recorded("tcp.pcap")[:6])],),
        ),
        more=requests_made,
        hints=(
            "Only TCP counts, on any port; what matters is how its data begin.",
            "`data_offset` says where the data begin, and IP where they end: exercise 01 has that "
            "function. The kit's `packet[netlab.TCP].payload` has it too.",
            "The head ends at the blank line. Its first line has the method and the target; find "
            "the host among the others, in any case.",
        ),
        misconceptions=(
            Misconception(
                lambda packets: pages_by(packets, port=80),
                "You look at port 80 only. HTTP is spoken on others as well: look at the bytes.",
            ),
            Misconception(
                lambda packets: pages_by(packets, host=False),
                "`host`, `Host` and `HOST` are the same name (RFC 9110 section 5.1).",
            ),
            Misconception(
                lambda packets: pages_by(packets, methods=(b"GET ",)),
                "Pages are also asked for with `HEAD` and `POST`.",
            ),
            Misconception(
                lambda packets: pages_by(packets, start=54),
                "You begin at byte 54: with a tag, IPv6 or options the data begin elsewhere.",
            ),
            Misconception(
                lambda packets: pages_by(packets, methods=(b"GET", b"HEAD", b"POST")),
                "A method ends with a space. `GETTING` is another word.",
            ),
            Misconception(
                lambda packets: [page.split(" ", 1)[1] for page in pages(packets)],
                "The pages are right. The method stands before each.",
            ),
        ),
    ),
    Task(
        "13/morning",
        answer="morning",
        reference=morning,
        points=2,
        tolerance=0.001,
        capture=MORNING,
        hints=(
            "Your functions give all of it: `statistics`, `connections` and `pages`.",
            "`connections(packets)` gives rows: the first member is the protocol, the last the "
            "state. Count those that fit.",
            "`sum(row[0] == 'TCP' for row in rows)` counts; the same with the last member and a "
            "state.",
        ),
        misconceptions=(
            Misconception(
                lambda packets: morning(packets) | {"connections": len(connections(packets))},
                "Conversations over UDP are no connections. Count TCP's only.",
            ),
            Misconception(
                lambda packets: (
                    morning(packets)
                    | {"connections": len([row for row in one_way(packets) if row[0] == "TCP"])}
                ),
                "You count each direction for itself.",
            ),
            Misconception(
                lambda packets: (
                    morning(packets) | {"seconds": morning(packets)["seconds"] * SECOND}
                ),
                "The time is in nanoseconds. Asked for are seconds.",
            ),
            Misconception(
                lambda packets: (
                    morning(packets)
                    | {"open": sum(row[5] in ("open", "opening") for row in connections(packets))}
                ),
                "A connection whose handshake is not complete is not open yet.",
            ),
        ),
    ),
)
