"""The LSTM and its relatives: one module a cell, each the same shape of code.

Read them side by side; what differs between two cells differs in a few lines.

| in `CELLS` | cell | layers with weights | states |
|---|---|---|---|
| `plain` | plain RNN (Elman, 1990) | h | h |
| `gru` | gated recurrent unit (Cho et al., 2014) | r, z, n | h |
| `lstm1997` | the first LSTM (Hochreiter and Schmidhuber, 1997) | i, g, o | h, c |
| `lstm` | LSTM with a forget gate (Gers et al., 2000) | i, f, g, o | h, c |
| `coupled` | LSTM with i = 1 - f (Greff et al., 2017) | f, g, o | h, c |
| `peephole` | LSTM whose gates see c (Gers and Schmidhuber, 2000) | i, f, g, o | h, c |

    cell = CELLS["gru"]
    params = cell.initialise(input_size, hidden_size, rng)
    hs, final, saved = cell.forward(xs, initial, params)
    dxs, d_initial, grads = cell.backward(dhs, d_final, saved, params)

States come and go as a tuple, (h,) or (h, c); where `initial` is None they start at zero.

A cell without one of its parts is data: `CELLS["lstm"].having(**ABLATIONS["no input gate"])`.
"""

from typing import Any

from lstm_ref.cells.common import LINEAR, OPEN, SIGMOID, TANH, Activation, Cell
from lstm_ref.cells.coupled import CoupledCell, CoupledParameters
from lstm_ref.cells.gru import GRUCell, GRUParameters
from lstm_ref.cells.lstm import LSTMCell
from lstm_ref.cells.lstm1997 import LSTM1997Cell, LSTM1997Parameters
from lstm_ref.cells.peephole import PeepholeCell, PeepholeParameters
from lstm_ref.cells.plain import PlainCell, PlainParameters

_ALL: tuple[Cell[Any, Any], ...] = (
    PlainCell(),
    GRUCell(),
    LSTM1997Cell(),
    LSTMCell(),
    CoupledCell(),
    PeepholeCell(),
)

#: Every cell by name.
CELLS: dict[str, Cell[Any, Any]] = {cell.name: cell for cell in _ALL}

#: What to give to `having` to take a part away, named as in Greff et al. (2017), section 3.
ABLATIONS: dict[str, dict[str, Activation]] = {
    "no input gate": {"i": OPEN},
    "no forget gate": {"f": OPEN},
    "no output gate": {"o": OPEN},
    "no input activation function": {"g": LINEAR},
    "no output activation function": {"c": LINEAR},
}

__all__ = [
    "ABLATIONS",
    "CELLS",
    "LINEAR",
    "OPEN",
    "SIGMOID",
    "TANH",
    "Activation",
    "Cell",
    "CoupledCell",
    "CoupledParameters",
    "GRUCell",
    "GRUParameters",
    "LSTM1997Cell",
    "LSTM1997Parameters",
    "LSTMCell",
    "PeepholeCell",
    "PeepholeParameters",
    "PlainCell",
    "PlainParameters",
]
