"""The gated recurrent unit: two gates, no memory beside the hidden state.

    r = σ(W_r x + U_r h_prev + b_r)             the reset gate
    z = σ(W_z x + U_z h_prev + b_z)             the update gate: the share that is kept
    n = tanh(W_n x + b_in + r ∘ (U_n h_prev + b_hn))
    h = z ∘ h_prev + (1 - z) ∘ n

Source: Cho et al. (2014), section 2.3, but for one thing. There the reset gate comes
before the product, U_n (r ∘ h_prev); here it comes after, as in torch.nn.GRU and cuDNN,
so that one product serves all three layers and b_hn has a work of its own. The rows are
in torch's order r, z, n.
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
class GRUParameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows r, z, n."""

    LAYERS = ("r", "z", "n")


class Step(NamedTuple):
    """What one step saves for the backward pass; hidden_n is U_n h_prev + b_hn."""

    x: Array
    h_prev: Array
    r: Array
    z: Array
    n: Array
    hidden_n: Array
    h: Array


def initialise(
    input_size: int, hidden_size: int, rng: np.random.Generator, *, dtype: DTypeLike = np.float64
) -> GRUParameters:
    """Weights from U(-1/√H, 1/√H), biases zero; ValueError for a size below 1."""
    return draw(GRUParameters, input_size, hidden_size, rng, dtype)


def forward(
    xs: ArrayLike, h0: ArrayLike, params: GRUParameters
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
        input_r, input_z, input_n = np.split(x @ params.weight_ih.T + params.bias_ih, 3, axis=-1)
        hidden = h_prev @ params.weight_hh.T + params.bias_hh
        hidden_r, hidden_z, hidden_n = np.split(hidden, 3, axis=-1)  # (…, 3H) -> (…, H) each
        r = sigmoid(input_r + hidden_r)
        z = sigmoid(input_z + hidden_z)
        n = tanh(input_n + r * hidden_n)
        h = z * h_prev + (1 - z) * n
        saved.append(Step(x, h_prev, r, z, n, hidden_n, h))
    return np.stack([step.h for step in saved]), (h.copy(),), saved


def backward(
    dhs: ArrayLike, d_final: Sequence[ArrayLike], saved: list[Step], params: GRUParameters
) -> tuple[Array, tuple[Array], GRUParameters]:
    """Backpropagate through time and return (dxs, (dh0,), grads).

    dhs has the shape of hs and d_final is (dh_n,), which adds to dhs[-1]. grads is of
    the kind of the parameters, summed over batch and time. Errors as in `forward`.
    """
    dhs, dh = gradients(dhs, d_final, saved, params, "dh_n")
    inputs: list[Array] = []
    hiddens: list[Array] = []
    for dh_t, (_, h_prev, r, z, n, hidden_n, _) in zip(dhs[::-1], saved[::-1], strict=True):
        dh = dh + dh_t  # from the steps after, and from what reads h_t
        d_n = dh * (1 - z) * (1 - n**2)
        d_r = d_n * hidden_n * r * (1 - r)
        d_z = dh * (h_prev - n) * z * (1 - z)
        inputs.append(np.concatenate([d_r, d_z, d_n], axis=-1))  # three (…, H) -> (…, 3H)
        hiddens.append(np.concatenate([d_r, d_z, d_n * r], axis=-1))
        dh = dh * z + hiddens[-1] @ params.weight_hh
    d_input, d_hidden = np.stack(inputs[::-1]), np.stack(hiddens[::-1])  # (T, …, 3H)
    return (
        d_input @ params.weight_ih,
        (dh,),
        GRUParameters(**weight_gradients(d_input, saved, d_hidden)),
    )
