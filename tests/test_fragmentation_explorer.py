"""FragmentationExplorer without a browser: fragments, arrivals and what is made of them."""

import random

import pytest
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.widgets import FragmentationExplorer

IP = netlab.IPv4(src="192.0.2.1", dst="192.0.2.2", identification=7)
LONG = netlab.Ethernet() / IP / netlab.UDP(dst_port=9) / (bytes(range(256)) * 6)
IPV6 = (
    netlab.Ethernet()
    / netlab.IPv6(src="2001:db8::1", dst="2001:db8::2")
    / netlab.UDP()
    / bytes(3000)
)


def test_the_fragments_carry_the_payload_once_and_fit() -> None:
    for mtu in (68, 577, 1280, 1563):
        explorer = FragmentationExplorer(LONG, mtu)
        assert max(len(packet) - 14 for packet in explorer.fragments) <= mtu
        payload = b"".join(packet[netlab.IPv4].payload for packet in explorer.fragments)
        assert payload == LONG[netlab.IPv4].payload
        assert explorer.reassembled is not None
        assert explorer.reassembled.data == LONG.data


def test_any_order_is_put_together_and_any_loss_is_not() -> None:
    explorer = FragmentationExplorer(LONG, 576)
    for arrivals in ([0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 2, 0, 1]):
        explorer.arrivals = arrivals
        assert explorer._report["verdict"][0].startswith("✔ Whole with arrival")
    for arrivals in ([0, 1], [1, 2], [0, 2, 2], []):
        explorer.arrivals = arrivals
        assert explorer.reassembled is None
        assert explorer._report["verdict"][0].startswith("✘")
    assert explorer._report["verdict"] == ["✘ Nothing arrived."]


def test_what_the_receiver_notices_stands_at_the_arrival() -> None:
    explorer = FragmentationExplorer(LONG, 576)
    explorer.arrivals = [2, 2, 0, 1, 1]
    assert [note[:1] and note[0].partition(":")[0] for note in explorer._report["notes"]] == [
        [], "duplicate", "out of order", "out of order", [],
    ]  # fmt: skip
    assert explorer._report["done"] == 3
    assert explorer._report["verdict"][1].startswith("What comes after that begins a packet anew")


def test_df_forbids_and_is_taken_from_the_packet() -> None:
    flagged = netlab.Ethernet() / IP.replace(flags="DF") / netlab.UDP() / bytes(1000)
    explorer = FragmentationExplorer(flagged, 576)
    assert explorer.df is True
    assert explorer.fragments == []
    assert "next_hop_mtu=576" in explorer._cut["problem"]
    explorer.df = False
    assert len(explorer.fragments) == 2
    assert explorer.packet[netlab.IPv4].checksum_ok is True
    assert FragmentationExplorer(LONG, df=True).fragments == []


def test_ipv6_is_cut_by_its_sender_with_a_header_of_its_own() -> None:
    explorer = FragmentationExplorer(IPV6, 100)
    assert explorer.mtu == 1280
    assert [len(packet) - 14 for packet in explorer.fragments] == [1280, 1280, 40 + 8 + 3008 - 2464]
    assert explorer._report["verdict"] == ["✔ Whole with arrival 3: the 3048 bytes that were sent."]


def test_a_big_packet_has_a_least_mtu() -> None:
    big = netlab.IPv4() / netlab.UDP() / random.Random(1).randbytes(20_000)
    explorer = FragmentationExplorer(big, 68)
    assert 40 < len(explorer.fragments) <= 48
    assert explorer.mtu == explorer._packet_info["least"]


def test_what_cannot_be_cut_is_said() -> None:
    with pytest.raises(ValueError, match="only IP packets are cut into fragments; this is ARP"):
        FragmentationExplorer(netlab.Ethernet() / netlab.ARP())
    with pytest.raises(ValueError, match="go through everywhere: take one of more than 68"):
        FragmentationExplorer(netlab.IPv4() / netlab.UDP() / b"short")
    explorer = FragmentationExplorer(LONG, 576)
    with pytest.raises(TraitError, match="fragment 3 does not exist: there are 0 to 2"):
        explorer.arrivals = [0, 3]


@pytest.mark.parametrize("mtu", [68, 576, 1500, 9000])
def test_the_still_picture_shows_the_fragments(mtu: int) -> None:
    shown = bundle(FragmentationExplorer(LONG, mtu))
    words = "".join(image(shown["text/html"]).itertext())
    assert f"MTU {min(mtu, 1564)}: " in words
    assert shown["text/plain"].startswith(f"FragmentationExplorer(MTU {min(mtu, 1564)}: ")
