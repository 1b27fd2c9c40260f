"""Box drawings: RFC 791's and RFC 9293's own are the judges."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import netlab
from netlab.picture import EDGE, pieces, shortened
from netlab.wire import tcp

RFC_791 = """
|Version|  IHL  |Type of Service|          Total Length         |
|         Identification        |Flags|      Fragment Offset    |
|  Time to Live |    Protocol   |         Header Checksum       |
|                       Source Address                          |
|                    Destination Address                        |
"""
RFC_9293 = """
|          Source Port          |       Destination Port        |
|                        Sequence Number                        |
|                    Acknowledgment Number                      |
| Offset| Rsrvd |      flags    |            Window             |
|           Checksum            |         Urgent Pointer        |
"""
"""The rows between the rules; the eight flags, which RFC 9293 writes downwards, as one field."""


def bars(drawing: str) -> list[list[int]]:
    lines = [line for line in drawing.splitlines() if line.startswith("|")]
    return [[place for place, letter in enumerate(line) if letter == "|"] for line in lines]


@pytest.mark.parametrize(("kind", "rfc"), [(netlab.IPv4, RFC_791), (netlab.TCP, RFC_9293)])
def test_boxes_stand_where_the_rfc_draws_them(kind: type, rfc: str) -> None:
    ours = bars(kind.drawing())
    if kind is netlab.IPv4:
        ours[0].remove(28)  # RFC 2474 has split the type of service after six bits
    assert ours.pop() == [0, 64]  # the options, which take no whole row in the RFC's drawing
    assert ours == bars(rfc)


def test_bits_are_numbered_as_in_the_rfc() -> None:
    tens, ones = netlab.IPv4.drawing().splitlines()[:2]
    assert tens == " 0                   1                   2                   3"
    assert ones.split() == [str(bit % 10) for bit in range(32)]


def test_a_box_across_rows_is_whole() -> None:
    assert sum(piece.bits * piece.rows for piece in pieces(8, 128)) == 128
    assert [piece.rows for piece in pieces(64, 128)] == [4]


def test_the_svg_is_well_formed_and_shows_each_field() -> None:
    packet = next(p for p in netlab.read(netlab.recording("http.pcap")) if netlab.HTTP in p)
    for header in packet.layers:
        root = ElementTree.fromstring(header.picture().svg)
        groups = [node for node in root.iter() if node.get("data-key")]
        assert len(groups) == len(header.boxes())


def a_header_with(count: int) -> netlab.HTTP:
    line = b"GET / HTTP/1.1\r\nCookie: " + b"x" * (count - 10) + b"\r\nAccept: */*\r\n\r\n"
    return netlab.dissect(line, netlab.HTTP)[netlab.HTTP]


def test_a_long_tail_is_drawn_with_a_break() -> None:
    long, short = a_header_with(1460), a_header_with(32)
    assert len(repr(long.picture()).splitlines()) < len(repr(short.picture()).splitlines()) + 6
    height = int(ElementTree.fromstring(long.picture().svg).get("height") or 0)
    assert height < 15 * 38
    shown = [box for box in shortened(long.boxes()) if box.left_out]
    assert [box.name for box in shown] == ["Cookie"]
    words = f"{shown[0].left_out} more bytes"
    assert shown[0].left_out + shown[0].bits // 8 == 1460
    assert re.search(rf"^~ +{words} +~$", repr(long.picture()), re.MULTILINE)
    assert words in long.picture().svg


def test_addresses_of_128_bits_are_drawn_whole() -> None:
    header = netlab.IPv6(src="2001:db8::1")
    assert shortened(header.boxes()) == header.boxes()
    assert "more bytes" not in header.picture().svg + repr(header.picture())


def test_the_lines_of_a_drawing_end_in_a_column() -> None:
    for header in (a_header_with(1460), a_header_with(7), netlab.TCP(options=[tcp.NOP()] * 3)):
        _, _, *lines = repr(header.picture()).splitlines()
        for above, line in pairwise(lines[:-1]):
            assert len(line) == 65 or len(above) == 65


def test_the_edge_of_a_marked_box_is_not_below_its_neighbours() -> None:
    """A later box covers what an earlier one draws outside its own rectangle."""
    for group in ElementTree.fromstring(a_header_with(99).picture().svg):
        boxes = [node for node in group if node.get("class") == "box"]
        edges = [node for node in group if node.get("class") == "edge"]
        for box, edge in zip(boxes, edges, strict=True):
            for place, length in (("x", "width"), ("y", "height")):
                outer = float(box.get(place) or 0), float(box.get(length) or 0)
                inner = float(edge.get(place) or 0), float(edge.get(length) or 0)
                half = EDGE / 2
                assert outer[0] <= inner[0] - half
                assert inner[0] + inner[1] + half <= sum(outer)
