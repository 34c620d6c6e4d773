"""The LSTM's gradients by hand: backpropagation through time.

Write dy for ∂L/∂y, the gradient of the loss with respect to y. One step computed

    z = W x + U h_prev + b,    i, f, o = σ(z_i), σ(z_f), σ(z_o),    g = tanh(z_g),
    c = f∘c_prev + i∘g,        h = o∘tanh(c).

`lstm_cell_backward` reads it from right to left, a formula a line. Four rules make them all:

- what acts in two ways gets two gradients, and they add up: h is read by the loss and by the
  next step, c through h and by the next step;
- a product hands its gradient to one factor times the other: df = dc∘c_prev, dc_prev = dc∘f;
- an activation multiplies by its slope, told by what it gave: σ' = σ(1 − σ), tanh' = 1 − tanh²;
- z is linear in all that made it: dx = Wᵀdz, dh_prev = Uᵀdz, dW = dz xᵀ, dU = dz h_prevᵀ.

Along the memory a gradient flows leftward through f alone, with no weights in its way. That is
why an open forget gate keeps it alive.

The weights are the same at every step, so their gradients add up over time (Werbos, 1990).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, whole
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters
from lstm_ref.shapes import SEQUENCE, fit, like, same_as_before


class Saved(NamedTuple):
    """What one step's backward pass needs: x of shape (I,) or (B, I), the rest (H,) or (B, H)."""

    x: Array
    h_prev: Array
    c_prev: Array
    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    tanh_c: Array


def forward_saving(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
) -> tuple[Array, Array, Array, list[Saved]]:
    """Run the layer and return (hs, h_n, c_n, saved), with one `Saved` for each step.

    Shapes and errors as in `lstm_ref.layer.lstm`. Nothing saved is an array of the caller's.
    """
    params = LSTMParameters.required(params)
    xs, h, c = fit(params, SEQUENCE, keep=True, xs=xs, h0=h0, c0=c0)
    trace = lstm_trace(xs, h, c, params)
    saved: list[Saved] = []
    for x, i, f, g, o, c_new, tanh_c, h_new in zip(xs, *trace, strict=True):
        saved.append(Saved(x, h, c, i, f, g, o, c_new, tanh_c))
        h, c = h_new, c_new
    return trace.h.copy(), h.copy(), c.copy(), saved


def lstm_cell_backward(
    dh: ArrayLike, dc: ArrayLike, saved: Saved, params: LSTMParameters
) -> tuple[Array, Array, Array, LSTMParameters]:
    """Take one step back and return (dx, dh_prev, dc_prev, grads).

    Shapes: dh, dc (H,) or (B, H), as the step's h and c. dx, dh_prev and dc_prev are shaped as
    what they are gradients of. grads has the shapes of `params`, summed over the batch; its two
    biases are equal, because z takes their sum.
    Raises ValueError for shapes and TypeError for dtypes and parameters that do not fit the step.
    """
    x, h_prev, c_prev, i, f, g, o, _, tanh_c = saved
    same_as_before(LSTMParameters.required(params), x.shape[-1], h_prev.shape[-1])
    dh, dc = like("dh", dh, "c", saved.c), like("dc", dc, "c", saved.c)
    dc = dc + dh * o * (1 - tanh_c**2)  # what came back along c, and c's share of h
    dz_i = dc * g * i * (1 - i)
    dz_f = dc * c_prev * f * (1 - f)
    dz_g = dc * i * (1 - g**2)
    dz_o = dh * tanh_c * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=-1)  # four times (…, H) -> (…, 4H)
    dx = dz @ params.weight_ih
    dh_prev = dz @ params.weight_hh
    dc_prev = dc * f
    columns = np.atleast_2d(dz).T  # (B, 4H) -> (4H, B); one example is a batch of one
    grads = LSTMParameters(
        weight_ih=columns @ np.atleast_2d(x),  # (4H, B) @ (B, I): summed over the batch
        weight_hh=columns @ np.atleast_2d(h_prev),
        bias_ih=columns.sum(axis=1),
        bias_hh=columns.sum(axis=1),
    )
    return dx, dh_prev, dc_prev, grads


def lstm_backward(
    dhs: ArrayLike, dh_n: ArrayLike, dc_n: ArrayLike, saved: list[Saved], params: LSTMParameters
) -> tuple[Array, Array, Array, LSTMParameters]:
    """Go back along the whole sequence and return (dxs, dh0, dc0, grads).

    Shapes: dhs (T, B, H) with dh_n, dc_n (B, H), or (T, H) with (H,). h_n is hs[-1], so dh_n
    adds to dhs[-1]. grads is summed over the batch and over time.
    Raises ValueError for shapes and TypeError for dtypes that do not fit what was saved.
    Source: Werbos (1990).
    """
    params, dhs = LSTMParameters.required(params), _sequence(dhs, saved)
    dh, dc = like("dh_n", dh_n, "c_n", saved[-1].c), like("dc_n", dc_n, "c_n", saved[-1].c)
    dxs = np.empty((len(saved), *saved[0].x.shape), dhs.dtype)
    grads = params.map(np.zeros_like)
    for t in reversed(range(len(saved))):
        dxs[t], dh, dc, step = lstm_cell_backward(dh + dhs[t], dc, saved[t], params)
        grads = grads.map(np.add, step)
    return dxs, dh, dc, grads


def truncated_backward(
    dhs: ArrayLike, saved: list[Saved], params: LSTMParameters, steps: int
) -> LSTMParameters:
    """Backpropagate each step's loss through no more than `steps` steps; return grads.

    The loss at step t reaches the weights as they were used at t, t−1, …, t−steps+1, and no
    further: h and c that enter step t−steps+1 count as constants. steps = 1 is each step on
    its own; steps ≥ T is `lstm_backward` with dh_n = dc_n = 0. Takes T · steps cell steps.
    Shapes: dhs (T, B, H) or (T, H). Raises ValueError where `steps` is not a positive whole
    number, and as `lstm_backward` does.
    Source: Williams and Peng (1990), whose BPTT(h) this is, with h = steps.
    """
    steps = whole("steps", steps)
    params, dhs = LSTMParameters.required(params), _sequence(dhs, saved)
    grads = params.map(np.zeros_like)
    for t in range(len(saved)):
        dh, dc = dhs[t], np.zeros_like(dhs[t])
        for k in range(min(steps, t + 1)):
            _, dh, dc, step = lstm_cell_backward(dh, dc, saved[t - k], params)
            grads = grads.map(np.add, step)
    return grads


def _sequence(dhs: ArrayLike, saved: list[Saved]) -> Array:
    if not saved:
        raise ValueError("saved is empty; expected one Saved for each step, from forward_saving")
    return like("dhs", dhs, "hs", np.stack([step.c for step in saved]))
