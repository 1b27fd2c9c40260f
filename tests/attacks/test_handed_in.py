"""Attacks by what is handed in: a whole class of them in one run, with honest students between."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from catalogue import PEEL, notebook
from handed_in import changed, hand_in, solution, untouched

from netlab.grading import command

CHEAT = "raise SystemExit\n"
OSI = 'osi = {"Ethernet": 2, "IPv4": 3, "TCP": 4, "HTTP": 7}'
WRONG_OSI = 'osi = {"Ethernet": 1, "IPv4": 1, "TCP": 1, "HTTP": 1}'


def checks_edited() -> dict[str, Any]:
    """Check cells that say that all is right, unlocked and worth a hundred points."""
    notebook = untouched()
    for cell in notebook["cells"]:
        if "grade_id" in (marks := cell["metadata"].get("nbgrader", {})):
            marks |= {"points": 100, "locked": False, "grade": True, "solution": True}
        if "check(" in "".join(cell["source"]):
            cell["source"] = "print('✔ right, 100 of 100 points')"
    return notebook


def outputs_forged() -> dict[str, Any]:
    """Outputs that say that all is right."""
    notebook = untouched()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            said = {"text/plain": "✔ 01/osi: right", "text/html": "<script>alert(1)</script>"}
            cell["outputs"] = [
                {"output_type": "execute_result", "data": said, "metadata": {},
                 "execution_count": 1}
            ]  # fmt: skip
    notebook["metadata"] |= {"score": 12, "points": 12, "kernelspec": {"name": "x"}}
    return notebook


def cells_twice() -> dict[str, Any]:
    """Every cell twice, under the same id; the second answer counts, as in a notebook."""
    made = solution()
    wrong = changed(solution(), {"osi": WRONG_OSI})
    made["cells"] += wrong["cells"]
    return made


def cells_deleted() -> dict[str, Any]:
    """Only the answers, no checks and no words."""
    made = solution()
    made["cells"] = [cell for cell in made["cells"] if "check(" not in "".join(cell["source"])]
    return made


def ids_gone() -> dict[str, Any]:
    made = solution()
    for cell in made["cells"]:
        cell.pop("id")
        cell["metadata"] = {}
    return made


def nested() -> bytes:
    return b"[" * 200_000 + b"]" * 200_000


PLANTED = {
    "netlab/__init__.py": CHEAT, "netlab/grading/checking.py": CHEAT, "json.py": CHEAT,
    "sitecustomize.py": CHEAT, "netlab/grading/tasks/01_layers.py": CHEAT, "conftest.py": CHEAT,
    "nbgrader_config.py": CHEAT, "pyproject.toml": "[", ".env": "PYTHONPATH=.",
}  # fmt: skip
"""What lies beside a notebook, for Python to find on its path."""

LAST = b"\xff\xfe" + "{}".encode("utf-16-le")

CLASS: dict[str, tuple[Any, int]] = {
    "ada": (solution(), 12),
    "checks edited": (checks_edited(), 0),
    "outputs forged": (outputs_forged(), 0),
    "cells twice": (cells_twice(), 11),
    "cells deleted": (cells_deleted(), 12),
    "ids gone": (ids_gone(), 12),
    "bob": (solution(), 12),
    "empty": (b"", 0),
    "not json": (b"{'cells': []}", 0),
    "json, no notebook": (b'[{"points": 12}]', 0),
    "nested": (nested(), 0),
    "another encoding": (LAST, 0),
    "numbers for cells": (
        b'{"nbformat": 4, "metadata": 7, "cells": [1, null, [], {"cell_type": 9}]}', 0,
    ),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', 0),
    "format of the future": (b'{"nbformat": 1e400, "cells": [], "points": NaN}', 0),
    "format of a far future": (b'{"nbformat": 1' + b"0" * 400 + b', "cells": []}', 0),
    "old format": (
        json.dumps({
            "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [
                {"cell_type": "code", "language": "python", "input": PEEL, "outputs": [],
                 "collapsed": False, "metadata": {}, "prompt_number": 1}], "metadata": {}}],
        }).encode(), 2,
    ),
    "another language": (
        notebook(OSI, metadata={"kernelspec": {"language": "R", "name": "ir"}}), 0,
    ),
    "Zoë 🦊 名前": (notebook(OSI), 1),
    "=cmd|' calc'!A0": (notebook(OSI), 1),
    "<script>alert(1)<": (notebook(PEEL), 2),
    "eve": (notebook("import os\nos._exit(0)", "while True: os.kill(-1, 9)", OSI), 1),
    "zoe": (solution(), 12),
}  # fmt: skip


@pytest.mark.needs("bwrap")
def test_a_class_of_attackers_is_graded_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "submissions"
    for student, (content, _) in CLASS.items():
        hand_in(folder / student / "01_layers.ipynb", content)
    for name, text in PLANTED.items():
        hand_in(folder / "checks edited" / name, text)
        hand_in(folder / "ada" / name, text)
    (folder / "neighbour").mkdir()
    (folder / "neighbour" / "01_layers.ipynb").symlink_to(folder / "ada" / "01_layers.ipynb")
    (folder / "outside").mkdir()
    (folder / "outside" / "01_layers.ipynb").symlink_to("/etc/passwd")
    (folder / "round").symlink_to(folder)
    monkeypatch.chdir(folder / "checks edited")
    out = tmp_path / "grades.csv"
    assert command.run(folder, out, tmp_path / "feedback", jobs=2) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row[0].lstrip("'"): row for row in csv.reader(file)}
    points = {student: due for student, (_, due) in CLASS.items()}
    points |= {"neighbour": 0, "outside": 0}
    header, *_ = rows.values()
    place = header.index("points")
    found = {student: float(rows[student][place]) for student in points}
    assert found == points
    assert float(rows["outside"][place]) == 0
    for page in (tmp_path / "feedback").rglob("*.html"):
        assert "<script>alert" not in page.read_text("utf-8")
