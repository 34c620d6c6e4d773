"""Proves that wrong answers lose points and right ones don't.

python -m lstm_ref.checks.kill_matrix --part lstm_cell --seeds 200

For every part, on every seed: the untouched stub gets nothing, a right answer gets all in every
style, every known mistake loses points and is called by its name, so do slips of the language, and
of two mistakes made at once both are told, where both show. What is the same whatever the inputs
are (`styles.ALIKE`) is tried on the first seeds.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache, lru_cache
from multiprocessing import get_context
from types import CodeType
from typing import Any

import numpy as np

from lstm_ref.checks import course, exercise, hook, leaves, styles
from lstm_ref.checks.compare import Known, quiet, same
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.judge import Verdict, judge, known_on
from lstm_ref.checks.observe import Observation
from lstm_ref.checks.recognise import pairs

#: Every mistake is at least so far from right on some case, for the scale of the result.
FAR = 1e-2
#: Of two mistakes at once, the share that must be told.
TOLD = 0.85
#: Draws on which each mistake is run as a student's text, and tried against every answer as against
#: one student's, where it may stop halfway. Later it runs once, to its end, as what others are
#: held to and as what is judged: both ways it came to the same, on these.
AS_STUDENT = 10
#: Draws on which those answers are tried that are the same on all of them.
ALIKE_ON = 3
#: Pairs that are tried of each part, drawn evenly; a cell has thousands.
MOST_PAIRS = 150


@dataclass(frozen=True)
class Row:
    """One answer, as the text that is handed in: what it should be called (None: right)."""

    part: str
    answer: str
    expected: str | None
    keeps: float
    source: str

    def fails(self, verdict: Verdict) -> str:
        """Return what is wrong with a verdict; "" where nothing is."""
        if verdict.mistake != self.expected:
            return f"expected {self.expected or 'right'}, was called {verdict.mistake or 'right'}"
        if self.expected is None and verdict.share != 1:
            return f"right, and got {verdict.share:.0%}"
        if self.expected is not None and verdict.share != self.keeps:
            return f"keeps {verdict.share:.0%}, expected {self.keeps:.0%}"
        return ""


@dataclass
class Report:
    """What came of one part: rows and how many, what failed, pairs tried, shown and told."""

    part: str
    rows: int = 0
    failed: list[str] = field(default_factory=list)
    shown: int = 0
    told: int = 0
    untold: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.failed and self.told >= TOLD * self.shown

    def line(self) -> str:
        """Say it in one line."""
        share = f", pairs told {self.told} of {self.shown}" if self.shown else ""
        return f"{self.part:<20} {self.rows:>4} answers, {len(self.failed)} failed{share}"


#: What slips leave of the points; all others leave nothing.
_KEPT = {"changes-argument": 0.5, "arguments-reordered": 0.5}


def rows(asked: Exercise, seed: int) -> Iterator[Row]:
    """Return every answer to one part that the course knows, but for pairs."""
    count = str(len(asked.cases(np.random.default_rng(seed))))
    for name, text in styles.styles(asked):
        yield Row(asked.name, name, None, 1.0, text)
    for name, called, text in styles.slips(asked):
        if called == "arguments-reordered" and _symmetric(asked, seed):
            continue  # then another order is as right
        kept = _KEPT.get(called, 0.0)
        yield Row(asked.name, name, called, kept, text.replace("COUNT", count))
    for mistake in asked.mistakes:
        yield Row(asked.name, mistake.name, mistake.name, mistake.keeps, asked.source(mistake))


def _symmetric(asked: Exercise, seed: int) -> bool:
    """Whether the last argument may come first."""
    known = known_on(asked, seed)
    for case, template in zip(known.cases, known.templates, strict=True):
        *others, last = case.arguments
        try:
            with quiet():
                turned = leaves.read(asked.right(last, *others), template, asked.outputs).arrays
        except Exception:
            return False
        if not same(Observation(turned), Observation(leaves.expected(template, asked.outputs))):
            return False
    return True


def as_student(source: str, name: str) -> Any:
    """Return what a text defines, as if it had been run in a notebook."""
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec(_compiled(source), notebook)
    return notebook[name]


@lru_cache(maxsize=256)  # the same answers come again on every seed
def _compiled(source: str) -> CodeType:
    return compile(source, "<notebook>", "exec")


def prove(part: str, seeds: Sequence[int], pair_seeds: Sequence[int] = ()) -> Report:
    """Judge every answer to one part on every seed, and pairs of mistakes on some.

    Whom an answer calls is watched on the first seed: where answers are graded nobody is watched.
    A function is made anew for each seed, since it may keep something from call to call.
    """
    asked = exercise(part)
    made = cache(as_student) if asked.kind == "value" else as_student
    report = Report(part)
    for number, seed in enumerate(seeds):
        # What is noted in `known_on` is not run again for each answer.
        fresh = asked.stops_halfway and number < AS_STUDENT
        known = Known(asked, seed) if fresh else known_on(asked, seed)
        with quiet():
            near = list(_too_near(known))
        report.failed += [f"{mistake.name} is near right, seed {seed}" for mistake in near]
        for row in rows(asked, seed):
            report.rows += seed == seeds[0]
            if number >= ALIKE_ON and row.answer in styles.ALIKE:
                continue
            seen = as_known(known, row) if number >= AS_STUDENT else ()
            verdict = judge(asked, made(row.source, part), seed, seed == seeds[0], seen)
            if said := row.fails(verdict):
                report.failed.append(f"{row.answer}, seed {seed}: {said} ({verdict.title})")
    for seed in pair_seeds:
        _prove_pairs(asked, seed, report)
    return report


def as_known(known: Known, row: Row) -> Sequence[Observation]:
    """Return what a known mistake gives on each case; nothing where its text must be run for it.

    That is where it stops, which is told by what it says; and where it is weighed.
    """
    asked = known.exercise
    mistake = next((mistake for mistake in asked.mistakes if mistake.name == row.answer), None)
    if mistake is None or asked.weigh:
        return ()
    with quiet():
        gives = [known.wrong((mistake,), k) for k in range(len(known.cases))]
    return gives if all(one.leaves is not None for one in gives) else ()


def _too_near(known: Known) -> Iterator[Mistake]:
    cases = range(len(known.cases))[::-1]  # what takes least comes first
    for mistake in known.exercise.mistakes:
        if all(_distance(known, known.wrong((mistake,), k), k) < FAR for k in cases):
            yield mistake


def _distance(known: Known, seen: Observation, k: int) -> float:
    """Return how far a result is from right, for its scale; infinite where it is no result."""
    if seen.leaves is None or seen.nested:
        return np.inf
    most = 0.0
    for label, wanted in known.right[k].items():
        values = seen.leaves[label]
        if values.shape != wanted.shape or not np.isfinite(values).all():
            return np.inf
        scale = max(float(np.abs(wanted).max()), 1e-3)
        most = max(most, float(np.abs(values - wanted).max()) / scale)
    return most


def _prove_pairs(asked: Exercise, seed: int, report: Report) -> None:
    known = known_on(asked, seed)
    every = list(pairs(asked.mistakes, known))
    step = max(1, len(every) // MOST_PAIRS)
    for one, two in every[::step]:
        source = asked.source(one, two)
        try:
            compile(source, "<pair>", "exec")
        except SyntaxError:
            continue
        if not _both_show(known, one, two):
            continue
        report.shown += 1
        verdict = judge(asked, as_student(source, asked.name), seed, watched=False)
        named = f"{one.name}.{two.name}"[:80]
        if verdict.mistake == named or verdict.title.startswith("either"):
            report.told += 1
        else:
            report.untold.append(f"{named}: {verdict.mistake}")


def _both_show(known: Known, one: Mistake, two: Mistake) -> bool:
    """Whether two mistakes at once do something else than right, than each alone, than another."""

    both = cache(lambda k: known.wrong((one, two), k))  # asked once for each single mistake

    def alike(mistakes: tuple[Mistake, ...]) -> bool:
        return all(
            _alike(both(k), known.wrong(mistakes, k), known, k) for k in range(len(known.cases))
        )

    with quiet():
        return not any(alike(found) for found in ((), *((m,) for m in known.exercise.mistakes)))


def _alike(seen: Observation, other: Observation, known: Known, k: int) -> bool:
    if seen.leaves is None or other.leaves is None:
        return seen.leaves is other.leaves and seen.error == other.error
    return same(seen, other)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what came of each part; the exit status is 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--part", action="append", help="one part alone; may be given again")
    parser.add_argument("--seeds", type=int, default=20, help="draws of the inputs (20)")
    parser.add_argument("--pair-seeds", type=int, default=1, help="of these, with pairs (1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    asked = parser.parse_args(arguments)
    names: Sequence[str] = asked.part or course.parts()
    seeds = [hook.PUBLIC_SEED, *range(1, asked.seeds)]
    holds = True
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # the processes are as many as the cores
    # Spawned: NumPy's library has read these here, long ago.
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        pairs_on = seeds[: asked.pair_seeds]
        # What takes longest stands last in the course, and is begun first.
        jobs = [pool.submit(prove, name, seeds, pairs_on) for name in reversed(names)]
        for job in as_completed(jobs):
            report = job.result()
            holds = holds and report.holds
            print(report.line(), flush=True)
            for line in report.failed[:20]:
                print(f"    {line}")
            if not report.holds:
                for line in report.untold[:20]:
                    print(f"    not told: {line}")
    print(f"\n{'All of it holds' if holds else 'NOT all of it holds'} on {len(seeds)} draws.")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
