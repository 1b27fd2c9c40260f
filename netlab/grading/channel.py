"""One process within walls, asked through a pipe and watched: it may say and do anything.

Whatever comes back is a line of JSON of a bounded length, or else the process is ended.  Time is
counted while the process runs or waits by itself, not while it waits for a processor, so that a
busy machine gives the same grades.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from netlab.grading import sandbox
from netlab.grading.sandbox import FOLDER_FILES, LONGEST, SandboxError, Walls

MEMORY, PROCESSES = 2**30, 64
"""What all processes within the walls have together: bytes, and processes with their threads."""

LOOK = 0.1
"""Seconds between two looks at what they use."""

MOST, PARTS = 8 * LONGEST, 400_000
"""Bytes of all answers to one question, and commas and brackets in one answer."""

BUSY, TOGETHER = 30, 3
"""So many times its time a question may take on a machine that has no time for it, and so many
times its time all processors may work on it: who keeps the machine busy ends soon, and whoever is
graded beside gets the time that is due."""

ATTEMPTS = 4
"""So often a process is started anew that does not get as far as the learner's first cell."""

ENDLESS = "endless"
KILLED = "Python is killed: it uses more than it is given, or kills itself"


class Heard(NamedTuple):
    """The answers to a question, what kept it from more ("" for nothing, ENDLESS, or words), and
    the seconds that it took."""

    answers: list[tuple[str, Any]]
    fault: str
    seconds: float


class Use(NamedTuple):
    """What a process uses: its parent, its threads, its memory in bytes, seconds of processors."""

    parent: int
    threads: int
    memory: int
    seconds: float


class Channel:
    """A started process that waits for questions.  SandboxError where none comes up."""

    def __init__(self, walls: Walls) -> None:
        for attempt in range(ATTEMPTS):
            self._start(walls)
            heard = self._hear(b"", 0, 1, 60)
            if [word for word, _ in heard.answers] == ["ready"]:
                break
            self.close()
            time.sleep(0.2 * attempt)
        else:
            raise SandboxError(f"the sandbox ({walls.kind}) worked, and does no more: try again")
        self._worker = self._found(walls.depth)

    def _start(self, walls: Walls) -> None:
        self._group = walls.kind == "none"
        self._folder = _folder(walls)
        self._process = sandbox.start(walls, self._folder or "/")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._number, self._worker, self._looked = 0, 0, time.monotonic()
        self._worked = 0.0

    def ask(self, word: str, *parts: Any, answers: int, seconds: float) -> Heard:
        """Ask, and wait for so many answers; after a fault the process is of no more use."""
        self._number += 1
        question = json.dumps([self._number, word, *parts]).encode() + b"\n"
        return self._hear(question, self._number, answers, seconds)

    def close(self) -> None:
        """End the process and all that it started."""
        if self._group:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    # Listening.

    def _hear(self, question: bytes, number: int, wanted: int, seconds: float) -> Heard:
        heard: list[tuple[str, Any]] = []
        fault = ""
        clock = _Clock(self._worker)
        for line in self._lines(question, clock, seconds):
            if isinstance(line, str):
                fault = line
                break
            answer = _read(line, number)
            if answer is None:
                fault = "it writes among the answers"
                break
            heard.append(answer)
            if len(heard) == wanted:
                break
        return Heard(heard, fault, clock.passed())

    def _lines(self, question: bytes, clock: "_Clock", seconds: float) -> Iterator[bytes | str]:
        """The lines that come, and at last what ends them."""
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if question:
            poll.register(self._to, select.POLLOUT)
        rest, total, worked = b"", 0, self._worked
        while True:
            ready = dict(poll.poll(1000 * LOOK))
            if self._to in ready:
                question = self._say(question)
                if not question:
                    poll.unregister(self._to)
            if self._from in ready:
                data = os.read(self._from, 1 << 18)
                if not data:
                    yield self._end()
                    return
                total += len(data)
                *lines, rest = (rest + data).split(b"\n")
                yield from lines
                if total > MOST or len(rest) > LONGEST:
                    yield "it gives more than can be read"
                    return
            if fault := self._overuse():
                yield fault
                return
            if clock.passed() > seconds or self._worked - worked > TOGETHER * seconds:
                yield ENDLESS
                return

    def _say(self, question: bytes) -> bytes:
        """Write what the pipe takes; the rest is returned."""
        try:
            return question[os.write(self._to, question) :]
        except BlockingIOError:
            return question
        except OSError:
            return b""  # nobody listens any more: reading says so too

    def _end(self) -> str:
        """How the process ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        status = self._process.returncode
        if status is None:
            return "it closes the way by which it answers"
        number = -status if status < 0 else status - 128
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return KILLED
        if number in {*signal.Signals}:
            return f"Python crashes with {signal.Signals(number).name}"
        return f"Python is ended, with status {status}"

    # Watching.

    def _overuse(self) -> str:
        """What they use too much of together, "" for nothing."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return ""
        everyone = _everyone()
        family = list(_family(everyone, self._process.pid))
        # A look at very many processes takes long: then it is taken less often.
        self._looked = time.monotonic() + 5 * (time.monotonic() - now)
        self._worked = max(self._worked, sum(use.seconds for use in family))
        if sum(use.memory for use in family) > MEMORY:
            return f"it uses more than {MEMORY >> 20} MiB of memory"
        if sum(use.threads for use in family) > PROCESSES:
            return f"it starts more than {PROCESSES} processes and threads"
        with suppress(OSError, AttributeError):
            folder = os.statvfs(f"/proc/{self._worker}/root/tmp")
            if not self._group and folder.f_files - folder.f_ffree > FOLDER_FILES:
                return f"it makes more than {FOLDER_FILES} files"
        return ""

    def _found(self, depth: int) -> int:
        """The learner's process, so many below the one that was started; 0 if it is not found."""
        everyone, found = _everyone(), self._process.pid
        for _ in range(depth):
            found = next((child for child, use in everyone.items() if use.parent == found), 0)
        return found


class _Clock:
    """Seconds since a question, without those in which the process waited for a processor."""

    def __init__(self, process: int) -> None:
        self._process, self._begin, self._waited = process, time.monotonic(), 0.0
        self._waited = self._waiting()

    def passed(self) -> float:
        """Never much less than a clock on the wall says."""
        passed = time.monotonic() - self._begin
        return max(passed - (self._waiting() - self._waited), passed / BUSY)

    def _waiting(self) -> float:
        try:
            with open(f"/proc/{self._process}/schedstat", "rb") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return self._waited


def _folder(walls: Walls) -> str:
    """A folder for what is written where there are no walls; within them they have one."""
    if walls.kind != "none":
        return ""
    folder = tempfile.mkdtemp(prefix="netlab-")
    os.chmod(folder, 0o777 if walls.user else 0o700)
    return folder


def _everyone() -> dict[int, Use]:
    """Every process that can be seen; none where there is no /proc."""
    found = {}
    with suppress(OSError):
        page, ticks = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with (
                    suppress(OSError, ValueError, IndexError),
                    open(f"/proc/{entry}/stat", "rb") as file,
                ):
                    # The name, in brackets, may hold anything.
                    fields = file.read().rpartition(b")")[2].split()
                    found[int(entry)] = Use(
                        parent=int(fields[1]),
                        threads=int(fields[17]),
                        memory=int(fields[21]) * page,
                        # its own, and its children's that have ended
                        seconds=sum(map(int, fields[11:15])) / ticks,
                    )
    return found


def _family(everyone: dict[int, Use], first: int) -> Iterator[Use]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for process, use in everyone.items():
        children.setdefault(use.parent, []).append(process)
    left = [first]
    while left:
        process = left.pop()
        if process in everyone:
            yield everyone[process]
        left += children.get(process, [])


def _read(line: bytes, number: int) -> tuple[str, Any] | None:
    """The answer in a line: a word and a value; None if it is none to this question."""
    if line.count(b",") + line.count(b"[") + line.count(b"{") > PARTS:
        return None
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match answer:
        case [int() as asked, str() as word]:
            value = None
        case [int() as asked, str() as word, value]:
            pass
        case _:
            return None
    return (word, value) if asked == number else None
