"""The LSTM with coupled gates (CIFG): what it forgets, it makes room to write, and no more.

    f = σ(W_f x + U_f h_prev + b_f)
    i = 1 - f                                   no input gate of its own
    g = tanh(W_g x + U_g h_prev + b_g)
    o = σ(W_o x + U_o h_prev + b_o)
    c = f ∘ c_prev + i ∘ g
    h = o ∘ tanh(c)

Source: Greff et al. (2017), the variant CIFG. There the input gate keeps its weights and
f = 1 - i; as 1 - σ(z) = σ(-z), that is the same cell with the signs of W_f, U_f and b_f
turned. Their cell also has peepholes, this one has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array
from lstm_ref.parameters import Packed, draw
from lstm_ref.rnn.common import gradients, sequence, weight_gradients


@dataclass(frozen=True, eq=False)
class CoupledParameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows f, g, o."""

    LAYERS = ("f", "g", "o")


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each."""

    x: Array
    h_prev: Array
    c_prev: Array
    f: Array
    g: Array
    o: Array
    tanh_c: Array
    h: Array


def initialise(
    input_size: int,
    hidden_size: int,
    rng: np.random.Generator,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> CoupledParameters:
    """Weights from U(-1/√H, 1/√H), biases zero but b_f; ValueError for a size below 1."""
    return draw(CoupledParameters, input_size, hidden_size, rng, dtype, forget_bias)


def forward(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: CoupledParameters
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
        z_f, z_g, z_o = np.split(z, 3, axis=-1)  # (…, 3H) -> three times (…, H)
        f = sigmoid(z_f)
        g = tanh(z_g)
        o = sigmoid(z_o)
        c = f * c_prev + (1 - f) * g
        tanh_c = tanh(c)
        h = o * tanh_c
        saved.append(Step(x, h_prev, c_prev, f, g, o, tanh_c, h))
    return np.stack([step.h for step in saved]), (h.copy(), c), saved


def backward(
    dhs: ArrayLike, d_final: Sequence[ArrayLike], saved: list[Step], params: CoupledParameters
) -> tuple[Array, tuple[Array, Array], CoupledParameters]:
    """Backpropagate through time and return (dxs, (dh0, dc0), grads).

    dhs has the shape of hs and d_final is (dh_n, dc_n), which add to the last step. grads is of
    the kind of the parameters, summed over batch and time. Errors as in `forward`.
    """
    dhs, dh, dc = gradients(dhs, d_final, saved, params, "dh_n", "dc_n")
    dzs: list[Array] = []
    for dh_t, (_, _, c_prev, f, g, o, tanh_c, _) in zip(dhs[::-1], saved[::-1], strict=True):
        dh = dh + dh_t  # from the steps after, and from what reads h_t
        dc = dc + dh * o * (1 - tanh_c**2)
        d_f = dc * (c_prev - g) * f * (1 - f)
        d_g = dc * (1 - f) * (1 - g**2)
        d_o = dh * tanh_c * o * (1 - o)
        dzs.append(np.concatenate([d_f, d_g, d_o], axis=-1))  # three (…, H) -> (…, 3H)
        dh = dzs[-1] @ params.weight_hh
        dc = dc * f
    dz = np.stack(dzs[::-1])  # T times (…, 3H) -> (T, …, 3H)
    return dz @ params.weight_ih, (dh, dc), CoupledParameters(**weight_gradients(dz, saved))
