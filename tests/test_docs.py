"""The pages of docs/ and the README: what they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from typer.main import get_command

from netlab.cli import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """The headings of a page as links have them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        parts = urlsplit(link)
        if not parts.scheme:
            target = page.parent / unquote(parts.path) if parts.path else page
            assert target.exists(), link
            assert not parts.fragment or parts.fragment in anchors(target), link


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each `netlab ...` that a page shows."""
    text = page.read_text("utf-8").replace("\\\n", " ")
    for found in re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?netlab ([a-z]+ [^`\n]*)", text, re.MULTILINE):
        yield found.split()


@each_page
def test_commands_and_options_exist(page: Path) -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]
    for name, *words in commands(page):
        assert name in known, name
        options = {option for each in known[name].params for option in each.opts}
        for word in words:
            assert not word.startswith("--") or name == "lab" or word in options, (name, word)


def test_the_pages_on_grading_are_read() -> None:
    found = [words for page in PAGES for words in commands(page) if words[0] == "grade"]
    assert len(found) > 5


def test_the_link_that_a_class_gets_opens_a_lesson() -> None:
    text = (ROOT / "docs" / "jupyterhub.md").read_text("utf-8")
    (link,) = re.findall(r"^https://HUB\S+$", text, re.MULTILINE)
    asked = parse_qs(urlsplit(link).query)
    assert asked["branch"] == ["class"]
    assert asked["repo"][0].endswith("/netlab")
    assert (ROOT / asked["urlpath"][0].removeprefix("lab/tree/netlab/")).is_file()
