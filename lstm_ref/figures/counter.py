"""The counter that is set by hand, in Python: what `counter.js` computes, by `lstm_ref`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters

#: How far it is asked.
MOST = 200
#: The read-out: while h is above this, another b is to come.
MORE = 0.4
#: What went up over 100 steps comes down again, and leaves the rounding behind.
TOLERANCE = 1e-9


def by_hand(b_i: float, b_f: float, w_a: float, w_b: float, b_o: float) -> LSTMParameters:
    """Return an LSTM of one unit that reads two letters, one-hot: a and b.

    The gates read nothing: each is its bias. The candidate reads the letter alone.
    """
    return LSTMParameters.from_gates(
        {
            **{f"W_{gate}": np.zeros((1, 2)) for gate in "ifo"},
            **{f"U_{gate}": np.zeros((1, 1)) for gate in "ifgo"},
            "W_g": np.array([[w_a, w_b]]),
            "b_i": np.array([b_i]),
            "b_f": np.array([b_f]),
            "b_g": np.zeros(1),
            "b_o": np.array([b_o]),
        }
    )


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return the counter's trace over aⁿbⁿ, and how far it counts.

    `c` and `h` have a value for each letter, (2n,); `ends` is the number of letters b after which
    the string is said to have ended, 0 where it never is; `reach` is the largest n up to which
    every string is told rightly, 200 at most; `f`, `i`, `o` are the gates, `up` and `down` what an
    a and a b add.
    """
    params = by_hand(*(state[name] for name in ("b_i", "b_f", "w_a", "w_b", "b_o")))
    n = int(state["n"])
    trace = lstm_trace(_strings(np.array([n])), np.zeros((1, 1)), np.zeros((1, 1)), params)
    c, h = trace.c[:, 0, 0], trace.h[:, 0, 0]
    written = (trace.i * trace.g)[:, 0, 0]
    ends = np.flatnonzero(h[n:] <= MORE)
    return {
        "c": c,
        "h": h,
        "ends": int(ends[0]) + 1 if len(ends) else 0,
        "reach": _reach(params),
        **{gate: getattr(trace, gate)[0, 0, 0] for gate in "ifo"},
        "up": written[0],
        "down": written[n],
    }


def _strings(counts: NDArray[np.int64]) -> Array:
    """aⁿbⁿ for each n, one-hot, (T, B, 2); past its end a string goes on with b."""
    t = np.arange(2 * counts.max())[:, None]
    return np.stack([t < counts, t >= counts], axis=-1).astype(float)


def _reach(params: LSTMParameters) -> int:
    counts = np.arange(1, MOST + 1)
    none = np.zeros((MOST, 1))
    more = lstm_trace(_strings(counts), none, none, params).h[..., 0] > MORE  # (T, B)
    t = np.arange(len(more))[:, None]
    asked = (t >= counts) & (t < 2 * counts)  # from the first b to the last
    wrong = (asked & (more != (t < 2 * counts - 1))).any(0)
    return int(wrong.argmax()) if wrong.any() else MOST
