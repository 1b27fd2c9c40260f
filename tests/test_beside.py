"""Our end and the kernel's in one conversation, live and recorded, and recorded verdicts."""

import contextlib
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

import netlab
from netlab import referee
from netlab.kernel import KernelError, beside
from netlab.referee import recorded
from netlab.tcp.states import TABLE, State

ENDINGS = sorted(beside.ENDINGS)
LESSON = Path(__file__).parents[1] / "notebooks" / "08_tcp_states.ipynb"

MOVES = {(row.state, row.next) for row in TABLE}


@pytest.fixture
def without_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise KernelError("namespaces", "none here", "none")

    monkeypatch.setattr("netlab.kernel.network.Kernel.__init__", refuse)
    monkeypatch.setattr("netlab.referee._referee", None)


@pytest.mark.needs("kernel")
@pytest.mark.parametrize("close", ENDINGS)
def test_a_live_run_tells_the_same_as_the_recorded_one(close: str) -> None:
    live, kept = beside.live(close), beside.recorded(close)
    assert live.live
    assert live.moments == kept.moments
    assert [row.name for row in live.variables] == [row.name for row in kept.variables]
    assert len(live.packets) == len(kept.packets)


@pytest.mark.parametrize("close", ENDINGS)
def test_both_ends_move_along_the_table(close: str) -> None:
    """The kernel's end too: its listener stands for the connection that it makes."""
    for column in (1, 2):
        states = [State(moment[column]) for moment in beside.recorded(close).moments]
        moves = {(a, b) for a, b in pairwise(states) if a is not b}
        assert moves
        assert moves <= MOVES


def test_what_is_recorded_can_be_recorded_again(tmp_path: Path) -> None:
    kept = beside.recorded("both")
    kept.write(tmp_path / "again.pcap")
    again = beside.Beside.read(tmp_path / "again.pcap")
    assert (again.moments, again.variables) == (kept.moments, kept.variables)
    assert [bytes(packet) for packet in again.packets] == [bytes(p) for p in kept.packets]


def test_without_a_kernel_the_recorded_run_is_shown(without_kernel: None) -> None:
    assert not beside.beside("both").live
    with pytest.raises(KernelError):
        beside.live()
    with pytest.raises(ValueError, match="'they' cannot close first: it is one of we, both"):
        beside.beside("they")


def test_without_a_kernel_only_recorded_bytes_are_judged(without_kernel: None) -> None:
    known = json.loads(recorded.FILE.read_text())
    for packet in known:
        assert referee.judge_or_recall(bytes.fromhex(packet)).sentence
    with pytest.raises(KernelError, match="no verdict on these bytes is recorded"):
        referee.judge_or_recall(bytes(20))


@pytest.mark.needs("kernel")
def test_the_recorded_verdicts_are_those_of_this_kernel() -> None:
    for packet in json.loads(recorded.FILE.read_text()):
        kept = recorded.recall(bytes.fromhex(packet))
        assert referee.judge(bytes.fromhex(packet)).sentence == kept.sentence


def test_the_lesson_prints_the_same_without_a_kernel(without_kernel: None) -> None:
    cells = [
        cell for cell in json.loads(LESSON.read_text())["cells"] if cell["cell_type"] == "code"
    ]
    names: dict[str, object] = {"netlab": netlab}
    compared = 0
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not {"referee", "beside"} & {*re.findall(r"\w+", source)}:
            continue
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(source, names)
        saved = "".join("".join(out.get("text", "")) for out in cell["outputs"])
        assert printed.getvalue() == saved
        compared += bool(saved)
    assert compared >= 3
