"""The walls around a learner's code, and what is asked through them.

That attacks do not get through is tested in `tests/attacks/`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netlab.grading import channel, pupil, sandbox, seccomp
from netlab.grading.channel import Channel
from netlab.grading.checking import judge
from netlab.grading.grade import seed_in
from netlab.grading.pupil import Pupil
from netlab.grading.sandbox import SandboxError, Walls
from netlab.grading.task import ABSENT, FUNCTION, all_tasks
from netlab.practice.plain import Ended, Endless, Odd, Raised

ROOT = Path(__file__).parents[1]
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
KINDS = [
    pytest.param(Walls(kind, "inside" if IS_ROOT else ""), id=kind, marks=marks)
    for kind, marks in (
        ("bwrap", pytest.mark.needs("bwrap")), ("namespaces", pytest.mark.needs("namespaces")),
        ("none", ()),
    )
]  # fmt: skip

TASKS = all_tasks()
PEEL = TASKS["01/peel"]
RIGHT = "def peel(frame):\n    return int.from_bytes(frame[12:14]), frame[14:]"


@pytest.fixture(scope="module")
def walls() -> Walls:
    return sandbox.find()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less time for cells."""
    monkeypatch.setattr(pupil, "SECONDS", 0.5)


@pytest.fixture(params=KINDS)
def each_kind(request: pytest.FixtureRequest) -> Walls:
    kind: Walls = request.param
    return sandbox.no_walls() if kind.kind == "none" else kind


# Answers.


def test_a_right_answer_is_right_behind_all_walls(each_kind: Walls) -> None:
    with Pupil(["import netlab", RIGHT], each_kind) as learner:
        assert learner.value("peel") is FUNCTION
        assert learner.value("eel") is ABSENT
        assert judge(PEEL, learner).points == 2
        assert learner.notes == []


@pytest.mark.parametrize("stem", sorted(path.stem for path in (ROOT / "exercises").iterdir()))
def test_solutions_get_all_points_and_exercises_none(stem: str, walls: Walls) -> None:
    import json

    for folder, share in (("solutions", 1), ("exercises", 0)):
        notebook = json.loads((ROOT / folder / f"{stem}.ipynb").read_text("utf-8"))
        cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
        tasks = [task for name, task in TASKS.items() if name.startswith(stem[:2])]
        with Pupil(cells, walls) as learner:
            seed = seed_in(learner)
            verdicts = [judge(task, learner, seed) for task in tasks]
            assert learner.notes == []
        assert sum(verdict.points for verdict in verdicts) == share * sum(t.points for t in tasks)


def test_plain_values_come_through_as_they_are(walls: Walls) -> None:
    values = {
        "a": None, "b": [1, True, -1.5, 2**80, "ü\0\ud800", b"\0\xff", ..., (), {1, 2}],
        "c": {(1, 2): {"x": [float("inf")]}},
    }  # fmt: skip
    with Pupil([f"inf = float('inf')\nv = {values!r}"], walls) as learner:
        assert learner.value("v") == values


def test_a_call_that_fails_or_never_ends_leaves_the_other_tasks_their_points(walls: Walls) -> None:
    cells = [
        "def overhead(frame):\n    while True: pass",
        "def layer_of(frame, place):\n    import os\n    os._exit(0)",
        "def tcp_data(frame):\n    return frame.nothing",
        RIGHT,
    ]
    with Pupil(cells, walls) as learner:
        cases = PEEL.cases()
        assert learner.results(TASKS["01/overhead"], cases) == [Endless(2.0)]
        (ended,) = learner.results(TASKS["01/layer-of"], TASKS["01/layer-of"].cases())
        assert ended == Ended("Python is ended, with status 0")
        assert {*map(type, learner.results(TASKS["01/tcp-data"], cases))} == {Raised}
        assert judge(PEEL, learner).points == 2
        assert learner.notes == []


def test_what_comes_before_the_end_is_kept(walls: Walls) -> None:
    cells = [
        "n = 0\ndef peel(frame):\n    global n\n    n += 1\n    return n if n < 4 else exit(n)"
    ]
    with Pupil([*cells, "import os\nexit = os._exit"], walls) as learner:
        results = learner.results(PEEL, PEEL.cases())
        assert results == [1, 2, 3, Ended("Python is ended, with status 4")]


# Tasks whose drive calls the function.

EXACTLY = """
def receive_exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("too early")
        data += piece
    return data
"""
FROM_ALL = """
def whole(pieces, count):
    if len(pieces) < count:
        raise ConnectionError
    return pieces[:count], pieces[count:]

import netlab.practice.connections as connections, netlab.practice.calling as calling
def receive(function, pieces, count):
    return whole(b"".join(pieces), count)
connections.receive = calling.found = receive
connections.Dribble.recv.__code__ = (lambda self, count: b"".join(self._pieces)).__code__
"""


@pytest.mark.parametrize(
    ("cells", "passes"),
    [
        ((EXACTLY,), True),
        ((EXACTLY, FROM_ALL), True),
        ((FROM_ALL, "def receive_exactly(peer, count): return peer.recv(count)"), False),
        ((FROM_ALL, "def receive_exactly(connection, count):\n"
          "    return whole(b''.join(connection._pieces), count)[0]"), False),
        ((FROM_ALL, "def receive_exactly(connection, count):\n"
          "    pieces = connection.recv.__self__._pieces\n"
          "    return whole(b''.join(pieces), count)[0]"), False),
        (("def receive_exactly(connection, count):\n    import sys\n    frame = sys._getframe()\n"
          "    while frame:\n        if 'pieces' in frame.f_locals:\n"
          "            return b''.join(frame.f_locals['pieces'])[:count]\n"
          "        frame = frame.f_back",), False),
        (("def receive_exactly(connection, count):\n    while True: connection.recv(1)",), False),
        (("def receive_exactly(connection, count):\n    while True:\n"
          "        try: connection.recv(-1)\n        except Exception: pass",), False),
        (("import os\ndef receive_exactly(connection, count): os._exit(0)",), False),
        (("def receive_exactly(connection, count): return connection",), False),
        (("receive_exactly = type",), False),
        (("class receive_exactly:\n    def __init__(self, *_): pass\n"
          "    def __eq__(self, other): return True",), False),
    ],
    ids=["right", "right, patched", "patched", "the pieces", "the object", "frames", "for ever",
         "errors for ever", "ended", "the connection itself", "a type", "an impostor"],
)  # fmt: skip
def test_a_drive_is_out_of_reach_of_whom_it_drives(
    cells: tuple[str, ...], passes: bool, walls: Walls
) -> None:
    with Pupil([*cells, RIGHT], walls) as learner:
        verdict = judge(TASKS["10/exactly"], learner)
        assert verdict.passed == passes, verdict
        assert judge(PEEL, learner).points == 2


def test_errors_and_keys_come_through_a_drive_as_they_are(walls: Walls) -> None:
    cells = [
        "class Own(ConnectionResetError): pass\n"
        "def receive_message(connection, most): raise Own('x')",
        "def key_of(five): return frozenset([five[0], five[1]])",
        "class Lines:\n    def feed(self, data): raise KeyError('x')",
    ]
    with Pupil(cells, walls) as learner:
        results = learner.results(TASKS["10/message"], [([b"abc"], 10)])
        assert results == [["ConnectionError"]]
        five = [("a", "b", 6, 1, 2), ("b", "a", 6, 2, 1), ("c", "a", 6, 2, 1)]
        assert learner.results(TASKS["12/key-of"], [(five,)]) == [[0, 0, 1]]
        assert learner.results(TASKS["10/lines"], [([b"a"],)]) == [Raised("KeyError: 'x'")]


# Cells.


def test_a_cell_that_fails_is_told_and_the_next_goes_on(each_kind: Walls) -> None:
    cells = ["x = 1\ny", "", "input()", "import sys; sys.exit()", "(", "x += 1"]
    with Pupil(cells, each_kind) as learner:
        assert learner.value("x") == 2
        assert learner.notes == [
            "Cell 1 stops with NameError: name 'y' is not defined.",
            "Cell 3 stops with EOFError: nobody is there to type when this is graded.",
            "Cell 4 stops with SystemExit.",
            "Cell 5 stops with SyntaxError: '(' was never closed (<cell 5>, line 1).",
        ]


@pytest.mark.usefixtures("hurried")
def test_a_cell_that_never_ends_or_ends_all_is_left_out(each_kind: Walls) -> None:
    cells = ["x = 1", "while True: pass", "import os\nos._exit(7)", "x += 1"]
    with Pupil(cells, each_kind) as learner:
        assert learner.value("x") == 2
        assert learner.notes == [
            "Cell 2 is not at its end after 0.5 seconds. It is left out.",
            "Cell 3 ends it all: Python is ended, with status 7. It is left out.",
        ]


def test_after_too_many_ends_the_rest_is_not_run(walls: Walls) -> None:
    with Pupil(["import os\nos._exit(0)"] * 9 + [RIGHT], walls) as learner:
        assert learner.value("peel") is ABSENT
        assert learner.notes[-1] == "Too much went wrong: the rest is not run."
        verdict = judge(PEEL, learner)
        assert (verdict.points, verdict.tried) == (0, False)


def test_what_only_ipython_knows_does_nothing_here(walls: Walls) -> None:
    cells = [
        "%matplotlib inline\n!ls\nfiles = !ls\nx = 1\nx?\n?x\nif x:\n    %time x += 1\n    x = 5",
        "%%bash\nx = 7", "%%time\ny = 2",
        "get_ipython().run_line_magic('a', 'b').c[0]\ndisplay(x)",
        "from IPython.display import HTML, display\nfrom ipywidgets import IntSlider as Slider\n"
        "display(HTML(''), Slider(3).value)\nwith Slider() as s: s.value = 1\nlist(s), len(s)",
        "import netlab\nnetlab.PacketExplorer([]).packet\nnetlab.check('01/osi')\n"
        "from netlab.grading import puzzle\npuzzle('x')",
        "import asyncio\nawait asyncio.sleep(0)\nz = 'a % b'",
    ]  # fmt: skip
    with Pupil(cells, walls) as learner:
        assert [learner.value(name) for name in "xyz"] == [5, 2, "a % b"]
        assert learner.notes == []


def test_the_same_cells_give_the_same_each_time(walls: Walls) -> None:
    cells = [
        "import random\nr = random.random()\ns = list({'a', 'b', 'c', 'd', b'x', ('y', 1)})",
        "raise ValueError(object())",
    ]
    told = []
    for _ in range(3):
        with Pupil(cells, walls) as learner:
            told.append((learner.value("r"), learner.value("s"), learner.notes))
    assert told[0] == told[1] == told[2]
    assert told[0][2] == ["Cell 2 stops with ValueError: <object object at 0x…>."]


# Limits.


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            "import os, time\nfor _ in range(8):\n    if not os.fork():\n"
            "        kept = bytearray(b'x' * 300_000_000)\n        time.sleep(99)\ntime.sleep(99)",
            "it uses more than 1024 MiB of memory",
        ),
        (
            "import os\nfor n in range(10 ** 6): os.close(os.open(f'/tmp/{n}', os.O_CREAT))",
            "it makes more than 5000 files|No space left",
        ),
        (
            "import os, time, threading\nread, write = os.pipe()\nchild = not os.fork()\n"
            "if not child: os.read(read, 1)\n"
            "for _ in range(30): threading.Thread(target=time.sleep, args=(99,)).start()\n"
            "if child: os.write(write, b'.'); time.sleep(99)",
            "can't start new thread",
        ),
    ],
    ids=["memory", "files", "processes"],
)
@pytest.mark.parametrize("each_kind", KINDS[:2], indirect=True)
def test_limits_hold_for_all_processes_together(cell: str, words: str, each_kind: Walls) -> None:
    with Pupil([cell, "x = 1"], each_kind, seconds=8) as learner:
        assert learner.value("x") == 1
        assert re.search(words, learner.notes[0])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="it takes Linux")
def test_time_in_which_others_run_does_not_count(walls: Walls) -> None:
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})  # what is started now shares one with the others
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
        for _ in range(4)
    ]
    cell = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    begin = time.monotonic()
    try:
        with Pupil([cell], walls, seconds=1.2) as learner:
            assert learner.notes == []
    finally:
        os.sched_setaffinity(0, processors)
        for process in busy:
            process.kill()
            process.wait()
    assert time.monotonic() - begin > 1.2, "it was not kept waiting: this tests nothing"


def test_who_keeps_all_processors_busy_ends_soon(walls: Walls) -> None:
    cell = (
        "import os\nfor _ in range(20):\n    if not os.fork():\n        os.setsid()\n"
        "        while True: pass\nwhile True: pass"
    )
    begin = time.monotonic()
    with Pupil([cell, "x = 1"], walls, seconds=1) as learner:
        assert learner.value("x") == 1
        assert "is not at its end" in learner.notes[0]
    assert time.monotonic() - begin < channel.BUSY  # and not so many times its second


def test_who_is_killed_from_outside_is_run_again(walls: Walls) -> None:
    with Pupil([RIGHT], walls) as learner:
        assert learner._channel is not None
        os.kill(learner._channel._worker, signal.SIGKILL)
        assert judge(PEEL, learner).points == 2


def test_of_very_many_cells_that_fail_some_are_told(walls: Walls) -> None:
    with Pupil(["x"] * 300, walls) as learner:
        assert len(learner.notes) == pupil.MOST_NOTES + 1
        assert learner.notes[-1] == "And 280 more."


# Walls.


@pytest.mark.parametrize("each_kind", KINDS[:2], indirect=True)
def test_the_answers_are_nowhere_inside(each_kind: Walls) -> None:
    cell = (
        "import os, netlab\nseen = sorted(os.listdir(netlab.__path__[0]))\n"
        "inside = [os.listdir(f'/kit/netlab/{name}') for name in ('grading', 'questions')]\n"
        "top = sorted(os.listdir('/'))\nusr = sorted(os.listdir('/usr'))\nid = os.getuid()"
    )
    with Pupil([cell], each_kind) as learner:
        assert learner.value("inside") == [[], []]
        assert "practice" in learner.value("seen")
        prefixes = {Path(sys.base_prefix).resolve().parts[1], *(ROOT.parts[1:2])}
        paths = {path.parts[1] for path in map(Path, sandbox.packages())}
        known = {"dev", "etc", "kit", "lib", "lib64", "tmp", "usr"} | prefixes | paths
        assert {*learner.value("top")} <= known
        assert {*learner.value("usr")} <= {"lib", "lib64", "local", "bin"}
        assert learner.value("id") != 0


def test_the_process_that_is_watched_is_the_learners(each_kind: Walls) -> None:
    with Pupil(["import os"], each_kind) as learner:
        assert learner._channel is not None
        command = Path(f"/proc/{learner._channel._worker}/cmdline").read_bytes()
        assert b"worker.py" in command
        assert b"enclose.py" not in command
        assert not command.startswith(b"bwrap")


def test_copies_of_the_kit_among_the_packages_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walls: Walls
) -> None:
    """An instructor's kit is installed like any package; there stand the answers a second time."""
    packages = tmp_path / "lib" / "python3.99" / "site-packages"
    copy = packages / "netlab" / "grading"
    copy.mkdir(parents=True)
    (copy / "answers.py").write_text("osi = 1")
    (packages / "other.py").write_text("x = 1")
    for part in (*tmp_path.parents[:2], tmp_path):
        part.chmod(0o755)
    monkeypatch.setattr(sandbox, "packages", lambda: (packages,))
    for known in (sandbox.shown, sandbox.hidden, sandbox.above):
        known.cache_clear()
    try:
        with Pupil([f"import os, other\nseen = os.listdir({str(packages)!r})\n"
                    f"copy = os.listdir({str(packages / 'netlab')!r})\n"
                    "import netlab\nfrom netlab import dissect"], walls) as learner:  # fmt: skip
            assert sorted(learner.value("seen")) == ["netlab", "other.py"]
            assert learner.value("copy") == []
            assert learner.notes == []
    finally:
        monkeypatch.undo()
        for known in (sandbox.shown, sandbox.hidden, sandbox.above):
            known.cache_clear()


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from netlab.grading import sandbox
from netlab.grading.checking import judge
from netlab.grading.pupil import Pupil
from netlab.grading.task import all_tasks
for walls in (sandbox.Walls("bwrap"), sandbox.Walls("namespaces"), sandbox.find()):
    with Pupil([{right!r}, "import os; user = os.getuid()"], walls) as one:
        print(walls.kind, judge(all_tasks()["01/peel"], one).points, one.value("user"), one.notes)
"""


@pytest.mark.needs("root", "bwrap", "namespaces")
def test_walls_stand_for_who_is_not_root() -> None:
    """With the system's own Python, which everybody may run; another's may lie in a closed home."""
    python = "/usr/bin/python3"
    modern = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if not shutil.which("setpriv") or subprocess.run(modern).returncode:
        pytest.skip("it takes setpriv, and a /usr/bin/python3 of 3.11 or newer")
    ordinary = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if subprocess.run([*ordinary, "test", "-r", str(ROOT / "netlab")]).returncode:
        pytest.skip("it takes a checkout that others may read")
    script = SCRIPT.format(root=str(ROOT), right=RIGHT)
    run = subprocess.run(
        [*ordinary, python, "-B", "-c", script], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.splitlines() == [
        "bwrap 2 1000 []", "namespaces 2 1000 []", "bwrap 2 1000 []",
    ], run.stderr  # fmt: skip


def test_root_is_left_behind_before_walls_that_root_may_not_build() -> None:
    """Either way no learner's code runs as root."""
    assert {
        walls.user for kind in ("bwrap", "namespaces") for walls in sandbox._for_users(kind)
    } == ({"inside", "before"} if IS_ROOT else {""})


@pytest.fixture
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sandbox, "works", lambda walls: False)
    sandbox.find.cache_clear()
    yield
    sandbox.find.cache_clear()


@pytest.mark.usefixtures("nothing_works")
def test_where_no_walls_stand_it_says_what_to_do() -> None:
    with pytest.raises(SandboxError, match=r"install bubblewrap .* --no-sandbox"):
        sandbox.find()


def test_walls_that_fall_are_the_graders_fault_not_the_learners(
    walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_worker", lambda walls, user: ["/no/python"])
    monkeypatch.setattr(channel, "ATTEMPTS", 2)
    with pytest.raises(SandboxError, match="try again"):
        Channel(walls)


def _running(words: str) -> set[int]:
    """The processes in whose command these words stand."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if words.encode() in command:
                found.add(int(entry.name))
    return found


@pytest.mark.parametrize("each_kind", KINDS[:2], indirect=True)
def test_nothing_is_left_when_the_grader_is_killed(each_kind: Walls) -> None:
    before = _running("/worker.py")
    script = (
        f"from netlab.grading.pupil import Pupil\nfrom netlab.grading.sandbox import Walls\n"
        f"with Pupil(['import os\\nos.fork()\\nos.setsid()', 'print(1)'], {each_kind!r}) as one:\n"
        f"    print('ready', flush=True)\n"
        f"    Pupil(['while True: pass'], {each_kind!r}).__enter__()"
    )
    grader = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert grader.stdout is not None
    assert grader.stdout.readline() == "ready\n"
    family = _descendants(grader.pid)
    assert len(family) > 2
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    end = time.monotonic() + 20
    while (left := family & (_running("/worker.py") - before)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left


def _descendants(process: int) -> set[int]:
    everyone = channel._everyone()
    found = {process}
    for _ in range(6):
        found |= {child for child, use in everyone.items() if use.parent in found}
    return found


# The kernel's filter.


@pytest.mark.parametrize("machine", seccomp.REFUSED)
def test_system_calls_have_the_numbers_that_the_kernel_says(machine: str) -> None:
    header = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
    path = Path("/usr/include") / header[machine]
    if not path.exists():
        pytest.skip(f"it takes {path}: apt-get install linux-libc-dev")
    lines = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    numbers = {name: int(number) for name, number in lines}
    for name, number in (seccomp.REFUSED[machine] | seccomp.CALLS[machine]).items():
        assert numbers.get(name, number) == number, name
    assert len(numbers) > 250
    assert len({*seccomp.REFUSED[machine]} & {*numbers}) > 40


def test_an_unknown_machine_has_no_filter() -> None:
    assert seccomp.program("pdp11") == b""
    assert len(seccomp.program("x86_64")) > 400


def test_odd_answers_are_odd(walls: Walls) -> None:
    with Pupil(["x = object()\ny = [print]"], walls) as learner:
        assert learner.value("x") == Odd("an object of the type object")
        assert learner.value("y") == [Odd("a function")]
