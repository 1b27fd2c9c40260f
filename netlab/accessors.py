"""Functions made from a header's declaration as Python source, so that reading is quick.

As `dataclasses` does it: the declaration is turned into the source that one would write by hand
for this one header, and compiled once.  In that source `d` is the packet's bytes, `s` the
header's first byte and `e` the byte after its payload's last.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netlab.field import DATAGRAM, HEADER, PAYLOAD, Field

if TYPE_CHECKING:
    from netlab.header import Header


def compiled(name: str, lines: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function `name(h)` with that body, in which `names` are known."""
    source = [f"def {name}(h):", " d = h._data; s = h._start; e = h._end", *lines]
    space = names | {"number": int.from_bytes}
    exec("\n".join(source), space)
    made: Callable[..., Any] = space[name]
    return made


def values(fields: list[Field]) -> Callable[["Header"], dict[str, Any]]:
    """The function that reads all fields at fixed places at once."""
    names = {f"_{field.name}": field.converter for field in fields}
    items = ", ".join(f"{field.name!r}: {field.expression(f'_{field.name}')}" for field in fields)
    return compiled("fixed_values", [f" return {{{items}}}"], names)


def together(fields: list[Field]) -> Callable[["Header"], tuple[Any, ...]]:
    """The function that reads these fields as a tuple."""
    names = {f"_{field.name}": field.converter for field in fields}
    items = ", ".join(field.expression(f"_{field.name}") for field in fields)
    return compiled("together", [f" return ({items},)" if items else " return ()"], names)


def above(kind: type["Header"]) -> Callable[["Header"], Any]:
    """`Header.above` for this one header: where `Header.beyond` puts it, in one step.

    There `p` is the payload's first byte and `k` the class of the header that it begins with.
    """
    lengths = kind._lengths
    names: dict[str, Any] = {"new": object.__new__}
    lines = [" p = e" if kind._tails else f" p = s + {kind.size}"]
    if HEADER in lengths:
        lines = [
            f" p = s + {_length(lengths[HEADER])}",
            f" if not s + {kind.size} <= p <= e: return None",
        ]
    for what, base in ((DATAGRAM, "s"), (PAYLOAD, "p")):
        if what in lengths:
            lines += [
                f" t = {base} + {_length(lengths[what])}",
                f" if t < e and {lengths[what].expression('')}: e = t if t > p else p",
            ]
    if kind.chooses:
        lines += [" k = h.next_class()"]
    else:
        found = []
        for index, (field, table) in enumerate(kind._selectors):
            names[f"table{index}"] = table
            found.append(f"table{index}.get({field.expression('')})")
        lines += [f" k = {' or '.join(found) or None}"]
    if kind.unless:
        lines += [f" if {getattr(kind, kind.unless).expression('')}: return None"]
    lines += [
        " if k is not None and k.guard: k = k.guard(d, p, e)",
        " if k is None or e - p < k.size: return None",
        " x = new(k); x._data = d; x._start = p; x._end = e; x._below = h",
        " return x",
    ]
    return compiled("above", lines, names)


def _length(field: Field) -> str:
    scale = f" * {field.unit}" if field.unit > 1 else ""
    less = f" + {field.less}" if field.less else ""
    return f"({field.expression('')}){scale}{less}"
