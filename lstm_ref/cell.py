"""One step of the LSTM: x_t, h_{t-1} and c_{t-1} in, h_t and c_t out.

The form is that of Gers, Schmidhuber and Cummins (2000), without peepholes: the 1997 cell
with a forget gate. It is the cell of torch.nn.LSTMCell.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array, as_float
from lstm_ref.parameters import LSTMParameters


class Trace(NamedTuple):
    """Everything that the cell computes.

    For one step each is of shape (H,) or (B, H); for a sequence, (T, H) or (T, B, H).
    """

    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    tanh_c: Array
    h: Array


def lstm_step(x: ArrayLike, h_prev: ArrayLike, c_prev: ArrayLike, params: LSTMParameters) -> Trace:
    """Take one step and return all that happened in it.

    Shapes: x (I,) with h_prev, c_prev (H,); or a batch, x (B, I) with h_prev, c_prev (B, H).
    Raises ValueError for shapes and TypeError for dtypes that do not fit the parameters.
    """
    x, h_prev, c_prev = _checked(x, h_prev, c_prev, params)
    z = x @ params.weight_ih.T + params.bias_ih + h_prev @ params.weight_hh.T + params.bias_hh
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (…, 4H) -> four times (…, H)
    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = tanh(z_g)
    o = sigmoid(z_o)
    c = f * c_prev + i * g
    tanh_c = tanh(c)
    h = o * tanh_c
    return Trace(i, f, g, o, c, tanh_c, h)


def lstm_cell(
    x: ArrayLike, h_prev: ArrayLike, c_prev: ArrayLike, params: LSTMParameters
) -> tuple[Array, Array]:
    """Take one step and return (h, c). Shapes and errors as in `lstm_step`."""
    step = lstm_step(x, h_prev, c_prev, params)
    return step.h, step.c


def packed_lstm_cell(
    x: ArrayLike,
    h_prev: ArrayLike,
    c_prev: ArrayLike,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike,
    bias_hh: ArrayLike,
) -> tuple[Array, Array]:
    """Take one step with torch's four arrays and return (h, c).

    Shapes: weight_ih (4H, I), weight_hh (4H, H), bias_ih and bias_hh (4H,), rows i, f, g, o;
    the rest, and the errors, as in `lstm_step` and `LSTMParameters`.
    Source: torch.nn.LSTMCell, whose names these are.
    """
    params = LSTMParameters(*map(as_float, (weight_ih, weight_hh, bias_ih, bias_hh)))
    return lstm_cell(x, h_prev, c_prev, params)


def _checked(
    x: ArrayLike, h_prev: ArrayLike, c_prev: ArrayLike, params: LSTMParameters
) -> tuple[Array, Array, Array]:
    x, h_prev, c_prev = as_float(x), as_float(h_prev), as_float(c_prev)
    I, H = params.input_size, params.hidden_size
    if x.ndim not in (1, 2) or x.shape[-1] != I:
        raise ValueError(
            f"x has shape {x.shape}; expected (I,) = {(I,)} or (B, I) = (B, {I}), "
            f"as weight_ih is {params.weight_ih.shape}"
        )
    state = (*x.shape[:-1], H)
    for name, array in (("x", x), ("h_prev", h_prev), ("c_prev", c_prev)):
        if name != "x" and array.shape != state:
            raise ValueError(
                f"{name} has shape {array.shape}; expected {state}, as x is {x.shape} "
                f"and there are H = {H} units"
            )
        if array.dtype != params.dtype:
            raise TypeError(
                f"{name} is {array.dtype} but the parameters are {params.dtype}; "
                "give both one dtype"
            )
    return x, h_prev, c_prev
