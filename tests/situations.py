"""Packets of which it is known what they say, and what is asked of each of them."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import agreement
import tshark
from scapy.packet import Raw

import netlab


class Situation(NamedTuple):
    """A packet, the names of its headers, and values of fields by "Header.field"."""

    link: str
    data: bytes
    headers: str
    values: Mapping[str, Any]


class Contradiction(NamedTuple):
    """A packet, and the one problem with it."""

    link: str
    data: bytes
    problem: str


def stack(*parts: Any) -> bytes:
    """scapy's layers, or bytes, one in the other."""
    packet = Raw(parts[0]) if isinstance(parts[0], bytes) else parts[0]
    for part in parts[1:]:
        packet = packet / part
    return bytes(packet)


def reads(situation: Situation) -> None:
    """netlab sees these headers and values, and nothing malformed."""
    packet = netlab.dissect(situation.data, situation.link)
    assert [type(header).__name__ for header in packet.layers] == situation.headers.split()
    for place, value in situation.values.items():
        kind, *path = place.split(".")
        found: Any = next(header for header in packet.layers if type(header).__name__ == kind)
        for step in path:
            found = found[int(step)] if step.isdigit() else getattr(found, step)
        assert found == value, place
    assert packet.problems == ()
    assert bytes(packet) == situation.data


def rebuilds(situation: Situation) -> None:
    """Built anew from the values of its fields, the packet is the same."""
    packet = netlab.dissect(situation.data, situation.link)
    again: Any = None
    end = 0
    for header in packet.layers:
        if header.appended:
            again = again / packet.data[end : header.offset]
        again = header.replace() if again is None else again / header.replace()
        end = header.payload_start
    again = again / packet.payload
    assert bytes(again) + packet.trailer == situation.data


def bears_a_cut(situation: Situation) -> None:
    """Wherever the capture cuts the packet, that is the one problem, and no checksum is wrong."""
    link, data, *_ = situation
    for kept in range(len(data)):
        packet = netlab.Packet(data[:kept], link, wire_length=len(data))
        assert [problem.layer for problem in packet.problems] == ["Packet"], kept
        assert all(header.checksum_ok in (True, None) for header in packet.layers), kept


def differences(
    situations: Mapping[str, Situation | Contradiction],
    folder: Path,
    seen: Counter[str] | None = None,
) -> dict[str, list[str]]:
    """In which of these situations, and in what, tshark and netlab differ; `seen` counts what was
    compared."""
    found = {}
    for link in {situation.link for situation in situations.values()}:
        chosen = {name: each for name, each in situations.items() if each.link == link}
        path = folder / f"{link}.pcap"
        netlab.write(path, [netlab.dissect(each.data, link) for each in chosen.values()])
        packets, readings = netlab.read(path), tshark.tshark(path)
        for name, packet, theirs in zip(chosen, packets, readings, strict=True):
            lines = list(agreement.differences(packet, theirs, seen))
            if lines:
                found[name] = lines
    return found
