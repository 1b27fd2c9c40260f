"""The Internet checksum, judged by RFC 1071's example and by scapy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.utils import checksum

import netlab
from netlab.checksum import Checksum, additions, internet_checksum, ones_complement_sum


def test_the_example_of_rfc_1071() -> None:
    """Section 3: the words 0001 f203 f4f5 f6f7 sum to ddf0 and a carry of 2, folded ddf2."""
    data = bytes.fromhex("0001f203f4f5f6f7")
    assert ones_complement_sum(data) == 0xDDF2
    assert internet_checksum(data) == 0x220D


@given(st.binary(max_size=300))
def test_scapy_finds_the_same(data: bytes) -> None:
    assert internet_checksum(data) == checksum(data)


@given(st.binary(max_size=300).filter(lambda data: len(data) % 2 == 0))
def test_data_and_checksum_sum_to_ffff(data: bytes) -> None:
    assert ones_complement_sum(data + internet_checksum(data).to_bytes(2)) == 0xFFFF


def test_the_example_of_rfc_1071_word_by_word() -> None:
    """Section 3's sums, and where its two carries arise."""
    data = bytes.fromhex("0001f203f4f5f6f7")
    assert [(hex(step.after), step.carry) for step in additions(data)] == [
        ("0x1", 0), ("0xf204", 0), ("0xe6fa", 1), ("0xddf2", 1),
    ]  # fmt: skip
    assert [hex(step.after) for step in additions(data, fold=False)][-1] == "0xddf0"


@given(st.binary(max_size=300))
def test_the_steps_lead_to_the_sum(data: bytes) -> None:
    total = 0
    for step in additions(data):
        assert step.before == total
        assert step.before + step.word == (step.carry << 16) + step.after - step.carry
        total = step.after
    assert total == ones_complement_sum(data)
    lost = list(additions(data, fold=False))
    assert sum(step.word for step in lost) == sum(step.carry << 16 for step in lost) + (
        lost[-1].after if lost else 0
    )


LINKED = [packet for packet in netlab.read(netlab.recording("http.pcap")) if len(packet) > 60]


@pytest.mark.parametrize("kind", [netlab.IPv4, netlab.TCP])
def test_what_a_recorded_checksum_covers_sums_to_ffff(kind: type[netlab.IPv4 | netlab.TCP]) -> None:
    """The sender's kernel computed them, and tests/test_tshark.py has tshark's word on them."""
    for packet in LINKED:
        header = packet[kind]
        rule = next(field.computed for field in kind.fields if field.name == "checksum")
        assert isinstance(rule, Checksum)
        pseudo = rule.pseudo(header) if rule.pseudo else b""
        assert ones_complement_sum(bytes(pseudo or b"") + rule.covered(header)) == 0xFFFF


def test_a_segment_that_offload_let_grow_past_16_bits_is_read() -> None:
    frame = bytes(netlab.Ethernet() / netlab.IPv4(total_length=0) / netlab.TCP()) + bytes(70_000)
    assert netlab.dissect(frame)[netlab.TCP].checksum_verdict()[1]


def with_sum_zero() -> netlab.Packet:
    """A segment whose words sum to 0xFFFF, so that its checksum is 0."""
    ip = netlab.IPv4(src="192.168.1.10", dst="192.168.1.20")
    rest = (ip / netlab.TCP(dst_port=80))[netlab.TCP].checksum
    return ip / netlab.TCP(dst_port=80, urgent_pointer=rest)


def test_both_zeros_of_ones_complement_are_right() -> None:
    """Linux sends 0xffff in place of 0 in TCP segments too, and every receiver takes it."""
    packet = with_sum_zero()
    tcp = packet[netlab.TCP]
    assert tcp.checksum == 0
    for zero in (0, 0xFFFF):
        assert (packet[netlab.IPv4] / tcp.replace(checksum=zero))[netlab.TCP].checksum_ok
    wrong = packet[netlab.IPv4] / tcp.replace(checksum=0xFFFE)
    assert wrong[netlab.TCP].checksum_ok is False
