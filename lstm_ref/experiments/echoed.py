"""Echo: who repeats what came a few steps before, all the time? A short lag, and much to carry.

An error is the mean squared one, from the first step on at which there is something to repeat; a
fiftieth of 1/3 counts as solved.
"""

from functools import partial

import torch

from lstm_ref.datasets.echo import echo
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task

HIDDEN, BATCH, STEPS = 32, 32, 400
LAGS = (5, 10, 20)


def squared(outputs: torch.Tensor, targets: torch.Tensor, *, lag: int) -> torch.Tensor:
    """Return the mean squared error, the first `lag` steps left out."""
    return ((outputs - targets)[lag:] ** 2).mean()


def task(lag: int) -> Task:
    """Return the task with so many steps between a number and its echo."""
    return Task(
        inputs=1,
        outputs=1,
        batches=partial(echo, lag=lag, batch_size=BATCH),
        fresh=partial(echo, lag=lag, batch_size=500),
        loss=partial(squared, lag=lag),
        error=partial(squared, lag=lag),
        solved=1 / 150,
        goal=1 / 150,
        every_step=True,
    )


def run(seed: int, *, cell: str, lag: int, steps: int = STEPS, look: int = 25) -> Result:
    """Train one model."""
    how = {"hidden": HIDDEN, "steps": steps, "look": look}
    return choice("echoed", cell).learn(task(lag), cell, seed, lag, **how)


EXPERIMENT = Experiment(
    "echoed",
    run,
    every(cell=CELLS, lag=LAGS),
    seeds=5,
    miniature={"lag": 4, "steps": 4, "look": 2},
)
