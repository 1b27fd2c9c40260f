"""SequenceLadder in a real JupyterLab: arrows are clicked and walked, and their packets open."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
ladder = netlab.SequenceLadder(netlab.recording("http.pcap"))
ladder
"""


@pytest.fixture(scope="module")
def ladder(jupyter: Lab, page: Page) -> Locator:
    long = 'netlab.SequenceLadder(netlab.recording("loss.pcap"))'
    jupyter.open_cells(page, "ladder.ipynb", CELL, "print(ladder.chosen, ladder.relative)", long)
    run_all(page)
    widget = page.locator(".netlab-ladder-box").first
    expect(widget.locator(".arrow")).to_have_count(10)
    return widget


def test_a_clicked_arrow_opens_its_packet(ladder: Locator, page: Page) -> None:
    ladder.locator(".arrow", has_text="GET /").click()
    explorer = page.locator(".netlab-explorer").first
    expect(explorer.locator(".tree .name", has_text="request_line")).to_be_attached()
    expect(ladder.locator(".arrow[aria-selected=true]")).to_contain_text("76 bytes")
    page.locator(".jp-CodeCell").first.scroll_into_view_if_needed()
    picture(page, "ladder-light")


def test_the_keyboard_walks_down_the_ladder(ladder: Locator, page: Page) -> None:
    ladder.locator(".arrows").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    chosen = ladder.locator(".arrow[aria-selected=true]")
    expect(chosen).to_have_attribute(
        "aria-label", "192.168.1.20 to 192.168.1.10: SYN ACK seq=0 ack=1"
    )
    explorer = page.locator(".netlab-explorer").first
    expect(explorer.locator(".packet-row[aria-selected=true]")).to_contain_text("SYN ACK")


def test_absolute_numbers_are_a_click_away(ladder: Locator) -> None:
    ladder.get_by_label("count sequence numbers from 0").uncheck()
    expect(ladder.locator(".arrow").first).not_to_contain_text("seq=0")
    ladder.get_by_label("count sequence numbers from 0").check()
    expect(ladder.locator(".arrow").first).to_contain_text("seq=0")


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_the_names_stay_in_sight_and_cover_no_chosen_arrow(
    ladder: Locator, page: Page, name: str
) -> None:
    theme(page, name)
    long = page.locator(".netlab-ladder-box").nth(1)
    box, head = long.locator(".arrows"), long.locator(".arrows > svg").first
    box.focus()
    for key in ("End", "PageUp", "PageUp", "PageUp"):
        page.keyboard.press(key)
    chosen = long.locator(".arrow[aria-selected=true]")
    expect(chosen).to_have_attribute("id", re.compile("-54$"))
    assert box.evaluate("box => box.scrollTop") > 500
    assert _edge(head, "top") == pytest.approx(_edge(box, "top"), abs=1)
    assert _edge(chosen, "top") >= _edge(head, "bottom")
    for host in ("192.168.1.10", "192.168.1.20"):
        expect(head.get_by_text(host, exact=True)).to_be_in_viewport()
    table = page.locator(".netlab-explorer .list").nth(1)
    titles, row = table.locator(".head"), table.locator(".packet-row[aria-selected=true]")
    assert _edge(row, "top") >= _edge(titles, "bottom") - 0.5
    picture(page, f"ladder-long-{name.lower()}")


def _edge(element: Locator, side: str) -> float:
    return float(element.evaluate("(it, side) => it.getBoundingClientRect()[side]", side))


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(ladder: Locator, page: Page, name: str) -> None:
    theme(page, name)
    page.wait_for_timeout(1500)
    picture(page, f"ladder-{name.lower()}")
    found = Axe().run(page, context=".netlab-ladder-box").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
