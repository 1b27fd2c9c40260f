"""netlab check: notebooks whose outputs are as saved, and those whose are not."""

import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import typer
import yaml
from typer.testing import CliRunner

from netlab import strict
from netlab.cli import app
from netlab.notebooks import CourseError

ROOT = Path(__file__).parents[1]


def notebook(path: Path, *cells: tuple[str, str | None]) -> Path:
    """A notebook of code cells, each with what it has printed; None: it was never run."""
    made = [
        nbformat.v4.new_code_cell(
            source,
            execution_count=None if printed is None else 1,
            outputs=[nbformat.v4.new_output("stream", name="stdout", text=printed)]
            if printed
            else [],
        )
        for source, printed in cells
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one notebook that is fine, and one in which two cells are not."""
    folder = tmp_path_factory.mktemp("course")
    fine, wrong = ("print(1)\nprint(2)", "1\n2\n"), ("print(1)\nprint(3)", "1\n2\n")
    notebook(folder / "fine.ipynb", fine)
    notebook(folder / "wrong.ipynb", fine, wrong, ("undefined", ""))
    # settings that a course may have for its own tests
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conftest.py").write_text("raise SystemExit")
    return folder


@pytest.fixture(scope="module")
def said(course: Path) -> tuple[int, str]:
    """What the command ends with, and what it says, over that folder."""
    report = course / "report.xml"
    done = CliRunner().invoke(app, ["check", str(course), "--jobs", "2", "--junit", str(report)])
    return done.exit_code, done.output


def test_each_notebook_is_told_with_the_first_difference(said: tuple[int, str]) -> None:
    code, lines = said
    assert code == 1
    assert re.search(r"✔ \S+fine.ipynb +1 code cells +[\d.]+ s \(\d of 2\)", lines)
    assert re.search(r"✘ \S+wrong.ipynb +3 code cells +[\d.]+ s, 2 failed \(\d of 2\)", lines)
    assert "code cell 2, `print(1)`: saved was `2`, now it is `3`" in lines
    assert lines.endswith("1 of 2 not as saved\n")


def test_junit_has_a_suite_for_each_notebook(said: tuple[int, str], course: Path) -> None:
    suites = ElementTree.parse(course / "report.xml").getroot().findall("testsuite")
    counts = [(s.get("name"), s.get("tests"), s.get("failures")) for s in suites]
    assert counts == [("fine.ipynb", "1", "0"), ("wrong.ipynb", "3", "2")]
    assert [case.get("classname") for case in suites[0]] == ["fine"]


def test_all_as_saved_ends_with_0(course: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(course / "fine.ipynb")])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "all 1 as they were saved")


def test_an_error_is_told_by_its_last_line(tmp_path: Path) -> None:
    found = strict.run(notebook(tmp_path / "error.ipynb", ("1 / 0", "")))
    assert found.first == "code cell 1, `1 / 0`: ZeroDivisionError: division by zero"


def test_an_output_that_is_gone_is_told(tmp_path: Path) -> None:
    found = strict.run(notebook(tmp_path / "gone.ipynb", ("x = 1", "1\n")))
    assert (found.cells, found.failed) == (1, 1)
    assert "code cell 1, `x = 1`" in found.first


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.ipynb", None, "no such file or folder"),
        ("text.ipynb", "no notebook", "is not a notebook: Notebook does not appear to be JSON"),
        ("json.ipynb", "{}", "is not a notebook"),
        ("list.ipynb", "[]", "is not a notebook"),
        ("empty.ipynb", "", "is not a notebook"),
        (".", None, "there is no notebook in"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    done = CliRunner().invoke(app, ["check", str(tmp_path / name)])
    assert done.exit_code == 1
    assert sentence in done.output
    assert len(done.output.splitlines()) == 1


def test_without_nbval_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"takes nbval: pip install 'netlab\[instructors\]'"):
        list(strict.check([notebook(tmp_path / "one.ipynb")]))


def commands(part: object) -> list[str]:
    """Every line of the file that calls netlab."""
    if isinstance(part, dict | list):
        inside = part.values() if isinstance(part, dict) else part
        return [command for one in inside for command in commands(one)]
    return [part] if isinstance(part, str) and part.startswith("netlab ") else []


@pytest.mark.parametrize("name", ["github-workflow.yml", "gitlab-job.yml"])
def test_ready_made_ci_calls_what_there_is(name: str) -> None:
    found = commands(yaml.safe_load((ROOT / "docs" / "ci" / name).read_text("utf-8")))
    assert found
    for line in found:
        _, command, *arguments = line.split()
        # a name or an option that the command does not have is an error here
        context = typer.main.get_command(app).commands[command].make_context(command, arguments)
        assert context.params["junit"] == Path("report.xml")
    assert f"docs/ci/{name}" in (ROOT / "README.md").read_text("utf-8")
