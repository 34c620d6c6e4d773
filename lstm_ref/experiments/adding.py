"""The adding problem: who remembers two numbers among T, and how soon?

`form` "2016" is the task as Arjovsky et al. (2016) give it: T pairs of a number and a mark, and the
sum of the two marked numbers is asked for at the end. Who always says 1 has a mean squared error of
1/6; a fiftieth of that counts as solved. `form` "1997" is experiment 4 of Hochreiter and
Schmidhuber, with another target, for which a constant has 1/24; there an error is an answer that is
0.04 or more off, and solved means that fewer than one in a hundred is.

All models have 32 units, mini-batches of 32 and the same number of them. The learning rate and the
way to begin are each model's own: `lag_rates` chose them. Training ends where the task is solved.
"""

from functools import partial

import torch
from torch import nn

from lstm_ref.datasets.adding import adding, adding_1997
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task

HIDDEN, BATCH, STEPS, LOOK, FRESH = 32, 32, 500, 25, 1000
LENGTHS = (10, 25, 50, 100, 200)
#: What who always says the same has, and what counts as solved.
CONSTANT, SOLVED = 1 / 6, 1 / 300
#: How far an answer may be off in the form of 1997.
NEAR = 0.04


def far(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the share of answers that are NEAR or more off."""
    return ((outputs - targets).abs() >= NEAR).float().mean()


def task(length: int, form: str = "2016") -> Task:
    """Return the task with sequences of this length. Raises KeyError for an unknown form."""
    draw = {
        "2016": partial(adding, length=length),
        "1997": partial(adding_1997, minimal_length=length),
    }[form]
    first = form == "1997"
    solved = 0.01 if first else SOLVED
    return Task(
        inputs=2,
        outputs=1,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=FRESH),
        loss=nn.functional.mse_loss,
        error=far if first else nn.functional.mse_loss,
        solved=solved,
        goal=solved,
    )


def run(
    seed: int, *, cell: str, length: int, form: str, steps: int = STEPS, look: int = LOOK
) -> Result:
    """Train one model; return its smallest error, when it had solved the task, and the way."""
    how = {"hidden": HIDDEN, "steps": steps, "look": look}
    return choice("adding", cell).learn(task(length, form), cell, seed, length, **how)


EXPERIMENT = Experiment(
    "adding",
    run,
    (
        *every(cell=CELLS, length=LENGTHS, form=("2016",)),
        *every(cell=CELLS, length=(100,), form=("1997",)),
        {"cell": "lstm", "length": 500, "form": "1997"},
    ),
    seeds=5,
    miniature={"length": 11, "steps": 6, "look": 3},
)
