"""A noisy wave: each value is a sum of the two before it, and chance. Foretell the next one.

The process is x_t = 1.6 x_{t-1} - 0.9 x_{t-2} + e_t, e_t Gaussian: nobody can do better than the
variance of e_t, and who knows the two numbers does just that.
"""

import numpy as np

from lstm_ref.arrays import Array, whole

COEFFICIENTS, NOISE = (1.6, -0.9), 0.3
#: Steps that are thrown away, so that the first value is one like all others.
BEFORE = 200


def wave(rng: np.random.Generator, *, values: int) -> Array:
    """Draw a wave of so many values. Raises ValueError for fewer than one."""
    values = whole("values", values)
    shocks = rng.normal(0.0, NOISE, BEFORE + values)
    x = np.zeros(BEFORE + values)
    for t in range(2, len(x)):
        x[t] = COEFFICIENTS[0] * x[t - 1] + COEFFICIENTS[1] * x[t - 2] + shocks[t]
    return x[BEFORE:]


def windows(values: Array, length: int) -> tuple[Array, Array]:
    """Return (xs, targets), (T, B, 1) and (B, 1): all runs of T = length, and what comes next.

    Raises ValueError where there is none.
    """
    if len(values) <= length:
        raise ValueError(f"there are {len(values)} values; expected more than {length}")
    found = np.lib.stride_tricks.sliding_window_view(values, length + 1)
    return found[:, :length].T[..., None].copy(), found[:, length:].copy()
