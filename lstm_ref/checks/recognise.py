"""Names the mistake in a wrong answer, by elimination.

The answer is held against every known mistake, case by case, the most telling case first; a
mistake is dropped at its first difference. What is left over is the name. Where nothing is left,
pairs of mistakes are tried, made of two edits in different places.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import combinations, islice

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.compare import TOLERANCE, Known, close, quiet
from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.observe import Observation
from lstm_ref.checks.trial import SMALLEST_SCALE

Mistakes = tuple[Mistake, ...]

#: Names that a message offers at most, where several fit.
_OFFERED = 2

#: Of so few pairs those are tried, too, that are likely on the first case that is wrong: two
#: mistakes may show together on the least one where they do not show alone.
_FEW = 100


def recognise(known: Known, seen: Sequence[Observation], right: Sequence[bool]) -> list[Mistakes]:
    """Return the mistakes that do what the answer does: one, or those that cannot be told apart.

    Each is a tuple of one mistake, or of two made at once. Nothing, where none fits.
    """
    order = _most_telling(seen, right)
    first = seen[order[0]]
    numbers = not right[order[0]] and first.leaves is not None
    if not numbers and not first.strange and not any(right):
        return []  # two failures of one kind are no sign that they have one cause
    with quiet(), _no_collection():
        singles = _left(known, seen, order, ((m,) for m in known.exercise.mistakes))
        if singles or not numbers:
            return singles[:_OFFERED]
        likely = list(_pairs(known, seen, order[0]))
        found = _left(known, seen, order, likely)
        if not found and _are_few(pairs(known.exercise.mistakes, known)):
            tried = {(one.name, two.name) for one, two in likely}
            rest = _pairs(known, seen, right.index(False))
            untried = (pair for pair in rest if (pair[0].name, pair[1].name) not in tried)
            found = _left(known, seen, order, untried)
        return found[:_OFFERED]


def _are_few(pairs: Iterable[Mistakes]) -> bool:
    return sum(1 for _ in islice(pairs, _FEW + 1)) <= _FEW


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let no garbage be looked for: what is made here is kept, and each search costs a tenth."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def pairs(
    mistakes: Iterable[Mistake], known: Known, may_be: Callable[..., bool] = lambda *pair: True
) -> Iterable[Mistakes]:
    """Return the pairs of mistakes that can be made at once: edits in different places."""
    edited = [mistake for mistake in mistakes if mistake.edits]
    variants = known.plan.variants
    changes = {m.name: [variants.change(edit) for edit in m.edits] for m in edited}
    return (
        pair
        for pair in combinations(edited, 2)
        if may_be(*pair) and variants.apart(changes[pair[0].name], changes[pair[1].name])
    )


def _most_telling(seen: Sequence[Observation], right: Sequence[bool]) -> list[int]:
    """Return the order of cases: wrong numbers tell most, then failures, then what is right.

    Of such as tell alike the last comes first: it takes least.
    """
    return sorted(range(len(seen)), key=lambda k: (right[k], seen[k].leaves is None, -k))


def _left(
    known: Known, seen: Sequence[Observation], order: Sequence[int], tried: Iterable[Mistakes]
) -> list[Mistakes]:
    return [
        mistakes for mistakes in tried if all(known.explains(mistakes, seen[k], k) for k in order)
    ]


def _pairs(known: Known, seen: Sequence[Observation], k: int) -> Iterable[Mistakes]:
    """Return the pairs that may explain the answer on case k, going by single mistakes alone.

    A result that only one of the two disturbs must be what that one makes of it, and every result
    that is wrong must be disturbed by one; of a sequence, each step is a result. So for its shape:
    what one of the two alone bends, the answer has bent, too.
    """
    mine = seen[k]
    if mine.leaves is None:
        yield from pairs(known.exercise.mistakes, known)
        return
    right = known.right[k]
    rows = _rows(known.exercise.outputs, right)
    wrong, bent = _marked(rows, mine.leaves, right), _bent(rows, mine.leaves, right)
    every = (1 << sum(rows.values())) - 1
    does: dict[str, tuple[int, ...]] = {}
    for mistake in known.exercise.mistakes:
        gives = known.wrong((mistake,), k).leaves
        disturbs = explains = bends = every
        if gives is not None:
            disturbs = _marked(rows, gives, right)
            # What it leaves right is not asked for.
            explains &= ~_marked(rows, gives, mine.leaves, _whole(rows, disturbs))
            bends = _bent(rows, gives, right)
        does[mistake.name] = disturbs, explains, bends

    @cache  # many mistakes do their harm in the same places
    def fit(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
        (disturbed, explained, bends), (disturbed_too, explained_too, bends_too) = one, two
        moved = bends | bends_too  # where steps are no longer at their places
        first = disturbed | _whole(rows, disturbed) & moved
        second = disturbed_too | _whole(rows, disturbed_too) & moved
        return (
            not (bends ^ bends_too) & ~bent
            and not bent & ~moved
            and not wrong & ~(first | second)
            and not first & ~second & ~explained
            and not second & ~first & ~explained_too
        )

    yield from pairs(
        known.exercise.mistakes, known, lambda one, two: fit(does[one.name], does[two.name])
    )


def _rows(outputs: Mapping[str, str], right: Mapping[str, Array]) -> dict[str, int]:
    """Return how many results each leaf counts for: the steps of a sequence, else one."""
    return {
        label: len(values) if outputs.get(label, "").startswith("T") else 1
        for label, values in right.items()
    }


def _marked(
    rows: Mapping[str, int], some: Mapping[str, Array], others: Mapping[str, Array], asked: int = -1
) -> int:
    """Return the results that differ, as the bits of a number; of those that are asked for."""
    bits, left = 0, sum(rows.values())
    for label, count in rows.items():
        bits <<= count
        left -= count
        if not (asked >> left) & ((1 << count) - 1):
            continue
        if label not in some or some[label].shape != others[label].shape:
            bits |= (1 << count) - 1
        elif not close(some[label], others[label]):
            bits |= _steps(some[label], others[label]) if count > 1 else 1
    return bits


def _whole(rows: dict[str, int], bits: int) -> int:
    """Return the bits of all steps of each leaf of which one is marked."""
    found = place = 0
    for count in reversed(rows.values()):
        if (bits >> place) & ((1 << count) - 1):
            found |= ((1 << count) - 1) << place
        place += count
    return found


def _steps(values: Array, other: Array) -> int:
    """Return the steps that differ, as the bits of a number."""
    scale = max(float(np.abs(other).max()), SMALLEST_SCALE)
    apart = np.abs(values - other).reshape(len(other), -1).max(axis=1)
    return sum(1 << t for t, most in enumerate(apart) if not most <= TOLERANCE * scale)


def _bent(rows: Mapping[str, int], some: Mapping[str, Array], others: Mapping[str, Array]) -> int:
    """Return the results that differ in shape, as the bits of a number."""
    bits = 0
    for label, count in rows.items():
        bits <<= count
        if label not in some or some[label].shape != others[label].shape:
            bits |= (1 << count) - 1
    return bits
