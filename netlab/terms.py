"""glossary: the terms of the course, each in a sentence, with its source."""

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from html import escape
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

import netlab
from netlab import palette
from netlab.field import rfc_link

SOURCE = Path(__file__).parent / "glossary.toml"


class Term(NamedTuple):
    """A term: its sentence, RFC and section ("" if it is everybody's word), the lesson that
    explains it first, other names."""

    name: str
    sentence: str
    source: str
    lesson: str
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The term with its other names: MSS (maximum segment size)."""
        return f"{self.name} ({', '.join(self.also)})" if self.also else self.name

    @property
    def place(self) -> str:
        """Where it is written down and where the course explains it."""
        return "; ".join(filter(None, (self.source, f"lesson {self.lesson}")))


class Glossary(tuple[Term, ...]):
    """Terms in alphabetical order: a table in a notebook, and as text."""

    def __repr__(self) -> str:
        return "\n".join(
            fill(
                f"{term.title}: {term.sentence} ({term.place})",
                width=100,
                subsequent_indent="    ",
            )
            for term in self
        )

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col">{name}</th>' for name in ("term", "what it is", "source", "lesson")
        )
        rows = "".join(map(_row, self))
        return (
            f'<div class="netlab-glossary"><style>{STYLE}</style>'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def glossary(term: str | None = None, *, lesson: str | None = None) -> Glossary:
    """What a term means, such as "segment"; the terms of a lesson, such as lesson="08"; or all.

    Case does not matter, and another name of the term will do.  ValueError, with the nearest
    names, when there is no such term or lesson.
    """
    chosen: Iterable[Term] = all_terms()
    if lesson is not None:
        chosen = [entry for entry in chosen if entry.lesson == lesson]
        if not chosen:
            lessons = sorted({entry.lesson for entry in all_terms()})
            raise ValueError(f"no terms for lesson {lesson!r}: there are {', '.join(lessons)}")
    if term is not None:
        known = {name.casefold(): entry for entry in chosen for name in (entry.name, *entry.also)}
        if term.casefold() not in known:
            near = get_close_matches(term.casefold(), known, 3) or sorted(known)
            raise ValueError(f"{term!r} is not in the glossary: there is {', '.join(near)}")
        chosen = [known[term.casefold()]]
    return Glossary(chosen)


@cache
def all_terms() -> tuple[Term, ...]:
    """Every term, in alphabetical order whatever the case."""
    lessons = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    found = [
        _term(name, lesson, **entry)
        for lesson, entries in lessons.items()
        for name, entry in entries.items()
    ]
    return tuple(sorted(found, key=lambda term: term.name.casefold()))


def _term(name: str, lesson: str, **entry: str) -> Term:
    if "header" in entry:  # what a header is and where it is written down is declared with it
        kind = getattr(netlab, entry["header"])
        return Term(name, kind.__doc__.split("\n")[0], kind.rfc, lesson)
    return Term(name, entry["is"], entry.get("source", ""), lesson, tuple(entry.get("also", ())))


def _row(term: Term) -> str:
    source = escape(term.source.replace(" section ", " §"))
    if rfc_link(term.source):
        link = rfc_link(term.source)
        source = f'<a href="{link}" target="_blank" rel="noopener">{source}</a>'
    also = f" ({escape(', '.join(term.also))})" if term.also else ""
    return (
        f'<tr><th scope="row"><b>{escape(term.name)}</b>{also}</th>'
        f"<td>{escape(term.sentence)}</td><td>{source}</td><td>{term.lesson}</td></tr>"
    )


RULES = """&{overflow-x:auto;max-width:1000px;color:var(--netlab-ink);
background:var(--netlab-paper);border:1px solid var(--netlab-line);border-radius:6px}
& table{border-collapse:collapse;table-layout:auto;width:100%;margin:0;color:inherit;
font:14px/1.5 var(--jp-ui-font-family,system-ui,sans-serif)}
& table tr,& table tbody tr:nth-child(n),& table tbody tr:hover{background:none}
& table th,& table td{text-align:left;vertical-align:top;padding:3px .7em;border:0;
font-weight:400;white-space:normal;max-width:none;color:inherit}
& table tbody tr{border-top:1px solid;
border-color:color-mix(in srgb,var(--netlab-line) 40%,transparent)}
& table thead th,& table td:nth-child(3),& table td:nth-child(4),& a{color:var(--netlab-faint)}
& table td:nth-child(3){white-space:nowrap}
& table tbody th{min-width:9em}
& a{text-decoration:underline}
"""

STYLE = palette.css(".netlab-glossary") + palette.rules(".netlab-glossary", RULES)
