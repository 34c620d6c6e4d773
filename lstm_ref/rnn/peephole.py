"""The LSTM with peepholes: its gates see the memory itself, one weight a unit.

    i = σ(W_i x + U_i h_prev + p_i ∘ c_prev + b_i)
    f = σ(W_f x + U_f h_prev + p_f ∘ c_prev + b_f)
    g = tanh(W_g x + U_g h_prev + b_g)
    c = f ∘ c_prev + i ∘ g
    o = σ(W_o x + U_o h_prev + p_o ∘ c + b_o)   the output gate sees the new memory
    h = o ∘ tanh(c)

Source: Gers and Schmidhuber (2000), who named the peepholes; the tanh of the cell's output
and the full gradient (through the peepholes too) are those of Greff et al. (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array
from lstm_ref.parameters import Packed
from lstm_ref.parameters import initialise as initialise_lstm
from lstm_ref.rnn.common import gradients, sequence, weight_gradients


@dataclass(frozen=True, eq=False)
class PeepholeParameters(Packed):
    """weight_ih (4H, I), weight_hh (4H, H), bias_ih, bias_hh (4H,), rows i, f, g, o; and
    p_i, p_f, p_o (H,): each unit's gates see that unit's memory alone."""

    LAYERS = ("i", "f", "g", "o")

    p_i: Array
    p_f: Array
    p_o: Array

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape that each array must have, given that of weight_ih."""
        H = self.hidden_size
        return {**super().shapes(), **{f"p_{gate}": (H,) for gate in "ifo"}}


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each."""

    x: Array
    h_prev: Array
    c_prev: Array
    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    tanh_c: Array
    h: Array


def initialise(
    input_size: int,
    hidden_size: int,
    rng: np.random.Generator,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> PeepholeParameters:
    """Weights and peepholes from U(-1/√H, 1/√H), biases zero but b_f; ValueError as there."""
    lstm = initialise_lstm(input_size, hidden_size, rng, forget_bias=forget_bias, dtype=dtype)
    bound = hidden_size**-0.5
    peepholes = rng.uniform(-bound, bound, (3, hidden_size)).astype(dtype)
    return PeepholeParameters(
        lstm.weight_ih, lstm.weight_hh, lstm.bias_ih, lstm.bias_hh, *peepholes
    )


def forward(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: PeepholeParameters
) -> tuple[Array, tuple[Array, Array], list[Step]]:
    """Run the cell along a sequence and return (hs, (h_n, c_n), saved).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H); one example, xs (T, I) with
    h0, c0 (H,), gives hs (T, H). Raises ValueError for shapes and TypeError for dtypes that
    do not fit the parameters.
    """
    xs, h, c = sequence(xs, params, h0=h0, c0=c0)
    saved: list[Step] = []
    for x in xs:
        h_prev, c_prev = h, c
        z = x @ params.weight_ih.T + params.bias_ih + h_prev @ params.weight_hh.T + params.bias_hh
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (…, 4H) -> four times (…, H)
        i = sigmoid(z_i + params.p_i * c_prev)
        f = sigmoid(z_f + params.p_f * c_prev)
        g = tanh(z_g)
        c = f * c_prev + i * g
        o = sigmoid(z_o + params.p_o * c)
        tanh_c = tanh(c)
        h = o * tanh_c
        saved.append(Step(x, h_prev, c_prev, i, f, g, o, c, tanh_c, h))
    return np.stack([step.h for step in saved]), (h.copy(), c.copy()), saved


def backward(
    dhs: ArrayLike, d_final: Sequence[ArrayLike], saved: list[Step], params: PeepholeParameters
) -> tuple[Array, tuple[Array, Array], PeepholeParameters]:
    """Backpropagate through time and return (dxs, (dh0, dc0), grads).

    dhs has the shape of hs and d_final is (dh_n, dc_n), which add to the last step. grads is of
    the kind of the parameters, summed over batch and time. Errors as in `forward`.
    """
    dhs, dh, dc = gradients(dhs, d_final, saved, params, "dh_n", "dc_n")
    dzs: list[Array] = []
    for dh_t, (_, _, c_prev, i, f, g, o, _, tanh_c, _) in zip(dhs[::-1], saved[::-1], strict=True):
        dh = dh + dh_t  # from the steps after, and from what reads h_t
        d_o = dh * tanh_c * o * (1 - o)
        dc = dc + dh * o * (1 - tanh_c**2) + d_o * params.p_o
        d_i = dc * g * i * (1 - i)
        d_f = dc * c_prev * f * (1 - f)
        d_g = dc * i * (1 - g**2)
        dzs.append(np.concatenate([d_i, d_f, d_g, d_o], axis=-1))  # four (…, H) -> (…, 4H)
        dh = dzs[-1] @ params.weight_hh
        dc = dc * f + d_i * params.p_i + d_f * params.p_f
    dz = np.stack(dzs[::-1])  # T times (…, 4H) -> (T, …, 4H)
    d_i, d_f, _, d_o = np.split(dz, 4, axis=-1)
    cs_prev, cs = np.stack([step.c_prev for step in saved]), np.stack([step.c for step in saved])
    over = tuple(range(dz.ndim - 1))  # time, and the batch where there is one
    grads = PeepholeParameters(
        **weight_gradients(dz, saved),
        p_i=(d_i * cs_prev).sum(over),
        p_f=(d_f * cs_prev).sum(over),
        p_o=(d_o * cs).sum(over),
    )
    return dz @ params.weight_ih, (dh, dc), grads
