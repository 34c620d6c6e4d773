"""The numbers of a class: scores, questions, mistakes, times."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nbgrader_sandbox.outcome import KINDS
from nbgrader_sandbox.reporting.classroom import Class, Part, Submission

#: Said in place of an error's own text, which can hold anything that a student wrote.
STOPPED = "it stopped with an error"

#: Said of a mistake that the checker has no name for.
UNNAMED = "wrong in a way that has no name"

_TINY = 1e-9
_MOST_BINS = 12


@dataclass(frozen=True)
class Question:
    """How a class did in one part. `graded` submissions count; `waiting` ones do not yet."""

    name: str
    of: float
    graded: int
    waiting: int
    mean: float
    full: int
    part: int
    none: int


@dataclass(frozen=True)
class Mistake:
    """How many students got a part wrong in the same way; `name` is the checker's, if any."""

    part: str
    words: str
    students: int
    name: str = ""


@dataclass(frozen=True)
class Bin:
    """How many scores lie from `low` up to `high`; the last bin includes `high`."""

    low: float
    high: float
    students: int


@dataclass(frozen=True)
class Fact:
    """One thing that was noted about a student's notebook, and how often."""

    student: str
    notebook: str
    cell: int
    kind: str
    detail: str
    times: int


def graded(group: Class) -> list[Submission]:
    """Return the submissions that could be graded."""
    return [one for one in group.submissions if not one.reason]


def mean_and_median(values: Sequence[float]) -> tuple[float, float] | None:
    """Return both, or None where there is nothing to count."""
    return (statistics.fmean(values), statistics.median(values)) if values else None


def bins(scores: Sequence[float], of: float) -> list[Bin]:
    """Count scores in at most 12 steps of 1, 2, 2.5 or 5 (times a power of ten) from 0 to `of`.

    A score above `of`, which extra credit can give, counts as `of`. There are none without points.
    """
    if not scores or not 0 < of < math.inf:
        return []
    step = _step(of)
    number = math.ceil(of / step - _TINY)
    counts = [0] * number
    for score in scores:
        counts[min(int(max(score, 0.0) / step + _TINY), number - 1)] += 1
    return [Bin(k * step, min((k + 1) * step, of), counts[k]) for k in range(number)]


def _step(of: float) -> float:
    least = of / _MOST_BINS
    scale = 10.0 ** math.floor(math.log10(least))
    return next(m * scale for m in (1, 2, 2.5, 5, 10) if m * scale >= least * (1 - _TINY))


def questions(group: Class) -> list[Question]:
    """Return each part's numbers, in the order of the notebook."""
    found: dict[str, list[Part]] = {name: [] for name in group.parts}
    everybody = graded(group)
    for one in everybody:
        for part in one.parts:
            found[part.name].append(part)
    return [
        _question(name, of, found[name], len(everybody))
        for name, of in zip(group.parts, group.points, strict=True)
    ]


def _question(name: str, of: float, parts: list[Part], everybody: int) -> Question:
    settled = [part.points for part in parts if not part.by_hand]
    waiting = len(parts) - len(settled)
    number = everybody - waiting  # who has no grade for this part has no points for it
    full = sum(points >= of - _TINY for points in settled)
    none = number - sum(points > _TINY for points in settled)
    mean = sum(settled) / number if number else 0.0
    return Question(name, of, number, waiting, mean, full, number - full - none, none)


def mistakes(group: Class, *, anonymous: bool = False) -> list[Mistake]:
    """Count what was wrong over the class, the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in graded(group):
        for part in one.parts:
            if part.wrong:
                said = _anonymous(part) if anonymous else part.wrong
                name = "" if part.error else part.mistake or ""
                counts[part.name, said, name] += 1
    order = {name: k for k, name in enumerate(group.parts)}
    found = [Mistake(part, said, number, name) for (part, said, name), number in counts.items()]
    return sorted(found, key=lambda one: (-one.students, order[one.part], one.words))


def _anonymous(part: Part) -> str:
    """Return what was wrong in the course's own words: a checker's title may quote an answer."""
    if part.error or not part.mistake:
        return STOPPED if part.error else UNNAMED
    return UNNAMED if part.mistake == "unnamed" else part.mistake.replace("-", " ")


def levels(group: Class) -> list[tuple[str, int]]:
    """Return how many submissions were graded in which isolation, the most frequent first."""
    return Counter(one.level for one in group.submissions if one.level).most_common()


def facts(one: Submission) -> list[Fact]:
    """Return what was noted about a submission, each fact once, by kind and then by place."""
    counts = Counter(one.facts)
    order = list(KINDS)
    found = [
        Fact(one.student, notebook, fact.cell, fact.kind, fact.detail, times)
        for (notebook, fact), times in counts.items()
    ]
    return sorted(found, key=lambda fact: (order.index(fact.kind), fact.notebook, fact.cell))
