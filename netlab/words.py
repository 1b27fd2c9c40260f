"""Headers and packets in words, from the lines of the field tree: what each says, and in what two
of them differ."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import zip_longest
from textwrap import wrap
from typing import NamedTuple

from netlab import palette
from netlab.field import Span

COLUMNS = ("field", "bits", "value", "meaning", "what it is for")
WIDTHS = (24, 9, 30, 26)
"""Characters at most in the columns of the text, but for the last, which fills a line of WIDE."""
WIDE, GAP = 118, 2

LONG = 200
"""Characters of a value that are shown."""


class Explanation:
    """What stands in a header, or in each header of a packet: field, bits, value, what the value
    means and what the field is for, with its source.  A table in a notebook and as text.

    Bits are counted from 0 at the first of their header, as in its picture.  Where no field's value
    has a meaning of its own there is no such column.
    """

    def __init__(self, headers: Sequence[Span]) -> None:
        self.headers = headers

    def _repr_html_(self) -> str:
        columns = _columns([line.span for header in self.headers for line in lines(header)])
        names = [*(COLUMNS[column] for column in columns), "source"]
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        bodies = "".join(_body(header, names) for header in self.headers)
        return (
            f'<div class="netlab-explain"><style>{STYLE}</style>'
            f"<table><thead><tr>{head}</tr></thead>{bodies}</table></div>"
        )

    def __repr__(self) -> str:
        return "\n\n".join(_text(header) for header in self.headers)


class Line(NamedTuple):
    """A line of the table: how deep it stands, the line of the field tree, its bits as 4–7, and
    the source where that is not the same as of the line that it belongs to."""

    depth: int
    span: Span
    bits: str
    source: str


def lines(header: Span) -> Iterator[Line]:
    """The lines below a header's own."""

    def walk(parent: Span, depth: int) -> Iterator[Line]:
        for span in parent.children:
            first = span.start - header.start
            last = first + span.bits - 1
            bits = f"{first}" if first == last else f"{first}–{last}"
            yield Line(depth, span, bits, span.source if span.source != parent.source else "")
            yield from walk(span, depth + 1)

    return walk(header, 0)


def printable(text: str, most: int = LONG) -> str:
    """The text in one line, cut when it is long, without what would upset a terminal."""
    text = "".join(letter if letter.isprintable() else "·" for letter in text[: most + 1])
    return text[: most - 1] + "…" if len(text) > most else text


def _columns(spans: Sequence[Span]) -> list[int]:
    """The places in COLUMNS of those that the lines need."""
    told = any(span.meaning for span in spans)
    return [place for place, name in enumerate(COLUMNS) if told or name != "meaning"]


def _title(header: Span) -> str:
    first, count = header.start // 8, header.bits // 8
    place = f"byte {first}" if count == 1 else f"bytes {first} to {first + count - 1}"
    source = f" ({header.source})" if header.source else ""
    return f"{header.name}, {place}{source}: {header.about}"


def _about(span: Span) -> str:
    return span.about.removesuffix(".")


def _text(header: Span) -> str:
    """The table of one header for a terminal; what is too long for a column goes on below."""
    rows = [COLUMNS]
    for depth, span, bits, source in lines(header):
        about = _about(span) + (f" ({source})" if source else "")
        rows.append(("  " * depth + span.name, bits, span.text, span.meaning, about))
    columns = _columns([line.span for line in lines(header)])
    cells = [[printable(row[column]) for column in columns] for row in rows]
    widths = [
        min(WIDTHS[column], max(len(row[place]) for row in cells))
        for place, column in enumerate(columns[:-1])
    ]
    widths.append(WIDE - sum(widths) - GAP * len(widths))
    shown = [printable(_title(header))]
    if header.children:
        for row in [cells[0], ["─" * width for width in widths[:-1]] + ["─" * 14], *cells[1:]]:
            shown += _wrapped(row, widths)
    return "\n".join(shown)


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    indent = len(row[0]) - len(row[0].lstrip())
    parts = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
    parts[0] = [" " * indent + part for part in wrap(row[0].strip(), widths[0] - indent)]
    for number in range(max(map(len, parts))):
        cells = [part[number] if number < len(part) else "" for part in parts]
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield (" " * GAP).join(padded).rstrip()


def _body(header: Span, names: Sequence[str]) -> str:
    title = escape(printable(_title(header)))
    span = f'colspan="{len(names)}" scope="rowgroup"'
    top = f'<tr class="{header.layer}"><th {span}>{title}</th></tr>'
    rows = "".join(_row(line, "meaning" in names) for line in lines(header))
    return f"<tbody>{top}{rows}</tbody>"


def _row(line: Line, told: bool) -> str:
    depth, span = line.depth, line.span
    indent = f' style="padding-left:{0.6 + 1.2 * depth:.1f}em"' if depth else ""
    source = escape(span.source.replace(" section ", " §"))
    if span.link:
        source = f'<a href="{span.link}" target="_blank" rel="noopener">{source}</a>'
    value = escape(printable(span.text))
    meaning = f'<td class="meaning">{escape(printable(span.meaning))}</td>' if told else ""
    return (
        f'<tr><th scope="row"{indent}>{escape(printable(span.name))}</th><td>{line.bits}</td>'
        f"<td><code>{value}</code></td>{meaning}<td>{escape(_about(span))}</td><td>{source}</td></tr>"
    )


def difference(mine: Span, theirs: Span, offset: int = 0, path: str = "") -> str:
    """The first line below two lines of the field tree in which they differ, as a sentence; "" if
    there is none.  Bytes are counted from `offset`."""
    path = f"{path}.{mine.name}" if path else mine.name
    for one, other in zip_longest(mine.children, theirs.children):
        here = one or other
        name = f"{path}.{here.name}" if path else here.name
        name = printable(name)
        place = f"at byte {here.start // 8 - offset}"
        if one is None or other is None:
            return f"{name} {place} is only in the {'second' if one is None else 'first'}"
        if one.name != other.name:
            return f"{name} {place} is {printable(other.name)} in the second"
        if one.children or other.children:
            below = difference(one, other, offset, path)
            if below:
                return below
        elif isinstance(one.value, bytes) and isinstance(other.value, bytes):
            if one.value != other.value:
                return different_bytes(one.value, other.value, one.start // 8 - offset, name)
        elif one.value != other.value:
            return f"{name} {place} differs: {printable(one.text)} and {printable(other.text)}"
    return ""


def different_bytes(mine: bytes, theirs: bytes, offset: int, name: str) -> str:
    """The first byte in which two runs of bytes differ, as a sentence; both begin at `offset`."""
    pairs = enumerate(zip_longest(mine, theirs))
    place = next(place for place, (one, other) in pairs if one != other)
    one, other = (data[place : place + 8].hex(" ") or "nothing more" for data in (mine, theirs))
    return f"{name} at byte {offset + place} differs: {one} and {other}"


RULES = """&{overflow-x:auto;background:var(--netlab-paper);color:var(--netlab-ink);
border:1px solid var(--netlab-line);border-radius:6px;max-width:1180px;box-sizing:border-box}
& table{border-collapse:collapse;table-layout:auto;width:100%;margin:0;color:inherit;
font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif)}
& table tr,& table tbody tr:nth-child(n),& table tbody tr:hover{background:none}
& table th,& table td{text-align:left;vertical-align:top;
padding:2px .6em;border:0;font-weight:400;white-space:normal;max-width:none;color:inherit}
& table tbody tr{border-top:1px solid;
border-color:color-mix(in srgb,var(--netlab-line) 40%,transparent)}
& table thead th{color:var(--netlab-faint)}
& table td:nth-child(2),& table td:last-child{white-space:nowrap}
& table td:nth-child(3){min-width:11em}
& table td:nth-child(2),& table td.meaning,
& table td:last-child,& a{color:var(--netlab-faint)}
& a{text-decoration:underline}
& code{font-family:var(--jp-code-font-family,monospace);background:none;
color:inherit;padding:0;overflow-wrap:anywhere}
""" + "".join(
    f"& table tbody tr.{layer}:nth-child(n){{background:var(--netlab-{layer}-fill);"
    f"color:var(--netlab-{layer}-ink);print-color-adjust:exact}}\n"
    for layer in palette.LAYERS
)

STYLE = palette.css(".netlab-explain") + palette.rules(".netlab-explain", RULES)
