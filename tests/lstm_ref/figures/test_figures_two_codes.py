"""The two codes by hand and by keyboard: a line that is pointed at or focused lights up."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lstm_ref.figures.codes import codes
from tests.lstm_ref.figures.test_figures_browser import box, opened, values

pytestmark = pytest.mark.browser


def lines(page: Page) -> Locator:
    return page.locator("#it").get_by_role("button", name=re.compile(r"^line \d+"))


@pytest.mark.parametrize("width", [752, 375])
def test_a_line_lights_up_when_it_is_pointed_at_or_focused(
    browser: Browser, node_path: str, width: int
) -> None:
    page = opened(browser, "two_codes", box("two_codes", node_path), width, reduced_motion="reduce")
    rows = lines(page)
    assert rows.count() == len(codes())
    for place, row in enumerate(codes(), start=1):
        label = rows.nth(place - 1).get_attribute("aria-label") or ""
        assert row["numpy"] in label
        assert row["torch"] in label
    rows.nth(10).hover()
    expect(rows.nth(10)).to_have_attribute("aria-pressed", "true")
    assert values(page)["line"] == 11
    assert values(page)["gives"] == pytest.approx([1.541, 0.560], abs=1e-3)
    expect(page.locator("#it .lstm-sentence")).to_contain_text("the new memory: c = 1.54, 0.560")
    page.mouse.move(1, 1)
    rows.nth(7).focus()
    page.keyboard.press("Tab")
    expect(rows.nth(8)).to_have_attribute("aria-pressed", "true")
    expect(rows.nth(8)).to_be_focused()
    # In the cell the candidate stands out: of its four layers it alone is not faint.
    faint = page.locator("#it svg g[opacity='0.5']").get_by_role("button")
    names = faint.evaluate_all("nodes => nodes.map(node => node.getAttribute('aria-label'))")
    assert not any(name.startswith("the candidate") for name in names)
    assert sum(name.startswith(("the forget gate", "the input gate")) for name in names) == 2
    page.close()


def test_a_part_of_the_cell_leads_to_its_line(browser: Browser, node_path: str) -> None:
    page = opened(browser, "two_codes", box("two_codes", node_path), reduced_motion="reduce")
    page.get_by_role("button", name="the output gate: line 10").press("Enter")
    expect(lines(page).nth(9)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="the new memory c: line 11").press(" ")
    expect(lines(page).nth(10)).to_have_attribute("aria-pressed", "true")
    page.close()
