"""Temporal order: which of two or three signals among noise came first?

Experiments 6a and 6b of Hochreiter and Schmidhuber (1997). An error is a wrong class; solved means
that fewer than one in a hundred of 1,000 fresh sequences is wrong.
"""

from functools import partial

from lstm_ref.datasets.temporal_order import SYMBOLS, temporal_order
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, share_wrong, trial

HIDDEN, BATCH = 32, 32
BUDGET = {2: 2000, 3: 3000}
RATES = {"rnn": 0.001, "irnn": 0.001, "gru": 0.01, "lstm": 0.01}


def run(
    seed: int, *, cell: str, signals: int, steps: int = 0, scale: float = 1.0, look: int = 100
) -> Result:
    """Train one model on sequences with two signals (6a) or three (6b)."""
    draw = partial(temporal_order, signals=signals, scale=scale)
    task = Task(
        inputs=len(SYMBOLS),
        outputs=2**signals,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=1000),
        loss=classes,
        error=share_wrong,
        solved=0.01,
    )
    budget = steps or BUDGET[signals]
    return trial(task, cell, seed, hidden=HIDDEN, steps=budget, rate=RATES[cell], look=look)


EXPERIMENT = Experiment(
    "order",
    run,
    every(cell=CELLS, signals=(2, 3)),
    seeds=5,
    miniature={"scale": 0.2, "steps": 4, "look": 2},
)
