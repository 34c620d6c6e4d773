"""The LSTM over a sequence: the same cell, T times, each step handing h and c to the next."""

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float
from lstm_ref.cell import Trace, lstm_step
from lstm_ref.parameters import LSTMParameters


def lstm(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: LSTMParameters
) -> tuple[Array, Array, Array]:
    """Run the cell along a sequence and return (hs, h_n, c_n).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H) and h_n, c_n (B, H);
    one example without a batch, xs (T, I) with h0, c0 (H,), gives hs (T, H).
    Raises ValueError and TypeError as `lstm_step` does, and ValueError for an empty sequence or
    weights that are not finite.
    """
    trace = lstm_trace(xs, h0, c0, params)
    return trace.h, trace.h[-1].copy(), trace.c[-1].copy()


def lstm_trace(xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: LSTMParameters) -> Trace:
    """Run the cell along a sequence and return every gate and state of every step.

    Shapes and errors as in `lstm`.
    """
    xs = as_float(xs)
    if xs.ndim not in (2, 3):
        raise ValueError(f"xs has shape {xs.shape}; expected (T, B, I) or (T, I)")
    if len(xs) == 0:
        raise ValueError(f"xs has shape {xs.shape}; expected at least one time step")
    params.require_finite()
    h, c = as_float(h0), as_float(c0)
    steps: list[Trace] = []
    for x in xs:
        step = lstm_step(x, h, c, params)
        h, c = step.h, step.c
        steps.append(step)
    return Trace(*(np.stack(quantity) for quantity in zip(*steps, strict=True)))
