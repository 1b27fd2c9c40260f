"""Bytes as fragments and segments that arrive, for whoever throws anything at `netlab.flows`."""

import struct
from collections.abc import Iterator

import netlab
from netlab import flows
from netlab.wire.ipv6_extensions import Fragment

FRAGMENT, SEGMENT = struct.Struct(">BHB"), struct.Struct(">BBHHBBB")
"""One byte that tells what is made, then numbers, and how many bytes of data follow."""

SEEDS = {
    # a packet in three fragments; the same out of order, with overlap; IPv6
    "fragments": [
        bytes([0]) + b"".join(FRAGMENT.pack(kind | more, at, 16) + bytes(16) for at, more in order)
        for kind in (0x12, 0x32)
        for order in (((0, 1), (16, 1), (32, 0)), ((32, 0), (8, 1), (0, 1), (16, 1)))
    ],
    # a handshake, data both ways, one segment late, the close
    "streams": [
        bytes([0])
        + SEGMENT.pack(0, 2, 9, 0, 9, 1, 0) + SEGMENT.pack(1, 18, 70, 10, 9, 1, 0)
        + SEGMENT.pack(0, 16, 14, 71, 9, 1, 4) + b"late" + SEGMENT.pack(0, 24, 10, 71, 9, 1, 4)
        + b"data" + SEGMENT.pack(1, 24, 71, 18, 9, 1, 4) + b"tell"
        + SEGMENT.pack(0, 17, 18, 75, 9, 1, 0) + SEGMENT.pack(1, end, 75, 19, 9, 1, 0)
        for end in (17, 4)
    ],
}  # fmt: skip
"""Good input to begin with, as the fuzz targets of these names take it."""


def fragments(data: bytes) -> Iterator[netlab.Packet]:
    """Fragments of two packets, IPv4 or IPv6, at any place, with any protocol's header amid them;
    some cut by the capture."""
    at = 0
    while at + FRAGMENT.size <= len(data):
        kind, place, length = FRAGMENT.unpack_from(data, at)
        at += FRAGMENT.size
        payload, at = data[at : at + length], at + length
        more, offset, number = kind & 1, place >> (3 if kind & 2 else 11), kind >> 2 & 1
        protocol = (1, 6, 17, 44)[kind >> 3 & 3]
        if kind & 0x20:
            six = Fragment(
                next_header=protocol, fragment_offset=offset, more_fragments=more,
                identification=number,
            )  # fmt: skip
            packet = netlab.IPv6() / six / payload
        else:
            packet = netlab.IPv4(
                protocol=protocol, flags=more, fragment_offset=offset, identification=number
            ) / payload  # fmt: skip
        kept = len(packet) - (payload[:1] or b"\0")[0] % 64 if kind & 0x40 else len(packet)
        yield netlab.Packet(bytes(packet)[:kept], "raw", at << 33, len(packet))


def segments(data: bytes) -> Iterator[netlab.Packet]:
    """Segments of four connections, both ways, with any flags, near each other or far apart."""
    at = time = 0
    while at + SEGMENT.size <= len(data):
        kind, flags, seq, ack, window, step, length = SEGMENT.unpack_from(data, at)
        at += SEGMENT.size
        payload, at = data[at : at + length], at + length
        time += step << 24
        ports = [4000 + (kind >> 1 & 3), 80][:: 1 - 2 * (kind & 1)]
        shift = 16 if kind & 8 else 0
        tcp = netlab.TCP(
            src_port=ports[0], dst_port=ports[1], seq=seq << shift, ack=ack << shift, flags=flags,
            window=window << 4,
        )  # fmt: skip
        ip = netlab.IPv4(src=f"10.0.0.{kind & 1}", dst=f"10.0.0.{1 - (kind & 1)}")
        packet = ip / tcp / payload
        kept = len(packet) - (kind >> 4)
        yield netlab.Packet(bytes(packet)[:kept], "raw", time, len(packet))


def reassemble(packets: Iterator[netlab.Packet], policy: str) -> None:
    """Put fragments together; nothing raises, and memory stays within limits."""
    reassembler = flows.Reassembler(overlap=policy, max_datagrams=3, max_bytes=4000)
    for packet in packets:
        whole = reassembler.add(packet)
        if whole is not None:
            assert netlab.dissect(whole.data, whole.link).layers == whole.layers
        assert reassembler.held <= reassembler.max_bytes
    reassembler.close()
    assert reassembler.held == 0
    assert flows.MEANINGS.keys() >= reassembler.findings.counts.keys()


def follow(packets: Iterator[netlab.Packet], policy: str) -> None:
    """Put segments in order, and count; nothing raises, no chunk leaves a hole, memory stays
    within limits."""
    ends: dict[tuple[flows.Conversation, str], int] = {}

    def look(chunks: list[flows.Chunk]) -> None:
        for chunk in chunks:
            key = chunk.conversation, chunk.sender
            assert chunk.offset == ends.get(key, 0), chunk
            ends[key] = chunk.offset + len(chunk.data) + chunk.missing
            assert flows.MEANINGS.keys() >= chunk.conversation.findings.counts.keys()

    streams = flows.Streams(
        overlap=policy, max_connections=3, max_buffered=2000, max_bytes=5000, history=1000
    )
    connections = flows.Connections(max_connections=3)
    for packet in packets:
        connections.add(packet)
        assert len(connections) <= connections.max_connections
        look(streams.add(packet))
        assert streams.held <= streams.max_bytes
        assert len(streams) <= streams.max_connections
    look(streams.close())
    assert streams.held == 0
