"""Every page, in light and dark, wide and narrow: no accessibility violation that axe knows."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = {1280: 900, 375: 800}


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    script = root / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.fail("axe-core is not installed: run `python tools/assets.py` first")
    return script.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe objects to, one readable paragraph each."""
    page.evaluate(axe)
    # What passes is tens of thousands of nodes: it need not come here.
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then((all) => all.violations)")
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:200]}\n"
        f"    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_violation(
    browser: Browser, site: str, pages: list[str], axe: str, theme: Any, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=theme,
        reduced_motion="reduce",  # so that no colour is caught half-way
    )
    complaints = []
    for name in pages:
        page = context.new_page()
        page.goto(site + name)
        page.evaluate("document.fonts.ready.then(() => 0)")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        # Folded answers count too.
        page.evaluate(
            "document.querySelectorAll('article details').forEach(d => { d.open = true })"
        )
        page.wait_for_timeout(300)
        complaints += [f"{name}, {theme}, {width} px: {what}" for what in violations(page, axe)]
        page.close()
    context.close()
    assert not complaints, "\n\n" + "\n\n".join(complaints)


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


def test_axe_would_see_a_violation(browser: Browser, site: str, axe: str) -> None:
    """The check itself can fail."""
    page = browser.new_page()
    page.goto(site)
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    complaints = violations(page, axe)
    page.close()
    assert any(what.startswith("button-name") for what in complaints)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(
    browser: Browser, site: str, pages: list[str], width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
    for name in pages:
        page.goto(site + name)
        page.evaluate("document.fonts.ready.then(() => 0)")
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{name} is {too_wide} px wider than {width} px"
    page.close()
