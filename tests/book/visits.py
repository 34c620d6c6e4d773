"""What a browser sees of every page: each is opened once at each width, and asked for all of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

HTML = Path(__file__).resolve().parents[2] / "_build" / "html"
#: The pages of the built book, for tests of which each asks one.
PAGES = sorted(path.name for path in HTML.glob("*.html"))
WIDTHS = {1280: 900, 375: 800}
#: All tests that ask about the visits of one width are run by one process, which makes them once.
#: The telephone is where pages break first; the wide ones, and what axe says, are gates.
AT = {width: pytest.mark.xdist_group(f"visits-{width}") for width in WIDTHS}
EACH_WIDTH = pytest.mark.parametrize(
    "width",
    [pytest.param(1280, marks=(AT[1280], pytest.mark.gate)), pytest.param(375, marks=AT[375])],
)
#: Every page at every width; what is asked of one of these is asked by one process.
EACH_ARRIVAL = pytest.mark.parametrize(
    ("name", "width"),
    [
        pytest.param(name, width, marks=(pytest.mark.xdist_group(f"{name}-{width}")))
        for width in WIDTHS
        for name in PAGES
    ],
)

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput)
      window.shifts.push([entry.value, entry.sources.map((s) => s.node?.className).join(", ")]);
}).observe({ type: "layout-shift", buffered: true });
"""
_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
#: What links lead to: sections, letters of the index, entries of the references, words.
_PLACE = re.compile(r'<(?:section|h2|dt|div class="citation") (?:[a-z-]+="[^"]*" )*?id="([^"]+)"')
#: How far below the place that the page keeps free at its top an element stands, and how far
#: the page could still be scrolled: at its end nothing can land higher.
_LANDED = """
(id) => {
  const element = document.getElementById(id);
  const free = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const own = parseFloat(getComputedStyle(element).scrollMarginTop);
  const left = document.documentElement.scrollHeight - innerHeight - scrollY;
  return { off: element.getBoundingClientRect().top - free - own, left, top: scrollY };
}
"""
_TABLES = """
[...document.querySelectorAll(".pst-scrollable-table-container")].map((box) => ({
  words: box.textContent.trim().slice(0, 60),
  wide: box.scrollWidth > box.clientWidth + 1,
  numbers: box.querySelectorAll("tbody .text-right").length,
  reached: box.tabIndex === 0,
  edge: parseFloat(getComputedStyle(box).borderRightWidth),
}))
"""


@dataclass
class Visit:
    """One page, as a new reader finds it."""

    name: str
    shifts: list[list[Any]] = field(default_factory=list)  # how far each, and of what
    errors: list[str] = field(default_factory=list)  # what the console says
    asked: list[str] = field(default_factory=list)  # addresses
    failed: list[str] = field(default_factory=list)
    too_wide: float = 0.0  # px, with folds shut or open
    tables: list[dict[str, Any]] = field(default_factory=list)  # with all folds open


#: What was seen of every page at a width.
Visits = Callable[[int], list[Visit]]


@dataclass
class Arrival:
    """One page, as a new reader finds it who follows a link to a place far down in it."""

    place: str  # "" where the page has none
    landed: dict[str, float]  # px: how far off, how much is left below, how far down
    objections: dict[str, list[str]]  # axe's, with all folds open, in the light and in the dark


#: What was seen of a page at a width.
Arrivals = Callable[[str, int], Arrival]


def new_reader(browser: Browser, width: int) -> BrowserContext:
    """Return a context with an empty cache."""
    return browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme="light"
    )


def unfold(page: Page) -> None:
    """Open all folds, and wait for what is only fetched where it comes into sight."""
    page.emulate_media(reduced_motion="reduce")  # so that no colour is caught half-way
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    page.mouse.wheel(0, 20000)
    page.wait_for_timeout(300)


def opened(context: BrowserContext, address: str) -> Page:
    """Return a page when its fonts are there and its figures have mounted."""
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    return page


#: What a theme can change: axe's rules about colours.
COLOURS = ("color-contrast", "link-in-text-block")
#: Rules that axe leaves out where it is not asked for them.
MORE = ("target-size",)


def violations(page: Page, axe: str, *rules: str) -> list[str]:
    """Return what axe objects to, a paragraph each; by its usual rules and MORE, or these alone."""
    page.evaluate(axe)
    # What passes is tens of thousands of nodes: they need neither be described nor come here.
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    else:
        options["rules"] = {rule: {"enabled": True} for rule in MORE}
    found: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run(document, options).then((all) => all.violations)", options
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:200]}\n"
        f"    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def arrive(browser: Browser, site: str, name: str, width: int, axe: str) -> Arrival:
    """Follow a link to a place, and ask axe.

    All that grows above a place moves it, so one far down tells most; the last few would stand at
    the page's end.
    """
    _, _, article = (HTML / name).read_text(encoding="utf-8").partition("<article")
    places = _PLACE.findall(article.partition("</article>")[0])
    place = places[3 * len(places) // 4] if places else ""
    context = new_reader(browser, width)
    page = opened(context, f"{site}{name}#{place}")
    arrival = Arrival(place, page.evaluate(_LANDED, place) if place else {}, {})
    unfold(page)
    # The same elements stand in both: in the dark only their colours are new.
    for theme, rules in {"light": (), "dark": COLOURS}.items():
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
        page.wait_for_timeout(300)
        arrival.objections[theme] = violations(page, axe, *rules)
    context.close()
    return arrival


def visit(browser: Browser, site: str, name: str, width: int) -> Visit:
    """Open a page as a new reader, whose cache is empty: fonts that are in it shift nothing."""
    seen = Visit(name)
    context = new_reader(browser, width)
    context.add_init_script(SHIFTS)
    context.on("console", lambda said: said.type == "error" and seen.errors.append(said.text))
    context.on("weberror", lambda failed: seen.errors.append(str(failed.error)))
    context.on("request", lambda request: seen.asked.append(request.url))
    context.on("response", lambda reply: reply.status >= 400 and seen.failed.append(reply.url))
    page = opened(context, site + name)
    seen.shifts = page.evaluate("window.shifts")
    seen.too_wide = page.evaluate(_TOO_WIDE)
    unfold(page)
    seen.tables = page.evaluate(_TABLES)
    seen.too_wide = max(seen.too_wide, page.evaluate(_TOO_WIDE))
    context.close()
    return seen
