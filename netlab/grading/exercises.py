"""Exercises made from solutions, through nbgrader's own converters, so that they cannot drift."""

from pathlib import Path

import nbformat

from netlab.notebooks import CourseError, normalise

STUB = "# YOUR CODE HERE\n..."
"""What stands where the solution was: nothing that stops the notebook from running."""


class ExerciseError(CourseError):
    """The exercises cannot be made, in one sentence with the remedy."""


def generate(solutions: Path, out: Path) -> list[Path]:
    """Write for each notebook in `solutions` its exercise into `out`; returns what was written.

    Solutions are cleared, checks locked, outputs removed, as `nbgrader generate_assignment` does
    it, with the cell metadata that nbgrader reads.  ExerciseError without nbgrader or solutions.
    """
    sources = sorted(solutions.glob("*.ipynb"))
    if not sources:
        raise ExerciseError(f"there is no notebook in {solutions}: run this in the course's folder")
    out.mkdir(exist_ok=True)
    return [_write(source, out / source.name) for source in sources]


def exercise(source: Path) -> nbformat.NotebookNode:
    """The exercise that belongs to one solution notebook."""
    try:
        from nbgrader import preprocessors as steps
    except ImportError:
        raise ExerciseError(
            "making exercises takes nbgrader: pip install 'netlab[instructors]'"
        ) from None
    notebook = nbformat.read(source, as_version=4)
    resources = {"unique_key": source.stem}
    for step in (
        steps.LockCells(), steps.ClearSolutions(code_stub={"python": STUB}), steps.ClearOutput(),
        steps.CheckCellMetadata(), steps.ClearHiddenTests(), steps.ClearMarkScheme(),
        steps.ComputeChecksums(),
    ):  # fmt: skip
        notebook, resources = step.preprocess(notebook, resources)
    return normalise(notebook)


def _write(source: Path, path: Path) -> Path:
    nbformat.write(exercise(source), path)
    return path
