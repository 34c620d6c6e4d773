"""The two codes' live figure in Python: what `two_codes.js` computes, by `lstm_ref.layer`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.datasets import worked_example
from lstm_ref.figures.codes import codes
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return `gives`: the numbers that the chosen line makes at step t, in one list."""
    packed = LSTMParameters.from_gates(worked_example.params)
    trace = lstm_trace(worked_example.xs, worked_example.h0, worked_example.c0, packed)
    t = int(state["t"]) - 1
    x, h = worked_example.xs[t], [worked_example.h0, *trace.h][t]
    from_x = packed.weight_ih @ x + packed.bias_ih
    z = from_x + packed.weight_hh @ h + packed.bias_hh
    made: dict[str, Any] = {
        "def": [worked_example.h0, worked_example.c0],
        "hs": [],
        "x": [x],
        "z_i, z_f, z_g, z_o": [z],
        "append": trace.h[: t + 1],
        "return": [*trace.h, trace.h[-1], trace.c[-1]],
    } | {name: [getattr(trace, name)[t]] for name in "ifgoch"}
    lines = [line["makes"] for line in codes()]
    place = int(state["line"]) - 1
    makes = lines[place]
    if makes == "z":
        return {"gives": from_x if lines.index("z") == place else z}
    return {"gives": np.concatenate([[], *made[makes]])}
