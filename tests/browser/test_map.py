"""The course's map and the glossary in a real JupyterLab."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")

BEGIN = 'import os\nos.environ["NETLAB_PROGRESS"] = "progress.json"\nimport netlab'
CELLS = (BEGIN, 'netlab.predict("packets-for-a-page")', "netlab.course()")
WORDS = 'netlab.glossary(lesson="07")'


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "notebooks/map.ipynb", *CELLS, WORDS)
    run_all(page)
    return page


def test_what_is_answered_is_on_the_map_when_it_is_drawn_again(opened: Page, jupyter: Lab) -> None:
    first = opened.locator(".netlab-course li").first
    expect(first).to_contain_text("not begun")
    expect(first).to_contain_text("go on here")
    asked = opened.locator(".netlab-questions")
    asked.get_by_label("12", exact=True).check()
    asked.get_by_role("button", name="That is my guess").click()
    expect(asked.locator(".verdict")).to_contain_text("Right")
    opened.locator(".jp-CodeCell").nth(2).locator(".cm-content").click()
    opened.keyboard.press("Control+Enter")
    expect(first).to_contain_text(re.compile(r"1 of \d done"))
    assert (jupyter.folder / "notebooks" / "progress.json").exists()


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(opened: Page, name: str) -> None:
    theme(opened, name)
    opened.wait_for_timeout(2500)  # JupyterLab covers itself while it changes the theme
    for part in ("course", "glossary"):
        opened.locator(f".netlab-{part}").scroll_into_view_if_needed()
        opened.wait_for_timeout(300)
        picture(opened, f"{part}-{name.lower()}")
        found = Axe().run(opened, context=f".netlab-{part}").response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_a_lesson_opens_from_the_map(opened: Page) -> None:
    opened.locator(".netlab-course a", has_text="01 Layers").click()
    expect(opened.locator(".jp-Notebook h1", has_text="01 Layers")).to_be_visible(timeout=30_000)
