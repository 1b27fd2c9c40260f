"""NetworkSimulator and the figures of transfers, without a browser."""

import pytest
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.simulation.laws import Curve, Window, cubic_law


@pytest.fixture(scope="module")
def simulator() -> netlab.NetworkSimulator:
    return netlab.NetworkSimulator(seconds=3)


def test_the_same_settings_give_the_same_picture(simulator: netlab.NetworkSimulator) -> None:
    again = netlab.NetworkSimulator(seconds=3)
    for kind in ("text/plain", "text/html"):
        assert bundle(again)[kind] == bundle(simulator)[kind]
    image(bundle(again)["text/html"])
    assert "In 3 seconds" in bundle(again)["text/plain"]


def test_a_setting_changes_the_run() -> None:
    made = netlab.NetworkSimulator(seconds=3, window=10_000)
    first = repr(made)
    made.window = 50_000
    made.run()
    assert made.window == 50_000
    assert repr(made) != first
    assert max(made.samples.flight) > 20_000


def test_what_is_lost_is_counted_once(simulator: netlab.NetworkSimulator) -> None:
    lossy = netlab.NetworkSimulator(seconds=3, loss=0.02)
    fates = [journey.fate for journey in lossy.network.journeys]
    assert f"{fates.count('lost')} lost on the way" in repr(lossy)
    assert f"{fates.count('lost') + fates.count('queue full')} packets are lost" in lossy.chart.alt


def test_the_ladder_begins_with_the_handshake_and_stands_before_the_first_loss() -> None:
    made = netlab.NetworkSimulator(seconds=3, loss=0.02)
    _, ladder = made.children
    flags = [packet[netlab.TCP].flags for packet, *_ in ladder._found[:3]]
    assert [flag.name for flag in flags] == ["SYN", "SYN|ACK", "ACK"]
    assert any(arrow.note == "lost on the way" for arrow in ladder._drawn)
    made.first = 0
    assert made.children[1] is not ladder


def test_settings_out_of_range_and_unknown_ones_are_refused() -> None:
    with pytest.raises(TraitError):
        netlab.NetworkSimulator(loss=0.5)
    with pytest.raises(TraitError):
        netlab.NetworkSimulator(congestion="vegas")
    with pytest.raises(ValueError, match="no setting 'speed': there are loss, delay"):
        netlab.NetworkSimulator(speed=3)


def test_charts_of_the_laws_say_what_they_show() -> None:
    chart = netlab.figures.square_root([Window(0.01, 13.1, 14.0, 13.9)])
    assert "1 % lost: 14.0 segments, the law says 13.1" in chart.alt
    elapsed = [i / 10 for i in range(100)]
    curve = Curve(100, elapsed, [1.02 * cubic_law(seconds, 100) for seconds in elapsed])
    chart = netlab.figures.cubic(curve)
    assert "never more than 2.0 % from the formula" in chart.alt
    image(bundle(chart)["text/html"])


def test_gaps_that_are_filled_are_told_from_new_data() -> None:
    chart = netlab.figures.sequence_numbers(netlab.read(netlab.recording("loss.pcap")))
    assert "38 with new data" in chart.alt
    assert "4 that fill gaps" in chart.alt
