"""Dashboard without a browser: what it shows, opens and says, and that it stops."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from test_widgets import bundle, image

import netlab
from netlab.widgets.dashboard import Dashboard

HTTP = netlab.recording("http.pcap")


def over(source: object, **options: object) -> Dashboard:
    """A dashboard whose source has come to its end."""
    dashboard = Dashboard(source, speed=None, **options)  # type: ignore[arg-type]
    while dashboard._watch.state == "running":
        time.sleep(0.01)
    dashboard.refresh()
    return dashboard


@pytest.fixture
def http() -> Iterator[Dashboard]:
    dashboard = over(HTTP)
    yield dashboard
    dashboard.close()


def test_what_it_shows(http: Dashboard) -> None:
    view = http._panel._view
    assert view["numbers"][0] == "12 packets"
    assert view["says"] == "■ that was all"
    (connection,) = view["connections"]
    assert connection[2:6] == [
        "🤝 TCP", "192.168.1.10:56488", "192.168.1.20:80", "TIME-WAIT / CLOSED",
    ]  # fmt: skip
    assert [row[0] for row in view["packets"]] == [str(number) for number in range(1, 13)]
    assert len(str(view)) < 10_000
    assert http.monitor.total.packets == 12


def test_a_view_like_the_last_is_sent_again(http: Dashboard) -> None:
    """Else the page would not answer, and nothing more would be sent."""
    told: list[object] = []
    http._panel.observe(told.append, "_view")
    http.refresh()
    assert len(told) == 1


def test_a_connection_opens_its_ladder(http: Dashboard) -> None:
    key = http._panel._view["connections"][0][0]
    http._asked(None, {"connection": key}, None)
    assert http._panel._opened == [
        "TCP 192.168.1.10:56488 → 192.168.1.20:80: all 10 packets", True,
    ]  # fmt: skip
    assert http._ladder is not None
    assert http._ladder.layout.display is None
    assert "10 packets" in repr(http._ladder)
    http._asked(None, {"close": ""}, None)
    assert http._ladder.layout.display == "none"


def test_a_packet_opens(http: Dashboard) -> None:
    http._asked(None, {"packet": "6"}, None)
    assert http._explorer is not None
    assert http._explorer._packets == [list(netlab.read(HTTP))[5]]
    http._asked(None, {"packet": "99"}, None)
    assert http._panel._opened == ["This packet is not kept any more.", False]


@pytest.mark.parametrize(
    ("text", "numbers"), [("arp", 2), ("56488", 10), ("GET", 1), ("nothing such", 0), ("", 12)]
)
def test_a_filter_is_a_word_of_the_row(http: Dashboard, text: str, numbers: int) -> None:
    http.filter = text
    assert len(http._panel._view["packets"]) == numbers


def test_a_picture_without_a_kernel(http: Dashboard) -> None:
    drawn = bundle(http)
    assert drawn["text/plain"] == "Dashboard(http.pcap)"
    words = "".join(image(drawn["text/html"]).itertext())
    assert "12 packets" in words
    assert "192.168.1.10:56488 → 192.168.1.20:80" in words


def test_a_failure_is_said_not_raised() -> None:
    dashboard = over("missing.pcap")
    assert dashboard.problem.startswith("cannot open missing.pcap")
    assert dashboard._panel._view["problem"] == dashboard.problem
    dashboard.close()


def test_malformed_packets_are_told() -> None:
    packets = [netlab.Packet(packet.data[:-3]) for packet in netlab.read(HTTP)]
    dashboard = over(packets)
    assert any("malformed" in note for note in dashboard._panel._view["notes"])
    dashboard.close()


def endless() -> Iterator[netlab.Packet]:
    while True:
        yield from netlab.read(HTTP)
        time.sleep(0.001)


@pytest.mark.parametrize("way", ["stop", "close", "with"])
def test_it_stops(way: str) -> None:
    dashboard = Dashboard(endless())
    if way == "with":
        with dashboard:
            pass
    else:
        getattr(dashboard, way)()
    assert not dashboard._watch._thread.is_alive()


def test_pause_freezes_the_view() -> None:
    with Dashboard(endless()) as dashboard:
        while dashboard.monitor.total.packets < 20:
            time.sleep(0.01)
        dashboard.refresh()
        dashboard.paused = True
        shown = dashboard._panel._view["numbers"]
        dashboard.refresh()
        assert dashboard._panel._view["numbers"] == shown
        assert dashboard._panel._view["says"] == "⏸ paused"
        dashboard.paused = False
        while dashboard._panel._view["numbers"] == shown:
            time.sleep(0.01)
            dashboard.refresh()


def test_it_can_begin_when_it_is_told_to_and_be_waited_for() -> None:
    path = netlab.recording("http.pcap")
    with Dashboard(path, speed=None, paused=True) as dashboard:
        dashboard.wait(0.1)
        assert dashboard.monitor.total.packets == 0
        dashboard.paused = False
        assert dashboard.wait(10) is dashboard
        assert dashboard.monitor.total.packets == 12


def test_the_page_may_answer_in_another_thread_than_the_loops() -> None:
    """As it does in JupyterLab, whose widgets have a subshell: the loop must be woken."""

    async def kernel() -> int:
        seen = 0
        with Dashboard(endless()) as dashboard:
            dashboard._asked(None, {"view": "one"}, None)
            for _ in range(4):
                before = dashboard._panel._view["number"]
                end = time.monotonic() + 5
                while dashboard._panel._view["number"] == before and time.monotonic() < end:
                    await asyncio.sleep(0.05)
                seen += dashboard._panel._view["number"] > before
                await asyncio.to_thread(dashboard._asked, None, {"seen": ""}, None)
        return seen

    assert asyncio.run(kernel()) == 4
