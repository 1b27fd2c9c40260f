"""Exercise 08's right answers, held against a kernel's states, two endpoints, and the packets."""

from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tshark_values import values

import netlab
from netlab.grading.task import all_tasks
from netlab.kernel.beside import recorded
from netlab.practice import frames, personal, seed_of
from netlab.tcp import Endpoint, Event, Machine, State
from netlab.tcp.duet import Duet
from netlab.tcp.segment import Segment

TASKS = import_module("netlab.grading.tasks.08_tcp_states")
NOTEBOOK = Path(__file__).parents[2] / "solutions" / "08_tcp_states.ipynb"
STUDENTS = ["", "ada@example.org", "4711", "Zoë"]


def test_the_puzzles_client_ends_closed_without_waiting() -> None:
    made: dict[str, Any] = {"Machine": Machine, "Event": Event}
    exec("\n".join(all_tasks()["08/life"].lines), made)
    passed = [row.next for row in made["client"].history]
    assert passed == ["SYN-SENT", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]


@pytest.mark.parametrize(
    ("side", "first", "events"),
    [
        ("we", 0, ["active OPEN", "SYN,ACK", "CLOSE", "ACK of our FIN", "FIN"]),
        ("we", 1, ["passive OPEN", "SYN", "ACK of our SYN", "FIN", "CLOSE", "ACK of our FIN"]),
        ("both", 0, ["active OPEN", "SYN,ACK", "CLOSE", "FIN", "ACK of our FIN"]),
        ("both", 1, ["passive OPEN", "SYN", "ACK of our SYN", "CLOSE", "FIN", "ACK of our FIN"]),
    ],
)
def test_a_kernel_went_through_the_same_states(side: str, first: int, events: list[str]) -> None:
    """Each state that was seen, in the recorded run, is one that the function passes in turn."""
    passed = iter(TASKS.states(events))
    seen = [(moment.ours, moment.kernels)[first] for moment in recorded(side).moments]
    missed = [state for state in dict.fromkeys(seen) if state not in passed]
    assert missed == []


def test_two_endpoints_cross_as_the_answer_says() -> None:
    duet, wanted = Duet(), TASKS.crossing()
    for event in (Event.ACTIVE_OPEN, Event.CLOSE):
        for side in (0, 1):
            assert duet.call(side, event).after == wanted[str(event)]
        passed = {0: [wanted[str(event)]], 1: [wanted[str(event)]]}
        while duet.flights:
            step = duet.deliver(min(flight.number for flight in duet.flights))
            passed[step.side] += [step.after] if step.after != step.before else []
        names = list(wanted)
        at = names.index(str(event))
        assert passed[0] == passed[1] == [wanted[name] for name in names[at : at + 3]]


def test_an_endpoint_heeds_resets_in_the_same_way() -> None:
    """The kit's endpoint, which meets the numbers themselves, not named events."""
    for state, passive, number, expected, window in all_tasks()["08/reset"].cases():
        if state != "ESTABLISHED" or window < 500:
            continue
        end = Endpoint(remote_port=80, iss=1000, receive_buffer=window)
        end.open(0)
        list(end.outgoing())
        end.arrive(Segment(seq=expected - 1, ack=1001, flags="SYN,ACK"), 0)
        list(end.outgoing())
        end.arrive(Segment(seq=number, flags="RST"), 0)
        answers = ["challenge ACK" for _ in end.outgoing()]
        wanted = TASKS.after_rst(state, passive, number, expected, window)
        assert (str(end.state), "".join(answers)) == wanted


def test_the_notebooks_table_has_three_wrong_rows_and_lacks_one() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    made: dict[str, Any] = {}
    for cell in cells:
        if cell.source.startswith("NEXT "):
            exec(cell.source, made)
    right = {case: TASKS.next_state(*case) for case in TASKS.PAIRS if TASKS.next_state(*case)}
    wrong = [pair for pair, state in made["NEXT"].items() if right[pair] != state]
    assert (len(wrong), len(right.keys() - made["NEXT"].keys())) == (3, 1)
    assert set(right.values()) == set(State)


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("student", STUDENTS)
def test_who_waits_shows_in_what_tshark_reads(student: str, tmp_path: Path) -> None:
    """An end waits whose own FIN was acknowledged by no FIN before: it closed first, and both did
    if neither FIN acknowledges the other."""
    path = tmp_path / "mine.pcap"
    netlab.write(path, personal("transfers.endings", student))
    names = ("srcport", "dstport", "flags.fin", "flags.reset", "seq_raw", "ack_raw", "len")
    fins: dict[int, dict[str, tuple[int, int]]] = {}
    for source, target, fin, reset, seq, ack, length in values(path, [f"tcp.{n}" for n in names]):
        sender = "server" if int(source) in (80, 81) else "client"
        ends = fins.setdefault(max(int(source), int(target)), {})
        if reset in ("1", "True"):
            ends.clear()
        if fin in ("1", "True"):
            ends[sender] = (int(seq) + int(length) + 1, int(ack))
    wanted = {}
    for port, ends in fins.items():
        waits = "nobody"
        if len(ends) == 2:
            (one, (end, _)), (other, (other_end, ack)) = ends.items()
            waits = one if ack == end else "both"
            assert (other, other_end > 0) == ({"client": "server", "server": "client"}[one], True)
        wanted[port] = waits
    given = TASKS.waiting(frames("transfers.endings", seed_of(student)))
    assert given == wanted
    assert set(given.values()) == {"client", "server", "both", "nobody"}
    assert len(given) == 9
