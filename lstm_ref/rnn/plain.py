"""The plain recurrent network: one layer, and the hidden state is all that it remembers.

    h_t = tanh(W x_t + b_ih + U h_{t-1} + b_hh)

Source: Elman (1990), with tanh for his logistic function; the cell of torch.nn.RNN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.activations import tanh
from lstm_ref.arrays import Array
from lstm_ref.parameters import Packed, draw
from lstm_ref.rnn.common import gradients, sequence, weight_gradients


@dataclass(frozen=True, eq=False)
class PlainParameters(Packed):
    """weight_ih (H, I), weight_hh (H, H), bias_ih (H,), bias_hh (H,)."""

    LAYERS = ("h",)


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each."""

    x: Array
    h_prev: Array
    h: Array


def initialise(
    input_size: int, hidden_size: int, rng: np.random.Generator, *, dtype: DTypeLike = np.float64
) -> PlainParameters:
    """Weights from U(-1/√H, 1/√H), biases zero; ValueError for a size below 1."""
    return draw(PlainParameters, input_size, hidden_size, rng, dtype)


def forward(
    xs: ArrayLike, h0: ArrayLike, params: PlainParameters
) -> tuple[Array, tuple[Array], list[Step]]:
    """Run the cell along a sequence and return (hs, (h_n,), saved).

    Shapes: xs (T, B, I) with h0 (B, H) gives hs (T, B, H); one example, xs (T, I) with
    h0 (H,), gives hs (T, H). Raises ValueError for shapes and TypeError for dtypes that do
    not fit the parameters.
    """
    xs, h = sequence(xs, params, h0=h0)
    saved: list[Step] = []
    for x in xs:
        h_prev = h
        z = x @ params.weight_ih.T + params.bias_ih + h_prev @ params.weight_hh.T + params.bias_hh
        h = tanh(z)
        saved.append(Step(x, h_prev, h))
    return np.stack([step.h for step in saved]), (h.copy(),), saved


def backward(
    dhs: ArrayLike, d_final: Sequence[ArrayLike], saved: list[Step], params: PlainParameters
) -> tuple[Array, tuple[Array], PlainParameters]:
    """Backpropagate through time and return (dxs, (dh0,), grads).

    dhs has the shape of hs and d_final is (dh_n,), which adds to dhs[-1]. grads is of
    the kind of the parameters, summed over batch and time. Errors as in `forward`.
    """
    dhs, dh = gradients(dhs, d_final, saved, params, "dh_n")
    dzs: list[Array] = []
    for dh_t, step in zip(dhs[::-1], saved[::-1], strict=True):
        dh = dh + dh_t  # from the steps after, and from what reads h_t
        dz = dh * (1 - step.h**2)
        dzs.append(dz)
        dh = dz @ params.weight_hh
    dz = np.stack(dzs[::-1])  # T times (…, H) -> (T, …, H)
    return dz @ params.weight_ih, (dh,), PlainParameters(**weight_gradients(dz, saved))
