"""A notebook as it was handed in: the code cells that are run, whatever the file holds.

Its outputs are never looked at, and neither is what its metadata say about points.
"""

import json
import re
from typing import Any

from netlab.words import printable

CHECK = re.compile(r"""\s*(#.*|check\(\s*["'][^"']*["']\s*\)\s*)?""")
"""A line that does nothing but check, which the grader does itself."""


class NotebookError(Exception):
    """No notebook that can be run, in one sentence."""


def code_cells(content: bytes) -> list[str]:
    """The source of each code cell in order, "" for one that only checks.

    NotebookError for what holds none that can be run.
    """
    notebook = _read(content)
    language = _language(notebook["metadata"])
    if language and not language.startswith(("python", "ipython")):
        raise NotebookError(
            f"The notebook is written in {printable(language, 40)}; Python is asked for."
        )
    found = [_source(cell) for cell in notebook["cells"] if _is_code(cell)]
    return ["" if all(map(CHECK.fullmatch, source.splitlines())) else source for source in found]


def _read(content: bytes) -> dict[str, Any]:
    """The notebook in the fourth format, with a list of cells and metadata."""
    if not content.strip():
        raise NotebookError("The file is empty.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotebookError("The file is no notebook: it is not text in UTF-8.") from None
    except (ValueError, RecursionError):
        raise NotebookError("The file is no notebook: it is not JSON.") from None
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotebookError("The file is JSON, but no notebook: it does not say its format.")
    if version in (1, 2, 3):
        notebook = _upgraded(notebook)
    elif version != 4:
        shown = printable(str(version), 20)
        raise NotebookError(f"The notebook's format is {shown}; 4 is the newest known.")
    cells, metadata = notebook.get("cells"), notebook.get("metadata")
    if not isinstance(cells, list):
        raise NotebookError("The notebook has no list of cells.")
    return {"cells": cells, "metadata": metadata if isinstance(metadata, dict) else {}}


def _upgraded(notebook: dict[str, Any]) -> dict[str, Any]:
    from nbformat import converter, from_dict  # takes long to load, and is seldom used

    try:
        upgraded = converter.convert(from_dict(notebook), 4)
    except Exception as error:  # nbformat trusts that the old format is kept to
        raise NotebookError(
            f"The notebook is of an old format and cannot be read: {type(error).__name__}."
        ) from None
    return dict(upgraded)


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _language(metadata: dict[str, Any]) -> str:
    """The language as the notebook says it, in small letters; "" where it does not."""
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        holder = metadata.get(part)
        if isinstance(holder, dict) and isinstance(holder.get(key), str) and holder[key]:
            return str(holder[key]).lower()
    return ""
