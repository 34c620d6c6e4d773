"""What answers are tried on: inputs that tell wrong from right by construction.

Sizes all differ, and there is one square case, where a transpose or a swap runs and so can be
named; states are not zero; weights reach the curved part of σ and tanh, and one case saturates;
one case has one unit and one example, one no batch, one as many examples as units.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.datasets import worked_example
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters

Generator = np.random.Generator

GATES = ("i", "f", "g", "o")


class Sizes(NamedTuple):
    """One case's name and sizes; B is None for one example without a batch."""

    name: str
    B: int | None
    I: int
    H: int

    @property
    def batch(self) -> tuple[int, ...]:
        """The axes that stand before I or H."""
        return () if self.B is None else (self.B,)

    @property
    def single(self) -> bool:
        return self.B is None


SIZES = (
    Sizes("one example without a batch", None, 4, 3),
    Sizes("a batch of two examples", 2, 4, 3),
    Sizes("as many examples as units", 3, 2, 3),
    Sizes("as many inputs as units and examples", 3, 3, 3),
    Sizes("one unit and one example", 1, 2, 1),
)


def signed(rng: Generator, shape: tuple[int, ...], low: float, high: float) -> Array:
    """Draw sizes from low to high, each with a sign of its own: none near zero."""
    values: Array = rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)
    return values


def layer(rng: Generator, sizes: Sizes, scale: float = 1.0) -> tuple[Array, ...]:
    """Draw x, h_prev, W, U, b of one layer squash(x Wᵀ + h Uᵀ + b)."""
    _, _, I, H = sizes
    x = signed(rng, (*sizes.batch, I), 0.4, 1.6)
    h_prev = signed(rng, (*sizes.batch, H), 0.25, 0.95)
    W, U = (signed(rng, shape, 0.4, 1.4) * scale for shape in ((H, I), (H, H)))
    return x, h_prev, W, U, signed(rng, (H,), 0.4, 1.4) * scale


def gates(rng: Generator, I: int, H: int, scale: float = 1.0) -> dict[str, Array]:
    """Draw the twelve arrays of one cell, W_i U_i b_i … b_o."""
    params: dict[str, Array] = {}
    for gate in GATES:
        params[f"W_{gate}"] = signed(rng, (H, I), 0.3, 1.1) * scale
        params[f"U_{gate}"] = signed(rng, (H, H), 0.3, 1.1) * scale
        params[f"b_{gate}"] = signed(rng, (H,), 0.3, 1.1) * scale
    return params


def states(rng: Generator, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Draw h and c: h within (−1, 1), c also outside of it."""
    return signed(rng, shape, 0.2, 0.9), signed(rng, shape, 0.4, 1.8)


def step(rng: Generator, sizes: Sizes, scale: float = 1.0) -> tuple[Any, ...]:
    """Draw x, h_prev, c_prev and the parameters of one step of the cell."""
    x = signed(rng, (*sizes.batch, sizes.I), 0.4, 1.6)
    h_prev, c_prev = states(rng, (*sizes.batch, sizes.H))
    return x, h_prev, c_prev, gates(rng, sizes.I, sizes.H, scale)


def sequence(rng: Generator, sizes: Sizes, T: int, scale: float = 1.0) -> tuple[Any, ...]:
    """Draw xs, h0, c0 and the parameters of a run of T steps."""
    xs = signed(rng, (T, *sizes.batch, sizes.I), 0.4, 1.6)
    h0, c0 = states(rng, (*sizes.batch, sizes.H))
    return xs, h0, c0, gates(rng, sizes.I, sizes.H, scale)


def pack(params: dict[str, Array], share: float = 0.4) -> tuple[Array, Array, Array, Array]:
    """Pack a dict of gates as torch does, in the order i, f, g, o; the bias is split in two."""
    W, U, b = (np.concatenate([params[f"{kind}_{gate}"] for gate in GATES]) for kind in "WUb")
    return W, U, share * b, (1 - share) * b


def worked_steps() -> list[dict[str, Array]]:
    """Return what the cell of the worked example computes at each step: x h_prev … tanh_c h."""
    params = LSTMParameters.from_gates(worked_example.params)
    trace = lstm_trace(worked_example.xs, worked_example.h0, worked_example.c0, params)
    found = []
    h_prev, c_prev = worked_example.h0, worked_example.c0
    for t, x in enumerate(worked_example.xs):
        step = {name: getattr(trace, name)[t] for name in trace._fields}
        found.append({"x": x, "h_prev": h_prev, "c_prev": c_prev, **step})
        h_prev, c_prev = step["h"], step["c"]
    return found
