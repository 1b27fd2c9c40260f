"""BitField in a real JupyterLab: bits are flipped, and the fields follow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
ip = netlab.IPv4(src="192.0.2.1", dst="192.0.2.2", flags="DF", total_length=60)
bits = netlab.BitField(ip)
bits
"""
PORT = "port = netlab.BitField(80, width=16)\nport"
READ = "print(bits.header.ihl, bits.header.flags.name, bits.field, port.value)"


@pytest.fixture(scope="module")
def opened(jupyter: Lab, page: Page) -> Page:
    jupyter.open_cells(page, "bits.ipynb", CELL, PORT, READ)
    run_all(page)
    expect(page.locator(".netlab-bits").nth(1)).to_be_visible(timeout=20_000)
    return page


@pytest.fixture
def bits(opened: Page) -> Locator:
    """The widget with the header of IPv4, as it was at first."""
    widget = opened.locator(".netlab-bits").first
    widget.get_by_label("big-endian").check()
    if widget.get_by_role("button", name="reset the bits").is_enabled():
        widget.get_by_role("button", name="reset the bits").click()
    expect(line(widget, "version")).to_contain_text("0x4")
    return widget


def line(widget: Locator, name: str) -> Locator:
    return widget.locator("tbody tr", has=widget.page.get_by_role("button", name=name, exact=True))


def test_a_flipped_bit_changes_its_field_alone(bits: Locator) -> None:
    expect(line(bits, "ihl")).to_contain_text("20 bytes")
    bits.get_by_role("button", name="ihl, bit 2 of 4").click()
    expect(line(bits, "ihl")).to_contain_text("28 bytes")
    expect(line(bits, "ihl")).to_contain_text("0111")
    expect(line(bits, "ihl")).to_contain_text("data[0] & 0xf")
    expect(line(bits, "version")).to_contain_text("0x4")
    expect(bits.locator(".head code").first).to_have_text("0x47")
    expect(bits.locator(".detail .title")).to_contain_text("ihl")


def test_flags_are_named_as_they_are_flipped(bits: Locator) -> None:
    expect(line(bits, "flags")).to_contain_text("DF")
    bits.get_by_role("button", name="flags, bit 2 of 3").click()
    bits.get_by_role("button", name="flags, bit 1 of 3").click()
    expect(line(bits, "flags")).to_contain_text("MF")
    expect(line(bits, "flags")).not_to_contain_text("DF")
    steps = bits.locator(".steps code").all_inner_texts()
    assert steps[:3] == ["data[6]", "0010 0000", ">> 5"]
    assert steps[3] == "0000 0001"


def test_the_wrong_byte_order_is_shown_beside_the_right_one(bits: Locator, opened: Page) -> None:
    bits.get_by_label("little-endian").check()
    expect(line(bits, "total_length")).to_contain_text("15360")  # 0x3c00
    expect(line(bits, "total_length")).to_contain_text("✘ not 60")
    expect(line(bits, "total_length")).to_contain_text('int.from_bytes(data[2:4], "little")')
    expect(line(bits, "ttl")).not_to_contain_text("✘")
    expect(line(bits, "src")).to_contain_text("192.0.2.1")
    bits.get_by_label("big-endian").check()
    expect(line(bits, "total_length")).not_to_contain_text("✘")
    port = opened.locator(".netlab-bits").nth(1)
    expect(port.locator(".whole")).to_contain_text("0x0050 = 80")
    port.get_by_label("little-endian").check()
    expect(port.locator(".whole")).to_contain_text("0x5000 = 20480")


def test_keyboard_alone(bits: Locator, opened: Page) -> None:
    bits.get_by_role("button", name="version, bit 0 of 4").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Space"):
        opened.keyboard.press(key)
    expect(line(bits, "version")).to_contain_text("0101")
    opened.keyboard.press("ArrowDown")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert opened.evaluate(focused).startswith("identification, bit 3 of 16")
    expect(bits.locator(".detail .title")).to_contain_text("identification")
    line(bits, "identification").get_by_role("button").focus()
    opened.keyboard.press("ArrowDown")
    expect(bits.locator(".detail .title")).to_contain_text("flags")
    expect(bits.locator(".bit.on")).to_have_count(3)


def test_python_sees_the_bits(bits: Locator, opened: Page) -> None:
    bits.get_by_role("button", name="ihl, bit 0 of 4").click()
    expect(line(bits, "ihl")).to_contain_text("52 bytes")
    opened.locator(".netlab-bits").nth(1).get_by_label("big-endian").check()
    opened.locator(".jp-CodeCell").last.locator(".cm-content").click()
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")).to_have_text(
        "13 DF ihl 80\n"
    )


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(bits: Locator, opened: Page, name: str) -> None:
    theme(opened, name)
    opened.set_viewport_size({"width": 1440, "height": 1400})
    bits.get_by_role("button", name="fragment_offset, bit 12 of 13").click()
    if name == "Dark":
        bits.get_by_label("little-endian").check()
        expect(line(bits, "total_length")).to_contain_text("✘")
    opened.mouse.move(1430, 5)
    picture(opened, f"bits-{name.lower()}")
    found = Axe().run(opened, context=".netlab-bits").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    opened.set_viewport_size({"width": 800, "height": 1400})
    picture(opened, f"bits-{name.lower()}-narrow")
