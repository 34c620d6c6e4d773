"""The LSTM itself as one of the family: the cell of `lstm_ref.cell`, with activations as data.

    i = σ(W_i x + U_i h_prev + b_i)
    f = σ(W_f x + U_f h_prev + b_f)
    g = tanh(W_g x + U_g h_prev + b_g)
    o = σ(W_o x + U_o h_prev + b_o)
    c = f ∘ c_prev + i ∘ g
    h = o ∘ tanh(c)

`lstm_ref.cell` and `lstm_ref.bptt` are the same in full, one function after the other; here it
stands as its relatives do, so that one reads as the other with a few lines changed.

Source: Gers, Schmidhuber and Cummins (2000), without peepholes; the cell of torch.nn.LSTM.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells.common import SIGMOID, TANH, Activation, Cell, States, weighted_sums
from lstm_ref.parameters import LSTMParameters


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each; shown is tanh(c)."""

    x: Array
    h_prev: Array
    c_prev: Array
    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    shown: Array
    h: Array


@dataclass(frozen=True)
class LSTMCell(Cell[LSTMParameters, Step]):
    """The LSTM with a forget gate."""

    name: str = "lstm"
    kind: type[LSTMParameters] = LSTMParameters
    states: tuple[str, ...] = ("h", "c")
    squash: Mapping[str, Activation] = field(
        default_factory=lambda: {"i": SIGMOID, "f": SIGMOID, "g": TANH, "o": SIGMOID, "c": TANH}
    )

    def step(self, x: Array, states: States, params: LSTMParameters) -> Step:
        """Take one step; x (…, I), h_prev and c_prev (…, H) give h and c (…, H)."""
        (h_prev, c_prev), squash = states, self.squash
        z_i, z_f, z_g, z_o = weighted_sums(x, h_prev, params)
        i = squash["i"].of(z_i)
        f = squash["f"].of(z_f)
        g = squash["g"].of(z_g)
        o = squash["o"].of(z_o)
        c = f * c_prev + i * g
        shown = squash["c"].of(c)
        return Step(x, h_prev, c_prev, i, f, g, o, c, shown, o * shown)

    def step_back(
        self, d_states: States, step: Step, params: LSTMParameters
    ) -> tuple[Array, States]:
        """Take one step back: from dh and dc to dz (…, 4H), dh_prev and dc_prev."""
        (dh, dc), squash = d_states, self.squash
        _, _, c_prev, i, f, g, o, _, shown, _ = step
        dc = dc + dh * o * squash["c"].slope(shown)
        d_i = dc * g * squash["i"].slope(i)
        d_f = dc * c_prev * squash["f"].slope(f)
        d_g = dc * i * squash["g"].slope(g)
        d_o = dh * shown * squash["o"].slope(o)
        dz = np.concatenate([d_i, d_f, d_g, d_o], axis=-1)  # four (…, H) -> (…, 4H)
        return dz, (dz @ params.weight_hh, dc * f)
