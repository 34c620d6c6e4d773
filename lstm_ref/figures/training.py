"""The figure of gradients along 100 steps in Python: what `training.js` computes, by `lstm_ref`.

The network is drawn once, at a fixed seed, and kept in `hundred.json`, which the page reads too:
16 units, 2 inputs, weights as before training. Each U is divided by its spectral norm, so that the
figure's slider is that norm. The plain network beside it has the candidate's weights.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from lstm_ref import bptt
from lstm_ref.arrays import Array
from lstm_ref.cells import PlainCell, PlainParameters
from lstm_ref.figures import data
from lstm_ref.parameters import LSTMParameters

STEPS, UNITS, INPUTS = 100, 16, 2
#: One of the seeds whose gradients are near the median of thirty: see `drawn`.
SEED = 24
#: Where gradients explode, so do the differences between two machines' last digits.
TOLERANCE = 1e-6
#: The power of ten that stands for "nothing at all comes back".
NOTHING = -99.0


def drawn(seed: int = SEED) -> dict[str, list[Any]]:
    """Return W (4H, I), U (4, H, H) of spectral norm 1 each, and xs (T, I), to three decimals."""
    rng = np.random.default_rng(seed)
    bound = UNITS**-0.5
    W = rng.uniform(-bound, bound, (4 * UNITS, INPUTS))
    U = rng.uniform(-1, 1, (4, UNITS, UNITS))
    U /= np.linalg.norm(U, 2, axis=(1, 2))[:, None, None]
    xs = rng.normal(size=(STEPS, INPUTS))
    return {name: np.round(a, 3).tolist() for name, a in (("W", W), ("U", U), ("xs", xs))}


def drawn_text() -> str:
    """Return the text of `hundred.json`: an array on each line."""
    return data.text(drawn())


@cache
def _network() -> dict[str, Array]:
    return {name: np.array(values) for name, values in data.kept("hundred.json").items()}


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return log10 of the gradient's size at each step, against that at the last.

    `lstm` and `plain` are |∂L/∂x_t| / |∂L/∂x_T| of the two networks, for L the sum of h_T;
    `kept` is the product of the forget gates from t + 1 to T, a mean over the units; `f` is the
    mean of all forget gates.
    """
    return powers(_network(), state["b"], state["u"])


def powers(network: Mapping[str, Any], b: float, u: float) -> dict[str, Any]:
    """Do what `compute` does, for a network as `drawn` returns it."""
    W, U, xs = (np.asarray(network[name], float) for name in ("W", "U", "xs"))
    bias, none = np.zeros(4 * UNITS), np.zeros(UNITS)
    bias[UNITS : 2 * UNITS] = b
    dhs = np.zeros((STEPS, UNITS))
    dhs[-1] = 1.0
    packed = LSTMParameters(W, u * U.reshape(-1, UNITS), bias, np.zeros_like(bias))
    *_, saved = bptt.forward_saving(xs, none, none, packed)
    dxs = bptt.lstm_backward(dhs, none, none, saved, packed)[0]
    rows = slice(2 * UNITS, 3 * UNITS)
    candidate = PlainParameters(W[rows], u * U[2], none, none)
    _, _, steps = PlainCell().forward(xs, (none,), candidate)
    back = PlainCell().backward(dhs, (none,), steps, candidate)[0]
    f = np.stack([step.f for step in saved])
    onward = np.cumprod(np.vstack([f[1:], np.ones(UNITS)])[::-1], axis=0)[::-1]
    return {
        "lstm": _log10(np.linalg.norm(dxs, axis=1)),
        "plain": _log10(np.linalg.norm(back, axis=1)),
        "kept": _log10(onward.mean(axis=1)),
        "f": float(f.mean()),
    }


def _log10(sizes: Array) -> Array:
    """The sizes against the last, as powers of ten."""
    found = np.full(len(sizes), NOTHING)
    some = sizes / sizes[-1] > 10**NOTHING
    found[some] = np.log10(sizes[some] / sizes[-1])
    return found
