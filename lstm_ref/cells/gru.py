"""The gated recurrent unit: two gates, no memory beside the hidden state.

    r = σ(W_r x + U_r h_prev + b_r)             the reset gate
    z = σ(W_z x + U_z h_prev + b_z)             the update gate: the share that is kept
    n = tanh(W_n x + b_in + r ∘ (U_n h_prev + b_hn))
    h = z ∘ h_prev + (1 - z) ∘ n

Source: Cho et al. (2014), section 2.3, but for one thing. There the reset gate comes
before the product, U_n (r ∘ h_prev); here it comes after, as in torch.nn.GRU and cuDNN,
so that one product serves all three layers and b_hn has a work of its own. The rows are
in torch's order r, z, n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array
from lstm_ref.cells.common import Activation, Cell, States, packed_gradients
from lstm_ref.parameters import Packed


@dataclass(frozen=True, eq=False)
class GRUParameters(Packed):
    """weight_ih (3H, I), weight_hh (3H, H), bias_ih (3H,), bias_hh (3H,), rows r, z, n."""

    LAYERS = ("r", "z", "n")


class Step(NamedTuple):
    """What one step saves for the backward pass, (B, ·) or (·,) each.

    hidden_n is U_n h_prev + b_hn.
    """

    x: Array
    h_prev: Array
    r: Array
    z: Array
    n: Array
    hidden_n: Array
    h: Array


@dataclass(frozen=True)
class GRUCell(Cell[GRUParameters, Step]):
    """The gated recurrent unit."""

    name: str = "gru"
    kind: type[GRUParameters] = GRUParameters
    states: tuple[str, ...] = ("h",)
    squash: Mapping[str, Activation] = field(default_factory=dict)

    def step(self, x: Array, states: States, params: GRUParameters) -> Step:
        """Take one step; x (…, I) and h_prev (…, H) give h (…, H)."""
        (h_prev,) = states
        input_r, input_z, input_n = np.split(x @ params.weight_ih.T + params.bias_ih, 3, axis=-1)
        hidden = h_prev @ params.weight_hh.T + params.bias_hh
        hidden_r, hidden_z, hidden_n = np.split(hidden, 3, axis=-1)  # (…, 3H) -> (…, H) each
        r = sigmoid(input_r + hidden_r)
        z = sigmoid(input_z + hidden_z)
        n = tanh(input_n + r * hidden_n)
        h = z * h_prev + (1 - z) * n
        return Step(x, h_prev, r, z, n, hidden_n, h)

    def step_back(
        self, d_states: States, step: Step, params: GRUParameters
    ) -> tuple[Array, States]:
        """Take one step back; dz (…, 4H) has a block more, what reaches U_n h_prev + b_hn."""
        (dh,), (_, h_prev, r, z, n, hidden_n, _) = d_states, step
        d_n = dh * (1 - z) * (1 - n**2)
        d_r = d_n * hidden_n * r * (1 - r)
        d_z = dh * (h_prev - n) * z * (1 - z)
        dz = np.concatenate([d_r, d_z, d_n, d_n * r], axis=-1)  # four (…, H) -> (…, 4H)
        return dz, (dh * z + self._hidden(dz) @ params.weight_hh,)

    def weight_gradients(self, dz: Array, saved: Sequence[Step]) -> dict[str, Array]:
        """Sum the gradients over batch and time; those of the two biases differ."""
        return packed_gradients(self._input(dz), self._hidden(dz), saved)

    def input_gradients(self, dz: Array, params: GRUParameters) -> Array:
        """Return dxs (T, …, I) from dz (T, …, 4H)."""
        return self._input(dz) @ params.weight_ih

    def _input(self, dz: Array) -> Array:
        return dz[..., : dz.shape[-1] // 4 * 3]

    def _hidden(self, dz: Array) -> Array:
        d_r, d_z, _, d_hidden_n = np.split(dz, 4, axis=-1)
        return np.concatenate([d_r, d_z, d_hidden_n], axis=-1)
