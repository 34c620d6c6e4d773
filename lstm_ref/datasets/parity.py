"""Parity: is the number of ones odd? Each bit counts, so nothing is learnt from a part of them."""

import numpy as np

from lstm_ref.arrays import Array, whole


def parity(rng: np.random.Generator, *, length: int, batch_size: int) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets), (T, B, 1) and (B, 1): bits as ±1, odd as 1, even as 0.

    Raises ValueError for a length or a batch below 1.
    """
    length, batch_size = whole("length", length), whole("batch_size", batch_size)
    bits = rng.integers(0, 2, (length, batch_size))
    return 2.0 * bits[..., None] - 1.0, (bits.sum(0) % 2).astype(float)[:, None]
