"""The page as a browser shows it: accessible, in any width, and asking nobody for anything."""

from datetime import datetime
from typing import Any

import pytest
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.page import write_page
from playwright.sync_api import Browser, Page

from tests.book.visits import violations
from tests.nbgrader_sandbox import pages
from tests.nbgrader_sandbox.synthetic import ASSIGNMENT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(made_up: Course, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_page(classroom.read(made_up, ASSIGNMENT), path, datetime(2026, 3, 12))
    return path.as_uri()


def opened(browser: Browser, address: str, **context: Any) -> Page:
    page = browser.new_context(reduced_motion="reduce", **context).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_no_violation_no_scrolling_sideways_no_request(
    browser: Browser, address: str, axe: str, theme: Any, width: int
) -> None:
    found = pages.opened(browser, address, theme=theme, width=width)
    page, asked, said = found.page, found.asked, found.said
    assert (asked, said) == ([address], [])
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    complaints = violations(page, axe)
    assert not complaints, "\n\n".join(complaints)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_the_style_sheet_is_let_in(browser: Browser, address: str) -> None:
    page = opened(browser, address, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
    page.context.close()


def test_links_and_folded_tables_work_with_the_keyboard(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Scores"
    page.keyboard.press("Enter")
    page.wait_for_url("**#scores")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#scores details[open]")
    page.context.close()


def test_the_histogram_has_its_name_and_a_bar_for_each_bin(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    chart = page.get_by_role("img", name="How many students have how many points")
    assert chart.count() == 1
    assert 1 <= chart.locator("rect").count() <= 12
    page.context.close()
