"""The figure of two cells side by side in Python: what `relatives.js` computes, by the cells.

One unit each. The input is 1 at *not*, and a second input is 1 at the full stop. No gate reads h,
so that what is kept, and what comes back of a gradient, is one product of shares.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.cells import CELLS, GRUParameters, LSTM1997Parameters, PlainParameters
from lstm_ref.parameters import LSTMParameters, Packed

STEPS, PULSE = 20, 3
#: Rows of each layer: the weights on *not* and on the full stop, and the bias.
INPUT, CANDIDATE, OUTPUT = (8.0, 0.0, -4.0), (3.0, 0.0, 0.0), (0.0, 0.0, 4.0)
PLAIN = (1.5, 0.0, 0.0)
#: What the full stop does to the gate that keeps; and to the GRU's, which must let go to write.
STOP, WRITE = -12.0, -12.0


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the states of the plain unit and of the chosen cell, and what comes back in each.

    `plain`, `h` and `c` are hidden states and memory (the GRU's memory is its h), `kept` the share
    that the gate keeps at each step. `plain_back` and `back` are the gradients of the state before
    the full stop with respect to that at the pulse; `plain_before`, `before`, `plain_after` and
    `after` are the states before the full stop and at the last step.
    """
    xs, stop = np.zeros((STEPS, 2)), int(state["stop"])
    xs[PULSE - 1, 0] = xs[stop - 1, 1] = 1.0
    plain, plain_back = _run("plain", _weights(PlainParameters, [PLAIN], state["u"]), xs, stop)
    name = str(state["cell"])
    steps, back = _run(name, _gated(name, state["b"]), xs, stop)
    memory = np.stack([getattr(step, "c", step.h) for step in steps])[:, 0]
    states = np.stack([step.h for step in plain])[:, 0]
    kept = [float(getattr(step, "f", getattr(step, "z", np.ones(1)))[0]) for step in steps]
    return {
        "plain": states,
        "h": np.stack([step.h for step in steps])[:, 0],
        "c": memory,
        "kept": kept,
        "plain_back": plain_back,
        "back": back,
        "plain_before": states[stop - 2],
        "before": memory[stop - 2],
        "plain_after": states[-1],
        "after": memory[-1],
    }


def memory(name: str, xs: Array, *, u: float = 0.9, b: float = 4.0) -> Array:
    """Return what a unit of the figure holds after each step of xs (T, 2), as an array (T,)."""
    params = _weights(PlainParameters, [PLAIN], u) if name == "plain" else _gated(name, b)
    _, _, steps = CELLS[name].forward(xs, None, params)
    return np.array([getattr(step, "c", step.h)[0] for step in steps])


def _gated(name: str, bias: float) -> Packed:
    forget = (0.0, STOP, bias)
    if name == "gru":
        rows = [(0.0, 0.0, 0.0), (WRITE, STOP, bias), CANDIDATE]
        return _weights(GRUParameters, rows)
    if name == "lstm1997":
        return _weights(LSTM1997Parameters, [INPUT, CANDIDATE, OUTPUT])
    return _weights(LSTMParameters, [INPUT, forget, CANDIDATE, OUTPUT])


def _weights(kind: type[Packed], rows: list[tuple[float, float, float]], u: float = 0.0) -> Packed:
    table = np.array(rows)
    H = len(rows)
    return kind(table[:, :2], np.full((H, 1), float(u)), table[:, 2], np.zeros(H))


def _run(name: str, params: Packed, xs: Array, stop: int) -> tuple[list[Any], float]:
    """Go forward over all steps, then back along the memory from before the stop to the pulse."""
    cell = CELLS[name]
    _, _, steps = cell.forward(xs, None, params)
    way: tuple[Array, ...] = (np.zeros(1),) * (len(cell.states) - 1) + (np.ones(1),)
    for step in steps[stop - 2 : PULSE - 1 : -1]:
        _, way = cell.step_back(way, step, params)
    return steps, float(way[-1][0])
