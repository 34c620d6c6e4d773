"""One LSTM, seven ways to write its weights down: each translated both ways.

`to_…` takes `LSTMParameters` (torch's packing: rows i f g o, two biases) and returns what a
library expects; `from_…` is the way back. All return new arrays, of the dtype they were given.
Where a library has one bias, `to_…` gives the sum of the two and `from_…` puts it into bias_ih:
there and back the weights are exact, the sum of the biases is kept, and its split is not.
"""

from lstm_ref.conventions.convention import Convention
from lstm_ref.conventions.cs231n import CS231N, from_cs231n, to_cs231n
from lstm_ref.conventions.equinox import EQUINOX, from_equinox, to_equinox
from lstm_ref.conventions.flax import FLAX, from_flax, to_flax
from lstm_ref.conventions.greff import GREFF, from_greff, to_greff
from lstm_ref.conventions.keras import KERAS, from_keras, to_keras
from lstm_ref.conventions.onnx import (
    ONNX,
    from_onnx,
    peepholes_from_onnx,
    peepholes_to_onnx,
    to_onnx,
)
from lstm_ref.conventions.pytorch import TORCH, from_torch, to_torch

#: All conventions, in the order of the table.
CONVENTIONS = (TORCH, KERAS, ONNX, EQUINOX, FLAX, CS231N, GREFF)


def table() -> list[dict[str, str]]:
    """The table of conventions, a row for each library; all rows have the same columns."""
    return [convention.row() for convention in CONVENTIONS]


__all__ = [
    "CONVENTIONS",
    "CS231N",
    "EQUINOX",
    "FLAX",
    "GREFF",
    "KERAS",
    "ONNX",
    "TORCH",
    "Convention",
    "from_cs231n",
    "from_equinox",
    "from_flax",
    "from_greff",
    "from_keras",
    "from_onnx",
    "from_torch",
    "peepholes_from_onnx",
    "peepholes_to_onnx",
    "table",
    "to_cs231n",
    "to_equinox",
    "to_flax",
    "to_greff",
    "to_keras",
    "to_onnx",
    "to_torch",
]
