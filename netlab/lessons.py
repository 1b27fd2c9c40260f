"""course: a map of the lessons, with what of them is done."""

import json
import os
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import netlab
from netlab import palette, progress

PARTS = (
    (4, "First steps", ""), (5, "The link", "link"), (6, "The internet", "internet"),
    (10, "Transport", "transport"), (99, "Applications", "application"),
)  # fmt: skip
"""The parts of the course: the lesson before which each ends, its name, its layer's colour."""


class Lesson(NamedTuple):
    """A lesson as its own first cell tells of it.

    minutes   how long it takes
    done      how many of its questions are answered and of its tasks solved
    things    how many it has
    exercise  the exercise that goes with it, None if there is none
    """

    path: Path
    number: str
    name: str
    question: str
    minutes: int
    done: int
    things: int
    exercise: Path | None

    @property
    def complete(self) -> bool:
        """Whether all of it is done."""
        return self.done == self.things > 0

    @property
    def state(self) -> str:
        """How far it is done, in words."""
        if self.complete:
            return "✔ done"
        return f"{self.done} of {self.things} done" if self.done else "not begun"


class Course(tuple[Lesson, ...]):
    """The lessons in their order: a map in a notebook, lines as text."""

    @property
    def next(self) -> Lesson | None:
        """The first lesson that is not done, None when all are."""
        return next((lesson for lesson in self if not lesson.complete), None)

    def __repr__(self) -> str:
        wide = max((len(lesson.name) for lesson in self), default=0)
        return "\n".join(
            f"{'→' if lesson is self.next else ' '} {lesson.number} {lesson.name:{wide}} "
            f"{lesson.minutes:2} min  {lesson.state:13} {lesson.question}"
            for lesson in self
        )

    def _repr_html_(self) -> str:
        parts = "".join(
            f'<section class="{layer}"><h4>{palette.emoji(layer) if layer else ""}{name}</h4>'
            f"<ul>{''.join(self._item(lesson) for lesson in lessons)}</ul></section>"
            for (_, name, layer), lessons in groupby(self, _part)
        )
        minutes = sum(lesson.minutes for lesson in self)
        ended = sum(lesson.complete for lesson in self)
        time = f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.0f} hours"
        said = f"{len(self)} lessons, about {time}; {ended} done."
        kept = "What you have done is kept on this computer only."
        return (
            f'<div class="netlab-course" role="group" aria-label="map of the course">'
            f"<style>{STYLE}</style>{parts}<p>{said} {kept}</p></div>"
        )

    def _item(self, lesson: Lesson) -> str:
        here = lesson is self.next
        now = ' aria-current="step"' if here else ""
        extra = ""
        if lesson.exercise:
            extra = f' · <a href="{_href(lesson.exercise)}">exercise {lesson.number}</a>'
        mark = "✔" if lesson.complete else lesson.number
        begin = "<b>go on here</b> · " if here else ""
        return (
            f'<li{now}><span class="stop" aria-hidden="true" data-mark="{mark}"></span>'
            f'<a class="name" href="{_href(lesson.path)}">{lesson.number} {escape(lesson.name)}</a>'
            f' <span class="asks">{escape(lesson.question)}</span>'
            f'<div class="faint">{begin}{lesson.minutes} minutes · {lesson.state}{extra}</div></li>'
        )


def course(folder: Path | str | None = None) -> Course:
    """The lessons that are there, with what you have done of them.

    `folder` holds them; by default it is looked for here, above here, and beside the package.
    ValueError when no lessons are there.
    """
    here = Path.cwd()
    beside = Path(netlab.__file__).parents[1]
    places = (
        [Path(folder)]
        if folder
        else [here, *(p / "notebooks" for p in (here, here.parent, beside))]
    )
    for place in places:
        found = [_lesson(path) for path in sorted(place.glob("[0-9][0-9]_*.ipynb"))]
        lessons = [lesson for lesson in found if lesson]
        if lessons:
            return Course(lessons)
    raise ValueError(f"no lessons are in {places[0]}: name the folder that holds them")


HEADING = re.compile(r"# (\d\d) ([^:\n]+): ([^?\n]+\?)")
MINUTES = re.compile(r"\*\*Time:\*\* about (\d+) minutes")
THING = re.compile(r"\b(?:predict|check)\(\"([\w/-]+)\"\)")
"""What there is to do: a prediction or a task, by its name."""


def _lesson(path: Path) -> Lesson | None:
    """What the notebook tells of itself, and what there is to do in it; None if it is no lesson."""
    sources = _sources(path)
    heading, minutes = HEADING.match(sources[0]), MINUTES.search(sources[0])
    if not (heading and minutes):
        return None
    number, name, question = heading.groups()
    exercise = path.parents[1] / "exercises" / path.name
    tasks = _sources(exercise) if exercise.exists() else []
    things = {name for source in sources + tasks for name in THING.findall(source)}
    return Lesson(
        path, number, name, question[0].upper() + question[1:], int(minutes[1]),
        len(things & progress.done().keys()), len(things), exercise if exercise.exists() else None,
    )  # fmt: skip


def _sources(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells] or [""]


def _part(lesson: Lesson) -> tuple[int, str, str]:
    return next(part for part in PARTS if int(lesson.number) < part[0])


def _href(path: Path) -> str:
    return escape(Path(os.path.relpath(path)).as_posix())


def _colours(layers: Iterable[str]) -> str:
    return "".join(
        f"& .{layer} .stop{{background:var(--netlab-{layer}-fill);"
        f"color:var(--netlab-{layer}-ink)}}\n"
        f"& .{layer} li{{border-color:var(--netlab-{layer}-base)}}\n"
        for layer in layers
    )


RULES = """&{max-width:820px;padding:6px 16px 8px;color:var(--netlab-ink);
background:var(--netlab-paper);border:1px solid var(--netlab-line);border-radius:6px;
font:14px/1.45 var(--jp-ui-font-family,system-ui,sans-serif)}
& h4{margin:12px 0 4px;font-size:13px;font-weight:600;color:var(--netlab-faint)}
& ul{list-style:none;margin:0;padding:0 0 0 14px}
& li{position:relative;margin:0;padding:5px 0 9px 28px;border-left:3px solid var(--netlab-line)}
& .stop{position:absolute;left:-16px;top:4px;width:28px;height:28px;border-radius:50%;
box-sizing:border-box;border:2px solid var(--netlab-line);background:var(--netlab-paper);
color:var(--netlab-ink);text-align:center;line-height:24px;font-size:12px;font-weight:600}
& .stop::before{content:attr(data-mark)}
& li[aria-current] .stop{outline:3px solid var(--netlab-ink);outline-offset:1px}
& a{color:inherit;text-decoration:underline}
& .name{font-weight:600;margin-right:.4em}
& .faint,& p{color:var(--netlab-faint);font-size:13px}
& p{margin:10px 0 2px}
"""

STYLE = palette.css(".netlab-course") + palette.rules(
    ".netlab-course", RULES + _colours([layer for _, _, layer in PARTS if layer])
)
