"""The frame: nothing shifts, links land, the console is silent, tables whole, paper is white."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.book.visits import AT, EACH_ARRIVAL, EACH_WIDTH, SHIFTS, WIDTHS, Arrivals, Visits, opened

pytestmark = pytest.mark.browser


@EACH_WIDTH
def test_nothing_shifts_and_nothing_fails(visits: Visits, width: int) -> None:
    complaints = []
    for seen in visits(width):
        complaints += [f"{seen.name}: the console says {text}" for text in seen.errors]
        if sum(value for value, _ in seen.shifts) > 0.05:
            complaints.append(f"{seen.name} at {width} px shifts: {seen.shifts}")
    assert not complaints, "\n".join(complaints)


@EACH_WIDTH
def test_a_page_asks_at_once_for_the_fonts_of_its_text(
    visits: Visits, built_book: Path, width: int
) -> None:
    """One that is found out later can come within the first moments, and then it moves words."""
    late = {}
    for seen in visits(width):
        text = (built_book / seen.name).read_text(encoding="utf-8")
        early = re.findall(r'rel="preload" as="font" [^>]*href="([^"]+)"', text)
        used = [url for url in seen.asked if "-latin-wght-" in url]
        if found := [url for url in used if not url.endswith(tuple(early))]:
            late[seen.name] = found
    assert late == {}


def test_a_shift_and_an_error_would_be_seen(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(SHIFTS)
    errors: list[str] = []
    context.on("console", lambda m: m.type == "error" and errors.append(m.text))
    page = opened(context, site + "notation.html")
    page.evaluate("document.querySelector('article').style.paddingTop = '400px'")
    page.evaluate("console.error('loud')")
    page.wait_for_function("window.shifts.length > 0")
    assert sum(value for value, _ in page.evaluate("window.shifts")) > 0.05
    assert errors == ["loud"]
    context.close()


@pytest.mark.gate
@EACH_ARRIVAL
def test_a_link_to_a_place_lands_there(arrivals: Arrivals, name: str, width: int) -> None:
    seen = arrivals(name, width)
    assert seen.place or name == "search.html"
    if seen.place and seen.landed["left"] > 1 and seen.landed["top"] != 0:  # not at an end
        assert abs(seen.landed["off"]) <= 20, (
            f"{name}#{seen.place}: {seen.landed['off']:.0f} px off"
        )


@AT[375]
def test_numbers_keep_their_columns_on_a_telephone_and_words_scroll_in_a_box(
    visits: Visits,
) -> None:
    scrolling = 0
    for seen in visits(375):
        for table in seen.tables:
            if table["wide"]:
                scrolling += 1
                words = table["words"]
                assert table["numbers"] == 0, f"{seen.name}: columns of {words!r} are not seen"
                assert table["reached"], f"{seen.name}: {words!r} is not reached by keyboard"
                assert table["edge"] >= 1, f"{seen.name}: {words!r} shows no edge"
    assert scrolling, "no table is wide: is this test still about something?"


def luminance(colour: str) -> float:
    """Return the relative luminance of rgb(…), as WCAG 2 defines it."""
    parts = [float(p) / 255 for p in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_from_the_dark_one_prints_on_white(browser: Browser, site: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = opened(context, site + "forget-gate.html")
    colour = "(e) => getComputedStyle(e).color"
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = false })")
    on_screen = page.locator("article h2").first.evaluate(colour)
    assert luminance(on_screen) > 0.5
    page.emulate_media(media="print")
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    for what in ("article p", "article div.highlight pre", "article div.highlight pre span[class]"):
        pale = {
            shown
            for shown in page.eval_on_selector_all(
                what, "(all) => all.map((e) => getComputedStyle(e).color)"
            )
            if 1.05 / (luminance(shown) + 0.05) < 4.5
        }
        assert not pale, f"{what} is {pale} on white paper"
    assert page.evaluate("document.querySelectorAll('article details:not([open])').length") == 0
    for what in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        assert page.locator(f"{what}:visible").count() == 0, f"{what} is printed"
    for what in (".prev-next-area", "#pst-back-to-top", ".headerlink", ".copybtn"):
        assert page.locator(f"{what}:visible").count() == 0, f"{what} is printed"
    page.emulate_media(media="screen")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate("document.querySelectorAll('article details[open]').length") == 0
    assert page.locator("article h2").first.evaluate(colour) == on_screen
    context.close()


def test_every_icon_is_drawn(browser: Browser, site: str) -> None:
    """An icon that look/icons.css does not know would be an empty square."""
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(site + "notation.html")
        icons = page.eval_on_selector_all(
            ".fa-solid, .fas, .fa-brands, .fa-regular",
            "(all) => all.map((e) => [e.className, getComputedStyle(e).maskImage])",
        )
        page.close()
        assert len(icons) > 5
        assert not [name for name, drawn in icons if not drawn.startswith('url("data:image/svg')]
