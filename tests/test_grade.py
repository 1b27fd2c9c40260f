"""Grading a class: everybody gets the points of their own work, and nothing is lost on the way."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import needs
import pytest
from autograde import Course
from handed_in import ROOT, hand_in, of_cells, solution, untouched
from typer.testing import CliRunner, Result

from netlab.cli import app
from netlab.grading import executors, feedback, grade, report, sandbox, summary
from netlab.grading.grade import Job
from netlab.grading.journal import Journal
from netlab.grading.many import Orders, grade_all
from netlab.grading.sources import SubmissionsError
from netlab.grading.submissions import find
from netlab.grading.task import tasks_of
from netlab.practice import NOBODY, seed_of

OSI = {"Ethernet": 2, "IPv4": 3, "TCP": 4, "HTTP": 7}


@pytest.fixture(scope="module", autouse=True)
def walls() -> None:
    """Grading takes a sandbox, as the tests of it do."""
    try:
        sandbox.find()
    except sandbox.SandboxError as error:
        if os.environ.get("NETLAB_REQUIRE_ALL") == "1":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def netlab_grade(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["grade", *map(str, arguments)])


def rows(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a CSV by student."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def written(folder: Path) -> dict[str, bytes]:
    """All files that grading wrote, without the journal."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files if path.suffix != ".journal" and "handed in" not in path.parts
    }  # fmt: skip


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


def test_each_student_reads_what_is_wrong(a_class: Path) -> None:
    html = (a_class / "feedback" / "bob.html").read_text("utf-8")
    text = (a_class / "feedback" / "bob.md").read_text("utf-8")
    for page in (html, text):
        assert "Exercise 01: 7 of 12 points" in page
        assert "OSI counts seven, and its first is the cable." in page
        assert "stops with" in page
    assert "### ✘ 01/peel: not yet, 0 of 2 points" in text
    assert "<summary>Hint 1 of 3</summary>" in html
    assert "Hint 1" not in (a_class / "feedback" / "ada.html").read_text("utf-8")
    assert "The file is empty." in (a_class / "feedback" / "dee.html").read_text("utf-8")


def test_nothing_of_a_learners_becomes_markup(a_class: Path) -> None:
    """bob's layer_of raises an error with tags and links in its words."""
    html = (a_class / "feedback" / "bob.html").read_text("utf-8")
    assert "<b>no idea" not in html
    assert "&lt;b&gt;no idea&lt;/b&gt;" in html
    assert "default-src 'none'" in html
    assert feedback.in_markdown("a [b](c) <i> `d` ![e](f)") == r"a \[b\](c) \<i\> `d` \!\[e\](f)"
    assert feedback.in_html("`<b>` & <i>") == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"


def test_the_summary_has_pictures_with_words(a_class: Path) -> None:
    page = (a_class / "grades-summary.html").read_text("utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 3
    for words in (
        "On average 5.0 of 12 points, the median is 3.5. All points: 1 of 6 students.",
        "How many students earned how many points of 12. 0: 3, 7: 1, 11: 1, 12: 1.",
        "01/osi: 1 right, 2 wrong, 3 without an answer",
        "2 in 01/osi: You count TCP/IP&#x27;s four layers.",
        '<a href="feedback/bob.html">bob</a>',
        '<a href="feedback/_1%2B1-',
    ):
        assert words in page


def test_junit_has_a_suite_a_student(a_class: Path) -> None:
    root = ElementTree.parse(a_class / "grades.xml").getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert {name: suite.get("failures") for name, suite in suites.items()} == {
        "ada": "0", "bob": "3", "cy": "6", "dee": "6", "=1+1": "1", "eve": "6",
    }  # fmt: skip
    failure = suites["bob"].find("testcase/failure")
    assert failure is not None
    assert "OSI counts seven" in failure.get("message", "")
    assert suites["dee"].findtext("testcase/failure") == "The file is empty."


def test_the_same_submissions_give_the_same_bytes(a_class: Path, tmp_path: Path) -> None:
    """In another folder, with another number of jobs, on threads."""
    (tmp_path / "x").mkdir()
    done = netlab_grade(
        a_class / "handed in", "--out", tmp_path / "x" / "grades.csv", "--jobs", 1,
        "--junit", tmp_path / "x" / "grades.xml", "--executor", "threads",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "x") == written(a_class)


def test_what_is_graded_is_not_graded_again(a_class: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what has changed is; on threads, where it shows."""
    graded: list[str] = []

    def noted(job: Job) -> grade.Record:
        graded.append(job.student)
        return grade.grade(job)

    monkeypatch.setattr("netlab.grading.many.grade", noted)
    before = written(a_class)
    again = [a_class / "handed in", "--out", a_class / "grades.csv", "--executor", "threads"]
    assert netlab_grade(*again).exit_code == 0
    assert graded == []
    assert written(a_class) == before
    late = hand_in(a_class / "handed in" / "eve" / "late.ipynb", solution())
    try:
        assert netlab_grade(*again).exit_code == 0
        assert graded == ["eve"]
        assert rows(a_class / "grades.csv")["eve"]["points"] == "12"
    finally:
        late.unlink()
        netlab_grade(*again)
    assert written(a_class) == before


# Seeds.


def a_job(notebook: dict[str, Any], **changes: Any) -> Job:
    job = Job("ada", "Ada", "ada.ipynb", json.dumps(notebook).encode(), (), "01")
    return job._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "source", "seeds"),
    [
        ({}, "", {NOBODY}),
        ({}, "student = 'bob'", {seed_of("bob")}),
        ({}, "student = 7", {NOBODY}),
        ({}, "student = '\\ud800'", {seed_of("\ud800")}),
        ({"by_student": True}, "student = 'bob'", {seed_of("Ada")}),
        ({"seed": 9}, "student = 'bob'", {9}),
    ],
)
def test_where_the_cases_come_from(
    changes: dict[str, Any], source: str, seeds: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    used: set[int] = set()

    def noted(task: Any, answers: Any, seed: int) -> Any:
        used.add(seed)
        return judge(task, answers, seed)

    judge = grade.judge
    monkeypatch.setattr(grade, "judge", noted)
    assert grade.grade(a_job(of_cells(source), **changes))["points"] == 0
    assert used == seeds


def test_a_capture_of_ones_own_stays_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed for all is for the cases only: the learner has seen one capture, their own."""
    used: dict[bool, set[int]] = {True: set(), False: set()}

    def noted(task: Any, answers: Any, seed: int) -> Any:
        used[bool(task.capture)].add(seed)
        return judge(task, answers, seed)

    judge = grade.judge
    monkeypatch.setattr(grade, "judge", noted)
    grade.grade(a_job(of_cells("student = 'bob'"), exercise="09", seed=9))
    assert used == {True: {seed_of("bob")}, False: {9}}


def test_the_key_tells_what_makes_a_difference() -> None:
    job = a_job(of_cells("x"))
    others = [
        job._replace(content=b"y"), job._replace(content=None), job._replace(seed=1),
        job._replace(by_student=True), job._replace(exercise="02"), job._replace(student="bob"),
        job._replace(sandboxed=False), job._replace(notes=("late",)),
    ]  # fmt: skip
    assert len({one.key for one in [job, *others]}) == 1 + len(others)
    assert job.key == a_job(of_cells("x")).key


# The journal.


def test_a_journal_that_was_cut_off_counts_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    record = grade.grade(a_job({}, content=None))
    with Journal(path) as journal:
        journal.add("one", record)
        journal.add("two", record)
    whole = path.read_bytes()
    path.write_bytes(b'nonsense\n{"key": []}\n[]\n{"key": "x", "record": {}}\n' + whole[:-20])
    with Journal(path) as journal:
        assert journal.get("one") == record
        assert journal.get("two") is None
        assert journal.get("x") is None
        journal.add("three", record)
    with Journal(path) as journal:
        assert journal.get("three") == record
        journal.shorten({"three"})
    with Journal(path) as journal:
        assert (journal.get("one"), journal.get("three")) == (None, record)


def test_two_runs_do_not_write_to_one_journal(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    with (
        Journal(tmp_path / "journal"),
        pytest.raises(SubmissionsError, match="another run is grading"),
    ):
        Journal(tmp_path / "journal")


# Executors.


class Breaks(ThreadPoolExecutor):
    """An executor that breaks off at the third job, and with it all that are under way."""

    made = 0

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        Breaks.made += 1
        self._left = 2 if Breaks.made == 1 else 99

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        self._left -= 1
        if self._left < 0:
            raise BrokenExecutor
        if self._left == 0:
            broken: Future[Any] = Future()
            broken.set_exception(BrokenExecutor("gone"))
            return broken
        return super().submit(function, *arguments, **options)


def record_of(job: Job) -> grade.Record:
    """A record without any grading."""
    return grade.record(job, map(grade._unseen, tasks_of(job.exercise).values()), [])


def some(folder: Path, count: int = 9) -> Any:
    for number in range(count):
        hand_in(folder / f"s{number}.ipynb", of_cells(f"# {number}"))
    return find(folder)


def test_an_executor_that_breaks_off_costs_nobody_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netlab.grading.many.grade", record_of)
    calls: list[None] = []
    orders = Orders("01", maker=Breaks)
    records = grade_all(some(tmp_path / "in"), orders, tmp_path / "j", lambda: calls.append(None))
    assert [record["student"] for record in records] == [f"s{number}" for number in range(9)]
    assert not any(record["failed"] for record in records)
    assert len(calls) == 9
    assert Breaks.made >= 2


def test_where_the_grader_itself_fails_it_says_so_and_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(job: Job) -> grade.Record:
        if job.student == "s1":
            raise RuntimeError("the disk is on fire")
        return record_of(job)

    monkeypatch.setattr("netlab.grading.many.grade", fails)
    some(tmp_path / "in", 3)
    command = [tmp_path / "in", "--out", tmp_path / "g.csv", "--executor", "threads",
               "--exercise", "01", "--junit", tmp_path / "g.xml"]  # fmt: skip
    done = netlab_grade(*command)
    assert done.exit_code == 1
    assert "1 of 3 could not be graded" in done.output
    assert "RuntimeError: the disk is on fire" in rows(tmp_path / "g.csv")["s1"]["notes"]
    assert ElementTree.parse(tmp_path / "g.xml").getroot()[1].get("errors") == "6"
    monkeypatch.setattr("netlab.grading.many.grade", record_of)
    assert netlab_grade(*command).exit_code == 0
    assert rows(tmp_path / "g.csv")["s1"]["notes"] == ""


def test_an_executor_by_its_name_or_place() -> None:
    assert executors.found("concurrent.futures:ThreadPoolExecutor") is ThreadPoolExecutor
    with pytest.raises(SubmissionsError, match="there are dask, processes, threads"):
        executors.found("clouds")
    with pytest.raises(SubmissionsError, match="cannot be loaded"):
        executors.found("no_such_module:thing")


def test_an_executor_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "other-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[netlab.executors]\nhall = concurrent.futures:ThreadPoolExecutor\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert executors.found("hall") is ThreadPoolExecutor


def test_dask_grades_on_two_workers(
    a_class: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        import dask

        with dask.config.set({"scheduler-address": cluster.scheduler_address}):
            done = netlab_grade(
                a_class / "handed in", "--out", tmp_path / "grades.csv", "--executor", "dask",
                "--junit", tmp_path / "grades.xml",
            )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert written(tmp_path) == written(a_class)


# A run that is ended.


def trivial(folder: Path, count: int) -> Path:
    """Submissions that take no time: some right, some wrong, some that stop."""
    chance = random.Random(1)
    for number in range(count):
        sources = [
            f"# {number}",
            f"osi = {OSI if chance.random() < 0.5 else {'Ethernet': number}}",
            chance.choice(["", "1 / 0", "header_bytes = 3"]),
        ]
        hand_in(folder / f"s{number:03}.ipynb", of_cells(*sources))
    return folder


def started(folder: Path, handed: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "netlab.cli", "grade", str(handed), "--exercise", "01",
               "--out", str(folder / "grades.csv"), "--junit", str(folder / "grades.xml"),
               "--jobs", "2"]  # fmt: skip
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT,
        env=os.environ | {"GRADES_ARE_IN": str(folder)}, start_new_session=True,
    )  # fmt: skip


def of_run(folder: Path) -> Iterator[int]:
    """The processes that belong to a run."""
    mark = f"GRADES_ARE_IN={folder}\0".encode()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                yield int(entry.name)
        except OSError:
            continue


def wait_for_end(folder: Path) -> None:
    """All processes of a run end within a time."""
    begin = time.monotonic()
    while list(of_run(folder)):
        assert time.monotonic() - begin < 30, "processes are left behind"
        time.sleep(0.05)


def test_killed_at_any_moment_a_run_goes_on(tmp_path: Path) -> None:
    """After twenty kills at random moments the grades are those of a run that nobody disturbed."""
    needs.require("bwrap")
    handed = trivial(tmp_path / "handed in", 200)
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    begin = time.monotonic()
    whole = started(one, handed)
    _, said = whole.communicate()
    assert whole.returncode == 0, said.decode()
    took = time.monotonic() - begin
    chance = random.Random(2)
    kills, ends, reached = 0, 0, [0]
    journal = other / "grades.csv.journal"
    while kills < 20:
        run = started(other, handed)
        try:
            run.communicate(timeout=chance.uniform(0.02, 0.14) * took)
            ends += 1
            assert ends < 20
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
            kills += 1
        wait_for_end(other)
        reached.append(journal.read_bytes().count(b"\n") if journal.exists() else 0)
    assert reached == sorted(reached), "something was lost"
    assert any(0 < count < 200 for count in reached), "no kill fell into the grading"
    last = started(other, handed)
    _, said = last.communicate()
    assert last.returncode == 0, said.decode()
    assert written(other) == written(one)
    assert len(rows(other / "grades.csv")) == 200


def test_ctrl_c_ends_with_a_sentence(tmp_path: Path) -> None:
    needs.require("bwrap")
    handed = trivial(tmp_path / "handed in", 60)
    run = started(tmp_path, handed)
    journal = tmp_path / "grades.csv.journal"
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 3):
        assert run.poll() is None
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "the same command goes on from there" in said.decode().splitlines()[-1]
    assert "Traceback" not in said.decode()
    assert not (tmp_path / "grades.csv").exists()
    wait_for_end(tmp_path)


# Wrong use.


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "no such folder or zip: nothing"),
        (["empty"], "there is no notebook in empty"),
        (["text"], "neither a folder nor a zip"),
        (["class", "--exercise", "99"], "there is no exercise 99: there are"),
        (["class", "--exercise", "01_x"], "there is no exercise 01_x"),
        (["class", "--out", "class"], "class is a folder: name a file, such as class/"),
        (["class", "--out", "no/grades.csv"], "there is no folder no: make it first"),
        (["class", "--junit", "no/x.xml"], "there is no folder no: make it first"),
        (["class", "--feedback", "text"], "text cannot be made"),
        (["class", "--seed-by", "name"], "--seed-by takes only student, not name"),
        (["class", "--executor", "clouds"], "no executor is called 'clouds'"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("text").write_text("no zip")
    hand_in(Path("class/ada.ipynb"), of_cells('check("01/osi")'))
    done = netlab_grade(*arguments)
    assert done.exit_code == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("netlab: ")]
    assert len(said) == 1
    assert sentence in said[0]
    assert "Traceback" not in done.output


def test_without_a_sandbox_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise sandbox.SandboxError("no sandbox works on this machine: ... --no-sandbox")

    monkeypatch.setattr("netlab.grading.command.find", none)
    hand_in(tmp_path / "class/ada.ipynb", of_cells(f"osi = {OSI}", 'check("01/osi")'))
    command = [tmp_path / "class", "--out", tmp_path / "g.csv", "--jobs", "1"]
    refused = netlab_grade(*command)
    assert refused.exit_code == 1
    assert "--no-sandbox" in refused.stderr
    assert not (tmp_path / "g.csv").exists()
    done = netlab_grade(*command, "--no-sandbox")
    assert done.exit_code == 0, done.output
    assert sandbox.UNPROTECTED in done.stderr
    assert rows(tmp_path / "g.csv")["ada"]["points"] == "1"


# What is written.


def test_a_file_for_each_student_and_no_two_the_same() -> None:
    students = ["ada", "Ada", "a/b", "a_b", "..", "", "con", "x" * 400, "x" * 401, "ü" * 200]
    names = feedback.file_names(students)
    assert names["ada"] == "ada"
    assert len({name.casefold() for name in names.values()}) == len(students)
    for name in names.values():
        assert len(f"{name}.html".encode()) < 240
        assert "/" not in name
        assert not name.startswith(".")


def test_no_cell_of_the_csv_is_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)"):
        assert report.safe(text) == f"'{text}"
    assert report.safe("ada-1") == "ada-1"


def test_moodle_takes_the_csv(tmp_path: Path) -> None:
    """With the columns by which its grading worksheet knows a participant and a grade."""
    hand_in(tmp_path / "in" / "Ada B_12_assignsubmission_file_" / "a.ipynb", of_cells("<b>"))
    done = netlab_grade(tmp_path / "in", "--out", tmp_path / "g.csv", "--exercise", "01")
    assert done.exit_code == 0, done.output
    row = rows(tmp_path / "g.csv")["Participant 12"]
    assert (row["name"], row["Identifier"], row["Grade"]) == ("Ada B", "Participant 12", "0")
    assert row["Last modified (grade)"] == ""
    assert "<b>" not in row["Feedback comments"]
    assert "`osi` is not there yet" in row["Feedback comments"]


def test_control_characters_get_into_no_file() -> None:
    job = a_job({}, notes=("a\x00b\x1b[31m\ud800\u202e",), content=None)
    record = grade.grade(job)
    assert record["notes"] == ["a·b·[31m··"]
    ElementTree.fromstring(report.as_junit([record]))
    report.as_csv([record]).encode()


def test_a_class_of_one_and_an_exercise_of_many_points() -> None:
    record = grade.grade(a_job({}, content=None))
    page = summary.as_html([record], {"ada": "ada.html"})
    assert "Exercise 01: 1 submission<" in page
    assert "No wrong answer is one of those that are known." in page
    many = record | {"points": 77, "possible": 80}
    assert "76 to 79: 1." in summary.as_html([many], {"ada": "ada.html"})


# nbgrader.


@pytest.mark.parametrize("stem", ["01_layers", "02_bytes"])
def test_nbgrader_gives_the_same_points(stem: str, tmp_path: Path) -> None:
    """For honest submissions: of each task the right answer, the given stub, or none."""
    pytest.importorskip("nbgrader")
    stubs = {cell["id"]: cell["source"] for cell in untouched(stem)["cells"]}
    chance = random.Random(3)
    handed = {"all": json.dumps(solution(stem))}
    for number in range(2):
        notebook = solution(stem)
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution") and chance.random() < 0.5:
                cell["source"] = chance.choice([stubs[cell["id"]], "pass"])
        handed[f"some{number}"] = json.dumps(notebook)
    course = Course(tmp_path / "course", stem, handed.items())
    course.autograde()
    theirs = course.points()
    done = netlab_grade(tmp_path / "course", "--out", tmp_path / "grades.csv")
    assert done.exit_code == 0, done.output
    ours = rows(tmp_path / "grades.csv")
    assert ours.keys() == theirs.keys() == handed.keys()
    checked = {
        cell["id"]: "".join(cell["source"]).split('"')[1] for cell in solution(stem)["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }  # fmt: skip
    for student, cells in theirs.items():
        points = {checked[name]: score for name, score in cells.items()}
        assert points == {task: float(ours[student][task]) for task in tasks_of(stem[:2])}, student
    assert len({sum(cells.values()) for cells in theirs.values()}) > 2
