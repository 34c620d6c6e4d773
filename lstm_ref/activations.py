"""The two activation functions of the LSTM, and their slopes.

Sources: Hochreiter and Schmidhuber (1997), appendix A; Gers et al. (2000), section 2. The slopes
in terms of the output are those of torch's sigmoid_backward and tanh_backward, which save the
output alone (tools/autograd/derivatives.yaml).
"""

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float


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


def sigmoid_slope(y: ArrayLike) -> Array:
    """How steep σ is where it gave y: σ'(x) = y (1 - y), with y = σ(x).

    Takes the output y, not the input x: the forward pass has it at hand. y may be of any shape,
    and the slopes have the same shape. It is e^-x / (1 + e^-x)², whose two factors are y and 1 - y.
    """
    y = as_float(y)
    return y * (1 - y)


def tanh_slope(y: ArrayLike) -> Array:
    """How steep tanh is where it gave y: tanh'(x) = 1 - y², with y = tanh(x).

    Takes the output y, not the input x, and numbers of any shape, as `sigmoid_slope` does.
    """
    return 1 - as_float(y) ** 2
