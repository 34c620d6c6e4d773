"""The one home of generated inputs: shapes from 1 upward, values small, large and saturating."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lstm_ref.activations import Array
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
