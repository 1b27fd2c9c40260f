"""A puzzle: lines of code that are to be put in order (after D. Parsons and P. Haden, 2006)."""

from dataclasses import dataclass
from html import escape

from netlab.grading.task import all_tasks, tasks_of

PLAIN = "margin:0;background:none;font-family:monospace"
"""Lines of code on the stripes of whatever page shows them."""


@dataclass(frozen=True)
class Puzzle:
    """The lines, each with its letter, as they are shown to the learner."""

    task: str
    lines: dict[str, str]

    def __repr__(self) -> str:
        return "\n".join(f"{letter}   {line}" for letter, line in self.lines.items())

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:center">{letter}</th>'
            f'<td style="text-align:left"><pre style="{PLAIN}">{escape(line, quote=False)}</pre>'
            f"</td></tr>"
            for letter, line in self.lines.items()
        )
        return (
            f'<table><caption style="text-align:left">Lines of {escape(self.task)}, mixed up'
            f"</caption>{rows}</table>"
        )


def puzzle(task_id: str) -> Puzzle:
    """Show the lines of a task that asks for their order.  ValueError when it is no such task."""
    lesson = task_id.partition("/")[0]
    task = tasks_of(lesson).get(task_id) if lesson.isdigit() else None
    if task is None or not task.lines:
        known = ", ".join(task.id for task in all_tasks().values() if task.lines)
        raise ValueError(f"no puzzle is called {task_id!r}: there are {known}")
    return Puzzle(task_id, task.shown)
