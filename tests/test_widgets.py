"""Widgets and figures without a browser: what they take, refuse, and show where no kernel runs."""

import re
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import pytest
from traitlets import TraitError

import netlab

HTTP = netlab.recording("http.pcap")


def bundle(shown: object) -> dict[str, str]:
    made = shown._repr_mimebundle_()  # type: ignore[attr-defined]
    return made[0] if isinstance(made, tuple) else made


def image(html: str) -> ElementTree.Element:
    """The SVG inside the HTML's image, which has words too."""
    assert re.search(r'alt="[^"]{10,}"', html)
    found = re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", html)
    assert found
    return ElementTree.fromstring(b64decode(found[1]))


def test_an_explorer_takes_packets_and_paths() -> None:
    packets = list(netlab.read(HTTP))
    for given in (HTTP, str(HTTP), packets, iter(packets)):
        assert "12 packets" in repr(netlab.PacketExplorer(given))
    assert "1 packet," in repr(netlab.PacketExplorer(packets[0]))


def test_an_explorer_refuses_what_is_not_there(tmp_path: Path) -> None:
    explorer = netlab.PacketExplorer(HTTP, packet=5, field="IPv4.ttl")
    with pytest.raises(TraitError, match="packet 12 does not exist: there are 0 to 11"):
        explorer.packet = 12
    with pytest.raises(TraitError, match=r"has no field 'IPv4.tll'"):
        explorer.field = "IPv4.tll"
    assert (explorer.packet, explorer.field) == (5, "IPv4.ttl")
    explorer.packet = 0
    assert explorer.field == ""
    with pytest.raises(ValueError, match="no packet to explore"):
        netlab.PacketExplorer([])
    with pytest.raises(netlab.CaptureError):
        netlab.PacketExplorer(tmp_path / "none.pcap")


def test_an_explorer_has_a_still_picture() -> None:
    for number in range(12):
        root = image(bundle(netlab.PacketExplorer(HTTP, packet=number))["text/html"])
        assert "".join(root.itertext())


def test_empty_and_hostile_packets_are_shown() -> None:
    for data in (b"", b"\0", bytes(13), b"\xff" * 2000, b"<script>alert(1)</script>" * 3):
        shown = bundle(netlab.PacketExplorer(netlab.dissect(data)))
        image(shown["text/html"])
        assert "<script>" not in shown["text/html"]


def test_figures_say_in_words_what_they_show() -> None:
    packets = list(netlab.read(HTTP))
    beside = netlab.figures.side_by_side(packets[5])
    assert "application layer, HTTP: 76 bytes" in beside.alt
    assert "link layer, Ethernet: 14 bytes, which carries 128 bytes" in beside.alt
    exchange = netlab.figures.exchange(packets)
    assert "12 TCP (link 14, internet 20, transport 32)" in exchange.alt
    for chart in (beside, exchange):
        assert image(bundle(chart)["text/html"]).tag.endswith("svg")
        assert chart.svg() == chart.svg()


def test_figures_of_unusual_packets() -> None:
    for packet in (netlab.dissect(b""), netlab.dissect(b"\1\2\3"), netlab.dissect(bytes(60))):
        image(bundle(netlab.figures.side_by_side(packet))["text/html"])
        image(bundle(netlab.figures.exchange([packet]))["text/html"])
