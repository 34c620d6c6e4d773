"""Names the mistake in a wrong answer, by elimination.

The answer is held against every known mistake, case by case, the most telling case first; a
mistake is dropped at its first difference. What is left over is the name. Where nothing is left,
pairs of mistakes are tried, made of two edits in different places.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from lstm_ref.checks.compare import Known, close, same
from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.observe import Observation

Mistakes = tuple[Mistake, ...]

#: Names that a message offers at most, where several fit.
_OFFERED = 2


def recognise(known: Known, seen: Sequence[Observation], right: Sequence[bool]) -> list[Mistakes]:
    """Return the mistakes that do what the answer does: one, or those that cannot be told apart.

    Each is a tuple of one mistake, or of two made at once. Nothing, where none fits.
    """
    order = _most_telling(seen, right)
    if not any(seen[k].leaves is not None for k in order if not right[k]):
        order = [k for k in order if not right[k]] + [k for k in order if right[k]]
    singles = _left(known, seen, order, ((m,) for m in known.exercise.mistakes))
    if singles:
        return singles[:_OFFERED]
    return _left(known, seen, order, _pairs(known, seen, order))[:_OFFERED]


def pairs(mistakes: Iterable[Mistake], known: Known) -> Iterable[Mistakes]:
    """Return the pairs of mistakes that can be made at once: edits in different places."""
    edited = [mistake for mistake in mistakes if mistake.edits]
    apart = known.exercise.variants.apart
    return (pair for pair in combinations(edited, 2) if apart([*pair[0].edits, *pair[1].edits]))


def _most_telling(seen: Sequence[Observation], right: Sequence[bool]) -> list[int]:
    """Wrong numbers tell most, then failures, then what is right."""
    return sorted(range(len(seen)), key=lambda k: (right[k], seen[k].leaves is None))


def _left(
    known: Known, seen: Sequence[Observation], order: Sequence[int], tried: Iterable[Mistakes]
) -> list[Mistakes]:
    return [
        mistakes
        for mistakes in tried
        if all(same(seen[k], known.wrong(mistakes, k)) for k in order)
    ]


def _pairs(known: Known, seen: Sequence[Observation], order: Sequence[int]) -> Iterable[Mistakes]:
    """Return the pairs that can explain the answer: what is wrong, they disturb, and no more.

    A mistake that disturbs a leaf which the answer has right could only be made good by another;
    and a wrong leaf that neither of two disturbs, the two together leave alone, too.
    """
    first = order[0]
    if seen[first].leaves is None:
        return pairs(known.exercise.mistakes, known)
    wrong = _disturbed(known, seen[first], first)
    candidates: dict[str, set[str] | None] = {}
    for mistake in known.exercise.mistakes:
        does = _disturbed(known, known.wrong((mistake,), first), first)
        if does is None or wrong is None or does <= wrong:
            candidates[mistake.name] = does
    able = [mistake for mistake in known.exercise.mistakes if mistake.name in candidates]

    def explain(one: Mistake, two: Mistake) -> bool:
        does, more = candidates[one.name], candidates[two.name]
        return wrong is None or does is None or more is None or wrong <= does | more

    return (pair for pair in pairs(able, known) if explain(*pair))


def _disturbed(known: Known, seen: Observation, k: int) -> set[str] | None:
    """Return the leaves that are wrong; None where there are no numbers."""
    if seen.leaves is None:
        return None
    return {
        label
        for label, wanted in known.right[k].items()
        if label not in seen.leaves or not close(seen.leaves[label], wanted)
    }
