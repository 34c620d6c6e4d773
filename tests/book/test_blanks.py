"""Blanks: what the reader types is judged as the worked example has it, with keyboard alone."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lstm_ref.datasets import worked_example
from tests.book.small_book import build, extension

PAGE = "forget-gate.html"


@pytest.fixture(scope="module")
def blanks() -> ModuleType:
    return extension("blanks")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + PAGE)
    page.locator(".blanks.is-live").wait_for()
    yield page
    page.close()


def sum_of_unit_1() -> float:
    """z at step 2, from the weights alone: NumPy, and no line of the book's or the reference's."""
    p, h, c = worked_example.params, worked_example.h0, worked_example.c0

    def layer(letter: str, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        return p[f"W_{letter}"].dot(x) + p[f"U_{letter}"].dot(h) + p[f"b_{letter}"]

    def share(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    x1, x2 = worked_example.xs[:2]
    c = share(layer("f", x1, h)) * c + share(layer("i", x1, h)) * np.tanh(layer("g", x1, h))
    h = share(layer("o", x1, h)) * np.tanh(c)
    return float(layer("f", x2, h)[0])


def type_into(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def test_right_answers_pass_however_the_number_is_written(page: Page) -> None:
    field, said = page.get_by_label("unit 1, sum z"), page.locator(".blanks-said")
    z = sum_of_unit_1()
    for text in (f"{z:.2f}", f"{z:.4f}", f" {z:.2f}".replace("-", "−").replace(".", ",")):
        type_into(field, "")
        type_into(field, text)
        expect(said).to_have_text("unit 1, sum z: yes.")
        expect(field).to_have_attribute("aria-invalid", "false")


def test_wrong_answers_are_told_where_to_look_and_shown_only_after_two(page: Page) -> None:
    field, said = page.get_by_label("unit 1, sum z"), page.locator(".blanks-said")
    show = page.get_by_role("button", name="Show me: unit 1, sum z")
    z = sum_of_unit_1()
    type_into(field, f"{z + 0.02:.2f}")
    expect(said).to_contain_text("not yet. Look at the bias")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(show).to_be_hidden()
    type_into(field, "a lot")
    expect(said).to_contain_text("not a number")
    expect(show).to_be_hidden()
    type_into(field, f"{-z:.2f}")
    expect(show).to_be_visible()
    assert f"{z:.3f}".replace("-", "−") not in said.inner_text()
    for _ in range(page.locator(".blanks input").count()):
        if show.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{z:.3f}".replace("-", "−"))
    expect(show).to_be_hidden()


def test_the_last_right_answer_is_said_to_be_the_last(page: Page) -> None:
    fields = page.locator(".blanks > :not(details) .blank")
    said = page.locator(".blanks-said")
    for k in range(fields.count()):
        assert "last one" not in said.inner_text()
        value = float(fields.nth(k).get_attribute("data-value") or "nan")
        type_into(fields.nth(k).locator("input"), f"{value:.2f}")
    expect(said).to_contain_text("That was the last one.")


def test_a_reader_of_the_screen_hears_name_and_judgement(page: Page) -> None:
    names = page.locator(".blanks input").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(names) == len(set(names)) >= 4
    assert page.locator(".blanks").get_by_role("status").count() == 1


def test_without_script_and_on_paper_there_are_lines_and_a_folded_answer(
    browser: Browser, site: str, page: Page
) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(site + PAGE)
    assert plain.locator(".blanks input").count() == 0
    assert plain.get_by_text("______").first.is_visible()
    answers = plain.locator(".blanks details")
    answers.locator("summary").click()
    assert f"{sum_of_unit_1():.3f}".replace("-", "−") in answers.inner_text()
    context.close()

    assert page.locator(".blanks details").is_hidden()
    page.emulate_media(media="print")
    assert page.locator(".blanks details").is_visible()
    assert page.get_by_text("______").first.is_visible()
    assert page.locator(".blanks input").first.is_hidden()


def test_the_script_goes_only_where_it_is_used(built_book: Path, pages: list[str]) -> None:
    for name in pages:
        text = (built_book / name).read_text(encoding="utf-8")
        assert ("blanks.js" in text) == ('class="blank"' in text), name


@pytest.mark.parametrize(
    ("blank", "what"),
    [
        ("f9[0] ; share ; the sum", "f9"),
        ("f2 ; share ; the sum", "expected one number"),
        ("f2[0] ; share", "2 parts; expected three"),
        ("f2[0] - f2[0] + 0.001 ; share ; the sum", "0 is right"),
    ],
)
def test_a_blank_that_cannot_be_checked_is_an_error(
    blanks: ModuleType, blank: str, what: str
) -> None:
    with pytest.raises(blanks.PlaceholderError, match=what):
        blanks.field(blank, decimals=2)


def test_quotes_in_words_do_not_break_the_page(blanks: ModuleType) -> None:
    assert "&quot;A&quot; &lt;b&gt;" in blanks.field('f2[0] ; "A" <b> ; the sum', decimals=2)


def test_text_without_a_blank_stops_the_build(tmp_path: Path) -> None:
    page = "# Page\n\n```{blanks}\nThe share is [[ f1[0] ]].\n```\n"
    done = build(tmp_path, page, "sphinx_design", "blanks")
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert "no blank" in done.stderr
