"""The one home of generated inputs: shapes from 1 upward, values small, large and saturating."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lstm_ref.arrays import Array
from lstm_ref.cells import CELLS, Cell
from lstm_ref.parameters import LSTMParameters

sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
#: How large weights and inputs are: the last ones saturate σ and tanh.
scales = st.sampled_from([0.01, 0.5, 2.0, 30.0, 1000.0])


@dataclass
class LSTMInputs:
    xs: Array
    h0: Array
    c0: Array
    params: LSTMParameters


@st.composite
def lstm_inputs(
    draw: Callable[..., Any], *, dtype: str = "float64", batched: bool | None = None
) -> LSTMInputs:
    """A sequence with its first states and parameters; unbatched ones too."""
    T, B, I, H = (draw(sizes) for _ in range(4))
    rng = np.random.default_rng(draw(seeds))
    scale, memory = draw(scales), draw(scales)
    batch = (B,) if (draw(st.booleans()) if batched is None else batched) else ()

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape).astype(dtype)

    params = LSTMParameters(
        scale * normal(4 * H, I), scale * normal(4 * H, H), normal(4 * H), normal(4 * H)
    )
    return LSTMInputs(normal(T, *batch, I), normal(*batch, H), memory * normal(*batch, H), params)


@dataclass
class RecurrentInputs:
    """A sequence, first states and parameters for one cell, and gradients to send back."""

    cell: Cell[Any, Any]
    xs: Array
    states: tuple[Array, ...]
    params: Any
    dhs: Array
    d_final: tuple[Array, ...]


@st.composite
def recurrent_inputs(
    draw: Callable[..., Any], name: str, *, dtype: str = "float64"
) -> RecurrentInputs:
    """Inputs for the cell of that name; inputs and memory saturate it, gradients do not.

    The recurrent weights stay moderate: large ones make the map chaotic, where two right
    answers differ by their rounding.
    """
    T, B, I, H = (draw(sizes) for _ in range(4))
    rng = np.random.default_rng(draw(seeds))
    reach, memory, slope = draw(scales), draw(scales), draw(scales)
    recurrence = draw(st.sampled_from([0.1, 1.0]))
    batch = (B,) if draw(st.booleans()) else ()

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape).astype(dtype)

    cell = CELLS[name]
    shapes = {key: array.shape for key, array in vars(cell.initialise(I, H, rng)).items()}
    arrays = {key: normal(*shape) for key, shape in shapes.items()}
    arrays["weight_hh"] *= recurrence
    h0, *c0 = (normal(*batch, H) for _ in cell.states)
    return RecurrentInputs(
        cell,
        reach * normal(T, *batch, I),
        (h0, *(memory * c for c in c0)),
        type(cell.initialise(I, H, rng))(**arrays),
        slope * normal(T, *batch, H),
        tuple(slope * normal(*batch, H) for _ in cell.states),
    )


@dataclass
class TorchLayerCase:
    """Arguments of torch.nn.LSTM, and what to give it: seed, sizes, lengths where packed."""

    options: dict[str, Any]
    steps: int
    batch: int | None
    lengths: list[int] | None
    with_states: bool
    scale: float
    seed: int


@st.composite
def torch_layer_cases(draw: Callable[..., Any]) -> TorchLayerCase:
    """All that torch.nn.LSTM can be made with but dropout; batched, unbatched and packed input."""
    H = draw(st.integers(1, 4))
    options = {
        "input_size": draw(st.integers(1, 4)),
        "hidden_size": H,
        "num_layers": draw(st.integers(1, 3)),
        "bias": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "proj_size": draw(st.integers(0, H - 1)),
    }
    T, B = draw(sizes), draw(st.none() | st.integers(1, 4))
    lengths = None
    if B is not None and draw(st.booleans()):
        lengths = draw(st.lists(st.integers(1, T), min_size=B, max_size=B))
        lengths[draw(st.integers(0, B - 1))] = T
    scale = draw(st.sampled_from([0.1, 1.0, 30.0]))
    return TorchLayerCase(options, T, B, lengths, draw(st.booleans()), scale, draw(seeds))


@dataclass
class LSTMGradients(LSTMInputs):
    """The same with what comes back from the loss: gradients for hs, h_n and c_n."""

    dhs: Array
    dh_n: Array
    dc_n: Array

    @property
    def rounding(self) -> float:
        """How far apart two right answers can be where saturation leaves little but rounding.

        1 - g² of a g next to 1 is off by one unit of precision; it is multiplied by what comes
        back, by the memory or the input, and by the weights.
        """
        largest = [float(np.abs(a).max()) for a in (self.dhs, self.dh_n, self.dc_n)]
        values = [float(np.abs(a).max()) for a in (self.c0, self.xs)]
        weights = [float(np.abs(a).max()) for a in vars(self.params).values()]
        precision = float(np.finfo(self.xs.dtype).eps)
        return 100 * precision * max(largest) * max(1.0, *values) * max(1.0, *weights)


@st.composite
def lstm_gradients(
    draw: Callable[..., Any], *, dtype: str = "float64", batched: bool | None = None
) -> LSTMGradients:
    """Inputs as `lstm_inputs` makes them, with gradients small and large."""
    made = draw(lstm_inputs(dtype=dtype, batched=batched))
    rng, size = np.random.default_rng(draw(seeds)), draw(st.sampled_from([1e-8, 1.0, 1e6]))
    shapes = ((len(made.xs), *made.h0.shape), made.h0.shape, made.h0.shape)
    outer = [(size * rng.normal(size=shape)).astype(dtype) for shape in shapes]
    return LSTMGradients(made.xs, made.h0, made.c0, made.params, *outer)
