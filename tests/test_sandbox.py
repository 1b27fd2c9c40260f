"""The walls around a learner's code, and what is asked through them."""

import pytest

from netlab.grading import sandbox
from netlab.grading.checking import judge
from netlab.grading.pupil import Pupil
from netlab.grading.sandbox import Walls
from netlab.grading.task import ABSENT, FUNCTION, all_tasks
from netlab.practice.plain import Ended, Endless, Raised


@pytest.fixture(scope="session")
def walls() -> Walls:
    return sandbox.find()


PEEL = all_tasks()["01/peel"]
RIGHT = "def peel(frame):\n    return int.from_bytes(frame[12:14]), frame[14:]"


def test_a_right_answer_is_right(walls: Walls) -> None:
    with Pupil(["import netlab", RIGHT], walls) as pupil:
        assert pupil.value("peel") is FUNCTION
        assert pupil.value("eel") is ABSENT
        assert judge(PEEL, pupil).points == 2
        assert pupil.notes == []


def test_a_call_that_fails_or_never_ends_leaves_the_other_tasks_their_points(walls: Walls) -> None:
    cells = [
        "def overhead(frame):\n    while True: pass",
        "def layer_of(frame, place):\n    import os\n    os._exit(0)",
        "def tcp_data(frame):\n    return frame.nothing",
        RIGHT,
    ]
    tasks = all_tasks()
    with Pupil(cells, walls) as pupil:
        cases = tasks["01/peel"].cases()
        assert pupil.results(tasks["01/overhead"], cases) == [Endless(2.0)]
        (ended,) = pupil.results(tasks["01/layer-of"], tasks["01/layer-of"].cases())
        assert isinstance(ended, Ended)
        assert {*map(type, pupil.results(tasks["01/tcp-data"], cases))} == {Raised}
        assert judge(PEEL, pupil).points == 2
        assert pupil.notes == []
