"""FragmentationExplorer in a real JupyterLab: cutting, losing, doubling and shuffling."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
ip = netlab.IPv4(src="192.0.2.1", dst="192.0.2.2", identification=7)
packet = netlab.Ethernet() / ip / netlab.UDP(dst_port=9) / bytes(1472)
explorer = netlab.FragmentationExplorer(packet)
explorer
"""
READ = "print(explorer.mtu, explorer.arrivals, explorer.reassembled is None)"


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "fragments.ipynb", CELL, READ)
    run_all(page)
    expect(page.locator(".netlab-fragments")).to_be_visible(timeout=20_000)
    return page


@pytest.fixture
def explorer(opened: Page) -> Locator:
    """The widget with three fragments that arrive in order."""
    widget = opened.locator(".netlab-fragments")
    widget.get_by_label("DF").uncheck()
    widget.get_by_role("button", name="576").click()
    widget.get_by_role("button", name="all arrive in order").click()
    expect(widget.locator("li b")).to_have_text(["fragment 0", "fragment 1", "fragment 2"])
    return widget


def test_the_mtu_decides_how_many_fragments_there_are(explorer: Locator) -> None:
    """By hand: (576 - 20) // 8 * 8 = 552 bytes of payload each, 1480 = 2 * 552 + 376."""
    expect(explorer.locator(".sent")).to_have_text(
        "Sent: 3 fragments, 1540 bytes: 40 more than the packet's 1500"
    )
    expect(explorer.locator("li").nth(1)).to_contain_text("offset 69 × 8 = 552, more follow")
    slider = explorer.get_by_role("slider")
    slider.press("End")
    expect(explorer.locator(".sent")).to_have_text("Sent: 1500 bytes go through whole")
    slider.press("ArrowLeft")
    expect(explorer.locator("li")).to_have_count(2)
    expect(explorer.locator(".verdict")).to_contain_text("✔ Whole with arrival 2")


def test_a_lost_fragment_is_missed_and_delivered_late(explorer: Locator) -> None:
    explorer.get_by_role("button", name="lose: fragment 1").click()
    expect(explorer.locator(".verdict")).to_contain_text("✘ Incomplete")
    expect(explorer.locator(".verdict")).to_contain_text("lacks bytes 552 to 1103")
    explorer.get_by_role("button", name="deliver 1").click()
    expect(explorer.locator(".verdict")).to_have_text(
        "✔ Whole with arrival 3: the 1500 bytes that were sent."
    )
    expect(explorer.locator("li").nth(2)).to_contain_text("out of order")
    expect(explorer.locator("li").nth(2)).to_contain_text("with this one the packet is whole")


def test_doubled_and_shuffled_fragments_are_noticed(explorer: Locator) -> None:
    explorer.get_by_role("button", name="twice: fragment 0").click()
    expect(explorer.locator("li")).to_have_count(4)
    expect(explorer.locator("li").nth(1)).to_contain_text("duplicate")
    explorer.get_by_role("button", name="earlier: fragment 2").click()
    expect(explorer.locator("li b")).to_have_text(
        ["fragment 0", "fragment 0", "fragment 2", "fragment 1"]
    )
    expect(explorer.locator(".verdict")).to_contain_text("✔ Whole with arrival 4")


def test_df_forbids_to_cut(explorer: Locator) -> None:
    explorer.get_by_label("DF").check()
    expect(explorer.locator(".sent")).to_contain_text("next_hop_mtu=576")
    expect(explorer.locator("li")).to_have_count(0)
    explorer.get_by_role("slider").press("End")
    expect(explorer.locator(".sent")).to_have_text("Sent: 1500 bytes go through whole")


def test_keyboard_alone(explorer: Locator, opened: Page) -> None:
    explorer.get_by_role("button", name="earlier: fragment 0").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        opened.keyboard.press(key)
    expect(explorer.locator("li b")).to_have_text(["fragment 0", "fragment 2"])
    focused = "document.activeElement.getAttribute('aria-label')"
    assert opened.evaluate(focused) == "lose: fragment 2, arrival 2"
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter"):
        opened.keyboard.press(key)
    expect(explorer.locator("li b")).to_have_text(["fragment 2", "fragment 0"])
    assert opened.evaluate(focused) == "earlier: fragment 2, arrival 1"


def test_python_sees_what_arrives(explorer: Locator, opened: Page) -> None:
    explorer.get_by_role("button", name="lose: fragment 0").click()
    expect(explorer.locator("li")).to_have_count(2)
    opened.locator(".jp-CodeCell").last.locator(".cm-content").click()
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "576 [1, 2] True\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(explorer: Locator, opened: Page, name: str) -> None:
    theme(opened, name)
    opened.set_viewport_size({"width": 1440, "height": 1000})
    explorer.get_by_role("button", name="twice: fragment 0").click()
    explorer.get_by_role("button", name="later: fragment 1").click()
    if name == "Dark":
        explorer.get_by_role("button", name="lose: fragment 1").click()
        expect(explorer.locator(".verdict")).to_contain_text("✘")
    picture(opened, f"fragments-{name.lower()}")
    found = Axe().run(opened, context=".netlab-fragments").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    opened.set_viewport_size({"width": 800, "height": 1000})
    picture(opened, f"fragments-{name.lower()}-narrow")
