"""Strict checks of notebooks: each is run anew, and its outputs must be those that were saved."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import nbformat

from netlab.notebooks import CourseError

RULES = Path(__file__).parent / "nbval_sanitize.cfg"
"""What differs from run to run and is left out of the comparison."""

CELL_SECONDS = 300
"""How long a cell may take."""


class Outcome(NamedTuple):
    """What came of a notebook: its code cells, how many of them failed, the time that it took in
    seconds, the first thing that is not as it was saved, and the whole as JUnit's XML has it."""

    path: Path
    cells: int
    failed: int
    seconds: float
    first: str
    suite: ElementTree.Element


def find(paths: Iterable[Path]) -> list[Path]:
    """The notebooks among these files and folders.  CourseError for what is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.ipynb"))
            if not inside:
                raise CourseError(f"there is no notebook in {path}: name a folder that holds some")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise CourseError(f"no such file or folder: {path}; run this in the course's folder")
    for path in found:
        _read(path)
    return list(dict.fromkeys(found))


def _read(path: Path) -> None:
    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except (ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise CourseError(f"{path} is not a notebook: {printable(reason)[:200]}") from None
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}") from None


def check(paths: Iterable[Path], jobs: int = 1) -> Iterator[Outcome]:
    """Run each notebook in its own folder, `jobs` at a time; an outcome as each comes to its end.

    CourseError without nbval, which does the work.
    """
    if find_spec("nbval") is None:
        raise CourseError("checking notebooks takes nbval: pip install 'netlab[instructors]'")
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(run, path) for path in paths]
        try:
            for done in as_completed(running):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def run(path: Path) -> Outcome:
    """Run one notebook through nbval, in a Python of its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env",
            "--nbval-sanitize-with", str(RULES), "--nbval-cell-timeout", str(CELL_SECONDS),
            # nothing of the folder's own settings for pytest
            "-c", str(RULES), "--rootdir", str(path.parent), "--noconftest",
            "-p", "no:cacheprovider", "--color=no", "-q", "--junit-xml", str(report), str(path),
        ]  # fmt: skip
        # a check of the course is no progress of the learner's
        kept = os.environ | {"NETLAB_PROGRESS": ""}
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=kept)
        try:
            return outcome(path, ElementTree.parse(report).getroot()[0])
        except (OSError, ElementTree.ParseError):
            last = (done.stderr + done.stdout).strip().splitlines() or ["pytest said nothing"]
            raise CourseError(f"{path} cannot be checked: {last[-1]}") from None


def outcome(path: Path, suite: ElementTree.Element) -> Outcome:
    """What pytest's report on one notebook says."""
    suite.set("name", path.name)
    cases = suite.findall("testcase")
    for case in cases:
        case.set("classname", path.stem)
    bad = [case for case in cases if _complaint(case) is not None]
    first = _first(bad[0]) if bad else ""
    return Outcome(path, len(cases), len(bad), float(suite.get("time", 0)), first, suite)


def _complaint(case: ElementTree.Element) -> ElementTree.Element | None:
    failure = case.find("failure")
    return case.find("error") if failure is None else failure


def _first(case: ElementTree.Element) -> str:
    """The cell, counted from 1 among the code cells, and what is not as it was saved."""
    complaint = _complaint(case)
    text = printable((complaint.text if complaint is not None else "") or "")
    title, _, rest = text.partition("\n\nInput:\n")
    source, _, trace = rest.partition("\n\nTraceback:\n")
    title = title.splitlines()[-1] if title else "it did not run"
    cell = re.fullmatch(r"Cell (\d+)", case.get("name", ""))
    where = f"code cell {int(cell[1]) + 1}" if cell else case.get("name", "")
    line = next(filter(str.strip, source.splitlines()), "").strip()
    said = _difference(trace) or re.sub(r"^Cell \d+: ", "", title)
    return f"{where}, `{line}`: {said}" if line else f"{where}: {said}"


def _difference(trace: str) -> str:
    """The first line that differs, of what was saved and of what comes now; or the error."""
    lines = [line.strip() for line in trace.splitlines() if line.strip()]
    if not any("mismatch" in line for line in lines):
        return lines[-1] if lines else ""
    saved = next((line[2:] for line in lines if line.startswith("+ ")), None)
    now = next((line[2:] for line in lines if line.startswith("- ")), None)
    if saved is None and now is None:
        return lines[-1]
    return f"saved was {_short(saved)}, now it is {_short(now)}"


def _short(line: str | None) -> str:
    return "nothing" if line is None else f"`{line[:100]}{'…' if len(line) > 100 else ''}`"


def printable(text: str) -> str:
    """The text without a terminal's colours, also as XML has them."""
    return re.sub(r"(\x1b|#x1B)\[[0-9;]*m", "", text)


def write_junit(outcomes: Iterable[Outcome], path: Path) -> None:
    """All outcomes in one JUnit file: a suite a notebook, a case a code cell."""
    root = ElementTree.Element("testsuites", name="netlab check")
    root.extend(one.suite for one in sorted(outcomes, key=lambda one: one.path))
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
