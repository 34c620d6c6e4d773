"""The figure of a loop against a tree in Python: what `after.js` computes, in NumPy.

All steps write the same, 1 - f, and keep the share f: h_t = f h_{t-1} + (1 - f), which goes to 1.
After k beats the loop has come to step k; the scan (Hillis and Steele, 1986) has done k rounds.
"""

from collections.abc import Mapping
from math import ceil, log2
from typing import Any

import numpy as np


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return what both hold after so many beats, and what they need in all.

    `loop` and `tree` (T,) are what stands at each step; in the loop it is 0 where it has not come
    to. `loop_done` and `tree_done` count the steps that hold what they should, `rounds` is how many
    beats the tree needs, `loop_work` and `tree_work` how many joins of two steps each makes in all.
    """
    T, beat, f = int(state["T"]), int(state["beat"]), state["f"]
    loop, h = np.zeros(T), 0.0
    for t in range(min(beat, T)):
        h = f * h + (1 - f)
        loop[t] = h
    a, b = np.full(T, float(f)), np.full(T, 1.0 - f)
    rounds = ceil(log2(T))
    for reach in (2**k for k in range(min(beat, rounds))):
        b[reach:] += a[reach:] * b[:-reach]
        a[reach:] *= a[:-reach].copy()
    return {
        "loop": loop,
        "tree": b,
        "loop_done": min(beat, T),
        "tree_done": min(2**beat, T),
        "rounds": rounds,
        "loop_work": T - 1,
        "tree_work": sum(T - 2**k for k in range(rounds)),
    }
