"""ChecksumStepper in a real JupyterLab: stepping, playing, and forgetting the carry."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
rfc = netlab.ChecksumStepper(bytes.fromhex("0001f203f4f5f6f7"))
rfc
"""
SEGMENT = """
packet = list(netlab.read(netlab.recording("http.pcap")))[5]
segment = netlab.ChecksumStepper(packet[netlab.TCP])
segment
"""
READ = "print(hex(rfc.sum), rfc.step, rfc.carry, segment.verify)"


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "checksum.ipynb", CELL, SEGMENT, READ)
    run_all(page)
    expect(page.locator(".netlab-checksum").nth(1)).to_be_visible(timeout=20_000)
    return page


@pytest.fixture
def rfc(opened: Page) -> Locator:
    """The widget with RFC 1071's example, at its beginning."""
    widget = opened.locator(".netlab-checksum").first
    for box in widget.get_by_role("checkbox").all():
        box.uncheck()
    widget.get_by_role("button", name="back one step").scroll_into_view_if_needed()
    if widget.get_by_role("button", name="first step").is_enabled():
        widget.get_by_role("button", name="first step").click()
    expect(widget.locator(".where")).to_have_text("0 of 4 words added")
    return widget


def test_stepping_shows_the_carry_and_folds_it(rfc: Locator) -> None:
    """RFC 1071 section 3: 0001 + f203 = f204, and with f4f5 it is 1 e6f9, folded e6fa."""
    forward = rfc.get_by_role("button", name="next step")
    for _ in range(2):
        forward.click()
    expect(rfc.locator(".sum > .after .digits")).to_have_text("f204")
    expect(rfc.locator(".carried")).to_have_count(0)
    forward.click()
    expect(rfc.locator(".over .digits")).to_have_text("e6f9")
    expect(rfc.locator(".over .bit")).to_have_text("1")
    expect(rfc.locator(".carried")).to_contain_text("the carry is added back in")
    expect(rfc.locator(".sum > .after .digits")).to_have_text("e6fa")
    rfc.get_by_role("button", name="back one step").click()
    expect(rfc.locator(".sum > .after .digits")).to_have_text("f204")


def test_the_complement_is_the_checksum_and_without_carry_it_is_wrong(rfc: Locator) -> None:
    rfc.get_by_role("button", name="last step").click()
    expect(rfc.locator(".verdict")).to_contain_text("✔ The checksum is 0x220d.")
    expect(rfc.get_by_role("button", name="next step")).to_be_disabled()
    rfc.get_by_label("without the carry").check()
    expect(rfc.locator(".verdict")).to_have_text(
        "✘ 0x220f is wrong: 2 carries were lost. It should be 0x220d."
    )
    rfc.get_by_role("button", name="back one step").click()
    expect(rfc.locator(".carried")).to_contain_text("is lost")
    expect(rfc.locator(".sum > .after .digits")).to_have_text("ddf0")


def test_playing_runs_to_the_end_and_can_be_stopped(rfc: Locator, opened: Page) -> None:
    rfc.get_by_role("button", name="play").click()
    expect(rfc.locator(".where")).to_have_text("2 of 4 words added", timeout=5000)
    rfc.get_by_role("button", name="pause").click()
    opened.wait_for_timeout(1200)
    expect(rfc.locator(".where")).to_have_text("2 of 4 words added")
    rfc.get_by_role("button", name="play").click()
    expect(rfc.locator(".where")).to_have_text("the complement", timeout=8000)


def test_words_are_reached_by_click_and_by_keyboard(rfc: Locator, opened: Page) -> None:
    rfc.get_by_role("option").nth(3).click()
    expect(rfc.locator(".sum > .after .digits")).to_have_text("ddf2")
    opened.keyboard.press("ArrowUp")
    expect(rfc.locator("h4")).to_contain_text("Word 3")
    opened.keyboard.press("Home")
    expect(rfc.locator(".where")).to_have_text("1 of 4 words added")
    assert opened.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
        "word 1: 0001"
    )
    rfc.get_by_role("slider").focus()
    opened.keyboard.press("End")
    expect(rfc.locator(".where")).to_have_text("the complement")


def test_a_segment_shows_its_pseudo_header_and_verifies(opened: Page) -> None:
    segment = opened.locator(".netlab-checksum").nth(1)
    pseudo = segment.get_by_role("group", name="pseudo-header")
    assert pseudo.get_by_role("option").count() == 6
    expect(pseudo.get_by_role("option").nth(4)).to_contain_text("protocol 6")
    header = segment.get_by_role("group", name="TCP header")
    expect(header.get_by_role("option").nth(1)).to_contain_text("dst_port 80")
    segment.get_by_label("verify").check()
    expect(header.get_by_role("option").nth(8)).to_contain_text("checksum 0x862d")
    segment.get_by_role("button", name="last step").click()
    expect(segment.locator(".verdict")).to_contain_text("✔ 0xffff, all ones")


def test_python_sees_the_step(rfc: Locator, opened: Page) -> None:
    rfc.get_by_role("option").nth(2).click()
    expect(rfc.locator(".where")).to_have_text("3 of 4 words added")
    opened.locator(".jp-CodeCell").last.locator(".cm-content").click()
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "0xe6fa 3 True True\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(opened: Page, name: str) -> None:
    theme(opened, name)
    opened.set_viewport_size({"width": 1440, "height": 1100})
    first, second = opened.locator(".netlab-checksum").all()
    first.get_by_role("option").nth(2).click()
    second.get_by_label("without the carry").set_checked(name == "Dark")
    second.get_by_role("slider").press("End")
    expect(second.locator(".verdict")).to_be_visible()
    picture(opened, f"checksum-{name.lower()}")
    found = Axe().run(opened, context=".netlab-checksum").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    opened.set_viewport_size({"width": 800, "height": 1300})
    picture(opened, f"checksum-{name.lower()}-narrow")
