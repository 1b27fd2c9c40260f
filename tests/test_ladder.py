"""The ladder of a conversation: which packets, who stands where, what stands on the arrows."""

import subprocess
from xml.etree import ElementTree

import pytest
import traitlets

import netlab
from netlab.simulation import Network
from netlab.widgets.ladder import LEFT, RIGHT, Crossing, arrows, crossings, svg

PATH = netlab.recording("http.pcap")
SYN, SYN_ACK, ACK, REQUEST = range(4)


def labels(ladder: netlab.SequenceLadder) -> list[str]:
    return [arrow.label for arrow in ladder._drawn]


@pytest.mark.needs("tshark")
def test_numbers_count_from_each_sides_first_as_tshark_does_it() -> None:
    fields = ["-e", "tcp.seq", "-e", "tcp.ack", "-e", "tcp.len"]
    command = ["tshark", "-r", str(PATH), "-Y", "tcp", "-T", "fields", *fields]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    for label, line in zip(
        labels(netlab.SequenceLadder(PATH)), run.stdout.splitlines(), strict=True
    ):
        seq, ack, length = line.split()
        assert f"seq={seq} " in label + " "
        assert f"ack={ack} " in label + " " or label == "SYN seq=0"
        assert (f" {length} bytes" in label) == (length != "0")


def test_absolute_numbers_are_the_headers_own() -> None:
    ladder = netlab.SequenceLadder(PATH, relative=False)
    syn = next(packet[netlab.TCP] for packet in netlab.read(PATH) if netlab.TCP in packet)
    assert labels(ladder)[SYN] == f"SYN seq={syn.seq}"
    ladder.relative = True
    assert labels(ladder)[SYN] == "SYN seq=0"


def test_who_speaks_first_stands_on_the_left() -> None:
    drawn = netlab.SequenceLadder(PATH)._drawn
    assert [arrow.leftward for arrow in drawn[:4]] == [False, True, False, False]
    assert "port 80" in svg(drawn, "").split(f'x="{RIGHT}"')[2]


def segment(**fields: object) -> netlab.Packet:
    """A packet from 10.0.0.1 port 1 to 10.0.0.2 port 2."""
    payload = fields.pop("payload", b"")
    ip = netlab.IPv4(src="10.0.0.1", dst="10.0.0.2")
    frame = netlab.Ethernet() / ip / netlab.TCP(src_port=1, dst_port=2, **fields) / payload
    return netlab.dissect(bytes(frame))


def test_a_connection_caught_in_the_middle_counts_from_what_is_seen() -> None:
    drawn = arrows(crossings([segment(seq=500, ack=900, flags="ACK")]), relative=True)
    assert drawn[0].label == "ACK seq=0 ack=1"


def test_numbers_that_wrap_around_go_on() -> None:
    last = (1 << 32) - 1
    packets = [segment(seq=last, flags="SYN"), segment(seq=0, ack=7, flags="ACK")]
    assert arrows(crossings(packets), relative=True)[1].label.startswith("ACK seq=1 ")


def test_data_sent_again_and_lost_are_noted() -> None:
    packet = segment(seq=1, flags="ACK", payload=b"abc")
    found = [Crossing(packet, 0, None), Crossing(packet, 5, None), Crossing(packet, 9, 12)]
    assert [arrow.note for arrow in arrows(found, relative=True)] == [
        "lost on the way", "sent again, lost on the way", "sent again",
    ]  # fmt: skip
    drawing = svg(arrows(found, relative=True), "")
    assert drawing.count("✕") == 2


def test_a_simulation_is_drawn_with_what_became_of_each_packet() -> None:
    network = Network(seed=2)
    a, b = network.pair(delay=0.01, bandwidth=1e6, queue=5, loss=[6], corrupt=[9])
    network.transfer(a, b, 30_000)
    network.run()
    ladder = netlab.SequenceLadder(network.journeys)
    assert len(ladder._drawn) == len(network.journeys)
    notes = " ".join(arrow.note for arrow in ladder._drawn)
    for words in ("lost on the way", "damaged on the way", "queue was full", "sent again"):
        assert words in notes


def test_the_words_of_a_steep_arrow_stand_where_it_begins() -> None:
    network = Network(seed=2)
    a, b = network.pair(delay=0.05, bandwidth=1e6)
    network.transfer(a, b, 30_000)
    network.run()
    drawing = svg(arrows(crossings(network.journeys), relative=True), "x")
    assert f'class="label left" x="{LEFT + 14}"' in drawing
    assert f'class="label" x="{(LEFT + RIGHT) // 2}"' in drawing


def test_an_acknowledgement_alone_is_not_sent_again() -> None:
    found = crossings([segment(seq=1, flags="ACK"), segment(seq=1, flags="FIN ACK")])
    assert [arrow.note for arrow in arrows(found, relative=True)] == ["", ""]


def test_arrows_that_cross_have_rows_in_the_order_of_time() -> None:
    """Both sides open at once: each SYN leaves before the other one arrives."""
    there, back = segment(flags="SYN"), segment(flags="SYN")
    root = ElementTree.fromstring(
        svg(arrows([Crossing(there, 0, 30), Crossing(back, 10, 40)], relative=True), "")
    )
    shafts = [node for node in root.iter() if node.get("class") == "shaft"]
    (first, last), (second, final) = [
        (int(node.get("y1", 0)), int(node.get("y2", 0))) for node in shafts
    ]
    assert first < second < last < final


def test_the_busiest_conversation_is_shown_unless_one_is_asked_for() -> None:
    packets = [
        netlab.dissect(bytes(netlab.Ethernet() / netlab.IPv4(src=source) / netlab.UDP() / b"x"))
        for source in ("10.0.0.1", "10.0.0.2", "10.0.0.2")
    ]
    assert len(netlab.SequenceLadder(packets)._drawn) == 2
    ladder = netlab.SequenceLadder(packets, 0)
    assert len(ladder._drawn) == 1
    assert ladder._ladder._note == "1 other conversations are not shown"
    ladder.extend(packets)
    assert len(ladder._drawn) == 2
    with pytest.raises(ValueError, match="conversation 2 does not exist: there are 0 to 1"):
        netlab.SequenceLadder(packets, 2)


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ValueError, match="no conversation"):
        netlab.SequenceLadder([netlab.dissect(bytes(netlab.Ethernet() / netlab.ARP()))])


def test_the_chosen_arrow_is_the_explorers_packet() -> None:
    ladder = netlab.SequenceLadder(PATH)
    ladder.chosen = REQUEST
    assert ladder._explorer.packet == REQUEST
    ladder._explorer.packet = ACK
    assert ladder.chosen == ACK
    with pytest.raises(traitlets.TraitError, match="arrow 99 does not exist: there are 0 to 9"):
        ladder.chosen = 99


def test_without_a_kernel_it_is_a_picture() -> None:
    html = netlab.SequenceLadder(PATH)._repr_mimebundle_()["text/html"]
    assert html.startswith('<img alt="10 packets between 192.168.1.10 and 192.168.1.20"')
