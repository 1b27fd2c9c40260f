"""Python run in a network of its own, as an ordinary user could."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOOPBACK = "import subprocess; subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)\n"


def run(code: str, *arguments: str, seconds: float = 60) -> str:
    """What the code prints, run where `lo` is up and nothing else is there."""
    command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c"]
    done = subprocess.run(
        [*command, LOOPBACK + code, *arguments],
        capture_output=True, text=True, cwd=ROOT, timeout=seconds,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
