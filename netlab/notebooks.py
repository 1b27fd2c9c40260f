"""Run notebooks and bring them into the form in which they are kept: python -m netlab.notebooks.

Kept are the outputs, and nothing that changes from one run or machine to the next: no times, no
versions, no random ids.  Of a widget its still picture is kept, which needs no kernel.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

WIDGET = "application/vnd.jupyter.widget-view+json"
"""Says that here stands a widget, by a random id that means nothing without its kernel."""


class CourseError(Exception):
    """Something about the course's notebooks, in one sentence."""


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, run in its own folder.  CourseError when a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=120,
        resources={"metadata": {"path": path.parent}},
        store_widget_state=False,
        record_timing=False,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise CourseError(f"{path}: {error}") from None
    return normalise(notebook)


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same notebook without what differs between runs and machines."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell.metadata.pop("trusted", None)
        if cell.cell_type != "code":
            continue
        if cell.execution_count is not None:
            cell.execution_count = count = count + 1
        cell.outputs = list(_joined(cell.outputs))
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    nbformat.validate(notebook)
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """What is printed in one cell as one output: how it was cut in pieces is a matter of time."""
    for name, group in groupby(outputs, lambda output: output.get("name")):
        first, *rest = group
        if name:
            first.text = "".join(output.text for output in (first, *rest))
            rest = []
        yield from (first, *rest)


def main(arguments: list[str] | None = None) -> None:
    """Run each notebook and write it back in the form in which it is kept."""
    parser = argparse.ArgumentParser(prog="python -m netlab.notebooks", description=main.__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    os.environ["NETLAB_PROGRESS"] = ""  # what is saved is the same whoever runs it
    for path in parser.parse_args(arguments).notebooks:
        try:
            nbformat.write(execute(path), path)
        except (CourseError, OSError) as error:
            sys.exit(re.sub("\x1b\\[[0-9;]*m", "", str(error)))
        print(f"ran {path}")


if __name__ == "__main__":
    main()
