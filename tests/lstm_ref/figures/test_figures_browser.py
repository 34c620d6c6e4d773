"""Every live figure in a real browser: keyboard, names, motion, widths, two on a page, links."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_ref import figures

pytestmark = pytest.mark.browser
every_figure = pytest.mark.parametrize("name", figures.names())

# A busy machine may take its time; what is expected does not change.
expect.set_options(timeout=20_000)


def sliders(name: str) -> list[dict[str, Any]]:
    inputs: list[dict[str, Any]] = figures.known(name)["inputs"]
    return [given for given in inputs if given.get("kind", "slider") == "slider"]


@cache
def box(name: str, node: str, id: str = "it", preset: str | None = None) -> str:
    """A figure as a page of the book holds it, before its script runs."""
    drawn = figures.still(name, preset, id, node)
    preset_data = f'data-preset="{preset}"' if preset else ""
    return (
        f'<figure id="{id}" data-figure="{name}" {preset_data}>'
        f'<div class="lstm-place">{drawn["html"]}</div></figure>'
    )


def opened(
    browser: Browser,
    name: str,
    body: str,
    width: int = 752,
    theme: str = "light",
    script: bool = True,
    **context: Any,
) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 900}, java_script_enabled=script, **context
    )
    page.on("pageerror", lambda error: pytest.fail(f"the page raised: {error}"))
    page.set_content(
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        f"<title>figure</title><style>{figures.tokens_css()}{figures.made('kit.css')}"
        "body { margin: 0; padding: 16px; background: var(--lstm-ground); color: var(--lstm-text) }"
        "a { color: inherit }"
        "figure { margin: 0; max-width: 43rem }</style><main><h1>Figure</h1>"
        "<p><a href='#it' id='before'>To it</a></p>"
        f"{body}</main>"
        f"<script>{figures.made('kit.js')}</script><script>{figures.made(f'{name}.js')}</script>"
    )
    if script:
        page.wait_for_selector("figure.is-live .lstm-drawing svg")
    return page


@pytest.fixture(scope="module")
def one_page(browser: Browser, node_path: str) -> Iterator[Callable[[str], Page]]:
    """One page for each figure, which its tests share."""
    pages: dict[str, Page] = {}

    def of(name: str) -> Page:
        if name not in pages:
            pages[name] = opened(browser, name, box(name, node_path), reduced_motion="reduce")
        return pages[name]

    yield of
    for page in pages.values():
        page.close()


@pytest.fixture
def page(one_page: Callable[[str], Page], name: str) -> Page:
    """The figure's page, as it was opened."""
    page = one_page(name)
    page.set_viewport_size({"width": 752, "height": 900})
    page.evaluate("document.activeElement.blur(); document.documentElement.dataset.theme = 'light'")
    page.evaluate(f"lstmFigures.alive.get('it').set({json.dumps(figures.start(name))})")
    return page


def values(page: Page, id: str = "it") -> dict[str, Any]:
    got: dict[str, Any] = page.evaluate(f"lstmFigures.alive.get({json.dumps(id)}).get()")
    return got


def same_state(shown: dict[str, Any], state: dict[str, Any]) -> None:
    for key, value in state.items():
        if isinstance(value, str):
            assert shown[key] == value, key
        else:  # a number, or a list of them, of any depth
            np.testing.assert_allclose(shown[key], value, rtol=1e-6, atol=1e-12, err_msg=key)


def of_input(page: Page, given: dict[str, Any], id: str = "it") -> Any:
    return page.locator(f'#{id} input[id$="-live-{given["name"]}"]')


@every_figure
def test_every_slider_is_moved_with_the_keyboard_and_says_where_it_stands(
    page: Page, name: str
) -> None:
    for given in sliders(name):
        slider = of_input(page, given)
        slider.focus()
        for key, value in (("Home", given["min"]), ("End", given["max"])):
            page.keyboard.press(key)
            assert values(page)[given["name"]] == pytest.approx(value), given["name"]
            text = slider.get_attribute("aria-valuetext") or ""
            assert any(digit.isdigit() for digit in text), given["name"]
        page.keyboard.press("ArrowLeft")
        wanted = given["max"] - given["step"]
        assert values(page)[given["name"]] == pytest.approx(wanted), given["name"]
        assert page.evaluate("document.activeElement.id").endswith(f"-{given['name']}")


@every_figure
def test_the_page_computes_what_python_computes(page: Page, name: str) -> None:
    given = sliders(name)[0]
    of_input(page, given).press("End")
    shown = values(page)
    state = {key: shown[key] for key in figures.start(name)}
    for key, value in figures.compute(name, state).items():
        np.testing.assert_allclose(shown[key], value, rtol=1e-6, atol=1e-12, err_msg=key)


@every_figure
def test_focus_goes_through_all_controls_in_their_order_and_is_seen(page: Page, name: str) -> None:
    page.locator("#before").focus()
    met: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.id")
        if not page.evaluate("document.activeElement.closest('#it') !== null"):
            if met:
                break
            continue
        met.append(focused)
        seen = page.evaluate(
            """() => {
              const node = document.activeElement;
              const style = getComputedStyle(node);
              const drawn = document.querySelector('.lstm-focus .lstm-ring');
              return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2
                || drawn !== null && getComputedStyle(drawn).stroke !== 'none'
                || node.matches('.lstm-choice input');
            }"""
        )
        assert seen, f"the focus on {focused or page.evaluate('document.activeElement.outerHTML')}"
    names = [id.rsplit("-live-", 1)[-1] for id in met if "-live-" in id]
    placed = [given["name"] for given in sliders(name) if given["name"] in names]
    assert set(placed) == {given["name"] for given in sliders(name)}


@every_figure
def test_every_control_has_a_name_in_words(page: Page, name: str) -> None:
    for given in sliders(name):
        label = of_input(page, given).get_attribute("aria-label") or ""
        assert label.startswith(given["label"])
    unnamed = """node => [...node.querySelectorAll('input, select, button')].filter(control =>
      !control.labels?.length && !control.ariaLabel && !control.textContent.trim()).length"""
    assert page.locator("#it").evaluate(unnamed) == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))


@every_figure
def test_nodes_last_while_a_slider_moves(page: Page, name: str) -> None:
    page.evaluate("window.kept = [...document.querySelectorAll('.lstm-drawing svg > g > *')]")
    of_input(page, sliders(name)[0]).press("ArrowRight")
    lasting = page.evaluate("window.kept.filter(node => node.isConnected).length")
    assert lasting >= 0.8 * page.evaluate("window.kept.length")


@every_figure
def test_a_change_is_said_and_start_again_brings_it_back(page: Page, name: str) -> None:
    spoken = page.locator("#it [aria-live=polite]")
    before = page.locator("#it .lstm-sentence").text_content() or ""
    assert len(before) > 20
    expect(spoken).to_have_text(before)  # what the last test did may be waiting to be said
    start = values(page)
    for given in sliders(name):
        of_input(page, given).press("Home")
        of_input(page, given).press("ArrowRight")
        if values(page) == start:  # a slider may begin just there
            of_input(page, given).press("ArrowRight")
    expect(spoken).not_to_have_text(before)
    page.get_by_role("button", name="Start again").press("Enter")
    expect(spoken).to_have_text(before)
    assert values(page) == start


@every_figure
def test_every_preset_can_be_chosen(page: Page, name: str) -> None:
    for preset, told in figures.known(name)["presets"].items():
        if told.get("title"):
            page.get_by_label("Start from").select_option(preset)
            state = figures.start(name, preset)
            same_state(values(page), state)


@every_figure
@pytest.mark.parametrize("width", [320, 375, 600, 680, 1280])
def test_letters_keep_their_size_and_nothing_is_cut_off(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(
        """() => document.querySelector('.lstm-drawing svg').viewBox.baseVal.width
          === Math.round(document.querySelector('.lstm-drawing').clientWidth)"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for preset in [None, *figures.known(name)["presets"]]:
        page.evaluate(f"lstmFigures.alive.get('it').set({json.dumps(figures.start(name, preset))})")
        outside = page.evaluate(
            """() => {
              const box = document.querySelector('.lstm-drawing svg').getBoundingClientRect();
              return [...document.querySelectorAll('.lstm-drawing text')]
                .filter(t => { const b = t.getBoundingClientRect();
                               return b.width && (b.left < box.left - 2 || b.right > box.right + 2
                                 || b.top < box.top - 2 || b.bottom > box.bottom + 2); })
                .map(t => t.textContent);
            }"""
        )
        assert outside == [], preset
    scale = "n => n.getBoundingClientRect().width / n.viewBox.baseVal.width"
    assert page.locator(".lstm-drawing svg").evaluate(scale) == pytest.approx(1, abs=0.01)


@pytest.mark.gate
@every_figure
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_when_the_script_takes_over(
    browser: Browser, node_path: str, name: str, width: int
) -> None:
    """With script, the still page keeps exactly the place of what will be live."""
    body = box(name, node_path)
    page = opened(browser, name, body, width)
    live = page.locator("#it").bounding_box()
    waiting = body.replace("lstm-still", "").replace("data-figure", "data-not")
    page.locator("main").evaluate(
        "(node, body) => { node.innerHTML = body }", f"<h1>F</h1>{waiting}"
    )
    still = page.locator("#it").bounding_box()
    assert live is not None
    assert still is not None
    assert still["height"] == pytest.approx(live["height"], abs=2)
    page.close()


@every_figure
def test_motion_is_off_where_less_is_asked_for(browser: Browser, node_path: str, name: str) -> None:
    count = """() => new Promise(done => {
      let paints = 0;
      const node = document.querySelector('.lstm-drawing');
      const seen = new MutationObserver(() => paints++);
      seen.observe(node, { attributes: true, subtree: true, childList: true });
      const figure = lstmFigures.alive.get('it');
      figure.set(JSON.parse(document.body.dataset.far));
      setTimeout(() => done(paints), 700);
    })"""
    far = {given["name"]: given["max"] for given in sliders(name)}
    for motion, least, most in (("reduce", 1, 2), ("no-preference", 3, 200)):
        page = opened(browser, name, box(name, node_path), reduced_motion=motion)
        page.evaluate("far => { document.body.dataset.far = far }", json.dumps(far))
        assert least <= page.evaluate(count) <= most
        play = page.locator(".lstm-play")
        if play.count():
            assert play.is_visible() == (motion == "no-preference")
        page.close()


@pytest.mark.gate
@every_figure
def test_two_of_a_kind_stand_on_a_page_and_do_not_meet(
    browser: Browser, node_path: str, name: str
) -> None:
    presets = list(figures.known(name)["presets"]) or [None]
    body = box(name, node_path, "one") + box(name, node_path, "two", presets[-1])
    page = opened(browser, name, body, reduced_motion="reduce")
    page.wait_for_selector("#two.is-live")
    state = figures.start(name, presets[-1])
    same_state(values(page, "two"), state)
    before = values(page, "one")
    of_input(page, sliders(name)[0], "two").press("End")
    of_input(page, sliders(name)[0], "two").press("ArrowLeft")
    assert values(page, "one") == before
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))
    page.close()


@every_figure
def test_a_link_in_the_prose_sets_the_state_by_keyboard(
    browser: Browser, node_path: str, name: str
) -> None:
    given = sliders(name)[-1]
    data = json.dumps({given["name"]: given["max"]})
    link = f"<p><a class='figure-link' href='#it' data-state='{data}'>move it</a></p>"
    page = opened(browser, name, link + box(name, node_path), reduced_motion="reduce")
    page.get_by_role("link", name="move it").focus()
    page.keyboard.press("Enter")
    assert values(page)[given["name"]] == given["max"]
    assert page.evaluate("document.activeElement.textContent") == "move it"
    page.close()


@pytest.mark.gate
@every_figure
def test_what_is_shown_fits_the_page_without_script_and_in_print(
    browser: Browser, node_path: str, name: str
) -> None:
    for width, kind in ((1280, "lstm-wide"), (375, "lstm-narrow")):
        page = opened(browser, name, box(name, node_path), width, script=False)
        shown = [svg for svg in page.locator("svg").all() if svg.is_visible()]
        assert [kind in (svg.get_attribute("class") or "") for svg in shown] == [True]
        assert page.locator(".lstm-sentence").is_visible()
        assert (
            page.locator(".lstm-bar, .lstm-controls, .lstm-over").locator("visible=true").count()
            == 0
        )
        page.close()
    page = opened(browser, name, box(name, node_path), theme="dark")
    page.emulate_media(media="print")
    assert page.locator(".lstm-drawing svg").is_visible()
    assert page.locator(".lstm-sentence").is_visible()
    assert not page.locator(".lstm-bar").is_visible()
    ground = page.evaluate(
        "getComputedStyle(document.querySelector('.lstm-figure')).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"
    page.close()


@every_figure
def test_axe_finds_nothing_in_light_and_dark(page: Page, root: Path, name: str) -> None:
    script = root / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.fail("axe-core is not installed: run `python tools/assets.py` first")
    page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true })")
    page.evaluate(script.read_text(encoding="utf-8"))
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = page.evaluate("axe.run(document).then((all) => all.violations)")
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], theme
