"""NetworkSimulator in a real JupyterLab: each control is worked once, and the result read."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = "import netlab\nsimulator = netlab.NetworkSimulator(seconds=8)\nsimulator"


@pytest.fixture(scope="module")
def simulator(jupyter: Lab, page: Page) -> Locator:
    jupyter.open_cells(page, "simulator.ipynb", CELL, "print(simulator)")
    run_all(page)
    widget = page.locator(".netlab-simulator").first
    expect(widget.locator(".said")).to_contain_text("In 8 seconds")
    return widget


def run(simulator: Locator) -> str:
    """Press Run, wait for the result and read it."""
    button = simulator.get_by_role("button", name="run the transfer")
    button.click()
    expect(button).to_be_enabled(timeout=30_000)
    expect(simulator.locator("progress")).to_be_hidden()
    expect(simulator.locator(".changed")).to_be_hidden()
    return simulator.locator(".said").inner_text()


def share(said: str) -> int:
    """Per cent of what the cable can carry."""
    found = re.search(r"(\d+) % of what", said)
    assert found
    return int(found[1])


def test_it_has_run_before_anybody_presses_a_button(simulator: Locator, page: Page) -> None:
    assert share(simulator.locator(".said").inner_text()) > 80
    expect(simulator.locator("img.chart")).to_have_attribute("alt", re.compile("cwnd goes from 10"))
    expect(page.locator(".netlab-ladder .arrow")).to_have_count(63)


@pytest.mark.parametrize(
    ("label", "keys", "says"),
    [
        ("packets lost by chance", ["ArrowRight"] * 20, "2 %"),
        ("delay, one way", ["PageUp"], "ms"),
        ("bandwidth", ["Home"], "0.2 Mbit/s"),
        ("room in the queue", ["Home"], "1 packets"),
        ("receive window", ["Home"], "2 kB"),
    ],
)
def test_each_slider_by_keyboard(
    simulator: Locator, page: Page, label: str, keys: list[str], says: str
) -> None:
    slider = simulator.get_by_label(label)
    before, was = simulator.locator(".said").inner_text(), slider.input_value()
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(re.escape(says)))
    expect(simulator.locator(".changed")).to_be_visible()
    assert run(simulator) != before
    slider.evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', {bubbles: true})); }",
        was,
    )
    run(simulator)


def test_losses_depend_on_the_seed(simulator: Locator, page: Page) -> None:
    simulator.get_by_label("packets lost by chance").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    first = run(simulator)
    assert " 0 lost on the way" not in first
    simulator.get_by_label("seed").fill("7")
    simulator.get_by_label("seed").press("Tab")
    other = run(simulator)
    assert other != first
    simulator.get_by_label("seed").fill("1")
    simulator.get_by_label("seed").press("Tab")
    assert run(simulator) == first


def test_congestion_control_is_chosen(simulator: Locator, page: Page) -> None:
    simulator.get_by_label("packets lost by chance").focus()
    page.keyboard.press("Home")
    shares = {}
    for name in ("none", "Reno", "NewReno", "CUBIC"):
        simulator.get_by_label("congestion control").select_option(label=name)
        shares[name] = share(run(simulator))
    assert shares["none"] < min(shares["Reno"], shares["NewReno"], shares["CUBIC"])
    picture(page, "simulator-cubic")


def test_the_ladder_goes_from_loss_to_loss(simulator: Locator, page: Page) -> None:
    start = simulator.get_by_role("button", name="go to the start")
    start.click()
    lost = page.locator(".netlab-ladder .arrow", has_text="queue was full")
    expect(lost).to_have_count(0)
    simulator.get_by_role("button", name="go to the next packet that was lost").click()
    expect(lost).not_to_have_count(0)
    lost.first.click()
    expect(page.locator(".netlab-explorer").last).to_contain_text("TCP")
    page.locator(".netlab-ladder-box").last.scroll_into_view_if_needed()
    picture(page, "simulator-ladder")
    start.click()


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(simulator: Locator, page: Page, name: str) -> None:
    theme(page, name)
    page.wait_for_timeout(1500)
    simulator.scroll_into_view_if_needed()
    picture(page, f"simulator-{name.lower()}")
    found = Axe().run(page, context=".netlab-simulator").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
