"""The fields that headers are declared with: what each holds and how it is read and written."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import IntFlag
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from netlab.counts import counted

if TYPE_CHECKING:
    from netlab.header import Header

HEADER, DATAGRAM, PAYLOAD, REST = "header", "datagram", "payload", "rest"
"""What a length field measures: its own header, header and payload together, the payload, or
what follows the field in its header."""

NUMBERS: dict[str, dict[Any, type["Header"]]] = {}
"""The header that a number announces, by number space: NUMBERS["ethertype"][0x0800] is IPv4."""


class Span(NamedTuple):
    """One line of the field tree: where something stands in a packet and what it says there.

    `start` and `bits` count bits, from the first bit of the packet.  `text` is the value as
    people write it, `meaning` what this value stands for ("" if there is nothing to add),
    `about` what the field is for, `source` the RFC and section.  `layer` is the palette's name of
    a whole header's layer.
    """

    name: str
    start: int
    bits: int
    value: Any
    text: str
    meaning: str = ""
    about: str = ""
    source: str = ""
    children: tuple["Span", ...] = ()
    layer: str = ""

    @property
    def link(self) -> str:
        """Where the RFC's text stands, "" when the source is no RFC."""
        return rfc_link(self.source)


def rfc_link(source: str) -> str:
    """Where the text of "RFC 791 section 3.1" stands, "" when the source is no RFC."""
    found = re.match(r"RFC (\d+)(?: section ([\d.]+))?", source)
    if not found:
        return ""
    section = f"#section-{found[2]}" if found[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}{section}"


class Field(property):
    """A field of up to 64 bits that holds a number.

    about        one sentence for the learner
    default      the value when none is given on building
    computed     a function of the header that makes the value (a checksum) and verifies it
    measures     HEADER, DATAGRAM, PAYLOAD or REST: a length in units of `unit` bytes that leaves
                 `less` bytes uncounted; filled in on building, a bound on dissecting
    selects      the number space in which the value names the next header
    itself       the number space in which the value names this header
    names        what single values stand for
    means        a function of the header that says what the value stands for, where other
                 fields have a say in that
    flags        the IntFlag that names the single bits
    hexadecimal  people write this value in hex
    optional     the header may end before this field
    source       RFC and section, where they are not the header's own
    """

    name: str
    start: int
    part: int
    """Which part of its header the field is in: 0 is the one whose places are fixed."""

    def __init__(
        self,
        bits: int,
        about: str,
        *,
        default: Any = 0,
        computed: Callable[[Any], int | None] | None = None,
        measures: str = "",
        unit: int = 1,
        less: int = 0,
        selects: str = "",
        itself: str = "",
        names: Mapping[Any, str] | None = None,
        means: Callable[[Any], str] | None = None,
        flags: type[IntFlag] | None = None,
        hexadecimal: bool = False,
        optional: bool = False,
        source: str = "",
    ) -> None:
        super().__init__()
        self.bits, self.about, self.default = bits, about, default
        self.computed, self.measures, self.unit, self.less = computed, measures, unit, less
        self.selects, self.itself = selects, itself
        self.names, self.means = names or {}, means
        self.flags, self.hexadecimal, self.source = flags, hexadecimal, source
        self.optional = optional

    def place(self, owner: str, name: str, start: int, part: int = 0) -> None:
        """Give the field its name, the part of its header and its first bit there."""
        self.owner, self.name, self.start, self.part = owner, name, start, part
        super().__init__(self._first_read, doc=self.about)

    @property
    def converter(self) -> Any:
        """What turns the bits into the value that learners read; None: they are the value."""
        return [self.flags(value) for value in range(1 << self.bits)] if self.flags else None

    def expression(self, converter: str, data: str = "d", start: str = "s") -> str:
        """Python source that reads the field, by the names under which it finds the field's
        converter, the packet's bytes and the header's first byte."""
        first, last = self.start // 8, (self.start + self.bits + 7) // 8
        if last - first <= 2:
            places = range(first, last)
            source = "|".join(f"{data}[{start}+{i}]<<{8 * (last - 1 - i)}" for i in places)
            source = source.replace("<<0", "").replace("+0]", "]")
        else:
            source = f"number({data}[{start}+{first}:{start}+{last}])"
        return self.cut(source, first * 8, last * 8, converter)

    def cut(self, source: str, first: int, last: int, converter: str) -> str:
        """The same from the source of a number that reaches from bit `first` of the header up to
        bit `last`."""
        if self.start + self.bits < last:
            source = f"({source})>>{last - self.start - self.bits}"
        if first < self.start:
            source = f"({source})&{(1 << self.bits) - 1}"
        return f"{converter}[{source}]" if self.flags and converter else source

    def code(self, bits: int) -> str:
        """How `struct` writes so many bits of which the field is a part; "" when it cannot."""
        return {8: "B", 16: "H", 32: "I", 64: "Q"}.get(bits, "")

    def _first_read(self, header: "Header") -> Any:
        """Compiled when first needed: most programs read few of all the declared fields."""
        super().__init__(self._getter(), doc=self.about)
        return self.__get__(header)

    def _getter(self) -> Callable[["Header"], Any]:
        if self.part:
            return self._read_later
        source = self.expression("convert", "h._data", "h._start")
        getter: Callable[[Header], Any] = eval(f"lambda h: {source}", self._names)
        return getter

    @property
    def _names(self) -> dict[str, Any]:
        return {"number": int.from_bytes, "convert": self.converter}

    @cached_property
    def read(self) -> Callable[[bytes, int], Any]:
        """The function that reads the field in these bytes, its part of the header at `start`."""
        reader: Callable[[bytes, int], Any] = eval(
            f"lambda d, s: {self.expression('convert')}", self._names
        )
        return reader

    def _read_later(self, header: "Header") -> Any:
        """The value of a field after the fixed ones; None when the packet ends before it."""
        place = header._place(self.part)
        if place is None or place.first * 8 + self.start + self.bits > place.last * 8:
            return None
        return self.read(header._data, place.first)

    def __set__(self, header: Any, value: Any) -> None:
        raise AttributeError(
            f"{self.owner}.{self.name} cannot be set: a header is read-only; "
            f"make a changed copy with .replace({self.name}={value!r})"
        )

    def encode(self, value: Any) -> int:
        """The field's bits as a number.  ValueError names field, value and range."""
        if isinstance(value, str):
            value = self._flags_named(value) if self.flags else self._named(value)
        try:
            number = value.__index__()
        except AttributeError:
            raise ValueError(f"{self.owner}.{self.name} takes a number, not {value!r}") from None
        if not 0 <= number < 1 << self.bits:
            raise ValueError(
                f"{self.owner}.{self.name} = {number} does not fit: "
                f"{self.bits} bits hold 0 to {(1 << self.bits) - 1}"
            )
        return int(number)

    def _named(self, text: str) -> Any:
        """The value whose meaning that is; the text itself when there is none."""
        known = dict(self.names)
        for space in (self.selects, self.itself):
            for value, kind in NUMBERS.get(space, {}).items():
                known.setdefault(value, kind.__name__)
        return next((value for value, name in known.items() if name == text), text)

    def _flags_named(self, text: str) -> int:
        assert self.flags
        number = 0
        for name in text.replace(",", " ").replace("|", " ").split():
            if name not in self.flags.__members__:
                known = ", ".join(self.flags.__members__)
                raise ValueError(f"{self.owner}.{self.name} has no flag {name!r}: it has {known}")
            number |= self.flags[name]
        return number

    def text(self, value: Any) -> str:
        """The value as people write it."""
        if self.flags:
            return " ".join(flag.name or hex(flag) for flag in value) or "none"
        if self.hexadecimal:
            return f"0x{value:0{(self.bits + 3) // 4}x}"
        return str(value)

    def meaning(self, value: Any) -> str:
        """What this value stands for, "" when there is nothing to add."""
        if value in self.names:
            return self.names[value]
        for space in (self.selects, self.itself):
            if space and value in NUMBERS[space]:
                return NUMBERS[space][value].__name__
        if self.measures and self.unit > 1:
            return counted(value * self.unit + self.less, "byte")
        return ""

    def spans(self, header: "Header") -> tuple[Span, ...]:
        """What the field is made of, when it has parts of its own."""
        return ()

    def extent(self, header: "Header") -> tuple[int, int]:
        """The field's first bit in the packet and its number of bits, 0 when it is not there."""
        if not self.part:
            return header._start * 8 + self.start, self.bits
        place = header._place(self.part)
        if place is None or getattr(header, self.name) is None:
            return 0, 0
        return place.first * 8 + self.start, self.bits

    def faults(self, header: "Header") -> Iterator[tuple[str, int, str]]:
        """What is malformed inside the field: its name, a byte offset, a sentence."""
        return iter(())


class LittleEndian(Field):
    """A number in whole bytes, least significant first."""

    def expression(self, converter: str, data: str = "d", start: str = "s") -> str:
        first, last = self.start // 8, (self.start + self.bits) // 8
        return f"number({data}[{start}+{first}:{start}+{last}], 'little')"

    def code(self, bits: int) -> str:
        return ""

    def encode(self, value: Any) -> int:
        return int.from_bytes(super().encode(value).to_bytes(self.bits // 8, "little"))


class Bytes(Field):
    """A field of whole bytes at a fixed place, shown by `show` and given as `parse` reads it.

    show   bytes to the value that learners read
    parse  such a value to bytes; ValueError or TypeError when it is none
    form   how such a value is written, for the error message
    """

    def __init__(
        self,
        length: int,
        about: str,
        *,
        show: Callable[[bytes], Any] = bytes,
        parse: Callable[[Any], bytes] = bytes,
        form: str = "",
        default: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(length * 8, about, default=bytes(length), **more)
        self.show, self.parse, self.form = show, parse, form or f"{length} bytes"
        self.default = show(bytes(length)) if default is None else default

    @property
    def converter(self) -> Any:
        return self.show

    def expression(self, converter: str, data: str = "d", start: str = "s") -> str:
        first, last = self.start // 8, (self.start + self.bits) // 8
        return self.cut(f"{data}[{start}+{first}:{start}+{last}]", first, last, converter)

    def cut(self, source: str, first: int, last: int, converter: str) -> str:
        return f"{converter}({source})"

    def code(self, bits: int) -> str:
        return f"{bits // 8}s"

    def encode(self, value: Any) -> int:
        try:
            data = value if isinstance(value, bytes) else self.parse(value)
        except (ValueError, TypeError):
            data = b""
        if len(data) * 8 != self.bits:
            raise ValueError(f"{self.owner}.{self.name} takes {self.form}, not {value!r}")
        return int.from_bytes(data)

    def text(self, value: Any) -> str:
        return value.hex(" ") if isinstance(value, bytes) else str(value)
