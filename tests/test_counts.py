"""How many of what, in words."""

import pytest

import netlab
from netlab.counts import counted


@pytest.mark.parametrize(
    ("number", "form", "says"),
    [(0, "", "0 bytes"), (1, "", "1 byte"), (2, "", "2 bytes"), (12345, ",", "12,345 bytes")],
)
def test_only_one_stands_in_the_singular(number: int, form: str, says: str) -> None:
    assert counted(number, "byte", form) == says


@pytest.mark.parametrize(
    "header", [netlab.UDP() / b"a", netlab.dissect(bytes.fromhex("1403030001 01"), netlab.TLS)]
)
def test_a_summary_speaks_of_one_byte(header: netlab.Packet) -> None:
    assert "1 byte" in header.summary()
    assert "1 bytes" not in header.summary()
