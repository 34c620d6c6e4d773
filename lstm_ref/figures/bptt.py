"""The backward pass's live figure in Python: what `bptt.js` computes, by `lstm_ref.bptt`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref import bptt
from lstm_ref.arrays import Array
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import GATES, LSTMParameters

PARTS = 4


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the opened step's numbers forward and back, and dh and dc of all three steps.

    What the reference does not hand out follows from what it does: dc = dc_prev / f, and the
    gradient of a gate is its dz divided by the slope.
    """
    xs = worked_example.xs.copy()
    xs[-1, 1] = state["reset"]
    weights = LSTMParameters.from_gates(worked_example.params)
    hs, *_, saved = bptt.forward_saving(xs, worked_example.h0, worked_example.c0, weights)
    opened = len(saved) - (int(state["n"]) - 1) // PARTS
    dh: Array = np.array([state["e1"], state["e2"]], dtype=float)
    dc_next: Array = np.zeros(2)
    found: dict[str, Any] = {}
    dhs: list[Array] = []
    dcs: list[Array] = []
    for t in range(len(saved), 0, -1):
        s = saved[t - 1]
        dx, dh_prev, dc_prev, grads = bptt.lstm_cell_backward(dh, dc_next, s, weights)
        dc = dc_prev / s.f
        dhs.insert(0, dh)
        dcs.insert(0, dc)
        if t == opened:
            dz = dict(zip(GATES, np.split(grads.bias_ih, 4), strict=True))
            found = s._asdict() | {f"dz_{gate}": dz[gate] for gate in GATES}
            found |= {
                f"d{gate}": dz[gate] / (y * (1 - y))
                for gate, y in zip("ifo", (s.i, s.f, s.o), strict=True)
            }
            found |= {
                "dg": dc * s.i,
                "dtanh": dh * s.o,
                "kept": s.f * s.c_prev,
                "written": s.i * s.g,
            }
            found |= {"h": hs[t - 1], "dh": dh, "dc_next": dc_next, "dc": dc}
            found |= {"dx": dx, "dh_prev": dh_prev, "dc_prev": dc_prev}
        dh, dc_next = dh_prev, dc_prev
    part = (int(state["n"]) - 1) % PARTS + 1
    return found | {"t": opened, "part": part, "dhs": np.array(dhs), "dcs": np.array(dcs)}
