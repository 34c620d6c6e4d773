"""The fast layer: the numbers of `layer` and `bptt`, in a fraction of the time.

Four changes, none of them to the mathematics:

- W x_t + b needs no h, so one product computes it ahead for as many steps as fit a processor's
  cache (a 1 behind each x makes b a column of W); the loop keeps only U h_{t-1}. Backward
  likewise: dx, and dW, dU and db, are products over all these steps at once.
- σ(z) = ½(1 + tanh(z/2)), so one tanh serves all four layers: the rows of i, f and o are halved
  beforehand, and afterwards those activations are halved and moved up by ½.
- Buffers are made once, and each step writes into its place there.
- The factors of the backward formulas that need no gradient, such as g∘i(1 − i), are computed
  for all these steps at once, too.

σ by tanh is right to 1e-16 (in float32, 1e-7) in absolute terms, not in relative ones: for z
below −39 it is exactly 0 in float64, while `activations.sigmoid` is e^z. A share of the memory
that small makes no difference to c or h unless these are as small themselves.

Source: Appleyard, Kočiský and Blunsom (2016), for the products outside the loop.
"""

from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lstm_ref.activations import Array, as_float
from lstm_ref.bptt import fits, like
from lstm_ref.parameters import LSTMParameters

#: How many bytes of activations are worked on at a time: about one L2 cache.
CACHE = 2**20


class FastSaved(NamedTuple):
    """What `backward` needs. `h` shares its memory with hs: do not change hs before `backward`.

    x1 (T, B, I+1) is xs with a 1 behind each x, gates (T, B, 4H) the activations in the order
    g, i, f, o, and h and c (T+1, B, H) the states, h0 and c0 first.
    """

    x1: Array
    gates: Array
    h: Array
    c: Array


@overload
def forward(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: LSTMParameters
) -> tuple[Array, Array, Array, FastSaved]: ...
@overload
def forward(
    xs: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    params: LSTMParameters,
    need_gradients: Literal[True],
) -> tuple[Array, Array, Array, FastSaved]: ...
@overload
def forward(
    xs: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    params: LSTMParameters,
    need_gradients: bool,
) -> tuple[Array, Array, Array, FastSaved | None]: ...


def forward(
    xs: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    params: LSTMParameters,
    need_gradients: bool = True,
) -> tuple[Array, Array, Array, FastSaved | None]:
    """Run the layer over a batch and return (hs, h_n, c_n, saved).

    Shapes: xs (T, B, I) with h0, c0 (B, H) gives hs (T, B, H) and h_n, c_n (B, H). One example
    is a batch of one: xs[:, None]. Without `need_gradients` nothing is saved, and saved is None.
    Raises ValueError for shapes and TypeError for dtypes that do not fit the parameters.
    """
    xs, h0, c0 = _checked(xs, h0, c0, params)
    (T, B, _), H, dtype = xs.shape, params.hidden_size, params.dtype
    V, U = _halved(params)  # (I+1, 4H), (H, 4H)
    x1 = np.concatenate([xs, np.ones((T, B, 1), dtype)], axis=2)  # a bias is a weight on a 1
    n = _steps_at_a_time(B, H, dtype)
    # Where nothing is saved, the gates need room for n steps, and c for the one before and this.
    gates = np.empty((T if need_gradients else min(n, T), B, 4 * H), dtype)
    c = np.empty((T + 1 if need_gradients else 2, B, H), dtype)
    h = np.empty((T + 1, B, H), dtype)
    recurrent, written = np.empty((B, 4 * H), dtype), np.empty((B, H), dtype)
    h[0], c[0] = h0, c0
    for start in range(0, T, n):
        steps = range(start, min(start + n, T))
        zs = gates[start : steps.stop] if need_gradients else gates[: len(steps)]
        # (n·B, I+1) @ (I+1, 4H): every W x_t + b of these steps in one product
        np.dot(_rows(x1[start : steps.stop]), V, out=_rows(zs))
        for t, z in zip(steps, zs, strict=True):
            z += np.dot(h[t], U, out=recurrent)
            np.tanh(z, out=z)
            shares = z[:, H:]
            shares *= 0.5
            shares += 0.5
            g, i, f, o = z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]
            c_t = c[(t + 1) % len(c)]
            np.multiply(f, c[t % len(c)], out=c_t)
            c_t += np.multiply(g, i, out=written)
            np.multiply(o, np.tanh(c_t, out=written), out=h[t + 1])
    saved = FastSaved(x1, gates, h, c) if need_gradients else None
    return h[1:], h[T].copy(), c[T % len(c)].copy(), saved


def backward(
    dhs: ArrayLike, dh_n: ArrayLike, dc_n: ArrayLike, saved: FastSaved, params: LSTMParameters
) -> tuple[Array, Array, Array, LSTMParameters]:
    """Go back along the sequence and return (dxs, dh0, dc0, grads), as `bptt.lstm_backward` does.

    Shapes: dhs (T, B, H); dh_n, dc_n (B, H). `saved` stays as it was and may serve again.
    Raises ValueError for shapes and TypeError for dtypes that do not fit what was saved.
    """
    x1, gates, h, c = saved
    T, B, I = (*gates.shape[:2], params.input_size)
    H, dtype = params.hidden_size, params.dtype
    fits(params, x1.shape[-1] - 1, h.shape[-1])
    order = _order(H)
    W, U = params.weight_ih[order], params.weight_hh[order]
    dhs = like("dhs", dhs, "hs", h[1:])
    dh, dc = like("dh_n", dh_n, "h_n", h[T]).copy(), like("dc_n", dc_n, "c_n", c[T]).copy()
    dxs = np.empty((T, B, I), dtype)
    dV, dU = np.zeros((I + 1, 4 * H), dtype), np.zeros((H, 4 * H), dtype)
    n = min(_steps_at_a_time(B, H, dtype), T)
    dz, c_by_h, through_h = (np.empty(s, dtype) for s in ((n, B, 4 * H), (n, B, H), (B, H)))
    for stop in range(T, 0, -n):
        start = max(0, stop - n)
        _slopes(gates[start:stop], c[start : stop + 1], dz, c_by_h)
        for t in range(stop - 1, start - 1, -1):
            k = t - start
            dz_t = dz[k].reshape(B, 4, H)  # (B, 4H) -> (B, 4, H)
            dh += dhs[t]
            dc += np.multiply(dh, c_by_h[k], out=through_h)
            dz_t[:, :3] *= dc[:, None]  # g, i and f act through c,
            dz_t[:, 3] *= dh  # o through h alone
            dc *= gates[t, :, 2 * H : 3 * H]
            np.dot(dz[k], U, out=dh)
        rows = _rows(dz[: stop - start])
        np.dot(rows, W, out=_rows(dxs[start:stop]))
        dV += _rows(x1[start:stop]).T @ rows  # (I+1, n·B) @ (n·B, 4H): all these steps at once
        dU += _rows(h[start:stop]).T @ rows
    back = np.argsort(order)
    grads = LSTMParameters(dV[:-1].T[back], dU.T[back], dV[-1][back], dV[-1][back])
    return dxs, dh, dc, grads


def _slopes(gates: Array, c: Array, dz: Array, c_by_h: Array) -> None:
    """Write all but dc and dh of the backward formulas, for the n steps of `gates` (n, B, 4H).

    dz (n, B, 4H) gets what multiplies dc in dz_g, dz_i, dz_f and dh in dz_o; c_by_h (n, B, H)
    what multiplies dh in dc. c (n+1, B, H) are the memories before and after each step.
    """
    n, H = len(gates), c.shape[-1]
    dz, c_by_h = dz[:n], c_by_h[:n]
    g, i, o = (gates[..., k * H : (k + 1) * H] for k in (0, 1, 3))
    np.subtract(1, gates[..., H:], out=dz[..., H:])
    dz[..., H:] *= gates[..., H:]  # σ' = σ(1 − σ)
    dz[..., H : 2 * H] *= g
    dz[..., 2 * H : 3 * H] *= c[:-1]
    tanh_c = np.tanh(c[1:], out=c_by_h)
    dz[..., 3 * H :] *= tanh_c
    np.multiply(tanh_c, tanh_c, out=c_by_h)
    np.subtract(1, c_by_h, out=c_by_h)
    c_by_h *= o
    dz_g = dz[..., :H]
    np.multiply(g, g, out=dz_g)
    np.subtract(1, dz_g, out=dz_g)
    dz_g *= i


def _order(H: int) -> NDArray[np.intp]:
    """The rows of i, f, g, o as g, i, f, o: now σ's three lie together, and so do c's three."""
    i, f, g, o = np.arange(4 * H).reshape(4, H)
    return np.concatenate([g, i, f, o])


def _halved(params: LSTMParameters) -> tuple[Array, Array]:
    """[W b]ᵀ (I+1, 4H) and Uᵀ (H, 4H), with i, f and o halved for σ(z) = ½(1 + tanh(z/2))."""
    bias = params.bias_ih + params.bias_hh
    order, H = _order(params.hidden_size), params.hidden_size
    V = np.column_stack([params.weight_ih, bias])[order]
    U = params.weight_hh[order]
    V[H:] *= 0.5
    U[H:] *= 0.5
    return np.ascontiguousarray(V.T), np.ascontiguousarray(U.T)


def _steps_at_a_time(B: int, H: int, dtype: np.dtype[Any]) -> int:
    return max(1, CACHE // max(1, 4 * B * H * dtype.itemsize))


def _rows(a: Array) -> Array:
    return a.reshape(-1, a.shape[-1])  # (n, B, X) -> (n·B, X)


def _checked(
    xs: ArrayLike, h0: ArrayLike, c0: ArrayLike, params: LSTMParameters
) -> tuple[Array, Array, Array]:
    params.require_finite()
    xs, h0, c0 = as_float(xs), as_float(h0), as_float(c0)
    I, H = params.input_size, params.hidden_size
    if xs.ndim != 3 or xs.shape[-1] != I or len(xs) == 0:
        raise ValueError(
            f"xs has shape {xs.shape}; expected (T, B, I) = (T, B, {I}) with at least one step, "
            f"as weight_ih is {params.weight_ih.shape}; one example is a batch of one, xs[:, None]"
        )
    state = (xs.shape[1], H)
    for name, array in (("xs", xs), ("h0", h0), ("c0", c0)):
        if name != "xs" and array.shape != state:
            raise ValueError(
                f"{name} has shape {array.shape}; expected {state}, as xs is {xs.shape} "
                f"and there are H = {H} units"
            )
        if array.dtype != params.dtype:
            raise TypeError(
                f"{name} is {array.dtype} but the parameters are {params.dtype}; "
                "give both one dtype"
            )
    return xs, h0, c0
