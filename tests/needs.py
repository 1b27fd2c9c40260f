"""Programs that some tests need: their tests are skipped, in one line, where one is missing.

With the variable NETLAB_REQUIRE_ALL=1, as CI has it, a missing program is a failure.
"""

import functools
import importlib.util
import os
import shutil
import subprocess

import pytest

from netlab.data import stage
from netlab.kernel import Kernel, KernelError

PACKAGES = stage.PACKAGES | {"bwrap": "bubblewrap"}
"""The Debian package of each program, where it has another name."""

NAMESPACES = (
    ["unshare", "--net", "true"],
    ["unshare", "--user", "--map-root-user", "--net", "true"],
)
"""Ways to make a network namespace: root's and everybody's."""


def as_root() -> list[str]:
    """What to put before a command that takes root; ["false"] where there is no way."""
    if not hasattr(os, "geteuid") or not (os.geteuid() == 0 or shutil.which("sudo")):
        return ["false"]
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


@functools.cache
def missing(need: str) -> str:
    """Why the need is not met, with the remedy; "" when it is.

    A need is a program, "namespaces", "root" (or `sudo` that asks nothing), or "kernel": a Linux
    kernel of one's own behind a TUN device.
    """
    if need == "root":
        able = not subprocess.run([*as_root(), "true"], capture_output=True).returncode
        return "" if able else "needs root, or sudo without a password"
    if need == "kernel":
        try:
            with Kernel():
                return ""
        except KernelError as error:
            return f"needs a kernel of its own: {error}"
    if need == "namespaces" and not missing("unshare"):
        able = any(not subprocess.run(way, capture_output=True).returncode for way in NAMESPACES)
        return "" if able else "needs network namespaces: run as root, or let users make them"
    if need == "atheris":
        return "" if importlib.util.find_spec(need) else "needs atheris: make fuzz installs it"
    program = "unshare" if need == "namespaces" else need
    if shutil.which(program):
        return ""
    return f"needs {program}: apt-get install {PACKAGES.get(program, program)}"


def require(*needs: str) -> None:
    """Skip, or fail where everything must be there, unless all needs are met."""
    for reason in filter(None, map(missing, needs)):
        if os.environ.get("NETLAB_REQUIRE_ALL") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
