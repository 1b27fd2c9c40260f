"""What is particular to the lessons on sockets and HTTP: messages in segments, bodies by type.

That they run and each widget answers is said in test_course.py.
"""

import pytest
from lab import Lab, errors, picture, run_all
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")


def test_a_segment_with_two_chat_messages_and_one_that_is_torn(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/10_sockets.ipynb")
    run_all(page, 120)
    assert errors(page) == []
    explorer = page.locator(".netlab-explorer").last
    explorer.scroll_into_view_if_needed()
    names = explorer.locator("[role=treeitem] > .line .name")
    expect(names.filter(has_text="Chat")).to_have_count(2)
    explorer.locator(".packet-row").nth(2).click()  # the first line is the head
    expect(names.filter(has_text="Chat")).to_have_count(1)
    picture(page, "lesson-10-torn")


def test_a_form_json_and_a_picture_are_shown_as_what_they_are(jupyter: Lab, page: Page) -> None:
    jupyter.open(page, "notebooks/11_http.ipynb")
    run_all(page, 120)
    assert errors(page) == []
    explorer = page.locator(".netlab-http").nth(1)
    explorer.scroll_into_view_if_needed()
    expect(explorer.locator("td").first).to_have_text("Grüße")
    explorer.locator("select").select_option("1")
    expect(explorer.locator("pre")).to_contain_text('"coffee": 2.5')
    explorer.locator("select").select_option("2")
    expect(explorer.locator("img")).to_be_visible()
    picture(page, "lesson-11-picture")


def test_the_smuggled_request_is_a_message_of_its_own(page: Page) -> None:
    explorer = page.locator(".netlab-http").nth(2)
    explorer.scroll_into_view_if_needed()
    expect(explorer.locator(".problems")).to_contain_text("Request smuggling")
    explorer.locator("select").select_option("1")
    expect(explorer.locator(".part").first).to_contain_text("GET /admin")
