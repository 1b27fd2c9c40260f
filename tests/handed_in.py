"""Notebooks as students hand them in, made from the exercises and solutions."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

WRONG = {
    "osi": 'osi = {"Ethernet": 1, "IPv4": 2, "TCP": 3, "HTTP": 4}',
    "peel": 'def peel(frame):\n    return int.from_bytes(frame[12:14], "little"), frame[14:]',
    "tcp-data": "def tcp_data(frame):\n    return frame[54:]",
    "layer-of": "def layer_of(frame, place):\n    raise ValueError('<b>no idea</b> `x` [y](z)')",
    "overhead": "def overhead(frame):\n    while True:\n        pass",
}
"""Answers to exercise 01 that are wrong, by the ids of their cells."""


def solution(stem: str = "01_layers", wrong: Iterable[str] = ()) -> dict[str, Any]:
    """The solution, with wrong answers to these tasks."""
    return changed(
        read(ROOT / "solutions" / f"{stem}.ipynb"), {name: WRONG[name] for name in wrong}
    )


def untouched(stem: str = "01_layers") -> dict[str, Any]:
    """The exercise as it was given out."""
    return read(ROOT / "exercises" / f"{stem}.ipynb")


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def changed(notebook: dict[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    """The notebook with other sources in the cells of these ids."""
    ids = {cell["id"] for cell in notebook["cells"]}
    assert sources.keys() <= ids
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    return notebook


def of_cells(*sources: str, **metadata: Any) -> dict[str, Any]:
    """A notebook of these code cells."""
    cells = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": source,
         "execution_count": None, "outputs": []}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def hand_in(path: Path, notebook: object) -> Path:
    """Write a notebook, or whatever is handed in instead: bytes, text, JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(notebook, bytes | str):
        notebook = json.dumps(notebook)
    path.write_bytes(notebook.encode() if isinstance(notebook, str) else notebook)
    return path
