"""EncapsulationStepper: data gain a packet's headers one by one, and shed them again."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import traitlets

from netlab.counts import counted
from netlab.dump import hexdump
from netlab.field import DATAGRAM, HEADER, PAYLOAD
from netlab.header import Header
from netlab.packet import Packet
from netlab.widgets.static import GAP, LINE, WIDTH, image, sheet, text, tile
from netlab.widgets.widget import Widget
from netlab.words import printable

MOST = 512
"""Bytes that the dump shows at most."""


class Part(NamedTuple):
    """A part of the packet: the data, a header, or what stands behind the payload.

    name, layer   how it is called, and its layer in the palette
    offset, size  where in the packet it stands, in bytes
    about         what it is, in words
    facts         what a receiver reads in it: a question, the field, its value, what that is for
    """

    name: str
    layer: str
    offset: int
    size: int
    about: str
    facts: tuple[tuple[str, str, str, str], ...] = ()


class Stage(NamedTuple):
    """A step of the journey.

    says, title  where the data are, and what happens there, in words
    part         the part that this is about, by its place in the list of parts
    there        the parts that are there afterwards
    first, last  the bytes of the packet that are there: the first one, the one after the last
    size         how many these are, in words
    """

    says: str
    title: str
    part: int
    there: list[int]
    first: int
    last: int
    size: str


QUESTIONS = HOW_LONG, END, NEXT, INTACT = (
    "How long is the header?", "Where does what it carries end?", "What comes next?",
    "Did it arrive intact?",
)  # fmt: skip
"""What a receiver must find out."""


class EncapsulationStepper(Widget, files="encapsulation_stepper"):
    """Follow a packet's data from the sender, who puts header after header before them, to the
    receiver, who takes them off again; with the bytes and the overhead at each step.

    The data are an application's message, or what the last header carries.

    packet  a packet
    step    how far it has come: as many steps as there are headers lead to the wire, as many more
            to the receiver's application

    `step` can be set and read while it is on screen; `data` are the bytes at that step, `overhead`
    those of them that are not the application's.  ValueError for a packet without a header,
    `traitlets.TraitError` for a step that does not exist.
    """

    step = traitlets.Int(0).tag(sync=True)
    _parts: Any = traitlets.List().tag(sync=True)
    _stages: Any = traitlets.List().tag(sync=True)
    _hex = traitlets.Unicode().tag(sync=True)
    _titles: Any = traitlets.List().tag(sync=True)

    def __init__(self, packet: Packet, step: int = 0) -> None:
        if not packet.layers:
            raise ValueError("this packet has no header to put on or take off")
        self._packet = packet
        headers = _carriers(packet)
        self.parts = list(_parts(packet, headers))
        self.stages = list(_stages(packet, headers, self.parts))
        super().__init__(
            _parts=[part._asdict() for part in self.parts],
            _stages=[stage._asdict() for stage in self.stages],
            _hex=packet.data[:MOST].hex(),
            _titles=[cell.title for cell in hexdump(packet).cells[:MOST]],
        )
        self.step = step

    @property
    def data(self) -> bytes:
        """The bytes that are there at this step."""
        stage = self.stages[self.step]
        return self._packet.data[stage.first : stage.last]

    @property
    def overhead(self) -> int:
        """Bytes that are there at this step and are not the application's."""
        return len(self.data) - self.parts[0].size

    @traitlets.validate("step")
    def _step_exists(self, proposal: Any) -> int:
        last = len(self.stages) - 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(f"step {proposal['value']} does not exist: 0 to {last} do")
        return int(proposal["value"])

    def _still(self) -> str:
        return image(_svg(self), repr(self))

    def __repr__(self) -> str:
        names = " / ".join(type(header).__name__ for header in _carriers(self._packet))
        wire = self.stages[len(self.parts) - 1]
        return f"EncapsulationStepper({names} around {self.stages[0].size}: {wire.size})"


def _carriers(packet: Packet) -> list[Header]:
    """The headers around an application's message, outermost first; all when there is none."""
    layers = list(packet.layers)
    upper = [header for header in layers if header.layer == "application"]
    return layers[: layers.index(upper[0])] if upper else layers


def _parts(packet: Packet, headers: list[Header]) -> Iterator[Part]:
    """The data, then what is put around them, the innermost header first."""
    layers, count = packet.layers, len(headers)
    inner = layers[count] if count < len(layers) else None
    start = inner.offset if inner else layers[-1].payload_start
    size = layers[-1].payload_end - start
    if inner:
        span = inner.span()
        yield Part(span.name, inner.layer, start, size, span.about)
    else:
        yield Part("data", "payload", start, size, "what one program has to say to another")
    for place in reversed(range(count)):
        header, above = layers[place], layers[place + 1 : place + 2]
        span, kind = header.span(), type(above[0]) if above else None
        facts = tuple(_facts(header, kind))
        yield Part(span.name, header.layer, header.offset, span.bits // 8, span.about, facts)
    if packet.trailer:
        about = "padding, for no frame on this link is as short as this one was"
        end = len(packet.data) - len(packet.trailer)
        yield Part("trailer", "link", end, len(packet.trailer), about)


def _stages(packet: Packet, headers: list[Header], parts: list[Part]) -> Iterator[Stage]:
    """Down to the wire and up to the receiver's application."""
    data, end = parts[0].size, len(packet.data) - len(packet.trailer)
    wire, behind = len(parts) - 1, len(headers) + 1

    def size(first: int, last: int) -> str:
        total, more = last - first, last - first - data
        share = f", {100 * more / total:.1f} % of all" if total else ""
        says = f", of them {more} overhead{share}" if more else " of data"
        return counted(total, "byte") + says

    for place, part in enumerate(parts):
        first = 0 if part.offset >= end and place else part.offset
        last = len(packet.data) if place == behind else max(end, first)
        if place == 0:
            last = part.offset + part.size
        where = "sender" if place < wire else "on the wire"
        says = f"{where}: {part.name} is put on" if place else "sender: the data"
        title = f"{part.name} puts {counted(part.size, 'byte')} before it"
        if not place:
            title = f"{part.name}: what is to be sent"
        elif place == behind:
            title = f"{counted(part.size, 'byte')} put behind it"
        yield Stage(says, title, place, [*range(place + 1)], first, last, size(first, last))
    there = set(range(len(parts)))
    for place, header in zip(range(len(headers), 0, -1), headers, strict=True):
        first, last = header.payload_start, header.payload_end
        title = f"{parts[place].name}: its {parts[place].size} bytes are read and taken off"
        there.discard(place)
        if behind in there and last <= parts[-1].offset:
            title += f", and so are the {parts[-1].size} bytes behind its payload"
            there.discard(behind)
        says = f"receiver: {parts[place].name} is taken off"
        yield Stage(says, title, place, sorted(there), first, last, size(first, last))


def _facts(header: Header, above: type[Header] | None) -> list[tuple[str, str, str, str]]:
    """What the receiver reads in a header, from the roles that its fields are declared with."""
    found = {}
    for field in header.fields:
        value = getattr(header, field.name)
        said, means = printable(field.text(value)), field.meaning(value)
        shown = (field.name, f"{said} ({means})" if means else said)
        if above and field.selects and means == above.__name__:
            found[NEXT] = (*shown, field.about)
        elif field.measures == HEADER:
            found[HOW_LONG] = (*shown, field.about)
        elif field.measures in (DATAGRAM, PAYLOAD):
            found[END] = (*shown, field.about + _beyond(header))
        elif field.computed:
            found[INTACT] = (*shown, header.checksum_verdict()[1])
    if header.header_length == header.size:
        found.setdefault(
            HOW_LONG, ("", counted(header.size, "byte"), "always, no field need say so")
        )
    if header.payload:
        below = f"{type(header.below).__name__}'s" if header.below else "the frame"
        found.setdefault(END, ("", "no field says so", f"where {below} ends"))
    if above:
        found.setdefault(NEXT, ("", above.__name__, "recognised by how it begins"))
    return [(question, *found[question]) for question in QUESTIONS if question in found]


def _beyond(header: Header) -> str:
    left = header._end - header.payload_end
    return f"; {left} more bytes are there, which are not its own" if left else ""


def _svg(stepper: EncapsulationStepper) -> str:
    """The packet after each header, one below the other."""
    parts, top, x = stepper.parts, LINE + GAP, 8.0
    whole, room = len(stepper._packet.data) or 1, WIDTH - 16 - 56 * len(parts)
    widths = [56 + room * part.size / whole for part in parts]
    starts = {}
    for place in sorted(range(len(parts)), key=lambda place: parts[place].offset or -place):
        starts[place], x = x, x + widths[place]
    drawn = []
    for stage in stepper.stages[: len(parts)]:
        for place in stage.there:
            part, width = parts[place], widths[place] - 2
            drawn.append(tile(starts[place], top, width, part.name[: int(width / 7)], part.layer))
        drawn.append(text(8, top + LINE, f"{parts[stage.part].name}: {stage.size}", "faint"))
        top += 2 * LINE + 4
    return sheet("Header after header is put before the data", top + GAP, drawn)
