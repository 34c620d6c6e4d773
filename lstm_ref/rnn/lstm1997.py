"""The LSTM of 1997: an input gate, an output gate, and a memory that nothing ever empties.

    i = σ(W_i x + U_i h_prev + b_i)
    g = tanh(W_g x + U_g h_prev + b_g)
    o = σ(W_o x + U_o h_prev + b_o)
    c = c_prev + i ∘ g                          no forget gate: f is 1
    h = o ∘ tanh(c)

Source: Hochreiter and Schmidhuber (1997), section 4 and appendix A. What differs there:

- Squashing. The paper's g runs over (-2, 2) and its h over (-1, 1): they are 2 tanh(z / 2)
  and tanh(s / 2) for an internal state s. That is the cell above with W_g, U_g and b_g
  halved and c = s / 2; so what the one can compute, the other can.
- Blocks. The paper lets several memory cells share two gates; here each has its own.
- Start. The paper's memory starts at zero; here it starts at c0.
- Gradients. The paper truncates: an error that reaches the weighted sums of a cell or a
  gate changes the weights there but goes no further back in time; only the sum in c
  carries errors back. `backward` gives the full gradient, and the truncated one on request.
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
class LSTM1997Parameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows i, g, o."""

    LAYERS = ("i", "g", "o")


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each."""

    x: Array
    h_prev: Array
    i: Array
    g: Array
    o: Array
    tanh_c: Array
    h: Array


def initialise(
    input_size: int, hidden_size: int, rng: np.random.Generator, *, dtype: DTypeLike = np.float64
) -> LSTM1997Parameters:
    """Weights from U(-1/√H, 1/√H), biases zero; ValueError for a size below 1."""
    return draw(LSTM1997Parameters, input_size, hidden_size, rng, dtype)


def forward(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: LSTM1997Parameters
) -> tuple[Array, tuple[Array, Array], list[Step]]:
    """Run the cell along a sequence and return (hs, (h_n, c_n), saved).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H); one example, xs (T, I) with
    h0, c0 (H,), gives hs (T, H). Raises ValueError for shapes and TypeError for dtypes that
    do not fit the parameters.
    """
    xs, h, c = sequence(xs, params, h0=h0, c0=c0)
    saved: list[Step] = []
    for x in xs:
        h_prev = h
        z = x @ params.weight_ih.T + params.bias_ih + h_prev @ params.weight_hh.T + params.bias_hh
        z_i, z_g, z_o = np.split(z, 3, axis=-1)  # (…, 3H) -> three times (…, H)
        i = sigmoid(z_i)
        g = tanh(z_g)
        o = sigmoid(z_o)
        c = c + i * g
        tanh_c = tanh(c)
        h = o * tanh_c
        saved.append(Step(x, h_prev, i, g, o, tanh_c, h))
    return np.stack([step.h for step in saved]), (h.copy(), c), saved


def backward(
    dhs: ArrayLike,
    d_final: Sequence[ArrayLike],
    saved: list[Step],
    params: LSTM1997Parameters,
    *,
    truncated: bool = False,
) -> tuple[Array, tuple[Array, Array], LSTM1997Parameters]:
    """Backpropagate through time and return (dxs, (dh0, dc0), grads).

    dhs has the shape of hs and d_final is (dh_n, dc_n), which add to the last step. grads is of
    the kind of the parameters, summed over batch and time. With `truncated`, no error passes
    from a weighted sum to the h_prev that it read. Errors as in `forward`.
    """
    dhs, dh, dc = gradients(dhs, d_final, saved, params, "dh_n", "dc_n")
    dzs: list[Array] = []
    for dh_t, (_, _, i, g, o, tanh_c, _) in zip(dhs[::-1], saved[::-1], strict=True):
        dh = dh + dh_t  # from the steps after, and from what reads h_t
        dc = dc + dh * o * (1 - tanh_c**2)
        d_i = dc * g * i * (1 - i)
        d_g = dc * i * (1 - g**2)
        d_o = dh * tanh_c * o * (1 - o)
        dzs.append(np.concatenate([d_i, d_g, d_o], axis=-1))  # three (…, H) -> (…, 3H)
        dh = np.zeros_like(dh) if truncated else dzs[-1] @ params.weight_hh
        # dc goes on to c_prev as it is: the constant error carousel
    dz = np.stack(dzs[::-1])  # T times (…, 3H) -> (T, …, 3H)
    return dz @ params.weight_ih, (dh, dc), LSTM1997Parameters(**weight_gradients(dz, saved))
