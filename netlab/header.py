"""Headers, each declared once, as its RFC draws it.

A subclass of `Header` lists its fields in wire order.  Everything else follows from that list:
parsing, building, where each bit stands, the picture, the explanation.

A header object is a view: it remembers the bytes and where in them it starts, and decodes a
field when that field is read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self

from netlab import accessors, picture
from netlab.counts import counted
from netlab.field import DATAGRAM, HEADER, NUMBERS, PAYLOAD, REST, Field, Span
from netlab.variable import Part, Place, Run, Variable, Walk, parts, walk
from netlab.words import Explanation, difference, different_bytes

CARRIES, ADDRESSES, PORTS = 1, 2, 3
"""A header's role in a conversation."""

FRAGMENT = "it is a fragment, and only the whole has all the bytes"
"""What is missing above a header whose payload is but a piece."""


class Fault(NamedTuple):
    """What is malformed in one header: the field, its byte offset in the packet, the sentence."""

    field: str
    offset: int
    message: str


class Header:
    """A view of one protocol header in the bytes of a packet, or one built from field values.

    `Header(field=value, ...)` builds; fields not given take their default, and lengths,
    checksums and next-protocol numbers are computed.  ValueError names a field whose value does
    not fit, TypeError a field that does not exist.
    """

    __slots__ = ("_below", "_data", "_end", "_given", "_missing", "_start", "_walked")

    layer: ClassVar[str] = "application"
    rfc: ClassVar[str] = ""
    size: ClassVar[int] = 0
    """Bytes in the fields at fixed places."""
    fields: ClassVar[tuple[Field, ...]] = ()
    numbers: ClassVar[dict[str, Any]] = {}
    """The number that announces this header, by number space; the first one given counts, and one
    that the header was made from counts where there is none."""
    guard: ClassVar[Callable[[bytes, int, int], "type[Header] | None"] | None] = None
    """`recognise`, where it has the last word on what these bytes are."""
    chooses: ClassVar[bool] = False
    """Whether `next_class` is more than a look into the tables of the selecting fields."""
    role: ClassVar[int] = 0
    """What the header is to a conversation: it has PORTS, or ADDRESSES, or merely CARRIES an IP
    protocol; 0 when none of these."""
    ends: ClassVar[Callable[[bytes, int], tuple[Any, ...]]]
    """Source and destination address; or the header's own IP protocol number, source and
    destination port; or nothing, as the role is: of such a header at this place in these bytes."""
    unless: ClassVar[str] = ""
    """The field that tells, when it is not 0, that the payload does not begin with a header."""
    quotes: ClassVar[bool] = False
    """Whether what follows is quoted from another packet, and may be cut or damaged."""
    is_body: ClassVar[bool] = False
    """Whether the header is a part of the one below, whose number told how to read it."""
    appended: ClassVar[bool] = False
    """Whether the header stands behind the payload of the one below."""
    streams: ClassVar[bool] = False
    """Whether what is missing at the header's end may come elsewhere, as in the next segment."""

    _data: bytes
    _start: int
    _end: int
    _below: "Header | None"
    _missing: str
    _given: dict[str, Any]
    _walked: Walk

    def __init_subclass__(cls, on: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        own = {name: field for name, field in vars(cls).items() if isinstance(field, Field)}
        inherited = [field for field in cls.fields if field.name not in own]
        for name in own:
            if hasattr(Header, name):
                raise TypeError(f"{cls.__name__}.{name}: every header has a {name}; rename it")
        cls.fields = (*inherited, *own.values())
        prefix, *rest = parts(cls.fields, {field: name for name, field in own.items()}, cls)
        assert isinstance(prefix, Run)
        cls._parts, cls._fixed, cls.size = [prefix, *rest], prefix.fields, prefix.bits // 8
        cls._later = cls.fields[len(cls._fixed) :]
        measures = {field.measures: field for field in cls.fields if field.measures}
        cls._lengths = {what: field for what, field in measures.items() if what != REST}
        unbounded = rest and not (len(rest) == 1 and rest[0].to_the_end)
        cls._walks = HEADER not in measures and (REST in measures or bool(unbounded))
        cls._brief = HEADER in measures and len(rest) == 1
        cls._scattered = () if cls._brief else cls._later
        cls._selectors = [
            (field, NUMBERS.setdefault(field.selects, {})) for field in cls.fields if field.selects
        ]
        cls.guard = cls.recognise if _overrides(cls, "recognise") else None
        cls.chooses = _overrides(cls, "next_class")
        places = ("beyond", "header_length", "payload_start", "payload_end", "stated_end", "broken")
        cls.numbers = dict(cls.numbers)
        for space, taken in (on or {}).items():
            every = taken if isinstance(taken, tuple) else (taken,)
            cls.numbers[space] = every[0]
            for number in every:
                NUMBERS.setdefault(space, {})[number] = cls
        cls.role, ends = _role(cls)
        own_number = [cls.numbers["ip protocol"]] if cls.role == PORTS else []
        end_fields = [field for field in cls.fields if field.name in ends]
        made: dict[str, Callable[[], Callable[..., Any]]] = {
            "_values": lambda: accessors.values(cls),
            "ends": lambda: accessors.together(own_number, end_fields),
        }
        plain = not (cls._walks or any(_overrides(cls, name) for name in places))
        if plain:
            made["after"] = lambda: accessors.after(cls)
            made["reach"] = lambda: accessors.reach(cls)
        if not (cls.chooses or cls._selectors or _overrides(cls, "beyond")):
            made["step"] = lambda: lambda data, start, end, header=None: None
        elif plain:
            made["step"] = lambda: accessors.step(cls, view)
        for name in ("after", "reach", "step"):  # not those made for the class it derives from
            setattr(cls, name, vars(Header)[name])
        for name, make in made.items():
            setattr(cls, name, accessors.later(cls, name, make))

    _parts: ClassVar[list[Part]] = []
    _fixed: ClassVar[list[Field]] = []
    _later: ClassVar[tuple[Field, ...]] = ()
    """The fields at fixed places, and the others."""
    _walks: ClassVar[bool] = False
    """Whether it takes a walk to find where the header ends."""
    _brief: ClassVar[bool] = False
    """Whether its one field of variable length takes what a length field of few bits says: not
    worth remembering."""
    _lengths: ClassVar[dict[str, Field]] = {}
    _selectors: ClassVar[list[tuple[Field, dict[Any, type["Header"]]]]] = []
    _values: ClassVar[Callable[[Any], dict[str, Any]]]
    """The fields at fixed places, and a brief one after them."""
    _scattered: ClassVar[tuple[Field, ...]] = ()
    """All other fields."""

    def __init__(self, **given: Any) -> None:
        known = [field.name for field in self.fields]
        for name in given:
            if name not in known:
                from difflib import get_close_matches

                near = get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}"
                raise TypeError(f"{type(self).__name__} has no field {name!r}: {hint}")
        self._given = given
        self._data = self.build(None, None, b"")
        self._start, self._end, self._below = 0, len(self._data), None

    # Where the header stands.

    @property
    def below(self) -> "Header | None":
        """The header that carries this one."""
        return self._below

    @property
    def offset(self) -> int:
        """The header's first byte, counted from the start of the packet."""
        return self._start

    @property
    def header_length(self) -> int:
        """Bytes in the header, options included, as far as the packet holds them."""
        room = self._end - self._start
        field = self._lengths.get(HEADER)
        if field is None:
            if self._walks:
                return self._walk().end - self._start
            return room if self._later else self.size
        length: int = getattr(self, field.name) * field.unit + field.less
        return max(self.size, min(length, room))

    @property
    def payload_end(self) -> int:
        """The byte after the payload's last; what follows belongs to a layer below (padding)."""
        stated = self.stated_end
        return self._end if stated is None else max(min(stated, self._end), self.payload_start)

    @property
    def payload_start(self) -> int:
        """The first byte after the header, counted from the start of the packet."""
        return self._start + self.header_length

    @property
    def stated_end(self) -> int | None:
        """Where the header's own length field says that the payload ends; None if it has none."""
        for what, base in ((DATAGRAM, self._start), (PAYLOAD, self.payload_start)):
            if what in self._lengths:
                field = self._lengths[what]
                value = getattr(self, field.name)
                unsaid = not value and self.zero_is_unsaid
                return None if unsaid else base + value * field.unit + field.less
        return None

    @property
    def zero_is_unsaid(self) -> bool:
        """Whether a length of 0 says nothing: segmentation offload and jumbograms leave it so."""
        return True

    @property
    def carried(self) -> int:
        """The number of the IP protocol that follows, -1 in a header that does not tell."""
        names = (field.name for field in self.fields if field.selects == "ip protocol")
        return int(getattr(self, next(names, ""), -1))

    @property
    def payload(self) -> bytes:
        """The bytes that this header carries."""
        return self._data[self.payload_start : self.payload_end]

    @property
    def later_piece(self) -> bool:
        """Whether the payload begins in the middle of what the next header speaks of."""
        return bool(self.unless and getattr(self, self.unless))

    @property
    def partial(self) -> bool:
        """Whether the payload is but a piece of what the next header speaks of (a fragment)."""
        return False

    @property
    def missing(self) -> str:
        """What the packet does not hold of the bytes that this header and those below speak of,
        as a sentence; "" when they are all there."""
        chain = [self]
        while (lower := chain[-1]._below) is not None and not hasattr(lower, "_missing"):
            chain.append(lower)
        for header in reversed(chain):
            header._missing = header._missing_below() or header._missing_here()
        return self._missing

    def _missing_below(self) -> str:
        below = self._below
        if below is None:
            return ""
        return below._missing or (FRAGMENT if below.partial else "")

    def _missing_here(self) -> str:
        stated, name = self.stated_end, type(self).__name__
        if stated is None or stated <= self._end:
            return ""
        return f"{name} speaks of {counted(stated - self._end, 'byte')} more than are there"

    @property
    def complete(self) -> bool:
        """Whether the packet holds all the bytes that this header and those below speak of."""
        return not self.missing

    def _walk(self) -> Walk:
        """Where all fields stand."""
        try:
            return self._walked
        except AttributeError:
            self._walked = walk(self)
            return self._walked

    def _place(self, part: int) -> Place | None:
        """Where a part of the header stands; None when the header breaks off or ends before."""
        if self._brief:
            first, last = self._start + self.size, self._start + self.header_length
            return self._parts[part].walk(self, [], first, last)
        places = self._walk().places
        return places[part] if part < len(places) else None

    @property
    def cut(self) -> bool:
        """Whether bytes of this header are missing at its end."""
        return self._walks and any(found.short for found in self._walk().breaks)

    @property
    def unfinished(self) -> bool:
        """Whether the rest of this header may come elsewhere, as in the next segment."""
        below = self._below
        return self.cut and below is not None and (below.streams or below.unfinished)

    @property
    def broken(self) -> bool:
        """Whether the header contradicts itself or the packet, or is not all there."""
        return self._contradicts or (self._walks and bool(self._walk().breaks))

    @property
    def _contradicts(self) -> bool:
        """Whether the header's length field contradicts the header or the packet."""
        field = self._lengths.get(HEADER)
        if field is None:
            return False
        length = getattr(self, field.name) * field.unit + field.less
        return not self.size <= length <= self._end - self._start

    def next_class(self) -> "type[Header] | None":
        """The header that the payload begins with, None when it is not known."""
        for field, table in self._selectors:
            found = table.get(getattr(self, field.name))
            if found:
                return found
        return None

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> "type[Header] | None":
        """The class to read these bytes with where a number alone does not tell; None: not mine."""
        return cls

    def beyond(self) -> "tuple[type[Header] | None, int, int]":
        """What the payload is: the class of the header that it begins with (None when that is
        not known), its first byte, and the byte after its last."""
        start, end = self.payload_start, self.payload_end
        kind = None if self.broken or self.later_piece else self.next_class()
        if kind is not None and kind.guard:
            kind = kind.guard(self._data, start, end)
        return kind, start, end

    def above(self) -> "Header | None":
        """The header that the payload begins with; None when it is not known or not all there."""
        found = self.step(self._data, self._start, self._end, self)
        return view(found[0], self._data, found[1], found[2], self) if found else None

    def behind(self) -> "Header | None":
        """The header that stands behind the payload; None when there is no such."""
        return None

    @classmethod
    def after(cls, data: bytes, start: int, end: int) -> int | None:
        """The byte after such a header at this place in these bytes; None when it contradicts
        itself or is not all there."""
        header = view(cls, data, start, end, None)
        return None if header.broken else header.payload_start

    @classmethod
    def reach(cls, data: bytes, start: int, end: int) -> tuple[int, int] | None:
        """The first byte of such a header's payload, and the byte after its last; None as above."""
        header = view(cls, data, start, end, None)
        return None if header.broken else (header.payload_start, header.payload_end)

    @classmethod
    def step(
        cls, data: bytes, start: int, end: int, header: "Header | None" = None
    ) -> "tuple[type[Header], int, int] | None":
        """`beyond` of such a header at this place in these bytes; None when what the payload
        begins with is not known or not all there.  Saves making the header, if there is none."""
        header = header or view(cls, data, start, end, None)
        kind, start, end = header.beyond()
        return (kind, start, end) if kind and end - start >= kind.size else None

    # What it says.

    def values(self) -> dict[str, Any]:
        """All fields, decoded at once."""
        result = type(self)._values(self)
        for field in self._scattered:
            result[field.name] = getattr(self, field.name)
        return result

    def spans(self) -> tuple[Span, ...]:
        """All fields as lines of the field tree."""
        lines = []
        for field in self.fields:
            value = getattr(self, field.name)
            start, bits = field.extent(self)
            if bits:
                meaning = field.means(self) if field.means else field.meaning(value)
                source = field.source or self.rfc
                children = field.spans(self)
                lines.append(
                    Span(
                        field.name, start, bits, value, field.text(value), meaning, field.about,
                        source, children,
                    )
                )  # fmt: skip
        return tuple(lines)

    def span(self) -> Span:
        """The whole header as one line of the field tree."""
        about = (type(self).__doc__ or "").partition("\n")[0]
        bits = self.header_length * 8
        name, text = type(self).__name__, self.summary()
        place = (name, self._start * 8, bits)
        return Span(*place, None, text, "", about, self.rfc, self.spans(), self.layer)

    def summary(self) -> str:
        """The header in a few words."""
        return type(self).__name__

    def faults(self) -> Iterator[Fault]:
        """What is malformed, as far as this header can know."""
        for what, field in self._lengths.items():
            value = getattr(self, field.name)
            length = value * field.unit + field.less
            room = self._end - self._start
            if what == PAYLOAD:
                room -= self.header_length
            least = self.size if what == HEADER else self.header_length if what == DATAGRAM else 0
            if least <= length <= room:
                continue
            stated = f"{field.name} {value} means {counted(length, 'byte')} of {what}"
            if what == HEADER and length < least:
                yield self.fault(field.name, f"{stated}: too short, at least {least} are needed")
            elif what != HEADER and value and length < least:
                yield self.fault(field.name, f"{stated}: less than the header's own {least}")
            elif length > room:
                yield self.fault(field.name, f"{stated}, but {room} are there")
        yield from self._faults_of_the_walk()

    def _faults_of_the_walk(self) -> Iterator[Fault]:
        if len(self._parts) == 1 and HEADER not in self._lengths:
            return
        below = self._below
        told = below is not None and (below.streams or below.cut)
        for found in self._walk().breaks:
            if found.message and not (found.short and told):
                yield Fault(found.field, found.offset, found.message)
        for field in self._later:
            for name, offset, message in field.faults(self):
                yield Fault(name, offset, message)

    def fault(self, field: str, message: str) -> Fault:
        """Something malformed in one of this header's fields."""
        start = next(f.extent(self)[0] for f in self.fields if f.name == field)
        return Fault(field, start // 8, message)

    @property
    def checksum_ok(self) -> bool | None:
        """Whether the checksum is right; None when the packet cannot tell."""
        return self.checksum_verdict()[0]

    @property
    def covered(self) -> bool:
        """Whether all bytes are here that the checksum covers: where header and payload part does
        not matter when it covers both."""
        return self.complete

    def checksum_verdict(self) -> tuple[bool | None, str]:
        """Whether the checksum is right (True, False, None) and the reason in a sentence."""
        field = next((field for field in self.fields if field.computed), None)
        if field is None:
            return None, f"{type(self).__name__} has no checksum of its own"
        if not self.covered:
            why = self.missing or "the header contradicts itself"
            return None, f"the checksum covers bytes that are not here: {why}"
        right = field.computed(self)  # type: ignore[misc]
        if right is None:
            return None, "the checksum covers addresses that are not in this packet"
        found = getattr(self, field.name)
        if found == right:
            return True, f"0x{found:04x} is right"
        if {found, right} == {0, 0xFFFF}:
            zeros = "ones' complement has two zeros (RFC 1624 section 3), which any receiver takes"
            return True, f"0x{found:04x} is right, as 0x{right:04x} would be: {zeros}"
        return False, f"0x{found:04x} is wrong: the bytes give 0x{right:04x}"

    @classmethod
    def drawing(cls) -> str:
        """The header as its RFC draws it, without values, as ASCII art."""
        boxes, position = [], 0
        for part in cls._parts:
            if isinstance(part, Run):
                boxes += [picture.Box(f.name, position + f.start, f.bits) for f in part.fields]
                position += part.bits
            else:  # as much as fills the row
                bits = picture.WIDTH - position % picture.WIDTH
                boxes.append(picture.Box(f"{part.name} ...", position, bits))
                position += bits
        return picture.ascii_art(boxes)

    def boxes(self) -> list[picture.Box]:
        """The fields as boxes of the header's picture; an option is a box of its own.

        A box's key is the place of its line in `spans`: "4", or "10.2" for a part of line 10.
        """
        found = []
        for line, span in enumerate(self.spans()):
            for place, part in enumerate(span.children or (span,)):
                key = f"{line}.{place}" if span.children else f"{line}"
                start = part.start - self._start * 8
                found.append(picture.Box(part.name, start, part.bits, part.text, key, part.about))
        return found

    def picture(self) -> "Picture":
        """The header as its RFC draws it, 32 bits wide, with its values: a picture in a notebook,
        ASCII art in a terminal."""
        return Picture(self)

    def explain(self) -> Explanation:
        """The header in words: a table of field, bits, value, meaning and what it is for."""
        return Explanation([self.span()])

    # Making and comparing.

    def build(self, below: "Header | None", above: "type[Header] | None", payload: bytes) -> bytes:
        """The header's bytes between the header `below` and the `payload`, which opens with
        a header of class `above`.  What was given stays; the rest is computed."""
        if not hasattr(self, "_given"):
            return bytes(self)
        values = {name: value for name, value in self._given.items() if value is not None}
        values = self._announced(above) | values
        pieces: dict[Part, bytes] = {}
        known = {field.name: field for field in self.fields}
        for part in self._there(values):
            if isinstance(part, Variable):
                value = values.get(part.name, part.default)
                pieces[part] = part.octets(value)
                values = part.told(value, pieces[part], known) | values
            else:
                pieces[part] = bytes(part.bits // 8)
        lengths = {PAYLOAD: len(payload), HEADER: sum(map(len, pieces.values()))}
        lengths[DATAGRAM] = lengths[HEADER] + lengths[PAYLOAD]
        after = 0
        for part in reversed(pieces):
            if part.rest:
                values.setdefault(part.rest.name, (after - part.rest.less) // part.rest.unit)
            after += len(pieces[part])
        for what, field in self._lengths.items():
            values.setdefault(field.name, (lengths[what] - field.less) // field.unit)
        for field in self.fields:
            if field.computed and field.name not in values:
                data = _joined(pieces, values) + payload
                values[field.name] = (
                    field.computed(view(type(self), data, 0, len(data), below)) or 0
                )
        return _joined(pieces, values)

    def _there(self, values: Mapping[str, Any]) -> list[Part]:
        """The parts that the header has with these values: without the optional end for which
        nothing is given."""
        for number, part in enumerate(self._parts):
            if part.optional:
                fields = [field for field in self.fields if field.part >= number]
                given = (values.get(field.name) for field in fields)
                if all(value is None or value in ((), [], b"", "") for value in given):
                    return self._parts[:number]
        return self._parts

    def _announced(self, above: "type[Header] | None") -> dict[str, int]:
        """The values that announce the header above, and this header itself."""
        values = {f.name: self.numbers[f.itself] for f in self.fields if f.itself in self.numbers}
        for field, _ in reversed(self._selectors):  # a port: the receiver's, which comes second
            if above and field.selects in above.numbers:
                return values | {field.name: above.numbers[field.selects]}
        return values

    def elsewhere(self) -> bytes:
        """The header's bytes as they are to stand in another packet."""
        return bytes(self)

    def replace(self, **changes: Any) -> Self:
        """A copy with other values; a field set to None is computed afresh."""
        given = self._given if hasattr(self, "_given") else self.values()
        return type(self)(**(given | changes))

    def difference(self, other: "Header") -> str:
        """The first field in which the headers differ, as a sentence with both values and the
        byte of this header; "" when they are equal."""
        if type(self) is not type(other):
            return f"{type(self).__name__} is not {type(other).__name__}"
        if self == other:
            return ""
        found = difference(self.span(), other.span(), self._start)
        return found or different_bytes(bytes(self), bytes(other), 0, type(self).__name__)

    def __bytes__(self) -> bytes:
        return self._data[self._start : self._start + self.header_length]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and bytes(self) == bytes(other)  # type: ignore[call-overload]

    def __hash__(self) -> int:
        return hash((type(self), bytes(self)))

    def __repr__(self) -> str:
        inside = (f"{f.name}={_text(f, getattr(self, f.name))}" for f in self.fields)
        return f"{type(self).__name__}({', '.join(inside)})"


def _text(field: Field, value: Any) -> str:
    return "missing" if value is None else field.text(value)


def _joined(pieces: Mapping[Part, bytes], values: Mapping[str, Any]) -> bytes:
    """The header's bytes: those of its variable fields, and those that the values make."""
    return b"".join(
        part.octets(values) if isinstance(part, Run) else octets for part, octets in pieces.items()
    )


def _role(kind: type[Header]) -> tuple[int, tuple[str, ...]]:
    """The header's role in a conversation, and the fields that name its two ends."""
    names = {field.name for field in kind.fields}
    for role, ends in ((PORTS, ("src_port", "dst_port")), (ADDRESSES, ("src", "dst"))):
        carries = any(field.selects == "ip protocol" for field in kind.fields)
        if names.issuperset(ends) and (carries or role == PORTS):
            return role, ends
    return (CARRIES if carries else 0), ()


def _overrides(kind: type[Header], name: str) -> bool:
    return any(name in vars(base) for base in kind.__mro__[: kind.__mro__.index(Header)])


def view(kind: type[Header], data: bytes, start: int, end: int, below: Header | None) -> Header:
    """A header of class `kind` that begins at byte `start` and whose payload ends before `end`."""
    header = object.__new__(kind)
    header._data = data
    header._start = start
    header._end = end
    header._below = below
    return header


class Picture:
    """A header's box drawing: SVG in a notebook and as `svg`, ASCII art as text."""

    def __init__(self, header: Header) -> None:
        kind = type(header).__name__
        self.svg = picture.svg(header.boxes(), header.layer, f"{kind}, 32 bits in a row")
        self._text = picture.ascii_art(header.boxes())

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self._text
