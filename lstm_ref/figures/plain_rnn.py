"""The plain network's live figure in Python: what `plain_rnn.js` computes, by `lstm_ref.cells`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.cells import CELLS, PlainParameters

STEPS = 12


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return the states of one unit over all steps, that of the pulse's step, and the last."""
    at = int(state["at"]) - 1
    xs = np.zeros((STEPS, 1))
    xs[at] = state["x"]
    one, none = np.ones((1, 1)), np.zeros(1)
    weights = PlainParameters(one, np.array([[float(state["u"])]]), none, none)
    hs = CELLS["plain"].forward(xs, None, weights)[0][:, 0]
    return {"hs": hs, "first": hs[at], "last": hs[-1]}
