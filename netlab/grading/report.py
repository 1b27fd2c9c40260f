"""What comes of grading, as files: CSV, JUnit, a page for each student, a page for the instructor.

The same records give the same bytes: there is no time in them, and no place.
"""

import csv
import io
import os
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from netlab.grading import feedback, summary
from netlab.grading.grade import Record
from netlab.grading.journal import write
from netlab.grading.sources import SubmissionsError

MOODLE = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)",
          "Feedback comments")  # fmt: skip
"""Columns by which Moodle's "Upload grading worksheet" knows a student and a grade."""


def write_all(
    records: Sequence[Record], out: Path, feedback_folder: Path, junit: Path | None = None
) -> list[Path]:
    """Write all files, the CSV last: where it is, everything is.  Returns what was written."""
    try:
        feedback_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SubmissionsError(f"{feedback_folder} cannot be made: {error.strerror}") from None
    names = feedback.file_names(record["student"] for record in records)
    for record in records:
        name = names[record["student"]]
        write(feedback_folder / f"{name}.html", feedback.as_html(record))
        write(feedback_folder / f"{name}.md", feedback.as_markdown(record))
    try:
        way = Path(os.path.relpath(feedback_folder, out.parent)).as_posix()
    except ValueError:  # on another drive
        way = feedback_folder.resolve().as_uri()
    links = {student: f"{quote(way)}/{quote(name)}.html" for student, name in names.items()}
    page = out.with_name(f"{out.stem}-summary.html")
    write(page, summary.as_html(records, links))
    written = [feedback_folder, page]
    if junit:
        write(junit, as_junit(records))
        written.append(junit)
    write(out, as_csv(records))
    return [*written, out]


def as_csv(records: Sequence[Record]) -> str:
    """A row a student: the id, the name, points, and the points of each task.

    What came from Moodle has the columns of its grading worksheet too.
    """
    from_moodle = any(re.fullmatch(r"Participant \d+", record["student"]) for record in records)
    tasks = [task["task"] for task in records[0]["tasks"]]
    head = ["student", "name", "points", "possible", "percent", *tasks, "notes"]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*head, *(MOODLE if from_moodle else ())])
    for record in records:
        who, points = [safe(record["student"]), safe(record["name"])], record["points"]
        possible, percent = record["possible"], f"{100 * points / (record['possible'] or 1):.1f}"
        each = [task["points"] for task in record["tasks"]]
        row = [*who, points, possible, percent, *each, safe(" ".join(record["notes"]))]
        moodle = [*who, points, possible, "", _comment(record)]
        writer.writerow([*row, *(moodle if from_moodle else ())])
    return buffer.getvalue()


def _comment(record: Record) -> str:
    """What is to be said to a student, for a field that holds HTML."""
    wrong = [task for task in record["tasks"] if not task["passed"]]
    lines = [f"{task['task']}: {' '.join(task['sentences'])}" for task in wrong]
    return escape("\n".join([*record["notes"], *lines]), quote=False)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def as_junit(records: Sequence[Record]) -> bytes:
    """A suite a student, a case a task."""
    root = ElementTree.Element("testsuites", name="netlab grade")
    for record in records:
        tasks = record["tasks"]
        wrong = sum(not task["passed"] for task in tasks)
        suite = ElementTree.SubElement(
            root, "testsuite", name=record["student"], tests=str(len(tasks)),
            failures=str(0 if record["failed"] else wrong),
            errors=str(wrong if record["failed"] else 0),
        )  # fmt: skip
        for task in tasks:
            case = ElementTree.SubElement(
                suite, "testcase", classname=record["student"], name=task["task"]
            )
            if not task["passed"]:
                sentences = task["sentences"] or record["notes"] or ["no answer"]
                kind = "error" if record["failed"] else "failure"
                complaint = ElementTree.SubElement(case, kind, message=sentences[0])
                complaint.text = "\n".join(sentences)
        if record["notes"]:
            ElementTree.SubElement(suite, "system-out").text = "\n".join(record["notes"])
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root) + b"\n"
