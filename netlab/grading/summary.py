"""The instructor's page: how the class did, which tasks are hard, what is misunderstood."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from statistics import mean, median

from netlab.figures import grades
from netlab.figures.chart import Chart
from netlab.grading.feedback import in_html, page
from netlab.grading.grade import Record
from netlab.grading.task import tasks_of

FREQUENT = 10
"""Misconceptions that are shown."""


def as_html(records: Sequence[Record], links: Mapping[str, str]) -> str:
    """The page on all records; `links` are the addresses of the students' feedback."""
    number = records[0]["exercise"]
    possible = records[0]["possible"]
    points = [record["points"] for record in records]
    full = sum(each == possible for each in points)
    title = (
        f"Exercise {number}: {len(records)} {'submissions' if len(records) != 1 else 'submission'}"
    )
    parts = [
        f"<h1>{title}</h1>",
        f"<p>On average {mean(points):.1f} of {possible} points, the median is {median(points):g}. "
        f"All points: {full} of {len(records)} students.</p>",
        "<h2>Points</h2>", _image(grades.distribution(points, possible)),
        "<h2>Tasks, the hardest first</h2>",
    ]  # fmt: skip
    hardest = difficulty(records)
    parts += [_image(grades.difficulty(hardest)), _tasks(hardest)]
    parts.append("<h2>Misconceptions, the most frequent first</h2>")
    found = misconceptions(records)
    if found:
        parts.append(_image(grades.misconceptions(found[:FREQUENT])))
        parts.append(_misconceptions(found))
    else:
        parts.append("<p>No wrong answer is one of those that are known.</p>")
    noted = [record for record in records if record["notes"]]
    if noted:
        parts += ["<h2>To look at</h2>", _notes(noted, links)]
    parts += ["<h2>Students</h2>", _students(records, links)]
    return page(title, "\n".join(parts))


def difficulty(records: Sequence[Record]) -> list[tuple[str, int, int, int]]:
    """Of each task how many answers are right, wrong and missing, the hardest task first."""
    found: dict[str, Counter[str]] = {}
    for record in records:
        for task in record["tasks"]:
            outcome = "right" if task["passed"] else "wrong" if task["tried"] else "untried"
            found.setdefault(task["task"], Counter())[outcome] += 1
    rows = [(task, each["right"], each["wrong"], each["untried"]) for task, each in found.items()]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def misconceptions(records: Sequence[Record]) -> list[tuple[str, str, int]]:
    """The task, the sentence and how many students have it, the most frequent first."""
    known = tasks_of(records[0]["exercise"])
    found = Counter(
        (task["task"], known[task["task"]].misconceptions[task["misconception"]].says)
        for record in records
        for task in record["tasks"]
        if task["misconception"] is not None
    )
    rows = [(task, says, count) for (task, says), count in found.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _image(chart: Chart) -> str:
    return chart._repr_mimebundle_()["text/html"]


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table of cells that are HTML already; numbers stand to the right."""

    def cell(value: object) -> str:
        kind = ' class="number"' if isinstance(value, int) else ""
        return f"<td{kind}>{value}</td>"

    numeric = [isinstance(value, int) for value in rows[0]]
    head = "".join(
        f'<th scope="col"{" class=number" * number}>{name}</th>'
        for name, number in zip(heads, numeric, strict=True)
    )
    body = "\n".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _tasks(rows: Sequence[tuple[str, int, int, int]]) -> str:
    return _table(("task", "right", "wrong", "no answer"), rows)


def _misconceptions(rows: Sequence[tuple[str, str, int]]) -> str:
    shown = [(task, in_html(says), count) for task, says, count in rows]
    return _table(("task", "what the student was told", "students"), shown)


def _student(record: Record, links: Mapping[str, str]) -> str:
    return f'<a href="{escape(links[record["student"]])}">{escape(record["student"])}</a>'


def _notes(records: Sequence[Record], links: Mapping[str, str]) -> str:
    rows = [
        (_student(record, links), "<br>".join(map(in_html, record["notes"]))) for record in records
    ]
    return _table(("student", "what is to be said of the notebook"), rows)


def _students(records: Sequence[Record], links: Mapping[str, str]) -> str:
    tasks = [task["task"] for task in records[0]["tasks"]]
    named = any(record["name"] != record["student"] for record in records)
    rows = [
        (
            _student(record, links), *([escape(record["name"])] if named else ()),
            record["points"], *(task["points"] for task in record["tasks"]),
        )
        for record in records
    ]  # fmt: skip
    return _table(("student", *(["name"] if named else ()), "points", *tasks), rows)
