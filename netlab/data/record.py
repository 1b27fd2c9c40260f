"""Record the captures of this folder again: real programs, on hosts that exist for the recording.

    sudo python netlab/data/record.py http             one recording
    sudo python netlab/data/record.py all              every one
    python netlab/data/record.py --list                what there is
    sudo python netlab/data/record.py http --into .    into another folder

A recording is a function that gets the path of the file to make: its hosts, its servers, a capture
and the programs that talk meanwhile.  Takes Linux, and root: namespaces of ordinary users do not
let tcpdump and nginx give up their rights as they want to.
"""

import argparse
import os
import sys
from pathlib import Path

from netlab.data import network, peer, programs, stage  # noqa: F401  that makes them known
from netlab.data.stage import RECORDINGS

HERE = Path(__file__).parent


def stem(name: str) -> str:
    """A recording's name without its ending."""
    return Path(name).stem


def main() -> None:
    """Make the recordings that the command line names, with or without their ending."""
    parser = argparse.ArgumentParser(description="Record captures of real programs.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--into", type=Path, default=HERE, help="the folder for the files")
    options = parser.parse_args()
    if options.list or not options.names:
        for name, record in RECORDINGS.items():
            print(f"{name:20} {record.__doc__}")
        return
    unknown = {*map(stem, options.names)} - {"all", *map(stem, RECORDINGS)}
    if unknown:
        known = ", ".join(map(stem, RECORDINGS))
        raise SystemExit(f"no recording is called {', '.join(unknown)}: there are {known}")
    if missing := stage.missing():
        raise SystemExit(f"apt-get install {' '.join(missing)}: these programs take part")
    if os.geteuid() != 0:
        raise SystemExit("making hosts takes root: sudo python " + " ".join(sys.argv))
    for name, record in RECORDINGS.items():
        if options.names == ["all"] or stem(name) in map(stem, options.names):
            record(options.into / name)
            (options.into / name).chmod(0o644)
            print(f"{name}: {os.stat(options.into / name).st_size} bytes")


if __name__ == "__main__":
    main()
