"""TCP streams put in order: by hand, against a model, against anything, and against tshark."""

import itertools
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import as_root

import netlab
from netlab import flows
from netlab.flows import Conversation, Gap, Streams, conversations, fragment
from netlab.wire.tcp import WindowScale

SECOND = 1_000_000_000
CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 80)
HERE, THERE = 1000, 5000
"""The initial sequence numbers of the two."""


def tcp(
    sender: str, seq: int, data: bytes = b"", flags: str = "ACK", ack: int | None = None,
    time: int | None = None, ends: tuple[tuple[str, int], ...] = (CLIENT, SERVER),
    window: int = 65535, **fields: object,
) -> netlab.Packet:  # fmt: skip
    """A segment of the client or the server; sequence numbers count from the sender's SYN."""
    near, far = ends if sender == "client" else ends[::-1]
    own, other = (HERE, THERE) if sender == "client" else (THERE, HERE)
    header = netlab.TCP(
        src_port=near[1], dst_port=far[1], seq=(own + seq) % 2**32, flags=flags, window=window,
        ack=0 if ack is None else (other + ack) % 2**32, **fields,
    )  # fmt: skip
    return netlab.Packet(bytes(netlab.IPv4(src=near[0], dst=far[0]) / header / data), "raw", time)


def client(seq: int, data: bytes = b"", flags: str = "ACK", **more: object) -> netlab.Packet:
    return tcp("client", seq, data, flags, **more)


def server(seq: int, data: bytes = b"", flags: str = "ACK", **more: object) -> netlab.Packet:
    return tcp("server", seq, data, flags, **more)


HANDSHAKE = [client(0, flags="SYN"), server(0, flags="SYN ACK", ack=1), client(1, ack=1)]


def kinds(conversation: Conversation) -> list[str]:
    for finding in conversation.findings:
        assert finding.kind in flows.MEANINGS
    return [finding.kind for finding in conversation.findings]


def only(packets: Iterable[netlab.Packet], **limits: object) -> Conversation:
    (conversation,) = conversations(packets, **limits)
    return conversation


# One situation each: the packets after the handshake, what was sent and received, what is odd.

SITUATIONS = {
    "a request and its answer": (
        [client(1, b"ask"), server(1, b"tell", ack=4), client(4, ack=5)], b"ask", b"tell", [],
    ),
    "out of order": (
        [client(4, b"def"), client(1, b"abc"), client(7, b"ghi")], b"abcdefghi", b"",
        ["out of order"],
    ),
    "retransmission": (
        [client(1, b"abc"), client(1, b"abc"), client(4, b"d")], b"abcd", b"", ["retransmission"],
    ),
    "retransmission of what waits": (
        [client(4, b"def"), client(4, b"def"), client(1, b"abc")], b"abcdef", b"",
        ["retransmission", "out of order"],
    ),
    "a retransmission that goes on": (
        [client(1, b"abc"), client(1, b"abcdef")], b"abcdef", b"", ["retransmission"],
    ),
    "a retransmission that fills and goes on": (
        [client(4, b"def"), client(1, b"abcdefghi")], b"abcdefghi", b"", ["retransmission"],
    ),
    "a conflict with what was delivered": (
        [client(1, b"abcd"), client(2, b"XcYZ")], b"abcdZ", b"", ["conflict"],
    ),
    "a conflict with what waits": (
        [client(3, b"cd"), client(2, b"bXde"), client(1, b"a")], b"abcde", b"",
        ["conflict", "out of order"],
    ),
    "missing": ([client(1, b"abc"), client(7, b"ghi")], b"abcghi", b"", ["gap"]),
    "missing at the end": (
        [client(1, b"abc"), server(1, ack=10), client(10, flags="FIN ACK")], b"abc", b"", ["gap"],
    ),
    "acknowledged but not captured": (
        [client(1, b"abc"), server(1, ack=10)], b"abc", b"", ["gap"],
    ),
    "outside the window": (
        [client(1, b"abc"), client(90_000, b"far"), client(4, b"def")], b"abcdef", b"",
        ["outside window"],
    ),
    "far astray": (
        [client(1, b"abc"), client(2**31, b"far"), client(4, b"def")], b"abcdef", b"",
        ["outside window"],
    ),
    "before the SYN": (
        [client(-10, b"old"), client(1, b"abc")], b"abc", b"", ["before start"],
    ),
    "before and after the SYN": (
        [client(-2, b"oldabc")], b"abc", b"", ["before start"],
    ),
    "closed": (
        [client(1, b"abc", "FIN ACK"), server(1, b"x", "FIN ACK", ack=5), client(5, ack=3)],
        b"abc", b"x", [],
    ),
    "FIN out of order": (
        [client(4, b"def", "FIN ACK"), client(1, b"abc")], b"abcdef", b"", ["out of order"],
    ),
    "FIN twice": (
        [client(1, b"abc", "FIN ACK"), client(4, flags="FIN ACK")], b"abc", b"",
        ["retransmission"],
    ),
    "after the FIN": (
        [client(1, b"abc", "FIN ACK"), client(4, b"more"), client(5, b"still more")], b"abc", b"",
        ["after FIN", "after FIN"],
    ),
    "another FIN": (
        [client(1, b"abc", "FIN ACK"), client(8, flags="FIN ACK"), client(2, flags="FIN ACK")],
        b"abc", b"", ["contradicting FIN", "contradicting FIN"],
    ),
    "a FIN outside the window": (
        [client(1, b"abc"), client(90_000, flags="FIN ACK"), client(4, b"d")], b"abcd", b"",
        ["outside window"],
    ),
    "broken off": (
        [client(1, b"abc"), server(1, flags="RST ACK", ack=4)], b"abc", b"", [],
    ),
    "after the RST": (
        [client(1, b"abc"), client(4, flags="RST"), client(4, b"more")], b"abc", b"",
        ["after RST"],
    ),
    "a RST outside the window": (
        [client(1, b"abc"), client(80_000, flags="RST"), client(4, b"def")], b"abcdef", b"",
        ["outside window"],
    ),
    "an old RST": (
        [client(1, b"abcdef"), server(1, ack=7), client(3, flags="RST"), client(7, b"g")],
        b"abcdefg", b"", ["outside window"],
    ),
    "keep-alive": (
        [client(1, b"abc"), server(1, ack=4), client(3), client(3, b"\0"), client(4, b"def")],
        b"abcdef", b"", ["keep-alive", "keep-alive"],
    ),
    "keep-alive before any byte": ([client(0), client(1, b"abc")], b"abc", b"", ["keep-alive"]),
    "zero-window probe with a byte": (
        [client(1, b"abc"), server(1, ack=4, window=0), client(4, b"d"), server(1, ack=4),
         client(4, b"def")],
        b"abcdef", b"", ["zero-window probe", "retransmission"],
    ),
    "zero-window probe without": (
        [client(1, b"abc"), server(1, ack=4, window=0), client(3), server(1, ack=4),
         client(4, b"def")],
        b"abcdef", b"", ["zero-window probe"],
    ),
    "SYN once more": (
        [client(0, flags="SYN"), server(0, flags="SYN ACK", ack=1), client(1, b"abc")], b"abc",
        b"", ["retransmission", "retransmission"],
    ),
    "another SYN,ACK": (
        [server(77, flags="SYN ACK", ack=1), server(1, b"abc")], b"", b"abc",
        ["contradicting SYN"],
    ),
    "data on a RST": (
        [client(1, b"abc"), server(1, b"no such page", flags="RST ACK", ack=4)], b"abc", b"", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_situations(name: str) -> None:
    packets, sent, received, findings = SITUATIONS[name]
    conversation = only([*HANDSHAKE, *packets])
    assert (conversation.sent, conversation.received) == (sent, received)
    assert kinds(conversation) == findings
    assert (conversation.client, conversation.server) == (CLIENT, SERVER)
    assert conversation.packets == 3 + len(packets)


@pytest.mark.parametrize("name", SITUATIONS)
def test_situations_where_the_numbers_begin_again(name: str, monkeypatch) -> None:
    """The same, with sequence numbers that pass 2^32 in the middle of the stream."""
    packets, sent, received, findings = SITUATIONS[name]
    shift = 2**32 - HERE - 3

    def shifted(packet: netlab.Packet) -> netlab.Packet:
        ip, header = packet.layers[:2]
        number = "seq" if header.src_port == CLIENT[1] else "ack"
        moved = header.replace(
            **{number: (getattr(header, number) + shift) % 2**32, "checksum": None}
        )
        return netlab.Packet(bytes(ip.replace() / moved / packet.payload), "raw")

    conversation = only(map(shifted, [*HANDSHAKE, *packets]))
    assert (conversation.sent, conversation.received) == (sent, received)
    assert kinds(conversation) == findings


def test_findings_and_chunks_name_packets_and_bytes() -> None:
    packets = [*HANDSHAKE, client(7, b"ghi", time=4), client(1, b"abc", time=5), client(2, b"Xc")]
    conversation = only(packets)
    chunks = [chunk[1:] for chunk in conversation.chunks]
    assert chunks == [
        ("client", b"abc", 0, "", 0, HERE + 1, 5, 5),
        ("client", b"", 3, "", 3, HERE + 4, 6, None),
        ("client", b"ghi", 0, "", 6, HERE + 7, 4, 4),
    ]
    assert [repr(chunk) for chunk in conversation.chunks[:2]] == [
        "<client at 0: b'abc'>", "<client at 3: 3 bytes missing>",
    ]  # fmt: skip
    assert conversation.gaps == (Gap("client", 3, 6),)
    late, conflict, gap = conversation.findings
    assert (late.number, late.time, late.ranges) == (5, 5, ((0, 3),))
    assert str(conflict) == "packet 6: conflict: client: bytes 1 differ from those of packet 5"
    assert conflict.ranges == ((1, 2),)
    assert gap.ranges == ((3, 6),)


def test_last_wins_while_bytes_wait() -> None:
    packets = [*HANDSHAKE, client(3, b"cd"), client(2, b"bXYe"), client(1, b"a"), client(1, b"Z")]
    conversation = only(packets, overlap="last")
    assert conversation.sent == b"abXYe"  # what was delivered stays
    assert kinds(conversation) == ["conflict", "out of order", "conflict"]
    with pytest.raises(ValueError, match="no policy is called 'linux': there are first and last"):
        Streams(overlap="linux")


def test_findings_are_few_in_memory_and_all_are_counted() -> None:
    packets = [*HANDSHAKE, client(1, b"ab" * 500), *[client(1, b"xb" * 500)] * 1200]
    conversation = only(packets)
    assert len(conversation.findings) == 1000
    assert conversation.findings.counts == {"conflict": 1200}
    assert conversation.findings[0].number == 205
    assert conversation.findings[0].ranges == tuple((2 * n, 2 * n + 1) for n in range(50))
    assert conversation.findings.size == sum(256 * 51 for _ in range(1000))


# How a conversation begins.


def test_a_capture_that_begins_amid_a_conversation() -> None:
    packets = [
        server(2000, b"ghi", ack=50), server(1997, b"def", ack=50), client(50, ack=2003),
        client(50, b"more", ack=2003), server(2003, b"jkl", ack=54),
    ]  # fmt: skip
    streams = Streams()
    arrived = [[chunk.data for chunk in streams.add(packet)] for packet in packets]
    assert arrived == [[], [], [b"def", b"ghi"], [], [b"more", b"jkl"]]
    conversation = only(packets)
    assert (conversation.client, conversation.server) == (CLIENT, SERVER)
    assert (conversation.sent, conversation.received) == (b"more", b"defghijkl")
    assert kinds(conversation) == ["out of order", "mid-connection", "mid-connection"]
    assert conversation.chunks[0].offset == 0
    assert conversation.chunks[0].seq == THERE + 1997


def test_one_side_alone_is_seen() -> None:
    conversation = only([server(9, b"def"), server(6, b"abc"), server(13, b"g")])
    assert conversation.received == b"abcdefg"
    assert conversation.gaps == (Gap("server", 6, 7),)


def test_the_syn_comes_late() -> None:
    conversation = only([client(4, b"def"), client(1, b"abc"), *HANDSHAKE[:1]])
    assert (conversation.sent, kinds(conversation)) == (b"abcdef", ["out of order"])


def test_the_clients_syn_is_missing() -> None:
    conversation = only([*HANDSHAKE[1:], client(4, b"def"), client(1, b"abc")])
    assert (conversation.sent, conversation.client) == (b"abcdef", CLIENT)
    assert kinds(conversation) == ["out of order"]


def test_data_on_the_syn() -> None:  # RFC 7413
    conversation = only([client(0, b"early", "SYN"), *HANDSHAKE[1:], client(6, b" late")])
    assert (conversation.sent, kinds(conversation)) == (b"early late", ["SYN data"])


def test_both_open_at_once() -> None:
    packets = [
        client(0, flags="SYN"), server(0, flags="SYN"), client(0, flags="SYN ACK", ack=1),
        server(0, flags="SYN ACK", ack=1), client(1, b"abc"), server(1, b"xyz"),
    ]  # fmt: skip
    conversation = only(packets)
    assert (conversation.sent, conversation.received) == (b"abc", b"xyz")
    assert conversation.client == CLIENT


def test_a_port_below_is_no_proof_of_a_server() -> None:
    ends = (("10.0.0.1", 20), ("10.0.0.2", 50_000))
    conversation = only([client(0, flags="SYN", ends=ends), client(1, b"abc", ends=ends)])
    assert (conversation.client, conversation.sent) == (ends[0], b"abc")


def test_a_refused_connection() -> None:
    refusal = netlab.IPv4(src=SERVER[0], dst=CLIENT[0]) / netlab.TCP(
        src_port=80, dst_port=40000, flags="RST ACK", seq=0, ack=HERE + 1
    )
    conversation = only([HANDSHAKE[0], netlab.Packet(bytes(refusal), "raw")])
    assert (conversation.ended, conversation.sent) == ("RST", b"")
    assert kinds(conversation) == []
    assert [chunk.end for chunk in conversation.chunks] == ["RST"]


CLOSE = [client(4, flags="FIN ACK", ack=1), server(1, flags="FIN ACK", ack=5), client(5, ack=2)]


def again(packets: Iterable[netlab.Packet], shift: int) -> list[netlab.Packet]:
    """The same segments with other sequence numbers."""
    moved = []
    for packet in packets:
        ip, header = packet.layers[:2]
        changes = {name: getattr(header, name) + shift for name in ("seq", "ack")}
        header = header.replace(**changes, checksum=None)
        moved.append(netlab.Packet(bytes(ip.replace() / header / packet.payload), "raw"))
    return moved


@pytest.mark.parametrize("close", [CLOSE, [client(4, flags="RST")], []], ids=["FIN", "RST", "open"])
def test_a_port_used_again_is_another_conversation(close: list[netlab.Packet]) -> None:
    one = [*HANDSHAKE, client(1, b"one"), *close]
    two = again([*HANDSHAKE, client(1, b"two"), *CLOSE], 7_000_000)
    first, second = conversations([*one, *two])
    assert (first.sent, second.sent) == (b"one", b"two")
    assert kinds(second) == ["port reuse"]
    assert (first.packets, second.packets) == (len(one), len(two))


def test_a_conversation_is_over_two_maximum_lifetimes_after_its_end() -> None:
    start = 1_700_000_000 * SECOND
    packets = [*HANDSHAKE, client(1, b"abc", time=start), *CLOSE]
    late = [client(5, time=start + 240 * SECOND), HANDSHAKE[0]]
    over: list[Conversation] = []
    streams = Streams(over=over.append)
    for packet in [*packets, late[0]]:
        streams.add(packet)
    assert (over, len(streams)) == ([], 1)
    other = (("10.0.0.9", 1234), SERVER)
    streams.add(client(0, flags="SYN", ends=other, time=start + 241 * SECOND))
    assert [conversation.ended for conversation in over] == ["FIN"]
    assert len(streams) == 1
    assert over[0].packets == len(packets) + 1


def test_conversations_are_told_apart() -> None:
    others = (
        (("10.0.0.1", 40001), SERVER),
        (("10.0.0.3", 40000), SERVER),
        (("2001:db8::1", 9), SERVER),
    )
    packets = [client(1, bytes([number]), ends=ends) for number in range(3) for ends in others[:2]]
    found = {conversation.client: conversation.sent for conversation in conversations(packets)}
    assert found == {others[0][0]: b"\0", others[1][0]: b"\0"}


# What else arrives.


def test_fragments_are_put_together_first() -> None:
    packet = client(1, bytes(range(256)) * 12)
    pieces = fragment(packet, 576)
    conversation = only([*HANDSHAKE, *reversed(pieces)])
    assert conversation.sent == packet.payload
    assert conversation.chunks[0].number == 3 + len(pieces)


def test_bytes_that_the_snap_length_cut_are_a_gap() -> None:
    def cut(packet: netlab.Packet, size: int) -> netlab.Packet:
        return netlab.Packet(packet.data[:size], "raw", None, wire_length=len(packet.data))

    packets = [client(1, b"abcdef"), client(7, b"ghi"), client(10, b"jkl"), client(13, b"m")]
    conversation = only([*HANDSHAKE, cut(packets[0], 42), cut(packets[2], 40), *packets[1::2]])
    assert conversation.sent == b"abghim"
    assert conversation.gaps == (Gap("client", 2, 6), Gap("client", 9, 12))
    assert kinds(conversation) == ["cut", "gap", "cut", "out of order", "gap"]


def test_an_ethernet_frames_padding_is_no_data() -> None:
    frame = bytes(netlab.Ethernet() / netlab.dissect(client(1, b"a").data, "raw")).ljust(60, b"x")
    assert only([netlab.dissect(frame)]).sent == b"a"


def test_what_is_no_segment_is_left_out() -> None:
    streams = Streams()
    short = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2") / netlab.TCP(data_offset=9) / b"abc"
    tunnel = netlab.IPv4(src="10.9.9.9", dst="10.9.9.8") / netlab.dissect(
        client(1, b"a").data, "raw"
    )
    error = netlab.IPv4() / netlab.ICMP(type=3) / bytes(4) / client(1, b"a").data
    for packet in (short, tunnel, error, netlab.Ethernet() / netlab.ARP(), netlab.UDP() / b"x"):
        data = netlab.dissect(bytes(packet), packet.link)
        assert streams.add(data) == []
    assert len(streams) == 0
    assert [finding.kind for finding in streams.findings] == ["malformed"]


def test_segments_with_a_wrong_checksum_are_left_out_if_wanted() -> None:
    packets = [*HANDSHAKE, client(1, b"abX", checksum=1), client(1, b"abc")]
    assert only(packets).sent == b"abX"
    streams = Streams(checksums=True)
    assert [chunk.data for packet in packets for chunk in streams.add(packet)] == [b"abc"]
    assert [finding.kind for finding in streams.findings] == ["bad checksum"]


def test_the_window_is_scaled_as_both_agreed() -> None:
    scale = {"options": [WindowScale(shift=7)]}
    for both in (scale, {}):
        packets = [
            client(0, flags="SYN", window=1000, **scale), server(0, flags="SYN ACK", ack=1, **both),
            client(1, ack=1, window=1000), server(1 + 100_000, b"far"), server(1, b"near"),
        ]  # fmt: skip
        conversation = only(packets)
        assert conversation.received == (b"nearfar" if both else b"near")
        assert kinds(conversation) == (["out of order", "gap"] if both else ["outside window"])


def test_what_the_receiver_acknowledged_is_given_up_after_a_while() -> None:
    packets = [
        *HANDSHAKE, client(4, b"def", time=SECOND), server(1, ack=7, time=SECOND),
        client(7, b"ghi", time=2 * SECOND - 1), client(10, b"jkl", time=2 * SECOND),
    ]  # fmt: skip
    streams = Streams()
    arrived = [[chunk.data for chunk in streams.add(packet)] for packet in packets]
    assert arrived == [[]] * 6 + [[b"", b"def", b"ghi", b"jkl"]]


# Memory.


def test_what_waits_in_one_direction_is_bounded() -> None:
    streams = Streams(max_buffered=50_000)
    for packet in HANDSHAKE:
        streams.add(packet)
    chunks = []
    for number in range(200):
        chunks += streams.add(client(11 + 20 * number, bytes(10), window=65535))
        assert streams.held < 50_000 + (64 << 10) + 1000
    assert chunks[0].missing == 10
    assert len(chunks) > 2


def test_memory_is_bounded_over_all() -> None:
    streams = Streams(max_bytes=100_000, max_connections=50)
    chance = random.Random(6)
    count = 0
    for number in range(4000):
        ends = ((f"10.0.0.{number % 90}", 40_000), SERVER)
        packet = client(chance.randrange(60_000), bytes(chance.randrange(1, 1400)), ends=ends)
        count += sum(len(chunk.data) for chunk in streams.add(packet))
        assert streams.held <= 100_000
        assert len(streams) <= 50
        assert len(streams._table) <= 100
        assert streams.held == sum(entry.size for entry in streams._recent)
    assert streams.findings.counts["evicted"] > 1000
    count += sum(len(chunk.data) for chunk in streams.close())
    assert (streams.held, len(streams), streams._table) == (0, 0, {})
    assert count > 1_000_000


def test_the_conversation_that_was_silent_longest_leaves_first() -> None:
    ends = [((f"10.0.0.{number}", 40_000), SERVER) for number in range(3)]
    packets = [client(1, b"a", ends=ends[number]) for number in (0, 1, 0, 2)]
    over: list[Conversation] = []
    streams = Streams(max_connections=2, over=over.append)
    chunks = [chunk for packet in packets for chunk in streams.add(packet)]
    assert [conversation.client for conversation in over] == [ends[1][0]]
    assert over[0].findings.counts["evicted"] == 1
    assert [chunk.data for chunk in chunks] == [b"a"]


def test_what_conversations_keep_is_bounded() -> None:
    packets = [*HANDSHAKE]
    for end in range(101, 100_002, 100):
        packets += [client(end - 100, bytes(100)), server(1, ack=end)]
    found = list(conversations(packets, max_kept=20_000))
    assert len(found) > 10
    assert sum(len(conversation.sent) for conversation in found) == 100_000
    assert all(len(conversation.sent) <= 20_000 for conversation in found)


# Against a model, and against anything.


@given(
    st.binary(max_size=5000), st.integers(1, 600), st.integers(0, 2**32 - 1), st.booleans(),
    st.randoms(), st.sampled_from(["first", "last"]),
)  # fmt: skip
def test_any_cut_order_and_repetition_gives_the_bytes_back(
    data, size, isn, syn, chance, policy
) -> None:
    """Segments of any sizes, some twice, some overlapping, in any order, the SYN amid them."""
    cuts, place = [], 0
    while place < len(data):
        step = chance.randint(1, size)
        back = chance.randint(0, min(place, size))
        cuts.append((place - chance.choice([0, back]), min(place + step, len(data))))
        place += step
    cuts += [cut for cut in cuts if chance.random() < 0.3]
    packets = [client(isn + 1 + start, data[start:end]) for start, end in cuts]
    packets += [client(isn, flags="SYN")] * syn
    packets += [client(isn + 1 + len(data), flags="FIN")]
    chance.shuffle(packets)
    conversation = only(packets, overlap=policy)
    assert conversation.sent == data
    assert conversation.gaps == ()
    assert {*kinds(conversation)} <= {"out of order", "retransmission", "mid-connection"}
    assert [chunk.end for chunk in conversation.chunks if chunk.end] == ["FIN"]
    assert conversation.chunks[-1].end
    offset = 0
    for chunk in conversation.chunks:
        assert chunk.offset == offset
        offset += len(chunk.data)


bits = st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(b"abc"))


@given(st.lists(bits, max_size=15), st.sampled_from(["first", "last"]))
def test_overlapping_segments_as_a_simple_model_has_them(bits, policy) -> None:
    model, mask, delivered = bytearray(100), bytearray(100), 0
    packets = [client(0, flags="SYN")]
    for start, length, letter in bits:
        packets.append(client(1 + start, bytes([letter]) * length))
        for place in range(start, start + length):
            if not mask[place] or (policy == "last" and place >= delivered):
                model[place], mask[place] = letter, 1
        while mask[delivered]:
            delivered += 1
    conversation = only(packets, overlap=policy)
    end = mask.rindex(1) + 1 if any(mask) else 0
    assert conversation.sent == bytes(model[place] for place in range(end) if mask[place])
    missing = {place for gap in conversation.gaps for place in range(gap.start, gap.end)}
    assert missing == {place for place in range(end) if not mask[place]}
    kinds(conversation)


SMALL = {"max_connections": 3, "max_buffered": 2000, "max_bytes": 5000, "history": 600}

number = st.one_of(st.integers(-5, 60), st.integers(0, 2**32 - 1))
anything = st.tuples(
    st.sampled_from(["client", "server"]), number, st.binary(max_size=30), st.integers(0, 255),
    st.one_of(st.none(), number),
    st.one_of(st.none(), st.integers(0, 3 * SECOND)), st.integers(0, 4), st.integers(0, 65535),
    st.integers(20, 80),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(anything, max_size=25))
def test_any_segments_are_taken(segments) -> None:
    ends: dict[tuple[int, str], int] = {}
    over: list[Conversation] = []
    streams = Streams(**SMALL, over=over.append)

    def look(chunks: list[flows.Chunk]) -> None:
        """Each stream's chunks follow each other without a hole."""
        for chunk in chunks:
            key = id(chunk.conversation), chunk.sender
            assert chunk.offset == ends.get(key, 0), chunk
            ends[key] = chunk.offset + len(chunk.data) + chunk.missing
            repr(chunk)
            chunk.conversation.chunks.append(chunk)

    for sender, seq, data, flags, ack, time, port, window, size in segments:
        far = (CLIENT, (SERVER[0], 80 + port))
        packet = tcp(sender, seq, data, flags, ack, time, far, window)
        cut = netlab.Packet(packet.data[:size], "raw", time, len(packet.data))
        look(streams.add(cut))
        assert streams.held <= SMALL["max_bytes"]
        assert len(streams) <= SMALL["max_connections"]
    look(streams.close())
    for conversation in over:
        kinds(conversation), repr(conversation)
        assert conversation.sent == b"".join(
            chunk.data for chunk in conversation.chunks if chunk.sender == "client"
        )


# What tshark says.


def tshark(path: Path) -> list[tuple[str, bytes, bytes]]:
    """Each stream that tshark follows: its first end, and what the two sent."""
    streams: list[tuple[str, bytes, bytes]] = []
    while True:
        command = ["tshark", "-r", str(path), "-q", "-z", f"follow,tcp,raw,{len(streams)}"]
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        node = re.search(r"Node 0: (\S+)", said)
        if not node or node[1] == ":0":
            return streams
        lines = said.split("Node 1:")[1].splitlines()[1:-1]
        sides = [bytes.fromhex("".join(line.strip() for line in lines if line[:1] in which))
                 for which in ("0123456789abcdef", "\t")]  # fmt: skip
        streams.append((node[1], *sides))


def text(conversation: Conversation, sender: str) -> bytes:
    """A side's bytes with the gaps as tshark writes them."""
    return b"".join(
        b"[%d bytes missing in capture file]\0" % chunk.missing if chunk.missing else chunk.data
        for chunk in conversation.chunks
        if chunk.sender == sender
    )


RECORDED = ("http", "tcp", "loss", "mtu", "tls", "dns", "vlan", "refused", "loopback", "tunnel")


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("name", RECORDED)
def test_tshark_follows_the_same_streams(name: str) -> None:
    path = netlab.recording(f"{name}.pcap")
    theirs = tshark(path)
    ours = list(conversations(netlab.read(path)))
    assert [(str(each.client), each.sent, each.received) for each in ours] == theirs
    assert all(each.gaps == () for each in ours)


def variants() -> dict[str, list[netlab.Packet]]:
    """A recorded download as a worse network, or a worse capture, would have brought it."""
    path = netlab.recording("tcp.pcap")
    packets = [packet for packet in netlab.read(path) if netlab.TCP in packet]
    chance = random.Random(8)
    late = list(range(len(packets)))  # tshark gives up what comes after its acknowledgement
    for one, other in itertools.pairwise(range(len(packets))):
        if packets[one].five_tuple == packets[other].five_tuple and chance.random() < 0.7:
            late[one], late[other] = late[other], late[one]
    twice = [packet for packet in packets for _ in range(chance.choice([1, 1, 2]))]
    some = [packet for packet in packets if len(packet) < 500 or chance.random() > 0.1]
    cut = [piece for packet in packets for piece in resegmented(packet, chance)]
    return {
        "order lost": [packets[place] for place in late], "some twice": twice, "some lost": some,
        "some lost, order lost": [packets[place] for place in late if packets[place] in some],
        "begins amid": packets[9:], "only the server": [
            packet for packet in packets if packet[netlab.TCP].src_port == 80
        ], "ends amid": packets[:30], "cut and overlapping": cut,
    }  # fmt: skip


def resegmented(packet: netlab.Packet, chance: random.Random) -> list[netlab.Packet]:
    """A segment as two that overlap, the second of them first now and then."""
    header = packet[netlab.TCP]
    data = header.payload
    if len(data) < 200:
        return [packet]
    place, overlap = chance.randrange(100, len(data)), chance.choice([0, 0, 50])
    link, ip = packet.layers[:2]
    made = []
    for start, end in ((0, place), (place - overlap, len(data))):
        moved = header.replace(seq=(header.seq + start) % 2**32, checksum=None)
        frame = link / ip.replace(total_length=None, checksum=None) / moved / data[start:end]
        made.append(netlab.Packet(bytes(frame), packet.link, packet.time))
    return made[:: chance.choice([1, 1, -1])]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("name", variants())
def test_tshark_follows_worse_captures_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "worse.pcap"
    netlab.write(path, variants()[name])
    (ours,) = conversations(netlab.read(path))
    ((node, *sides),) = tshark(path)
    senders = ["client", "server"] if node == str(ours.client) else ["server", "client"]
    if name == "only the server":  # of the client we know from what the server acknowledged
        assert ours.gaps == (Gap("client", 0, 289),)
        ours.chunks = [chunk for chunk in ours.chunks if chunk.sender == "server"]
    assert [text(ours, sender) for sender in senders] == sides
    assert kinds(ours) or name == "ends amid"


DOWNLOAD = """
import sys
from pathlib import Path
from netlab.data.servers import nginx
from netlab.data.stage import SERVER, folder, switched

path, page, mtu, *drop = sys.argv[1:]
with switched(*(word for number in drop for word in ("--drop", number))) as (client, server):
    for host in (client, server):
        host.run("ip", "link", "set", "eth0", "mtu", mtu)
    with folder() as files, nginx(server, files):
        (files / "page").write_bytes(Path(page).read_bytes())
        with client.capture(Path(path), "-B", "16000"):
            client.run("curl", "--silent", "--max-time", "30", "--output", "/dev/null",
                       f"http://{SERVER}/page")
"""


@pytest.mark.needs("root", "ip", "tcpdump", "ethtool", "nginx", "curl", "tshark")
@pytest.mark.parametrize("case", [["576"], ["1500", "50", "51", "99", "300", "301", "500", "640"]])
def test_a_real_download_of_a_megabyte(case: list[str], tmp_path: Path) -> None:
    """curl gets it from nginx through a narrow cable, and through a switch that loses frames."""
    path, page = tmp_path / "download.pcap", tmp_path / "page"
    page.write_bytes(random.Random(9).randbytes(1 << 20))
    command = [*as_root(), sys.executable, "-c", DOWNLOAD, str(path), str(page), *case]
    subprocess.run(command, check=True, cwd=Path(netlab.__file__).parents[1])
    (conversation,) = conversations(netlab.read(path), checksums=True)
    head, _, body = conversation.received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == page.read_bytes()
    assert (conversation.gaps, conversation.ended) == ((), "FIN")
    assert len(case) == 1 or "out of order" in kinds(conversation)
    assert tshark(path) == [
        (str(conversation.client), conversation.sent, conversation.received)
    ]  # fmt: skip
