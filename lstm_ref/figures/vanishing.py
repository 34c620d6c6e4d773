"""The vanishing gradient's live figure in Python: what `vanishing.js` computes, by `lstm_ref`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.activations import tanh
from lstm_ref.cells.plain import PlainCell, PlainParameters, Step

STEPS = 50


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return tanh's slope at z, the factor of one step, and log10 of the gradient at each step.

    The sizes come from the plain network's own backward pass, one unit that stands at h = tanh(z)
    at each step.
    """
    h = np.array([tanh(state["z"])])
    one, none = np.ones((1, 1)), np.zeros(1)
    weights = PlainParameters(one, np.array([[float(state["u"])]]), none, none)
    step = Step(np.zeros(1), h, h)
    sizes = [1.0]
    for _ in range(STEPS):
        _, (dh,) = PlainCell().step_back((np.array([sizes[-1]]),), step, weights)
        sizes.append(float(dh[0]))
    slope = float(1 - h[0] ** 2)
    return {"slope": slope, "factor": sizes[1], "powers": np.log10(sizes)}
