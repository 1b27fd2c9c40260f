"""StateExplorer in a real JupyterLab: a connection is made, questioned, damaged and closed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = "import netlab\nexplorer = netlab.StateExplorer()\nexplorer"


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Locator:
    jupyter.open_cells(page, "states.ipynb", CELL, "print(explorer)")
    run_all(page)
    widget = page.locator(".netlab-state-explorer").first
    expect(widget).to_be_visible(timeout=20_000)
    return widget


@pytest.fixture
def explorer(opened: Locator) -> Locator:
    """Both ends CLOSED, and no questions asked."""
    opened.get_by_label("ask me first").uncheck()
    opened.get_by_role("button", name="both ends CLOSED again").click()
    expect(opened.locator(".said")).to_contain_text("both CLOSED")
    return opened


def call(explorer: Locator, side: str, name: str) -> None:
    explorer.locator(f".end.{side}").get_by_role("button", name=f"{side}: {name}").click()


def deliver(explorer: Locator, text: str, what: str = "deliver") -> None:
    # Not the SYN,ACK that has just arrived and is still shown, where an ACK is meant.
    flight = explorer.locator(".flight", has_text=re.compile(rf"(?<![,\w]){text}(?![,\w])")).first
    flight.get_by_role("button", name=what).click()


def states(explorer: Locator, left: str, right: str) -> None:
    expect(explorer.locator(".end.left .state b")).to_have_text(left)
    expect(explorer.locator(".end.right .state b")).to_have_text(right)
    lit = explorer.locator(f".diagram .state.here[data-state='{left}']").first
    expect(lit).to_contain_text("left")


def handshake(explorer: Locator) -> None:
    call(explorer, "right", "passive OPEN")
    states(explorer, "CLOSED", "LISTEN")
    call(explorer, "left", "active OPEN")
    deliver(explorer, "SYN seq")
    states(explorer, "SYN-SENT", "SYN-RECEIVED")
    deliver(explorer, "SYN,ACK")
    deliver(explorer, "ACK seq")
    states(explorer, "ESTABLISHED", "ESTABLISHED")


def test_a_connection_is_made_and_the_last_row_explained(explorer: Locator, page: Page) -> None:
    handshake(explorer)
    expect(explorer.locator(".said")).to_contain_text("the third step of the handshake")
    expect(explorer.locator(".edge.taken")).to_have_attribute(
        "data-edge", "SYN-RECEIVED>ESTABLISHED"
    )
    expect(explorer.locator(".history summary")).to_have_text("what has happened: 5 steps")
    picture(explorer, "states-established")


def test_a_call_that_the_state_does_not_permit_says_why(explorer: Locator) -> None:
    call(explorer, "left", "SEND")
    expect(explorer.locator(".said")).to_contain_text("connection does not exist")
    states(explorer, "CLOSED", "CLOSED")


def test_a_lost_segment_is_sent_again_when_the_timer_runs_out(explorer: Locator) -> None:
    call(explorer, "right", "passive OPEN")
    call(explorer, "left", "active OPEN")
    deliver(explorer, "SYN seq", "drop")
    expect(explorer.locator(".wire")).to_contain_text("nothing is in flight")
    explorer.get_by_role("button", name="wait").click()
    expect(explorer.locator(".said")).to_contain_text("timer runs out: retransmission")
    deliver(explorer, "SYN seq")
    states(explorer, "SYN-SENT", "SYN-RECEIVED")


def test_a_question_comes_before_the_answer(explorer: Locator, page: Page) -> None:
    explorer.get_by_label("ask me first").check()
    call(explorer, "right", "passive OPEN")
    question = explorer.locator(".question")
    expect(question).to_contain_text("right is in CLOSED; passive OPEN. Which state is next?")
    expect(explorer.locator(".end.right .state b")).to_have_text("CLOSED")
    picture(explorer, "states-question")
    question.get_by_role("button", name="SYN-SENT").click()
    expect(explorer.locator(".said")).to_contain_text("✘ Not so: you said 'SYN-SENT'")
    states(explorer, "CLOSED", "LISTEN")
    call(explorer, "left", "active OPEN")
    question.get_by_role("button", name="SYN-SENT").click()
    expect(explorer.locator(".said")).to_contain_text("✔ Right.")


def test_a_step_is_taken_back(explorer: Locator) -> None:
    handshake(explorer)
    explorer.get_by_role("button", name="take the last step back").click()
    states(explorer, "ESTABLISHED", "SYN-RECEIVED")
    expect(explorer.locator(".flight")).to_have_count(1)


def test_the_keyboard_alone_opens_and_python_sees_it(explorer: Locator, page: Page) -> None:
    explorer.locator(".end.right").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    states(explorer, "CLOSED", "LISTEN")
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "StateExplorer(left: CLOSED, right: LISTEN)\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(explorer: Locator, page: Page, name: str) -> None:
    theme(page, name)
    page.wait_for_timeout(1500)
    handshake(explorer)
    call(explorer, "left", "CLOSE")
    call(explorer, "right", "SEND")
    explorer.scroll_into_view_if_needed()
    picture(explorer, f"states-{name.lower()}")
    found = Axe().run(page, context=".netlab-state-explorer").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
