"""Grade one submission: the learner's cells run behind walls, the judging is done here.

What comes of it is plain data that JSON can hold, and nothing in it says when or where it was made.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import netlab
from netlab.grading.checking import Answers, judge
from netlab.grading.notebook import NotebookError, code_cells
from netlab.grading.pupil import Pupil
from netlab.grading.sandbox import find, no_walls
from netlab.grading.task import Task, tasks_of
from netlab.grading.verdict import Verdict
from netlab.practice import NOBODY, seed_of
from netlab.words import printable

Record = dict[str, Any]
"""What came of a submission:

student, name, file, exercise  as in `Job`
points, possible               all tasks together
tasks                          of each its `task`, `points`, `possible`, `passed`, `tried`,
                               `sentences`, and the number of the `misconception`, or None
notes                          what else is to be said, in sentences
failed                         whether the grader itself could not do its work
"""

LONGEST = 2000
"""Characters of a sentence; a learner's own words may stand in it."""


class Job(NamedTuple):
    """One submission, with all that its grade depends on; it may travel to another computer.

    student     the id, and `name`, the person's name
    file        the notebook's path inside the submissions, "" when there is none
    content     its bytes, None when they cannot be had
    notes       what is to be said of it before it is graded
    exercise    the number of the exercise
    seed        of the cases, None for the student's own
    by_student  whether the student's own seed follows from the id here, not from the notebook's
    sandboxed   whether the learner's code runs behind walls
    """

    student: str
    name: str
    file: str
    content: bytes | None
    notes: tuple[str, ...]
    exercise: str
    seed: int | None = None
    by_student: bool = False
    sandboxed: bool = True

    @property
    def key(self) -> str:
        """The same for the same submission, tasks and seed, and for no other."""
        content = hashlib.sha256(self.content or b"").hexdigest()
        parts = [*self._replace(content=None), content, self.content is None, version()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def version() -> str:
    """The version of all that judges: a hash of the kit's code and recordings, and of Python's."""
    found = hashlib.sha256(sys.version.encode())
    folder = Path(netlab.__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.glob("data/*.pcap*")]):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def grade(job: Job) -> Record:
    """Run the submission's cells and judge each of its tasks.

    Whatever the submission is, it gets a record; nothing here raises on what a learner wrote.
    """
    tasks = [*tasks_of(job.exercise).values()]
    notes = [*job.notes]
    if job.content is None:
        return record(job, map(_unseen, tasks), notes)
    try:
        cells = code_cells(job.content)
    except NotebookError as error:
        return record(job, map(_unseen, tasks), [*notes, str(error)])
    with Pupil(cells, find() if job.sandboxed else no_walls()) as pupil:
        own = seed_of(job.name) if job.by_student else seed_in(pupil)
        # a capture of one's own stays one's own
        verdicts = [
            judge(task, pupil, own if job.seed is None or task.capture else job.seed)
            for task in tasks
        ]
        notes += pupil.notes
    return record(job, verdicts, notes)


def seed_in(answers: Answers) -> int:
    """The seed that belongs to the id that stands in the notebook, as `check` takes it."""
    student = answers.value("student")
    return seed_of(student) if isinstance(student, str) else NOBODY


def _unseen(task: Task) -> Verdict:
    return Verdict(task.id, False, 0, task.points, (), tried=False)


def record(
    job: Job, verdicts: Iterable[Verdict], notes: Iterable[str], failed: bool = False
) -> Record:
    """What is kept of these verdicts."""
    tasks = [_kept(verdict, tasks_of(job.exercise)[verdict.task]) for verdict in verdicts]
    return {
        "student": job.student, "name": job.name, "file": printable(job.file, LONGEST),
        "exercise": job.exercise,
        "points": sum(task["points"] for task in tasks),
        "possible": sum(task["possible"] for task in tasks),
        "tasks": tasks, "notes": [printable(note, LONGEST) for note in notes], "failed": failed,
    }  # fmt: skip


def not_graded(job: Job, why: str) -> Record:
    """The record of a submission on which the grader itself failed."""
    note = f"The grader could not do its work on this notebook ({why}): grade it again."
    return record(
        job, map(_unseen, tasks_of(job.exercise).values()), [*job.notes, note], failed=True
    )


def _kept(verdict: Verdict, task: Task) -> dict[str, Any]:
    known = [(one.says,) for one in task.misconceptions]
    return {
        "task": verdict.task, "points": verdict.points, "possible": verdict.possible,
        "passed": verdict.passed, "tried": verdict.tried,
        "sentences": [printable(sentence, LONGEST) for sentence in verdict.sentences],
        "misconception": known.index(verdict.sentences) if verdict.sentences in known else None,
    }  # fmt: skip
