"""The table of a header, a hex dump and a long picture in JupyterLab, and on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")

CELLS = (
    "import netlab\npackets = list(netlab.read(netlab.recording('http.pcap')))\n"
    "packets[3][netlab.TCP].explain()",
    "netlab.hexdump(packets[5])",
    "netlab.hexdump(packets[5][netlab.IPv4])",
    "line = b'GET / HTTP/1.1\\r\\nCookie: ' + b'x' * 1460 + b'\\r\\n\\r\\n'\n"
    "netlab.dissect(line, netlab.HTTP)[netlab.HTTP].picture()",
    "packets[5].explain()",
)


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "words.ipynb", *CELLS)
    run_all(page)
    expect(page.locator(".netlab-explain").last).to_be_attached(timeout=20_000)
    return page


def test_a_field_is_read_in_its_row(opened: Page) -> None:
    header = opened.get_by_role("rowheader", name="window", exact=True)
    row = opened.locator(".netlab-explain").first.locator("tr", has=header)
    cells = row.get_by_role("cell").all_inner_texts()
    assert cells[:2] == ["112–127", "65160"]
    link = row.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(r"rfc9293#section-3\.1$"))


def test_a_byte_says_which_field_it_is(opened: Page) -> None:
    dump = opened.locator(".netlab-hexdump").first
    expect(dump.get_by_role("listitem")).to_have_text(["Ethernet", "IPv4", "TCP", "HTTP"])
    expect(dump.locator("pre span").nth(22)).to_have_attribute("title", "IPv4.ttl: 64")
    colours = [dump.locator("pre span").nth(byte) for byte in (0, 14, 34, 66)]
    shown = {one.evaluate("one => getComputedStyle(one).backgroundColor") for one in colours}
    assert len(shown) == 4


def test_a_long_tail_is_broken_in_the_picture(opened: Page) -> None:
    box = opened.locator(".jp-RenderedSVG").locator("img, svg").first.bounding_box()
    assert box is not None
    assert box["height"] < 600


def test_no_style_of_the_page_gets_in_between(opened: Page) -> None:
    """JupyterLab would align cells to the right, stripe rows and wrap lines."""
    opened.set_viewport_size({"width": 800, "height": 1400})
    cell = opened.locator(".netlab-explain td").first
    assert cell.evaluate("one => getComputedStyle(one).textAlign") == "left"
    row = opened.locator(".netlab-explain tbody tr").nth(1)
    assert row.evaluate("one => getComputedStyle(one).backgroundColor") == "rgba(0, 0, 0, 0)"
    lines = opened.locator(".netlab-hexdump pre").first
    high = lines.evaluate("one => one.getBoundingClientRect().height")
    assert high == pytest.approx(9 * 19.5, abs=2)  # 142 bytes


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(opened: Page, name: str) -> None:
    theme(opened, name)
    opened.set_viewport_size({"width": 1440, "height": 1400})
    opened.locator(".netlab-explain").first.scroll_into_view_if_needed()
    opened.wait_for_timeout(2500)  # JupyterLab covers itself while it changes the theme
    picture(opened, f"words-{name.lower()}")
    for place in (".netlab-explain", ".netlab-hexdump"):
        found = Axe().run(opened, context=place).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    opened.set_viewport_size({"width": 800, "height": 1400})
    opened.locator(".netlab-hexdump").first.scroll_into_view_if_needed()
    picture(opened, f"words-{name.lower()}-narrow")


def test_on_paper_it_is_light(opened: Page) -> None:
    theme(opened, "Dark")
    opened.emulate_media(media="print")
    paper = "getComputedStyle(document.querySelector('.netlab-explain')).backgroundColor"
    assert opened.evaluate(paper) == "rgb(255, 255, 255)"
    opened.emulate_media(media="screen")
    assert opened.evaluate(paper) != "rgb(255, 255, 255)"
