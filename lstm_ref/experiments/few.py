"""Few data: the next value of a noisy wave, by networks and by least squares.

Of each wave the last fifth is kept apart: on it a network stops at its best, and chooses its
learning rate. `error` is the mean squared error on 2,000 fresh values, over that of the best
possible answer: 1 is perfect. Least squares has a weight for each of the last LENGTH values, and a
constant.
"""

from functools import partial

import numpy as np
import torch
from torch import nn

from lstm_ref.arrays import Array
from lstm_ref.datasets.wave import NOISE, wave, windows
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import model
from lstm_ref.experiments.trial import answers
from lstm_ref.training import fit, tensor

LENGTH, HIDDEN, BATCH, STEPS, FRESH = 10, 16, 32, 300, 2000
RATES = (0.003, 0.01, 0.03)
MODELS = ("least squares", "rnn", "lstm")


def run(seed: int, *, by: str, values: int, steps: int = STEPS, look: int = 20) -> Result:
    """Learn from one wave; return the error on fresh values."""
    rng = np.random.default_rng(seed)
    seen, fresh = wave(rng, values=values), wave(rng, values=FRESH)
    cut = values - values // 5
    known, apart, asked = (
        windows(part, LENGTH) for part in (seen[:cut], seen[cut - LENGTH :], fresh)
    )
    if by == "least squares":
        told = _with_one(asked[0]) @ np.linalg.lstsq(_with_one(known[0]), known[1], rcond=None)[0]
    else:
        told = _network(by, seed, known, apart, asked[0], steps, look)
    error = float(np.mean((told - asked[1]) ** 2)) / NOISE**2
    return {"error": float(f"{error:.4g}")}


def _with_one(xs: Array) -> Array:
    return np.hstack([xs[..., 0].T, np.ones((xs.shape[1], 1))])


def _network(
    cell: str,
    seed: int,
    known: tuple[Array, Array],
    apart: tuple[Array, Array],
    asked: Array,
    steps: int,
    look: int,
) -> Array:
    """Return the answers of the network whose rate did best on what was kept apart."""

    def drawn(rng: np.random.Generator) -> tuple[Array, Array]:
        chosen = rng.integers(0, known[0].shape[1], BATCH)
        return known[0][:, chosen], known[1][chosen]

    def error(asked_of: nn.Module) -> float:
        xs, targets = (tensor(array, next(asked_of.parameters())) for array in apart)
        return float(nn.functional.mse_loss(asked_of(xs), targets))

    found = []
    for rate in RATES:
        best, history = fit(
            partial(model, cell, 1, HIDDEN, 1),
            drawn,
            nn.functional.mse_loss,
            steps=steps,
            seed=seed,
            optimiser=partial(torch.optim.Adam, lr=rate),
            validate=error,
            validate_every=look,
            progress=False,
        )
        found.append((min(value for _, value in history.validations), best))
    best = min(found, key=lambda pair: pair[0])[1]
    return answers(best, asked)


EXPERIMENT = Experiment(
    "few",
    run,
    every(by=MODELS, values=(60, 200, 1000)),
    seeds=5,
    miniature={"values": 60, "steps": 4, "look": 2},
)
