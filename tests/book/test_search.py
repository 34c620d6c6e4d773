"""The search: what it finds first, what its results say, and where the focus goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def results(page: Page, site: str, query: str) -> list[str]:
    page.goto(f"{site}search.html?q={query.replace(' ', '+')}")
    page.wait_for_function(
        "[...document.querySelectorAll('#search-results li')].length > 0 &&"
        " [...document.querySelectorAll('#search-results li')].every((l) =>"
        " l.querySelector('.context'))"
    )
    return page.locator("#search-results li").all_inner_texts()


def test_a_chapter_comes_before_what_mentions_it(page: Page, site: str) -> None:
    found = results(page, site, "forget gate")
    assert found[0].startswith("The forget gate")
    assert len(found) > 1


@pytest.mark.parametrize("query", ["hidden state", "weight", "shape"])
def test_a_formula_stands_once_in_a_result(page: Page, site: str, query: str) -> None:
    found = results(page, site, query)
    assert found
    for text in found:
        # KaTeX writes each formula three times: for screen readers, as TeX, and to be seen.
        assert "_{" not in text, text
        assert "\\" not in text, text


def test_titles_hold_no_formula_twice(
    page: Page, site: str, pages: list[str], built_book: Path
) -> None:
    for name in pages:
        text = (built_book / name).read_text(encoding="utf-8")
        assert "_{" not in text.split("<title>")[1].split("</title>")[0], name
    page.goto(site)
    titles = page.evaluate(
        "fetch('searchindex.js').then((r) => r.text())"
        ".then((t) => JSON.parse(t.slice(t.indexOf('{'), t.lastIndexOf('}') + 1)).alltitles)"
    )
    assert titles
    assert not [title for title in titles if "_{" in title or "\\" in title]


def test_the_typed_word_stands_beside_the_icon(page: Page, site: str) -> None:
    page.goto(site)
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.type === 'search'")
    icon, field = page.evaluate(
        """
        (() => {
          const form = document.querySelector(".search-button__search-container form");
          const field = form.querySelector("input");
          const padding = parseFloat(getComputedStyle(field).paddingLeft);
          return [form.querySelector(".fa-magnifying-glass").getBoundingClientRect().right,
                  field.getBoundingClientRect().left + padding];
        })()
        """
    )
    assert icon < field


@pytest.mark.parametrize("opener", ["article a:not(.headerlink)", ".search-button-field"])
def test_closed_the_focus_is_where_it_was(page: Page, site: str, opener: str) -> None:
    page.goto(site)
    place = page.locator(opener).first
    place.focus()
    if opener.startswith("."):
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.type === 'search'")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('.search-button__wrapper.show')")
    assert place.evaluate("(e) => e === document.activeElement")
