"""The adding problem: remember two numbers among many, and give their sum at the end.

Each step brings a number and a marker. Only at the last step is there a target: the sum of
the two marked numbers. The longer the sequence, the longer the first must be remembered.

Sources: Hochreiter and Schmidhuber (1997), experiment 4, is `adding_1997`. The form that
most later work uses, numbers from [0, 1) and one mark in each half (Arjovsky et al., 2016),
is `adding`.
"""

import numpy as np

from lstm_ref.arrays import Array, whole


def adding(rng: np.random.Generator, *, length: int, batch_size: int) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets) of shape (T, B, 2) and (B, 1), T = length.

    xs[..., 0] is uniform on [0, 1); xs[..., 1] is 1 at one step of each half, else 0. The best
    constant answer, 1, has a mean squared error of 1/6 ≈ 0.167.
    Raises ValueError for a length below 2 or a batch below 1.
    """
    length = whole("length", length, 2)
    batch_size = whole("batch_size", batch_size)
    values = rng.random((length, batch_size))
    first = rng.integers(0, length // 2, batch_size)
    second = rng.integers(length // 2, length, batch_size)
    each = np.arange(batch_size)
    markers = np.zeros((length, batch_size))
    markers[first, each] = markers[second, each] = 1.0
    targets = values[first, each] + values[second, each]
    return np.stack([values, markers], axis=-1), targets[:, None]


def adding_1997(
    rng: np.random.Generator, *, minimal_length: int, batch_size: int
) -> tuple[Array, Array]:
    """Draw a batch as the paper does and return (xs, targets), (T, B, 2) and (B, 1).

    With M = minimal_length, T is drawn from M … M + M/10. xs[..., 0] is uniform on [-1, 1).
    One of the first ten steps is marked, X1, then one of the first M/2 - 1 still unmarked
    ones, X2: there xs[..., 1] is 1. At the first and the last step it is -1, elsewhere 0. A
    mark on the very first step shows as -1, and that number counts as 0. The target is
    0.5 + (X1 + X2) / 4; an answer counts as right within 0.04.

    The paper draws T for each sequence; here one batch has one T, so that it needs no padding.
    Raises ValueError for a minimal length below 11 (so that no mark can fall on the last step)
    or a batch below 1.
    """
    minimal_length = whole("minimal_length", minimal_length, 11)
    batch_size = whole("batch_size", batch_size)
    T = int(rng.integers(minimal_length, minimal_length + minimal_length // 10 + 1))
    values = rng.uniform(-1.0, 1.0, (T, batch_size))
    first = rng.integers(0, 10, batch_size)
    second = rng.integers(0, minimal_length // 2 - 1, batch_size)
    second += second >= first  # among the steps that are still unmarked
    each = np.arange(batch_size)
    markers = np.zeros((T, batch_size))
    markers[first, each] = markers[second, each] = 1.0
    markers[0] = markers[-1] = -1.0
    shown = np.where(markers == 1.0, values, 0.0).sum(0)  # a mark on the first step counts 0
    return np.stack([values, markers], axis=-1), (0.5 + shown / 4.0)[:, None]
