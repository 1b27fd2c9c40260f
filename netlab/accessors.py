"""Functions made from a header's declaration as Python source, so that reading is quick.

As `dataclasses` does it: the declaration is turned into the source that one would write by hand
for this one header, and compiled once.  In that source `h` is the header, `d` the packet's bytes,
`s` the header's first byte and `e` the byte after its payload's last.
"""

import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from netlab.field import DATAGRAM, HEADER, PAYLOAD, Field

if TYPE_CHECKING:
    from netlab.header import Header


def compiled(head: str, lines: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function that begins with `head` and has that body, in which `names` are known."""
    space = names | {"number": int.from_bytes}
    exec("\n".join([f"def made({head}):", *lines]), space)
    made: Callable[..., Any] = space["made"]
    return made


def later(kind: type["Header"], name: str, make: Callable[[], Callable[..., Any]]) -> Any:
    """What stands in for the class's function `name` until it is first called, and then makes it:
    most programs meet few of all the declared headers."""

    def first(*arguments: Any) -> Any:
        setattr(kind, name, staticmethod(make()))
        return getattr(kind, name)(*arguments)

    return staticmethod(first)


def values(kind: type["Header"]) -> Callable[[Any], dict[str, Any]]:
    """The function of `h` that reads all fields at fixed places at once, and a brief one that
    ends the header."""
    names = {f"_{field.name}": field.converter for field in kind._fixed}
    items, codes, read = [], ">", ""
    for number, group in enumerate(_in_bytes(kind._fixed)):
        first, last = group[0].start, group[-1].start + group[-1].bits
        code = group[0].code(last - first)
        codes += code or f"{(last - first) // 8}x"
        read += f"v{number}, " if code else ""
        for field in group:
            reader = f"_{field.name}"
            source = field.cut(f"v{number}", first, last, reader) if code else ""
            items.append(f"{field.name!r}: {source or field.expression(reader)}")
    names["unpack"] = struct.Struct(codes).unpack_from
    lines = [" d, s, e = h._data, h._start, h._end", f" {read}= unpack(d, s)" if read else ""]
    if kind._brief:
        (field,) = kind._later
        names["within"] = field.within  # type: ignore[attr-defined]
        lines += [f" f = s + {kind.size}", f" p = s + {_length(kind._lengths[HEADER])}"]
        items.append(f"{field.name!r}: within(h, f, f if p < f else p if p < e else e)")
    return compiled("h", [*lines, f" return {{{', '.join(items)}}}"], names)


def _in_bytes(fields: list[Field]) -> Iterator[list[Field]]:
    """The fields, those together that share bytes."""
    group: list[Field] = []
    for field in fields:
        group.append(field)
        if (field.start + field.bits) % 8 == 0:
            yield group
            group = []


def after(kind: type["Header"]) -> Callable[[bytes, int, int], int | None]:
    """`Header.after` for this one header."""
    return compiled("d, s, e", [*_after(kind), " return p if p <= e else None"], {})


def _after(kind: type["Header"]) -> list[str]:
    """Source that finds `p`, the byte after the header."""
    if HEADER not in kind._lengths:
        return [" p = e" if kind._later else f" p = s + {kind.size}"]
    return [
        f" p = s + {_length(kind._lengths[HEADER])}",
        f" if not s + {kind.size} <= p <= e: return None",
    ]


def reach(kind: type["Header"]) -> Callable[[bytes, int, int], tuple[int, int] | None]:
    """`Header.reach` for this one header."""
    return compiled("d, s, e", [*_after(kind), *_payload(kind), " return p, e"], {})


def _payload(kind: type["Header"]) -> list[str]:
    """Source that makes `e` the byte after the payload, which begins at `p`."""
    lines = []
    for what, base in ((DATAGRAM, "s"), (PAYLOAD, "p")):
        if what in kind._lengths:
            field = kind._lengths[what]
            lines += [
                f" t = {base} + {_length(field)}",
                f" if t < e and {field.expression('')}: e = t if t > p else p",
            ]
    return lines


def together(first: list[int], fields: list[Field]) -> Callable[[bytes, int], tuple[Any, ...]]:
    """The function of `d` and `s` that gives these numbers and these fields as one tuple."""
    names = {f"_{field.name}": field.converter for field in fields}
    items = [*map(str, first), *(field.expression(f"_{field.name}") for field in fields)]
    return compiled("d, s", [f" return ({''.join(item + ', ' for item in items)})"], names)


def step(kind: type["Header"], view: Callable[..., "Header"]) -> Callable[..., Any]:
    """`Header.step` for this one header: what `Header.beyond` says of its payload.

    In it `p` is the payload's first byte and `k` the class of the header that it begins with.
    """
    names: dict[str, Any] = {"kind": kind, "view": view}
    lines = [*_after(kind), *_payload(kind)]
    if kind.unless:
        lines += [f" if {getattr(kind, kind.unless).expression('')}: return None"]
    if kind.chooses:
        lines += [" k = (h or view(kind, d, s, e, None)).next_class()"]
    else:
        found = []
        for index, (field, table) in enumerate(kind._selectors):
            names[f"table{index}"] = table
            found.append(f"table{index}.get({field.expression('')})")
        lines += [f" k = {' or '.join(found) or None}"]
    lines += [
        " if k is None: return None",
        " if k.guard:",
        "  k = k.guard(d, p, e)",
        "  if k is None: return None",
        " return (k, p, e) if e - p >= k.size else None",
    ]
    return compiled("d, s, e, h=None", lines, names)


def _length(field: Field) -> str:
    scale = f" * {field.unit}" if field.unit > 1 else ""
    less = f" + {field.less}" if field.less else ""
    return f"({field.expression('')}){scale}{less}"
