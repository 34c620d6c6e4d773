"""The squash figure in Python: what `squash.js` computes, by `lstm_ref.activations`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_ref import activations


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return both curves and slopes at x, and the sentence's sums and shares, (T,) each."""
    said = json.loads((Path(__file__).parent / "sentence.json").read_text(encoding="utf-8"))
    notes = [0.0]
    for f, written in zip(said["f"], said["written"], strict=True):
        notes.append(f * notes[-1] + written)
    y, tanh = activations.sigmoid(state["x"]), activations.tanh(state["x"])
    sums = state["k"] * (2 * np.array(notes[1:]) - 1)
    return {
        "y": y,
        "tanh": tanh,
        "slope": activations.sigmoid_slope(y),
        "tanh_slope": activations.tanh_slope(tanh),
        "sums": sums,
        "shares": activations.sigmoid(sums),
    }
