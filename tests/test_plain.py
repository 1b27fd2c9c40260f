"""Plain data: a value of any type becomes Python's own, and travels as JSON without loss."""

import json
import math
from collections import namedtuple
from enum import Enum, IntFlag
from ipaddress import ip_address
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlab.practice.plain import Ended, Endless, Odd, Raised, from_json, plain, to_json

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.just(...) | st.builds(Raised, st.text())
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
        | st.sets(st.integers() | st.binary())
    ),
)  # fmt: skip


@given(values)
def test_plain_data_stays_as_it_is_and_comes_back_from_json(value: Any) -> None:
    assert plain(value) == value
    back = from_json(json.loads(json.dumps(to_json(value))))
    assert back == value
    assert type(back) is type(value)


def test_not_a_number_comes_back() -> None:
    assert math.isnan(from_json(json.loads(json.dumps(to_json(math.nan)))))
    assert from_json(to_json(-math.inf)) == -math.inf


class Always(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


class Colour(Enum):
    RED = 1


Flags = IntFlag("Flags", "SYN ACK")
Pair = namedtuple("Pair", "one other")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Always(3), 3), (Text("SYN"), "SYN"), (Flags.SYN | Flags.ACK, 3),
        (ip_address("192.0.2.1"), "192.0.2.1"), (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"), (Pair(1, bytearray(b"x")), (1, b"x")),
        (numpy.int64(7), 7), (frozenset({1}), {1}), ({Always(1): Text("a")}, {1: "a"}),
        (Colour.RED, Odd("a Colour")), (print, Odd("a function")),
        (object(), Odd("an object of the type object")),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_a_value_of_another_type_becomes_plain(value: Any, wanted: Any) -> None:
    found = plain(value)
    assert type(found) is type(wanted)
    assert found == wanted
    if isinstance(value, Always):
        assert type(found) is int


def test_what_has_no_end_is_odd() -> None:
    circle: list[Any] = []
    circle += [circle, circle]
    assert isinstance(plain(circle), Odd)
    assert isinstance(plain([0] * 1_000_000), Odd)


class Hostile:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("no")


def test_a_hostile_object_is_odd() -> None:
    assert isinstance(plain([Hostile()]), Odd)


@pytest.mark.parametrize("own", [Odd("a Colour"), Raised("x"), Endless(2.0), Ended("y")])
def test_outcomes_travel(own: Any) -> None:
    assert from_json(json.loads(json.dumps(to_json(own)))) == own


@pytest.mark.parametrize(
    "bad",
    [
        [], ["nothing"], [[]], {"a": 1}, 1.5, ["bytes"], ["bytes", 7], ["bytes", "§"], ["float", 1],
        ["dict", 1], ["dict", [["list"], 1]], ["set", ["list"]], ["int", "zz"], ["Endless", "x"],
        ["Odd"], [None],
    ],
    ids=repr,
)  # fmt: skip
def test_what_was_not_written_so_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  its words are nobody's to read
        from_json(bad)
