"""The judge of last instance: Chromium is given all attacks at once, and nothing may happen.

The page has no policy of its own, a function `hit` that counts, and each link and button on it
is clicked. The same page without cleaning shows that the attacks are real.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix
from nbgrader_sandbox.clean.feedback import POLICY, markdown_to_html
from nbgrader_sandbox.clean.markdown import clean_markdown
from nbgrader_sandbox.clean.markup import clean_html
from nbgrader_sandbox.clean.svg import clean_svg
from playwright.sync_api import Browser, Error, Route

from tests.nbgrader_sandbox.clean.attacks import HTML, MARKDOWN, SVG

HOME = "http://page.test/"
#: Clicks whatever can be clicked, but follows no link to a real address.
CLICK = """
for (const each of document.querySelectorAll("main, main *")) {
  const to = each.getAttribute("href") || each.getAttribute("xlink:href") || "";
  if (to && !/^[^a-z]*(j\\s*a\\s*v\\s*a|vb|data)/i.test(to)) continue;
  each.dispatchEvent(new MouseEvent("click", {cancelable: true}));
}
"""
COVERS = """
[...document.querySelectorAll("main *")].some(
  (one) => ["fixed", "absolute", "sticky"].includes(getComputedStyle(one).position))
"""


def _shown(browser: Browser, pages: Iterable[str], policy: str = "") -> tuple[int, set[str], bool]:
    """Show one page after the other, each without the others' marks.

    Returns how often `hit` was called, the places elsewhere that were asked for or gone to, and
    whether a part lies over the page.
    """
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    start = f"<!DOCTYPE html><html><head>{head}<meta charset=utf-8></head><body><main>"
    bodies = [f"{start}{page}</main></body></html>" for page in pages]
    elsewhere: set[str] = set()
    hits: list[int] = []
    covered = False

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(f"{HOME}part-"):
            number = int(url.removeprefix(f"{HOME}part-").split("#")[0].split("?")[0])
            route.fulfill(body=bodies[number], content_type="text/html")
            return
        if not url.startswith(HOME):
            elsewhere.add(url)
        route.abort()

    context = browser.new_context()
    context.expose_function("hit", lambda: hits.append(1))
    context.route("**/*", answer)
    # Many pages are not waited for each, but have to be there before they are looked at.
    until: Literal["commit", "domcontentloaded"] = (
        "commit" if len(bodies) < 10 else "domcontentloaded"
    )
    for number in range(len(bodies)):
        tab = context.new_page()  # where one has gone to, the next one would be lost
        try:
            tab.goto(f"{HOME}part-{number}", wait_until=until, timeout=5000)
            tab.wait_for_timeout(1000 if len(bodies) < 10 else 10)
            covered |= tab.evaluate(COVERS)
            if not policy:
                tab.evaluate(CLICK)
                tab.wait_for_timeout(300 if len(bodies) < 10 else 5)
        except Error:
            elsewhere.add("left the page")
        if not tab.url.startswith(HOME):
            elsewhere.add(tab.url)
        tab.close()
    context.close()
    return len(hits), elsewhere, covered


def _rendered(source: str) -> str:
    renderer = IPythonRenderer(escape=False, attachments={"missing.png": {"image/png": ""}})
    return str(strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source)))


def _together(parts: Iterable[str | None]) -> list[str]:
    """All parts in one page: each in an element of its own, and so that one may open or close
    what another one begins."""
    known = [part for part in parts if part]
    return ["\n".join(f"<div>{part}</div>" for part in known), "\n".join(reversed(known))]


@pytest.mark.gate
def test_the_attacks_succeed_where_nothing_is_cleaned(browser: Browser) -> None:
    some = [*HTML, *map(_rendered, MARKDOWN), *SVG][::2]
    hits, elsewhere, _ = _shown(browser, some)
    assert hits > 30
    assert any("evil.test" in url for url in elsewhere)
    # Few pages are waited for: what lies over a page can be gone from it when its scripts ran.
    lying = [attack for attack in HTML if "position:" in attack.replace(" ", "")][:3]
    assert _shown(browser, lying)[2]


def test_no_output_does_anything(browser: Browser) -> None:
    pages = _together(clean_html(attack, links=False) for attack in [*HTML, *MARKDOWN])
    assert _shown(browser, pages) == (0, set(), False)


def test_no_markdown_does_anything_in_the_formgrader(browser: Browser) -> None:
    pages = _together(_rendered(clean_markdown(attack, [])) for attack in [*HTML, *MARKDOWN])
    assert _shown(browser, pages) == (0, set(), False)


def test_no_markdown_does_anything_in_feedback(browser: Browser) -> None:
    pages = _together(markdown_to_html(attack, {}) for attack in [*HTML, *MARKDOWN])
    assert _shown(browser, pages) == (0, set(), False)


def test_no_drawing_does_anything_even_inside_of_a_page(browser: Browser) -> None:
    pages = _together(clean_svg(attack, []) for attack in SVG)
    assert _shown(browser, pages) == (0, set(), False)


@pytest.mark.gate  # each attack takes a page of its own
def test_the_policy_of_feedback_alone_stops_scripts_and_requests(browser: Browser) -> None:
    """Without any cleaning; only where a page leads to by itself is not the policy's matter."""
    pages = [attack for attack in HTML if "http-equiv" not in attack and "<base" not in attack]
    hits, elsewhere, _ = _shown(browser, pages, POLICY)
    assert (hits, elsewhere) == (0, set())


@pytest.mark.parametrize("tex", [r"\frac{a}{b}", r"\begin{aligned}a &= b\\c &= d\end{aligned}"])
def test_the_browser_sets_formulas_by_itself(browser: Browser, tmp_path: Path, tex: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(f"<meta charset=utf-8><p>{markdown_to_html(f'$${tex}$$', {})}")
    tab = browser.new_page()
    tab.goto(file.as_uri())
    box = tab.locator("math").bounding_box()
    tab.close()
    assert box is not None
    assert box["height"] > 24  # two lines high, so it is set and not only listed
