"""Fragments, put together again and made: RFC 791 and 8200, tshark, scapy and Linux are asked."""

import random
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from socket import AF_INET, AF_INET6, SOCK_DGRAM, SOCK_RAW

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers import inet, inet6, l2

import netlab
from netlab import flows
from netlab.flows import Reassembler, fragment, part
from netlab.kernel import Kernel
from netlab.wire.ipv4 import IPv4Flags
from netlab.wire.ipv6_routing import UnknownRouting

SECOND = 1_000_000_000


def datagram(version: int, payload: bytes, **fields: object) -> netlab.Packet:
    """A UDP datagram in an Ethernet frame."""
    ip = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", **({"identification": 7} | fields))
    if version == 6:
        ip = netlab.IPv6(src="2001:db8::1", dst="2001:db8::2", **fields)
    udp = netlab.UDP(src_port=5000, dst_port=7)
    frame = netlab.Ethernet(src="02:00:00:00:00:0a") / ip / udp / payload
    return netlab.dissect(bytes(frame))


def piece(
    start: int, data: bytes, more: bool = True, version: int = 4, time: int | None = None,
    protocol: int = 253, **fields: object,
) -> netlab.Packet:  # fmt: skip
    """A fragment, as one pleases."""
    assert start % 8 == 0
    if version == 4:
        flags = IPv4Flags.MF if more else IPv4Flags(0)
        place = {"fragment_offset": start // 8, "flags": flags, "identification": 7}
        ip = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=protocol, **(place | fields))
        packet = ip / data
    else:
        place = {"fragment_offset": start // 8, "more_fragments": more, "identification": 7}
        header = netlab.Fragment(next_header=protocol, **(place | fields))
        packet = netlab.IPv6(src="2001:db8::1", dst="2001:db8::2") / header / data
    return netlab.Packet(bytes(packet), "raw", time)


def whole(packets: Iterable[netlab.Packet], **limits: object) -> list[netlab.Packet]:
    return list(Reassembler(**limits).reassemble(packets))


def kinds(reassembler: Reassembler) -> list[str]:
    for finding in reassembler.findings:
        assert finding.kind in flows.MEANINGS
        assert str(finding).startswith(f"packet {finding.number}: {finding.kind}: ")
    return [finding.kind for finding in reassembler.findings]


# There and back.


@given(
    st.sampled_from([4, 6]), st.integers(0, 9000), st.integers(1280, 2000), st.randoms(),
    st.sampled_from(["first", "last", "discard"]),
)  # fmt: skip
def test_fragments_in_any_order_and_twice_make_the_packet(
    version, size, mtu, chance, policy
) -> None:
    packet = datagram(version, random.Random(size).randbytes(size))
    pieces = fragment(packet, mtu)
    for made in pieces:
        assert len(made.data) - 14 <= mtu
        assert made.problems == ()
        assert made[netlab.Ethernet] == packet[netlab.Ethernet]
    chance.shuffle(pieces)
    twice = [each for each in pieces[:-1] for _ in range(chance.choice([1, 1, 2]))]
    pieces = chance.sample(twice, len(twice)) + pieces[-1:]
    (again,) = whole(pieces, overlap=policy)
    assert again.data == packet.data
    assert again[netlab.UDP].checksum_ok is True
    assert again.problems == ()


def test_a_fragment_tells_its_place() -> None:
    made = fragment(datagram(4, bytes(3000)), 1500)
    places = [part(packet) for packet in made]
    assert [(place.start, place.end, place.more) for place in places] == [
        (0, 1480, True), (1480, 2960, True), (2960, 3008, False),
    ]  # fmt: skip
    assert [place.data for place in places] == [made.layers[1].payload for made in made]
    assert {place.key for place in places} == {("10.0.0.1", "10.0.0.2", 7, 17)}
    assert part(datagram(4, b"whole")) is None
    assert part(netlab.dissect(b"no packet")) is None


def test_who_brought_which_bytes_is_kept() -> None:
    made = fragment(datagram(6, bytes(3000)), 1500)
    for number, packet in enumerate(made):
        packet.time = number * SECOND
    (again,) = whole([netlab.dissect(b"no fragment" * 9), made[2], made[0], made[1]])[1:]
    assert isinstance(again, flows.Reassembled)
    assert [piece[:2] + piece[3:] for piece in again.pieces] == [
        (0, 1448, 3, 0), (1448, 2896, 4, SECOND), (2896, 3008, 2, 2 * SECOND),
    ]  # fmt: skip
    assert again.time == SECOND


def test_a_fragment_is_cut_further() -> None:
    packet = datagram(4, bytes(range(250)) * 12)
    pieces = [small for large in fragment(packet, 1500) for small in fragment(large, 68)]
    assert len(pieces) == 63
    assert all(part(small).more for small in pieces[:-1])
    (again,) = whole(reversed(pieces))
    assert again.data == packet.data


def test_options_with_the_copied_bit_are_in_every_fragment() -> None:
    options = [bytes([7, 11, 4, *bytes(8)]), bytes([148, 4, 0, 0]), b"\x01"]
    packet = datagram(4, bytes(100), options=b"".join(options))
    first, *others = fragment(packet, 68)
    assert [option.kind for option in first[netlab.IPv4].options] == [7, 148, 1]
    assert {len(other[netlab.IPv4].options) for other in others} == {1}
    assert {other[netlab.IPv4].options[0].kind for other in others} == {148}
    (again,) = whole([*others, first])
    assert again.data == packet.data


def test_ipv6_headers_that_routers_read_stand_in_every_fragment() -> None:
    headers = (
        netlab.HopByHop(options=bytes([5, 2, 0, 0, 1, 0])),
        netlab.DestinationOptions(options=bytes(6)),
        UnknownRouting(routing_type=253, data=bytes(4)),
        netlab.DestinationOptions(options=bytes(6)),
    )
    frame: object = netlab.IPv6(src="2001:db8::1", dst="2001:db8::2")
    for header in headers:
        frame = frame / header
    packet = netlab.dissect(bytes(frame / netlab.UDP() / bytes(3000)), "raw")
    first, *others = fragment(packet, 1280, identification=99)
    names = ["IPv6", "HopByHop", "DestinationOptions", "UnknownRouting", "Fragment"]
    assert [type(header).__name__ for header in first.layers[:-1]] == [*names, "DestinationOptions"]
    for other in others:
        assert [type(header).__name__ for header in other.layers] == names
        assert other[netlab.Fragment].identification == 99
    (again,) = whole([*others, first])
    assert again.data == packet.data


def test_a_tagged_frame_keeps_its_tag_and_a_length_is_made_afresh() -> None:
    ip = netlab.IPv4(identification=1) / netlab.UDP() / bytes(500)
    tagged = netlab.dissect(bytes(netlab.Ethernet() / netlab.VLAN(vlan_id=5) / ip))
    pieces = fragment(tagged, 200)
    assert all(made[netlab.VLAN].vlan_id == 5 for made in pieces)
    assert [again.data for again in whole(pieces)] == [tagged.data]
    snap = netlab.Ethernet8023() / netlab.LLC(dsap=0xAA, ssap=0xAA) / netlab.SNAP() / ip
    packet = netlab.dissect(bytes(snap))
    pieces = fragment(packet, 200)
    assert [made.problems for made in pieces] == [()] * 3
    (again,) = whole(pieces)  # the frame's length field could not state the length of most wholes
    assert (again.link, again.data) == ("raw", packet.data[packet[netlab.IPv4].offset :])


REFUSED = {
    "DF": (
        datagram(4, bytes(2000), flags="DF"), 1500,
        r"2028 bytes do not fit an MTU of 1500.*DF.*ICMP destination unreachable, fragmentation "
        r"needed but not allowed \(type 3, code 4\), next_hop_mtu=1500",
    ),
    "no room": (datagram(4, bytes(2000)), 27, "MTU of 27 is too small.*20 bytes of headers and 8"),
    "IPv6's least": (datagram(6, bytes(2000)), 1279, "MTU of 1279.*at least 1280"),
    "IPv6 once": (fragment(datagram(6, bytes(9000)), 1500)[0], 1280, "this one is a fragment"),
    "no IP": (netlab.dissect(bytes(netlab.Ethernet() / netlab.ARP())), 1500, "this is ARP"),
    "cut": (netlab.dissect(datagram(4, bytes(2000)).data[:900]), 500, "not all the bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("packet", "mtu", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_cut_is_refused(packet, mtu, words) -> None:
    with pytest.raises(ValueError, match=words):
        fragment(packet, mtu)


def test_what_fits_stays_as_it_is() -> None:
    packet = datagram(4, bytes(1472), flags="DF")
    assert fragment(packet, 1500) == [packet]
    reassembler = Reassembler()
    assert reassembler.add(packet) is packet


def test_an_ipv6_fragment_that_is_the_whole_loses_its_header() -> None:  # RFC 6946
    reassembler = Reassembler()
    assert reassembler.add(piece(0, b"first part of another".ljust(24), version=6)) is None
    again = reassembler.add(piece(0, b"whole", more=False, version=6))
    assert again[netlab.IPv6].next_header == 253
    assert (again.payload, [*map(type, again.layers)]) == (b"whole", [netlab.IPv6])
    assert kinds(reassembler) == []


# What goes wrong.

A, B, C = b"A" * 16, b"B" * 16, b"C" * 16
TCP = bytes(netlab.TCP(src_port=1, dst_port=2) / b"data")

SITUATIONS = {
    # name: the fragments, the payload that comes of it, the findings
    "in order": ([piece(0, A), piece(16, B), piece(32, b"end", False)], A + B + b"end", []),
    "out of order": ([piece(16, B, False), piece(0, A)], A + B, ["out of order"]),
    "duplicate": ([piece(0, A), piece(0, A), piece(16, B, False)], A + B, ["duplicate"]),
    "missing": ([piece(0, A), piece(32, C, False)], None, ["incomplete"]),
    "no end": ([piece(0, A), piece(16, B)], None, ["incomplete"]),
    "no start": ([piece(16, B, False)], None, ["incomplete"]),
    "overlap, the same": (
        [piece(0, A), piece(8, b"A" * 8 + B), piece(32, C, False)], A + B + C, ["overlap"],
    ),
    "overlap, others": (
        [piece(0, A), piece(8, B), piece(24, C, False)], A + B[:8] + C, ["conflict"],
    ),
    "the same place, others": (
        [piece(0, A), piece(0, B), piece(16, C, False)], A + C, ["conflict"],
    ),
    "ping of death": (
        [piece(0, A), piece(65528, bytes(100), False)], None, ["too long", "incomplete"],
    ),
    "too long with the first one's options": (
        [piece(65504, bytes(10), False), piece(0, bytes(65504), options=bytes(8))], None,
        ["out of order", "too long"],
    ),
    "not a multiple of 8": (
        [piece(0, A + b"more"), piece(16, B, False)], A + B, ["not a multiple of 8"],
    ),
    "less than 8": (
        [piece(0, b"few"), piece(0, A), piece(16, B, False)], A + B,
        ["not a multiple of 8", "empty"],
    ),
    "two ends, the second shorter": (
        [piece(32, C, False), piece(16, B, False), piece(0, A), piece(16, B)], A + B + C,
        ["contradicting end", "out of order", "out of order"],
    ),
    "two ends, the second longer": (
        [piece(16, B, False), piece(32, C, False), piece(0, A)], A + B,
        ["contradicting end", "out of order"],
    ),
    "beyond the end": (
        [piece(16, B, False), piece(32, C), piece(0, A)], A + B,
        ["contradicting end", "out of order"],
    ),
    "an end before what came": (
        [piece(32, C), piece(16, B, False), piece(0, A), piece(16, B), piece(48, A, False)],
        A + B + C + A, ["contradicting end", "out of order", "out of order"],
    ),
    "empty": ([piece(0, b""), piece(0, A), piece(16, b"", False), piece(16, B, False)], A + B,
        ["empty", "empty"]),
    "tiny": (
        [piece(0, TCP[:8], protocol=6), piece(8, TCP[8:], False, protocol=6)], TCP,
        ["tiny fragment", "tiny fragment"],
    ),
    "another identification": ([piece(0, A), piece(16, B, False, identification=8)], None,
        ["incomplete", "incomplete"]),
    "another protocol": ([piece(0, A), piece(16, B, False, protocol=254)], None,
        ["incomplete", "incomplete"]),
    "IPv6": ([piece(0, A, version=6), piece(16, B, False, 6)], A + B, []),
    "IPv6, duplicate": (
        [piece(0, A, version=6), piece(0, A, version=6), piece(16, B, False, 6)], A + B,
        ["duplicate"],
    ),
    "IPv6, overlap": (
        [piece(0, A, version=6), piece(8, A, version=6), piece(24, B, False, 6),
         piece(0, A, version=6)],
        None, ["overlap", "discarded", "discarded"],
    ),
    "IPv6, not a multiple of 8": (
        [piece(0, A + b"more", version=6), piece(0, A, version=6), piece(16, B, False, 6)], A + B,
        ["not a multiple of 8"],
    ),
    "IPv6, ping of death": (
        [piece(0, A, version=6), piece(65528, A, False, 6), piece(65520, A[1:], False, 6)],
        None, ["too long", "incomplete"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_situations(name: str) -> None:
    packets, payload, findings = SITUATIONS[name]
    reassembler = Reassembler()
    made = list(reassembler.reassemble(packets))
    assert kinds(reassembler) == findings
    assert reassembler.findings.counts.total() == len(findings)
    assert [again.layers[0].payload for again in made] == ([] if payload is None else [payload])
    assert [again.problems for again in made] == [()] * len(made)
    assert reassembler.held == 0


def test_findings_name_packets_and_bytes() -> None:
    reassembler = Reassembler()
    packets = [piece(0, A, time=5), piece(32, C, time=6), piece(8, B, time=7), piece(64, A, False)]
    assert list(reassembler.reassemble(packets)) == []
    conflict, incomplete = reassembler.findings
    assert conflict.ranges == ((8, 16),)
    assert (conflict.number, conflict.time) == (3, 7)
    assert "bytes 8 to 15 came in packet 1 too; the first to come wins" in conflict.message
    assert incomplete.ranges == ((24, 32), (48, 64))
    assert incomplete.number == 1
    assert "identification 0x0007 lacks bytes 24 to 31, 48 to 63" in incomplete.message


@pytest.mark.parametrize(
    ("policy", "payload"),
    {"first": A + B, "last": A[:8] + C + C[:8], "discard": None}.items(),
)
def test_policies_for_overlap(policy: str, payload: bytes | None) -> None:
    made = whole([piece(0, A), piece(16, B), piece(8, C + C[:8], False)], overlap=policy)
    assert [again.layers[0].payload for again in made] == ([payload] if payload else [])


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(
        ValueError, match="no policy is called 'bsd': there are first, last, discard"
    ):
        Reassembler(overlap="bsd")


def test_missing_fragments_are_waited_for_by_the_packets_own_clock() -> None:
    start = 1_700_000_000 * SECOND
    for late, count in ((60 * SECOND, 1), (60 * SECOND + 1, 0)):
        packets = [piece(0, A, time=start), piece(16, B, False, time=start + late)]
        reassembler = Reassembler()
        assert len(list(reassembler.reassemble(packets))) == count
        assert reassembler.findings.counts["incomplete"] == (0 if count else 2)
    other = netlab.Packet(b"", "raw", start + 61 * SECOND)
    reassembler = Reassembler()
    assert list(reassembler.reassemble([piece(0, A, time=start), other])) == [other]
    assert "after 60 seconds" in reassembler.findings[0].message


def test_a_cut_fragment_is_not_taken_for_whole() -> None:
    frame = piece(0, A)
    cut = netlab.Packet(frame.data[:30], "raw", None, wire_length=36)
    reassembler = Reassembler()
    assert list(reassembler.reassemble([cut, piece(16, B, False)])) == []
    assert kinds(reassembler) == ["cut", "incomplete"]
    assert reassembler.findings[1].ranges == ((10, 16),)
    assert [p.layers[0].payload for p in whole([cut, piece(16, B, False), frame])] == [A + B]


def test_memory_is_bounded() -> None:
    reassembler = Reassembler(max_datagrams=20, max_bytes=100_000)
    for number in range(3000):
        size = 8 * random.Random(number).randrange(1, 3000)
        reassembler.add(piece(8, bytes(size), identification=number % 700, version=6))
        assert reassembler.held <= 100_000
        assert len(reassembler._datagrams) <= 20
    assert reassembler.findings.counts["evicted"] > 1000
    assert reassembler.findings.counts["evicted"] == kinds(reassembler).count("evicted")
    first = next(finding for finding in reassembler.findings if finding.kind == "evicted")
    assert first.number == 1  # the oldest leaves first
    reassembler.close()
    assert reassembler.held == 0


# Against a model, and against anything.

places = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(b"abc"))


@given(st.lists(places, max_size=12), st.sampled_from(["first", "last"]))
def test_overlapping_fragments_as_a_simple_model_has_them(places, policy) -> None:
    model, mask = bytearray(200), bytearray(200)
    packets = []
    for start, length, letter in places:
        packets.append(piece(start * 8, bytes([letter]) * length * 8))
        for place in range(start * 8, (start + length) * 8):
            if policy == "last" or not mask[place]:
                model[place], mask[place] = letter, 1
    end = mask.rindex(1) + 1 if any(mask) else 0
    packets.append(piece(end, b"the end", False))
    reassembler = Reassembler(overlap=policy)
    made = list(reassembler.reassemble(packets))
    if all(mask[:end]):
        assert [again.layers[0].payload for again in made if again.layers[0].payload] == [
            bytes(model[:end]) + b"the end"
        ]
    else:
        assert made == []
        missing = {place for place in range(end) if not mask[place]}
        assert {p for r in reassembler.findings[-1].ranges for p in range(*r)} == missing
    kinds(reassembler)


@settings(max_examples=200)
@given(st.lists(st.tuples(
    st.integers(0, 8191), st.binary(max_size=40), st.booleans(), st.sampled_from([4, 6]),
    st.integers(0, 2), st.sampled_from([1, 6, 17, 44, 253]), st.integers(0, 40),
), max_size=20))  # fmt: skip
def test_any_fragments_are_taken(pieces) -> None:
    reassembler = Reassembler(max_datagrams=3, max_bytes=3000)
    for offset, data, more, version, number, protocol, cut in pieces:
        packet = piece(
            0, data, more, version, fragment_offset=offset, identification=number, protocol=protocol
        )
        again = reassembler.add(netlab.dissect(packet.data[: 40 + cut], "raw"))
        if again is not None:
            assert netlab.dissect(again.data, again.link).layers == again.layers
        assert reassembler.held <= 3000
    reassembler.close()
    kinds(reassembler)


# What others say.


def tshark(path: Path, *fields: str) -> list[list[str]]:
    """The fields of each packet, as tshark reads them with fragments put together."""
    words = [word for field in fields for word in ("-e", field)]
    settings = ("-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE")
    command = ["tshark", "-r", str(path), *settings, "-T", "fields", *words]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [line.split("\t") for line in said.splitlines()]


def variants() -> dict[str, list[netlab.Packet]]:
    """The pings of the recording, as a worse network would have brought them."""
    packets = list(netlab.read(netlab.recording("fragments.pcap")))
    chance = random.Random(5)
    groups = [packets[first : first + 7] for first in range(0, len(packets), 7)]
    shuffled = [packet for group in groups for packet in chance.sample(group, len(group))]
    dropped = [packet for packet in packets if chance.random() > 0.15]
    places = [part(packet) for packet in packets]
    again = [1 + bool(place and place.more and chance.random() < 0.5) for place in places]
    twice = [packet for packet, times in zip(packets, again, strict=True) for _ in range(times)]
    cut = [smaller for packet in packets for smaller in
           (fragment(packet, 576) if netlab.IPv4 in packet else [packet])]  # fmt: skip
    return {
        "as recorded": packets, "shuffled": shuffled, "some lost": dropped, "some twice": twice,
        "cut further": cut, "cut further, shuffled": chance.sample(cut, len(cut)),
    }  # fmt: skip


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("name", variants())
def test_tshark_puts_the_same_packets_together(name: str, tmp_path: Path) -> None:
    packets = variants()[name]
    path = tmp_path / "fragments.pcap"
    netlab.write(path, packets)
    fields = ("ip.reassembled.data", "ipv6.reassembled.data")
    theirs = {
        number: four + six
        for number, (four, six) in enumerate(tshark(path, *fields), 1)
        if four + six
    }
    reassembler, ours = Reassembler(), {}
    for number, packet in enumerate(packets, 1):
        again = reassembler.add(packet)
        if isinstance(again, flows.Reassembled):
            ip = again[netlab.IPv4] if netlab.IPv4 in again else again[netlab.IPv6]
            ours[number] = ip.payload.hex()
            assert again.problems == ()
    assert ours == theirs
    assert len(ours) == 8 or name == "some lost"


FLAGS = {
    "overlap": "ip.fragment.overlap", "conflict": "ip.fragment.overlap.conflict",
    "contradicting end": "ip.fragment.multipletails", "duplicate": "ip.fragment.overlap",
}  # fmt: skip


@pytest.mark.needs("tshark")
@pytest.mark.parametrize(
    "name", ["overlap, the same", "overlap, others", "the same place, others", "duplicate",
             "two ends, the second longer"],
)  # fmt: skip
def test_tshark_finds_the_same_odd(name: str, tmp_path: Path) -> None:
    packets, _, findings = SITUATIONS[name]
    path = tmp_path / "odd.pcap"
    netlab.write(path, packets)
    said = tshark(path, FLAGS[findings[0]])
    assert any("1" in line[0] for line in said), said


def test_scapy_cuts_at_the_same_places() -> None:
    packet = datagram(4, bytes(range(256)) * 20)
    theirs = inet.fragment(l2.Ether(packet.data), fragsize=1480)
    assert [made.data for made in fragment(packet, 1500)] == [bytes(made) for made in theirs]
    six = datagram(6, bytes(range(256)) * 20)
    plain = inet6.IPv6(six.data[14:])
    plain.remove_payload()
    del plain.nh, plain.plen
    scapy = plain / inet6.IPv6ExtHdrFragment(id=1) / inet6.IPv6(six.data[14:]).payload
    for made, other in zip(fragment(six, 1500), inet6.fragment6(scapy, 1500), strict=True):
        assert (
            made[netlab.Fragment].values()
            == netlab.dissect(bytes(other), "raw")[netlab.Fragment].values()
        )
        assert made[netlab.IPv6].payload == netlab.dissect(bytes(other), "raw")[netlab.IPv6].payload


def test_scapy_puts_our_fragments_together() -> None:
    packet = datagram(4, bytes(range(256)) * 20)
    pieces = fragment(packet, 576)
    (again,) = inet.defragment(l2.PacketList([l2.Ether(made.data) for made in pieces]))
    assert bytes(again[inet.UDP]) == packet[netlab.IPv4].payload
    six = datagram(6, bytes(range(256)) * 20)
    again = inet6.defragment6(l2.PacketList([l2.Ether(made.data) for made in fragment(six, 1280)]))
    assert bytes(again[inet.UDP]) == six[netlab.IPv6].payload


def test_we_put_scapys_fragments_together() -> None:
    packet = datagram(4, bytes(range(256)) * 200)
    theirs = inet.fragment(l2.Ether(packet.data), fragsize=576)
    random.Random(4).shuffle(theirs)
    (again,) = whole(netlab.dissect(bytes(made)) for made in theirs)
    assert again.data == packet.data


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with Kernel() as made:
        yield made


@pytest.mark.needs("kernel")
@pytest.mark.parametrize("version", [4, 6])
def test_linux_puts_our_fragments_together_and_we_its_own(version: int, kernel: Kernel) -> None:
    if version == 6 and not kernel.ipv6:
        pytest.skip("this kernel has no IPv6")
    peer, address = (
        (kernel.peer, kernel.address) if version == 4 else (kernel.peer6, kernel.address6)
    )
    listener = kernel.socket(AF_INET if version == 4 else AF_INET6, SOCK_DGRAM)
    listener.bind((address, 7))
    listener.settimeout(5)
    sent = random.Random(version).randbytes(30_000)
    kind = netlab.IPv4 if version == 4 else netlab.IPv6
    packet = netlab.dissect(
        bytes(kind(src=peer, dst=address) / netlab.UDP(src_port=5000, dst_port=7) / sent), "raw"
    )
    pieces = fragment(packet, 1280)
    random.Random(1).shuffle(pieces)
    for made in pieces:
        kernel.write(made.data)
    data, sender = listener.recvfrom(65535)
    assert (data, sender[:2]) == (sent, (peer, 5000))

    listener.sendto(sent[::-1], sender)
    reassembler, answer = Reassembler(), None
    while answer is None:
        answer = reassembler.add(netlab.dissect(kernel.read(5), "raw"))
    assert answer.payload == sent[::-1]
    assert answer[netlab.UDP].checksum_ok is True
    assert len(answer.pieces) == 21


LINUX_OTHERWISE = {
    "the same place, others": "a fragment for the very same place is a duplicate, whatever it says",
}
"""Situations that Linux sees otherwise, and how."""


@pytest.mark.needs("kernel")
@pytest.mark.parametrize("name", [name for name in SITUATIONS if name not in LINUX_OTHERWISE])
def test_linux_makes_the_same_of_situations(name: str, kernel: Kernel) -> None:
    """Its policy for overlap is ours called "discard"; a raw socket tells what it makes of them."""
    packets = SITUATIONS[name][0]
    version = 6 if netlab.IPv6 in packets[0] else 4
    if version == 6 and not kernel.ipv6:
        pytest.skip("this kernel has no IPv6")
    protocol = 6 if name == "tiny" else 253
    listener = kernel.socket(AF_INET if version == 4 else AF_INET6, SOCK_RAW, protocol)
    number = 20 + list(SITUATIONS).index(name)  # so that no situation meets another's fragments
    for packet in packets:
        ip = packet.layers[0]
        ends = (kernel.peer6, kernel.address6) if version == 6 else (kernel.peer, kernel.address)
        peer = str(ip_address(ends[0]) + number)
        changes = {"src": peer, "dst": ends[1]} | ({"checksum": None} if version == 4 else {})
        kernel.write(bytes(ip.replace(**changes)) + packet.data[ip.payload_start :])
    theirs = []
    listener.settimeout(0.1)
    with listener, suppress(TimeoutError):
        while True:
            data = listener.recv(70_000)
            theirs.append(data[20:] if version == 4 else data)
    assert theirs == [again.layers[0].payload for again in whole(packets, overlap="discard")]
