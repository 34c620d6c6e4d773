"""When two results are the same, and what the oracle and each known mistake give on a seed."""

import copy
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks import leaves
from lstm_ref.checks.exercise import AuthorError, Case, Exercise, Mistake
from lstm_ref.checks.observe import Observation

#: Right is within this of the scale of the result.
TOLERANCE = 1e-4
#: The scale never counts as smaller than this, so that an exact zero can be met at all.
SMALLEST_SCALE = 1e-3
#: float16 and the like: right within so many roundings.
_ROUNDINGS = 4


def same(seen: Observation, other: Observation) -> bool:
    """Whether two calls came to the same: the same numbers, or the same kind of failure."""
    if seen.leaves is None or other.leaves is None:
        return (
            seen.leaves is None
            and other.leaves is None
            and (seen.error, seen.strange) == (other.error, other.strange)
        )
    mine, theirs = seen.leaves, other.leaves
    return mine.keys() == theirs.keys() and all(
        close(mine[label], theirs[label], seen.exact.get(label, 0.0)) for label in theirs
    )


def close(values: Array, other: Array, exact: float = 0.0) -> bool:
    """Whether `values` are `other` within the tolerance; `exact` is the precision they came in."""
    if values.shape != other.shape:
        return False
    scale = max(_scale(other), SMALLEST_SCALE)
    with np.errstate(invalid="ignore"):
        apart = np.abs(values - other)
    most = max(TOLERANCE, _ROUNDINGS * exact) * scale
    if bool((apart <= most).all()):
        return True
    for special in (np.isnan, np.isposinf, np.isneginf):
        if not np.array_equal(special(values), special(other)):
            return False
    finite = np.isfinite(other)
    return bool((apart[finite] <= most).all())


def _scale(values: Array) -> float:
    if values.size == 0:
        return 0.0
    most = float(np.abs(values).max())
    if np.isfinite(most):
        return most
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0))


class Known:
    """One exercise on one seed: its cases, what is right, and what known mistakes give there.

    Raises AuthorError where the oracle gives no finite numbers: a check must never pass because
    both sides failed.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise = exercise
        self.cases: Sequence[Case] = exercise.cases(np.random.default_rng(seed))
        oracle = exercise.in_driver(exercise.oracle)
        self.templates: list[Any] = []
        self.right: list[Mapping[str, Array]] = []
        for case in self.cases:
            where = f"{exercise.name}, {case.name}"
            try:
                returned = oracle(*copy.deepcopy(case.arguments))
                found = leaves.expected(returned, exercise.outputs)
            except leaves.Strange as strange:
                raise AuthorError(f"{where}: the oracle gives {strange}") from None
            except Exception as error:
                raise AuthorError(f"{where}: the oracle stops with {error!r}") from error
            if not found:
                raise AuthorError(f"{where}: the oracle gives no numbers at all")
            for label, array in found.items():
                if not np.isfinite(array).all() or array.size == 0:
                    raise AuthorError(f"{where}: the oracle's {label} is empty or not finite")
            self.templates.append(returned)
            self.right.append(found)
        self._wrong: dict[tuple[str, ...], dict[int, Observation]] = {}
        self._memos: dict[int, Any] = {}

    def is_right(self, seen: Observation, k: int) -> bool:
        """Whether a call gave what the oracle gives on case k."""
        return same(seen, Observation(leaves=self.right[k]))

    def wrong(self, mistakes: tuple[Mistake, ...], k: int) -> Observation:
        """Return what the right answer with these mistakes in it does on case k."""
        key = tuple(mistake.name for mistake in mistakes)
        kept = self._wrong.setdefault(key, {}) if len(mistakes) == 1 else {}
        if k not in kept:
            kept[k] = self._run(mistakes, k)
        return kept[k]

    def _run(self, mistakes: tuple[Mistake, ...], k: int) -> Observation:
        exercise, case = self.exercise, self.cases[k]
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                returned = self._returned(mistakes, k, case)
                read = leaves.read(returned, self.templates[k], exercise.outputs)
        except leaves.Strange as strange:
            return Observation(strange=str(strange))
        except Exception as error:
            return Observation(error=type(error).__name__)
        return Observation(leaves=read.arrays, nested=read.nested)

    def _returned(self, mistakes: tuple[Mistake, ...], k: int, case: Case) -> Any:
        exercise = self.exercise
        edits = [edit for mistake in mistakes for edit in mistake.edits]
        if exercise.use or any(mistake.wrong for mistake in mistakes):
            call = exercise.in_driver(exercise.wrong(*mistakes))
            return call(*copy.deepcopy(case.arguments))
        arguments, memo = self._memos.setdefault(k, (copy.deepcopy(case.arguments), {}))
        return exercise.variants.run(edits, arguments, memo)
