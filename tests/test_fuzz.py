"""The fuzzers' targets, here with hypothesis; and that the fuzzer finds what is to be found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from targets import TARGETS, seeds

FUZZ = Path(__file__).parent / "fuzz"
every_target = pytest.mark.parametrize("target", TARGETS)

FOUND = sorted((FUZZ / "found").iterdir())
"""What the fuzzer has found: the name begins with the target's."""

SEEDS = {target: list(seeds(target)) for target in TARGETS}


@every_target
def test_the_seeds_are_sound(target: str) -> None:
    assert len(SEEDS[target]) > 1
    for seed in SEEDS[target]:
        TARGETS[target](seed)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


@every_target
@given(data=st.binary(max_size=300))
def test_any_bytes(target: str, data: bytes) -> None:
    TARGETS[target](data)


@every_target
@given(data=st.data())
def test_damaged_seeds(target: str, data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(SEEDS[target])))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(damaged)))
        length = data.draw(st.integers(0, 8))
        damaged[start : start + length] = data.draw(st.binary(max_size=8))
    TARGETS[target](bytes(damaged))


def fuzz(folder: Path, *options: object) -> subprocess.CompletedProcess[str]:
    """The fuzzer, with the targets that stand beside it in a folder."""
    shutil.copy(FUZZ / "fuzz.py", folder)
    places = os.pathsep.join(str(place) for place in (*sys.path, FUZZ.parents[1]) if place)
    return subprocess.run(
        [sys.executable, folder / "fuzz.py", "--folder", folder, *map(str, options)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": places},
    )  # fmt: skip


PLANTED = """
def brackets(data):
    assert data[:2] != b"[]"
TARGETS = {"brackets": brackets}
def seeds(target):
    yield b"[x"
"""


@pytest.mark.needs("atheris")
def test_the_fuzzer_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "targets.py").write_text(PLANTED)
    done = fuzz(tmp_path, "--seconds", 30)
    assert done.returncode == 1, done.stderr
    assert "brackets failed" in done.stderr
    (crash,) = tmp_path.glob("crash-*")
    assert crash.read_bytes().startswith(b"[]")
    assert fuzz(tmp_path, "--target", "brackets", crash).stderr.endswith("AssertionError\n")


@pytest.mark.needs("atheris")
def test_the_fuzzer_says_how_often_it_ran(tmp_path: Path) -> None:
    (tmp_path / "targets.py").write_text(PLANTED.replace('!= b"[]"', "is not None"))
    done = fuzz(tmp_path, "--seconds", 1)
    assert done.returncode == 0, done.stderr
    assert "executions, nothing found" in done.stdout
