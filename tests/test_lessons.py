"""The course's map, and the learner's progress that it shows."""

import json
import re
from pathlib import Path

import pytest

import netlab
from netlab import progress
from netlab.grading.task import all_tasks
from netlab.lessons import Course

ROOT = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's file of their own, not there yet."""
    path = tmp_path / "data" / "progress.json"
    monkeypatch.setenv("NETLAB_PROGRESS", str(path))
    return path


def course() -> Course:
    return netlab.course(ROOT / "notebooks")


def test_the_map_has_each_lesson_in_order_as_its_first_cell_tells() -> None:
    lessons = course()
    files = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [lesson.path.name for lesson in lessons] == [path.name for path in files]
    first = lessons[0]
    assert (first.number, first.name, first.minutes) == ("00", "Start here", 20)
    assert first.question == "What really travels through the cable?"
    assert all(lesson.minutes >= 20 and lesson.question.endswith("?") for lesson in lessons)
    assert all(lesson.things for lesson in lessons)
    assert lessons[1].exercise == ROOT / "exercises" / "01_layers.ipynb"


def test_links_lead_from_where_the_learner_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert 'href="00_start_here.ipynb"' in netlab.course()._repr_html_()
    assert 'href="../exercises/01_layers.ipynb"' in netlab.course()._repr_html_()
    monkeypatch.chdir(ROOT / "exercises")
    assert 'href="../notebooks/00_start_here.ipynb"' in netlab.course()._repr_html_()


def test_where_no_lessons_are_is_said(tmp_path: Path) -> None:
    (tmp_path / "00_mine.ipynb").write_text('{"cells": []}')
    with pytest.raises(ValueError, match=re.escape(f"no lessons are in {tmp_path}: name")):
        netlab.course(tmp_path)


def test_a_right_answer_is_kept_and_a_wrong_one_is_not(kept: Path) -> None:
    assert not netlab.check("00/overhead", {"overhead": 76}).passed
    assert not kept.exists()
    assert netlab.check("00/overhead", {"overhead": 66}).passed
    assert list(json.loads(kept.read_text())) == ["00/overhead"]
    assert course()[0].state == f"1 of {course()[0].things} done"


def test_a_question_that_is_answered_is_kept(kept: Path) -> None:
    asked = netlab.predict("packets-for-a-page")
    assert progress.done() == {}
    asked.chosen = [0]
    assert list(progress.done()) == ["packets-for-a-page"]


def test_a_lesson_is_done_when_all_of_it_is(kept: Path) -> None:
    assert course().next == course()[0]
    assert course()[0].state == "not begun"
    for name in [task for task in all_tasks() if task.startswith("00/")]:
        progress.note(name)
    for name in ("packets-for-a-page", "request-size"):
        assert course()[0].state != "✔ done"
        progress.note(name)
    assert course()[0].state == "✔ done"
    assert course().next == course()[1]
    assert repr(course()).splitlines()[1].startswith("→ 01 Layers")
    assert course()._repr_html_().count('aria-current="step"') == 1


def test_what_was_done_first_stays(kept: Path) -> None:
    progress.note("one")
    first = kept.read_bytes()
    progress.note("one")
    assert kept.read_bytes() == first
    progress.note("two")
    assert list(progress.done()) == ["one", "two"]
    assert [path.name for path in kept.parent.iterdir()] == ["progress.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", "\ufffd"])
def test_a_broken_file_is_begun_anew(kept: Path, content: str) -> None:
    kept.parent.mkdir()
    kept.write_bytes(content.encode("utf-16"))
    assert progress.done() == {}
    kept.write_text(content, "utf-8")
    progress.note("one")
    assert list(progress.done()) == ["one"]


def test_where_nothing_can_be_kept_a_check_is_right_all_the_same(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.parent.write_text("a file where the folder should be")
    assert netlab.check("00/overhead", {"overhead": 66}).passed
    monkeypatch.setenv("NETLAB_PROGRESS", "")
    assert progress.place() is None
    assert netlab.check("00/overhead", {"overhead": 66}).passed
    assert progress.done() == {}


def test_nothing_is_kept_while_nbgrader_grades(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert netlab.check("00/overhead", {"overhead": 66}).passed
    assert not kept.exists()


@pytest.mark.parametrize(
    ("platform", "variable", "inside"),
    [("linux", "XDG_DATA_HOME", "netlab"), ("linux", "", ".local/share/netlab"),
     ("win32", "LOCALAPPDATA", "netlab"), ("darwin", "", "Library/Application Support/netlab")],
)  # fmt: skip
def test_the_file_stands_where_the_system_keeps_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, inside: str
) -> None:
    for name in ("NETLAB_PROGRESS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress.sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert progress.place() == tmp_path / inside / "progress.json"
