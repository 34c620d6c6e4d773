"""Parity: where does training end? And 500 steps, which none of these networks learns.

A network has learned it where fewer than one in a hundred of 1,000 fresh strings is wrong; chance
is one half. The IRNN is left out at 500 steps: its gradient is infinite within the first batches.
"""

from functools import partial

import torch
from torch import nn

from lstm_ref.datasets.parity import parity
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task

HIDDEN, BATCH = 32, 32
#: Mini-batches at most, by length.
BUDGET = {5: 600, 10: 600, 20: 600, 500: 100}


def wrong(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the share of wrong answers."""
    return ((outputs > 0) != (targets > 0.5)).float().mean()


def task(length: int) -> Task:
    """Return the task with strings of this length."""
    return Task(
        inputs=1,
        outputs=1,
        batches=partial(parity, length=length, batch_size=BATCH),
        fresh=partial(parity, length=length, batch_size=1000),
        loss=nn.functional.binary_cross_entropy_with_logits,
        error=wrong,
        solved=0.01,
        goal=0.01,
    )


def run(seed: int, *, cell: str, length: int, steps: int = 0, look: int = 50) -> Result:
    """Train one model."""
    how = {"hidden": HIDDEN, "steps": steps or BUDGET[length], "look": look}
    return choice("parity", cell).learn(task(length), cell, seed, length, **how)


EXPERIMENT = Experiment(
    "parity",
    run,
    tuple(
        one
        for one in every(cell=CELLS, length=tuple(BUDGET))
        if one != {"cell": "irnn", "length": 500}
    ),
    seeds=5,
    miniature={"length": 5, "steps": 6, "look": 3},
)
