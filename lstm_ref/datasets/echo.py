"""Echo: say at each step what came in a few steps before. Nothing is ever to be kept for longer."""

import numpy as np

from lstm_ref.arrays import Array, whole


def echo(
    rng: np.random.Generator, *, lag: int, batch_size: int, length: int = 30
) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets), (T, B, 1) each, T = lag + length.

    Numbers are uniform on [-1, 1); the target is the one of `lag` steps before, and 0 at the first
    `lag` steps. Who always says 0 has a mean squared error of 1/3, but for those first steps.
    Raises ValueError for a size below 1.
    """
    lag, length = whole("lag", lag), whole("length", length)
    xs = rng.uniform(-1.0, 1.0, (lag + length, whole("batch_size", batch_size), 1))
    targets = np.zeros_like(xs)
    targets[lag:] = xs[:-lag]
    return xs, targets
