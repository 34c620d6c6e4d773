"""The LSTM over a sequence: the same cell, T times, each step handing h and c to the next."""

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.cell import Trace, lstm_step
from lstm_ref.parameters import LSTMParameters
from lstm_ref.shapes import SEQUENCE, fit


def lstm(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
) -> tuple[Array, Array, Array]:
    """Run the cell along a sequence and return (hs, h_n, c_n).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H) and h_n, c_n (B, H);
    one example without a batch, xs (T, I) with h0, c0 (H,), gives hs (T, H). A state that is
    not given is zeros.
    Raises ValueError and TypeError as `lstm_cell` does, and ValueError for an empty sequence.
    """
    trace = lstm_trace(xs, h0, c0, params)
    return trace.h, trace.h[-1].copy(), trace.c[-1].copy()


def lstm_trace(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
) -> Trace:
    """Run the cell along a sequence and return every gate and state of every step.

    Shapes and errors as in `lstm`.
    """
    params = LSTMParameters.required(params)
    xs, h, c = fit(params, SEQUENCE, xs=xs, h0=h0, c0=c0)
    steps: list[Trace] = []
    for x in xs:
        step = lstm_step(x, h, c, params)
        h, c = step.h, step.c
        steps.append(step)
    return Trace(*(np.stack(quantity) for quantity in zip(*steps, strict=True)))
