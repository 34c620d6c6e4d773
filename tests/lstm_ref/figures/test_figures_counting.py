"""The figures on counting and on parts of the cell: against torch and what was run."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lstm_ref import figures
from lstm_ref.datasets.counting import counting
from lstm_ref.experiments.counting import ASKED, TRAINED
from lstm_ref.figures import ablations, counter
from lstm_ref.figures import counting as trained
from tools.figures import FIGURES


@pytest.mark.parametrize(
    ("file", "made"), [("counted.json", trained.counted), ("parts.json", ablations.measured)]
)
def test_what_a_figure_shows_is_what_was_measured(file: str, made: Any) -> None:
    assert json.loads((FIGURES / file).read_text("utf-8")) == made()


def test_the_figure_says_how_long_the_strings_were_that_were_trained_and_asked() -> None:
    source = (FIGURES / "counting.js").read_text("utf-8")
    assert f"const TRAINED = {TRAINED};" in source
    assert f"const ASKED = {ASKED};" in source


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_the_trained_networks_hold_and_say_what_torch_s_do(name: str) -> None:
    net = trained.counted()[name]
    layer = (nn.LSTM if name == "lstm" else nn.GRU)(3, len(net["U"][0])).double()
    names = {"weight_ih_l0": "W", "weight_hh_l0": "U", "bias_ih_l0": "b", "bias_hh_l0": "c"}
    layer.load_state_dict(
        {key: torch.tensor(net[short]).double() / 1000 for key, short in names.items()}
    )
    for n in (1, 10, 37):
        xs, labels = counting([n])
        with torch.no_grad():
            hs, _ = layer(torch.tensor(xs))
        read = hs[:, 0].numpy() @ np.array(net["V"]).T / 1000 + np.array(net["a"]) / 1000
        told = read.argmax(-1)[n + 1 :]
        found = figures.compute("counting", {"n": n})
        assert found[f"{name}_wrong"] == (told != labels[n + 1 :, 0]).sum()
        if name == "gru":
            np.testing.assert_allclose(found["gru"], hs[:, 0].numpy(), atol=1e-9)
        assert found[f"{name}_wrong"] == 0 or n > net["reach"]


@pytest.mark.parametrize("b_f", [0, 4, 8, 16])
def test_the_counter_is_torch_s_lstm_and_counts_as_far_as_it_says(b_f: int) -> None:
    state = figures.start("counter") | {"b_f": b_f, "n": 9}
    params = counter.by_hand(*(float(state[k]) for k in ("b_i", "b_f", "w_a", "w_b", "b_o")))
    layer = nn.LSTM(2, 1).double()
    layer.load_state_dict({f"{k}_l0": torch.tensor(v) for k, v in vars(params).items()})

    def shown(n: int) -> Any:
        xs = torch.eye(2).double()[[0] * n + [1] * n][:, None]
        with torch.no_grad():
            return layer(xs)[0][:, 0, 0].numpy()

    found = figures.compute("counter", state)
    np.testing.assert_allclose(found["h"], shown(9), atol=1e-12)
    for n in range(1, min(found["reach"] + 2, counter.MOST)):
        more = shown(n)[n:] > counter.MORE
        right = more.tolist() == [True] * (n - 1) + [False]
        assert right == (n <= found["reach"]), n


def test_a_part_that_is_off_plays_no_part() -> None:
    start = figures.start("ablations", "all")
    both = {part: figures.compute("ablations", start | {f"has_{part}": 0}) for part in "ifo"}
    for part, found in both.items():
        np.testing.assert_array_equal(found[part], 1.0)
    coupled = figures.compute("ablations", start | {"coupled": 1})
    np.testing.assert_allclose(coupled["i"], 1 - coupled["f"])
    assert np.abs(figures.compute("ablations", start | {"has_g": 0})["g"]).max() > 1
    assert (
        np.abs(
            figures.compute("ablations", start | {"has_c": 0, "has_f": 0, "has_i": 0})["h"]
        ).max()
        > 1
    )
    game = figures.compute("gates_game", figures.start("gates_game") | {"round": ablations.ROUND})
    np.testing.assert_allclose(figures.compute("ablations", start)["h"], game["cell_h"])
