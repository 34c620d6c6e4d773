"""Handwritten digits, row by row and pixel by pixel: how many are read wrong?

500 images are held out, always the same ones. Of the others each seed draws 1,000 to learn from;
on the rest a network stops at its best. `error` is the share of the images held out that are read
wrong; `curve` is that share of the rest, along the training. Guessing is wrong nine times in ten.

Beside the networks stand two old ways that see a whole image at once and are given the same 1,000:
the label of the nearest image, and least squares with a weight for each pixel and a constant.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array
from lstm_ref.datasets.digits import digits, split
from lstm_ref.experiments.chosen import choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task, answers, classes, share_wrong

HIDDEN, BATCH, LEARNT, HELD_OUT, CLASSES = 32, 32, 1000, 500, 10
#: Mini-batches.
STEPS = 1000
#: How long a sequence is, by form.
LENGTHS = {"rows": 8, "pixels": 64}
#: What sees a whole image at once, by name.
AT_ONCE = ("nearest image", "least squares")

Places = NDArray[np.int64]


def parts(seed: int) -> tuple[Places, Places, Places]:
    """Return which images are learnt from, which say when to stop, and which are held out."""
    everything = np.arange(len(digits("rows")[1]))
    known, held_out = split(np.random.default_rng(0), everything, HELD_OUT)
    apart, learnt = split(np.random.default_rng(seed), known, LEARNT)
    return learnt, apart, held_out


def task(form: str, seed: int = 100) -> Task:
    """Return the task with the images that this seed learns from."""
    xs, labels = digits(form)
    learnt, apart, _ = parts(seed)

    def batches(rng: np.random.Generator) -> tuple[Array, Places]:
        chosen = rng.choice(learnt, BATCH)
        return xs[:, chosen], labels[chosen]

    def fresh(_rng: np.random.Generator) -> tuple[Array, Places]:
        return xs[:, apart], labels[apart]

    return Task(
        inputs=xs.shape[-1],
        outputs=CLASSES,
        batches=batches,
        fresh=fresh,
        loss=classes,
        error=share_wrong,
        solved=0.0,
    )


def run(seed: int, *, form: str, by: str, steps: int = STEPS, look: int = 100) -> Result:
    """Learn to read digits; return the share of those held out that is read wrong."""
    learnt, _, held_out = parts(seed)
    xs, labels = digits("rows" if by in AT_ONCE else form)
    found: Result = {}
    if by in AT_ONCE:
        flat = xs.transpose(1, 0, 2).reshape(len(labels), -1)
        way = {"nearest image": nearest, "least squares": least_squares}[by]
        told = way(flat[learnt], labels[learnt], flat[held_out])
    else:
        how = {"hidden": HIDDEN, "steps": steps, "look": look}
        best, went = choice(form, by).trained(task(form, seed), by, seed, LENGTHS[form], **how)
        found["curve"] = went["curve"]
        told = answers(best, xs[:, held_out]).argmax(-1)
    return {"error": float(np.mean(told != labels[held_out])), **found}


def nearest(known: Array, labels: Places, asked: Array) -> Places:
    """Return for each of asked (M, P) the label of the nearest of known (N, P)."""
    squares = (known**2).sum(1) - 2 * asked @ known.T  # but for what is the same for all known
    found: Places = labels[squares.argmin(1)]
    return found


def least_squares(known: Array, labels: Places, asked: Array) -> Places:
    """Return for each of asked (M, P) which of the classes has the largest answer."""
    ones = partial(np.pad, pad_width=((0, 0), (0, 1)), constant_values=1.0)
    weights = np.linalg.lstsq(ones(known), np.eye(CLASSES)[labels], rcond=None)[0]
    found: Places = (ones(asked) @ weights).argmax(1)
    return found


EXPERIMENT = Experiment(
    "digits",
    run,
    (
        *every(form=tuple(LENGTHS), by=CELLS),
        *every(form=("at once",), by=AT_ONCE),
    ),
    seeds=5,
    miniature={"steps": 4, "look": 2},
)
