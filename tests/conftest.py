"""What all tests share."""

import pytest

from needs import require


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `needs` run where their programs are."""
    for mark in item.iter_markers("needs"):
        require(*mark.args)
