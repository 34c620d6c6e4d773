"""The adding problem: who remembers two numbers among T, and how soon?

The task as Arjovsky et al. (2016) give it: T pairs of a number and a mark, and the sum of the two
marked numbers is asked for at the end. Always saying 1 has a mean squared error of 1/6.

All models have 32 units and mini-batches of 32. Each has a learning rate of its own, which
`adding_rates` is to decide. Training ends where the error on 1,000 other sequences is
below 0.001, or with the budget.
"""

from functools import partial

from torch import nn

from lstm_ref.datasets.adding import adding
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, trial

HIDDEN, BATCH = 32, 32
#: Mini-batches at most.
BUDGET = {50: 2000, 100: 3000, 200: 4000}
#: Learning rates.
RATES = {"rnn": 0.001, "irnn": 0.001, "gru": 0.01, "lstm": 0.01}


def task(length: int) -> Task:
    """Return the task with sequences of this length; a fiftieth of 1/6 counts as solved."""
    return Task(
        inputs=2,
        outputs=1,
        batches=partial(adding, length=length, batch_size=BATCH),
        fresh=partial(adding, length=length, batch_size=1000),
        loss=nn.functional.mse_loss,
        error=nn.functional.mse_loss,
        solved=1 / 300,
        goal=0.001,
    )


def run(seed: int, *, cell: str, length: int, steps: int = 0, look: int = 100) -> Result:
    """Train one model; return its error at the end, when it had solved the task, and the way."""
    budget = steps or BUDGET[length]
    return trial(task(length), cell, seed, hidden=HIDDEN, steps=budget, rate=RATES[cell], look=look)


EXPERIMENT = Experiment(
    "adding",
    run,
    every(cell=CELLS, length=tuple(BUDGET)),
    seeds=5,
    miniature={"length": 10, "steps": 6, "look": 3},
)
