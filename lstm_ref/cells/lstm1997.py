"""The LSTM of 1997: an input gate, an output gate, and a memory that nothing ever empties.

    i = σ(W_i x + U_i h_prev + b_i)
    g = tanh(W_g x + U_g h_prev + b_g)
    o = σ(W_o x + U_o h_prev + b_o)
    c = c_prev + i ∘ g                          no forget gate: f is 1
    h = o ∘ tanh(c)

Source: Hochreiter and Schmidhuber (1997), section 4 and appendix A. What differs there:

- Squashing. The paper's g runs over (-2, 2) and its h over (-1, 1): they are 2 tanh(z / 2)
  and tanh(s / 2) for an internal state s. That is the cell above with W_g, U_g and b_g
  halved and c = s / 2; so what the one can compute, the other can.
- Blocks. The paper lets several memory cells share two gates; here each has its own.
- Start. The paper's memory starts at zero; here it starts at c0.
- Gradients. The paper truncates: an error that reaches the weighted sums of a cell or a
  gate changes the weights there but goes no further back in time; only the sum in c
  carries errors back. `truncated=True` does so; without it the gradient is the full one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells.common import SIGMOID, TANH, Activation, Cell, States, weighted_sums
from lstm_ref.parameters import Packed


@dataclass(frozen=True, eq=False)
class LSTM1997Parameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows i, g, o."""

    LAYERS = ("i", "g", "o")


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each; shown is tanh(c)."""

    x: Array
    h_prev: Array
    i: Array
    g: Array
    o: Array
    c: Array
    shown: Array
    h: Array


@dataclass(frozen=True)
class LSTM1997Cell(Cell[LSTM1997Parameters, Step]):
    """The LSTM without a forget gate; `truncated` cuts errors where they would read h_prev."""

    name: str = "lstm1997"
    kind: type[LSTM1997Parameters] = LSTM1997Parameters
    states: tuple[str, ...] = ("h", "c")
    squash: Mapping[str, Activation] = field(
        default_factory=lambda: {"i": SIGMOID, "g": TANH, "o": SIGMOID, "c": TANH}
    )
    truncated: bool = False

    def step(self, x: Array, states: States, params: LSTM1997Parameters) -> Step:
        """Take one step; x (…, I), h_prev and c_prev (…, H) give h and c (…, H)."""
        (h_prev, c_prev), squash = states, self.squash
        z_i, z_g, z_o = weighted_sums(x, h_prev, params)
        i = squash["i"].of(z_i)
        g = squash["g"].of(z_g)
        o = squash["o"].of(z_o)
        c = c_prev + i * g
        shown = squash["c"].of(c)
        return Step(x, h_prev, i, g, o, c, shown, o * shown)

    def step_back(
        self, d_states: States, step: Step, params: LSTM1997Parameters
    ) -> tuple[Array, States]:
        """Take one step back: from dh and dc to dz (…, 3H), dh_prev and dc_prev."""
        (dh, dc), squash = d_states, self.squash
        _, _, i, g, o, _, shown, _ = step
        dc = dc + dh * o * squash["c"].slope(shown)
        d_i = dc * g * squash["i"].slope(i)
        d_g = dc * i * squash["g"].slope(g)
        d_o = dh * shown * squash["o"].slope(o)
        dz = np.concatenate([d_i, d_g, d_o], axis=-1)  # three (…, H) -> (…, 3H)
        dh_prev = np.zeros_like(dh) if self.truncated else dz @ params.weight_hh
        return dz, (dh_prev, dc)  # dc as it is: the constant error carousel
