"""What a student gets to read: a page of HTML, and the same in Markdown.

A learner's own words may stand in it: nothing of them becomes markup.
"""

import hashlib
import re
from collections.abc import Iterable
from html import escape

from netlab import palette
from netlab.grading.grade import Record
from netlab.grading.task import tasks_of
from netlab.grading.verdict import Verdict

LONGEST_NAME = 180
"""Bytes of a file's name at most, without its ending."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A page of ours fetches nothing and runs nothing, whatever got into it."""

RULES = """:root{color-scheme:light dark}
body{background:var(--netlab-paper);color:var(--netlab-ink);
font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;
overflow-wrap:break-word}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:inherit}
code{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}
summary{cursor:pointer}
.faint{color:var(--netlab-faint)}
.verdict{margin:1rem 0}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;
border-bottom:1px solid color-mix(in srgb,var(--netlab-line) 40%,transparent)}
thead th{color:var(--netlab-faint);font-weight:400}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
img{display:block;margin:.5rem 0}
@media(max-width:50rem){table{display:block;overflow-x:auto}}
"""


def page(title: str, body: str) -> str:
    """A whole page of HTML, in both themes."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{palette.css('body')}{RULES}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def as_html(record: Record) -> str:
    """The feedback for one student as a page."""
    title = f"Exercise {record['exercise']}: {_points(record)}"
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="faint">{in_html(_who(record))}</p>']
    if record["notes"]:
        parts.append("<h2>About the notebook</h2>")
        parts += [f"<p>{in_html(note)}</p>" for note in record["notes"]]
    parts.append("<h2>Tasks</h2>")
    for verdict in verdicts(record):
        parts.append(f'<div class="verdict">{verdict._repr_html_()}</div>')
    return page(f"{title} ({record['student']})", "\n".join(parts))


def as_markdown(record: Record) -> str:
    """The same in Markdown."""
    lines = [f"# Exercise {record['exercise']}: {_points(record)}", "", in_markdown(_who(record))]
    if record["notes"]:
        lines += ["", "## About the notebook", ""]
        lines += [f"- {in_markdown(note)}" for note in record["notes"]]
    lines += ["", "## Tasks"]
    for verdict in verdicts(record):
        lines += ["", f"### {verdict.mark} {in_markdown(verdict.title)}", ""]
        lines += [f"- {in_markdown(sentence)}" for sentence in verdict.sentences]
    return "\n".join(lines).rstrip() + "\n"


def verdicts(record: Record) -> Iterable[Verdict]:
    """What was found for each task, with hints where the answer is not right yet."""
    for task in record["tasks"]:
        verdict = Verdict(
            task["task"], task["passed"], task["points"], task["possible"],
            tuple(task["sentences"]), task["tried"],
        )  # fmt: skip
        known = tasks_of(record["exercise"]).get(verdict.task)
        yield verdict if verdict.passed or known is None else verdict.with_hints(known.hints, 0)


def _points(record: Record) -> str:
    return f"{record['points']} of {record['possible']} points"


def _who(record: Record) -> str:
    """The student, and the notebook that was graded."""
    name, student = record["name"], record["student"]
    who = student if name == student else f"{name} ({student})"
    file = record["file"].replace("`", "'")
    return f"{who}, `{file}`" if file else who


CODE = re.compile(r"`([^`]+)`")


def in_html(sentence: str) -> str:
    """A sentence with its code marked."""
    return CODE.sub(r"<code>\1</code>", escape(sentence, quote=False))


def in_markdown(sentence: str) -> str:
    """A sentence in which nothing but code in backticks is markup."""
    parts = CODE.split(sentence)
    return "".join(
        f"`{part}`" if number % 2 else re.sub(r"([\\`*_\[\]<>&#|~$!])", r"\\\1", part)
        for number, part in enumerate(parts)
    )


def file_names(students: Iterable[str]) -> dict[str, str]:
    """A file's name without ending for each student, fit for any disk, and no two the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for student in students:
        name = re.sub(r"[^\w .,'@+~()-]", "_", student).strip(" .")
        name = name.encode()[:LONGEST_NAME].decode(errors="ignore")
        reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
        if name != student or reserved or name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(student.encode()).hexdigest()[:10]}"
        taken.add(name.casefold())
        found[student] = name
    return found
