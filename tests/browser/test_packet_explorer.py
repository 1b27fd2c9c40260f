"""PacketExplorer in a real JupyterLab: what is clicked, pointed at or reached by keyboard."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

import netlab

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
explorer = netlab.PacketExplorer("http.pcap", packet=5)
explorer
"""


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Locator:
    """The widget on the screen."""
    capture = Path(netlab.__file__).parent / "data" / "http.pcap"
    (jupyter.folder / "http.pcap").write_bytes(capture.read_bytes())
    jupyter.open_cells(page, "explorer.ipynb", CELL, "print(explorer.packet, explorer.field)")
    run_all(page)
    widget = page.locator(".netlab-explorer").first
    expect(widget).to_be_visible(timeout=20_000)
    return widget


@pytest.fixture
def explorer(opened: Locator) -> Locator:
    """The widget, showing the packet with the HTTP request."""
    opened.locator(".packet-row", has_text="GET").click()
    expect(opened.locator(".tree .name", has_text="request_line")).to_be_attached()
    return opened


def marked(explorer: Locator) -> tuple[str, str, list[str]]:
    """What tree, picture and words say is marked."""
    tree = explorer.locator("[role=treeitem][aria-selected=true] > .line .name").inner_text()
    boxes = explorer.locator(".picture .field.on").all()
    box = boxes[0].get_attribute("aria-label") or "" if boxes else ""
    words = explorer.locator(".detail").inner_text().split("\n")
    return tree, box, words


def test_a_click_on_a_byte_names_its_field_everywhere(explorer: Locator, page: Page) -> None:
    picture(page, "explorer-light")
    explorer.locator(".byte").nth(22).click()
    tree, box, words = marked(explorer)
    assert (tree, box) == ("ttl", "ttl, 64")
    assert words[0] == "IPv4 · ttl byte 22"
    assert words[1] == "01000000 = 64"
    assert "RFC 791 section 3.1" in words[2]
    assert explorer.locator(".byte.on").count() == 1
    page.mouse.move(1430, 5)
    picture(explorer, "explorer")  # the README shows it


def test_a_second_click_goes_to_the_other_field_in_a_byte(explorer: Locator) -> None:
    first = explorer.locator(".byte").nth(14)
    first.click()
    assert marked(explorer)[0] == "version"
    first.click()
    tree, box, words = marked(explorer)
    assert (tree, box) == ("ihl", "ihl, 5")
    assert words[0] == "IPv4 · ihl bits 4 to 7 of byte 14"


def test_field_and_box_lead_to_the_bytes(explorer: Locator) -> None:
    explorer.locator(".tree .line", has_text="src_port").click()
    assert explorer.locator(".byte.on").all_inner_texts() == ["dc", "a8"]
    explorer.locator(".picture .field[aria-label^='window']").click()
    assert marked(explorer)[0] == "window"
    assert explorer.locator(".byte.on").count() == 2


def test_pointing_previews(explorer: Locator) -> None:
    explorer.locator(".byte").nth(30).hover()
    assert explorer.locator(".tree .line.near .name").inner_text() == "dst"
    assert explorer.locator(".byte.near").count() == 4


def test_keyboard_alone(explorer: Locator, page: Page) -> None:
    explorer.locator(".byte").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert marked(explorer)[0] == "total_length"  # byte 17
    page.keyboard.press("End")
    assert marked(explorer)[0] == "dst"  # byte 31
    explorer.locator("[role=treeitem][tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    assert marked(explorer)[0] == "src"
    page.keyboard.press("ArrowLeft")
    assert marked(explorer)[0] == "IPv4"
    page.keyboard.press("ArrowLeft")
    assert not explorer.locator(".tree .name", has_text="total_length").is_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert marked(explorer)[0] == "version"
    explorer.locator(".picture .field[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert marked(explorer)[0] == "ihl"
    explorer.locator(".packet-row[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    expect(explorer.locator(".packet-row[aria-selected=true]")).to_contain_text("length=0")
    expect(explorer.locator(".bytes .byte-row")).to_have_count(5)


def test_python_sees_what_was_clicked(explorer: Locator, page: Page) -> None:
    explorer.locator(".packet-row", has_text="who has").click()
    explorer.locator(".tree .line", has_text="sender_ip").click()
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "0 ARP.sender_ip\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(explorer: Locator, page: Page, name: str) -> None:
    theme(page, name)
    explorer.locator(".byte").nth(47).click()
    picture(page, f"explorer-{name.lower()}-options")
    found = Axe().run(page, context=".netlab-explorer").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    page.set_viewport_size({"width": 800, "height": 1500})
    picture(page, f"explorer-{name.lower()}-narrow")


LATENCY = """async () => {
  const root = document.querySelector(".netlab-explorer");
  const times = [];
  for (const place of [22, 30, 40, 60, 80, 14, 100, 36]) {
    const byte = root.querySelectorAll(".byte")[place];
    const begin = performance.now();
    byte.click();
    await new Promise(requestAnimationFrame);
    await new Promise((done) => setTimeout(done));
    if (!byte.classList.contains("on")) throw new Error("not marked");
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}"""


def test_latency_is_printed(explorer: Locator, page: Page, capsys) -> None:
    milliseconds = page.evaluate(LATENCY)
    with capsys.disabled():
        print(f"\nclick to highlighted field: {milliseconds:.0f} ms (median of 8)")


def test_a_problem_leads_to_its_byte(jupyter: Lab, page: Page) -> None:
    short = "import netlab\nframe = netlab.Ethernet() / netlab.IPv4(ihl=3)\n"
    cell = short + "netlab.PacketExplorer(netlab.dissect(bytes(frame)))"
    jupyter.open_cells(page, "problem.ipynb", cell)
    run_all(page)
    explorer = page.locator(".netlab-explorer")
    explorer.locator(".problems button").click()
    assert explorer.locator(".detail .what").inner_text() == "IPv4 · version"
    assert "means 12 bytes of header: too short" in explorer.locator(".problems").inner_text()
