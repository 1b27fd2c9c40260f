"""Segments, and headers made of them and them of headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netlab
from netlab.tcp import Segment
from netlab.wire import tcp as wire


@pytest.mark.parametrize(("flags", "payload", "length"), [
    ("ACK", b"", 0), ("SYN", b"", 1), ("FIN,ACK", b"", 1), ("ACK", b"abc", 3),
    ("FIN,ACK", b"abc", 4), ("SYN,FIN", b"abc", 5), ("RST", b"", 0),
])  # fmt: skip
def test_length_counts_syn_and_fin(flags: str, payload: bytes, length: int) -> None:
    segment = Segment(seq=2**32 - 1, flags=flags, payload=payload)
    assert segment.length == length
    assert segment.end == (2**32 - 1 + length) % 2**32


numbers = st.integers(0, 2**32 - 1)
segments = st.builds(
    Segment, seq=numbers, ack=numbers, flags=st.integers(0, 255), window=st.integers(0, 65535),
    payload=st.binary(max_size=30), mss=st.none() | st.integers(0, 65535),
    window_scale=st.none() | st.integers(0, 255), sack_permitted=st.booleans(),
    timestamps=st.none() | st.tuples(numbers, numbers), urgent_pointer=st.integers(0, 65535),
)  # fmt: skip


@given(segments)
def test_a_segment_survives_the_wire(segment: Segment) -> None:
    packet = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2") / segment.header(1234, 80)
    read = netlab.dissect(bytes(packet / segment.payload), link="raw")
    assert read.problems == ()
    assert (read[netlab.TCP].src_port, read[netlab.TCP].dst_port) == (1234, 80)
    assert Segment.of(read[netlab.TCP]) == segment


@pytest.mark.parametrize("stamps", [None, (7, 8)])
def test_as_many_blocks_as_fit_survive_the_wire(stamps: tuple[int, int] | None) -> None:
    blocks = tuple((1000 * n, 1000 * n + 500) for n in range(3 if stamps else 4))
    segment = Segment(seq=1, sack=blocks, timestamps=stamps)
    header = segment.header(1, 2)
    assert header.header_length <= 60
    assert Segment.of(header) == segment


def test_the_options_of_a_syn_are_aligned() -> None:
    segment = Segment(flags="SYN", mss=1460, sack_permitted=True, timestamps=(1, 0), window_scale=7)
    assert len(b"".join(map(bytes, segment.options()))) == 24
    assert segment.header(1, 2).header_length == 44


def test_a_broken_option_is_passed_over() -> None:
    data = bytes(netlab.TCP(options=[wire.MSS(mss=1400)])) + b"\x08\x0a\x00\x00"
    damaged = bytearray(data)
    damaged[12] = 7 << 4
    packet = netlab.dissect(bytes(netlab.IPv4(protocol=6) / bytes(damaged)), link="raw")
    segment = Segment.of(packet[netlab.TCP])
    assert (segment.mss, segment.timestamps) == (1400, None)


def test_a_segment_reads_like_a_line_of_a_capture() -> None:
    segment = Segment(
        seq=5, ack=9, flags="PSH,ACK", payload=b"hello", sack=((20, 30),), timestamps=(1, 2)
    )
    assert repr(segment) == (
        "<Segment PSH,ACK seq=5 ack=9 length=5 window=65535 sack=20-30 ts=1/2>"
    )
    assert segment.summary() in repr(segment)


def test_an_unknown_flag_is_named() -> None:
    with pytest.raises(ValueError, match="no flag 'SIN'"):
        Segment(flags="SIN")


def test_segments_compare_by_what_they_say() -> None:
    assert Segment(seq=1) == Segment(seq=1)
    assert Segment(seq=1) != Segment(seq=2)
    assert Segment(seq=1) != "SYN"
