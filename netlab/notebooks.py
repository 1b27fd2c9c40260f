"""Run notebooks and bring them into the form in which they are kept: python -m netlab.notebooks.

Kept are the outputs and nothing that changes from one run to the next: no times, no random ids.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


class CourseError(Exception):
    """Something about the course's notebooks, in one sentence."""


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs.  CourseError naming the cell when one fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": path.parent}},
        store_widget_state=False, record_timing=False,
    )  # fmt: skip
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
    models: dict[str, str] = {}
    for number, cell in enumerate(notebook.cells):
        nbgrader = cell.metadata.get("nbgrader", {})
        cell.id = nbgrader.get("grade_id") or f"cell-{number:02}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get("application/vnd.jupyter.widget-view+json")
            if view:
                name = models.setdefault(view["model_id"], f"widget-{len(models)}")
                view["model_id"] = name
    _number_cells(notebook)
    nbformat.validate(notebook)
    return notebook


def _number_cells(notebook: nbformat.NotebookNode) -> None:
    """Execution counts from 1 on, as a fresh run from the top gives them."""
    count = 0
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.execution_count is not None:
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count


def main(arguments: list[str] | None = None) -> None:
    """Run each notebook in place and write it back in its kept form."""
    parser = argparse.ArgumentParser(prog="python -m netlab.notebooks", description=main.__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    for path in parser.parse_args(arguments).notebooks:
        try:
            nbformat.write(execute(path), path)
        except (CourseError, OSError) as error:
            sys.exit(re.sub("\x1b\\[[0-9;]*m", "", str(error)))
        print(f"ran {path}")


if __name__ == "__main__":
    main()
