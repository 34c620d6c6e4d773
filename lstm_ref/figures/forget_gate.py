"""The forget gate's live figure in Python: what `forget_gate.js` computes, by `lstm_ref.gates`."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import numpy as np

from lstm_ref import gates

STEPS = 20


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return z and f of the opened step, f of all steps, and the memory before and after each.

    At step `press` the reset input is x2; at all others it is 0. The unit is worked out as a
    layer of two that are alike, since `gates` takes whole layers.
    """
    W = np.array([[state["w1"], state["w2"]]] * 2)
    U = np.array([[state["u1"], state["u2"]]] * 2)
    b = np.array([state["b"]] * 2)
    xs = np.array([[state["x1"], 0.0]] * STEPS)
    opened = int(state["press"]) - 1
    xs[opened, 1] = state["x2"]
    hs = np.array([[state["h1"], state["h2"]]] * STEPS)
    fs = gates.forget_gate(xs, hs, W, U, b)[:, 0]
    cs = np.array(list(accumulate(fs, lambda c, f: f * c, initial=state["c"])))
    return {
        "z": gates.weighted_sum(xs, hs, W, U, b)[opened, 0],
        "f": fs[opened],
        "fs": fs,
        "cs": cs,
        "c_prev": cs[opened],
        "kept": cs[opened + 1],
    }
