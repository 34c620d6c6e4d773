"""The figure of one unit's memory in Python: what `inside.js` computes, by `lstm_ref`.

The net was trained by `lstm_ref.experiments.inside`, 12 units. Of its five seeds the one is shown
that lost the median on fresh texts. Its weights, with two decimals, are kept in `inside.json`,
which the page reads too.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.datasets.lines import SIGNS
from lstm_ref.figures import data
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters

UNITS = 12
PROPERTIES = ("quoted", "depth", "place")
#: What can be read at the press of a button, and its name.
TEXTS = {
    "quotation, brackets": 'ab"cab"(a(b\nc))"aabbc"a\n(b)c"ab"(a)\n',
    "one quotation": 'abcab"abcab\ncabcabcab"a\nbcabcabcabc\n',
    "brackets": "ab(c(ab(cab\nca)bca)b)ca\nbcabcabcabc\n",
    "letters alone": "abcabcabcab\nabcabcabcab\nabcabcabcab\n",
}


def shown(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, of the runs with few units, the one whose loss on fresh texts is the median."""
    few = [run for run in runs if run["settings"]["hidden"] == UNITS]
    return sorted(few, key=lambda run: run["result"]["loss after"])[len(few) // 2]


def net(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page needs of a run: W (4H, 7), U (4H, H), b (4H), correlations, texts."""
    weights, result = run["result"]["weights"], run["result"]
    bias = np.add(weights["layer.bias_ih_l0"], weights["layer.bias_hh_l0"]).round(2).tolist()
    corr = np.round([result[f"{name} of each"] for name in PROPERTIES], 2).T
    units = [int(np.abs(corr[:, k]).argmax()) + 1 for k in range(len(PROPERTIES))]
    return {
        "signs": SIGNS,
        "texts": list(TEXTS.values()),
        "titles": list(TEXTS),
        "start": units[1],
        "units": units,
        "corr": corr.tolist(),
        "b": bias,
        "W": weights["layer.weight_ih_l0"],
        "U": weights["layer.weight_hh_l0"],
    }


def net_text() -> str:
    """Return the text of `inside.json`: an array on each line."""
    return data.text(net(shown(data.runs("inside"))))


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the unit's f, i, o, g and c after each sign of the text, and its correlations r."""
    kept, unit = data.kept("inside.json"), int(state["unit"]) - 1
    b = np.array(kept["b"])
    packed = LSTMParameters(np.array(kept["W"]), np.array(kept["U"]), b, np.zeros_like(b))
    text = np.array(state["text"], int)
    found: dict[str, Any] = {"r": kept["corr"][unit]}
    if len(text) == 0:
        return found | {name: [] for name in "fiogc"}
    trace = lstm_trace(np.eye(len(kept["signs"]))[text], params=packed)
    return found | {name: getattr(trace, name)[:, unit] for name in "fiogc"}
