"""What relates a wrong array to the right one: a transpose, a sign, a factor, a missing squash.

Used where no known mistake fits: a relation that holds on every case that is wrong is a fact that
leads on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.compare import close
from lstm_ref.checks.trial import SMALLEST_SCALE

Pair = tuple[Array, Array]  # yours, expected


@dataclass(frozen=True)
class Relation:
    """A fact about a leaf; {leaf} in the texts stands for its name."""

    name: str
    title: str
    hints: tuple[str, ...]
    holds: Callable[[Array, Array, str], bool]


def _squash(values: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(values, -500, 500)))


def _transposed(yours: Array, right: Array, axes: str) -> bool:
    square = yours.ndim >= 2 and yours.shape[-1] == yours.shape[-2]
    return square and close(np.swapaxes(yours, -1, -2), right)


def _along_time(axes: str, right: Array) -> bool:
    return axes.startswith("T") and len(right) > 2


def _late(yours: Array, right: Array, axes: str) -> bool:
    return _along_time(axes, right) and close(yours[1:], right[:-1])


def _early(yours: Array, right: Array, axes: str) -> bool:
    return _along_time(axes, right) and close(yours[:-1], right[1:])


def _reversed(yours: Array, right: Array, axes: str) -> bool:
    return _along_time(axes, right) and close(yours[::-1], right)


def _shuffled(yours: Array, right: Array, axes: str) -> bool:
    """The right numbers of each example, in another order of the units."""
    if right.ndim < 1 or right.shape[-1] < 2:
        return False
    return close(np.sort(yours, axis=-1), np.sort(right, axis=-1))


RELATIONS = (
    Relation(
        "wrong-sign",
        "{leaf} has the right size and the wrong sign",
        ("Which of your lines has a minus, or should have one?", "Look at each sign once more."),
        lambda yours, right, axes: close(-yours, right),
    ),
    Relation(
        "transposed",
        "{leaf} is right, but turned over (transposed)",
        ("Which index of the result should be the unit?", "Look for a `.T` too many, or too few."),
        _transposed,
    ),
    Relation(
        "activation-missing",
        "{leaf} is right before σ, which is missing or was undone",
        ("Is every number that you return between 0 and 1?", "Take σ, once, at the end."),
        lambda yours, right, axes: close(_squash(yours), right),
    ),
    Relation(
        "tanh-missing",
        "{leaf} is right before tanh, which is missing or was undone",
        ("Is every number that you return between −1 and 1?", "Take tanh, once, at the end."),
        lambda yours, right, axes: close(np.tanh(yours), right),
    ),
    Relation(
        "squashed-again",
        "{leaf} was squashed once more after it was right",
        ("How often should an activation be taken on the way?", "Take it once."),
        lambda yours, right, axes: close(yours, _squash(right)) or close(yours, np.tanh(right)),
    ),
    Relation(
        "one-step-late",
        "{leaf} comes one step late: your step t holds what belongs to t − 1",
        (
            "Do you note the state before the step is taken, or after?",
            "First take the step, then append what it gave.",
        ),
        _late,
    ),
    Relation(
        "one-step-early",
        "{leaf} comes one step early: your step t holds what belongs to t + 1",
        ("With which input does your first step begin?", "The first step reads xs[0]."),
        _early,
    ),
    Relation(
        "reversed",
        "{leaf} is right, but runs backwards in time",
        ("In which order do your results stand?", "Turn the list round once more: `[::-1]`."),
        _reversed,
    ),
    Relation(
        "units-shuffled",
        "{leaf} holds the right numbers, in another order of the units",
        ("In which order are your parts put together?", "Compare with the order that is asked."),
        _shuffled,
    ),
)


def related(pairs: Sequence[Pair], axes: str) -> Relation | None:
    """Return the relation that holds for every pair of a wrong and a right array."""
    usable = [(yours, right) for yours, right in pairs if yours.shape == right.shape]
    if not usable or len(usable) < len(pairs):
        return None
    for relation in RELATIONS:
        with np.errstate(all="ignore"):
            if all(relation.holds(yours, right, axes) for yours, right in usable):
                return relation
    return None


def factor(pairs: Sequence[Pair]) -> float | None:
    """Return the one number that all right arrays are multiplied by, if there is one."""
    found: float | None = None
    for yours, right in pairs:
        if yours.shape != right.shape or not np.isfinite(yours).all():
            return None
        size = float((right * right).sum())
        if size < SMALLEST_SCALE**2:
            return None
        ratio = float((yours * right).sum()) / size
        if not close(yours, ratio * right) or abs(ratio - 1) < 1e-2 or abs(ratio) < 1e-3:
            return None
        if found is not None and abs(ratio - found) > 1e-3 * max(1, abs(found)):
            return None
        found = ratio
    return found


def offset(pairs: Sequence[Pair]) -> float | None:
    """Return the one number that is added to all right arrays, if there is one."""
    found: float | None = None
    for yours, right in pairs:
        if yours.shape != right.shape or not np.isfinite(yours).all():
            return None
        more = float((yours - right).mean())
        if not close(yours, right + more) or (found is not None and abs(more - found) > 1e-3):
            return None
        found = more
    return found
