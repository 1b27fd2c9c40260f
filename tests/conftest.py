"""What all tests share."""

import os

import pytest
from hypothesis import settings
from needs import require

# How long an example takes depends on what else the machine does: no test is about time.
settings.register_profile("netlab", settings(), deadline=None)
settings.load_profile("netlab")

os.environ["NETLAB_PROGRESS"] = ""  # no test is progress of whoever runs it


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `needs` run where their programs are."""
    for mark in item.iter_markers("needs"):
        require(*mark.args)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers each file goes to one, and whole lessons go first: they take longest."""
    items.sort(key=lambda item: item.path.name != "test_course.py")
