"""What this machine permits: one line each, with the remedy for what is missing."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


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
        rows = "".join(
            f"<tr><td>{'✔ yes' if f.ok else '✘ no'}</td><td><b>{escape(f.name)}</b></td>"
            f"<td style='text-align:left'>{escape(f.purpose)}</td>"
            f"<td style='text-align:left'>{'' if f.ok else escape(f.remedy)}</td></tr>"
            for f in self
        )
        head = "<tr><th>here?</th><th>what</th><th>what for</th><th>remedy</th></tr>"
        return f"<table>{head}{rows}</table>"


def examine() -> Findings:
    """Look at everything in turn; takes a fraction of a second and changes nothing."""
    return Findings(
        Finding(name, _holds(test), purpose, remedy) for name, test, purpose, remedy in CHECKS
    )


def _holds(test: Callable[[], bool]) -> bool:
    try:
        return test()
    except (OSError, subprocess.SubprocessError, AttributeError):
        return False


def _raw_sockets() -> bool:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW):
        return True


def _namespaces() -> bool:
    command = ["unshare", "--user", "--net", "--map-root-user", "true"]
    return subprocess.run(command, capture_output=True, timeout=5).returncode == 0


def _tun() -> bool:
    return Path("/dev/net/tun").is_char_device()


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
     "run as root on Linux; without it the lessons use recorded captures"),
    ("network namespaces", _namespaces, "make private networks to try things in",
     "on Linux: sysctl kernel.unprivileged_userns_clone=1; without them lessons use recordings"),
    ("TUN device", _tun, "lets the kernel talk to the kit's own TCP",
     "on Linux: modprobe tun"),
    ("tshark", _program("tshark"), "compares the kit with Wireshark",
     "apt-get install tshark, or wireshark.org"),
    ("Chromium", _program("chromium", "chromium-browser", "google-chrome"),
     "tests the widgets in a browser", "apt-get install chromium"),
    ("emoji", _emoji, "labels protocols in a terminal",
     "use a UTF-8 terminal and unset NETLAB_EMOJI; words stand beside them anyway"),
)  # fmt: skip
"""What is looked at: its name, the test, what it is good for, the remedy."""
