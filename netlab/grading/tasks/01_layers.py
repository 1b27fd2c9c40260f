"""Lesson 01: which byte belongs to which layer."""

import random
from collections.abc import Iterator

from netlab import dissect
from netlab.grading.task import Case, Misconception, Task
from netlab.packet import Packet
from netlab.wire import TCP, UDP, Ethernet, IPv4
from netlab.wire.ipv4 import NoOperation
from netlab.wire.tcp import MSS, NOP, Timestamps, WindowScale

TCP_OPTIONS = ([], [MSS(mss=1460)], [NOP(), NOP(), Timestamps(value=7)], [WindowScale(shift=7)])


def frame(chance: random.Random) -> Packet:
    """A frame as they occur: TCP or UDP, with and without options, with more or less to carry."""
    address = [f"192.168.{chance.randrange(256)}.{chance.randrange(1, 255)}" for _ in range(2)]
    options = [NoOperation()] * chance.choice((0, 0, 4, 12))
    lower = Ethernet(dst="02:00:00:00:00:14", src="02:00:00:00:00:0a") / IPv4(
        src=address[0], dst=address[1], options=options
    )
    payload = chance.randbytes(chance.randrange(200))
    if chance.random() < 0.3:
        return dissect(bytes(lower / UDP(src_port=40000, dst_port=9999) / payload))
    return dissect(bytes(lower / tcp(chance) / payload))


def tcp(chance: random.Random) -> TCP:
    """A TCP header, with and without options."""
    number, options = chance.randrange(2**32), chance.choice(TCP_OPTIONS)
    return TCP(src_port=40000, dst_port=9999, seq=number, flags="PSH ACK", options=options)


def tcp_frame(chance: random.Random) -> bytes:
    """The bytes of a frame that carries TCP."""
    while TCP not in (packet := frame(chance)):
        pass
    return bytes(packet)


SIMPLE = dissect(
    bytes(Ethernet() / IPv4(src="192.168.1.10", dst="192.168.1.20") / TCP(dst_port=80) / b"GET")
)
"""A frame without options, to begin with."""


def packets(chance: random.Random) -> Iterator[Case]:
    """Thirty frames."""
    return ((frame(chance),) for _ in range(30))


def places(chance: random.Random) -> Iterator[Case]:
    """Bytes of frames, the first and last of each header among them."""
    for _ in range(10):
        packet = frame(chance)
        for header in packet.layers:
            yield packet, header.offset
            yield packet, header.payload_start - 1
        yield packet, len(packet) - 1


def layer_names(packet: Packet) -> list[str]:
    return [header.layer for header in packet.layers]


def header_bytes(packet: Packet) -> list[int]:
    return [header.header_length for header in packet.layers]


def overhead_percent(packet: Packet) -> float:
    return 100 * sum(header_bytes(packet)) / len(packet)


def layer_of(packet: Packet, place: int) -> str:
    return packet.owners()[place]


def ethernet_payload(frame: bytes) -> tuple[int, bytes]:
    header = dissect(frame)[Ethernet]
    return header.ethertype, header.payload


def tcp_data_start(frame: bytes) -> int:
    return dissect(frame)[TCP].payload_start


def _one_too_far(packet: Packet, place: int) -> str:
    """Each layer begins one byte too late."""
    return packet.owners()[max(place - 1, 0)]


def _always_twenty(packet: Packet) -> list[int]:
    usual = {Ethernet: 14, IPv4: 20, TCP: 20, UDP: 8}
    return [usual[type(header)] for header in packet.layers]


def _little_endian(frame: bytes) -> tuple[int, bytes]:
    return int.from_bytes(frame[12:14], "little"), frame[14:]


def _skips_last(frame: bytes) -> tuple[int, bytes]:
    return ethernet_payload(frame)[0], frame[12:]


def _ip(frame: bytes) -> int:
    return (frame[14] & 15) * 4


def _tcp(frame: bytes, start: int) -> int:
    return (frame[start + 12] >> 4) * 4


TASKS = (
    Task(
        "01/layer-names", "layer_names", layer_names, 1, ((SIMPLE,),), packets,
        (
            Misconception(
                lambda packet: [type(header).__name__ for header in packet.layers],
                "Those are the names of the headers' classes; asked are their layers.",
            ),
            Misconception(
                lambda packet: layer_names(packet)[::-1],
                "The layers are right, but begin with the outermost, as the bytes do.",
            ),
        ),
    ),
    Task(
        "01/header-bytes", "header_bytes", header_bytes, 1, ((SIMPLE,),), packets,
        (
            Misconception(
                _always_twenty,
                "IPv4 and TCP headers are 20 bytes only without options: ask each header for "
                "its own length.",
            ),
            Misconception(
                lambda packet: sum(header_bytes(packet)),
                "That is the sum: give a list, one length for each header.",
            ),
        ),
    ),
    Task(
        "01/overhead-percent", "overhead_percent", overhead_percent, 2, ((SIMPLE,),), packets,
        (
            Misconception(
                lambda packet: sum(header_bytes(packet)) / len(packet),
                "The share is right, but in percent it is a hundred times that.",
            ),
            Misconception(
                lambda packet: 100 * sum(header_bytes(packet)[1:]) / len(packet),
                "You leave out the Ethernet header: it travels too.",
            ),
            Misconception(
                lambda packet: 100 - overhead_percent(packet),
                "That is the payload's share. The overhead is the rest.",
            ),
            Misconception(
                lambda packet: 100 * sum(_always_twenty(packet)) / len(packet),
                "You count 20 bytes for IPv4 and TCP: with options they are longer.",
            ),
        ),
    ),
    Task(
        "01/layer-of", "layer_of", layer_of, 2, ((SIMPLE, 0), (SIMPLE, 14)), places,
        (
            Misconception(
                _one_too_far,
                "You are one byte off where a layer begins: a header's last byte is at its "
                "offset plus its length minus 1.",
            ),
        ),
    ),
    Task(
        "01/ethernet-payload", "ethernet_payload", ethernet_payload, 2,
        ((bytes(SIMPLE),),), lambda chance: ((bytes(frame(chance)),) for _ in range(30)),
        (
            Misconception(
                _little_endian,
                "Your type has its two bytes swapped: networks send the most significant byte "
                "first, int.from_bytes(…, 'big').",
            ),
            Misconception(
                _skips_last, "The payload begins after the type: at byte 14, not 12."
            ),
        ),
    ),
    Task(
        "01/tcp-data-start", "tcp_data_start", tcp_data_start, 2,
        ((bytes(SIMPLE),),), lambda chance: ((tcp_frame(chance),) for _ in range(30)),
        (
            Misconception(
                lambda frame: 54,
                "54 is right only without options: both IPv4 and TCP state their own length.",
            ),
            Misconception(
                lambda frame: 34 + _tcp(frame, 34),
                "You take every IPv4 header for 20 bytes: the low half of its first byte says "
                "how long it is, in units of 4 bytes.",
            ),
            Misconception(
                lambda frame: 14 + _ip(frame) + 20,
                "You take every TCP header for 20 bytes: the high half of its byte 12 says how "
                "long it is, in units of 4 bytes.",
            ),
            Misconception(
                lambda frame: 14 + _ip(frame) // 4 + _tcp(frame, 14 + _ip(frame)) // 4,
                "Both lengths count words of 4 bytes: multiply them.",
            ),
            Misconception(
                lambda frame: _ip(frame) + _tcp(frame, 14 + _ip(frame)),
                "You count from the IPv4 header: the frame begins with 14 bytes of Ethernet.",
            ),
        ),
    ),
)  # fmt: skip
