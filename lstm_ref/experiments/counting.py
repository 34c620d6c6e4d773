"""Counting: trained on strings up to a size of 20, how far does a model go on?

Weiss, Goldberg and Yahav (2018) show that an LSTM and a ReLU network can count in finite precision,
and that a GRU and a tanh network cannot. Here each of four models of ten units learns four
languages: what comes next in aⁿbⁿ and in aⁿbⁿcⁿ, whether all brackets are closed, and whether the
number of ones is odd. The size is n, the height of the brackets, the number of bits. `reach` is the
largest size such that all strings up to it are told rightly at each step that is asked for, 200 at
most.
"""

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from lstm_ref.arrays import Array
from lstm_ref.datasets.brackets import brackets
from lstm_ref.datasets.counting import UNDECIDED, counting
from lstm_ref.datasets.parity import parity
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, answers, classes, trained

HIDDEN, BATCH, STEPS = 10, 32, 1000
TRAINED, ASKED = 20, 200
#: The inputs of each language, and its outputs.
LANGUAGES = {"ab": (3, 3), "abc": (4, 4), "brackets": (2, 2), "parity": (1, 2)}
#: Learning rates: `counting_rates` has decided.
RATES = {"rnn": 0.01, "irnn": 0.01, "gru": 0.03, "lstm": 0.03}


def strings(
    rng: np.random.Generator, *, language: str, sizes: NDArray[np.int64]
) -> tuple[Array, NDArray[np.int64]]:
    """Return (xs, labels) of a string for each size; those of parity all have the first's."""
    if language == "brackets":
        return brackets(rng, sizes)
    if language == "parity":
        xs, odd = parity(rng, length=int(sizes[0]), batch_size=len(sizes))
        labels = np.full(xs.shape[:2], UNDECIDED, dtype=np.int64)
        labels[-1] = odd[:, 0]
        return xs, labels
    return counting(sizes, letters=len(language))


def drawn(rng: np.random.Generator, *, language: str) -> tuple[Array, NDArray[np.int64]]:
    """Draw a mini-batch of strings up to the size that is trained."""
    return strings(rng, language=language, sizes=rng.integers(1, TRAINED + 1, BATCH))


def task(language: str) -> Task:
    """Return the language as a task; that model is kept whose loss on 200 strings is least."""
    inputs, outputs = LANGUAGES[language]
    few = np.repeat(np.arange(1, TRAINED + 1), 20)
    return Task(
        inputs=inputs,
        outputs=outputs,
        batches=partial(drawn, language=language),
        fresh=partial(strings, language=language, sizes=few[::-1]),
        loss=classes,
        error=classes,
        solved=0.01,
        every_step=True,
    )


def run(
    seed: int, *, cell: str, language: str, steps: int = STEPS, asked: int = ASKED, look: int = 100
) -> Result:
    """Train one model; return how far it counts, and its loss on strings that are no longer."""
    model, went = train(seed, cell, language, steps=steps, look=look)
    return {"reach": reach(model, language, asked), "loss": went["error"]}


def train(
    seed: int, cell: str, language: str, *, steps: int, look: int = 100, rate: float | None = None
) -> tuple[torch.nn.Module, Result]:
    """Train one model and return (it, how it went)."""
    rate = rate or RATES[cell]
    return trained(task(language), cell, seed, hidden=HIDDEN, steps=steps, rate=rate, look=look)


def reach(model: torch.nn.Module, language: str, asked: int = ASKED) -> int:
    """Return the largest size up to which all strings are told rightly, `asked` at most.

    There is one string of each n, ten of each height, and 100 of each number of bits.
    """
    rng = np.random.default_rng(12345)
    many = {"brackets": 10, "parity": 100}.get(language, 1)
    for size in range(1, asked + 1):
        xs, labels = strings(rng, language=language, sizes=np.full(many, size))
        if ((answers(model, xs).argmax(-1) != labels) & (labels != UNDECIDED)).any():
            return size - 1
    return asked


EXPERIMENT = Experiment(
    "counting",
    run,
    every(cell=CELLS, language=tuple(LANGUAGES)),
    seeds=5,
    miniature={"steps": 4, "asked": 5, "look": 2},
)
