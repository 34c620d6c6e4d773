"""The embedded Reber grammar: does a plain network learn it, and what does that depend on?

Experiment 1 of Hochreiter and Schmidhuber (1997). As there, a string is right where at each step
the symbols that may follow are the most active ones. There are 500 fresh strings; a network has
learned the grammar where it has fewer than one in a hundred wrong.

`how` is one of HOW: the optimiser, and how far the gradient goes back. With "cut" that is one step,
about as Elman (1990) cut it, and weights move after each step.
"""

from functools import partial

import numpy as np
import torch

from lstm_ref.arrays import Array
from lstm_ref.datasets.embedded_reber import (
    SYMBOLS,
    embedded_reber,
    embedded_reber_string,
    encode,
    successors,
)
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, classes, trial

HIDDEN, BATCH, STEPS, FRESH = 16, 32, 800, 500
#: Learning rates where the gradient's own size counts, and where it is cut after one step.
SGD_RATE, CUT_RATE = 1.0, 0.01
#: Mini-batches where weights move after each symbol: some 15 times as often.
CUT_STEPS = 300
HOW = ("adam", "sgd", "cut")


def asked(rng: np.random.Generator, *, count: int = FRESH) -> tuple[Array, Array]:
    """Draw strings and return (xs, allowed), (T, B, 7) each.

    `allowed` is 1 for each symbol that may follow, and 0 at all places past a string's end.
    """
    strings = [embedded_reber_string(rng) for _ in range(count)]
    xs, _ = encode(strings)
    allowed = np.zeros_like(xs)
    for b, string in enumerate(strings):
        for t in range(1, len(string)):
            for symbol in successors(string[:t]):
                allowed[t - 1, b, SYMBOLS.index(symbol)] = 1.0
    return xs, allowed


def wrong(outputs: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Return the share of strings in which a symbol that may not follow beats one that may."""
    least = outputs.masked_fill(allowed == 0, torch.inf).amin(-1)
    most = outputs.masked_fill(allowed == 1, -torch.inf).amax(-1)
    return ((most >= least) & (allowed.sum(-1) > 0)).any(0).float().mean()


def task(count: int = FRESH) -> Task:
    """Return the task; `count` is how many fresh strings are asked for."""
    return Task(
        inputs=len(SYMBOLS),
        outputs=len(SYMBOLS),
        batches=partial(embedded_reber, batch_size=BATCH),
        fresh=partial(asked, count=count),
        loss=classes,
        error=wrong,
        solved=0.01,
        goal=0.01,
        every_step=True,
    )


def run(
    seed: int, *, cell: str, how: str, steps: int = STEPS, count: int = FRESH, look: int = 50
) -> Result:
    """Train one model."""
    if how == "cut":
        steps = min(
            steps, CUT_STEPS
        )  # each of these is as many steps of training as it has symbols
    rates = {"adam": choice("reber", cell).rate, "sgd": SGD_RATE, "cut": CUT_RATE}
    return trial(
        task(count),
        cell,
        seed,
        hidden=HIDDEN,
        steps=steps,
        rate=rates[how],
        look=look,
        optimiser=torch.optim.SGD if how == "sgd" else torch.optim.Adam,
        chunk=1 if how == "cut" else None,
    )


EXPERIMENT = Experiment(
    "reber",
    run,
    (
        *({"cell": cell, "how": "adam"} for cell in CELLS),
        *({"cell": cell, "how": "sgd"} for cell in ("rnn", "lstm")),
        {"cell": "rnn", "how": "cut"},
    ),
    seeds=5,
    miniature={"steps": 6, "count": 20, "look": 3},
)
