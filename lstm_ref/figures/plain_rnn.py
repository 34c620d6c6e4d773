"""The plain network's live figure in Python: what `plain_rnn.js` computes, by `lstm_ref.rnn`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.rnn import plain

STEPS = 12


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return the states of one unit over all steps, that of the pulse's step, and the last."""
    at = int(state["at"]) - 1
    xs = np.zeros((STEPS, 1))
    xs[at] = state["x"]
    one, none = np.ones((1, 1)), np.zeros(1)
    weights = plain.PlainParameters(one, np.array([[float(state["u"])]]), none, none)
    hs = plain.forward(xs, np.zeros(1), weights)[0][:, 0]
    return {"hs": hs, "first": hs[at], "last": hs[-1]}
