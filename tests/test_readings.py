"""The picture of one stream as several readers cut it."""

import pytest

from netlab.figures import readings

STREAM = b"one\r\n\r\ntwo\n\xff"


def test_each_reader_has_its_messages_and_all_are_told_in_words() -> None:
    chart = readings(STREAM, by_length=[len(STREAM)], by_lines=[5, 7, len(STREAM)])
    assert "by length, message 1 has 12 bytes" in chart.alt
    assert "by lines, message 1 has 5 bytes, message 2 has 2 bytes, message 3 has 5 bytes" in (
        chart.alt
    )
    drawn = [text.get_text() for text in chart.figure.axes[0].texts]
    assert drawn[:4] == [r"one\r\n", r"\r\n", r"two\n", r"\xff"]
    assert drawn[4:] == ["by length", "message 1", "by lines", *("message " + c for c in "123")]


def test_the_same_picture_each_time() -> None:
    assert readings(STREAM, one=[12]).svg() == readings(STREAM, one=[12]).svg()


@pytest.mark.parametrize("ends", [[], [3], [0, 12], [8, 4, 12], [4, 4, 12], [4, 13]])
def test_ends_that_are_none_are_told(ends: list[int]) -> None:
    with pytest.raises(ValueError, match="do not rise to 12"):
        readings(STREAM, reader=ends)
