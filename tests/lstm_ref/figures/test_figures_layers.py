"""The grid of layers and steps: against torch's packed sequences, and against hand counts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, expect
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_ref import figures
from lstm_ref.datasets import sentence, worked_example
from tests.lstm_ref.figures.test_figures_browser import box, opened, values

Ask = Callable[..., Any]


def state(**changes: Any) -> dict[str, Any]:
    return figures.start("layers") | changes


@pytest.mark.parametrize(("lengths", "both"), [((6, 5), False), ((2, 5), True), ((3, 1), False)])
def test_the_grid_shows_what_torch_computes(ask: Ask, lengths: tuple[int, int], both: bool) -> None:
    shown = ask(
        "layers",
        "spec.compute(given)",
        state(depth=2, ways="both" if both else "one", length1=lengths[0], length2=lengths[1]),
    )
    net = torch.nn.LSTM(2, 2, num_layers=2, bidirectional=both, dtype=torch.float64)
    ways = ("", "_reverse") if both else ("",)
    with torch.no_grad():
        for k in range(2):
            for back, end in enumerate(ways):
                turned = slice(None, None, -1 if (k + back) % 2 else 1)
                for name, stem in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b")):
                    rows = np.concatenate(
                        [worked_example.params[f"{stem}_{gate}"][turned] for gate in "ifgo"]
                    )
                    if k and both and stem == "W":
                        rows = np.concatenate([rows, rows], axis=1)
                    getattr(net, f"{name}_l{k}{end}").copy_(torch.tensor(rows))
                getattr(net, f"bias_hh_l{k}{end}").zero_()
        xs = torch.zeros(6, 2, 2, dtype=torch.float64)
        xs[:, 0] = torch.tensor(sentence.xs[:6])
        xs[:5, 1] = torch.tensor(sentence.xs[6:])
        packed = pack_padded_sequence(xs, torch.tensor(lengths), enforce_sorted=False)
        out, (h_n, _) = net(packed)
        hs, _ = pad_packed_sequence(out, total_length=6)
    np.testing.assert_allclose(shown["h_n"], h_n[..., 0], atol=1e-12)
    for back in range(len(ways)):
        top = shown["hs"][len(ways) + back]
        np.testing.assert_allclose(top, hs[..., 2 * back], atol=1e-12)


def test_a_wave_takes_depth_plus_length_and_both_directions_take_the_product(ask: Ask) -> None:
    one, both = ask("layers", "given.map(spec.compute)", [state(), state(ways="both", length2=2)])
    assert one["moments"] == 3 + 6 - 1
    assert both["moments"] == 3 * 6
    assert one["steps"] == 3 * (6 + 5)
    assert both["steps"] == 2 * 3 * (6 + 2)
    # Layer 2 begins for the short sentence when both directions have read its two words.
    assert both["ready"][2][0] == [7, 3]


def test_a_pressed_cell_waits_for_what_is_left_of_it_and_below(ask: Ask) -> None:
    shown = ask("layers", "spec.compute(given)", state(depth=3, asked=[1, 3]))
    needed = np.array(shown["needs"])
    assert needed[:, :, 0].sum() == 4 + 3
    assert not needed[2].any()
    assert not needed[:, 4:].any()


@pytest.mark.browser
def test_it_is_played_by_keyboard_as_far_as_there_is_something_to_take(
    browser: Browser, node_path: str
) -> None:
    page = opened(browser, "layers", box("layers", node_path), reduced_motion="reduce")
    step = page.get_by_role("button", name="One step")
    moments = []
    for _ in range(6):
        step.press("Enter")
        moments.append(values(page)["moment"])
    assert moments == [5, 6, 7, 8, 0, 1]  # it ends after 8, and the slider could go to 18
    cell = page.get_by_role("button", name="layer 2, step 4: not waits, great waits.")
    cell.press("Enter")
    expect(cell).to_have_attribute("aria-pressed", "true")
    assert values(page)["asked"] == [1, 3]
    expect(page.locator("#it .lstm-figure")).to_contain_text("waits for 7 steps")
    cell.press("Enter")
    assert values(page)["asked"] == []
    page.close()
