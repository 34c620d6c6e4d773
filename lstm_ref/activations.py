"""The two activation functions of the LSTM.

Sources: Hochreiter and Schmidhuber (1997), appendix A; Gers et al. (2000), section 2.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]


def as_float(values: ArrayLike) -> Array:
    """Return `values` as a float array: float32 stays float32, all else becomes float64."""
    array = np.asarray(values)
    if array.dtype == np.float32:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"expected real numbers, got an array of dtype {array.dtype}: "
            "convert it first, for instance with np.asarray(values, dtype=float)"
        )
    return array.astype(np.float64, copy=False)


def sigmoid(x: ArrayLike) -> Array:
    """Squash each number into (0, 1): σ(x) = 1 / (1 + e^-x).

    Takes numbers of any shape and returns the same shape. The exponential is only ever
    taken of -|x|, so nothing overflows, at ±1000 or anywhere else.
    """
    x = as_float(x)
    small = np.exp(-np.abs(x))  # in (0, 1], whatever the sign of x
    share: Array = np.where(x >= 0, 1, small) / (1 + small)
    return share


def tanh(x: ArrayLike) -> Array:
    """Squash each number into (-1, 1): tanh(x) = (e^x - e^-x) / (e^x + e^-x)."""
    return np.tanh(as_float(x))
