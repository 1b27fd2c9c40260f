"""BitField: bits to flip, and how a program gets the fields out of them."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

import traitlets

from netlab.counts import counted
from netlab.field import Bytes, Field, LittleEndian
from netlab.header import Header, view
from netlab.variable import Variable
from netlab.widgets.static import GAP, LINE, image, legend, sheet, text
from netlab.widgets.widget import Widget
from netlab.words import printable

MOST = 64
"""Bytes whose bits are shown at most."""

ORDERS = ("big", "little")


class Part(NamedTuple):
    """A field among the bits: `start` and `bits` count bits from the first of the bytes;
    `field` is its declaration in a header, if it has one."""

    name: str
    start: int
    bits: int
    field: Field | None = None

    @property
    def first(self) -> int:
        """The first byte that holds some of it."""
        return self.start // 8

    @property
    def end(self) -> int:
        """The byte after the last one that holds some of it."""
        return (self.start + self.bits + 7) // 8

    @property
    def number(self) -> bool:
        """Whether it is read as a number; addresses and the like are bytes."""
        return not isinstance(self.field, Bytes | Variable)

    @property
    def order(self) -> str:
        """The byte order that it really has."""
        return "little" if isinstance(self.field, LittleEndian) else "big"

    @property
    def shift(self) -> int:
        """Bits behind it in its last byte."""
        return self.end * 8 - self.start - self.bits

    @property
    def mask(self) -> int:
        """What keeps its bits and drops those before them; 0 when there are none."""
        return (1 << self.bits) - 1 if self.start % 8 else 0

    def word(self, order: str) -> str:
        """The Python expression for the bytes that hold it, as a number where it is one."""
        if not self.number:
            return f"data[{self.first}:{self.end}]"
        if self.end - self.first == 1:
            return f"data[{self.first}]"
        return f'int.from_bytes(data[{self.first}:{self.end}], "{order}")'

    def expression(self, order: str) -> str:
        """The Python expression that takes it out of `data`."""
        taken = self.word(order) if not self.shift else f"{self.word(order)} >> {self.shift}"
        if not self.mask:
            return taken
        return f"({taken}) & {self.mask:#x}" if self.shift else f"{taken} & {self.mask:#x}"

    def read(self, data: bytes, order: str) -> int:
        """What that expression gives, bytes as a number."""
        octets = data[self.first : self.end]
        if not self.number:
            return int.from_bytes(octets)
        number = int.from_bytes(octets, "little" if order == "little" else "big") >> self.shift
        return number & self.mask if self.mask else number

    def words(self, number: int) -> tuple[str, str]:
        """The value as people write it, and its meaning."""
        if self.field is None or isinstance(self.field, Variable):
            return "", ""
        if isinstance(self.field, Bytes):
            value = self.field.show(number.to_bytes(self.bits // 8))
        else:
            value = self.field.flags(number) if self.field.flags else number
        return printable(self.field.text(value)), printable(self.field.meaning(value))


class BitField(Widget, files="bit_field"):
    """Flip the bits of a header, of bytes or of a number, and see what the fields then say, and
    the shift and the mask with which Python takes each field out of the bytes.

    what    a header, bytes, or a number
    field   of a header: show only the bytes that hold this field; and mark it
    width   of a number: its bits, a multiple of 8
    fields  of bytes or a number: names and bits of the fields, first bit first
    order   "big" or "little"; without one the header's own, which is "big" on a network:
            the other shows what reading in the wrong order gives

    `bits` (a text of 0 and 1), `field` and `order` can be set and read while it is on screen;
    `data` and `value` are the bits as bytes and as a number, `numbers` each field's number,
    `header` the header that they make.  ValueError when fields do not add up to the bits, when
    there are none, or more than 64 bytes of them; `traitlets.TraitError` for a field that does not
    exist.
    """

    bits = traitlets.Unicode().tag(sync=True)
    order = traitlets.Enum(ORDERS, "big").tag(sync=True)
    field = traitlets.Unicode().tag(sync=True)
    _fields: Any = traitlets.List().tag(sync=True)
    _start = traitlets.Unicode().tag(sync=True)
    _layer = traitlets.Unicode().tag(sync=True)
    _first = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        what: Header | bytes | int,
        field: str = "",
        *,
        width: int | None = None,
        fields: Mapping[str, int] | None = None,
        order: str | None = None,
    ) -> None:
        self._kind = type(what) if isinstance(what, Header) else None
        if isinstance(what, Header):
            octets, parts = _header_parts(what, field)
        else:
            octets = _octets(what, width)
            parts = _named(fields or {"value": len(octets) * 8}, len(octets) * 8)
        first = parts[0].first if parts else 0
        shown = octets[first : parts[-1].end] if parts else b""
        if not 0 < len(shown) <= MOST:
            raise ValueError(f"{len(shown)} bytes: BitField shows the bits of 1 to {MOST} bytes")
        self._octets, self._parts = octets, parts
        bits = "".join(f"{octet:08b}" for octet in shown)
        layer = what.layer if isinstance(what, Header) else "payload"
        order = order or (parts[0].order if parts else "big")
        super().__init__(bits=bits, order=order, _start=bits, _layer=layer, _first=first)
        self._read()
        self.field = field or parts[0].name

    @property
    def data(self) -> bytes:
        """The bytes, with the bits as they are now; of a header all of them."""
        end = self._first + len(self.bits) // 8
        shown = int(self.bits, 2).to_bytes(len(self.bits) // 8)
        return self._octets[: self._first] + shown + self._octets[end:]

    @property
    def value(self) -> int:
        """The bits as one number, its bytes read in the chosen order."""
        shown = int(self.bits, 2).to_bytes(len(self.bits) // 8)
        return int.from_bytes(shown, "little" if self.order == "little" else "big")

    @property
    def numbers(self) -> dict[str, int]:
        """Each field's number, read in the chosen order."""
        return {part.name: part.read(self.data, self.order) for part in self._parts}

    @property
    def header(self) -> Header:
        """The header that the bits make.  AttributeError when they are not those of a header."""
        if self._kind is None:
            raise AttributeError("these bits are not those of a header")
        return view(self._kind, self.data, 0, len(self.data), None)

    @traitlets.validate("bits")
    def _are_bits(self, proposal: Any) -> str:
        bits = str(proposal["value"])
        if set(bits) - {"0", "1"} or len(bits) != len(self._start or bits):
            raise traitlets.TraitError(f"bits takes {len(self._start)} times 0 or 1, not {bits!r}")
        return bits

    @traitlets.validate("field")
    def _is_field(self, proposal: Any) -> str:
        names = [part.name for part in self._parts]
        if proposal["value"] not in names:
            raise traitlets.TraitError(
                f"no field is called {proposal['value']!r}: there are {', '.join(names)}"
            )
        return str(proposal["value"])

    @traitlets.observe("bits", "order")
    def _read(self, _: Any = None) -> None:
        self._fields = [self._line(part) for part in self._parts]

    def _line(self, part: Part) -> dict[str, Any]:
        """What the browser shows of a field."""
        number, right = (part.read(self.data, order) for order in (self.order, part.order))
        said, meaning = part.words(number)
        octets = self.data[part.first : part.end]
        word = int.from_bytes(octets, "little" if self.order == "little" else "big")
        steps = [[part.word(self.order), f"{word:0{len(octets) * 8}b}"]]
        if part.number and part.shift:
            word >>= part.shift
            steps.append([f">> {part.shift}", f"{word:0{len(octets) * 8}b}"])
        if part.number and part.mask:
            steps.append([f"& {part.mask:#x}", f"{number:0{len(octets) * 8}b}"])
        return {
            "name": part.name, "start": part.start - self._first * 8, "bits": part.bits,
            "binary": f"{number:0{part.bits}b}", "hex": f"0x{number:0{(part.bits + 3) // 4}x}",
            "decimal": str(number) if part.number else "", "text": said, "meaning": meaning,
            "expression": part.expression(self.order), "steps": steps,
            "right": "" if number == right else str(right),
            "about": part.field.about if part.field else "",
        }  # fmt: skip

    def _still(self) -> str:
        return image(_svg(self), repr(self))

    def __repr__(self) -> str:
        name = self._kind.__name__ if self._kind else counted(len(self.bits), "bit")
        values = ", ".join(f"{line['name']}={line['hex']}" for line in islice(self._fields, 8))
        more = ", …" if len(self._fields) > 8 else ""
        return f"BitField({name}: {values}{more}, {self.order}-endian)"


def _octets(what: bytes | int, width: int | None) -> bytes:
    if not isinstance(what, int):
        return bytes(what)
    width = width or max(8, (what.bit_length() + 7) // 8 * 8)
    if width % 8:
        raise ValueError(f"width={width} is no whole number of bytes: take a multiple of 8")
    if not 0 <= what < 1 << width:
        raise ValueError(
            f"{what} does not fit: {counted(width, 'bit')} hold 0 to {(1 << width) - 1}"
        )
    return what.to_bytes(width // 8)


def _named(fields: Mapping[str, int], width: int) -> list[Part]:
    parts, start = [], 0
    for name, bits in fields.items():
        parts.append(Part(name, start, bits))
        start += bits
    if start != width or any(part.bits < 1 for part in parts):
        raise ValueError(f"the fields have {start} bits together, the bytes {width}")
    return parts


def _header_parts(header: Header, name: str) -> tuple[bytes, list[Part]]:
    """The header's bytes and its fields; with a name those that share bytes with that field."""
    parts = []
    for field in header.fields:
        start, bits = field.extent(header)
        if bits and (name or not isinstance(field, Variable)):
            parts.append(Part(field.name, start - header.offset * 8, bits, field))
    if name:
        known = {part.name: part for part in parts}
        if name not in known:
            names = ", ".join(known)
            raise ValueError(f"{type(header).__name__} has no field {name!r}: it has {names}")
        first, end = known[name].first, known[name].end
        parts = [part for part in parts if part.first < end and part.end > first]
    return bytes(header), parts


def _svg(widget: BitField) -> str:
    """Each field's line: its bits, its numbers, the expression."""
    name = widget._kind.__name__ if widget._kind else "data"
    drawn = [legend([(f"{widget.order}-endian", widget._layer)], LINE + GAP)]
    top = 2 * LINE + 2 * GAP
    for line in widget._fields:
        binary = line["binary"] if line["bits"] <= 32 else f"{line['bits']} bits"
        value = line["text"] or line["decimal"] or line["hex"]
        drawn.append(text(8, top, line["name"][:18]))
        drawn.append(text(130, top, binary, "code"))
        drawn.append(text(370, top, value[:14], "code"))
        drawn.append(text(470, top, line["expression"][:46], "code small"))
        top += LINE
    return sheet(f"{name}: field, bits, value, and Python for it", top + GAP, drawn, SMALL)


SMALL = ".netlab-still .small{font-size:9.5px}\n"
