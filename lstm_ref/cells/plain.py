"""The plain recurrent network: one layer, and the hidden state is all that it remembers.

    h_t = tanh(W x_t + b_ih + U h_{t-1} + b_hh)

Source: Elman (1990), with tanh for his logistic function; the cell of torch.nn.RNN.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lstm_ref.activations import tanh
from lstm_ref.arrays import Array
from lstm_ref.cells.common import Activation, Cell, States, weighted_sums
from lstm_ref.parameters import Packed


@dataclass(frozen=True, eq=False)
class PlainParameters(Packed):
    """weight_ih (H, I), weight_hh (H, H), bias_ih (H,), bias_hh (H,)."""

    LAYERS = ("h",)


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each."""

    x: Array
    h_prev: Array
    h: Array


@dataclass(frozen=True)
class PlainCell(Cell[PlainParameters, Step]):
    """The plain recurrent network."""

    name: str = "plain"
    kind: type[PlainParameters] = PlainParameters
    states: tuple[str, ...] = ("h",)
    squash: Mapping[str, Activation] = field(default_factory=dict)

    def step(self, x: Array, states: States, params: PlainParameters) -> Step:
        """Take one step; x (…, I) and h_prev (…, H) give h (…, H)."""
        (h_prev,) = states
        (z,) = weighted_sums(x, h_prev, params)
        return Step(x, h_prev, tanh(z))

    def step_back(
        self, d_states: States, step: Step, params: PlainParameters
    ) -> tuple[Array, States]:
        """Take one step back: from dh to dz, and to the gradient of h_prev."""
        (dh,) = d_states
        dz = dh * (1 - step.h**2)
        return dz, (dz @ params.weight_hh,)
