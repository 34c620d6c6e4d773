"""Counting: trained on aⁿbⁿ up to n = 20, how far does a model go on?

Weiss, Goldberg and Yahav (2018) show that an LSTM and a ReLU network can count in finite precision,
and that a GRU and a tanh network cannot. Here each of four models of ten units learns to say what
comes next. `reach` is the largest n such that every string up to aⁿbⁿ is told rightly at each step
at which it is decided, n up to 300.
"""

from functools import partial

import numpy as np
import torch

from lstm_ref.arrays import Array
from lstm_ref.datasets.counting import counting
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS, model
from lstm_ref.experiments.trial import classes
from lstm_ref.training import fit, tensor

HIDDEN, BATCH, STEPS = 10, 32, 3000
TRAINED, ASKED = 20, 300
RATES = {"rnn": 0.003, "irnn": 0.001, "gru": 0.01, "lstm": 0.01}


def drawn(rng: np.random.Generator, *, letters: int) -> tuple[Array, np.ndarray]:
    """Draw a mini-batch of strings with n from 1 to 20."""
    return counting(rng.integers(1, TRAINED + 1, BATCH), letters=letters)


def run(
    seed: int, *, cell: str, letters: int, steps: int = STEPS, asked: int = ASKED, look: int = 100
) -> Result:
    """Train one model; return how far it counts."""

    def wrong(trained: torch.nn.Module) -> float:
        return float(np.mean(~_right(trained, range(1, TRAINED + 1), letters)))

    trained, history = fit(
        lambda: model(cell, letters + 1, HIDDEN, letters + 1, every_step=True),
        partial(drawn, letters=letters),
        classes,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=RATES[cell]),
        validate=wrong,
        validate_every=look,
        progress=False,
    )
    right = _right(trained, range(1, asked + 1), letters)
    reach = int(asked if right.all() else right.argmin())
    return {"reach": reach, "wrong_in_training": min(v for _, v in history.validations)}


def _right(trained: torch.nn.Module, counts: range, letters: int) -> np.ndarray:
    """Say of each count whether its string is told rightly at each step that is decided."""
    found = []
    with torch.no_grad():
        for n in counts:  # one by one: in a batch short ones would be run as long as long ones
            xs, labels = counting([n], letters=letters)
            told = trained(tensor(xs, next(trained.parameters()))).argmax(-1).numpy()
            found.append(bool(((told == labels) | (labels == -1)).all()))
    return np.array(found)


EXPERIMENT = Experiment(
    "counting",
    run,
    every(cell=CELLS, letters=(2, 3)),
    seeds=5,
    miniature={"steps": 4, "asked": 5, "look": 2},
)
