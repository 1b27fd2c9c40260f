"""Every attack of the catalogue, graded like any submission: none earns what it should not, and
none harms anybody else.
"""

import json
import os
import platform
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from catalogue import ATTACKS, PEEL, notebook

from netlab.grading import pupil
from netlab.grading.grade import Job, grade
from netlab.grading.sandbox import Walls

NUMBERED = {
    "reach/handles_keys_and_the_kernels_log", "reach/the_same_calls_by_other_numbers",
    "reach/mounts", "reach/a_namespace_of_ones_own_with_root_in_it",
    "reach/other_processes_memory",
}  # fmt: skip
"""Attacks by the numbers that system calls have on x86_64."""

HARMLESS = {
    "reach/another_students_file", "reach/another_students_file_by_a_link",
    "reach/the_network", "reach/sockets_that_no_network_holds", "reach/other_processes",
    "reach/a_program_run", "reach/the_solution_found_in_compiled_code",
    "reach/another_students_file_changed",
}  # fmt: skip
"""Attacks that may be let out, where they do reach what they reach for."""

LISTEN, PORT = "\0netlab-attack", 23_737
"""Where the test listens, outside."""
SOLUTION = Path(__file__).parents[2] / "solutions" / "01_layers.ipynb"
AT_A_TIME = 4

Graded = dict[str, "Future[dict[str, Any]]"]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is there to be reached: a file, a network, a variable; and less time, for the test."""
    folder = tmp_path_factory.mktemp("outside")
    for part in (folder, *folder.parents[:2]):
        part.chmod(0o755)
    folder.chmod(0o777)
    (folder / "other.ipynb").write_bytes(notebook(PEEL))
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.socket(socket.AF_UNIX) as near,
        socket.socket() as far,
    ):
        patch.setenv("NETLAB_SECRET", "yes")
        patch.setattr(pupil, "SECONDS", 4.0)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        near.bind(LISTEN)
        far.bind(("127.0.0.1", PORT))
        near.listen()
        far.listen()
        yield folder


def graded(name: str, outside: Path, sandboxed: bool = True) -> dict[str, Any]:
    places = [str(outside / "other.ipynb"), str(SOLUTION)]
    content = ATTACKS[name].notebook(outside, places)
    return grade(Job("mallory", "mallory", "x.ipynb", content, (), "01", sandboxed=sandboxed))


@pytest.fixture(scope="module")
def records(outside: Path, request: pytest.FixtureRequest) -> Iterator[Graded]:
    """The records of the attacks that are asked for, graded several at a time."""
    names = [
        item.callspec.params["name"]  # type: ignore[attr-defined]
        for item in request.session.items
        if item.name.startswith("test_an_attack_earns")
    ]
    with ThreadPoolExecutor(AT_A_TIME) as executor:
        yield {name: executor.submit(graded, name, outside) for name in names}
        executor.shutdown(cancel_futures=True)


def earned(record: dict[str, Any]) -> dict[str, int]:
    return {task["task"]: task["points"] for task in record["tasks"] if task["points"]}


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_what_is_right_in_it(name: str, records: Graded, outside: Path) -> None:
    if name in NUMBERED and platform.machine() != "x86_64":
        pytest.skip("the numbers are x86_64's")
    attack, record = ATTACKS[name], records[name].result()
    notes = record["notes"]
    said = [*notes, *(words for task in record["tasks"] for words in task["sentences"])]
    assert earned(record) == {"01/peel": 2} or (attack.wrecks and not earned(record)), said
    for words in attack.says:
        assert any(words in sentence for sentence in said), said
    assert attack.says or attack.wrecks or not notes, "the attack did not come to its end"
    # What is kept of it can be written, and read without harm.
    assert len(json.dumps(record).encode()) < 50_000
    assert all(sentence.isprintable() for sentence in said)
    assert [path.name for path in outside.iterdir()] == ["other.ipynb"]


@pytest.mark.needs("namespaces")
@pytest.mark.parametrize("name", [name for name in ATTACKS if name.startswith("reach/")])
def test_walls_without_bubblewrap_hold_too(
    name: str, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in NUMBERED and platform.machine() != "x86_64":
        pytest.skip("the numbers are x86_64's")
    walls = Walls("namespaces", "inside" if os.geteuid() == 0 else "")
    monkeypatch.setattr("netlab.grading.grade.find", lambda: walls)
    record = graded(name, outside)
    assert earned(record) == {"01/peel": 2}
    assert ATTACKS[name].says or not record["notes"]


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_without_walls_the_attack_does_reach_out(name: str, outside: Path) -> None:
    record = graded(name, outside, sandboxed=False)
    (outside / "written-by-an-attack").unlink(missing_ok=True)
    assert earned(record) == {"01/osi": 1, "01/peel": 2}, record["notes"]


def test_there_are_many() -> None:
    assert len(ATTACKS) > 120
    assert {*HARMLESS, *NUMBERED} <= {*ATTACKS}
