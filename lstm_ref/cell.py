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
from lstm_ref.shapes import STEP, fit


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


def lstm_step(x: Array, h_prev: Array, c_prev: Array, params: LSTMParameters) -> Trace:
    """Take one step and return all that happened in it.

    Shapes: x (I,) with h_prev, c_prev (H,); or a batch, x (B, I) with h_prev, c_prev (B, H).
    The equations alone: `lstm_cell` and the layer look first at what they are given.
    """
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
    x: ArrayLike,
    h_prev: ArrayLike | None = None,
    c_prev: ArrayLike | None = None,
    params: LSTMParameters | None = None,
) -> tuple[Array, Array]:
    """Take one step and return (h, c). Shapes as in `lstm_step`; a state not given is zeros.

    Raises ValueError for shapes that do not fit the parameters and for weights that are not
    finite, and TypeError for dtypes that do not fit and for parameters of another cell.
    """
    params = LSTMParameters.required(params)
    x, h_prev, c_prev = fit(params, STEP, x=x, h_prev=h_prev, c_prev=c_prev)
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
    the rest, and the errors, as in `lstm_cell` and `LSTMParameters`.
    Source: torch.nn.LSTMCell, whose names these are.
    """
    params = LSTMParameters(*map(as_float, (weight_ih, weight_hh, bias_ih, bias_hh)))
    return lstm_cell(x, h_prev, c_prev, params)
