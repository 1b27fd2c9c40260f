"""A course of nbgrader's own, in which its autograde grades what students handed in."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]


class Course:
    """A folder with the course: the exercise of that name is released, the notebooks are there."""

    def __init__(self, folder: Path, stem: str, submissions: Iterable[tuple[str, str]]) -> None:
        self.folder, self.stem = folder, stem
        # nbgrader calls the program alembic, which lies beside Python
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self._environment = os.environ | {
            "HOME": str(folder), "PYTHONPATH": str(ROOT), "PATH": path, "NETLAB_PROGRESS": "",
        }  # fmt: skip
        source = folder / "source" / stem / f"{stem}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes((ROOT / "solutions" / source.name).read_bytes())
        for student, notebook in submissions:
            handed = folder / "submitted" / student / stem / source.name
            handed.parent.mkdir(parents=True)
            handed.write_text(notebook, "utf-8")
        self._run("generate_assignment", stem, "--create")

    def autograde(self) -> float:
        """Grade all; returns the seconds that it took."""
        begin = time.perf_counter()
        self._run("autograde", self.stem, "--create")
        return time.perf_counter() - begin

    def points(self) -> dict[str, dict[str, float]]:
        """What the gradebook has for each student and each checked cell."""
        with patch.dict(os.environ, self._environment):
            from nbgrader.api import Gradebook

            with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
                return {
                    one.student.id: {
                        grade.name: grade.score for notebook in one.notebooks
                        for grade in notebook.grades
                    }
                    for one in book.assignment_submissions(self.stem)
                }  # fmt: skip

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words], cwd=self.folder, capture_output=True,
            text=True, env=self._environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
