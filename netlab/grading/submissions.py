"""Submissions: which student handed in which notebook, and which exercise that is."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath

from netlab.grading.sources import Refused, Source, SubmissionsError, is_hidden, opened
from netlab.words import LONG, printable

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?"
)
"""How Moodle names what it puts into the zip of all submissions."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    student  the id: the name of the student's folder or file, or "Participant 7" from Moodle
    name     the person's name, where the files say it, else the id
    files    the notebooks, by their paths inside the submissions
    refused  why files of theirs are not read, in sentences
    """

    student: str
    name: str
    files: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submissions:
    """All submissions, in the order of their students' ids, and where they are."""

    source: Source
    all: tuple[Submission, ...]


def find(path: Path, without: Iterable[Path] = ()) -> Submissions:
    """The submissions in a folder or a zip.

    A notebook a student (`ada.ipynb`), or a folder a student (`ada/01_layers.ipynb`, or, as
    nbgrader has it, `submitted/ada/layers/01_layers.ipynb`), or Moodle's zip of all submissions.

    without  folders that are none of the submissions, such as the one for the feedback
    """
    source = opened(path, without)
    found = _by_student(source)
    if not found:
        raise SubmissionsError(
            f"there is no notebook in {path}: name the folder, or the zip, in which each student "
            "has a notebook or a folder"
        )
    return Submissions(source, tuple(found))


SUFFIX = ".ipynb"

NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
"""What stands beside `submitted` in a course of nbgrader's."""


def _by_student(source: Source) -> list[Submission]:
    """Who handed in what, by the first part of each path."""
    everything = [*source.files, *source.folders, *source.refused]
    tops = {name.split("/")[0] for name in everything if not is_hidden(name)}
    root = "submitted/" if tops - NBGRADER == {"submitted"} else ""
    found: dict[str, list[str]] = {}
    for name in everything:
        inside = name.removeprefix(root)
        parts = inside.split("/")
        if not name.startswith(root) or any(map(is_hidden, parts)):
            continue
        if name in source.folders:
            found.setdefault(parts[0], [])
        elif inside.lower().endswith(SUFFIX) or name in source.refused:
            top = inside[: -len(SUFFIX)] if inside.lower().endswith(SUFFIX) else inside
            found.setdefault(parts[0] if len(parts) > 1 else top, []).append(name)
    return sorted(_submissions(source, found), key=lambda one: one.student)


def _submissions(source: Source, found: dict[str, list[str]]) -> Iterator[Submission]:
    taken: set[str] = set()
    together: dict[tuple[str, str], list[str]] = {}
    for top, files in found.items():
        together.setdefault(identity(top), []).extend(files)
    for (student, name), files in sorted(together.items()):
        while student in taken:
            student += "~"
        taken.add(student)
        refused = tuple(
            f"`{printable(file)}` is not read: {source.refused[file]}."
            for file in sorted(files) if file in source.refused
        )  # fmt: skip
        kept = tuple(file for file in sorted(files) if file not in source.refused)
        yield Submission(student, name, kept, refused)


def identity(top: str) -> tuple[str, str]:
    """The student's id and name, as the name of a folder or file says them.

    Moodle's zip gives a number of the participant, by which its grading worksheet knows them.
    """
    moodle = MOODLE.fullmatch(top)
    if moodle:
        return f"Participant {moodle['id']}", printable(moodle["name"])
    name = unicodedata.normalize("NFC", printable(top))  # a Mac takes letters and accents apart
    if len(top) > LONG:  # others may begin alike
        name += sha256(top.encode(errors="surrogatepass")).hexdigest()[:8]
    return name, name


# Which exercise a notebook is.

CHECKS = re.compile(rb"""check\(\s*\\?["'](\d\d)/[a-z0-9-]+\\?["']""")
"""A check as it stands in a notebook's bytes."""


@cache
def stems() -> dict[str, str]:
    """The exercises by their numbers: 01 is 01_layers."""
    folder = Path(__file__).parent / "tasks"
    return {path.stem[:2]: path.stem for path in sorted(folder.glob("[0-9]*.py"))}


def exercise_of(name: str, content: bytes) -> str:
    """The number of the exercise that a notebook belongs to, "" when nothing says it.

    What most of its checks ask for; without checks, what its name begins with.
    """
    numbers = [number.decode() for number in CHECKS.findall(content)]
    asked = Counter(number for number in numbers if number in stems())
    if asked:
        return str(min(asked, key=lambda number: (-asked[number], number)))
    name = PurePosixPath(name).stem
    return next((number for number, stem in stems().items() if stem in name), "")


def commonest(submissions: Submissions) -> tuple[str, Counter[str]]:
    """The exercise that most students handed in, and how many handed in each."""
    votes: Counter[str] = Counter()
    for one in submissions.all:
        votes.update({number for number in _exercises(submissions, one).values() if number})
    if not votes:
        raise SubmissionsError(
            "no notebook says which exercise it is: say it, such as --exercise "
            + next(iter(stems()), "01")
        )
    return min(votes, key=lambda number: (-votes[number], number)), votes


def _exercises(submissions: Submissions, one: Submission) -> dict[str, str]:
    found = {}
    for file in one.files:
        try:
            found[file] = exercise_of(file, submissions.source.read(file))
        except Refused:
            found[file] = exercise_of(file, b"")
    return found


def choose(submissions: Submissions, one: Submission, exercise: str) -> tuple[str, tuple[str, ...]]:
    """The notebook of a student's that is graded, "" when there is none; what is to be said of it.

    Of several, the one that is of this exercise and has its name; of copies the last by name.
    """
    notes = list(one.refused)
    if not one.files:
        return "", (*notes, "No notebook was handed in.")
    exercises = _exercises(submissions, one) if len(one.files) > 1 else {}
    fitting = [file for file in one.files if exercises.get(file) == exercise] or [*one.files]

    named = [file for file in fitting if PurePosixPath(file).stem == stems().get(exercise)]
    chosen = (named or fitting)[-1]
    others = [printable(file) for file in fitting if file != chosen]
    if len(fitting) > 1:
        notes.append(f"Graded is `{printable(chosen)}`, and not {', '.join(others)}.")
    return chosen, tuple(notes)
