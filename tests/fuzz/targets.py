"""What is fuzzed: functions of bytes that raise for nothing, whatever the bytes are, and seeds."""

import gzip
import json
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

import arrivals
import numpy as np
from everything import declared, look_at_everything, show_everything

import netlab
from netlab import http
from netlab.chat.messages import ChatError, Message, parse
from netlab.flows.fragments import POLICIES
from netlab.header import Header
from netlab.monitor import Monitor
from netlab.packet import LINKS
from netlab.wire.chat import KINDS

HEADERS = sorted(
    {kind for kind in declared() if kind.fields and not kind.__subclasses__()},
    key=lambda kind: kind.__name__,
)
"""Those that stand in packets; the others are what they have in common."""
LINK_NAMES = sorted(LINKS)
SCRATCH = tempfile.TemporaryDirectory(prefix="netlab-fuzz-")
FOLDER = Path(SCRATCH.name)
PACKETS = 200
"""Packets of a file at most that are looked at."""


def whole(data: bytes, link: str | type[Header]) -> None:
    """Take bytes apart; they come back as they were."""
    packet = netlab.dissect(data, link)
    look_at_everything(packet)
    assert bytes(packet) == data


def dissect(data: bytes) -> None:
    """The first byte chooses a link type."""
    if data:
        whole(data[1:], LINK_NAMES[data[0] % len(LINK_NAMES)])


def dns(data: bytes) -> None:
    """A message, and, if it is sound, the same compressed: it says the same."""
    whole(data, netlab.DNS)
    packet = netlab.dissect(data, netlab.DNS)
    if packet.layers and not any(packet.layers[0].faults()):
        message = packet[netlab.DNS]
        short = message.compressed()
        assert list(short.faults()) == []
        assert said(short) == said(message)


def said(message: netlab.DNS) -> list[str]:
    """What the questions and records of a message say."""
    lists = (message.questions, message.answers, message.authorities, message.additionals)
    return [entry.summary() for entries in lists for entry in entries]


def show(data: bytes) -> None:
    """The same, as pictures, words and dumps."""
    if data:
        show_everything(netlab.dissect(data[1:], LINK_NAMES[data[0] % len(LINK_NAMES)]))


def header(data: bytes) -> None:
    """The first byte chooses one of all headers."""
    if len(data) > 1:
        whole(data[1:], HEADERS[data[0] % len(HEADERS)])


def capture(data: bytes) -> None:
    """A file: packets, then at most a `CaptureError`; what was read is written and read again."""
    path, again = FOLDER / "read", FOLDER / "again.pcapng"
    path.write_bytes(data)
    packets: list[netlab.Packet] = []
    try:
        for packet in netlab.read(path):
            packets.append(packet)
            if len(packets) == PACKETS:
                break
    except netlab.CaptureError as error:
        assert str(path) in str(error)  # noqa: PT017
    for packet in packets:
        assert bytes(packet) == packet.data
        repr(packet), packet.problems, packet.summary()
    try:
        netlab.write(again, packets)
    except ValueError:  # a time before 1970, more comments than one can hold
        return
    assert seen(netlab.read(again)) == seen(iter(packets))


def fragments(data: bytes) -> None:
    """Fragments in any order; the first byte chooses who wins where they overlap."""
    policy = POLICIES[data[0] % 3] if data else "first"
    arrivals.reassemble(arrivals.fragments(data[1:]), policy)


def streams(data: bytes) -> None:
    """TCP segments in any order, likewise."""
    policy = POLICIES[data[0] % 2] if data else "first"
    arrivals.follow(arrivals.segments(data[1:]), policy)


def web(data: bytes) -> None:
    """HTTP in both directions: messages, their bodies unpacked, their problems in words."""
    for closed in (True, False):
        for message in [*http.requests(data, closed=closed), *http.responses(data, closed=closed)]:
            assert 0 <= message.start <= message.end <= len(data)
            [*map(str, message.problems)], repr(message.headers), str(message), message.closes
            with suppress(http.ContentError):
                _ = message.content


def talk(data: bytes) -> None:
    """A message of the chat."""
    if data:
        with suppress(ChatError):
            assert bytes(parse(data))


def statistics(data: bytes) -> None:
    """Packets counted one by one, and the same packets as a table; one byte tells the length of
    each, another the time since the one before."""
    packets, time = [], 0
    while len(data) > 2:
        size, wait, data = data[0], data[1], data[2:]
        time += wait * 1_000_000_000
        packets.append(netlab.dissect(data[:size]))
        packets[-1].time = time
        data = data[size:]
    monitor = Monitor(max_hosts=4, max_connections=3, history=5)
    for packet in packets:
        monitor.add(packet)
    counted = sum(one.packets for one in monitor.connections)
    assert counted + monitor.connections.left.packets + monitor.connections.others.packets == len(
        packets
    )
    json.dumps(monitor.snapshot())
    path = FOLDER / "table.pcap"
    netlab.write(path, packets)
    columns = netlab.table(path)
    found = zip(*(np.asarray(columns[name]).tolist() for name in FIVE_TUPLE), strict=True)
    assert list(found) == [packet.five_tuple for packet in packets]


FIVE_TUPLE = ("src", "dst", "ip_protocol", "src_port", "dst_port")


def seen(packets: Iterator[netlab.Packet]) -> list[tuple[object, ...]]:
    """What a file keeps of packets."""
    return [(p.data, p.link, p.time or 0, p.comment, p.interface) for p in packets]


MESSAGES = {"http": netlab.HTTP, "dns": netlab.DNS, "dhcp": netlab.DHCP, "tls": netlab.TLS}
"""Messages that are taken apart on their own."""

TARGETS: dict[str, Callable[[bytes], None]] = {
    "dissect": dissect,
    "show": show,
    "header": header,
    "pcap": capture,
    "pcapng": capture,
    **{name: partial(whole, link=kind) for name, kind in MESSAGES.items()},
    "dns": dns,
    "fragments": fragments,
    "streams": streams,
    "web": web,
    "talk": talk,
    "statistics": statistics,
}


def seeds(target: str) -> Iterator[bytes]:
    """Good input to begin with: what the recordings hold, in the form that the target takes."""
    if target in arrivals.SEEDS:
        yield from arrivals.SEEDS[target]
    elif target in ("dissect", "show"):
        yield from (bytes([LINK_NAMES.index(p.link)]) + p.data for p in recorded())
    elif target == "header":
        found = {
            (type(layer), layer.header_length): layer for p in recorded() for layer in p.layers
        }
        for layer in found.values():
            yield bytes([HEADERS.index(type(layer))]) + layer._data[layer.offset :]
    elif target == "statistics":
        frames = [p.data for p in recorded() if p.link == "ethernet" and len(p) < 256]
        yield from (b"".join(bytes([len(f), 1]) + f for f in frames[n : n + 9]) for n in range(40))
    elif target == "talk":
        yield from (bytes(Message(kind, "Ada", "hello")) for kind in KINDS)
    elif target == "web":
        body = gzip.compress(b'{"a": 1}', mtime=0)
        packed = b"Content-Encoding: gzip\r\nContent-Type: application/json\r\n"
        yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n" % (len(body), packed) + body
        yield b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        yield from seeds("http")
    elif target in MESSAGES:
        for packet in recorded():
            if MESSAGES[target] in packet:
                yield packet.data[packet[MESSAGES[target]].offset :]
    else:
        yield from _files(recorded()[:12], target)


@cache
def recorded() -> list[netlab.Packet]:
    """Of the recordings' packets one of each kind: with the same headers and about that size."""
    found: dict[object, netlab.Packet] = {}
    for path in sorted(netlab.recording("http.pcap").parent.glob("*.pcap*")):
        for packet in netlab.read(path):
            if packet.link in LINKS:
                key = packet.link, len(packet) // 32, *map(type, packet.layers)
                found.setdefault(key, packet)
    return list(found.values())


def _files(packets: list[netlab.Packet], suffix: str) -> Iterator[bytes]:
    """A file of these packets, and one of each kind of record and block that there is."""
    path = FOLDER / f"seed.{suffix}"
    for number, packet in enumerate(packets):
        packet.comment, packet.interface = f"number {number}", f"eth{number % 2}"
    netlab.write(path, [packet for packet in packets if packet.link == packets[0].link])
    yield path.read_bytes()
    for order in "<>":
        pack = struct.pack
        if suffix == "pcap":
            for magic, rest in ((0xA1B2C3D4, 0), (0xA1B23C4D, 0), (0xA1B2CD34, 8)):
                record = pack(order + "4I", 1, 2, 14, 60) + bytes(rest + 14)
                yield pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1) + record * 2
            continue
        options = pack(order + "2H8s2H4s2H", 1, 8, b"comments", 1, 4, b"more", 0, 0)
        interface = pack(
            order + "2HI2H4s2H4s2Hq", 1, 0, 60, 2, 4, b"eth0", 9, 1, b"\x8a", 14, 8, -1
        )
        blocks = [
            (0x0A0D0D0A, pack(order + "I2Hq", 0x1A2B3C4D, 1, 0, -1)), (1, interface),
            (6, pack(order + "5I", 0, 1, 2, 8, 9) + bytes(8) + options),
            (3, pack(order + "I", 8) + bytes(8)), (4, options), (5, bytes(20)), (0xBAD, bytes(8)),
            (2, pack(order + "2H4I", 0, 1, 2, 3, 8, 9) + bytes(8) + options),
        ]  # fmt: skip
        yield b"".join(
            pack(order + "2I", kind, len(body) + 12) + body + pack(order + "I", len(body) + 12)
            for kind, body in blocks
        )
