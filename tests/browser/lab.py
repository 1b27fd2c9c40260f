"""What people do in JupyterLab: open a notebook, run it, change the theme."""

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).parent / "screenshots"


QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""Chromium without calls home."""


class Lab:
    """A running JupyterLab: where it is and the folder that it shows."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self.url, self.token, self.folder = url, token, folder

    def open(self, page: Page, path: str) -> None:
        """Show a notebook, alone, and wait for its kernel."""
        page.goto(f"{self.url}/doc/tree/{path}?token={self.token}&reset")
        expect(page.locator(".jp-Notebook")).to_be_visible(timeout=60_000)
        # The notebook's own indicator says idle before there is a kernel; the status bar does not.
        ready = page.locator("#jp-main-statusbar", has_text=re.compile(r"\(ipykernel\) \| Idle"))
        expect(ready).to_be_attached(timeout=60_000)

    def open_cells(self, page: Page, name: str, *cells: str) -> None:
        """Show a new notebook with these code cells."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, self.folder / name)
        self.open(page, name)


def run_all(page: Page, seconds: float = 60) -> None:
    """Run all cells from the menu, as a learner would, and wait until the last one is done."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    last = page.locator(".jp-CodeCell").last
    last.scroll_into_view_if_needed()
    done = re.compile(r"\[\d+\]:")
    expect(last.locator(".jp-InputArea-prompt")).to_have_text(done, timeout=seconds * 1000)
    page.wait_for_timeout(300)


FAILED = ", ".join(
    f".jp-RenderedText[data-mime-type='application/vnd.jupyter.{kind}']"
    for kind in ("stderr", "error")
)


def errors(page: Page) -> list[str]:
    """What cells printed as errors."""
    return page.locator(FAILED).all_inner_texts()


def theme(page: Page, name: str) -> None:
    """Change to JupyterLab's theme "Light" or "Dark" from the menu."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text(f"JupyterLab {name}", exact=True).click()
    light = "true" if name == "Light" else "false"
    expect(page.locator(f"body[data-jp-theme-light='{light}']")).to_be_attached()


def picture(page: Page | Locator, name: str) -> None:
    """Keep a screenshot for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
