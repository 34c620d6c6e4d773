"""Temporal order: which of two or three signals among noise came first?

Experiment 6a of Hochreiter and Schmidhuber (1997), and 6b with three signals. An error is a wrong
class; solved means that fewer than one in a hundred of 1,000 fresh sequences is wrong.
"""

from functools import partial

from lstm_ref.datasets.temporal_order import LENGTHS, SYMBOLS, temporal_order
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, share_wrong

HIDDEN, BATCH, FRESH = 32, 32, 1000
#: Mini-batches at most, by the number of signals.
STEPS = {2: 400, 3: 800}


def task(signals: int = 2, scale: float = 1.0) -> Task:
    """Return the task with so many signals; `scale` shortens the sequences."""
    draw = partial(temporal_order, signals=signals, scale=scale)
    return Task(
        inputs=len(SYMBOLS),
        outputs=2**signals,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=FRESH),
        loss=classes,
        error=share_wrong,
        solved=0.01,
        goal=0.01,
    )


def run(
    seed: int, *, cell: str, signals: int, steps: int = 0, scale: float = 1.0, look: int = 50
) -> Result:
    """Train one model on sequences with two signals (6a) or three (6b)."""
    how = {"hidden": HIDDEN, "steps": steps or STEPS[signals], "look": look}
    return choice("order", cell).learn(
        task(signals, scale), cell, seed, int(LENGTHS[0] * scale), **how
    )


EXPERIMENT = Experiment(
    "order",
    run,
    every(cell=CELLS, signals=tuple(STEPS)),
    seeds=5,
    miniature={"scale": 0.2, "steps": 4, "look": 2},
)
