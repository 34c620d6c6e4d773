"""A page without JavaScript, and on paper: the picture of each live figure, and its words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lstm_ref import figures
from tests.book.visits import AT, HTML, PAGES, WIDTHS, Visits

pytestmark = pytest.mark.browser

_FIGURE = re.compile(r'<figure class="live-figure" id="([^"]+)" data-figure="(\w+)"')
#: Every live figure of the built book: page, id, name.
PLACES = [
    (page, place, name)
    for page in PAGES
    for place, name in _FIGURE.findall((HTML / page).read_text(encoding="utf-8"))
]
every_place = pytest.mark.parametrize(("chapter", "place", "name"), PLACES)


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


def test_every_figure_has_a_chapter(built_book: Path) -> None:
    assert {name for _, _, name in PLACES} == set(figures.names())


@every_place
def test_without_script_picture_and_words_are_there(
    without_script: Page, site: str, chapter: str, place: str, name: str
) -> None:
    without_script.goto(site + chapter)
    box = without_script.locator(f"#{place}")
    assert box.locator("svg:visible").count() == 1
    shown = box.locator("svg:visible").bounding_box()
    assert shown is not None
    assert shown["width"] > 300
    assert shown["height"] > 150
    words = box.locator("svg:visible > desc").text_content() or ""
    assert len(words) > 80
    assert box.locator(".lstm-sentence").is_visible()
    assert box.locator("figcaption").is_visible()
    assert box.locator("button:visible, input:visible").count() == 0


@every_place
def test_with_script_the_live_figure_takes_the_picture_s_place(
    browser: Browser, site: str, chapter: str, place: str, name: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + chapter)
    box = page.locator(f"#{place}.is-live")
    box.wait_for()
    assert box.locator("svg:visible").count() == 1
    assert box.locator("input:visible").count() > 0
    page.emulate_media(media="print")
    assert box.locator("svg:visible").count() == 1
    assert box.locator(".lstm-bar").is_hidden()
    page.close()


@every_place
@pytest.mark.gate
def test_opened_from_disk_the_figure_is_live_too(
    browser: Browser, built_book: Path, chapter: str, place: str, name: str
) -> None:
    page = browser.new_page()
    page.goto((built_book / chapter).as_uri())
    page.locator(f"#{place}.is-live").wait_for()
    page.close()


@every_place
@pytest.mark.gate
@pytest.mark.parametrize("width", WIDTHS)
def test_a_deep_link_below_a_figure_lands_where_it_points(
    browser: Browser, site: str, chapter: str, place: str, name: str, width: int
) -> None:
    """The height is reserved: a figure that becomes live moves nothing."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.route("**/figures/*.js*", lambda route: route.abort())
    page.goto(site + chapter)
    page.evaluate("document.fonts.ready.then(() => 0)")
    height = "id => document.getElementById(id).getBoundingClientRect().height"
    waiting = page.evaluate(height, place)
    page.unroute("**/figures/*.js*")
    page.reload()
    page.locator(f"#{place}.is-live").wait_for()
    page.evaluate("document.fonts.ready.then(() => 0)")
    assert page.evaluate(height, place) == pytest.approx(waiting, abs=2)
    page.close()


@AT[375]
def test_a_page_loads_one_kit_and_its_own_figures_alone(visits: Visits) -> None:
    for seen in visits(375):
        scripts = [url.rsplit("/", 1)[-1].split("?")[0] for url in seen.asked if "/figures/" in url]
        own = {f"{name}.js" for page, _, name in PLACES if page == seen.name}
        assert sorted(scripts) == sorted({"kit.js", "kit.css"} | own if own else set()), seen.name


def test_mathematics_and_code_need_no_script(without_script: Page, site: str) -> None:
    without_script.goto(site + "notation.html")
    assert without_script.locator(".katex-html:visible").count() > 20
    assert without_script.locator(".katex-error").count() == 0
    without_script.goto(site + "forget-gate.html")
    code = without_script.get_by_text("def forget_gate").first
    assert not code.is_visible()  # folded: write it first
    without_script.locator("#forget-gate-code > summary").click()
    assert code.is_visible()


def test_folded_answers_open_on_paper(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(site + "forget-gate.html")
    closed = "document.querySelectorAll('article details:not([open])').length"
    folded = page.evaluate(closed)
    assert folded > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(closed) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(closed) == folded
    page.close()
