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

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells.common import SIGMOID, TANH, Activation, Cell, States, weighted_sums
from lstm_ref.parameters import Packed


@dataclass(frozen=True, eq=False)
class CoupledParameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows f, g, o."""

    LAYERS = ("f", "g", "o")


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each; shown is tanh(c)."""

    x: Array
    h_prev: Array
    c_prev: Array
    f: Array
    g: Array
    o: Array
    c: Array
    shown: Array
    h: Array


@dataclass(frozen=True)
class CoupledCell(Cell[CoupledParameters, Step]):
    """The LSTM that writes as much as it forgets."""

    name: str = "coupled"
    kind: type[CoupledParameters] = CoupledParameters
    states: tuple[str, ...] = ("h", "c")
    squash: Mapping[str, Activation] = field(
        default_factory=lambda: {"f": SIGMOID, "g": TANH, "o": SIGMOID, "c": TANH}
    )

    def step(self, x: Array, states: States, params: CoupledParameters) -> Step:
        """Take one step; x (…, I), h_prev and c_prev (…, H) give h and c (…, H)."""
        (h_prev, c_prev), squash = states, self.squash
        z_f, z_g, z_o = weighted_sums(x, h_prev, params)
        f = squash["f"].of(z_f)
        g = squash["g"].of(z_g)
        o = squash["o"].of(z_o)
        c = f * c_prev + (1 - f) * g
        shown = squash["c"].of(c)
        return Step(x, h_prev, c_prev, f, g, o, c, shown, o * shown)

    def step_back(
        self, d_states: States, step: Step, params: CoupledParameters
    ) -> tuple[Array, States]:
        """Take one step back: from dh and dc to dz (…, 3H), dh_prev and dc_prev."""
        (dh, dc), squash = d_states, self.squash
        _, _, c_prev, f, g, o, _, shown, _ = step
        dc = dc + dh * o * squash["c"].slope(shown)
        d_f = dc * (c_prev - g) * squash["f"].slope(f)
        d_g = dc * (1 - f) * squash["g"].slope(g)
        d_o = dh * shown * squash["o"].slope(o)
        dz = np.concatenate([d_f, d_g, d_o], axis=-1)  # three (…, H) -> (…, 3H)
        return dz, (dz @ params.weight_hh, dc * f)
