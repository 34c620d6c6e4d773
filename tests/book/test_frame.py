"""The frame: nothing shifts, links land, the console is silent, tables whole, paper is white."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

WIDTHS = {1280: 900, 375: 800}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput)
      window.shifts.push([entry.value, entry.sources.map((s) => s.node?.className).join(", ")]);
}).observe({ type: "layout-shift", buffered: true });
"""
#: How far below the place that the page keeps free at its top an element stands, and how far
#: the page could still be scrolled: at its end nothing can land higher.
LANDED = """
(id) => {
  const element = document.getElementById(id);
  const free = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const own = parseFloat(getComputedStyle(element).scrollMarginTop);
  const left = document.documentElement.scrollHeight - innerHeight - scrollY;
  return { off: element.getBoundingClientRect().top - free - own, left, top: scrollY };
}
"""


def opened(context: BrowserContext, address: str) -> Page:
    """Return a page when its fonts are there and its figures have mounted."""
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_shifts_and_nothing_fails(
    browser: Browser, site: str, pages: list[str], width: int
) -> None:
    complaints = []
    for name in pages:
        # A new reader each time: fonts that are in the cache would shift nothing.
        context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
        context.add_init_script(SHIFTS)
        errors: list[str] = []
        context.on("console", lambda m, to=errors: m.type == "error" and to.append(m.text))
        context.on("weberror", lambda e, to=errors: to.append(str(e.error)))
        page = opened(context, site + name)
        shifts: list[list[Any]] = page.evaluate("window.shifts")
        context.close()
        complaints += [f"{name}: the console says {text}" for text in errors]
        if sum(value for value, _ in shifts) > 0.05:
            complaints.append(f"{name} at {width} px shifts: {shifts}")
    assert not complaints, "\n".join(complaints)


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


@pytest.mark.parametrize("width", WIDTHS)
def test_a_link_to_a_place_lands_there(
    browser: Browser, site: str, pages: list[str], width: int
) -> None:
    complaints = []
    for name in pages:
        view = {"width": width, "height": WIDTHS[width]}
        context = browser.new_context(viewport=view)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(site + name)
        ids: list[str] = page.evaluate(
            "[...document.querySelectorAll('article [id]')]"
            ".filter((e) => e.getClientRects().length && e.closest('svg, math') === null)"
            ".map((e) => e.id)"
        )
        context.close()
        # All that grows above a place moves it, so one far down tells most; the last few would
        # stand at the page's end.
        for place in ids[3 * len(ids) // 4 :][:1]:
            context = browser.new_context(viewport=view)  # type: ignore[arg-type]
            page = opened(context, f"{site}{name}#{place}")
            landed = page.evaluate(LANDED, place)
            context.close()
            at_an_end = landed["left"] <= 1 or landed["top"] == 0
            if abs(landed["off"]) > 20 and not at_an_end:
                complaints.append(f"{name}#{place} at {width} px is {landed['off']:.0f} px off")
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def narrow(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    yield context
    context.close()


def test_numbers_keep_their_columns_on_a_telephone_and_words_scroll_in_a_box(
    narrow: BrowserContext, site: str, pages: list[str]
) -> None:
    scrolling = 0
    for name in pages:
        page = opened(narrow, site + name)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.wait_for_timeout(200)
        tables = page.evaluate(
            """
            [...document.querySelectorAll(".pst-scrollable-table-container")].map((box) => ({
              words: box.textContent.trim().slice(0, 60),
              wide: box.scrollWidth > box.clientWidth + 1,
              numbers: box.querySelectorAll("tbody .text-right").length,
              reached: box.tabIndex === 0,
              edge: parseFloat(getComputedStyle(box).borderRightWidth),
            }))
            """
        )
        page.close()
        for table in tables:
            if table["wide"]:
                scrolling += 1
                assert table["numbers"] == 0, f"{name}: columns of {table['words']!r} are not seen"
                assert table["reached"], f"{name}: {table['words']!r} is not reached by keyboard"
                assert table["edge"] >= 1, f"{name}: {table['words']!r} shows no edge"
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
