"""The project's own files: they agree with each other, and `make` does what it says."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import needs
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

CONDA_NAMES = {"matplotlib-base": "matplotlib"}  # without the windows that a notebook never opens


def by_name(lines: list[str]) -> dict[str, SpecifierSet]:
    """The admitted versions of each named package."""
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}


def test_conda_and_pip_users_get_the_same() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = by_name([line for line in listed if isinstance(line, str)])
    conda.pop("pip")
    assert {CONDA_NAMES.get(name, name): versions for name, versions in conda.items()} == {
        "python": SpecifierSet(PROJECT["requires-python"]),
        **by_name(PROJECT["dependencies"]),
    }
    assert {"pip": ["-e ."]} in listed


def locked() -> dict[str, list[str]]:
    """The locked versions of each package, of which there may be several, by platform."""
    versions: dict[str, list[str]] = {}
    for line in LOCK.splitlines():
        if not line.lstrip().startswith("#"):
            pin = re.fullmatch(r"([\w.-]+)==([\w.!]+)( *;.*)?", line)
            assert pin, f"not a name and a version: {line}"
            versions.setdefault(canonicalize_name(pin[1]), []).append(pin[2])
    return versions


def test_the_lock_names_versions_and_no_place() -> None:
    assert len(locked()) > 50
    for trace in ("://", "--index", "--find-links", "--extra-index", "--trusted", " @ ", "file:"):
        assert trace not in LOCK


EXTRAS = PROJECT["optional-dependencies"]


@pytest.mark.parametrize("line", sum(EXTRAS.values(), PROJECT["dependencies"]))
def test_the_lock_covers(line: str) -> None:
    wanted = Requirement(line)
    versions = locked().get(canonicalize_name(wanted.name))
    assert versions, f"{line} is not in requirements.lock: make lock"
    assert all(version in wanted.specifier for version in versions), f"{line}: make lock"


def test_nbgrader_is_for_instructors_only() -> None:
    holders = [extra for extra, lines in EXTRAS.items() if "nbgrader" in by_name(lines)]
    assert holders == ["instructors"]
    assert "nbgrader" not in by_name(PROJECT["dependencies"])


def test_a_missing_program_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETLAB_REQUIRE_ALL", raising=False)
    monkeypatch.setenv("PATH", "")
    needs.missing.cache_clear()
    try:
        with pytest.raises(pytest.skip.Exception, match="needs ip: apt-get install iproute2"):
            needs.require("ip")
        monkeypatch.setenv("NETLAB_REQUIRE_ALL", "1")
        with pytest.raises(pytest.fail.Exception, match="apt-get install tshark"):
            needs.require("tshark")
    finally:
        needs.missing.cache_clear()


FAKE_PYTHON = """#!/bin/sh
echo "$@" >> "$LOG"
case "$1 $2" in
    "-c "*"version_info"*) exit "${TOO_OLD:-0}" ;;
    "-c "*"ensurepip"*) exit "${NO_VENV:-0}" ;;
    "-m venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    "-m pip") test "$3" != install || { echo Collecting x; test -z "$NO_PIP" || exit 1
        printf '#!/bin/sh\\necho lab: "$@"' > .venv/bin/netlab; chmod +x .venv/bin/netlab; } ;;
esac
"""


class Checkout:
    """A folder with the files that `make` reads, and a Python that only notes its orders."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.python = folder, folder / "log", folder / "fake-python"
        for name in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, folder)
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(self.python.stat().st_mode | stat.S_IXUSR)

    def make(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`make`, as a person types it, and not as part of the `make` that runs the tests."""
        outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        self.log.write_text("")
        return subprocess.run(
            ["make", f"PYTHON={self.python}", *words], cwd=self.folder, text=True,
            capture_output=True, env=outer | {"LOG": str(self.log)} | variables,
        )  # fmt: skip

    @property
    def installs(self) -> int:
        """How often the last command called pip to install."""
        return self.log.read_text().count("-m pip install")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    if sys.platform == "win32":
        pytest.skip("on Windows the kit is installed with pip, as the README says")
    needs.require("make")
    return Checkout(tmp_path)


def test_make_alone_lists_the_commands(checkout: Checkout) -> None:
    listed = checkout.make().stdout
    for command in ("lab", "test", "exercises", "bench", "fuzz", "lock", "format", "clean"):
        assert re.search(rf"^make {command} +[A-Z]", listed, re.MULTILINE)


def test_make_lab_installs_once_and_passes_options_on(checkout: Checkout) -> None:
    first = checkout.make("lab", "ARGS=--no-browser --port 8899")
    assert first.stdout.endswith("lab: lab --no-browser --port 8899\n")
    assert "-c requirements.lock -e .\n" in checkout.log.read_text()
    assert checkout.make("lab").stdout == "lab: lab\n"
    assert checkout.installs == 0


def test_make_fuzz_installs_what_make_test_needs_too(checkout: Checkout) -> None:
    checkout.make("fuzz")
    assert "-e .[dev,instructors,tables,cluster,fuzz]\n" in checkout.log.read_text()
    assert (checkout.folder / ".venv" / "test.stamp").exists()
    checkout.make("test")
    assert checkout.installs == 0


def test_a_changed_lock_is_installed(checkout: Checkout) -> None:
    checkout.make("lab")
    later = (checkout.folder / ".venv" / "lab.stamp").stat().st_mtime + 1
    os.utime(checkout.folder / "requirements.lock", (later, later))
    checkout.make("lab")
    assert checkout.installs == 1


def test_an_install_that_broke_off_is_taken_up_again(checkout: Checkout) -> None:
    broken = checkout.make("lab", NO_PIP="1")
    assert broken.returncode != 0
    assert "make lab goes on with it" in broken.stderr
    assert "lab: lab" not in broken.stdout
    assert checkout.make("lab").stdout.endswith("lab: lab\n")
    assert checkout.installs == 1


@pytest.mark.parametrize(
    ("variable", "remedy"),
    [("TOO_OLD", "make lab PYTHON=python3.11"), ("NO_VENV", "apt-get install python3-venv")],
)
def test_an_unfit_python_gets_one_line_with_the_remedy(
    checkout: Checkout, variable: str, remedy: str
) -> None:
    unfit = checkout.make("lab", **{variable: "1"})
    assert unfit.returncode != 0
    line, closing = unfit.stderr.splitlines()
    assert remedy in line
    assert closing.startswith("make: ***")
    assert not (checkout.folder / ".venv").exists()


def test_make_asks_for_the_python_that_pyproject_asks_for(checkout: Checkout) -> None:
    checkout.make("lab")
    asked = re.search(r"version_info < \((\d+), (\d+)\)", checkout.log.read_text())
    assert asked
    assert PROJECT["requires-python"] == ">={}.{}".format(*asked.groups())


def test_no_python_at_all(checkout: Checkout) -> None:
    none = checkout.make("lab", "PYTHON=no-such-python")
    assert none.returncode != 0
    assert none.stderr.startswith("netlab needs Python 3.11 or newer")
