"""What this machine permits: one line each, with the remedy for what is missing."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from typing import NamedTuple

from netlab.grading import sandbox
from netlab.kernel import Kernel, KernelError


class Finding(NamedTuple):
    """One thing looked at: what it is for, whether it is there, and the remedy if it is not."""

    name: str
    ok: bool
    purpose: str
    remedy: str

    def __str__(self) -> str:
        mark, rest = ("✔", self.purpose) if self.ok else ("✘", f"{self.purpose}: {self.remedy}")
        return f"{mark} {self.name:22} {rest}"


class Findings(list[Finding]):
    """All findings: a table in a notebook, lines in a terminal."""

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        cell = f"<td {left}>"
        rows = "".join(
            f"<tr>{cell}{'✔ yes' if f.ok else '✘ no'}</td>{cell}<b>{escape(f.name)}</b></td>"
            f"{cell}{escape(f.purpose)}</td>{cell}{'' if f.ok else escape(f.remedy)}</td></tr>"
            for f in self
        )
        names = ("here?", "what", "what for", "remedy" if any(not f.ok for f in self) else "")
        head = f"<tr>{''.join(f'<th {left}>{name}</th>' for name in names)}</tr>"
        return f"<table>{head}{rows}</table>"


def examine() -> Findings:
    """Look at everything in turn; takes a fraction of a second and changes nothing."""
    return Findings(_finding(*check) for check in CHECKS)


def _finding(name: str, test: Callable[[], bool], purpose: str, remedy: str) -> Finding:
    try:
        return Finding(name, test(), purpose, remedy)
    except KernelError as error:
        return Finding(name, False, purpose, error.remedy)
    except (OSError, AttributeError):
        return Finding(name, False, purpose, remedy)


def _raw_sockets() -> bool:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW):
        return True


def _namespaces() -> bool:
    try:
        return _kernel()
    except KernelError as error:
        if error.what == "namespaces":
            raise
        return True


def _kernel() -> bool:
    with Kernel():
        return True


def _walls() -> bool:
    try:
        return bool(sandbox.find())
    except sandbox.SandboxError:
        return False


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(map(shutil.which, names))


def _emoji() -> bool:
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower()
    return os.environ.get("NETLAB_EMOJI") != "0" and encoding.startswith("utf")


CHECKS: tuple[tuple[str, Callable[[], bool], str, str], ...] = (
    ("Python 3.11 or newer", lambda: sys.version_info >= (3, 11), "runs the kit",
     "install a newer Python from python.org"),
    ("JupyterLab", lambda: find_spec("jupyterlab") is not None, "shows the lessons",
     "pip install jupyterlab"),
    ("raw sockets", _raw_sockets, "captures live traffic",
     "run as root on Linux, or sudo setcap cap_net_raw+ep on Python; lessons use recordings"),
    ("network namespaces", _namespaces, "make private networks to try things in",
     "run the lessons on Linux; without them lessons use recordings"),
    ("TUN device", _kernel, "lets the kernel talk to the kit's own TCP",
     "run the lessons on Linux; without it lessons use recordings"),
    ("walls for grading", _walls, "keep students' code away from everything in `netlab grade`",
     "apt-get install bubblewrap, or permit user namespaces"),
    ("tshark", _program("tshark"), "compares the kit with Wireshark",
     "apt-get install tshark, or wireshark.org"),
    ("Chromium", _program("chromium", "chromium-browser", "google-chrome"),
     "tests the widgets in a browser", "apt-get install chromium"),
    ("emoji", _emoji, "labels protocols in a terminal",
     "use a UTF-8 terminal and unset NETLAB_EMOJI; words stand beside them anyway"),
)  # fmt: skip
"""What is looked at: its name, the test, what it is good for, the remedy."""
