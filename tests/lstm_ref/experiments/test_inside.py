"""What the chapter on looking inside measures by: the search itself, on what is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from lstm_ref.arrays import Array
from lstm_ref.experiments.inside import best, correlations, saturation
from lstm_ref.figures.inside import net_text


def traces(rng: np.random.Generator, labels: Array, planted: int | None) -> dict[str, Array]:
    c = rng.normal(size=(*labels.shape, 6))
    if planted is not None:
        c[..., planted] = -3 * labels + 0.1 * c[..., planted]
    return {"c": c}


def test_a_unit_that_was_planted_is_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(0)
    labels = [rng.integers(0, 4, (40, 30)).astype(float) for _ in range(2)]
    found = best([traces(rng, one, 4) for one in labels], labels)
    assert found["unit"] == 4
    assert found["r"] < -0.99
    assert found["right"] > 0.99
    nothing = best([traces(rng, one, None) for one in labels], labels)
    assert abs(nothing["r"]) < 0.1
    assert nothing["right"] == pytest.approx(0.25, abs=0.06)


def test_a_correlation_is_numpy_s_and_0_where_nothing_moves() -> None:
    rng = np.random.default_rng(1)
    c, labels = rng.normal(size=(7, 5, 3)), rng.normal(size=(7, 5))
    c[..., 2] = 1.5
    found = correlations(c, labels)
    for unit in range(2):
        wanted = np.corrcoef(c[..., unit].ravel(), labels.ravel())[0, 1]
        assert found[unit] == pytest.approx(wanted)
    assert found[2] == 0


def test_saturation_counts_both_ends() -> None:
    gate = np.array([[[0.05, 0.5, 0.95, 0.99]]])
    assert saturation({"f": gate, "i": gate, "o": gate})["f"] == [0.25, 0.5]


def test_the_net_of_the_figure_is_that_of_the_results(root: Path) -> None:
    kept = (root / "lstm_ref" / "figures" / "inside.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(net_text())
