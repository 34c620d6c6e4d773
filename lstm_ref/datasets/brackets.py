"""Brackets, Dyck-1: after each bracket, has every one that was opened been closed?

One kind of bracket, so that a count is enough: up at "(", down at ")", and all are closed where it
is 0. A string climbs to a given height and comes down again, with steps back on both ways, so that
its length does not tell. Source of the task, as one that needs a counter: Weiss, Goldberg and Yahav
(2018); the way in which strings are drawn is ours.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array
from lstm_ref.datasets.counting import UNDECIDED

#: How likely a step on the way is, and not a step back.
ONWARD = 0.85


def brackets(
    rng: np.random.Generator, heights: Sequence[int] | NDArray[np.int64]
) -> tuple[Array, NDArray[np.int64]]:
    """Return (xs, labels), (T, B, 2) and (T, B), one string for each of `heights`.

    xs is one-hot, "(" first; a label is 1 where all brackets are closed, 0 where one is open, and
    UNDECIDED past a string's end. A string is closed at its end, and may be closed before it too.
    Raises ValueError where there are no heights, or one below 1.
    """
    if len(heights) == 0 or min(heights) < 1:
        raise ValueError(f"heights is {list(heights)}; expected at least one, none below 1")
    walks = [_walk(rng, int(height)) for height in heights]
    T = max(len(walk) for walk in walks)
    xs = np.zeros((T, len(walks), 2))
    labels = np.full((T, len(walks)), UNDECIDED, dtype=np.int64)
    for b, walk in enumerate(walks):
        steps = np.arange(len(walk))
        xs[steps, b, np.where(walk > 0, 0, 1)] = 1.0
        labels[steps, b] = walk.cumsum() == 0
    return xs, labels


def _walk(rng: np.random.Generator, height: int) -> NDArray[np.int64]:
    """Steps of +1 and -1: from 0 to the height, never below 0, and back to 0."""
    steps: list[int] = []
    for goal in (height, 0):
        onward = 1 if goal else -1
        while sum(steps) != goal:
            free = 0 < sum(steps) < height  # at either end there is but one way
            steps.append(onward if not free or rng.random() < ONWARD else -onward)
    return np.array(steps)
