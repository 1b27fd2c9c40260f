"""What several tests ask: every declared header, and everything that can be asked of a packet."""

from collections.abc import Iterator
from functools import cache

import netlab
from netlab.field import Span
from netlab.header import Header


def declared(kind: type[Header] = Header) -> Iterator[type[Header]]:
    """All headers, those that others are made from included."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("netlab."):
            yield each
            yield from declared(each)


def flat(spans: tuple[Span, ...]) -> Iterator[Span]:
    for span in spans:
        yield span
        yield from flat(span.children)


@cache
def asked(kind: type[Header]) -> list[str]:
    """The names of a header's fields and of what else it says of itself."""
    names = (name for name in dir(kind) if not name.startswith("_"))
    return [name for name in names if isinstance(getattr(kind, name), property)]


def ask(header: Header) -> None:
    """Everything that a header says of itself, and that those say of which it is made."""
    for name in asked(type(header)):
        value = getattr(header, name)
        if isinstance(value, tuple):
            for part in value:
                if isinstance(part, Header) and part.below is header:
                    ask(part)


def look_at_everything(packet: netlab.Packet) -> None:
    """Whatever a program asks of a packet; nothing of it may raise."""
    for header in packet.layers:
        ask(header)
        repr(header), header.summary(), header.boxes(), header.checksum_verdict()
        assert header.values() == {
            field.name: getattr(header, field.name) for field in header.fields
        }
        kind, start, end = header.beyond()
        whole = kind is not None and end - start >= kind.size
        assert header.step(header._data, header.offset, header._end, header) == (
            (kind, start, end) if whole else None
        )
    layers = packet.spans()
    for span in flat(layers):
        first, last = span.start, span.start + span.bits
        assert 0 <= first <= last <= len(packet.data) * 8, span
        assert span.bits or span in layers, span  # a header that breaks off at once is but a name
    for problem in packet.problems:
        assert 0 <= problem.offset <= len(packet.data), problem
    assert len(packet.owners()) == len(packet.data)
    repr(packet), packet.summary(), packet.five_tuple, packet.ends, packet.protocol
    assert packet.payload in packet.data


def show_everything(packet: netlab.Packet) -> None:
    """Whatever a person is shown of a packet, as text and as HTML; nothing of it may raise."""
    for header in packet.layers:
        repr(header.picture()), repr(header.explain()), repr(netlab.hexdump(header))
    for shown in (packet.explain(), netlab.hexdump(packet)):
        repr(shown), shown._repr_html_()
