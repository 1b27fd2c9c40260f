"""PacketExplorer in a real JupyterLab: what is clicked, pointed at or reached by keyboard."""

import pytest
from lab import Lab, picture, run_all, theme
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")

CELL = """
import netlab
explorer = netlab.PacketExplorer("http.pcap", packet=5)
explorer
"""


@pytest.fixture
def explorer(jupyter: Lab, page: Page):
    data = __import__("pathlib").Path(__import__("netlab").__file__).parent / "data" / "http.pcap"
    (jupyter.folder / "http.pcap").write_bytes(data.read_bytes())
    jupyter.open_cells(page, "explorer.ipynb", CELL)
    run_all(page)
    widget = page.locator(".netlab-explorer")
    expect(widget).to_be_visible(timeout=20_000)
    return widget


def test_look(explorer, page):
    picture(page, "explorer-light")
    explorer.locator(".byte").nth(22).click()
    picture(page, "explorer-light-ttl")
    theme(page, "Dark")
    picture(page, "explorer-dark")
    page.set_viewport_size({"width": 800, "height": 1600})
    picture(page, "explorer-dark-narrow")
