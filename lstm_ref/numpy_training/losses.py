"""Two losses, each with its gradient at the outputs: what a backward pass starts from."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array

#: A loss takes (outputs, targets) and returns (its value, its gradient at the outputs).
Loss = Callable[[Array, NDArray[Any]], tuple[float, Array]]


def mean_squared_error(outputs: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """The mean of (output - target)² over all entries, and its gradient at the outputs.

    Raises ValueError where the two shapes differ.
    """
    if outputs.shape != targets.shape:
        raise ValueError(
            f"targets has shape {targets.shape}; expected {outputs.shape}, that of the outputs"
        )
    difference = outputs - targets.astype(outputs.dtype, copy=False)
    return float(np.mean(difference**2)), 2 / difference.size * difference


def softmax_cross_entropy(outputs: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """The mean of -log softmax(output)[label], and its gradient at the outputs.

    Shapes: outputs (…, O), labels (…) of whole numbers from 0 to O - 1, or -1 where there is
    nothing to predict; those steps count for nothing. Raises ValueError for other labels.
    """
    classes = outputs.shape[-1]
    if targets.shape != outputs.shape[:-1]:
        raise ValueError(
            f"targets has shape {targets.shape}; expected {outputs.shape[:-1]}, "
            f"one label for each row of the outputs {outputs.shape}"
        )
    if targets.dtype.kind not in "iu" or targets.min() < -1 or targets.max() >= classes:
        raise ValueError(
            f"targets are {targets.dtype} from {targets.min()} to {targets.max()}; "
            f"expected whole numbers from 0 to {classes - 1}, or -1 for no label"
        )
    asked = targets >= 0
    if not asked.any():
        raise ValueError("targets are all -1; expected at least one label")
    shifted = outputs - outputs.max(-1, keepdims=True)  # so that no exponential overflows
    log_probability = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    label = np.where(asked, targets, 0)[..., None]  # (…) -> (…, 1)
    chosen = np.take_along_axis(log_probability, label, -1)[..., 0]
    d_outputs = np.exp(log_probability)
    np.put_along_axis(d_outputs, label, np.take_along_axis(d_outputs, label, -1) - 1, -1)
    count = int(asked.sum())
    return -float(chosen[asked].sum()) / count, d_outputs * asked[..., None] / count
