"""Packets taken apart and put together again: the same bytes, each length and checksum anew."""

from collections.abc import Iterator
from functools import reduce
from operator import truediv
from typing import Any

import netlab
from netlab.header import Header


def anew(header: Header, above: type[Header] | None) -> Header:
    """The header built from its values, without those that building computes and that are right:
    lengths, checksums, and the numbers that announce what is above."""
    values: dict[str, Any] = header.values()
    for field in header.fields:
        right = {
            "checksum": bool(field.computed) and header.checksum_ok is True,
            "length": bool(field.measures) and not header.broken and values[field.name] != 0,
            "number": bool(above) and above.numbers.get(field.selects, -1) == values[field.name],
            "itself": bool(field.itself) and field.itself in header.numbers,
        }
        if any(right.values()):
            del values[field.name]
    return type(header)(**values)


def parts(packet: netlab.Packet) -> Iterator[Header | bytes]:
    """The headers built anew, up to one that carries a piece of a packet or a program's message;
    then the bytes that the last one carries."""
    layers = packet.layers
    for header, above in zip(layers, (*layers[1:], None), strict=True):
        last = header.quotes or header.partial or above is None or above.layer == "application"
        yield anew(header, None if last or above is None else type(above))
        if last:
            yield header.payload
            return


def sound(packet: netlab.Packet) -> bool:
    """Whether nothing is wrong with the packet: no problem, no wrong checksum, and all lengths end
    at the same byte."""
    ends = {header.payload_end for header in packet.layers if header.stated_end is not None}
    right = all(header.checksum_ok is not False and header.complete for header in packet.layers)
    return right and len(ends) <= 1 and not packet.problems


def failures(packet: netlab.Packet) -> Iterator[str]:
    """What does not come back as it was."""
    data = packet.data
    if bytes(netlab.dissect(data, packet.link)) != data:
        yield "the bytes are not given back"
    if packet.layers and sound(packet):
        built = bytes(reduce(truediv, parts(packet)))
        if not data.startswith(built):
            place = next(
                i for i, pair in enumerate(zip(built, data, strict=False)) if pair[0] != pair[1]
            )
            owner = next(h for h in reversed(packet.layers) if h.offset <= place)
            yield f"{type(owner).__name__} is built otherwise, at byte {place - owner.offset}"
