"""Names the mistake in a wrong answer, by elimination.

The answer is held against every known mistake, case by case, the most telling case first; a
mistake is dropped at its first difference. What is left over is the name. Where nothing is left,
pairs of mistakes are tried, made of two edits in different places.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from lstm_ref.arrays import Array
from lstm_ref.checks.compare import Known, close, quiet
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
    if right[order[0]] or seen[order[0]].leaves is None:
        return []  # two failures of one kind are no sign that they have one cause
    with quiet():
        singles = _left(known, seen, order, ((m,) for m in known.exercise.mistakes))
        if singles:
            return singles[:_OFFERED]
        return _left(known, seen, order, _pairs(known, seen, order[0]))[:_OFFERED]


def pairs(mistakes: Iterable[Mistake], known: Known) -> Iterable[Mistakes]:
    """Return the pairs of mistakes that can be made at once: edits in different places."""
    edited = [mistake for mistake in mistakes if mistake.edits]
    apart = known.plan.apart
    return (pair for pair in combinations(edited, 2) if apart(pair[0].edits, pair[1].edits))


def _most_telling(seen: Sequence[Observation], right: Sequence[bool]) -> list[int]:
    """Return the order of cases: wrong numbers tell most, then failures, then what is right."""
    return sorted(range(len(seen)), key=lambda k: (right[k], seen[k].leaves is None))


def _left(
    known: Known, seen: Sequence[Observation], order: Sequence[int], tried: Iterable[Mistakes]
) -> list[Mistakes]:
    return [
        mistakes for mistakes in tried if all(known.explains(mistakes, seen[k], k) for k in order)
    ]


def _pairs(known: Known, seen: Sequence[Observation], k: int) -> Iterable[Mistakes]:
    """Return the pairs that may explain the answer on case k, going by single mistakes alone.

    A result that only one of the two disturbs must be what that one makes of it, and every result
    that is wrong must be disturbed by one. So for its shape: where one alone gives another shape,
    or none, the answer has it, too.
    """
    mine = seen[k]
    if mine.leaves is None:
        yield from pairs(known.exercise.mistakes, known)
        return
    labels = list(known.right[k])
    wrong = _marked(labels, mine.leaves, known.right[k])
    bent = _bent(labels, mine.leaves, known.right[k])
    every = (1 << len(labels)) - 1
    disturbs, explains, bends = {}, {}, {}
    for mistake in known.exercise.mistakes:
        does = known.wrong((mistake,), k).leaves
        name = mistake.name
        disturbs[name] = every if does is None else _marked(labels, does, known.right[k])
        explains[name] = every if does is None else every & ~_marked(labels, does, mine.leaves)
        bends[name] = every if does is None else _bent(labels, does, known.right[k])
    for one, two in pairs(known.exercise.mistakes, known):
        first, second = disturbs[one.name], disturbs[two.name]
        if (
            not (bends[one.name] ^ bends[two.name]) & ~bent
            and not bent & ~(bends[one.name] | bends[two.name])
            and not wrong & ~(first | second)
            and not first & ~second & ~explains[one.name]
            and not second & ~first & ~explains[two.name]
        ):
            yield one, two


def _marked(labels: Sequence[str], some: Mapping[str, Array], others: Mapping[str, Array]) -> int:
    """Return the results that differ, as the bits of a number."""
    return sum(
        1 << place
        for place, label in enumerate(labels)
        if label not in some or not close(some[label], others[label])
    )


def _bent(labels: Sequence[str], some: Mapping[str, Array], others: Mapping[str, Array]) -> int:
    """Return the results that differ in shape, as the bits of a number."""
    return sum(
        1 << place
        for place, label in enumerate(labels)
        if label not in some or some[label].shape != others[label].shape
    )
