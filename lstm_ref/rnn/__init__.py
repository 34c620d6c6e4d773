"""The relatives of the LSTM: one module a cell, each the same shape of code.

Read them side by side; what differs between two cells differs in a few lines.

| module | cell | layers with weights | states |
|---|---|---|---|
| `plain` | plain RNN (Elman, 1990) | h | h |
| `gru` | gated recurrent unit (Cho et al., 2014) | r, z, n | h |
| `lstm1997` | the first LSTM (Hochreiter and Schmidhuber, 1997) | i, g, o | h, c |
| `coupled` | LSTM with i = 1 - f (Greff et al., 2017) | f, g, o | h, c |
| `peephole` | LSTM whose gates see c (Gers and Schmidhuber, 2000) | i, f, g, o | h, c |

Each module has `initialise(input_size, hidden_size, rng) -> params`, then
`forward(xs, h0[, c0], params) -> (hs, final states, saved)`, then
`backward(dhs, d_final, saved, params) -> (dxs, d_initial, grads)`. The states are a tuple,
(h,) or (h, c). `CELLS` holds all five as `Cell`s, for a loop that takes any of them.
"""

from lstm_ref.rnn import coupled, gru, lstm1997, peephole, plain
from lstm_ref.rnn.common import Cell

#: Every cell of this package by name.
CELLS: dict[str, Cell] = {
    "plain": Cell("plain", ("h",), plain.initialise, plain.forward, plain.backward),
    "gru": Cell("gru", ("h",), gru.initialise, gru.forward, gru.backward),
    "lstm1997": Cell(
        "lstm1997", ("h", "c"), lstm1997.initialise, lstm1997.forward, lstm1997.backward
    ),
    "coupled": Cell("coupled", ("h", "c"), coupled.initialise, coupled.forward, coupled.backward),
    "peephole": Cell(
        "peephole", ("h", "c"), peephole.initialise, peephole.forward, peephole.backward
    ),
}

__all__ = ["CELLS", "Cell", "coupled", "gru", "lstm1997", "peephole", "plain"]
