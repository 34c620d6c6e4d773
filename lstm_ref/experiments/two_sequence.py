"""Two sequences (3c): the first three numbers count, over a hundred steps of noise.

Experiment 3c of Hochreiter and Schmidhuber (1997). An error is the mean distance from the class's
answer, over 1,000 fresh sequences whose answers have no noise; solved means below 0.015, as there.
"""

from functools import partial

import torch
from torch import nn

from lstm_ref.datasets.two_sequence import two_sequence
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task

HIDDEN, BATCH, STEPS, LENGTH = 32, 32, 600, 100


def distance(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean distance from the answers."""
    return (outputs - targets).abs().mean()


def task(length: int = LENGTH) -> Task:
    """Return the task with sequences of this length, or up to a tenth longer."""
    draw = partial(two_sequence, length=length)
    return Task(
        inputs=1,
        outputs=1,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=1000, noisy=False),
        loss=nn.functional.mse_loss,
        error=distance,
        solved=0.015,
        goal=0.015,
    )


def run(
    seed: int, *, cell: str, length: int = LENGTH, steps: int = STEPS, look: int = 50
) -> Result:
    """Train one model."""
    how = {"hidden": HIDDEN, "steps": steps, "look": look}
    return choice("two_sequence", cell).learn(task(length), cell, seed, length, **how)


EXPERIMENT = Experiment(
    "two_sequence",
    run,
    every(cell=CELLS),
    seeds=5,
    miniature={"length": 10, "steps": 6, "look": 3},
)
