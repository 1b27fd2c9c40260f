"""Grade all submissions, several at a time, and go on where a run was ended."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path

from netlab.grading.executors import Maker, processes
from netlab.grading.grade import Job, Record, grade, not_graded
from netlab.grading.journal import Journal
from netlab.grading.sources import Refused
from netlab.grading.submissions import Submissions, choose
from netlab.words import printable

AHEAD = 4
"""Submissions for each job that are read before it is their turn."""


@dataclass(frozen=True)
class Orders:
    """How to grade.

    exercise    the number of the exercise
    seed        of the cases, None for each student's own
    by_student  whether a student's own seed follows from their id
    sandboxed   whether learners' code runs behind walls
    jobs        how many submissions at a time
    maker       makes the executor
    """

    exercise: str
    seed: int | None = None
    by_student: bool = False
    sandboxed: bool = True
    jobs: int = 1
    maker: Maker = processes


def jobs(submissions: Submissions, orders: Orders) -> Iterator[Job]:
    """The job of each student, read when it is asked for."""
    for one in submissions.all:
        file, notes = choose(submissions, one, orders.exercise)
        content = None
        try:
            content = submissions.source.read(file) if file else None
        except Refused as error:
            notes = (*notes, f"`{file}` is not read: {error}.")
        yield Job(
            one.student, one.name, file, content, notes, orders.exercise,
            orders.seed, orders.by_student, orders.sandboxed,
        )  # fmt: skip


def grade_all(
    submissions: Submissions, orders: Orders, journal: Path, done: Callable[[], object]
) -> list[Record]:
    """The records of all submissions, in their order; `done` is called after each.

    What is graded is in the journal at once: after a run that was ended, by whatever, the next one
    grades the rest.  A process that breaks off costs nobody anything: what was under way is graded
    again, one by one.
    """
    found: dict[str, Record] = {}
    keys: dict[str, str] = {}
    with Journal(journal) as kept:

        def keep(student: str, record: Record) -> None:
            found[student] = record
            if not record["failed"]:
                kept.add(keys[student], record)
            done()

        def left() -> Iterator[Job]:
            for job in jobs(submissions, orders):
                keys[job.student] = key = job.key
                if record := kept.get(key):
                    found[job.student] = record
                    done()
                else:
                    yield job

        again = []
        for job, outcome in _each(left(), orders.maker, orders.jobs):
            if isinstance(outcome, BaseException):
                again.append(job)
            else:
                keep(job.student, outcome)
        for job in again:
            ((_, outcome),) = _each([job], orders.maker, 1)
            if isinstance(outcome, BaseException):
                outcome = not_graded(job, _reason(outcome))
            keep(job.student, outcome)
        kept.shorten({*keys.values()})
    return [found[one.student] for one in submissions.all]


def _each(
    jobs: Iterable[Job], maker: Maker, count: int
) -> Iterator[tuple[Job, Record | BaseException]]:
    """What comes of each job, in whatever order; a new executor goes on for one that broke off."""
    left = iter(jobs)
    for first in left:
        executor = maker(count)
        waiting: dict[Future[Record], Job] = {executor.submit(grade, first): first}
        try:
            broken = False
            while waiting:
                while not broken and len(waiting) < AHEAD * count and (job := next(left, None)):
                    try:
                        waiting[executor.submit(grade, job)] = job
                    except BrokenExecutor as error:
                        broken = True
                        yield job, error
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    job = waiting.pop(future)
                    failure = CancelledError() if future.cancelled() else future.exception()
                    broken |= isinstance(failure, BrokenExecutor)
                    yield job, failure or future.result()
        finally:
            executor.shutdown(wait=not waiting, cancel_futures=bool(waiting))


def _reason(error: BaseException) -> str:
    return printable(f"{type(error).__name__}: {error}".removesuffix(": "))
