"""What every array here is: real numbers, float32 or float64.

This module answers no exercise, so all others may stand on it.
"""

from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

Array = NDArray[np.floating[Any]]


#: The two dtypes that everything here is computed in.
DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


def as_float(values: ArrayLike, like: DTypeLike | None = None) -> Array:
    """Return `values` as a float array: float32 stays float32, all else becomes float64.

    Any shape. A list or a number has no dtype of its own: it takes `like` where that is given.
    Raises TypeError for what is not real numbers.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"expected real numbers, got an array of dtype {array.dtype}: "
            "convert it first, for instance with np.asarray(values, dtype=float)"
        )
    if like is not None and not hasattr(values, "dtype"):
        return array.astype(like)
    return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)


def float_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype; raise TypeError for any other."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found not in DTYPES:
        raise TypeError(f"dtype is {dtype!r}; expected float32 or float64")
    return found


def whole(name: str, value: SupportsIndex, least: int = 1) -> int:
    """Return `value` as an int, np.int64 and its like too.

    Raises ValueError where it is no whole number, or below `least`.
    """
    if not isinstance(value, bool | np.bool) and hasattr(value, "__index__"):
        found = value.__index__()
        if found >= least:
            return found
    raise ValueError(f"{name} is {value!r}; expected a whole number of at least {least}")
