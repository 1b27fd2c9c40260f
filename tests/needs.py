"""Programs that some tests need: their tests are skipped, in one line, where one is missing.

With the variable NETLAB_REQUIRE_ALL=1, as CI has it, a missing program is a failure.
"""

import functools
import os
import shutil
import subprocess

import pytest

PACKAGES = {"tshark": "tshark", "chromium": "chromium", "ip": "iproute2", "tcpdump": "tcpdump"}
"""The Debian package of each program."""


@functools.cache
def missing(need: str) -> str:
    """Why the need is not met, with the remedy; "" when it is."""
    if need == "namespaces":
        command = ["unshare", "--user", "--net", "--map-root-user", "true"]
        able = shutil.which("unshare") and not subprocess.run(command, capture_output=True).returncode
        return "" if able else "needs network namespaces: allow unprivileged user namespaces"
    if shutil.which(need):
        return ""
    return f"needs {need}: apt-get install {PACKAGES.get(need, need)}"


def require(*needs: str) -> None:
    """Skip, or fail where everything must be there, unless all needs are met."""
    for reason in filter(None, map(missing, needs)):
        if os.environ.get("NETLAB_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
