"""The floors of the package: a module imports from the floors below its own, and in no circle.

The imports are read from the source, those inside functions too.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import netlab

ROOT = Path(__file__).parents[1]

FLOORS = (
    {"field", "variable", "header", "lists", "accessors", "checksum", "counts"}
    | {"picture", "palette", "models", "words"},
    {"wire"},
    {"packet"},
    {"capture", "dump"},
    {"tcp"},
    {"simulation"},
    {"kernel"},
    {"flows", "columns", "http", "referee", "sockets", "chat", "progress"},
    {"netlab"},  # netlab/__init__.py, which offers what is below it and fetches the rest when used
    {"figures", "monitor", "notebooks", "terms", "practice"},
    {"widgets", "grading", "strict"},
    {"lessons", "doctor"},
    {"cli", "data"},  # the command and the recording scripts, which nothing imports
)
"""What stands on each floor, the lowest first: modules and packages directly under netlab/."""

FLOOR = {unit: number for number, units in enumerate(FLOORS) for unit in units}
CORE = {unit for unit, number in FLOOR.items() if number <= FLOOR["netlab"]} - {"columns"}
"""What imports nothing but the standard library and netlab."""

HEAVY = {"numpy", "matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython"}


class Import(NamedTuple):
    """An import statement: what is imported, in which line, and whether it is ever carried out."""

    name: str
    line: int
    runs: bool


def imports(source: str, module: str, modules: Mapping[str, str]) -> Iterator[Import]:
    """What a module imports; in `from x import y`, y is a module if it is one of `modules`."""
    is_package = any(name.startswith(module + ".") for name in modules)
    here = module.split(".") if is_package else module.split(".")[:-1]

    def walk(node: ast.AST, runs: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, runs) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) + 1 - node.level] if node.level else []
            base = ".".join([*above, node.module] if node.module else above)
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield Import(name if name in modules else base, node.lineno, runs)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.body:
                yield from walk(child, False)
            for child in node.orelse:
                yield from walk(child, runs)
        else:
            for child in ast.iter_child_nodes(node):
                yield from walk(child, runs)

    return walk(ast.parse(source), True)


def unit(module: str) -> str:
    """What stands on a floor: tcp for netlab.tcp.endpoint, netlab for the package itself."""
    return module.split(".")[1] if "." in module else module


def breaches(modules: Mapping[str, str]) -> Iterator[str]:
    """Each import that goes up, sideways or out of the standard library; unknown modules."""
    for module, source in modules.items():
        own = unit(module)
        if own not in FLOOR:
            yield f"{module} stands on no floor: add {own!r} to FLOORS in tests/test_floors.py"
            continue
        for name, line, _ in imports(source, module, modules):
            place = f"{module}, line {line}: imports {name}"
            top, other = name.split(".")[0], unit(name)
            if top != "netlab":
                if own in CORE and top not in sys.stdlib_module_names:
                    yield f"{place}, which is not in the standard library"
            elif other not in FLOOR:
                yield f"{place}, which stands on no floor"
            elif FLOOR[other] > FLOOR[own]:
                yield f"{place}, which is on a floor above"
            elif FLOOR[other] == FLOOR[own] > 0 and other != own:
                yield f"{place}, its neighbour on the same floor"


def circle(modules: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a circle, [] if there are none."""
    graph = {
        module: {name for name, _, runs in imports(source, module, modules) if runs} & {*modules}
        for module, source in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.fixture(scope="module")
def modules() -> dict[str, str]:
    """The source of every module of the package by its name."""
    found = {}
    for path in sorted((ROOT / "netlab").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text("utf-8")
    return found


def test_each_module_imports_from_floors_below(modules: dict[str, str]) -> None:
    assert {"netlab", "netlab.header", "netlab.wire.tcp", "netlab.cli"} <= {*modules}
    assert "\n".join(breaches(modules)) == ""


def test_no_modules_import_each_other_in_a_circle(modules: dict[str, str]) -> None:
    assert circle(modules) == []


MADE_UP = {
    "up": ("netlab.wire.udp", "from netlab.packet import Packet", "floor above"),
    "up, a submodule by name": ("netlab.wire.udp", "from netlab import packet", "floor above"),
    "up, relatively": ("netlab.wire.udp", "from ..packet import Packet", "floor above"),
    "up, in a function": ("netlab.packet", "def f():\n    import netlab.capture", "floor above"),
    "up, for types": ("netlab.header", "if TYPE_CHECKING:\n import netlab.packet", "floor above"),
    "up, to the package": ("netlab.capture.pcap", "import netlab", "floor above"),
    "sideways": ("netlab.widgets.hex", "import netlab.grading", "same floor"),
    "numpy in the core": ("netlab.flows", "import os, numpy.linalg", "standard library"),
    "an unknown module": ("netlab.utils", "", "add 'utils' to FLOORS"),
    "from an unknown module": ("netlab.cli", "from netlab.utils import x", "no floor"),
}


@pytest.mark.parametrize(("module", "source", "words"), MADE_UP.values(), ids=MADE_UP)
def test_a_breach_is_found(module: str, source: str, words: str) -> None:
    others = ("netlab", "netlab.wire", "netlab.packet", "netlab.capture", "netlab.grading")
    (breach,) = breaches(dict.fromkeys(others, "") | {module: source})
    assert breach.startswith(module)
    assert words in breach


def test_what_is_permitted_is_no_breach() -> None:
    permitted = {
        "netlab": "from netlab.packet import Packet",
        "netlab.header": "import struct\nfrom netlab import palette",
        "netlab.palette": "from os import environ",
        "netlab.packet": "from netlab.header import Header",
        "netlab.columns": "import numpy",
        "netlab.widgets": "",
        "netlab.widgets.hex": "import anywidget\nimport netlab\nfrom .static import still",
        "netlab.widgets.static": "from netlab.packet import Packet",
    }
    assert list(breaches(permitted)) == []
    assert circle(permitted) == []


def test_a_circle_is_found() -> None:
    made_up = {
        "netlab.field": "if TYPE_CHECKING:\n    from netlab.header import Header",
        "netlab.header": "import netlab.field",
    }
    assert circle(made_up) == []
    made_up["netlab.field"] = "def f():\n    from netlab.header import Header"
    assert {*circle(made_up)} == {"netlab.field", "netlab.header"}


def loaded_by(statement: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*{HEAVY} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {*run.stdout.split()}


def test_importing_netlab_loads_nothing_heavy() -> None:
    assert loaded_by("import netlab") == set()
    assert {"anywidget", "traitlets"} <= loaded_by("import netlab; netlab.PacketExplorer")


@pytest.mark.parametrize("name", netlab.__all__)
def test_every_name_that_netlab_offers_is_there(name: str) -> None:
    assert getattr(netlab, name) is not None
