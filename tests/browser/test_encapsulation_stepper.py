"""EncapsulationStepper in a real JupyterLab: down to the wire and up again."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
packet = list(netlab.read(netlab.recording("http.pcap")))[5]
journey = netlab.EncapsulationStepper(packet)
journey
"""
PADDED = """
frame = netlab.Ethernet() / netlab.IPv4() / netlab.UDP(dst_port=9) / b"hello"
padded = netlab.EncapsulationStepper(netlab.dissect(bytes(frame).ljust(60, b"\\0")))
padded
"""
READ = "print(journey.step, len(journey.data), journey.overhead)"


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "encapsulation.ipynb", CELL, PADDED, READ)
    run_all(page)
    expect(page.locator(".netlab-encapsulation").nth(1)).to_be_visible(timeout=20_000)
    return page


@pytest.fixture
def journey(opened: Page) -> Locator:
    """The widget with the request, at the sender's application."""
    widget = opened.locator(".netlab-encapsulation").first
    widget.get_by_role("slider").press("Home")
    expect(widget.locator(".where")).to_have_text("sender: the data")
    return widget


def there(widget: Locator) -> list[str]:
    return widget.locator(".part:not(.gone) b").all_inner_texts()


def test_headers_are_put_on_one_by_one(journey: Locator) -> None:
    assert there(journey) == ["HTTP"]
    expect(journey.locator(".size")).to_have_text("76 bytes of data")
    following = journey.get_by_role("button", name="next step")
    seen = []
    for _ in range(3):
        following.click()
        seen.append((there(journey), journey.locator(".size").inner_text()))
    assert seen == [
        (["TCP", "HTTP"], "108 bytes, of them 32 overhead, 29.6 % of all"),
        (["IPv4", "TCP", "HTTP"], "128 bytes, of them 52 overhead, 40.6 % of all"),
        (["Ethernet", "IPv4", "TCP", "HTTP"], "142 bytes, of them 66 overhead, 46.5 % of all"),
    ]
    expect(journey.locator(".where")).to_have_text("on the wire: Ethernet is put on")
    assert journey.locator(".fresh").count() == 14


def test_the_receiver_reads_what_comes_next_and_where_it_ends(journey: Locator) -> None:
    journey.get_by_role("slider").press("End")
    back = journey.get_by_role("button", name="back one step")
    expect(journey.locator(".where")).to_have_text("receiver: TCP is taken off")
    expect(journey.locator(".words")).to_contain_text("dst_port 80 (HTTP)")
    back.click()
    expect(journey.locator(".where")).to_have_text("receiver: IPv4 is taken off")
    words = journey.locator(".words")
    expect(words).to_contain_text("protocol 6 (TCP): which protocol the payload belongs to")
    expect(words).to_contain_text("ihl 5 (20 bytes)")
    expect(words).to_contain_text("total_length 128")
    expect(words).to_contain_text("0xa225 is right")
    assert there(journey) == ["TCP", "HTTP"]
    back.click()
    expect(words).to_contain_text("ethertype 0x0800 (IPv4)")


def test_padding_is_behind_the_payload_and_dropped(opened: Page) -> None:
    padded = opened.locator(".netlab-encapsulation").nth(1)
    expect(padded.locator(".size")).to_have_text("5 bytes of data")
    padded.get_by_role("button", name="trailer 13 bytes").click()
    expect(padded.locator(".where")).to_have_text("on the wire: trailer is put on")
    expect(padded.locator(".size")).to_contain_text("60 bytes, of them 55 overhead")
    padded.get_by_role("button", name="next step").click()
    expect(padded.locator(".where")).to_have_text("receiver: Ethernet is taken off")
    assert "trailer" in there(padded)  # only IPv4's length tells that it is padding
    padded.get_by_role("button", name="next step").click()
    expect(padded.locator(".words")).to_contain_text("and so are the 13 bytes behind its payload")
    expect(padded.locator(".words")).to_contain_text("13 more bytes are there, which are not its")
    assert there(padded) == ["UDP", "data"]


def test_keyboard_and_python(journey: Locator, opened: Page) -> None:
    journey.locator(".part[tabindex='0']").focus()
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("Enter")
    expect(journey.locator(".where")).to_have_text("sender: IPv4 is put on")
    opened.locator(".jp-CodeCell").last.locator(".cm-content").click()
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "2 128 52\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(journey: Locator, opened: Page, name: str) -> None:
    theme(opened, name)
    opened.set_viewport_size({"width": 1440, "height": 1100})
    journey.get_by_role("button", name="IPv4").click()
    opened.locator(".netlab-encapsulation").nth(1).get_by_role("slider").press("End")
    picture(opened, f"encapsulation-{name.lower()}")
    found = Axe().run(opened, context=".netlab-encapsulation").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    opened.set_viewport_size({"width": 800, "height": 1300})
    picture(opened, f"encapsulation-{name.lower()}-narrow")
