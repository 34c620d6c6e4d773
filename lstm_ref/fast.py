"""The fast layer: the numbers of `layer` and `bptt`, in a fraction of the time.

Four changes, none of them to the mathematics:

- W x_t + b needs no h, so one product computes it ahead for as many steps as fit a processor's
  cache (a 1 behind each x makes b a column of W); the loop keeps only U h_{t-1}. Backward
  likewise: dx, and dW, dU and db, are products over all these steps at once.
- σ(z) = ½(1 + tanh(z/2)), so one tanh serves all four layers: the rows of i, f and o are halved
  beforehand, and afterwards those activations are halved and moved up by ½.
- Buffers are made once, and each step writes into its place there. The numbers of one layer and
  one step lie in one piece: (4, T, B, H) has pieces of B·H numbers where (T, B, 4H) has pieces
  of H, and a call goes through few long pieces faster than through many short ones. Each buffer
  starts where a cache line does, so a vector register is filled from one line, not from two.
- The factors of the backward formulas that need no gradient, such as g∘i(1 − i), are computed
  for all these steps at once, too.

σ by tanh is right to 1e-16 (in float32, 1e-7) in absolute terms, not in relative ones: for z
below −39 it is exactly 0 in float64, while `activations.sigmoid` is e^z. A share of the memory
that small makes no difference to c or h unless these are as small themselves.

Source: Appleyard, Kočiský and Blunsom (2016), for the products outside the loop.
"""

import math
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.parameters import LSTMParameters
from lstm_ref.shapes import BATCHES, fit, like, same_as_before

#: How many bytes of activations are worked on at a time: about one L2 cache.
CACHE = 2**20
#: Bytes of a cache line, and of the widest vector register, on x86 processors.
LINE = 64
#: i, f, g, o in the order g, i, f, o: now σ's three lie together, and so do c's three; and back.
ORDER, BACK = [2, 0, 1, 3], [1, 2, 0, 3]


class FastSaved(NamedTuple):
    """What `backward` needs. `h` shares its memory with hs, which is therefore read-only.

    x1 (T, B, I+1) is xs with a 1 behind each x, gates (4, T, B, H) the activations g, i, f, o,
    and h and c (T+1, B, H) the states, h0 and c0 first.
    """

    x1: Array
    gates: Array
    h: Array
    c: Array


@overload
def forward(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
    need_gradients: Literal[True] = True,
) -> tuple[Array, Array, Array, FastSaved]: ...
@overload
def forward(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
    need_gradients: bool = True,
) -> tuple[Array, Array, Array, FastSaved | None]: ...


def forward(
    xs: ArrayLike,
    h0: ArrayLike | None = None,
    c0: ArrayLike | None = None,
    params: LSTMParameters | None = None,
    need_gradients: bool = True,
) -> tuple[Array, Array, Array, FastSaved | None]:
    """Run the layer over a batch and return (hs, h_n, c_n, saved).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H) and h_n, c_n (B, H). One example
    is a batch of one: xs[:, None]. A state that is not given is zeros. hs may be read, not
    written; hs.copy() is your own. Without `need_gradients` nothing is saved, and saved is None.
    Raises ValueError and TypeError as `lstm_ref.layer.lstm` does.
    """
    params = LSTMParameters.required(params)
    xs, h0, c0 = fit(params, BATCHES, xs=xs, h0=h0, c0=c0)
    (T, B, I), H, dtype = xs.shape, params.hidden_size, params.dtype
    V, U = _halved(params)  # (4, I+1, H), (4, H, H)
    x1 = _empty((T, B, I + 1), dtype)
    x1[..., :I], x1[..., I] = xs, 1  # a bias is a weight on a 1
    n = _steps_at_a_time(B, H, dtype)
    # Where nothing is saved, the gates need room for n steps, and c for the one before and this.
    gates = _empty((4, T if need_gradients else min(n, T), B, H), dtype)
    c = _empty((T + 1 if need_gradients else 2, B, H), dtype)
    h = _empty((T + 1, B, H), dtype)
    recurrent, written = _empty((4, B, H), dtype), _empty((B, H), dtype)
    h[0], c[0] = h0, c0
    for start in range(0, T, n):
        steps = range(start, min(start + n, T))
        zs = gates[:, start : steps.stop] if need_gradients else gates[:, : len(steps)]
        # (n·B, I+1) @ (4, I+1, H): every W x_t + b of these steps, a product for each layer
        np.matmul(_rows(x1[start : steps.stop]), V, out=zs.reshape(4, -1, H))
        for t in steps:
            z = zs[:, t - start]
            z += np.matmul(h[t], U, out=recurrent)  # (B, H) @ (4, H, H)
            np.tanh(z, out=z)
            shares = z[1:]
            shares *= 0.5
            shares += 0.5
            g, i, f, o = z
            c_t = c[(t + 1) % len(c)]
            np.multiply(f, c[t % len(c)], out=c_t)
            c_t += np.multiply(g, i, out=written)
            np.multiply(o, np.tanh(c_t, out=written), out=h[t + 1])
    saved = FastSaved(x1, gates, h, c) if need_gradients else None
    hs = h[1:]
    hs.flags.writeable = False  # `backward` needs it as it is
    return hs, h[T].copy(), c[T % len(c)].copy(), saved


def backward(
    dhs: ArrayLike, dh_n: ArrayLike, dc_n: ArrayLike, saved: FastSaved, params: LSTMParameters
) -> tuple[Array, Array, Array, LSTMParameters]:
    """Go back along the sequence and return (dxs, dh0, dc0, grads), as `bptt.lstm_backward` does.

    Shapes: dhs (T, B, H); dh_n, dc_n (B, H). `saved` stays as it was and may serve again.
    Raises ValueError for shapes and TypeError for dtypes that do not fit what was saved.
    """
    params, (x1, gates, h, c) = LSTMParameters.required(params), saved
    (_, T, B, H), I, dtype = gates.shape, params.input_size, params.dtype
    same_as_before(params, x1.shape[-1] - 1, H)
    W, U = _by_layer(params.weight_ih), _by_layer(params.weight_hh)  # (4, H, I), (4, H, H)
    dhs = like("dhs", dhs, "hs", h[1:])
    dh, dc = like("dh_n", dh_n, "h_n", h[T]).copy(), like("dc_n", dc_n, "c_n", c[T]).copy()
    dxs = np.empty((T, B, I), dtype)
    dV, dU = np.zeros((4, I + 1, H), dtype), np.zeros((4, H, H), dtype)
    n = min(_steps_at_a_time(B, H, dtype), T)
    slopes, c_by_h = _empty((4, n, B, H), dtype), _empty((n, B, H), dtype)
    through_h, through_z = _empty((B, H), dtype), _empty((4, B, H), dtype)
    for stop in range(T, 0, -n):
        start = max(0, stop - n)
        dzs = slopes[:, : stop - start]
        _slopes(gates[:, start:stop], c[start : stop + 1], dzs, c_by_h[: stop - start])
        for t in range(stop - 1, start - 1, -1):
            dz = dzs[:, t - start]
            dh += dhs[t]
            dc += np.multiply(dh, c_by_h[t - start], out=through_h)
            dz[:3] *= dc  # g, i and f act through c,
            dz[3] *= dh  # o through h alone
            dc *= gates[2, t]
            np.matmul(dz, U, out=through_z).sum(axis=0, out=dh)
        rows = dzs.reshape(4, -1, H)  # (4, n, B, H) -> (4, n·B, H)
        np.matmul(rows, W).sum(axis=0, out=_rows(dxs[start:stop]))
        dV += _rows(x1[start:stop]).T @ rows  # (I+1, n·B) @ (4, n·B, H): all these steps at once
        dU += _rows(h[start:stop]).T @ rows
    db = _packed(dV[:, -1:])[:, 0]
    grads = LSTMParameters(_packed(dV[:, :-1]), _packed(dU), db, db.copy())
    return dxs, dh, dc, grads


def _slopes(gates: Array, c: Array, dz: Array, c_by_h: Array) -> None:
    """Write all but dc and dh of the backward formulas, for the n steps of `gates` (4, n, B, H).

    dz (4, n, B, H) gets what multiplies dc in dz_g, dz_i, dz_f and dh in dz_o; c_by_h (n, B, H)
    what multiplies dh in dc. c (n+1, B, H) are the memories before and after each step.
    """
    g, i, _, o = gates
    np.subtract(1, gates[1:], out=dz[1:])
    dz[1:] *= gates[1:]  # σ' = σ(1 − σ)
    dz[1] *= g
    dz[2] *= c[:-1]
    tanh_c = np.tanh(c[1:], out=c_by_h)
    dz[3] *= tanh_c
    np.multiply(tanh_c, tanh_c, out=c_by_h)
    np.subtract(1, c_by_h, out=c_by_h)
    c_by_h *= o
    np.multiply(g, g, out=dz[0])
    np.subtract(1, dz[0], out=dz[0])
    dz[0] *= i


def _by_layer(weight: Array) -> Array:
    """(4H, X) in the order i, f, g, o as (4, H, X) in the order g, i, f, o."""
    return _aligned(weight.reshape(4, len(weight) // 4, -1)[ORDER])


def _packed(by_layer: Array) -> Array:
    """The way back for a gradient: (4, X, H) as (4H, X), in an array of its own."""
    return by_layer[BACK].swapaxes(1, 2).reshape(-1, by_layer.shape[1])


def _halved(params: LSTMParameters) -> tuple[Array, Array]:
    """[W b]ᵀ (4, I+1, H) and Uᵀ (4, H, H), with i, f and o halved for σ(z) = ½(1 + tanh(z/2))."""
    V = _by_layer(np.column_stack([params.weight_ih, params.bias_ih + params.bias_hh]))
    U = _by_layer(params.weight_hh)
    V[1:] *= 0.5
    U[1:] *= 0.5
    return _aligned(V.swapaxes(1, 2)), _aligned(U.swapaxes(1, 2))


def _empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """As np.empty, but the first number lies at the start of a cache line."""
    size = math.prod(shape) * dtype.itemsize
    room = np.empty(size + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    array: Array = room[start : start + size].view(dtype).reshape(shape)
    return array


def _aligned(values: Array) -> Array:
    """A copy of `values` that lies as `_empty` says."""
    array = _empty(values.shape, values.dtype)
    array[...] = values
    return array


def _steps_at_a_time(B: int, H: int, dtype: np.dtype[Any]) -> int:
    return max(1, CACHE // max(1, 4 * B * H * dtype.itemsize))


def _rows(a: Array) -> Array:
    return a.reshape(-1, a.shape[-1])  # (n, B, X) -> (n·B, X)
