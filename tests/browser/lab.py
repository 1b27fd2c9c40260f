"""What people do in JupyterLab: open a notebook, run it, change the theme."""

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Error, Locator, Page, expect

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


TOUCHED = (
    "input[type=radio]:enabled", ".bytes .byte[aria-label]:visible", ".arrow:visible",
    "[role=option]:visible", "[role=row][tabindex]:visible",
    "button:visible:enabled:not([aria-label^='reset']):not([aria-label*='start again'])",
    "input[type=range]:visible:enabled", "input[type=checkbox]:visible:enabled", "select:visible",
)  # fmt: skip
"""What a learner clicks in a widget, the likeliest first: the last of the first kind there is."""


def operate(widget: Locator) -> None:
    """Click the widget once, where one does, and see that it shows something else after."""
    widget.scroll_into_view_if_needed()
    expect(widget).not_to_be_empty()
    page, before = widget.page, widget.evaluate(STATE)
    kind = next((kind for kind in TOUCHED if widget.locator(kind).count()), None)
    assert kind, f"there is nothing to click in {widget.evaluate('e => e.className')}"
    for target in reversed(widget.locator(kind).all()[-4:]):  # one may be chosen already
        if "radio" in kind:
            target.check()
            widget.get_by_role("button").and_(widget.locator(":enabled")).first.click()
        elif "range" in kind:
            target.press("ArrowRight")
        elif "select" in kind:
            target.press("ArrowDown")
        elif "arrow" in kind:  # others may cross it
            target.dispatch_event("click")
        else:
            target.click()
        for _ in range(30):
            page.wait_for_timeout(100)
            if widget.evaluate(STATE) != before:
                return
    raise AssertionError(f"a click changes nothing in {widget.evaluate('e => e.className')}")


STATE = """widget => widget.outerHTML + JSON.stringify(
    [...widget.querySelectorAll("input, select")].map(one => [one.checked, one.value]))"""
"""All that a widget shows, with what is ticked, moved and typed."""


WIDGETS = (
    ".netlab-widget, .jp-OutputArea-output > .jupyter-widgets"
    ":has(button, input, select):not(:has(.netlab-widget))"
)
"""The kit's own widgets, and whatever is put together from those of ipywidgets alone."""


MARK = """selector => {
    const there = [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())
    there.forEach((one, number) => (one.dataset.met = number))
    return there.length
}"""
"""Give each widget that is seen a number, and say how many there are."""


BROKEN = """async () => {
    const images = [...document.querySelectorAll(".jp-Notebook img")]
        .filter(one => one.checkVisibility())
    await Promise.allSettled(images.map(one => one.decode()))
    return images.filter(one => !one.naturalWidth).map(one => one.alt)
}"""
"""What the pictures are called that should be seen and are not."""


def work_through(jupyter: Lab, page: Page, path: str, seconds: float = 180) -> None:
    """Go through a notebook as a learner does, and keep screenshots in both themes.

    All cells run without an error, every picture is shown, each widget answers a click.
    """
    name = Path(path).stem
    jupyter.open(page, path)
    run_all(page, seconds)
    assert errors(page) == []
    # A click may open another widget: those that were there first keep their numbers.
    for number in range(page.evaluate(MARK, WIDGETS)):
        widget = page.locator(f"[data-met='{number}']")
        if widget.count():  # or else a click on another one has drawn it anew
            try:
                operate(widget)
            except Error:
                if widget.count():
                    raise
    assert errors(page) == []
    assert page.evaluate(BROKEN) == []
    for shown in ("Light", "Dark"):
        theme(page, shown)
        page.wait_for_timeout(2500)  # JupyterLab covers itself while it changes the theme
        pictures(page, f"lesson-{name}-{shown.lower()}")
    theme(page, "Light")


def pictures(page: Page, name: str) -> None:
    """Keep screenshots of the whole notebook, a screen each, from its top to its end."""
    notebook = page.locator(".jp-WindowedPanel-outer").first
    notebook.evaluate("panel => panel.scrollTo(0, 0)")
    for number in range(60):
        page.wait_for_timeout(300)  # JupyterLab draws what is scrolled into view a moment later
        picture(page, f"{name}-{number:02}")
        at_end = notebook.evaluate(
            "panel => { const from = panel.scrollTop; panel.scrollBy(0, panel.clientHeight - 60);"
            " return panel.scrollTop === from }"
        )
        if at_end:
            return
    raise AssertionError(f"{name} does not come to an end")
