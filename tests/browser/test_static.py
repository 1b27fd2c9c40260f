"""A static copy of each lesson, as nbconvert makes it: all is seen, and no kernel runs."""

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium")

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

EMPTY = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
    .filter(one => !one.innerText.trim() && !one.querySelector("img, svg"))
    .map(one => one.closest(".jp-Cell").innerText.slice(0, 200))"""

BROKEN = """async () => {
    const images = [...document.images]
    await Promise.allSettled(images.map(one => one.decode()))
    return images.filter(one => !one.naturalWidth || !one.clientWidth).map(one => one.alt)
}"""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_static_copy_shows_every_picture(page: Page, tmp_path: Path, lesson: Path) -> None:
    html = pytest.importorskip("nbconvert").HTMLExporter()
    notebook = nbformat.read(lesson, as_version=4)
    copy = tmp_path / f"{lesson.stem}.html"
    copy.write_text(html.from_notebook_node(notebook)[0], "utf-8")
    page.route("http*://**", lambda route: route.abort())  # offline, as it may be read
    page.goto(copy.as_uri())
    shown = sum(len(cell.get("outputs", ())) for cell in notebook.cells)
    assert page.locator(".jp-OutputArea-output").count() == shown > 0
    assert page.evaluate(EMPTY) == []
    assert page.evaluate(BROKEN) == []
    assert page.locator("[data-mime-type*='widget-view']").count() == 0
