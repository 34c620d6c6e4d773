"""The figure of two networks that count, in Python: what `counting.js` computes, by `lstm_ref`.

The networks were trained by the experiment `counted`; `counted.json` has their weights in
thousandths, and `reach`, the largest n up to which every aⁿbⁿ is told rightly.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_ref.cells import CELLS, GRUParameters
from lstm_ref.datasets.counting import counting
from lstm_ref.figures import data
from lstm_ref.parameters import LSTMParameters

#: What is said where the string has come to its end; the letters a and b are 0 and 1.
END = 2
#: 200 steps through rounding: two machines may differ in their last digits.
TOLERANCE = 1e-6


def counted() -> dict[str, Any]:
    """Return for "gru" and "lstm" the arrays W, U, b, c (the bias of U h), V, a, and the reach."""
    names = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0", "c": "bias_hh_l0"}
    found = {}
    for run in data.runs("counted"):
        weights = run["result"]["weights"]
        arrays = {short: weights[f"layer.{name}"] for short, name in names.items()}
        arrays |= {"V": weights["linear.weight"], "a": weights["linear.bias"]}
        found[run["settings"]["cell"]] = {**arrays, "reach": run["result"]["reach"]}
    return found


def counted_text() -> str:
    """Return the text of `counted.json`: a network on each line."""
    return data.text(counted())


@cache
def _nets() -> dict[str, dict[str, Any]]:
    arrays = ("W", "U", "b", "c", "V", "a")
    return {
        name: {
            key: np.array(value) / 1000 if key in arrays else value for key, value in net.items()
        }
        for name, net in data.kept("counted.json").items()
    }


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return what both networks hold and say while they read aⁿbⁿ, n = state["n"].

    `lstm` is the cell state and `gru` the hidden state at each of the 2n + 1 steps, (T, H);
    `lstm_ends` and `gru_ends` the number of letters b after which it first says that the string
    has ended, 0 where it never does; `lstm_wrong` and `gru_wrong` how many b are told wrongly.
    """
    n = int(state["n"])
    xs, labels = (array[:, 0] for array in counting([n]))
    found: dict[str, Any] = {}
    for name, net in _nets().items():
        weights = (net["W"], net["U"], net["b"], net["c"])
        params = LSTMParameters(*weights) if name == "lstm" else GRUParameters(*weights)
        hs, _, saved = CELLS[name].forward(xs, None, params)
        told = (hs @ net["V"].T + net["a"]).argmax(-1)[n + 1 :]
        found[name] = np.stack([step.c for step in saved]) if name == "lstm" else hs
        found |= _said(name, told, labels[n + 1 :])
    return found


def _said(name: str, told: NDArray[Any], labels: NDArray[Any]) -> dict[str, int]:
    ends = np.flatnonzero(told == END)
    first = int(ends[0]) + 1 if len(ends) else 0
    return {f"{name}_ends": first, f"{name}_wrong": int((told != labels).sum())}
