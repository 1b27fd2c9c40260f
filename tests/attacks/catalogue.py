"""The catalogue of attacks: each a file of cells, by subject, and what it is to earn.

A file begins with what it does, and has a `# %%` before each cell.  Above the first one may say:

    # says: WORDS      which are to stand in a note or a sentence of what is graded
    # wrecks           that it harms the process that runs it: even what is right may be lost
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

PEEL = """
def peel(frame):
    return int.from_bytes(frame[12:14], "big"), frame[14:]
"""
"""A right answer to one task, worth 2 points: it stands at the end of every attack, for what is
right is to count, whatever else a submission does."""

KNOWN = """
PLACES, FOLDER, VARIABLE = {places!r}, {folder!r}, "NETLAB_SECRET"

def reached():
    global osi
    osi = {{"Ethernet": 2, "IPv4": 3, "TCP": 4, "HTTP": 7}}
"""
"""What attacks that reach out know: where things are.  A point says that they got there."""


class Attack(NamedTuple):
    """The cells, words that are to be said, and whether it wrecks the process that runs it."""

    subject: str
    cells: tuple[str, ...]
    says: tuple[str, ...]
    wrecks: bool

    def notebook(self, folder: Path, places: list[str]) -> bytes:
        """The notebook that is handed in, where the folder and other places are outside."""
        known = KNOWN.format(places=places, folder=str(folder))
        before = (known,) if self.subject == "reach" else ()
        return notebook(*before, *self.cells, PEEL)


def read(path: Path) -> Attack:
    """The attack in a file."""
    head, *cells = re.split(r"^# %%\n", path.read_text("utf-8"), flags=re.MULTILINE)
    says = re.findall(r"^# says: (.*)$", head, re.MULTILINE)
    return Attack(path.parent.name, tuple(cells), tuple(says), "# wrecks" in head)


def notebook(*sources: str, **others: Any) -> bytes:
    """A notebook of these code cells."""
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources
    ]
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **others}
    return json.dumps(made).encode()


ATTACKS = {
    f"{path.parent.name}/{path.stem}": read(path)
    for path in sorted(Path(__file__).parent.glob("*/*.ipy"))
} | {
    # What no text file holds.
    "python/text_that_cannot_be_compiled": Attack(
        "python",
        ("(" * 100_000, "x = " + "-" * 100_000 + "1", "def f(:", "\0", "x = '\ud800'",
         "a" * 600_000),
        ("Cell 1 stops with", "Cell 4 stops with", "Cell 6 is too long"), False,
    ),
}  # fmt: skip
