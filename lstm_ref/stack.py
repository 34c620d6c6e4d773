"""Sequences of different length, several layers, both directions, dropout; forward and back.

All of it is the one cell of `cell` and `bptt`, called in another order:

- **mask**: a sequence that has ended keeps its h and c, and shows 0; its gradients wait;
- **stack**: the hidden states of one layer are the inputs of the next;
- **both directions**: a second layer reads each sequence from its end; their states lie
  side by side;
- **dropout**: between layers each entry is dropped by itself (Zaremba et al., 2014); inside a
  layer one mask for each sequence stands on h_{t-1} at all steps (Gal and Ghahramani, 2016).
  What is kept is divided by the share that is kept, so that nothing changes at test time.

Shapes: xs (T, B, I), h0 and c0 (B, H) for a layer, (L, B, H) for a stack, (2, B, H) for both
directions. `lengths` are B whole numbers from 1 to T, in any order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from lstm_ref.arrays import Array, as_float, float_dtype
from lstm_ref.bptt import Saved, lstm_cell_backward
from lstm_ref.cell import lstm_step
from lstm_ref.parameters import LSTMParameters
from lstm_ref.shapes import BATCHES, fit, like

Outputs = tuple[Array, Array, Array]


class LayerSaved(NamedTuple):
    """What one layer's backward pass needs: each step, who was still reading, the mask on h."""

    steps: list[Saved]
    live: NDArray[np.bool]  # (T, B, 1)
    mask: Array | None  # (B, H)


class StackSaved(NamedTuple):
    """What a stack saves: its layers, and the masks between them."""

    layers: list[LayerSaved]
    between: list[Array | None]  # before each layer, (T, B, H); none before the first


def dropout_mask(
    shape: tuple[int, ...], rate: float, rng: "np.random.Generator", dtype: DTypeLike = np.float64
) -> Array:
    """Draw 0 with probability `rate`, else 1 / (1 - rate).

    Raises ValueError where rate is not from 0 to below 1, TypeError for another dtype.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate!r}; expected a number from 0 to below 1")
    mask: Array = ((rng.random(shape) >= rate) / (1 - rate)).astype(float_dtype(dtype))
    return mask


def layer_forward(
    xs: ArrayLike,
    lengths: ArrayLike | None = None,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
    mask: Array | None = None,
) -> tuple[Array, Array, Array, LayerSaved]:
    """Run one layer and return (hs, h_n, c_n, saved); `mask` (B, H) is for recurrent dropout.

    Raises ValueError for shapes and lengths that do not fit, TypeError for dtypes.
    """
    params = LSTMParameters.required(params)
    xs, h, c = fit(params, BATCHES, keep=True, xs=xs, h0=h0, c0=c0)
    live = np.arange(len(xs))[:, None, None] < _lengths(lengths, *xs.shape[:2])[:, None]
    steps: list[Saved] = []
    hs = np.zeros((*xs.shape[:2], params.hidden_size), params.dtype)
    for t, x in enumerate(xs):
        h_in = h if mask is None else h * mask
        i, f, g, o, c_new, tanh_c, h_new = lstm_step(x, h_in, c, params)
        steps.append(Saved(x, h_in, c, i, f, g, o, c_new, tanh_c))
        h, c = np.where(live[t], h_new, h), np.where(live[t], c_new, c)
        hs[t] = np.where(live[t], h, 0)
    return hs, h, c, LayerSaved(steps, live, mask)


def layer_backward(
    dhs: ArrayLike, dh_n: ArrayLike, dc_n: ArrayLike, saved: LayerSaved, params: LSTMParameters
) -> tuple[Array, Array, Array, LSTMParameters]:
    """Go back along one layer and return (dxs, dh0, dc0, grads)."""
    params, (steps, live, mask) = LSTMParameters.required(params), saved
    dhs = like("dhs", dhs, "hs", np.stack([step.c for step in steps]))
    dh, dc = like("dh_n", dh_n, "h_n", steps[0].c), like("dc_n", dc_n, "c_n", steps[0].c)
    dxs = np.empty((len(steps), *steps[0].x.shape), dhs.dtype)
    sums = params.map(np.zeros_like)
    for t in reversed(range(len(steps))):
        now = live[t]
        dh = dh + np.where(now, dhs[t], 0)
        # Where a sequence has ended, its gradients pass the step by untouched.
        dxs[t], dh_prev, dc_prev, grads = lstm_cell_backward(
            np.where(now, dh, 0), np.where(now, dc, 0), steps[t], params
        )
        if mask is not None:
            dh_prev = dh_prev * mask
        dh, dc = np.where(now, dh_prev, dh), np.where(now, dc_prev, dc)
        sums = sums.map(np.add, grads)
    return dxs, dh, dc, sums


def masked_lstm(
    xs: ArrayLike,
    lengths: ArrayLike | None,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
) -> Outputs:
    """Run sequences of different length: hs is 0 past each, h_n and c_n are at each one's end."""
    return layer_forward(xs, lengths, h0, c0, params)[:3]


def stacked_lstm(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    layers: Sequence[LSTMParameters] = (),
) -> Outputs:
    """Run L layers, each on the hidden states of the one below; h0, c0, h_n, c_n (L, B, H)."""
    return stack_forward(xs, None, h0, c0, layers)[:3]


def stack_forward(
    xs: ArrayLike,
    lengths: ArrayLike | None,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    layers: Sequence[LSTMParameters] = (),
    *,
    dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    rng: "np.random.Generator | None" = None,
) -> tuple[Array, Array, Array, StackSaved]:
    """Run a stack and return (hs, h_n, c_n, saved), with dropout where a rate is given.

    Raises ValueError where states and layers differ in number, or a rate comes without `rng`.
    """
    if not layers:
        raise ValueError("layers is empty; expected the parameters of at least one layer")
    layers = [LSTMParameters.required(one, f"layers[{k}]") for k, one in enumerate(layers)]
    hs = as_float(xs, layers[0].dtype)
    h_first, c_first = (_each(n, s, layers, "L") for n, s in (("h0", h0), ("c0", c0)))
    if (dropout or recurrent_dropout) and rng is None:
        raise ValueError("dropout needs rng: pass a numpy.random.Generator")
    states: list[tuple[Array, Array]] = []
    saved = StackSaved([], [])
    for k, params in enumerate(layers):
        between = mask = None
        if k and dropout and rng is not None:
            between = dropout_mask(hs.shape, dropout, rng, params.dtype)
            hs = hs * between
        if recurrent_dropout and rng is not None:
            shape = (hs.shape[1], params.hidden_size)
            mask = dropout_mask(shape, recurrent_dropout, rng, params.dtype)
        hs, h, c, layer = layer_forward(hs, lengths, h_first[k], c_first[k], params, mask)
        states.append((h, c))
        saved.layers.append(layer)
        saved.between.append(between)
    h_n, c_n = (np.stack(state) for state in zip(*states, strict=True))
    return hs, h_n, c_n, saved


def stack_backward(
    dhs: ArrayLike,
    dh_n: ArrayLike,
    dc_n: ArrayLike,
    saved: StackSaved,
    layers: Sequence[LSTMParameters],
) -> tuple[Array, Array, Array, list[LSTMParameters]]:
    """Go back through a stack, top layer first; return (dxs, dh0, dc0, grads of each layer)."""
    d, dh_n, dc_n = (as_float(given, layers[0].dtype) for given in (dhs, dh_n, dc_n))
    dh0, dc0, grads = np.empty_like(dh_n), np.empty_like(dc_n), list(layers)
    for k in reversed(range(len(layers))):
        d, dh0[k], dc0[k], grads[k] = layer_backward(
            d, dh_n[k], dc_n[k], saved.layers[k], layers[k]
        )
        if (between := saved.between[k]) is not None:
            d = d * between
    return d, dh0, dc0, grads


def bidirectional_lstm(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    forward: LSTMParameters | None = None,
    backward: LSTMParameters | None = None,
    lengths: ArrayLike | None = None,
) -> Outputs:
    """Read each sequence both ways: hs (T, B, 2H), forward first; h0 … c_n (2, B, H)."""
    return both_forward(xs, lengths, h0, c0, forward, backward)[:3]


def both_forward(
    xs: ArrayLike,
    lengths: ArrayLike | None,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    forward: LSTMParameters | None = None,
    backward: LSTMParameters | None = None,
) -> tuple[Array, Array, Array, tuple[LayerSaved, LayerSaved]]:
    """As `bidirectional_lstm`, with what its backward pass needs."""
    forward = LSTMParameters.required(forward, "forward")
    backward = LSTMParameters.required(backward, "backward")
    xs = as_float(xs, forward.dtype)
    (h_0, h_1), (c_0, c_1) = (
        _each(n, s, (forward, backward), "2") for n, s in (("h0", h0), ("c0", c0))
    )
    onward, h_a, c_a, saved_a = layer_forward(xs, lengths, h_0, c_0, forward)
    turned = turn(xs, saved_a.live)
    from_end, h_b, c_b, saved_b = layer_forward(turned, lengths, h_1, c_1, backward)
    hs = np.concatenate([onward, turn(from_end, saved_b.live)], axis=-1)  # 2 (T, B, H) -> 2H
    return hs, np.stack([h_a, h_b]), np.stack([c_a, c_b]), (saved_a, saved_b)


def both_backward(
    dhs: ArrayLike,
    dh_n: ArrayLike,
    dc_n: ArrayLike,
    saved: tuple[LayerSaved, LayerSaved],
    forward: LSTMParameters,
    backward: LSTMParameters,
) -> tuple[Array, Array, Array, tuple[LSTMParameters, LSTMParameters]]:
    """Go back through both directions; return (dxs, dh0, dc0, (grads forward, backward))."""
    dhs, dh_n, dc_n = (as_float(given, forward.dtype) for given in (dhs, dh_n, dc_n))
    d_onward, d_from_end = np.split(dhs, 2, axis=-1)  # (T, B, 2H) -> 2 (T, B, H)
    live = saved[1].live
    dxs_a, dh_a, dc_a, grads_a = layer_backward(d_onward, dh_n[0], dc_n[0], saved[0], forward)
    dxs_b, dh_b, dc_b, grads_b = layer_backward(
        turn(d_from_end, live), dh_n[1], dc_n[1], saved[1], backward
    )
    dxs = dxs_a + turn(dxs_b, live)
    return dxs, np.stack([dh_a, dh_b]), np.stack([dc_a, dc_b]), (grads_a, grads_b)


def turn(xs: Array, live: NDArray[np.bool]) -> Array:
    """Turn each sequence (T, B, …) round within its own length; what lies behind stays there."""
    lengths = live.sum(axis=0)[:, 0]  # (T, B, 1) -> (B,)
    steps = np.arange(len(xs))[:, None]
    source = np.where(steps < lengths, lengths - 1 - steps, steps)  # (T, B)
    return np.take_along_axis(xs, source[..., None], axis=0)


def _each(
    name: str, states: ArrayLike | None, layers: Sequence[LSTMParameters], count: str
) -> Sequence[Array | None]:
    """A first state for each layer: None, which is zeros, where none are given."""
    if states is None:
        return [None] * len(layers)
    found = as_float(states, layers[0].dtype)
    if found.ndim != 3 or len(found) != len(layers):
        raise ValueError(
            f"{name} has shape {found.shape}; expected ({count}, B, H) with one state for each of "
            f"{len(layers)} layers"
        )
    return list(found)


def _lengths(lengths: ArrayLike | None, T: int, B: int) -> NDArray[np.int64]:
    if lengths is None:
        return np.full(B, T)
    array = np.asarray(lengths)
    if array.shape != (B,):
        raise ValueError(f"lengths has shape {array.shape}; expected (B,) = {(B,)}, as xs has B")
    if array.dtype.kind not in "iu" or (array < 1).any() or (array > T).any():
        raise ValueError(f"lengths are {array.tolist()}; expected whole numbers from 1 to T = {T}")
    return array.astype(np.int64)
