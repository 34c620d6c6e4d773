"""What a network loses when its gates no longer read h: adding, and the parity of all bits so far.

LSTM, minLSTM and minGRU with 32 units each, and the same mini-batches. An error is the mean squared
one in adding, and in parity the share of sequences with a wrong answer at any step. `wide`, in
parity alone, is a minLSTM of 256 units: the others have few parameters beside the LSTM.

The learning rates are those that `without_h_rates` found.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array
from lstm_ref.datasets.parity import parity
from lstm_ref.experiments import adding
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.trial import Task, classes, share_wrong, trial

HIDDEN, WIDE, BATCH = 32, 256, 32
LENGTH = {"adding": 50, "parity": 20}
STEPS = {"adding": 3000, "parity": 500}
MODELS = ("lstm", "minlstm", "mingru")
RATES = {
    "adding": {"lstm": 0.03, "minlstm": 0.03, "mingru": 0.03},
    "parity": {"lstm": 0.01, "minlstm": 0.01, "mingru": 0.01, "wide": 0.01},
}


def so_far(
    rng: np.random.Generator, *, length: int, batch_size: int
) -> tuple[Array, NDArray[np.int64]]:
    """Draw bits (T, B, 1) as ±1, and at each step whether the ones so far are odd, (T, B)."""
    xs, _ = parity(rng, length=length, batch_size=batch_size)
    return xs, (np.cumsum(xs[..., 0] > 0, axis=0) % 2).astype(np.int64)


def task(name: str, length: int) -> Task:
    """Return the task of that name; a fiftieth of what a constant answer gets counts as solved."""
    if name == "adding":
        return adding.task(length)
    return Task(
        inputs=1,
        outputs=2,
        batches=partial(so_far, length=length, batch_size=BATCH),
        fresh=partial(so_far, length=length, batch_size=1000),
        loss=classes,
        error=share_wrong,
        solved=0.02,
        goal=0.02,
        every_step=True,
    )


def run(
    seed: int,
    *,
    task_name: str,
    model: str,
    rate: float = 0.0,
    length: int = 0,
    steps: int = 0,
    look: int = 50,
) -> Result:
    """Train one model; return its smallest error, and after how many mini-batches it was solved."""
    cell, hidden = ("minlstm", WIDE) if model == "wide" else (model, HIDDEN)
    found = trial(
        task(task_name, length or LENGTH[task_name]),
        cell,
        seed,
        hidden=hidden,
        steps=steps or STEPS[task_name],
        rate=rate or RATES[task_name][model],
        look=look,
    )
    return {"error": found["error"], "solved_after": found["solved_after"]}


EXPERIMENT = Experiment(
    "without_h",
    run,
    (*every(model=MODELS, task_name=tuple(LENGTH)), {"model": "wide", "task_name": "parity"}),
    seeds=10,
    miniature={"length": 6, "steps": 4, "look": 2},
)
