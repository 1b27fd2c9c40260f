"""Lessons and exercises as a learner works through them, in a real JupyterLab."""

import re

import pytest
from lab import Lab, errors, picture, run_all, theme
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")


def cell_with(page: Page, text: str):
    return page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=text)).first


def test_lesson_00(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/00_start_here.ipynb")
    picture(page, "lesson-00-opened")
    run_all(page)
    assert errors(page) == []
    explorer = page.locator(".netlab-explorer").first
    explorer.scroll_into_view_if_needed()
    explorer.locator(".byte").nth(36).click()
    name = explorer.locator("[role=treeitem][aria-selected=true] > .line .name")
    expect(name).to_have_text("dst_port")
    expect(explorer.locator(".picture .field.on")).to_have_attribute(
        "aria-label", re.compile("dst_port, 80")
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(name).to_have_text("seq")
    picture(page, "lesson-00-explorer")


def test_a_guess_is_answered_after_it_is_made(page: Page) -> None:
    asked = page.locator(".netlab-questions").first
    asked.scroll_into_view_if_needed()
    right = asked.locator(".choice", has_text="12")
    expect(right.locator(".why")).to_be_hidden()
    expect(asked.get_by_role("button")).to_be_disabled()
    asked.get_by_label("208", exact=True).check()
    asked.get_by_role("button", name="That is my guess").click()
    expect(asked.locator(".verdict")).to_contain_text("Right is: 12")
    expect(right.locator(".why")).to_be_visible()
    picture(page, "lesson-00-guess")


def test_a_check_tells_what_is_wrong_and_right(page: Page) -> None:
    answer, check = cell_with(page, "overhead = "), cell_with(page, 'netlab.check("00/overhead")')
    for value, words in (("76", "That is the request itself"), ("66", "right, 1 of 1 point")):
        answer.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.type(f"overhead = {value}")
        page.keyboard.press("Shift+Enter")
        check.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        expect(check.locator(".jp-OutputArea-output")).to_contain_text(words)
    picture(page, "lesson-00-check")


def test_lesson_01(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/01_layers.ipynb")
    run_all(page)
    assert errors(page) == []
    for number, name in enumerate(("side_by_side", "exchange(packets)")):
        cell_with(page, name).scroll_into_view_if_needed()
        expect(cell_with(page, name).locator("img.netlab-chart")).to_be_visible()
        page.wait_for_timeout(500)  # JupyterLab draws what is scrolled into view a moment later
        picture(page, f"lesson-01-figure-{number}")
    theme(page, "Dark")
    cell_with(page, "side_by_side").scroll_into_view_if_needed()
    page.wait_for_timeout(2500)  # JupyterLab covers itself while it changes the theme
    picture(page, "lesson-01-dark")
    theme(page, "Light")


def test_exercise_01(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "exercises/01_layers.ipynb")
    run_all(page)
    assert errors(page) == []
    check = cell_with(page, 'check("01/peel")')
    check.scroll_into_view_if_needed()
    expect(check.locator(".jp-OutputArea-output")).to_contain_text(
        "the most significant byte first"
    )
    task = cell_with(page, "def peel")
    task.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "def peel(frame):\n    return int.from_bytes(frame[12:14]), frame[14:]"
    )
    page.keyboard.press("Shift+Enter")
    check.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(check.locator(".jp-OutputArea-output")).to_contain_text("right, 2 of 2 points")
    picture(page, "exercise-01")


CARRYLESS = """def checksum(data):
    total = 0
    for at in range(0, len(data), 2):
        total += int.from_bytes(data[at : at + 2], "big")
    return ~total & 0xFFFF
"""
FOLD = """
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
"""


def test_exercise_05(jupyter: Lab, page: Page) -> None:
    """The checksum without its carry, the sentence that says so, the mended one, the points."""
    jupyter.open(page, "exercises/05_ip.ipynb")
    run_all(page)
    assert errors(page) == []
    check = cell_with(page, 'check("05/checksum")')
    task = cell_with(page, "def checksum")

    def write(program: str) -> None:
        task.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(program)
        page.keyboard.press("Shift+Enter")
        check.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")

    write(CARRYLESS)
    said = check.locator(".jp-OutputArea-output")
    expect(said).to_contain_text("not yet, 0 of 3 points")
    expect(said).to_contain_text("drops the carry: add it back")
    expect(said).to_contain_text("RFC 1071")
    for shown in ("Light", "Dark"):
        theme(page, shown)
        page.wait_for_timeout(2500)
        said.scroll_into_view_if_needed()
        picture(page, f"exercise-05-carry-{shown.lower()}")
    theme(page, "Light")
    write(CARRYLESS.replace("    return", FOLD.lstrip("\n") + "    return"))
    expect(said).to_contain_text("right, 3 of 3 points")
    picture(page, "exercise-05-right")
