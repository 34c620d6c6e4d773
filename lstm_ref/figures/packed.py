"""The packed matrix's live figure in Python: what `packed.js` computes, by `lstm_ref`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.conventions import ONNX, TORCH
from lstm_ref.conventions.convention import reorder
from lstm_ref.datasets import worked_example
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one matrix (4H, I + H) and its bias, what it reads, the sums, and the layers.

    `made` is taken from the layer's own trace, not from the sums.
    """
    packed = LSTMParameters.from_gates(worked_example.params)
    trace = lstm_trace(worked_example.xs, worked_example.h0, worked_example.c0, packed)
    t = int(state["t"]) - 1
    read = np.concatenate([worked_example.xs[t], [worked_example.h0, *trace.h][t]])
    order = {"torch": TORCH, "onnx": ONNX}[state["order"]].order
    both = np.hstack([packed.weight_ih, packed.weight_hh])
    rows, bias = (reorder(a, TORCH.order, order) for a in (both, packed.bias_ih + packed.bias_hh))
    made = np.concatenate([getattr(trace, gate)[t] for gate in order])
    return {"read": read, "rows": rows, "bias": bias, "z": rows @ read + bias, "made": made}
