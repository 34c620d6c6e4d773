"""The shell by a figure that uses all of it: play, choices, presets, tasks, named parts, clicks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_ref import figures

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
DEMO = Path(__file__).with_name("demo.js")
EVERY = 120  # ms from step to step, as demo.js says


def demo(browser: Browser, width: int = 752, by_hand: bool = False, **context: Any) -> Page:
    """Open a page with the figure; its time stands still where it is moved on `by_hand`."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **context)
    page.on("pageerror", lambda error: pytest.fail(f"the page raised: {error}"))
    if by_hand:
        page.clock.install()
    page.set_content(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>'
        f"<style>{figures.tokens_css()}{figures.made('kit.css')}</style><div id=it></div>"
        f"<script>{figures.made('kit.js')}</script><script>{DEMO.read_text('utf-8')}</script>"
        "<script>window.shown = lstmFigures.live(document.getElementById('it'),"
        " lstmFigures.specs.demo, { id: 'demo', name: 'demo' })</script>"
    )
    return page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = demo(browser, reduced_motion="reduce")
    yield page
    page.close()


def test_time_goes_step_by_step_and_plays_where_motion_is_welcome(browser: Browser) -> None:
    page = demo(browser, by_hand=True)
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    page.get_by_role("button", name="One step").click()
    assert page.evaluate("shown.get().t") == 2
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(2 * EVERY)  # the first step is taken at once
    assert page.evaluate("shown.get().t") == 5
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(3 * EVERY)
    assert page.evaluate("shown.get().t") == 5
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(10 * EVERY)
    assert page.evaluate("shown.get().t") == 8
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # it stops at its end
    page.close()


def test_under_reduced_motion_there_are_steps_and_no_play(page: Page) -> None:
    assert page.get_by_role("button", name="Play").count() == 0
    page.get_by_role("button", name="One step").press("Enter")
    assert page.evaluate("shown.get().t") == 2


def test_a_choice_is_made_with_the_keyboard(page: Page) -> None:
    page.get_by_role("radio", name="forget f").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("shown.get().way") == "o"


def test_a_preset_without_a_title_is_not_in_the_list(page: Page) -> None:
    options = page.locator("select option").all_text_contents()
    assert options == ["your own numbers", "the start", "high"]
    assert page.get_by_label("Start from").input_value() == ""
    page.get_by_role("slider", name="the share f").press("Home")
    assert page.get_by_label("Start from").input_value() == "own"
    page.get_by_label("Start from").select_option("the start")
    assert page.evaluate("shown.get().f") == 0.6


def test_a_task_shows_its_answer_and_its_state(page: Page) -> None:
    page.get_by_text("Set a1 to 1.").click()
    expect(page.get_by_text("Then 0.6 is kept.")).to_be_visible()
    page.get_by_role("button", name="Show it").press("Enter")
    assert page.evaluate("shown.get().a") == 1


def test_a_named_part_is_reached_by_tab_and_told(page: Page) -> None:
    part = page.get_by_role("img", name="the share f", exact=True)
    part.focus()
    expect(page.locator(".lstm-tip")).to_have_text("the share f")
    page.keyboard.press("Tab")
    expect(page.locator(".lstm-tip")).to_have_text("the forget gate, a layer with weights")


def test_what_an_input_touches_lights_up(page: Page) -> None:
    page.get_by_role("slider", name="the share f").focus()
    lit = "[...document.querySelectorAll('.lstm-lit')].map(n => n.dataset.lit ?? n.dataset.for)"
    assert set(page.evaluate(lit)) == {"f"}
    page.keyboard.press("ArrowRight")
    assert len(page.evaluate(lit)) == 2  # the wire and the valve, still
    page.get_by_role("slider", name="the share f").blur()
    assert page.evaluate(lit) == []


def test_a_button_of_the_drawing_is_pressed_by_hand_and_by_keyboard(page: Page) -> None:
    bit = page.get_by_role("button", name="bit of step 3")
    expect(bit).to_have_attribute("aria-pressed", "false")
    bit.click()
    assert page.evaluate("shown.get().bits") == [0, 1, 1, 0, 1, 0, 0, 0]
    expect(bit).to_have_attribute("aria-pressed", "true")
    bit.press("Enter")
    bit.press("Space")
    bit.press("Space")
    assert page.evaluate("shown.get().bits") == [0, 1, 0, 0, 1, 0, 0, 0]
    expect(bit).to_be_focused()


def test_a_drawn_slider_is_moved_by_the_mouse_where_it_is_drawn(page: Page) -> None:
    slider = page.get_by_role("slider", name="a number a 1")
    box = slider.bounding_box()
    knob = page.locator("[data-for=a] circle").last.bounding_box()
    assert box is not None
    assert knob is not None
    page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert page.evaluate("shown.get().a") == 2
    moved = page.locator("[data-for=a] circle").last.bounding_box()
    assert moved is not None
    assert moved["x"] > knob["x"] + 50


@pytest.mark.parametrize("name", figures.names())
def test_the_notebook_s_module_renders_and_sends_what_is_moved(browser: Browser, name: str) -> None:
    """As anywidget does it: import the module, call `render` with a model."""
    page = browser.new_page(reduced_motion="reduce")
    page.on("pageerror", lambda error: pytest.fail(f"the page raised: {error}"))
    page.set_content("<!doctype html><title>t</title><div id=it></div>")
    page.evaluate(
        """async ([text, state]) => {
          const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
          const { default: widget } = await import(address);
          const listeners = new Set();
          const values = { state };
          window.sent = [];
          window.model = {
            get: key => values[key],
            set(key, value) { values[key] = value; listeners.forEach(f => f()); },
            save_changes() { window.sent.push(values.state); },
            on: (_, f) => listeners.add(f),
            off: (_, f) => listeners.delete(f),
          };
          window.stop = widget.render({ model: window.model, el: document.getElementById('it') });
        }""",
        [figures.module(name), figures.start(name)],
    )
    slider = page.get_by_role("slider").first
    key = (slider.get_attribute("id") or "").rsplit("-", 1)[-1]
    slider.press("End")
    low_and_high = {given["name"]: given.get("max") for given in figures.known(name)["inputs"]}
    assert page.evaluate("sent.at(-1)")[key] == low_and_high[key]
    page.evaluate("state => model.set('state', state)", figures.start(name))
    assert float(slider.input_value()) == pytest.approx(figures.start(name)[key])
    page.evaluate("stop()")
    page.close()
