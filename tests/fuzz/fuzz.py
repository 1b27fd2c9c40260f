"""Fuzz with atheris: all targets side by side for a time, and how often each was run.

    make fuzz ARGS="--seconds 60"                  # all targets, 60 seconds in all
    make fuzz ARGS="--target http"                 # one of them
    make fuzz ARGS="--target http crash-0123abc"   # one input again

What is learned is kept in .fuzz/TARGET and used the next time; an input on which a target fails is
written to .fuzz.  Ends with 1 when there was one.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))  # where the tests' own modules are
LIMITS = ("-timeout=60", "-rss_limit_mb=2048", "-max_len=4096")
"""libFuzzer's: seconds and megabytes for one input, beyond which it counts as a failure."""


class Run(NamedTuple):
    """A target at work, and the file that holds what it says."""

    target: str
    process: subprocess.Popen[bytes]
    log: Path


def child(target: str, options: list[str]) -> None:
    """Fuzz one target in this process; libFuzzer's own options say for how long."""
    import atheris

    with atheris.instrument_imports(include=["netlab"]):
        import targets
    atheris.Setup([target, *options], targets.TARGETS[target])
    atheris.Fuzz()


def start(target: str, seconds: int, folder: Path, scratch: str) -> Run:
    """Begin fuzzing in a process of its own."""
    import targets

    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(targets.seeds(target)):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-print_final_stats=1", f"-artifact_prefix={folder}/"]
    log = folder / f"{target}.log"
    with log.open("wb") as file:
        words = [sys.executable, __file__, "--child", target, *LIMITS, *options, str(corpus)]
        here = os.environ | {"TMPDIR": scratch}  # libFuzzer ends without tidying up
        return Run(target, subprocess.Popen(words, stdout=file, stderr=file, env=here), log)


def finish(run: Run) -> int:
    """How often the target was run; 0 when it failed, and why is printed."""
    code = run.process.wait()
    said = run.log.read_text("utf-8", "replace")
    count = re.search(r"stat::number_of_executed_units: *(\d+)", said)
    if code or not count:
        print(f"{run.target} failed (exit code {code}); {run.log} ends:", file=sys.stderr)
        print(*said.splitlines()[-40:], sep="\n", file=sys.stderr)
        return 0
    print(f"  {run.target:10} {int(count[1]):12,} executions, nothing found", flush=True)
    return int(count[1])


def main() -> int:
    """Run as many targets at a time as there are cores, each for its share of the seconds."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3:])
        return 0
    import targets

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="in all, by the clock")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--target", choices=targets.TARGETS)
    parser.add_argument("--folder", type=Path, default=HERE.parents[1] / ".fuzz")
    parser.add_argument("inputs", nargs="*", type=Path, help="run the target on these alone")
    told = parser.parse_args()
    for path in told.inputs:
        targets.TARGETS[told.target](path.read_bytes())
    if told.inputs:
        return 0
    names = [told.target] if told.target else list(targets.TARGETS)
    share = max(1, told.seconds * min(told.cores, len(names)) // len(names))
    print(f"{len(names)} targets, {share} seconds each, {told.cores} at a time", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        counts = list(fuzz(names, share, told.cores, told.folder, scratch))
    print(f"  {'all':10} {sum(counts):12,} executions", flush=True)
    return 0 if all(counts) else 1


def fuzz(waiting: list[str], seconds: int, cores: int, folder: Path, scratch: str) -> Iterator[int]:
    """How often each target was run, as they end; so many at a time as there are cores."""
    running: list[Run] = []
    while waiting or running:
        while waiting and len(running) < cores:
            running.append(start(waiting.pop(0), seconds, folder, scratch))
        done = [run for run in running if run.process.poll() is not None]
        running = [run for run in running if run not in done]
        yield from map(finish, done)
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
