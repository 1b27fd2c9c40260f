"""HttpExplorer in a real JupyterLab: parts and bytes show the same, the body is readable."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import Lab, errors, picture, run_all, theme
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = r"""
import netlab
from netlab.http import exchanges
asked = (b"POST /order HTTP/1.1\r\nHost: shop.example\r\nContent-Type: "
         b"application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\nitem=tea&count=2"
         b"GET /menu HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 0\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
said = (b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nSet-Cookie: a=1\r\n\r\n"
        b'9\r\n{"order":\r\n7;x=1\r\n [1, 2]\r\n1\r\n}\r\n0\r\nX-Sum: 3\r\n\r\n')
explorer = netlab.HttpExplorer(exchanges(asked, said))
explorer
"""

STARTS = ["POST /order", "HTTP/1.1 200 OK", "GET /menu"]


@pytest.fixture(scope="module")
def explorer(jupyter: Lab, page: Page) -> Locator:
    jupyter.open_cells(page, "http_explorer.ipynb", CELL, "print(explorer.part)")
    run_all(page)
    widget = page.locator(".netlab-http")
    expect(widget.locator(".part").first).to_be_visible(timeout=20_000)
    assert errors(page) == []
    return widget


def choose(explorer: Locator, message: int) -> None:
    explorer.locator("select").select_option(str(message))
    expect(explorer.locator(".part").first).to_contain_text(STARTS[message])


def test_a_form_is_a_table(explorer: Locator) -> None:
    choose(explorer, 0)
    expect(explorer.locator("td")).to_have_text(["tea", "2"])
    expect(explorer.locator(".framing")).to_contain_text("ends after 16 bytes: Content-Length")


def test_a_clicked_part_is_marked_in_the_bytes(explorer: Locator) -> None:
    choose(explorer, 1)
    explorer.locator(".part", has_text="7;x=1").click()
    expect(explorer.locator(".byte.on")).to_have_text(["37", "3b", "78", "3d", "31", "0d", "0a"])
    expect(explorer.locator(".says")).to_contain_text("7 in hexadecimal: 7 bytes to come")
    expect(explorer.locator("pre")).to_contain_text('"order"')


def test_a_clicked_byte_marks_its_part(explorer: Locator) -> None:
    choose(explorer, 1)
    explorer.locator(".byte", has_text="6e").first.click()
    expect(explorer.locator(".part[aria-selected=true]")).to_contain_text("Server: nginx")
    expect(explorer.locator(".says")).to_contain_text("the program that answers")


def test_a_problem_names_the_attack_and_shows_the_place(explorer: Locator) -> None:
    choose(explorer, 2)
    expect(explorer.locator(".problems")).to_contain_text("Request smuggling")
    explorer.locator(".problems button").first.click()
    expect(explorer.locator(".part[aria-selected=true]")).to_have_count(1)


def test_keyboard_alone(explorer: Locator, page: Page) -> None:
    choose(explorer, 1)
    explorer.locator(".part[tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(explorer.locator(".part[aria-selected=true]")).to_contain_text("Server")
    page.keyboard.press("End")
    expect(explorer.locator(".says")).to_contain_text("chunk end")


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(explorer: Locator, page: Page, name: str) -> None:
    theme(page, name)
    choose(explorer, 1 if name == "Light" else 2)
    explorer.scroll_into_view_if_needed()
    page.wait_for_timeout(800)
    picture(page, f"http-{name.lower()}")
    found = Axe().run(page, context=".netlab-http").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    page.set_viewport_size({"width": 800, "height": 1100})
    page.wait_for_timeout(500)
    picture(page, f"http-{name.lower()}-narrow")
    page.set_viewport_size({"width": 1440, "height": 1100})
