"""The whole cell's parts tell their names and numbers; the game is played by keyboard."""

import pytest
from playwright.sync_api import Browser, expect

from lstm_ref import figures
from tests.lstm_ref.figures.test_figures_browser import box, opened, values

pytestmark = pytest.mark.browser


def test_each_wire_and_box_of_the_cell_tells_its_name_and_numbers(
    browser: Browser, node_path: str
) -> None:
    page = opened(browser, "cell", box("cell", node_path), reduced_motion="reduce")
    named = page.locator("#it .lstm-part").evaluate_all(
        "nodes => nodes.map(node => node.getAttribute('aria-label'))"
    )
    for start in (
        *("the input x", "the previous hidden state h", "the previous cell state c"),
        *("the forget gate f", "the input gate i", "the candidate g", "the output gate o"),
        *("what is kept", "what is written", "the new cell state c", "the squashed cell state"),
        *("the hidden state h", "plus", "tanh without weights"),
        *("the forget gate: a layer", "the candidate: a layer"),
    ):
        assert sum(name.startswith(start) for name in named) == 1, start
    gate = page.get_by_role("img", name="the forget gate f, the share that is kept")
    gate.focus()
    expect(page.locator("#it .lstm-tip")).to_contain_text("unit 1 0.950, unit 2 0.102")
    page.get_by_role("button", name="One step").press("Enter")
    gate.focus()
    expect(page.locator("#it .lstm-tip")).to_contain_text("unit 1 0.372, unit 2 0.554")
    page.close()


def test_the_game_is_played_to_its_end_by_keyboard(browser: Browser, node_path: str) -> None:
    page = opened(browser, "gates_game", box("gates_game", node_path), reduced_motion="reduce")

    def press(label: str) -> None:
        page.get_by_role("button", name=label).press("Enter")

    def gates(**shares: int) -> None:
        for name, share in shares.items():
            slider = page.locator(f'#it input[id$="-live-{name}"]')
            slider.press("End" if share else "Home")

    gates(f=0, i=1, o=0)
    press("Take step 3")
    gates(f=1, i=0)
    press("To the next signal")
    gates(o=1)
    press("Take step 17")
    press("Back")
    press("Take step 17")
    gates(o=0)
    assert "The trained cell has" not in (page.locator("#it .lstm-sentence").text_content() or "")
    press("To the next signal")
    assert values(page)["score"] == pytest.approx(100)
    expect(page.locator("#it .lstm-sentence")).to_contain_text(
        "You have 100 of 100 points. The trained cell has 100"
    )
    press("Once more")
    assert values(page)["choices"] == []
    page.close()


def test_the_figures_of_the_cell_start_where_the_chapter_does() -> None:
    for t, numbers in ((1, ("1.54", "0.0602")), (2, ("0.539", "0.455")), (3, ("0.0903", "0.0743"))):
        shown = figures.compute("cell", figures.start("cell") | {"t": t})
        assert (f"{shown['c'][0]:#.3g}", f"{shown['h'][0]:#.3g}") == numbers
