"""What `netlab grade` does, from the folder of submissions to the last file."""

import compileall
import os
import sys
from pathlib import Path

from netlab.grading.executors import found
from netlab.grading.many import Orders, grade_all
from netlab.grading.sandbox import UNPROTECTED, SandboxError, find
from netlab.grading.sources import SubmissionsError
from netlab.grading.submissions import Submissions, commonest, stems
from netlab.grading.submissions import find as find_submissions
from netlab.words import printable


def run(
    path: Path, out: Path, feedback: Path, *, junit: Path | None = None, jobs: int | None = None,
    exercise: str | None = None, seed: int | None = None, by_student: bool = False,
    executor: str = "processes", sandboxed: bool = True,
) -> int:  # fmt: skip
    """Grade and write all files; returns on how many submissions the grader itself failed.

    SubmissionsError, in one sentence with the remedy, for what cannot be done.
    """
    maker = found(executor)
    _check_places(out, junit)
    if sandboxed:
        try:
            find()
        except SandboxError as error:
            raise SubmissionsError(str(error)) from None
    else:
        _say(UNPROTECTED)
    submissions = find_submissions(path, without=[feedback])
    _compile()
    refused = submissions.source.refused
    if refused:
        first = next(iter(refused))
        more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
        _say(f"left out is {printable(first)}: {refused[first]}{more}")
    number = _chosen(submissions, exercise)
    orders = Orders(number, seed, by_student, sandboxed, jobs or _processors(), maker)
    journal = out.with_name(f"{out.name}.journal")
    total = len(submissions.all)
    from tqdm.auto import tqdm

    with tqdm(
        total=total, desc=f"exercise {number}", unit="notebook", file=sys.stderr,
        mininterval=0.1 if sys.stderr.isatty() else 5,
    ) as bar:  # fmt: skip
        try:
            records = grade_all(submissions, orders, journal, bar.update)
        except KeyboardInterrupt:
            bar.close()
            raise SubmissionsError(
                f"stopped after {bar.n} of {total}: the same command goes on from there"
            ) from None
    from netlab.grading import report  # with matplotlib, which takes long to load

    failed = [record for record in records if record["failed"]]
    for written in report.write_all(records, out, feedback, junit):
        print(f"wrote {written}")
    if failed:
        _say(
            f"{len(failed)} of {total} could not be graded, for reasons that {out} gives: the same "
            "command tries them again"
        )
    return len(failed)


def _compile() -> None:
    """Have the kit compiled, also where PYTHONDONTWRITEBYTECODE keeps Python from doing so: it is
    imported anew for each submission, which takes twice as long where it is not."""
    for name, module in [*sys.modules.items()]:
        if name.partition(".")[0] == "netlab" and getattr(module, "__file__", None):
            compileall.compile_file(str(module.__file__), quiet=2)


def _say(sentence: str) -> None:
    print(f"netlab: {sentence}", file=sys.stderr)


def _check_places(out: Path, junit: Path | None) -> None:
    """What cannot be written is said before the work begins."""
    for path in (out, junit):
        if path is None:
            continue
        if path.is_dir():
            raise SubmissionsError(f"{path} is a folder: name a file, such as {path / out.name}")
        if not path.parent.is_dir():
            raise SubmissionsError(f"there is no folder {path.parent}: make it first")


def _chosen(submissions: Submissions, exercise: str | None) -> str:
    """The number of the exercise that is graded."""
    if exercise is not None:
        number = exercise[:2]
        if exercise not in (number, stems().get(number)) or number not in stems():
            raise SubmissionsError(
                f"there is no exercise {exercise}: there are {', '.join(stems())}"
            )
        return number
    number, votes = commonest(submissions)
    others = ", ".join(f"{other} ({count})" for other, count in sorted(votes.items())
                       if other != number)  # fmt: skip
    if others:
        _say(
            f"graded is exercise {number}, which {votes[number]} handed in; for the others, "
            f"{others}, name one: --exercise {min(set(votes) - {number})}"
        )
    return number


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
