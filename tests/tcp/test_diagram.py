"""The state diagram: every change of the table is in it, and the one in docs/ is current."""

from pathlib import Path
from xml.etree import ElementTree

from netlab.tcp.diagram import PLACES, ROUTES, breaks_off, changes, endings, label, svg
from netlab.tcp.states import TABLE, State

DOCS = Path(__file__).parents[2] / "docs"


def test_the_drawing_in_docs_is_made_from_the_table() -> None:
    drawn = (DOCS / "tcp_states.svg").read_text(encoding="utf-8")
    assert drawn == svg() + "\n", "python -m netlab.tcp.diagram > docs/tcp_states.svg"


def test_every_change_of_state_has_its_arrow_and_no_other_is_drawn() -> None:
    assert {*ROUTES} == {*changes()}
    assert {*PLACES} == {*State}


def test_every_row_that_changes_the_state_is_in_the_drawing() -> None:
    root = ElementTree.fromstring(svg())
    words = " ".join(root.itertext())
    for row in TABLE:
        if row.next is not row.state:
            assert str(row.event) in words
    drawn = {node.get("data-edge") for node in root.iter() if node.get("data-edge")}
    for row in TABLE:
        if row.next is not row.state and not breaks_off(row):
            assert f"{row.state}>{row.next}" in drawn


def test_arrows_begin_and_end_at_their_states() -> None:
    for (before, after), route in ROUTES.items():
        for state, (x, y) in ((before, route.points[0]), (after, route.points[-1])):
            assert any(abs(x - left) <= 66 and abs(y - top) <= 19 for left, top in PLACES[state])


def test_a_label_names_the_events_and_what_they_send() -> None:
    found = changes()
    assert label(found[State.ESTABLISHED, State.FIN_WAIT_1]) == ["CLOSE → FIN"]
    assert label(found[State.SYN_SENT, State.ESTABLISHED]) == ["gets SYN,ACK → ACK"]


def test_what_ends_a_connection_from_nearly_everywhere_is_written_below() -> None:
    assert [line.partition(":")[0] for line in endings()] == [
        "ABORT", "gets RST", "retransmission limit", "user timeout",
    ]  # fmt: skip
