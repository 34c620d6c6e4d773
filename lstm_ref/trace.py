"""What went on inside a run, in words. The run itself comes from `lstm_ref.layer.lstm_trace`."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array

if TYPE_CHECKING:  # this looks at what was calculated, and calculates nothing of it
    from lstm_ref.cell import Trace

#: A mean share above this counts as open, one below 1 - OPEN as shut.
OPEN = 0.7


class Habits(NamedTuple):
    """What each unit did on average over steps and examples; every array is of shape (H,)."""

    keeps: Array  # mean of f: the share of the memory that was kept
    writes: Array  # mean of i |g|: how much was written
    shows: Array  # mean of o: the share that was shown
    remembers: Array  # mean of |c|: how much was stored


def habits(trace: "Trace") -> Habits:
    """Average a trace of shape (T, H) or (T, B, H) over all but its last axis."""
    before = tuple(range(trace.f.ndim - 1))
    return Habits(
        trace.f.mean(axis=before),
        (trace.i * np.abs(trace.g)).mean(axis=before),
        trace.o.mean(axis=before),
        np.abs(trace.c).mean(axis=before),
    )


def describe(trace: "Trace") -> str:
    """Say in one line which units keep, write and show: units are counted from 1.

    A unit keeps when its mean f is above 0.7 and forgets below 0.3; it shows itself when its
    mean o is above 0.7 and hides below 0.3. The most active writer is the unit with the
    largest mean of i|g|.
    """
    mean = habits(trace)
    writer = int(np.argmax(mean.writes))
    parts = [
        _named(mean.keeps > OPEN, "keeps", "keep"),
        _named(mean.keeps < 1 - OPEN, "forgets", "forget"),
        f"unit {writer + 1} writes most ({mean.writes[writer]:.3g} a step)",
        _named(mean.shows > OPEN, "shows itself", "show themselves"),
        _named(mean.shows < 1 - OPEN, "hides", "hide"),
    ]
    steps = len(trace.f)
    return f"{steps} step{'s' * (steps > 1)}: " + "; ".join(filter(None, parts)) + "."


def _named(chosen: NDArray[np.bool], one: str, many: str) -> str:
    """Name the chosen units: "units 1 and 3 keep", "all 4 units keep", or nothing."""
    units = [str(k + 1) for k in np.flatnonzero(chosen)]
    if not units:
        return ""
    if len(units) == 1:
        return f"unit {units[0]} {one}"
    if len(units) == chosen.size:
        return f"all {chosen.size} units {many}"
    if len(units) > 6:
        return f"{len(units)} of {chosen.size} units {many}"
    return f"units {', '.join(units[:-1])} and {units[-1]} {many}"
