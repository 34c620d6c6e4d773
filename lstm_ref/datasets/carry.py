"""Carry a bit: write it when told, keep it, show it when asked, and nothing else.

Each step brings three numbers: a value, and two commands that are 0 or 1, *write* and *show*.
Where *write* is 1 the value is the bit, -1 or 1; elsewhere it is noise. Where *show* is 1 the
last bit that was written must be shown, and at all other steps nothing.
"""

import math

import numpy as np

from lstm_ref.arrays import Array

#: What is to be shown of a bit of 1: a memory of 1 through tanh, the output gate open.
SHOWN = math.tanh(1.0)


def carry(rng: np.random.Generator, *, length: int, batch_size: int) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets) of shape (T, B, 3) and (T, B, 1).

    xs[..., 0] is the value, xs[..., 1] *write*, xs[..., 2] *show*. The first bit is written at
    one of the first three steps. After it, one step in six writes another and one in six shows.
    Noise is uniform on [-1, 1). Raises ValueError for a length below 4 or a batch below 1.
    """
    if length < 4 or batch_size < 1:
        raise ValueError(
            f"length is {length} and batch_size {batch_size}; expected at least 4 and at least 1"
        )
    xs = np.zeros((length, batch_size, 3))
    targets = np.zeros((length, batch_size, 1))
    first = rng.integers(0, 3, batch_size)
    bit = np.zeros(batch_size)
    for t in range(length):
        drawn = rng.random(batch_size)
        write = (t == first) | ((t > first) & (drawn < 1 / 6))
        show = (t > first) & (drawn > 5 / 6)
        new = rng.choice([-1.0, 1.0], batch_size)
        bit = np.where(write, new, bit)
        xs[t, :, 0] = np.where(write, new, rng.uniform(-1.0, 1.0, batch_size))
        xs[t, :, 1], xs[t, :, 2] = write, show
        targets[t, :, 0] = np.where(show, bit * SHOWN, 0.0)
    return xs, targets
