"""The whole cell's live figure in Python: what `cell.js` computes, by `lstm_ref.layer`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.datasets import worked_example
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return all numbers of the opened step, `t`, and c and h after each of the three steps."""
    steps = range(1, len(worked_example.xs) + 1)
    xs = np.array([[state[f"x{j}{k}"] for j in (1, 2)] for k in steps])
    weights = LSTMParameters.from_gates(worked_example.params)
    trace = lstm_trace(xs, worked_example.h0, worked_example.c0, weights)
    opened = int(state["t"]) - 1
    h_prev = [worked_example.h0, *trace.h][opened]
    c_prev = [worked_example.c0, *trace.c][opened]
    i, f, g, o, c, tanh_c, h = (values[opened] for values in trace)
    return {
        "x": xs[opened],
        "h_prev": h_prev,
        "c_prev": c_prev,
        "i": i,
        "f": f,
        "g": g,
        "o": o,
        "kept": f * c_prev,
        "written": i * g,
        "c": c,
        "tanh_c": tanh_c,
        "h": h,
        "cs": trace.c,
        "hs": trace.h,
    }
