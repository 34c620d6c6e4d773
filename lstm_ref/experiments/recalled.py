"""Recall: how many items, over how long a lag, does a model give back?

Symbols of an alphabet of eight are shown, then nothing, then they must be given back in order. An
error is a sequence with any symbol wrong. Who remembers nothing is right once in 8, 64, … of them.
"""

from functools import partial

from lstm_ref.datasets.recall import recall
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, share_wrong

HIDDEN, BATCH, STEPS, FRESH = 32, 32, 800, 1000
#: (items, lag)
CHOICES = ((3, 20), (3, 60))


def task(items: int, lag: int) -> Task:
    """Return the task with so many items, kept over so many steps."""
    draw = partial(recall, items=items, lag=lag)
    return Task(
        inputs=10,
        outputs=8,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=FRESH),
        loss=classes,
        error=share_wrong,
        solved=0.01,
        goal=0.01,
        every_step=True,
    )


def run(
    seed: int, *, cell: str, items: int, lag: int, steps: int = STEPS, look: int = 50
) -> Result:
    """Train one model."""
    how = {"hidden": HIDDEN, "steps": steps, "look": look}
    return choice("recalled", cell).learn(task(items, lag), cell, seed, items + lag, **how)


EXPERIMENT = Experiment(
    "recalled",
    run,
    tuple({"cell": c, "items": n, "lag": lag} for n, lag in CHOICES for c in CELLS),
    seeds=5,
    miniature={"items": 2, "lag": 4, "steps": 4, "look": 2},
)
