"""The Internet checksum, judged by RFC 1071's example and by scapy."""

from hypothesis import given
from hypothesis import strategies as st
from scapy.utils import checksum

from netlab.checksum import internet_checksum, ones_complement_sum


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
