"""Carry a bit: what the data ask for, and what the trained cell of the game makes of it."""

import numpy as np
import pytest
import torch

from lstm_ref.datasets.carry import SHOWN, carry
from lstm_ref.figures import data
from lstm_ref.figures.gates_game import ROUNDS, compute
from lstm_ref.parameters import LSTMParameters
from tools import carry_cell


def test_what_should_be_shown_is_the_last_bit_that_was_written() -> None:
    xs, targets = carry(np.random.default_rng(3), length=30, batch_size=50)
    assert xs.shape == (30, 50, 3)
    assert targets.shape == (30, 50, 1)
    for b in range(50):
        bit = None
        for (value, write, show), target in zip(xs[:, b], targets[:, b, 0], strict=True):
            assert not (write and show)
            if write:
                assert abs(value) == 1
                bit = value
            assert target == (bit * SHOWN if show else 0)
        assert bit is not None
    assert 0 < np.count_nonzero(targets) < targets.size / 4


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="length is 3"):
        carry(np.random.default_rng(0), length=3, batch_size=1)


def test_the_kept_cell_carries_bits_that_it_has_never_seen() -> None:
    """By torch's cell, on fresh and longer sequences."""
    xs, targets = carry(np.random.default_rng(99), length=60, batch_size=200)
    packed = LSTMParameters.from_gates(data.kept(ROUNDS)["params"])
    layer = torch.nn.LSTM(3, 1, dtype=torch.float64)
    layer.load_state_dict({f"{k}_l0": torch.tensor(v) for k, v in vars(packed).items()})
    with torch.no_grad():
        hs = layer(torch.tensor(xs))[0].numpy()
    assert np.mean((hs - targets) ** 2) < 0.02 * np.mean(targets**2)


def test_the_file_says_how_the_cell_was_found() -> None:
    how = dict(data.kept(ROUNDS)["how"])
    error = how.pop("mean_squared_error")
    assert how == carry_cell.SETTINGS
    assert error == pytest.approx(
        carry_cell.error(LSTMParameters.from_gates(data.kept(ROUNDS)["params"])), rel=0.05
    )
    assert data.kept(ROUNDS)["rounds"] == carry_cell.rounds()


def test_points_are_none_for_silence_and_full_for_what_was_asked() -> None:
    state = {"f": 1, "i": 0, "o": 0}
    for number in (1, 2):
        xs = np.array(data.kept(ROUNDS)["rounds"][number - 1])
        perfect = [(0, 1, 0) if write else (1, 0, show) for _, write, show in xs]
        silent = [(1, 1, 0)] * len(xs)
        for choices, points in ((perfect, 100), (silent, 0), (perfect[:2], 0)):
            played = compute({**state, "round": number, "choices": choices})
            assert played["score"] == pytest.approx(points)
        assert played["cell_score"] > 98
        assert played["open_score"] == 0
