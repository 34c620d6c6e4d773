"""When two results are the same, and what the oracle and each known mistake give on a seed."""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks import leaves
from lstm_ref.checks.exercise import AuthorError, Case, Exercise, Mistake
from lstm_ref.checks.observe import Observation
from lstm_ref.checks.trial import SMALLEST_SCALE, Differs, Plan, Sign, Trial, glance

#: Right is within this of the scale of the result.
TOLERANCE = 1e-4
#: As `array.max`, without its detour through Python.
_largest = np.maximum.reduce
#: float16 and the like: right within so many roundings.
_ROUNDINGS = 4
#: float32: what is left where terms near 1 cancel carries so many roundings of the terms.
_OF_TERMS = 16


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
    if values.size == 0 or values.tobytes() == other.tobytes():
        return True  # most that are compared are the same to the last bit, and this is quick
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(values - other)
    most = float(_largest(apart, axis=None))
    share = max(TOLERANCE, _ROUNDINGS * exact)
    if math.isfinite(most):
        scale = max(float(_largest(np.abs(other), axis=None)), SMALLEST_SCALE)
        return most <= max(share * scale, _OF_TERMS * exact if exact < TOLERANCE else 0.0)
    for special in (np.isnan, np.isposinf, np.isneginf):
        if not np.array_equal(special(values), special(other)):
            return False
    finite = np.isfinite(other)
    scale = float(np.abs(other[finite]).max(initial=SMALLEST_SCALE))
    return bool((apart[finite] <= share * scale).all())


#: The draw on which mistakes that are weighed are tried; see `Known.wrong`.
_ONE_DRAW = 0


def _key(mistakes: tuple[Mistake, ...], k: int) -> tuple[str, int]:
    if len(mistakes) == 1:  # as nearly always, and it is asked for each answer and mistake
        return mistakes[0].name, k
    return ".".join(mistake.name for mistake in mistakes), k


class Known:
    """One exercise on one seed: its cases, what is right, and what known mistakes give there.

    Raises AuthorError where the oracle gives no finite numbers: a check must never pass because
    both sides failed.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise = exercise
        self._seed = seed
        self.cases: Sequence[Case] = exercise.cases(np.random.default_rng(seed))
        oracle = exercise.oracle_called
        self.templates: list[Any] = []
        self.right: list[Mapping[str, Array]] = []
        for case in self.cases:
            where = f"{exercise.name}, {case.name}"
            try:
                returned = oracle(*case.fresh())
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
        self._wrong: dict[tuple[str, int], Observation] = {}
        self.plan = _plan(exercise)
        self._trials: dict[int, Trial] = {}
        self._signs_of: tuple[Observation, Sequence[Sign | None]] | None = None
        self._cut: dict[tuple[int, int], tuple[Case, Any, Mapping[str, Array]]] = {}

    def last_steps(self, k: int, n: int) -> tuple[Case, Any, Mapping[str, Array]]:
        """Return the last n steps of case k, what the oracle returns there, and its leaves."""
        if (k, n) not in self._cut:
            assert self.exercise.cut is not None
            case = self.exercise.cut(self.cases[k], n)
            returned = self.exercise.oracle(*case.fresh())
            self._cut[k, n] = case, returned, leaves.expected(returned, self.exercise.outputs)
        return self._cut[k, n]

    def is_right(self, seen: Observation, k: int) -> bool:
        """Whether a call gave what the oracle gives on case k."""
        return same(seen, Observation(leaves=self.right[k]))

    def wrong(self, mistakes: tuple[Mistake, ...], k: int) -> Observation:
        """Return what the right answer with these mistakes in it does on case k.

        What is weighed has one fault on every draw, so it is asked on the same draw for everybody:
        it takes long, and no name may depend on who came first.
        """
        if self.exercise.weigh and self._seed != _ONE_DRAW:
            return _weighed(self.exercise).wrong(mistakes, k)
        if len(mistakes) != 1 and not self.exercise.weigh:
            return self._run(mistakes, k)
        key = _key(mistakes, k)
        if key not in self._wrong:
            self._wrong[key] = self._run(mistakes, k)
        return self._wrong[key]

    def explains(self, mistakes: tuple[Mistake, ...], seen: Observation, k: int) -> bool:
        """Whether these mistakes give on case k what a call gave."""
        kept = bool(self.exercise.weigh) or seen.leaves is None
        if len(mistakes) == 1:
            kept |= not self.exercise.stops_halfway or _key(mistakes, k) in self._wrong
        signs = self._signs(seen)
        try:
            if not kept:
                return same(seen, self._run(mistakes, k, signs))
            gives = self.wrong(mistakes, k)
            found = gives.leaves or {}
            glance(signs, map(found.get, self.exercise.outputs))
            return same(seen, gives)
        except Differs:
            return False

    def _signs(self, seen: Observation) -> Sequence[Sign | None]:
        """Return by what each result of a call is known at a glance, in their order."""
        if self._signs_of is None or self._signs_of[0] is not seen:
            found = [(seen.leaves or {}).get(label) for label in self.exercise.outputs]
            signs = [
                Sign.of(values)
                if values is not None and values.size and np.isfinite(values).all()
                else None
                for values in found
            ]
            self._signs_of = seen, signs
        return self._signs_of[1]

    def _run(
        self,
        mistakes: tuple[Mistake, ...],
        k: int,
        wanted: Sequence[Sign | None] = (),
    ) -> Observation:
        try:
            returned = self._returned(mistakes, k, wanted)
            read = leaves.read(returned, self.templates[k], self.exercise.outputs)
        except leaves.Strange as strange:
            return Observation(strange=str(strange))
        except Differs:
            raise
        except Exception as error:
            return Observation(error=type(error).__name__)
        return Observation(leaves=read.arrays, nested=read.nested)

    def _returned(
        self, mistakes: tuple[Mistake, ...], k: int, wanted: Sequence[Sign | None]
    ) -> Any:
        exercise, case = self.exercise, self.cases[k]
        if exercise.use or [mistake for mistake in mistakes if mistake.wrong]:
            answer = exercise.wrong(*mistakes)
            if exercise.driver and exercise.stops_halfway and wanted:
                look = partial(glance, wanted)
                return exercise.driver(answer, *case.fresh(), halfway=look)
            return exercise.in_driver(answer)(*case.fresh())
        if k not in self._trials:
            self._trials[k] = Trial(self.plan, case)
        return self._trials[k].run([mistake.edits for mistake in mistakes], wanted)


@lru_cache  # trees and edits are the same on every seed
def _plan(exercise: Exercise) -> Plan:
    return Plan(exercise.variants)


@lru_cache
def _weighed(exercise: Exercise) -> Known:
    return Known(exercise, _ONE_DRAW)


@contextmanager
def quiet() -> Iterator[None]:
    """Let what is wrong on purpose overflow without a word."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
