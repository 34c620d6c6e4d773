"""How much a memory holds: how many of some items are recalled, by the number of units.

Symbols of an alphabet of eight, then five blank steps, then all of them in their order. `right` is
the share of symbols that are right: who remembers nothing has one in eight. Each symbol is
three bits. One learning rate for all, 0.01.
"""

from dataclasses import replace

import numpy as np

from lstm_ref.experiments import recalled
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.trial import answers, trained

LAG, STEPS, RATE = 5, 1000, 0.01
ITEMS, UNITS = (1, 3, 6), (4, 8, 16, 32)


def run(seed: int, *, items: int, units: int, steps: int = STEPS, look: int = 100) -> Result:
    """Train one LSTM; return how many of its symbols are right, and of how many sequences all."""
    task = replace(recalled.task(items, LAG), goal=0.0)
    model, went = trained(task, "lstm", seed, hidden=units, steps=steps, rate=RATE, look=look)
    xs, labels = task.fresh(np.random.default_rng(77))
    right = float(np.mean(answers(model, xs).argmax(-1)[-items:] == labels[-items:]))
    return {"right": round(right, 4), "whole": round(1 - went["error"], 4)}


EXPERIMENT = Experiment(
    "limits_room",
    run,
    every(items=ITEMS, units=UNITS),
    seeds=5,
    miniature={"steps": 4, "look": 2},
)
