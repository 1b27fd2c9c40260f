"""What is particular to the lessons on TCP: both ends are moved by hand, a network is changed.

That they run and each widget answers is said in test_course.py.
"""

import re

import pytest
from lab import Lab, errors, run_all
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")


def test_a_connection_is_made_by_answering_what_comes_next(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/08_tcp_states.ipynb")
    run_all(page, 120)
    assert errors(page) == []
    explorer = page.locator(".netlab-state-explorer").first
    explorer.scroll_into_view_if_needed()
    explorer.get_by_role("button", name="right: passive OPEN").click()
    explorer.locator(".question").get_by_role("button", name="LISTEN").click()
    expect(explorer.locator(".said")).to_contain_text("Right")
    expect(explorer.locator(".end.right .state b")).to_have_text("LISTEN")


def test_what_was_lost_heals_when_time_passes(page: Page) -> None:
    """As the lesson's answer has it."""
    explorer = page.locator(".netlab-state-explorer").nth(1)
    explorer.scroll_into_view_if_needed()
    expect(explorer.locator(".end.right .state b")).to_have_text("SYN-RECEIVED")
    explorer.get_by_role("button", name=re.compile("wait")).click()
    for segment in ("SYN,ACK", r"(?<![,\w])ACK"):  # not the SYN,ACK that is still shown a moment
        flight = explorer.locator(".flight", has_text=re.compile(segment)).first
        flight.get_by_role("button", name="deliver").click()
    expect(explorer.locator(".end.right .state b")).to_have_text("ESTABLISHED")


def test_a_small_window_holds_the_transfer_up(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/09_tcp_reliability.ipynb")
    run_all(page, 180)
    assert errors(page) == []
    simulator = page.locator(".netlab-simulator").first
    simulator.scroll_into_view_if_needed()
    slider = simulator.get_by_label("receive window")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "10 kB")
    simulator.get_by_role("button", name="run the transfer").click()
    expect(simulator.locator(".said")).to_contain_text("0.62 Mbit/s", timeout=30_000)
    expect(simulator.locator("img.chart")).to_have_attribute(
        "alt", re.compile("0 packets are lost")
    )
