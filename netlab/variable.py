"""Fields whose length is not fixed, and the walk that finds where they and their successors stand.

A header opens with fields at fixed places.  From the first field of variable length on, a place
depends on what stands before it: such a header is walked once, part by part, and what the walk
found is remembered.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from netlab.counts import counted
from netlab.field import REST, Field

if TYPE_CHECKING:
    from netlab.header import Header


class Break(NamedTuple):
    """Why a walk cannot go on, or what contradicts: field, byte offset in the packet, sentence.

    `short`: bytes are missing, and where a stream goes on they may still come.
    """

    field: str
    offset: int
    message: str
    short: bool = False


class Place(NamedTuple):
    """Where a part of a header stands: its first byte, the byte after its last, what was learnt
    on finding that, and why the walk must end here."""

    first: int
    last: int
    kept: Any = None
    stop: Break | None = None


class Walk(NamedTuple):
    """What a walk found.

    places  where the parts of the header stand, as far as it goes
    end     the byte after the header's last
    sure    whether what follows the header is sure to begin there
    breaks  what breaks off or contradicts
    """

    places: list[Place]
    end: int
    sure: bool
    breaks: list[Break]


class Run:
    """Fixed fields in a row: a part of a header.

    Where a field stands that measures the rest of the header, or one before which the header may
    end, a new run begins: after the first, before the second.
    """

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.bits = 0

    def takes(self, field: Field) -> bool:
        """Whether that field belongs to this run."""
        return self.rest is None and not (field.optional and self.fields)

    def add(self, field: Field) -> None:
        self.fields.append(field)
        self.bits += field.bits

    @property
    def rest(self) -> Field | None:
        """The field that measures what follows it in the header."""
        last = self.fields[-1] if self.fields else None
        return last if last and last.measures == REST else None

    @property
    def optional(self) -> bool:
        """Whether the header may end before this run."""
        return bool(self.fields) and self.fields[0].optional

    to_the_end = False

    def octets(self, values: Mapping[str, Any]) -> bytes:
        """The run's bytes, made from values.  ValueError names field, value and range."""
        number = 0
        for field in self.fields:
            number = number << field.bits | field.encode(values.get(field.name, field.default))
        return number.to_bytes(self.bits // 8)

    def walk(self, header: "Header", places: list[Place], first: int, limit: int) -> Place:
        """Where the run stands when it begins at `first` and nothing goes beyond `limit`."""
        last = first + self.bits // 8
        if last <= limit:
            return Place(first, last)
        field = next(f for f in self.fields if first * 8 + f.start + f.bits > limit * 8)
        start = min(first + field.start // 8, limit)
        message = f"the header has {counted(self.bits // 8, 'byte')} here, {limit - first} are left"
        return Place(first, limit, None, Break(field.name, start, message, short=True))


class Variable(Field):
    """A field of bytes: as many as an earlier field says, or to the end of its header.

    length  the earlier field that says how many bytes; filled in on building
    pad     rounds the bytes up on building, with zeros
    show    bytes to the value that learners read
    parse   such a value to bytes; ValueError or TypeError when it is none
    form    how such a value is written, for the error message
    """

    def __init__(
        self,
        about: str,
        *,
        length: str = "",
        pad: int = 1,
        show: Callable[[bytes], Any] = bytes,
        parse: Callable[[Any], bytes] = bytes,
        form: str = "bytes",
        default: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(0, about, default=show(b"") if default is None else default, **more)
        self.length, self.pad = length, pad
        self.to_the_end = not (length or self.count)
        self.show, self.parse, self.form = show, parse, form

    rest: Field | None = None
    count = ""
    """The earlier field that says how many things the field holds."""
    to_the_end: bool
    """Whether the field reaches to the end of its header."""

    def _getter(self) -> Callable[["Header"], Any]:
        def read(header: "Header") -> Any:
            place = header._place(self.part)
            return None if place is None else self.value(header, place)

        return read

    def walk(self, header: "Header", places: list[Place], first: int, limit: int) -> Place:
        """Where the field stands when it begins at `first` and nothing goes beyond `limit`."""
        if not self.length:
            return Place(first, limit)
        stated, length = self.stated(header, places)
        if first + length <= limit:
            return Place(first, first + length)
        message = f"{stated}, but {limit - first} are left"
        return Place(first, limit, None, Break(self.name, first, message, short=True))

    def stated(self, header: "Header", places: list[Place]) -> tuple[str, int]:
        """What the field named by `length` says: as the beginning of a sentence, and in bytes."""
        return stated_length(header, places, getattr(type(header), self.length))

    def value(self, header: "Header", place: Place) -> Any:
        """What learners read: here the bytes as `show` gives them."""
        return self.show(header._data[place.first : place.last])

    def within(self, header: "Header", first: int, last: int) -> Any:
        """The value of a field that takes these bytes of the packet."""
        return self.value(header, self.walk(header, [], first, last))

    def octets(self, value: Any) -> bytes:
        """The value as bytes, padded.  ValueError when it cannot be such a value."""
        try:
            if isinstance(value, int):
                raise TypeError("bytes(3) are three zeros")
            data = bytes(value) if isinstance(value, bytes | bytearray) else self.parse(value)
        except (ValueError, TypeError):
            raise ValueError(f"{self.owner}.{self.name} takes {self.form}, not {value!r}") from None
        return data + bytes(-len(data) % self.pad)

    def told(self, value: Any, data: bytes, fields: dict[str, Field]) -> dict[str, int]:
        """What the fields that speak of this one must say on building, by their names: of that
        value, whose bytes are `data`."""
        if not self.length:
            return {}
        field = fields[self.length]
        return {self.length: (len(data) - field.less) // field.unit}

    def text(self, value: Any) -> str:
        return value.hex(" ") if isinstance(value, bytes) else str(value)

    def extent(self, header: "Header") -> tuple[int, int]:
        place = header._place(self.part)
        return (place.first * 8, (place.last - place.first) * 8) if place else (0, 0)


Part = Run | Variable


def parts(fields: tuple[Field, ...], names: dict[Field, str], kind: type["Header"]) -> list[Part]:
    """The fields in parts, the one at fixed places first; those in `names` get name and place.

    TypeError for a declaration that cannot be read.
    """
    owner = kind.__name__
    found: list[Part] = [Run()]
    for field in fields:
        last = found[-1]
        if isinstance(last, Variable) and last.to_the_end:
            raise TypeError(f"{owner}.{names.get(field)} follows {last.name}, which leaves no room")
        if isinstance(field, Variable):
            found.append(field)
            start = 0
        else:
            if not (isinstance(last, Run) and last.takes(field)):
                last = Run()
                found.append(last)
            start = last.bits
            last.add(field)
        if field in names:
            field.place(owner, names[field], start, len(found) - 1)
    for run in found:
        if isinstance(run, Run) and run.bits % 8:
            raise TypeError(f"{owner} declares {run.bits} bits: not a whole number of bytes")
    return found


def number_in(header: "Header", places: list[Place], field: Field) -> int:
    """What a field says that the walk has passed."""
    number: int = field.read(header._data, places[field.part].first)
    return number


def stated_length(header: "Header", places: list[Place], field: Field) -> tuple[str, int]:
    """What a length field says: as the beginning of a sentence, and the number of bytes."""
    value = number_in(header, places, field)
    length = value * field.unit + field.less
    return f"{field.name} {value} means {counted(length, 'byte')}", max(0, length)


def walk(header: "Header") -> Walk:
    """Where the parts of a header stand.  Takes time linear in its bytes."""
    kind = type(header)
    position, limit, bounded = header._start, header._end, not kind._walks
    if bounded:
        limit = position + header.header_length
    places: list[Place] = []
    breaks: list[Break] = []
    stop: Break | None = None
    for part in kind._parts:
        if part.optional and position == limit:
            break
        place = part.walk(header, places, position, limit)
        places.append(place)
        position, stop = place.last, place.stop
        if stop:
            break
        if part.rest:
            stated, length = stated_length(header, places, part.rest)
            bounded = position + length <= limit
            if bounded:
                limit = position + length
            else:
                start = place.first + part.rest.start // 8
                message = f"{stated}, but {limit - position} are left"
                breaks.append(Break(part.rest.name, start, message, short=True))
    if breaks:
        return Walk(places, limit, False, breaks)
    if stop and bounded:
        return Walk(places, limit, True, [stop._replace(short=False)])
    if stop:
        return Walk(places, position, False, [stop])
    if bounded and position < limit:
        message = f"{counted(limit - position, 'byte')} more than {kind.__name__} has fields for"
        breaks.append(Break(kind.fields[-1].name, position, message))
    return Walk(places, limit if bounded else position, True, breaks)
