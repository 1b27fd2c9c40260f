"""Every lesson from its first cell to its last, in a real JupyterLab."""

from pathlib import Path

import pytest
from lab import Lab, work_through
from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium")

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_and_each_widget_answers(jupyter: Lab, page: Page, lesson: str) -> None:
    work_through(jupyter, page, f"notebooks/{lesson}")
