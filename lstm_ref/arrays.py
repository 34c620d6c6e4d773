"""What every array here is: real numbers, float32 or float64.

This module answers no exercise, so all others may stand on it.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]


def as_float(values: ArrayLike) -> Array:
    """Return `values` as a float array: float32 stays float32, all else becomes float64.

    Any shape. Raises TypeError for what is not real numbers.
    """
    array = np.asarray(values)
    if array.dtype == np.float32:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"expected real numbers, got an array of dtype {array.dtype}: "
            "convert it first, for instance with np.asarray(values, dtype=float)"
        )
    return array.astype(np.float64, copy=False)
