"""Every page, in light and dark, wide and narrow: no accessibility violation that axe knows."""

import pytest
from playwright.sync_api import Browser

from tests.book.visits import (
    COLOURS,
    EACH_ARRIVAL,
    EACH_WIDTH,
    PAGES,
    WIDTHS,
    Arrivals,
    Visits,
    violations,
)

pytestmark = pytest.mark.browser


@pytest.mark.gate
def test_every_page_is_asked(pages: list[str]) -> None:
    assert pages == PAGES


@pytest.mark.gate
@EACH_ARRIVAL
def test_no_page_has_a_violation(arrivals: Arrivals, name: str, width: int) -> None:
    complaints = [
        f"{theme}: {what}"
        for theme, found in arrivals(name, width).objections.items()
        for what in found
    ]
    assert not complaints, "\n\n" + "\n\n".join(complaints)


def test_a_chapter_has_no_violation(arrivals: Arrivals) -> None:
    """One page in the quick tests; all of them are a gate."""
    assert not any(arrivals("forget-gate.html", 375).objections.values())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_open_search_has_no_violation(
    browser: Browser, site: str, axe: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
    page.goto(site)
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.type === 'search'")
    complaints = violations(page, axe)
    page.close()
    assert not complaints, "\n\n" + "\n\n".join(complaints)


@pytest.mark.parametrize(
    ("rules", "change", "rule"),
    [
        ((), "article.append(document.createElement('button'))", "button-name"),
        (COLOURS, "article.querySelector('p').style.color = '#777a'", "color-contrast"),
    ],
)
def test_axe_would_see_a_violation(
    browser: Browser, site: str, axe: str, rules: tuple[str, ...], change: str, rule: str
) -> None:
    """The check itself can fail."""
    page = browser.new_page()
    page.goto(site)
    page.evaluate(f"const article = document.querySelector('article'); {change}")
    complaints = violations(page, axe, *rules)
    page.close()
    assert any(what.startswith(rule) for what in complaints)


@EACH_WIDTH
def test_no_page_scrolls_sideways(visits: Visits, width: int) -> None:
    for seen in visits(width):
        assert seen.too_wide <= 0, f"{seen.name} is {seen.too_wide} px wider than {width} px"
