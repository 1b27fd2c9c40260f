"""Box drawings: RFC 791's and RFC 9293's own are the judges."""

from xml.etree import ElementTree

import pytest

import netlab
from netlab.picture import pieces

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
