"""The forget gate's figure in a real browser, moved with the keyboard."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_ref import figures, gates

pytestmark = pytest.mark.browser

# A busy machine may take its time; what is expected does not change.
expect.set_options(timeout=20_000)


def opened(browser: Browser, width: int = 752, **context: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, **context)
    page.on("pageerror", lambda error: pytest.fail(f"the page raised: {error}"))
    mount = f"mount(document.getElementById('it'), {json.dumps(figures.state('forget_gate'))})"
    page.set_content(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>figure</title>'
        f'<style>{figures.tokens_css()}</style><main><div id="it"></div></main>'
        f'<script type="module">{figures.source("forget_gate")}\nwindow.model = {mount};</script>'
    )
    page.wait_for_selector(".lstm-drawing svg")
    return page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = opened(browser, reduced_motion="reduce")
    yield page
    page.close()


def results(page: Page) -> dict[str, float]:
    got: dict[str, float] = page.evaluate("({z: model.get('z'), f: model.get('f')})")
    return got


def spoken(page: Page) -> Any:
    return page.locator("[aria-live=polite]")


def tab_to(page: Page, name: str) -> None:
    page.locator("body").focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.labels?.[0]?.textContent ?? ''")
        if label.startswith(name):
            return
    raise AssertionError(f"Tab never reached the slider {name}")


def test_the_reset_input_is_pressed_with_the_keyboard(page: Page) -> None:
    expect(spoken(page)).to_have_text(
        "z = 2.95, so f = σ(z) = 0.950: the unit keeps 95.0 % of its memory, 0.760 of 0.8."
    )
    tab_to(page, "x2")
    for key, x2 in (("ArrowRight", 0.05), ("End", 2.0), ("Home", -2.0)):
        page.keyboard.press(key)
        W, U = [[1.2, -4.0]] * 2, [[0.5, -1.0]] * 2
        given = ([1.0, x2], [0.3, -0.6], W, U, [1.0, 1.0])
        z, f = gates.weighted_sum(*given)[0], gates.forget_gate(*given)[0]
        expect(spoken(page)).to_contain_text(f"z = {z:#.3g}".replace("-", "\u2212") + ",")
        assert results(page) == pytest.approx({"z": z, "f": f}, rel=1e-12)
    assert page.evaluate("model.get('x')") == [1, -2]
    image = page.locator(".lstm-drawing svg")
    expect(image.locator("title")).to_have_text("The forget gate of one unit, with your numbers")


def test_unit_and_step_are_chosen_and_the_worked_example_comes_back(page: Page) -> None:
    page.get_by_role("group", name="Unit").get_by_role("radio", name="1").focus()
    page.keyboard.press("ArrowRight")
    expect(spoken(page)).to_contain_text("0.102: the unit keeps 10.2")
    page.get_by_role("group", name="Time step").get_by_role("radio", name="3").check()
    expect(spoken(page)).to_contain_text("z = 0.219, so f = σ(z) = 0.554")
    bias = page.get_by_role("slider", name="b bias")
    bias.press("End")
    expect(spoken(page)).to_contain_text("z = 5.72")
    page.get_by_role("button", name="Back to the worked example").press("Enter")
    expect(spoken(page)).to_contain_text("z = 0.219")
    expect(bias).to_have_value("-0.5")


def test_a_value_between_two_steps_is_said_as_it_is(page: Page) -> None:
    page.get_by_role("group", name="Time step").get_by_role("radio", name="2").check()
    hidden = page.get_by_role("slider", name="h1 previous hidden state of unit 1")
    expect(hidden).to_have_attribute("aria-valuetext", "0.288")
    hidden.press("ArrowRight")
    expect(hidden).to_have_value("0.35")
    assert hidden.get_attribute("aria-valuetext") is None


def test_the_model_moves_the_figure(page: Page) -> None:
    page.evaluate("model.set('x', [0.4, 1])")
    expect(page.get_by_role("slider", name="x2")).to_have_value("1")
    page.evaluate("model.set('b', 12.5)")
    expect(page.locator("output").nth(8)).to_have_text("12.5")


def test_every_control_has_a_name_and_every_group_a_title(page: Page) -> None:
    assert page.get_by_role("slider").count() == 10
    for title in ("What comes in", "What the gate has learned", "What is stored"):
        assert page.get_by_role("group", name=title).count() == 1
    unnamed = "node => [...node.querySelectorAll('input')].filter(i => !i.labels.length).length"
    assert page.locator("#it").evaluate(unnamed) == 0


def test_focus_is_seen(page: Page) -> None:
    tab_to(page, "x1")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2
    assert page.evaluate(f"{style}.outlineStyle") == "solid"


@pytest.mark.parametrize("width", [320, 375, 560, 752, 1280])
def test_letters_keep_their_size_and_nothing_is_cut_off(browser: Browser, width: int) -> None:
    page = opened(browser, width, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for key in ("model.get('examples')[0]", "model.get('examples')[2]", "{b: 5, c_prev: -2}"):
        page.evaluate(f"model.set({key})")
        page.wait_for_timeout(60)
        outside = page.evaluate(
            """() => {
              const box = document.querySelector('.lstm-drawing svg').getBoundingClientRect();
              return [...document.querySelectorAll('.lstm-drawing text')]
                .filter(t => { const b = t.getBoundingClientRect();
                               return b.left < box.left - 1 || b.right > box.right + 1; })
                .map(t => t.textContent);
            }"""
        )
        assert outside == []
    scale = "n => n.getBoundingClientRect().width / n.viewBox.baseVal.width"
    assert page.locator(".lstm-drawing svg").evaluate(scale) == pytest.approx(1, abs=0.01)
    page.close()


def test_a_jump_is_shown_as_a_motion_only_where_motion_is_welcome(browser: Browser) -> None:
    drawings = """() => new Promise(done => {
      let drawn = 0;
      const node = document.querySelector('.lstm-drawing');
      new MutationObserver(() => drawn++).observe(node, { childList: true });
      model.set(model.get('examples')[5]);
      setTimeout(() => done(drawn), 600);
    })"""
    for motion, least, most in (("reduce", 1, 2), ("no-preference", 3, 100)):
        page = opened(browser, reduced_motion=motion)
        assert least <= page.evaluate(drawings) <= most
        page.close()


def test_print_leaves_the_picture_and_the_sentence(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".lstm-drawing svg").is_visible()
    assert page.locator(".lstm-sentence").is_visible()
    assert not page.locator(".lstm-controls").is_visible()
    assert not page.locator(".lstm-bar").is_visible()


def test_without_javascript_the_picture_that_fits_is_shown(
    browser: Browser, node_path: str
) -> None:
    html = figures.fallback("forget_gate", node_path)
    for width, kind in ((1280, "lstm-wide"), (375, "lstm-narrow")):
        page = browser.new_page(viewport={"width": width, "height": 700}, java_script_enabled=False)
        page.set_content(f"<!doctype html><title>t</title><main>{html}</main>")
        shown = [
            svg.get_attribute("class") for svg in page.locator("svg").all() if svg.is_visible()
        ]
        assert shown == [f"{kind} lstm-picture"]
        page.close()
