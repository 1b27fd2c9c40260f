"""A few values of each packet as tshark reads them, for tests that need no more than that."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

AS_SENT = (
    "tcp.relative_sequence_numbers:FALSE", "ip.defragment:FALSE", "eth.padding:Any",
    "ip.check_checksum:TRUE", "udp.check_checksum:TRUE",
)  # fmt: skip
"""Numbers as they travel, each packet by itself, checked where it can be checked."""


def tshark(path: Path, *options: str) -> str:
    """What tshark prints for that file."""
    command = ["tshark", "-n", "-r", str(path), *options]
    for setting in AS_SENT:
        command += ["-o", setting]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def values(path: Path, names: Iterable[str]) -> list[tuple[str, ...]]:
    """The values of the named fields for each packet; several of one name stand with commas."""
    options = [option for name in names for option in ("-e", name)]
    printed = tshark(path, "-T", "fields", *options)
    return [tuple(line.split("\t")) for line in printed.splitlines()]
