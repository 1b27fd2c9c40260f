"""What holds for every notebook, and for every lesson: form, size, links, spelling, parts.

Notebooks are found where they are; a lesson to come is covered as soon as its file is there.
"""

import copy
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import needs
import pytest

import netlab
import netlab.widgets
from netlab.notebooks import normalise

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = [*LESSONS, *sorted((ROOT / "solutions").glob("*.ipynb"))]

COURSE = (
    "00_start_here", "01_layers", "02_bytes", "03_encapsulation", "04_link", "05_ip", "06_udp_dns",
    "07_tcp_segments", "08_tcp_states", "09_tcp_reliability", "10_sockets", "11_http", "12_monitor",
    "13_analyzer", "14_tls",
)  # fmt: skip
"""The lessons in their order; each links to the next, which may be still to come."""

HOSTS = {
    "www.rfc-editor.org", "www.iana.org", "www.wireshark.org", "www.tcpdump.org",
    "docs.python.org", "standards.ieee.org", "man7.org", "jupyter.org", "doi.org",
}  # fmt: skip
"""Where links may lead, beside the course's own files."""

WIDGETS = {*netlab.widgets.__all__} - {"predict", "quiz"} | {"interact", "dashboard"}

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
notebooks = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@functools.cache
def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def cells(path: Path, kind: str) -> list[str]:
    """The text of all cells of a kind: "code" or "markdown"."""
    return [cell.source for cell in read(path).cells if cell.cell_type == kind]


def prose(path: Path) -> str:
    return "\n\n".join(cells(path, "markdown"))


def code(path: Path) -> str:
    return "\n\n".join(cells(path, "code"))


def outputs(path: Path) -> Iterator[tuple[str, str]]:
    """The kind and the text of whatever the cells have shown."""
    for cell in read(path).cells:
        for output in cell.get("outputs", ()):
            yield from output.get("data", {"text/plain": output.get("text", "")}).items()


def neighbours(lesson: Path) -> tuple[str | None, str | None]:
    """The names of the lessons before and after it, each None where it is not there yet."""
    place, there = COURSE.index(lesson.stem), {path.stem for path in LESSONS}
    around = (COURSE[place - 1] if place else None), (*COURSE, None)[place + 1]
    return tuple(name if name in there else None for name in around)


@notebooks
def test_a_notebook_is_kept_in_its_normal_form(notebook: Path) -> None:
    kept = read(notebook)
    nbformat.validate(kept)
    assert normalise(copy.deepcopy(kept)) == kept, f"python -m netlab.notebooks {notebook}"


SOLUTION = re.compile(r"^ *### BEGIN SOLUTION$.*?^ *### END SOLUTION$\n?", re.DOTALL | re.MULTILINE)


@notebooks
def test_cells_are_short_and_none_is_hidden(notebook: Path) -> None:
    for cell in read(notebook).cells:
        hidden = [cell.metadata.get("jupyter", {}), cell.metadata]
        assert not any(key in one for one in hidden for key in ("source_hidden", "collapsed"))
        assert not any("hide" in tag for tag in cell.metadata.get("tags", ()))
        if cell.cell_type == "code":
            seen = SOLUTION.sub("", cell.source)  # what a learner writes may be longer
            assert seen.count("\n") < 19, f"20 lines or more:\n{seen}"


@notebooks
def test_no_output_is_large_and_each_code_cell_was_run(notebook: Path) -> None:
    assert [kind for kind, text in outputs(notebook) if len(str(text)) > 200_000] == []
    run = [cell for cell in read(notebook).cells if cell.cell_type == "code" and cell.source]
    assert [cell.source for cell in run if cell.execution_count is None] == []
    failed = [out for cell in run for out in cell.outputs if out.output_type == "error"]
    assert failed == []


LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)|<a [^>]*href=[\"']([^\"']+)", re.DOTALL)


@notebooks
def test_links_lead_somewhere(notebook: Path) -> None:
    for match in LINK.finditer(prose(notebook)):
        words, target = match[1] or "", match[2] or match[3]
        parts = urlsplit(target)
        if parts.scheme:
            assert parts.scheme == "https", target
            assert parts.netloc in HOSTS, target
        elif parts.path and Path(parts.path).stem not in COURSE:
            assert (notebook.parent / parts.path).exists(), target
        if parts.netloc == "www.rfc-editor.org":
            number = re.fullmatch(r"/(?:rfc/rfc([1-9]\d*)|ien/ien\d+\.txt)", parts.path)
            assert number, target
            assert re.fullmatch(
                r"(section-[\d.]+|figure-\d+|appendix-[A-Z][\d.]*)?", parts.fragment
            ), target
            said = re.search(r"RFC\s+(\d+)", words)
            assert said is None or said[1] == number[1], f"{words} leads to {target}"


def test_notebooks_questions_and_glossary_are_spelled_right(tmp_path: Path) -> None:
    pytest.importorskip("codespell_lib")
    for path in NOTEBOOKS:
        (tmp_path / f"{path.stem}.md").write_text(f"{prose(path)}\n{code(path)}", "utf-8")
    package = ROOT / "netlab"
    texts = [tmp_path, package / "questions", package / "glossary.toml", ROOT / "README.md"]
    command = [sys.executable, "-m", "codespell_lib", "--ignore-words", ROOT / ".codespellignore"]
    done = subprocess.run([*command, *texts], capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


@notebooks
def test_each_picture_has_words_for_those_who_do_not_see_it(notebook: Path) -> None:
    assert "" not in re.findall(r"!\[\s*([^\]]*)\]\(", prose(notebook))
    shown = [(kind, str(text)) for kind, text in outputs(notebook)]
    for tag in re.findall(r"<img\b[^>]*>", " ".join([prose(notebook), *(t for _, t in shown)])):
        assert re.search(r'alt="[^"]+', tag), tag[:200]
    for kind, text in shown:
        assert kind not in ("image/png", "image/jpeg"), "show it by netlab.figures, with words"
        if kind == "image/svg+xml":
            assert re.search(r'<svg[^>]*aria-label="[^"]+', text), text[:300]


@lessons
def test_a_lesson_opens_with_a_question_a_time_and_what_it_builds_on(lesson: Path) -> None:
    number, first = lesson.stem[:2], cells(lesson, "markdown")[0]
    assert read(lesson).cells[0].cell_type == "markdown"
    assert lesson.stem in COURSE
    assert re.match(rf"# {number} \S.*\?", first), "the heading: number, name: question?"
    assert re.search(r"^\*[^*]+\?[^*]*\*$", first, re.MULTILINE), "a question that people ask"
    assert re.search(r"you can\b.*\n- ", first, re.DOTALL), "what the learner can do at the end"
    minutes = re.search(r"\*\*Time:\*\* about (\d+) minutes", first)
    assert minutes
    assert 20 <= int(minutes[1]) <= 45
    assert number == "00" or re.search(r"\*\*Builds on:\*\*\s[^*]*\]\(\d\d_\w+\.ipynb\)", first)


@lessons
def test_a_lesson_asks_before_it_shows_and_has_something_to_click(lesson: Path) -> None:
    written = code(lesson)
    before, _ = neighbours(lesson)
    if lesson != LESSONS[0]:
        asked = re.search(r"\bquiz\(\"(\d\d)\"\)", written)
        assert asked, "the quiz of the lesson before"
        assert before is None or asked[1] == before[:2]
    assert re.search(r"\bpredict\(", written)
    assert any(re.search(rf"\b{name}\(", written) for name in WIDGETS), f"one of {WIDGETS}"


@lessons
def test_hints_come_in_three_steps_and_then_the_answer(lesson: Path) -> None:
    text = prose(lesson)
    steps = re.findall(r"<summary>(Hint \d|Answer)</summary>", text)
    ladders = " ".join(steps).count("Hint 1 Hint 2 Hint 3 Answer")
    assert ladders == steps.count("Hint 1") > 0
    assert len(re.findall(r"^#+ Try it yourself", text, re.MULTILINE)) <= ladders
    assert text.count("<details>") == text.count("</details>") >= 4 * ladders


@lessons
def test_a_lesson_ends_with_summary_terms_rfcs_and_a_filter(lesson: Path) -> None:
    number, text = lesson.stem[:2], prose(lesson)
    assert re.search(r"^## What you know now$", text, re.MULTILINE)
    end = text[text.index("## What you know now") :]
    assert end.count("\n- ") >= 3, "the summary in a few points"
    assert f'netlab.glossary(lesson="{number}")' in code(lesson)
    assert "](https://www.rfc-editor.org/rfc/rfc" in end
    assert "**In Wireshark:**" in end
    for other in filter(None, neighbours(lesson)):
        assert f"({other}.ipynb)" in end, "a link back and a link on"


@lessons
def test_a_lesson_explains_the_terms_that_the_glossary_says_it_does(lesson: Path) -> None:
    text = re.sub(r"[\s*_`-]+", " ", prose(lesson)).casefold()
    absent = []
    for term in netlab.glossary(lesson=lesson.stem[:2]):
        names = [re.sub(r"[\s_-]+", " ", name).casefold() for name in (term.name, *term.also)]
        absent += [] if any(name in text for name in names) else [term.name]
    assert absent == [], "glossary.toml says that they are explained here"


@lessons
@pytest.mark.needs("tshark")
def test_the_display_filter_finds_packets_but_not_all(lesson: Path) -> None:
    needs.require("tshark")
    end = prose(lesson).partition("**In Wireshark:**")[2].partition("\n\n")[0]
    name = re.search(r"`netlab/data/([\w.-]+)`", end)
    shown = re.search(r"filter\b[^`]*`([^`]+)`", end)
    assert name, "which capture to open: `netlab/data/…`"
    assert shown, "filter `…`"
    command = ["tshark", "-n", "-r", str(netlab.recording(name[1])), "-Y"]
    found = subprocess.run([*command, shown[1]], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert 0 < found.stdout.count("\n") < sum(1 for _ in netlab.read(netlab.recording(name[1])))
