"""The live figure of input gate and candidate: what `input_candidate.js` computes, by `gates`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref import gates
from lstm_ref.figures.stories import story


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return g, i, what is written and the memory at every step, and the two sums of the opened."""
    told, opened = story(state["story"]), state["step"] - 1
    one, two = told.layer(state, "g"), told.layer(state, "i")
    gs = gates.candidate(*one)[:, 0]
    shares = gates.input_gate(*two)[:, 0]
    c, cs = np.array([told.c0]), [told.c0]
    for f, i, g in zip(told.f, shares, gs, strict=True):
        c = gates.update_memory(np.array([f]), c, np.array([i]), np.array([g]))
        cs.append(c[0])
    return {
        "gs": gs,
        "shares": shares,
        "written": shares * gs,
        "cs": np.array(cs),
        "zg": gates.weighted_sum(*one)[opened, 0],
        "zi": gates.weighted_sum(*two)[opened, 0],
        "g": gs[opened],
        "i": shares[opened],
        "f": told.f[opened],
        "c_prev": cs[opened],
        "c": cs[opened + 1],
    }
