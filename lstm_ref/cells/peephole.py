"""The LSTM with peepholes: its gates see the memory itself, one weight a unit.

    i = σ(W_i x + U_i h_prev + p_i ∘ c_prev + b_i)
    f = σ(W_f x + U_f h_prev + p_f ∘ c_prev + b_f)
    g = tanh(W_g x + U_g h_prev + b_g)
    c = f ∘ c_prev + i ∘ g
    o = σ(W_o x + U_o h_prev + p_o ∘ c + b_o)   the output gate sees the new memory
    h = o ∘ tanh(c)

Source: Gers and Schmidhuber (2000), who named the peepholes; the tanh of the cell's output
and the full gradient (through the peepholes too) are those of Greff et al. (2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells.common import SIGMOID, TANH, Activation, Cell, States, weighted_sums
from lstm_ref.cells.lstm import Step
from lstm_ref.parameters import Packed


@dataclass(frozen=True, eq=False)
class PeepholeParameters(Packed):
    """weight_ih (4H, I), weight_hh (4H, H), bias_ih, bias_hh (4H,), rows i, f, g, o; and
    p_i, p_f, p_o (H,): each unit's gates see that unit's memory alone."""

    LAYERS = ("i", "f", "g", "o")

    p_i: Array
    p_f: Array
    p_o: Array

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape that each array must have, given that of weight_ih."""
        H = self.hidden_size
        return {**super().shapes(), **{f"p_{gate}": (H,) for gate in "ifo"}}


@dataclass(frozen=True)
class PeepholeCell(Cell[PeepholeParameters, Step]):
    """The LSTM whose gates see the memory."""

    name: str = "peephole"
    kind: type[PeepholeParameters] = PeepholeParameters
    states: tuple[str, ...] = ("h", "c")
    squash: Mapping[str, Activation] = field(
        default_factory=lambda: {"i": SIGMOID, "f": SIGMOID, "g": TANH, "o": SIGMOID, "c": TANH}
    )

    def step(self, x: Array, states: States, params: PeepholeParameters) -> Step:
        """Take one step; x (…, I), h_prev and c_prev (…, H) give h and c (…, H)."""
        (h_prev, c_prev), squash = states, self.squash
        z_i, z_f, z_g, z_o = weighted_sums(x, h_prev, params)
        i = squash["i"].of(z_i + params.p_i * c_prev)
        f = squash["f"].of(z_f + params.p_f * c_prev)
        g = squash["g"].of(z_g)
        c = f * c_prev + i * g
        o = squash["o"].of(z_o + params.p_o * c)
        shown = squash["c"].of(c)
        return Step(x, h_prev, c_prev, i, f, g, o, c, shown, o * shown)

    def step_back(
        self, d_states: States, step: Step, params: PeepholeParameters
    ) -> tuple[Array, States]:
        """Take one step back: from dh and dc to dz (…, 4H), dh_prev and dc_prev."""
        (dh, dc), squash = d_states, self.squash
        _, _, c_prev, i, f, g, o, _, shown, _ = step
        d_o = dh * shown * squash["o"].slope(o)
        dc = dc + dh * o * squash["c"].slope(shown) + d_o * params.p_o
        d_i = dc * g * squash["i"].slope(i)
        d_f = dc * c_prev * squash["f"].slope(f)
        d_g = dc * i * squash["g"].slope(g)
        dz = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)  # four (…, H) -> (…, 4H)
        return dz, (dz @ params.weight_hh, dc * f + d_i * params.p_i + d_f * params.p_f)

    def weight_gradients(self, dz: Array, saved: Sequence[Step]) -> dict[str, Array]:
        """Sum the gradients over batch and time; each peephole read the memory of its time."""
        d_i, d_f, _, d_o = np.split(dz, 4, axis=-1)
        cs_prev = np.stack([step.c_prev for step in saved])
        cs = np.stack([step.c for step in saved])
        over = tuple(range(dz.ndim - 1))  # time, and the batch where there is one
        return {
            **super().weight_gradients(dz, saved),
            "p_i": (d_i * cs_prev).sum(over),
            "p_f": (d_f * cs_prev).sum(over),
            "p_o": (d_o * cs).sum(over),
        }
