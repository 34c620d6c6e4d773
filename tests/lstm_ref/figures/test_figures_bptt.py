"""The backward pass's figure: its numbers against torch's, its parts by keyboard, name by name."""

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, expect

from lstm_ref import figures
from lstm_ref.datasets import worked_example
from tests import in_torch
from tests.lstm_ref.figures.test_figures_browser import box, opened


def by_torch(e: tuple[float, float], reset: float) -> tuple[np.ndarray, np.ndarray]:
    """dh and dc of all three steps, from torch's own way back."""
    cell = in_torch.cell(worked_example.params)
    h, c = (torch.tensor(a)[None] for a in (worked_example.h0, worked_example.c0))
    xs = torch.tensor(worked_example.xs)
    xs[2, 1] = reset
    states = []
    for x in xs:
        h, c = cell(x[None], (h, c))
        h.retain_grad()
        c.retain_grad()
        states.append((h, c))
    (h * torch.tensor(e)).sum().backward()
    dh, dc = ([state[k].grad.numpy()[0] for state in states] for k in (0, 1))
    return np.array(dh), np.array(dc)


@pytest.mark.parametrize(("e", "reset"), [((1.0, 1.0), 1.0), ((-0.5, 2.0), 0.3), ((0.0, 1.0), 0.0)])
def test_what_comes_back_to_each_step_is_what_torch_sends(
    e: tuple[float, float], reset: float
) -> None:
    state = figures.start("bptt") | {"e1": e[0], "e2": e[1], "reset": reset}
    shown = figures.compute("bptt", state)
    dh, dc = by_torch(e, reset)
    np.testing.assert_allclose(shown["dhs"], dh, rtol=1e-10)
    np.testing.assert_allclose(shown["dcs"], dc, rtol=1e-10)


def test_the_figure_tells_the_story_of_the_chapter() -> None:
    last = figures.compute("bptt", figures.start("bptt") | {"n": 4})
    first = figures.compute("bptt", figures.start("bptt") | {"n": 12})
    middle = figures.compute("bptt", figures.start("bptt") | {"n": 8})
    assert (last["t"], middle["t"], first["t"]) == (3, 2, 1)
    assert last["dc"].round(3).tolist() == [0.819, 0.591]
    assert first["dc"].round(3).tolist() == [0.021, 0.228]
    assert middle["dz_g"][0].round(3) == 0.001
    assert middle["dz_i"][1].round(3) == 0.002


@pytest.mark.browser
def test_each_number_and_its_gradient_tell_their_names(browser: Browser, node_path: str) -> None:
    page = opened(browser, "bptt", box("bptt", node_path), reduced_motion="reduce")

    def named() -> list[str]:
        found = page.locator("#it .lstm-part").evaluate_all(
            "nodes => nodes.map(node => node.getAttribute('aria-label'))"
        )
        return [str(name) for name in found]

    forward = (
        *("the input x", "the previous hidden state h", "the previous cell state c"),
        *("the forget gate f", "the input gate i", "the candidate g", "the output gate o"),
        *("what is kept", "what is written", "the new cell state c", "the squashed cell state"),
        "the hidden state h",
    )
    back = (
        *("dh,", "do,", "dc,", "df,", "di,", "dg,", "dx,", "the gradient of tanh of c"),
        *("dz of the forget gate", "dz of the input gate", "dz of the candidate"),
        *("dz of the output gate", "what comes back along the memory"),
        *("the gradient of the previous cell state", "the gradient of the previous hidden state"),
    )
    for start in (*forward, *back):
        assert sum(name.startswith(start) for name in named()) == 1, start
    step = page.get_by_role("button", name="One step")
    step.press("Enter")  # from the end to the first part: what arrives, and nothing else yet
    for start in back:
        arrived = start in ("dh,", "what comes back along the memory")
        assert any(name.startswith(start) for name in named()) == arrived, start
    step.press("Enter")
    whole = page.get_by_role("img", name="dc, the whole gradient")
    whole.focus()
    expect(page.locator("#it .lstm-tip")).to_contain_text("0.819")
    page.get_by_role("radio", name="unit 2").press("Space")
    whole.focus()
    expect(page.locator("#it .lstm-tip")).to_contain_text("0.591")
    expect(page.locator("#it .lstm-sentence")).to_contain_text("Step 3, unit 2, part 2 of 4")
    page.close()
