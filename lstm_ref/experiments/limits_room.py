"""How much a memory holds: how many of some items are recalled, by the number of units.

Symbols of an alphabet of eight, then five blank steps, then all of them in their order. `right` is
the share of symbols that are right: who remembers nothing has one in eight. Each symbol is
three bits. One learning rate for all, 0.01.
"""

from functools import partial

import numpy as np
import torch

from lstm_ref.datasets.recall import recall
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.trial import Task, classes, share_wrong, trained
from lstm_ref.training import tensor

LAG, BATCH, STEPS, RATE, FRESH = 5, 32, 1000, 0.01, 1000
ITEMS, UNITS = (1, 3, 6), (4, 8, 16, 32)


def run(seed: int, *, items: int, units: int, steps: int = STEPS, look: int = 100) -> Result:
    """Train one LSTM; return how many of its symbols are right, and of how many sequences all."""
    draw = partial(recall, items=items, lag=LAG)
    task = Task(
        inputs=10,
        outputs=8,
        batches=partial(draw, batch_size=BATCH),
        fresh=partial(draw, batch_size=FRESH),
        loss=classes,
        error=share_wrong,
        solved=0.01,
        every_step=True,
    )
    model, went = trained(task, "lstm", seed, hidden=units, steps=steps, rate=RATE, look=look)
    xs, labels = draw(np.random.default_rng(77), batch_size=FRESH)
    with torch.no_grad():
        told = model(tensor(xs, next(model.parameters()))).argmax(-1).numpy()
    right = float(np.mean(told[-items:] == labels[-items:]))
    return {"right": round(right, 4), "whole": round(1 - went["error"], 4)}


EXPERIMENT = Experiment(
    "limits_room",
    run,
    every(items=ITEMS, units=UNITS),
    seeds=5,
    miniature={"steps": 4, "look": 2},
)
