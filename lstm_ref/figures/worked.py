"""The worked example as the figures read it: `worked.json`, made from `lstm_ref.datasets`."""

import json
from typing import Any

import numpy as np

from lstm_ref import gates
from lstm_ref.activations import tanh
from lstm_ref.datasets import worked_example

_LAYERS = {
    "i": gates.input_gate,
    "f": gates.forget_gate,
    "g": gates.candidate,
    "o": gates.output_gate,
}


def worked() -> dict[str, Any]:
    """Return params, xs, h0, c0 and, for each time step, what goes in and what comes out.

    A step holds x, h_prev, c_prev, i, f, g, o, c, tanh_c and h, each a list.
    """
    p, h, c = worked_example.params, worked_example.h0, worked_example.c0
    steps = []
    for x in worked_example.xs:
        step = {"x": x, "h_prev": h, "c_prev": c}
        for name, layer in _LAYERS.items():
            step[name] = layer(x, h, p[f"W_{name}"], p[f"U_{name}"], p[f"b_{name}"])
        c = step["c"] = gates.keep(step["f"], c) + step["i"] * step["g"]
        step["tanh_c"] = tanh(c)
        h = step["h"] = step["o"] * step["tanh_c"]
        steps.append({key: _plain(value) for key, value in step.items()})
    given = {"xs": worked_example.xs, "h0": worked_example.h0, "c0": worked_example.c0}
    return {
        "params": {key: _plain(value) for key, value in p.items()},
        **{key: _plain(value) for key, value in given.items()},
        "steps": steps,
    }


def _plain(values: Any) -> Any:
    """Return an array as lists, to 14 digits: the last two differ between machines."""
    shortened = np.vectorize(lambda number: float(f"{number:.14g}"), otypes=[float])
    return shortened(values).tolist()


def worked_text() -> str:
    """Return the text of `worked.json`."""
    return json.dumps(worked(), indent=1) + "\n"
