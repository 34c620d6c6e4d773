"""What the five cells share: the checks of shapes, and the sum of the gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float
from lstm_ref.parameters import Packed


@dataclass(frozen=True)
class Cell:
    """One kind of recurrent cell, with all that a training loop needs of it.

    `states` names the states that go from step to step: ("h",) or ("h", "c"). The calls are
    initialise(input_size, hidden_size, rng, *, dtype) -> params,
    forward(xs, *states, params) -> (hs, final states, saved) and
    backward(dhs, d_final, saved, params) -> (dxs, d_initial, grads).
    """

    name: str
    states: tuple[str, ...]
    initialise: Callable[..., Any]
    forward: Callable[..., tuple[Array, tuple[Array, ...], Any]]
    backward: Callable[..., tuple[Array, tuple[Array, ...], Any]]


class Saved(Protocol):
    """What every cell saves of a step, beside its own gates."""

    @property
    def x(self) -> Array: ...
    @property
    def h_prev(self) -> Array: ...
    @property
    def h(self) -> Array: ...


def sequence(xs: ArrayLike, params: Packed, **states: ArrayLike) -> tuple[Array, ...]:
    """Return copies of xs and of the first states once their shapes and dtypes fit `params`.

    Copies, because what is saved for the backward pass must outlive a change of the caller's.
    """
    params.require_finite()
    xs = as_float(xs).copy()
    I, H = params.input_size, params.hidden_size
    if xs.ndim not in (2, 3) or xs.shape[-1] != I:
        raise ValueError(
            f"xs has shape {xs.shape}; expected (T, I) = (T, {I}) or (T, B, I) = (T, B, {I}), "
            f"as weight_ih is {params.weight_ih.shape}"
        )
    if len(xs) == 0:
        raise ValueError(f"xs has shape {xs.shape}; expected at least one time step")
    found = [xs]
    for name, state in states.items():
        array = as_float(state).copy()
        if array.shape != (*xs.shape[1:-1], H):
            raise ValueError(
                f"{name} has shape {array.shape}; expected {(*xs.shape[1:-1], H)}, "
                f"as xs is {xs.shape} and there are H = {H} units"
            )
        found.append(array)
    for name, array in zip(("xs", *states), found, strict=True):
        _same_dtype(name, array, params)
    return tuple(found)


def gradients(
    dhs: ArrayLike,
    d_final: Sequence[ArrayLike],
    saved: Sequence[Saved],
    params: Packed,
    *names: str,
) -> tuple[Array, ...]:
    """Return dhs and the gradients of the last states once they fit what was saved."""
    if not saved:
        raise ValueError("saved is empty; expected one entry for each step, as forward returns it")
    if len(d_final) != len(names):
        raise ValueError(
            f"d_final holds {len(d_final)} arrays; expected {len(names)}: ({', '.join(names)},)"
        )
    state = saved[0].h.shape
    found = []
    for name, given, shape in zip(
        ("dhs", *names), (dhs, *d_final), ((len(saved), *state), *[state] * len(names)), strict=True
    ):
        array = as_float(given)
        if array.shape != shape:
            raise ValueError(
                f"{name} has shape {array.shape}; expected {shape}, the shape of "
                f"{'hs' if name == 'dhs' else name[1:]} in the forward pass"
            )
        _same_dtype(name, array, params)
        found.append(array)
    return tuple(found)


def weight_gradients(
    dz: Array, saved: Sequence[Saved], dz_hidden: Array | None = None
) -> dict[str, Array]:
    """Sum the gradients of the packed weights over batch and time, in one product each.

    dz (T, …, kH) is the gradient of W x + b_ih; dz_hidden, that of U h_prev + b_hh where it
    is not the same. The two biases have arrays of their own.
    """
    dz_hidden = dz if dz_hidden is None else dz_hidden
    xs = np.stack([step.x for step in saved])
    hs_prev = np.stack([step.h_prev for step in saved])
    dz, dz_hidden, xs, hs_prev = (
        array.reshape(-1, array.shape[-1])  # (T, B, n) or (T, n) -> (T·B, n)
        for array in (dz, dz_hidden, xs, hs_prev)
    )
    return {
        "weight_ih": dz.T @ xs,
        "weight_hh": dz_hidden.T @ hs_prev,
        "bias_ih": dz.sum(0),
        "bias_hh": dz_hidden.sum(0),
    }


def _same_dtype(name: str, array: Array, params: Packed) -> None:
    if array.dtype != params.dtype:
        raise TypeError(
            f"{name} is {array.dtype} but the parameters are {params.dtype}; give both one dtype"
        )
