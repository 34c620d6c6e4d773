"""Copying: ten symbols of eight, given back in order after a lag. Who does better than guessing?

The task of Arjovsky et al. (2016). `recalled` counts a sequence as wrong where any symbol is; of
ten, nearly all sequences would be. Here an error is a wrong *symbol*: who remembers nothing gets 7
in 8 wrong. Who keeps only how often each was shown, and answers with the commonest each time, gets
`commonest_wrong()`; `commonest` is the share of a network's answers that are a commonest symbol.

Each model learns as it learns to recall.
"""

from dataclasses import replace
from math import factorial

import numpy as np
import torch

from lstm_ref.datasets.recall import UNASKED
from lstm_ref.experiments import recalled
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, answers

HIDDEN, STEPS, ITEMS, ALPHABET = 32, 400, 10, 8
LAG = 100
#: Who remembers nothing.
CONSTANT = 1 - 1 / ALPHABET


def symbols_wrong(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the share of the symbols asked for that are wrong."""
    wrong = outputs.argmax(-1) != labels
    return wrong[labels != UNASKED].float().mean()


def commonest_wrong() -> float:
    """Return the share wrong of who answers each time with a symbol shown most often.

    With x^k / k! for a symbol that is shown k times, ITEMS! times the coefficient of x^ITEMS in
    the ALPHABET-th power counts the sequences.
    """
    once = np.array([1 / factorial(k) for k in range(ITEMS + 1)])
    at_most = []  # the share of the sequences in which no symbol is shown more than m times
    for m in range(ITEMS + 1):
        power = np.polynomial.polynomial.polypow(once[: m + 1], ALPHABET)
        ways = power[ITEMS] if len(power) > ITEMS else 0.0
        at_most.append(factorial(ITEMS) * ways / ALPHABET**ITEMS)
    return float(1 - sum(1 - share for share in at_most) / ITEMS)


def task(lag: int) -> Task:
    """Return the task with so many steps between the last symbol and the first answer."""
    return replace(recalled.task(ITEMS, lag), error=symbols_wrong)


def run(seed: int, *, cell: str, lag: int = LAG, steps: int = STEPS, look: int = 100) -> Result:
    """Train one model."""
    how = {"hidden": HIDDEN, "steps": steps, "look": look}
    asked = task(lag)
    best, found = choice("recalled", cell).trained(asked, cell, seed, ITEMS + lag, **how)
    xs, labels = asked.fresh(np.random.default_rng(20_000 + seed))
    told, shown = answers(best, xs)[-ITEMS:].argmax(-1), labels[-ITEMS:]
    often = (shown[..., None] == np.arange(ALPHABET)).sum(0)  # (B, 8)
    common = np.take_along_axis(often, told.T, 1) == often.max(1, keepdims=True)
    return {"error": found["error"], "commonest": float(common.mean())}


EXPERIMENT = Experiment(
    "copied",
    run,
    every(cell=CELLS),
    seeds=5,
    miniature={"lag": 4, "steps": 4, "look": 2},
)
