"""Grading a class: whatever is handed in, everybody gets the points of their own work."""

import csv
from pathlib import Path

import pytest
from handed_in import hand_in, solution, untouched
from typer.testing import CliRunner, Result

from netlab.cli import app


def netlab_grade(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["grade", *map(str, arguments)])


def rows(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a CSV by student."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def a_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few submissions, and what was written for them beside it."""
    folder = tmp_path_factory.mktemp("class")
    handed = folder / "handed in"
    hand_in(handed / "ada.ipynb", solution())
    hand_in(handed / "bob.ipynb", solution(wrong=["osi", "peel", "layer-of"]))
    hand_in(handed / "cy.ipynb", untouched())
    hand_in(handed / "dee.ipynb", b"")
    hand_in(handed / "=1+1" / "01_layers.ipynb", solution(wrong=["osi"]))
    (handed / "eve").mkdir()
    done = netlab_grade(handed, "--out", folder / "grades.csv", "--junit", folder / "grades.xml")
    assert done.exit_code == 0, done.output
    return folder


def test_everybody_gets_their_points(a_class: Path) -> None:
    found = rows(a_class / "grades.csv")
    points = {student: int(row["points"]) for student, row in found.items()}
    assert points == {"ada": 12, "bob": 7, "cy": 0, "dee": 0, "'=1+1": 11, "eve": 0}
    assert {row["possible"] for row in found.values()} == {"12"}
    assert found["bob"]["01/tcp-data"] == "3"
    assert found["bob"]["percent"] == "58.3"
    assert found["dee"]["notes"] == "The file is empty."
    assert found["eve"]["notes"] == "No notebook was handed in."
