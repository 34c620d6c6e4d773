"""The output gate's live figure in Python: what `output_gate.js` computes, by `gates`."""

from collections.abc import Mapping
from typing import Any

from lstm_ref import gates
from lstm_ref.activations import tanh
from lstm_ref.figures.stories import story


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return memory, squashed memory, o and h at every step, and those of the opened one."""
    told, opened = story(state["story"]), state["step"] - 1
    layer = told.layer(state, "o")
    cs = state["m"] * told.c
    os = gates.output_gate(*layer)[:, 0]
    hs = gates.hidden_state(os, cs)
    return {
        "cs": cs,
        "squashed": tanh(cs),
        "os": os,
        "hs": hs,
        "z": gates.weighted_sum(*layer)[opened, 0],
        "o": os[opened],
        "c": cs[opened],
        "tanh_c": tanh(cs)[opened],
        "h": hs[opened],
    }
