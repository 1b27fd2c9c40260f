"""Submissions a minute: `netlab grade` and nbgrader's autograde, in turn, on the same notebooks.

Both start from nothing: nbgrader on a course with the exercise released, the kit without a journal.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))
from autograde import Course  # noqa: E402

STEM = "01_layers"
OURS, THEIRS, ROUNDS = 60, 4, 3
"""Submissions in a round of each; nbgrader's take so long that there are fewer."""


def submissions(count: int) -> list[tuple[str, str]]:
    """Students and their notebooks, no two alike: a third is untouched, the others are right."""
    given = {
        kind: (ROOT / kind / f"{STEM}.ipynb").read_text("utf-8")
        for kind in ("exercises", "solutions")
    }
    found = []
    for number in range(count):
        notebook = json.loads(given["exercises" if number % 3 == 0 else "solutions"])
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        cell["source"] = ["# handed in by ", f"{random.Random(number).random()}\n", *cell["source"]]
        found.append((f"student{number:03}", json.dumps(notebook)))
    return found


def by_netlab(folder: Path) -> tuple[float, dict[str, float]]:
    """Seconds, and the points of each student."""
    handed, out = folder / "handed_in", folder / "grades.csv"
    handed.mkdir()
    for student, notebook in submissions(OURS):
        (handed / f"{student}.ipynb").write_text(notebook, "utf-8")
    command = [sys.executable, "-m", "netlab.cli", "grade", str(handed), "--out", str(out)]
    begin = time.perf_counter()
    subprocess.run([*command, "--jobs", "2"], check=True, capture_output=True, cwd=ROOT)
    seconds = time.perf_counter() - begin
    with out.open(newline="", encoding="utf-8") as file:
        return seconds, {row["student"]: float(row["points"]) for row in csv.DictReader(file)}


def by_nbgrader(folder: Path) -> tuple[float, dict[str, float]]:
    """The same; the course is made before the clock starts."""
    course = Course(folder, STEM, submissions(THEIRS))
    seconds = course.autograde()
    return seconds, {student: sum(each.values()) for student, each in course.points().items()}


def main() -> None:
    """Alternate, and hold the grades of both against each other."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            seconds, mine = by_netlab(Path(folder))
            ours.append(seconds / OURS)
        with tempfile.TemporaryDirectory() as folder:
            seconds, other = by_nbgrader(Path(folder))
            theirs.append(seconds / THEIRS)
        assert other.items() <= mine.items(), "the grades differ"
    fast, slow = min(ours), min(theirs)
    print(f"graded a minute, exercise {STEM}, the best of {ROUNDS} rounds in turn, 2 jobs:")
    print(f"  netlab grade                {60 / fast:7.0f}")
    print(f"  nbgrader {version('nbgrader')} autograde    {60 / slow:7.0f}")
    print(f"  {slow / fast:.0f} times as many; the same points")
    pairs = [other / mine for mine, other in zip(ours, theirs, strict=True)]
    print(f"  each round: {', '.join(f'{pair:.1f}' for pair in pairs)} times")


if __name__ == "__main__":
    main()
