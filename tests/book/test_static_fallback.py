"""A page without JavaScript, and on paper: the picture of each live figure, and its words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_ref import figures
from lstm_ref.activations import sigmoid
from lstm_ref.datasets import worked_example

pytestmark = pytest.mark.browser

CHAPTERS = {"forget_gate": "forget-gate.html"}


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


def test_every_figure_has_a_chapter() -> None:
    assert set(CHAPTERS) == set(figures.names())


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_script_picture_and_words_are_there(
    without_script: Page, site: str, name: str
) -> None:
    without_script.goto(site + CHAPTERS[name])
    box = without_script.locator(f"#figure-{name.replace('_', '-')}")
    assert box.locator(".still svg:visible").count() == 1
    shown = box.locator(".still svg:visible").bounding_box()
    assert shown is not None
    assert shown["width"] > 300
    assert shown["height"] > 200
    words = box.locator(".still-words").text_content()
    assert words is not None
    assert words.strip() == figures.describe(name)
    assert box.locator("figcaption").is_visible()


@pytest.mark.parametrize("name", CHAPTERS)
def test_with_script_the_live_figure_takes_the_picture_s_place(
    browser: Browser, site: str, name: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + CHAPTERS[name])
    box = page.locator(f"#figure-{name.replace('_', '-')}.is-live")
    box.wait_for()
    assert box.locator(".still").is_hidden()
    assert box.locator(".live input").count() > 0
    page.emulate_media(media="print")
    assert box.locator(".still svg:visible").count() == 1
    assert box.locator(".live").is_hidden()
    page.close()


def test_in_its_chapter_the_forget_gate_is_moved_with_the_keyboard(
    browser: Browser, site: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + CHAPTERS["forget_gate"])
    spoken = page.locator("#figure-forget-gate [aria-live=polite]")
    expect(spoken).to_contain_text("f = σ(z) = 0.950", timeout=20_000)
    bias = page.locator("#figure-forget-gate").get_by_role("slider", name="b", exact=False).last
    bias.focus()
    page.keyboard.press("Home")  # the bias goes to the least that its slider has
    z = 2.95 - worked_example.params["b_f"][0] + float(bias.get_attribute("min") or "nan")
    expect(spoken).to_contain_text(f"z = −{abs(z):.2f}", timeout=20_000)
    expect(spoken).to_contain_text(f"f = σ(z) = {float(sigmoid(z)):.3g}", timeout=20_000)
    page.close()


@pytest.mark.parametrize("name", CHAPTERS)
def test_opened_from_disk_the_figure_is_live_too(
    browser: Browser, built_book: Path, name: str
) -> None:
    page = browser.new_page()
    page.goto((built_book / CHAPTERS[name]).as_uri())
    page.locator(f"#figure-{name.replace('_', '-')}.is-live").wait_for()
    page.close()


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
