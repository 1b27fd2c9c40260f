"""Fields that hold many: small headers, or numbers and addresses, one after the other."""

from collections.abc import Iterator
from typing import Any

from netlab.counts import counted
from netlab.field import NUMBERS, Field, Span
from netlab.header import Header, view
from netlab.variable import Break, Place, Variable, number_in


class Malformed(Header):
    """Bytes that cannot be what stands here should be."""

    octets = Variable("the bytes as they are")


class Many(Variable):
    """A list of headers of one kind, or of numbers or addresses.

    of      the class of the headers, or the field that describes one value
    count   the earlier field that says how many there are; filled in on building
    length  the earlier field that says how many bytes they take; filled in on building
    each    what one of the values is called

    Without `count` and `length` they go on to the end of the header.
    """

    def __init__(
        self,
        of: "type[Header] | Field",
        about: str,
        *,
        count: str = "",
        each: str = "",
        default: Any = (),
        **more: Any,
    ) -> None:
        self.of, self.count, self.each = of, count, each
        super().__init__(about, default=default, **more)
        self.form = "a list of headers" if isinstance(of, type) else "a list of values"

    def place(self, owner: str, name: str, start: int, part: int = 0) -> None:
        super().place(owner, name, start, part)
        self.each = self.each or name.removesuffix("s")
        if isinstance(self.of, Field):
            self.of.place(owner, self.each, 0)

    def walk(self, header: Header, places: list[Place], first: int, limit: int) -> Place:
        if first == limit and self.to_the_end:
            return Place(first, limit, ())
        end, stop, most = limit, None, -1
        if self.length:
            _, end, _, stop = super().walk(header, places, first, limit)
        if self.count:
            most = number_in(header, places, getattr(type(header), self.count))
        if isinstance(self.of, Field):
            found, last = self._values(header._data, first, end, most)
        else:
            found, last, stop = self._headers(header, first, end, most, stop)
        if not self.count:
            last = end
        elif not stop and len(found) < most:
            message = f"{self.count} announces {most}, {len(found)} are there"
            stop = Break(self.name, last, message, short=True)
        return Place(first, last, found, stop)

    def _values(self, data: bytes, first: int, end: int, most: int) -> tuple[tuple[Any, ...], int]:
        """The values, and the byte after the last."""
        assert isinstance(self.of, Field)
        width, read = self.of.bits // 8, self.of.read
        last = end - (end - first) % width
        if most >= 0:
            last = min(last, first + most * width)
        return tuple(read(data, place) for place in range(first, last, width)), last

    def _headers(
        self, header: Header, first: int, end: int, most: int, stop: Break | None
    ) -> tuple[tuple[Header, ...], int, Break | None]:
        """The headers, the byte after the last, and the break that `stop` is or that they make.

        One that is not all there or contradicts itself ends the list.
        """
        data, position = header._data, first
        found: list[Header] = []
        while position < end and len(found) != most:
            kind = self.kind(header, position, end)
            if kind is None or end - position < kind.size:
                if self.count or stop or header.streams:  # told already; more bytes may come
                    break
                kind = Malformed
            if kind._walks:
                item = view(kind, data, position, end, header)
                walk = item._walk()
                if walk.end > position:
                    found.append(item)
                    position = walk.end
                    if walk.sure:
                        continue
                    if self.count and not stop:
                        stop = _inside(self.name, item, walk.breaks[0])
                    break
                if self.count and walk.breaks:  # nothing of it is there to tell why
                    stop = stop or _inside(self.name, item, walk.breaks[0]._replace(short=True))
                    break
                kind = Malformed
            last = kind.after(data, position, end)
            if last is None:
                kind, last = self._instead(data, position, end)
            found.append(view(kind, data, position, end, header))
            position = last
        return tuple(found), position, stop

    def _instead(self, data: bytes, position: int, end: int) -> tuple[type[Header], int]:
        """The class to show what has an impossible length as, and the byte after its last."""
        return Malformed, end

    def kind(self, header: Header, position: int, end: int) -> type[Header] | None:
        """The class of the header at that byte; None when too little is there to tell."""
        assert isinstance(self.of, type)
        return self.of

    def value(self, header: Header, place: Place) -> Any:
        return place.kept

    def within(self, header: Header, first: int, last: int) -> Any:
        if isinstance(self.of, Field):
            return self._values(header._data, first, last, -1)[0]
        return self._headers(header, first, last, -1, None)[0] if first < last else ()

    def octets(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray):
            try:
                value = b"".join(map(self._octets_of, value))
            except TypeError:
                raise ValueError(
                    f"{self.owner}.{self.name} takes {self.form} or bytes, not {value!r}"
                ) from None
        return super().octets(value)

    def _octets_of(self, item: Any) -> bytes:
        if isinstance(self.of, Field):
            return self.of.encode(item).to_bytes(self.of.bits // 8)
        if not isinstance(item, Header):
            raise TypeError(f"{item!r} is no header")
        return item.elsewhere()

    def told(self, value: Any, data: bytes, fields: dict[str, Field]) -> dict[str, int]:
        told = super().told(value, data, fields)
        if self.count and not isinstance(value, bytes | bytearray):
            told[self.count] = len(value)
        return told

    def text(self, value: Any) -> str:
        if isinstance(self.of, Field):
            words = (self.of.meaning(each) or self.of.text(each) for each in value)
        else:
            words = (each.summary() for each in value)
        return ", ".join(words) or "none"

    def spans(self, header: Header) -> tuple[Span, ...]:
        place = header._place(self.part)
        if place is None:
            return ()
        of = self.of
        if not isinstance(of, Field):
            return tuple(item.span() for item in place.kept)
        source = of.source or self.source or header.rfc
        return tuple(
            Span(
                self.each, place.first * 8 + index * of.bits, of.bits, value,
                of.text(value), of.meaning(value), of.about, source,
            )
            for index, value in enumerate(place.kept)
        )  # fmt: skip

    def faults(self, header: Header) -> Iterator[tuple[str, int, str]]:
        place = header._place(self.part)
        if place is None:
            return
        told = place.stop is not None or header.cut
        if isinstance(self.of, Field):
            width = self.of.bits // 8
            over = (place.last - place.first) % width
            if over and not told:
                message = f"{counted(over, 'byte')} left over: each {self.each} has {width}"
                yield self.name, place.last - over, message
            return
        for item in place.kept:
            if not told and self.kind(header, item._start, item._end) is not type(item):
                yield from self._faults_of_other(header, item)
            for fault in item.faults():
                yield self.name, fault.offset, _named(type(item), fault.field, fault.message)

    def _faults_of_other(self, header: Header, item: Header) -> Iterator[tuple[str, int, str]]:
        """What is wrong with an item that is not shown as what it says to be."""
        start, end = item._start, item._end
        kind = self.kind(header, start, end)
        if kind is None or end - start < kind.size:
            name, needs = (
                (kind.__name__, counted(kind.size, "byte")) if kind else ("an entry", "more bytes")
            )
            yield self.name, start, f"{name} needs {needs}, {end - start} are left"
            return
        fault = next(view(kind, item._data, start, end, header).faults(), None)
        if fault:
            yield self.name, fault.offset, _named(kind, fault.field, fault.message)


class Options(Many):
    """A list of headers of several kinds (TCP's options), each kind found by its number.

    space    the number space, or several: the first that holds the number decides
    unknown  the header for numbers that no space holds; says where the number stands, with
             `itself`
    """

    def __init__(
        self, about: str, space: str | tuple[str, ...], unknown: type[Header], **more: Any
    ) -> None:
        super().__init__(unknown, about, **more)
        spaces = (space,) if isinstance(space, str) else space
        self.spaces = [NUMBERS.setdefault(each, {}) for each in spaces]
        self.unknown = unknown
        self.number = next(field for field in unknown.fields if field.itself)
        self._number = self.number.read
        found = self.number.part, self.number.start, self.number.bits
        self._first_byte = found == (0, 0, 8)

    def kind(self, header: Header, position: int, end: int) -> type[Header] | None:
        field, data = self.number, header._data
        if self._first_byte:
            number = data[position]
        elif not field.part:
            if position * 8 + field.start + field.bits > end * 8:
                return None
            number = self._number(data, position)
        else:
            number = getattr(view(self.unknown, data, position, end, header), field.name)
        for space in self.spaces:
            kind = space.get(number)
            if kind:
                return kind.guard(data, position, end) or self.unknown if kind.guard else kind
        return self.unknown

    def _instead(self, data: bytes, position: int, end: int) -> tuple[type[Header], int]:
        last = self.unknown.after(data, position, end)
        return super()._instead(data, position, end) if last is None else (self.unknown, last)


def _named(kind: type[Header], field: str, message: str) -> str:
    return f"{kind.__name__}.{field}: {message}"


def _inside(name: str, item: Header, found: Break) -> Break:
    """The break of a list in which one item breaks off: it tells of bytes that are missing, and
    leaves all else to the item."""
    message = _named(type(item), found.field, found.message) if found.short else ""
    return found._replace(field=name, message=message)
