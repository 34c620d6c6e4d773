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
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, share_wrong, trained
from lstm_ref.training import tensor

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

    task = Task(
        inputs=letters + 1,
        outputs=letters + 1,
        batches=partial(drawn, letters=letters),
        fresh=lambda _: counting(range(1, TRAINED + 1), letters=letters),
        loss=classes,
        error=share_wrong,
        solved=0.01,
        every_step=True,
    )
    model, went = trained(task, cell, seed, hidden=HIDDEN, steps=steps, rate=RATES[cell], look=look)
    right = _right(model, range(1, asked + 1), letters)
    reach = int(asked if right.all() else right.argmin())
    return {"reach": reach, "wrong_in_training": went["error"]}


def _right(model: torch.nn.Module, counts: range, letters: int) -> np.ndarray:
    """Say of each count whether its string is told rightly at each step that is decided."""
    found = []
    with torch.no_grad():
        for n in counts:  # one by one: in a batch short ones would be run as long as long ones
            xs, labels = counting([n], letters=letters)
            told = model(tensor(xs, next(model.parameters()))).argmax(-1).numpy()
            found.append(bool(((told == labels) | (labels == -1)).all()))
    return np.array(found)


EXPERIMENT = Experiment(
    "counting",
    run,
    every(cell=CELLS, letters=(2, 3)),
    seeds=5,
    miniature={"steps": 4, "asked": 5, "look": 2},
)
