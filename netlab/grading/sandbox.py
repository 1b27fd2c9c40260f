"""Walls around a learner's code: another process that sees nothing but Python and the kit.

Two kinds are made here, by bubblewrap or by the kernel's user namespaces alone.  Within them there
is no network, no other process, no home and no answers, one small empty folder to write to, and
the kernel refuses what is on the list of `seccomp.py`.  Limits hold for each process (`LIMITS`),
and `channel.py` watches over all of them together.
"""

import json
import os
import platform
import re
import secrets
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from netlab.grading import seccomp

KIT = Path(__file__).parents[1]
INSIDE = "/kit"
HIDDEN = ("grading", "widgets", "questions")
"""Parts of the kit that are empty inside: right answers, and what only shows something."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

FOLDER_BYTES, FOLDER_FILES = 32 * 2**20, 5_000
"""What fits into the one folder that can be written to."""

LIMITS = {
    "RLIMIT_AS": 2 * 2**30, "RLIMIT_CPU": 300, "RLIMIT_NPROC": 48, "RLIMIT_NOFILE": 64,
    "RLIMIT_FSIZE": 16 * 2**20, "RLIMIT_CORE": 0, "RLIMIT_MSGQUEUE": 0, "RLIMIT_MEMLOCK": 2**16,
    "RLIMIT_SIGPENDING": 256,
}  # fmt: skip
"""What each process may use at most: bytes, seconds, numbers of processes and of open files."""

LONGEST = 1_000_000
"""Characters of one answer."""

ENVIRONMENT = {
    "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0", "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1", "NETLAB_PROGRESS": "",
}  # fmt: skip
"""All that is in the environment.  With a fixed seed of hashes a set has the same order each time:
the same submission gives the same grade."""


class SandboxError(Exception):
    """No walls can be had, or they fell before a learner's code began, in one sentence."""


@dataclass(frozen=True)
class Walls:
    """A kind of walls that works on this machine.

    kind  "bwrap", "namespaces" or "none"
    user  where root becomes a user that nobody is, another for each process: "inside", when the
          walls stand, or "before", where root may not build them; "" for whoever is not root
    """

    kind: str
    user: str = ""

    @property
    def depth(self) -> int:
        """How many processes stand between the one that is started and the learner's."""
        return {"bwrap": 2, "namespaces": 2, "none": 0}[self.kind]


NONE = Walls("none")

UNPROTECTED = (
    "Without a sandbox a learner's code can read your files, the right answers and other "
    "submissions among them, change and delete them, use the network and go on running when it is "
    "graded; only time and memory are limited. Grade no code so that you would not run yourself."
)
"""What `--no-sandbox` means."""


@cache
def find() -> Walls:
    """The best walls that work here, found by trying.  SandboxError with the remedy if none do."""
    if sys.platform != "linux":
        raise SandboxError(
            f"there is no sandbox for {sys.platform}: grade on Linux (on Windows in WSL), or with "
            "--no-sandbox, which protects nothing"
        )
    for kind in ("bwrap", "namespaces") if shutil.which("bwrap") else ("namespaces",):
        for walls in _for_users(kind):
            if works(walls):
                return walls
    raise SandboxError(
        "no sandbox works on this machine: install bubblewrap (apt-get install bubblewrap), permit "
        "user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu "
        "kernel.apparmor_restrict_unprivileged_userns=0), or grade with --no-sandbox, which "
        "protects nothing"
    )


@cache
def no_walls() -> Walls:
    """What `--no-sandbox` takes; even then root's rights are left behind where that works."""
    for walls in _for_users("none"):
        if works(walls):
            return walls
    return NONE


def _for_users(kind: str) -> list[Walls]:
    """Walls of a kind for who this is.  A learner's code never runs as root within walls: not even
    in a user namespace, where files and devices would still take it for their owner."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0):
        return [Walls(kind)]
    return [Walls(kind, "inside"), Walls(kind, "before")]


def works(walls: Walls) -> bool:
    """Whether a process within these walls starts and answers."""
    try:
        process = start(walls)
    except OSError:
        return False
    try:
        said, _ = process.communicate(b"", timeout=20)
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
    return b"ready" in said


def start(walls: Walls, folder: str = "/") -> "subprocess.Popen[bytes]":
    """Start `worker.py` within the walls; its stdin takes questions, its stdout gives answers.

    folder  where there are no walls, the place for the files that it writes
    """
    if not hasattr(os, "fork"):
        raise SandboxError(f"nothing is graded on {sys.platform}: use Linux (on Windows in WSL)")
    nobody = 1_000_000_000 + secrets.randbelow(800_000_000)
    other: dict[str, Any] = {}
    if walls.user == "before":
        other = {"user": nobody, "group": nobody, "extra_groups": []}
    read, write = os.pipe()
    try:
        with open(write, "wb") as program:
            program.write(seccomp.program())  # less than a pipe holds
        return subprocess.Popen(
            _command(walls, read, nobody if walls.user == "inside" else 0),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(walls, folder), cwd=folder, pass_fds=(read,),
            start_new_session=walls.kind == "none", **other,
        )  # fmt: skip
    finally:
        os.close(read)


def _environment(walls: Walls, folder: str) -> dict[str, str]:
    if walls.kind != "none":
        return ENVIRONMENT
    return ENVIRONMENT | {"HOME": folder, "TMPDIR": folder}


def _command(walls: Walls, program: int, user: int) -> list[str]:
    """What is run: the worker within the walls; `program` is the open filter."""
    if walls.kind == "bwrap":
        return [*_bwrap(walls, program), *_worker(walls, user)]
    if walls.kind == "namespaces":
        return _namespaces(walls, program, _worker(walls, user))
    return _worker(walls, user)


def _worker(walls: Walls, user: int) -> list[str]:
    """The command that runs the worker, who becomes that user, unless it is 0."""
    kit, script = INSIDE, f"{INSIDE}/worker.py"
    if walls.kind == "none":
        kit, script = str(KIT.parent), str(Path(__file__).with_name("worker.py"))
    settings = {
        "limits": _limits(walls),
        "user": user,
        "longest": LONGEST,
        "path": [kit, *map(str, packages())],
    }
    return _python(script, settings)


def _limits(walls: Walls) -> dict[str, int]:
    """The limits, without that on processes where it would count those of whoever grades too."""
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    old = version is not None and tuple(map(int, version.groups())) < (5, 14)
    if not walls.user and (old or walls.kind == "none"):
        return {name: value for name, value in LIMITS.items() if name != "RLIMIT_NPROC"}
    return LIMITS


def _python(script: str, settings: dict[str, Any]) -> list[str]:
    # -S: what a package hooks into Python's start is not for here.
    return [str(interpreter()), "-s", "-S", "-P", "-B", script, json.dumps(settings)]


def _namespaces(walls: Walls, program: int, command: list[str]) -> list[str]:
    plan = {
        "program": program,
        "as_root": walls.user == "inside",
        "shown": [(str(source), str(place)) for source, place in shown()],
        "hidden": [str(place) for place in hidden()],
        "devices": DEVICES,
        "bytes": FOLDER_BYTES,
        "files": FOLDER_FILES,
        "command": command,
    }
    return _python(str(Path(__file__).with_name("enclose.py")), plan)


def _bwrap(walls: Walls, program: int) -> list[str]:
    command = [
        "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--hostname", "sandbox", "--die-with-parent", "--new-session",
    ]  # fmt: skip
    if walls.user == "inside":
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += ["--perms", "1777", "--size", str(FOLDER_BYTES), "--tmpfs", "/tmp"]
    for folder in above():
        command += ["--dir", str(folder)]  # else it would be closed to all but root
    for source, place in shown():
        command += ["--ro-bind", str(source), str(place)]
    for place in hidden():
        command += ["--size", "4096", "--tmpfs", str(place), "--remount-ro", str(place)]
    for device in DEVICES:
        command += ["--dev-bind", device, device]
    if seccomp.program():
        command += ["--seccomp", str(program)]
    return [*command, "--remount-ro", "/", "--chdir", "/tmp", "--"]


# What is seen from inside.


@cache
def interpreter() -> Path:
    """Python itself, not the link to it in an environment."""
    return Path(sys.executable).resolve()


@cache
def packages() -> tuple[Path, ...]:
    """The folders of installed packages that this process uses too."""
    found = [*site.getsitepackages(), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    return tuple(dict.fromkeys(path for path in map(Path, found) if path.is_dir()))


@cache
def shown() -> tuple[tuple[Path, Path], ...]:
    """What can be read inside: the places outside and inside."""
    prefix = Path(sys.base_prefix).resolve()
    places = [Path("/usr/lib"), Path("/usr/lib64"), Path("/lib"), Path("/lib64")]
    places += [Path("/etc/ld.so.cache"), Path("/etc/alternatives"), Path("/etc/localtime")]
    places += [prefix / "lib", prefix / "lib64", interpreter(), Path(sysconfig.get_path("stdlib"))]
    places += packages()
    places = [place for place in dict.fromkeys(places) if place.exists()]
    places = [place for place in places if not any(other in place.parents for other in places)]
    kit = [
        (KIT, Path(INSIDE) / KIT.name),
        (Path(__file__).with_name("worker.py"), Path(INSIDE) / "worker.py"),
    ]
    return (*((place, place) for place in places), *kit)


@cache
def above() -> tuple[Path, ...]:
    """The folders that lead to what is shown, the outermost first."""
    places = [*(place for _, place in shown()), *map(Path, DEVICES)]
    folders = {folder for place in places for folder in place.parents}
    return tuple(sorted(folders - {Path("/"), Path("/tmp")}))


@cache
def hidden() -> tuple[Path, ...]:
    """Places inside that are empty: answers, and every other copy of the kit."""
    return tuple(_hidden())


def _hidden() -> Iterator[Path]:
    yield from (Path(INSIDE) / KIT.name / name for name in HIDDEN)
    for source, place in shown():
        if place.parts[1] != INSIDE[1:] and source.is_dir():
            for folder in (source, *source.glob("python*/*-packages"), *source.glob("*-packages")):
                copy = folder / KIT.name
                if copy.is_dir():
                    yield place / copy.relative_to(source)
