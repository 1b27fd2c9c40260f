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


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers the tests of a file stay together, as they share what takes long to
    start.  Those of whole lessons are shared out, and come first, as they take longest."""
    whole = [item for item in items if item.path.name == "test_course.py"]
    items[:] = [*whole, *(item for item in items if item.path.name != "test_course.py")]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.name if item in whole else str(item.path)))
