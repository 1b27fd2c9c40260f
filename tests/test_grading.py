"""Tasks, checks and exercises: each misconception gets its words, no answer is given away."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from netlab.grading import checking
from netlab.grading.checking import WrongAnswer, check
from netlab.grading.here import Here
from netlab.grading.puzzle import puzzle
from netlab.grading.task import Misconception, Task, all_tasks
from netlab.grading.verdict import Verdict
from netlab.notebooks import execute
from netlab.practice import seed_of
from netlab.widgets.questions import Question, all_questions, predict, quiz

ROOT = Path(__file__).parents[1]
TASKS = list(all_tasks().values())
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
MISTAKES = [(task, mistake) for task in TASKS for mistake in task.misconceptions]


def answer(task: Task, value: Any) -> dict[str, Any]:
    """The learner's names, with the value or function under the one that is looked for."""
    return {task.answer: value}


def judge(task: Task, names: dict[str, Any], seed: int = 1) -> Verdict:
    return checking.judge(task, Here(names), seed)


def given(task: Task, one: Any, seed: int = 1) -> Any:
    """What a learner writes who thinks so: a function, a value, or the letters of a puzzle."""
    if task.lines:
        letters = {line: letter for letter, line in task.shown.items()}
        return "".join(letters[line] for line in one)
    return one if task.is_function or not callable(one) else one(*task.cases(seed)[0])


@each_task
@pytest.mark.parametrize("seed", [1, 2, seed_of("ada@example.org")])
def test_the_reference_earns_all_points(task: Task, seed: int) -> None:
    right = given(task, task.lines or task.reference, seed)
    verdict = judge(task, answer(task, right), seed)
    assert verdict.passed, verdict
    assert verdict.points == task.points > 0


@each_task
def test_nothing_earns_nothing(task: Task) -> None:
    for names in ({}, answer(task, ...), answer(task, None), answer(task, lambda *case: None)):
        verdict = judge(task, names)
        assert (verdict.passed, verdict.points) == (False, 0)
        assert verdict.sentences


@pytest.mark.parametrize(("task", "mistake"), MISTAKES, ids=lambda one: getattr(one, "id", ""))
def test_a_misconception_gets_its_own_words(task: Task, mistake: Misconception) -> None:
    verdict = judge(task, answer(task, given(task, mistake.wrong)))
    assert not verdict.passed
    assert verdict.sentences == (mistake.says,)


@pytest.mark.parametrize(("task", "mistake"), MISTAKES, ids=lambda one: getattr(one, "id", ""))
def test_no_words_give_the_answer_away(task: Task, mistake: Misconception) -> None:
    if not task.is_function and not task.lines:
        (wanted,) = task.expected()
        values = wanted.values() if isinstance(wanted, dict) else [wanted]
        told = [str(value) for value in values if f" {value}." in mistake.says]
        assert told == []


FUNCTION = next(task for task in TASKS if task.is_function)


def endless(*case: Any) -> None:
    while True:
        pass


def broken(*case: Any) -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (endless, "does not come to an end"),
        (broken, "stops with `ZeroDivisionError: division by zero`"),
        (lambda *case: None, "gives `None`"),
        (lambda *case: "text", "gives text"),
        (lambda: 1, "stops with `TypeError"),
        (lambda *case: sys.exit(3), "stops with `SystemExit"),
    ],
)
def test_whatever_a_function_does_is_told_in_words(function: Any, words: str) -> None:
    verdict = judge(FUNCTION, answer(FUNCTION, function))
    assert not verdict.passed
    assert any(words in sentence for sentence in verdict.sentences), verdict


def test_a_table_is_complained_of_with_the_case_that_gives_it() -> None:
    """Which entries are wrong says nothing without what the function was called with."""
    table = Task("99/table", answer="table", reference=lambda a: {"a": a, "b": 1}, examples=((7,),))
    verdict = judge(table, {"table": lambda a: {"a": 8, "b": 1}})
    assert verdict.sentences == ("`table(7)` gives a table.", "Right: b.", "Not yet right: a.")


@each_task
def test_hints_are_a_ladder_of_three(task: Task) -> None:
    assert len(task.hints) == 3
    assert all(len(hint) > 20 for hint in task.hints)


def test_hints_open_after_two_failures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETLAB_PROGRESS", str(tmp_path / "progress.json"))
    said = [check("01/osi", {"osi": {}}) for _ in range(4)]
    assert [verdict.open for verdict in said] == [0, 1, 2, 3]
    assert "Hint 1" not in repr(said[0])
    assert "Hint 1" in repr(said[1])
    assert "Hint 2" not in repr(said[1])
    assert "<summary>Hint 3 of 3</summary>" in said[1]._repr_html_()


def test_nothing_is_kept_where_nothing_is_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETLAB_PROGRESS", "")
    assert [check("01/osi", {"osi": {}}).open for _ in range(3)] == [0, 0, 0]


PUZZLE = Task(
    "99/swap", answer="swap",
    lines=("kept = one", "one = other", "other = kept"), extra=("other = one",),
    misconceptions=(
        Misconception(("one = other", "other = one"), "The first value is lost by then."),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (PUZZLE.order.lower(), "in this order"),
        (PUZZLE.order[:2], "Those 2 lines are right"),
        (PUZZLE.order + PUZZLE.order[0], "a line too many"),
        (PUZZLE.order[::-1], "The first line: `other = kept` does not come here"),
        (given(PUZZLE, ("one = other", "other = one")), "The first value is lost"),
        ("", "a text of the lines' letters"),
        ("AZ", "a text of the lines' letters"),
        (12, "a text of the lines' letters"),
        (..., "is still `...`"),
    ],
)
def test_a_puzzle_says_how_far_it_is_right(order: Any, words: str) -> None:
    verdict = judge(PUZZLE, {"swap": order})
    assert words in verdict.sentences[0]
    assert verdict.passed == (words == "in this order")


def test_a_puzzle_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no puzzle is called '01/osi'"):
        puzzle("01/osi")


def shown(reference: Any, got: Any, case: tuple[Any, ...] = (1,)) -> str:
    """What is said of a function that gives this."""
    task = Task("99/one", "one", reference=lambda *_: reference, examples=(case,))
    return " ".join(judge(task, {"one": lambda *_: got}).sentences)


def test_how_long_a_list_should_be_is_not_told() -> None:
    assert shown([1, 2, 3], [1]) == "`one(1)` gives `[1]`, which is not right."
    assert "asked for is a list." in shown([1, 2, 3], 1)
    assert "asked for is a list or tuple of 2." in shown((1, 2), 1)


def test_bytes_are_shown_as_text_where_they_are_text() -> None:
    assert shown(1, 2, (b"GET /\r\n",)).startswith("`one(b'GET /\\r\\n')` gives")
    assert shown(1, 2, (b"\x45\0",)).startswith('`one(bytes.fromhex("45 00"))` gives')


def test_an_error_where_one_is_asked_for() -> None:
    def refuse(*case: Any) -> None:
        raise ValueError("our words")

    task = Task("99/one", "one", reference=refuse, examples=((1,),))

    def other_words(*case: Any) -> None:
        raise ValueError("the learner's words")

    assert judge(task, {"one": other_words}).passed
    assert "a case to refuse" in judge(task, {"one": lambda *_: 3}).sentences[0]
    assert "; asked for is an error." in judge(task, {"one": lambda *_: object()}).sentences[0]


def test_a_loop_without_end_where_an_error_is_asked_for() -> None:
    def refuse(*case: Any) -> None:
        raise ValueError("our words")

    def endless(*case: Any) -> None:
        while True:
            pass

    task = Task("99/one", "one", reference=refuse, examples=((1,),), seconds=0.2)
    assert "does not come to an end in 0.2 seconds" in judge(task, {"one": endless}).sentences[0]
    assert not judge(task, {"one": broken}).passed


def test_a_task_that_does_not_exist() -> None:
    verdict = check("01/oxi", {})
    assert not verdict.passed
    assert "do you mean `01/osi`" in verdict.sentences[0]


def test_nbgrader_sees_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(WrongAnswer, match="not there yet"):
        check("01/osi", {})


SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
each_solution = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """What the checks of a notebook say."""
    return [
        output.data["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("check(")
        for output in cell.outputs
    ]


@each_solution
def test_a_solution_earns_all_points(path: Path) -> None:
    verdicts = said(nbformat.read(path, as_version=4))
    assert len(verdicts) == len([task for task in TASKS if task.id.startswith(path.stem[:2])])
    assert [verdict for verdict in verdicts if not verdict.startswith("✔")] == []


@each_solution
def test_the_points_in_the_notebook_are_the_tasks(path: Path) -> None:
    points = {
        cell.source.split('"')[1]: cell.metadata.nbgrader.points
        for cell in nbformat.read(path, as_version=4).cells
        if cell.source.startswith("check(")
    }
    assert points == {task.id: task.points for task in TASKS if task.id in points}


@each_solution
def test_the_exercise_is_what_the_solution_makes(path: Path) -> None:
    pytest.importorskip("nbgrader")
    from netlab.grading.exercises import exercise

    kept = nbformat.read(ROOT / "exercises" / path.name, as_version=4)
    assert kept == exercise(path), "run: netlab exercises"
    assert "BEGIN SOLUTION" not in nbformat.writes(kept)


@each_solution
def test_the_untouched_exercise_runs_and_earns_nothing(path: Path) -> None:
    verdicts = said(execute(ROOT / "exercises" / path.name))
    assert verdicts
    assert [verdict for verdict in verdicts if not verdict.startswith("✘")] == []


@pytest.mark.parametrize("question", all_questions().values(), ids=lambda question: question.id)
def test_a_question_has_one_answer_and_says_why(question: Question) -> None:
    assert [choice.right for choice in question.choices].count(True) == 1
    assert len(question.choices) >= 3
    assert all(len(choice.why) > 20 for choice in question.choices)


def test_an_unknown_question_is_named() -> None:
    with pytest.raises(ValueError, match="no question is called 'nothing': there are"):
        predict("nothing")
    with pytest.raises(ValueError, match="lesson '99' has no quiz"):
        quiz("99")


def test_the_answers_do_not_reach_the_saved_notebook() -> None:
    html = predict("request-size")._repr_mimebundle_()
    bundle = html[0] if isinstance(html, tuple) else html
    assert "Nearly" not in bundle["text/html"]
    for choice in all_questions()["request-size"].choices:
        assert choice.why not in bundle["text/html"]


def test_nbgrader_takes_the_exercise(tmp_path: Path) -> None:
    """nbgrader validates the untouched exercise and counts its checks as failed."""
    pytest.importorskip("nbgrader")
    copy = tmp_path / "01_layers.ipynb"
    copy.write_bytes((ROOT / "exercises" / "01_layers.ipynb").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(copy)],
        cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"HOME": str(tmp_path)},
    )  # fmt: skip
    assert "VALIDATION FAILED ON 6 CELL(S)" in done.stdout + done.stderr
