"""Functions of numbers of any shape: σ, tanh, their slopes. Their inputs, what goes wrong."""

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.exercise import Case
from lstm_ref.checks.inputs import Generator, signed


def inputs(rng: Generator) -> list[Case]:
    """Numbers and arrays to squash, from the plainest to ±1000."""
    return [
        Case("the sums of the worked example", (np.array([2.95, -2.17]),)),
        Case("one number", (float(signed(rng, (), 0.4, 2.0)),)),
        Case("an array of two rows", (signed(rng, (2, 3), 0.4, 3.0),)),
        Case("a square array", (signed(rng, (3, 3), 0.4, 3.0),)),
        Case("zero, and whole numbers", (np.array([0, 1, -1, 2, -3]),)),
        Case("numbers far out", (signed(rng, (4,), 4.0, 12.0),)),
        Case("the number 0 of Python", (0,)),
        Case("±1000", (np.array([1000.0, -1000.0, 710.0, -746.0]),)),
    ]


def outputs(rng: Generator, low: float) -> list[Case]:
    """Outputs of a squash, from which its slope is to be had; `low` is 0 for σ and −1 for tanh."""

    def drawn(*shape: int) -> Array:
        values: Array = rng.uniform(low + 0.05, 0.45, shape)
        return np.where(rng.random(shape) < 0.5, values, rng.uniform(0.55, 0.95, shape))

    return [
        Case("the gates of the worked example", (np.array([0.9503, 0.1025]),)),
        Case("one number", (float(drawn()),)),
        Case("an array of two rows", (drawn(2, 3),)),
        Case("a square array", (drawn(3, 3),)),
        Case("the ends and the middle", (np.array([low, 0.0, 0.5, 1.0]),)),
    ]
