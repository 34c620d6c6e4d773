"""Recall: how many items, over how long a lag, does a model of 64 units give back?

Symbols of an alphabet of eight are shown, then nothing, then they must be given back in order. An
error is a sequence with any symbol wrong. Who remembers nothing is right once in 8, 64, … of them.
"""

from functools import partial

from lstm_ref.datasets.recall import recall
from lstm_ref.experiments.experiment import Experiment, Result
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, share_wrong, trial

HIDDEN, BATCH, STEPS = 64, 64, 2000
RATES = {"rnn": 0.001, "irnn": 0.001, "gru": 0.01, "lstm": 0.01}
#: (items, lag)
CHOICES = ((1, 20), (3, 20), (6, 20), (1, 60), (3, 60))


def run(
    seed: int, *, cell: str, items: int, lag: int, steps: int = STEPS, look: int = 100
) -> Result:
    """Train one model."""
    draw = partial(recall, items=items, lag=lag)
    task = Task(
        inputs=10,
        outputs=8,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=1000),
        loss=classes,
        error=share_wrong,
        solved=0.01,
        every_step=True,
    )
    return trial(task, cell, seed, hidden=HIDDEN, steps=steps, rate=RATES[cell], look=look)


EXPERIMENT = Experiment(
    "recalled",
    run,
    tuple({"cell": c, "items": n, "lag": lag} for n, lag in CHOICES for c in CELLS),
    seeds=5,
    miniature={"items": 2, "lag": 4, "steps": 4, "look": 2},
)
