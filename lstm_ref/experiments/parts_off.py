"""The LSTM with each of its parts taken away, as data, and the three tasks on which it is trained.

Greff et al. (2017) take the parts of a cell with peepholes away, one at a time; Jozefowicz et al.
(2015) begin with other forget biases. Here the cell without peepholes is where we start, and
peepholes are one of the variants. All are cells of `lstm_ref.cells`, trained in NumPy.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells import ABLATIONS, CELLS, Cell
from lstm_ref.datasets.adding import adding
from lstm_ref.datasets.own_words import CHARACTERS, own_words
from lstm_ref.datasets.verdict import verdict
from lstm_ref.history import Batches
from lstm_ref.numpy_training.losses import Loss, mean_squared_error, softmax_cross_entropy
from lstm_ref.numpy_training.trainer import SequenceModel, predict, sequence_model, train

BATCH = 32
_LSTM = CELLS["lstm"]
#: Each variant: a cell, and the bias that its forget gate begins with.
VARIANTS: dict[str, tuple[Cell[Any, Any], float]] = {
    "all parts": (_LSTM, 1.0),
    **{name: (_LSTM.having(name, **off), 1.0) for name, off in ABLATIONS.items()},
    "coupled gates": (CELLS["coupled"], 1.0),
    "peepholes": (CELLS["peephole"], 1.0),
    "forget bias 0": (_LSTM, 0.0),
    "forget bias 2": (_LSTM, 2.0),
}


@dataclass(frozen=True)
class Task:
    """What is learnt, by how many units in how many mini-batches; `fresh` is what is asked for.

    `measure(outputs, targets)` is an error: less is better.
    """

    inputs: int
    outputs: int
    units: int
    steps: int
    batches: Batches
    fresh: Batches
    loss: Loss
    measure: Callable[[Array, Any], float]
    every_step: bool = False


def _wrong(outputs: Array, targets: Array) -> float:
    """The share of verdicts with the wrong sign."""
    return float(np.mean(np.sign(outputs) != targets))


def _squared(outputs: Array, targets: Array) -> float:
    return mean_squared_error(outputs, targets)[0]


def _bits(outputs: Array, labels: Any) -> float:
    """Bits for each character."""
    return softmax_cross_entropy(outputs, labels)[0] / float(np.log(2))


TASKS = {
    "adding": Task(
        *(2, 1, 16, 700),
        batches=partial(adding, length=30, batch_size=BATCH),
        fresh=partial(adding, length=30, batch_size=1000),
        loss=mean_squared_error,
        measure=_squared,
    ),
    "verdict": Task(
        *(2, 1, 16, 700),
        batches=partial(verdict, length=25, batch_size=BATCH),
        fresh=partial(verdict, length=25, batch_size=1000),
        loss=mean_squared_error,
        measure=_wrong,
    ),
    "text": Task(
        *(len(CHARACTERS), len(CHARACTERS), 32, 500),
        batches=partial(own_words, length=32, batch_size=BATCH),
        fresh=partial(own_words, length=32, batch_size=300, held_out=True),
        loss=softmax_cross_entropy,
        measure=_bits,
        every_step=True,
    ),
}


def build(task: Task, variant: str, rng: np.random.Generator) -> SequenceModel:
    """Draw a model of the variant, in float32."""
    cell, bias = VARIANTS[variant]
    sizes = (task.inputs, task.units, task.outputs)
    model = sequence_model(cell, *sizes, rng, every_step=task.every_step, dtype=np.float32)
    drawn = cell.initialise(*sizes[:2], rng, forget_bias=bias, dtype=np.float32)
    return replace(model, recurrent=drawn)


def trained(task: Task, variant: str, seed: int, *, steps: int, rate: float) -> float:
    """Train one model with Adam, gradients clipped to length 1; return its error on fresh data.

    The error is infinite where a gradient was not finite, and training could not go on.
    """
    rng = np.random.default_rng(seed)
    model = build(task, variant, rng)
    try:
        model, _ = train(model, task.batches, task.loss, rng, steps=steps, learning_rate=rate)
    except ValueError:
        return float("inf")
    xs, targets = task.fresh(np.random.default_rng(10_000 + seed))
    return task.measure(predict(model, xs), targets)
