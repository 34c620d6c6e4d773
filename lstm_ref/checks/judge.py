"""Compares what an answer does with the reference, and names what is wrong.

Right means: within 1e-4 of the scale of the result on every case, leaving its arguments
alone, and answering a second time as it did the first. A wrong answer has a name where it
does on *all* cases what one known mistake does, and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.exercise import Case, Exercise, Function, Mistake
from lstm_ref.checks.observe import Observation, observe

TOLERANCE = 1e-4
#: The scale never counts as smaller than this, so that an exact zero can be met at all.
SMALLEST_SCALE = 1e-3


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an answer. `evidence` quotes inputs: for visible checks only."""

    mistake: str | None  # None where the answer is right
    title: str
    share: float  # of the points
    hints: tuple[str, ...] = ()
    evidence: str = ""
    advice: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return self.mistake is None


class _Known(NamedTuple):
    cases: Sequence[Case]
    right: list[Observation]
    wrong: list[tuple[Mistake, list[Observation]]]


@lru_cache(maxsize=64)
def _known(exercise: Exercise, seed: int) -> _Known:
    """What the reference and every named mistake do on the cases of one seed."""
    cases = exercise.cases(seed)
    return _Known(
        cases,
        [observe(exercise, exercise.reference, case) for case in cases],
        [
            (mistake, [observe(exercise, mistake.wrong, case) for case in cases])
            for mistake in exercise.mistakes
        ],
    )


def judge(exercise: Exercise, answer: Any, seed: int) -> Verdict:
    """Judge one answer on the cases of one seed; never raises but KeyboardInterrupt."""
    if not callable(answer):
        definition = f"def {exercise.name}({', '.join(exercise.arguments)}):"
        return Verdict(
            "not-a-function",
            f"{exercise.name} is not a function but {type(answer).__name__}",
            0.0,
            (f"Define it with `{definition}` and pass its name, without brackets.",),
        )
    known = _known(exercise, seed)
    seen = [observe(exercise, answer, case) for case in known.cases]
    if verdict := _not_own_work(exercise, seen):
        return verdict
    failing = [k for k, right in enumerate(known.right) if not _same(seen[k], right)]
    if failing:
        evidence = _evidence(exercise, known, seen, failing[0])
        if mistake := _recognise(seen, known):
            return Verdict(mistake.name, mistake.title, mistake.keeps, mistake.hints, evidence)
        return _describe(exercise, answer, known, seen, failing, evidence)
    backwards = [observe(exercise, answer, case) for case in reversed(known.cases)]
    if not all(map(_same, backwards, reversed(known.right))):
        return Verdict(
            "keeps-state",
            "the result changes from call to call, though the arguments are the same",
            0.0,
            (
                "What does your function remember between two calls?",
                "Use its arguments alone: no global variable, no random number.",
            ),
        )
    if changed := next((o.changed for o in seen if o.changed), ()):
        return Verdict(
            "changes-argument",
            f"the values are right, but the function changes its argument {' and '.join(changed)}",
            0.5,
            (
                f"Print {changed[0]} before and after a call. Who changed it?",
                "`a += b` and `a *= b` write into the array that was passed in.",
                "Write `a = a + b`: it makes a new array.",
            ),
        )
    advice = tuple(dict.fromkeys(line for o in seen for line in o.advice))
    return Verdict(None, exercise.praise, 1.0, advice=advice)


def _not_own_work(exercise: Exercise, seen: list[Observation]) -> Verdict | None:
    """Answers that do not calculate: an unwritten one, a borrowed one, a snooping one."""
    if all(o.error == "NotImplementedError" or o.strange == "None" for o in seen):
        return Verdict(
            "not-written",
            "nothing is returned yet",
            0.0,
            (
                exercise.hints[0],
                f"Write the calculation, and end with `return {', '.join(exercise.outputs)}`.",
            ),
        )
    if refused := next((o for o in seen if o.error == "ForbiddenName"), None):
        # Raised by the sandbox, in the instructor's words: they are for the student.
        return Verdict(
            "forbidden-name",
            refused.message or "the answer uses a name that this question does not allow",
            0.0,
            (f"Write it without `{refused.line}`." if refused.line else exercise.hints[0],),
        )
    if borrowed := next((o.borrowed for o in seen if o.borrowed), ""):
        return Verdict(
            "uses-answer-key",
            f"the answer calls {borrowed}, which is the answer key",
            0.0,
            ("Read the reference as much as you like. Then close it, and write your own.",),
        )
    if snooped := next((o.snooped for o in seen if o.snooped), ""):
        return Verdict(
            "inspects-caller",
            f"the answer calls {snooped}, which looks at the program that called it",
            0.0,
            ("Calculate the result from the arguments alone.",),
        )
    return None


def _same(seen: Observation, other: Observation) -> bool:
    """Whether two calls came to the same: the same numbers, or the same kind of failure."""
    if seen.values is None or other.values is None:
        return (
            seen.values is None
            and other.values is None
            and (seen.error, seen.strange) == (other.error, other.strange)
        )
    return all(map(_close, seen.values, other.values))


def _close(values: Array, other: Array) -> bool:
    if values.shape != other.shape:
        return False
    for special in (np.isnan, np.isposinf, np.isneginf):
        if not np.array_equal(special(values), special(other)):
            return False
    finite = np.isfinite(other)
    scale = max(float(np.max(np.abs(other[finite]), initial=0.0)), SMALLEST_SCALE)
    return bool(np.all(np.abs(values[finite] - other[finite]) <= TOLERANCE * scale))


def _recognise(seen: list[Observation], known: _Known) -> Mistake | None:
    """The one mistake that does the same as the answer on all cases, if there is just one."""
    matches = [mistake for mistake, does in known.wrong if all(map(_same, seen, does))]
    return matches[0] if len(matches) == 1 else None


def _describe(
    exercise: Exercise,
    answer: Function,
    known: _Known,
    seen: list[Observation],
    failing: list[int],
    evidence: str,
) -> Verdict:
    """Say what can be said of an answer that is wrong in no known way."""
    first, right = seen[failing[0]], known.right[failing[0]]
    where = known.cases[failing[0]].name

    def verdict(mistake: str, title: str, *hints: str) -> Verdict:
        return Verdict(mistake, title, 0.0, hints or exercise.hints, evidence)

    if first.error:
        line = f" in the line `{first.line}`" if first.line else ""
        return verdict("raises", f"with {where}, it stops with {first.error}{line}")
    if first.values is None or right.values is None:
        return verdict("wrong-type", f"with {where}, it returns {first.strange}, not numbers")
    for name, values, wanted in zip(exercise.outputs, first.values, right.values, strict=True):
        if values.shape != wanted.shape:
            return verdict(
                "wrong-shape",
                f"with {where}, {name} has shape {values.shape}; expected {wanted.shape}",
                "Which of your lines makes the shape? Print the shape after each one.",
                *exercise.hints[1:],
            )
    if any(np.isnan(v).any() for o in seen for v in o.values or ()):
        return verdict("not-a-number", f"with {where}, some results are nan (not a number)")
    if ignored := _ignored(exercise, answer, known.cases):
        if len(ignored) == len(exercise.arguments):
            return verdict("constant", "the result is the same whatever the arguments are")
        return verdict("ignores-argument", f"the result does not depend on {' or '.join(ignored)}")
    if len(failing) < len(seen):
        return verdict("unnamed", f"right in {len(seen) - len(failing)} cases, wrong with {where}")
    return verdict("unnamed", "the numbers are not right yet")


def _ignored(exercise: Exercise, answer: Function, cases: Sequence[Case]) -> tuple[str, ...]:
    """The arguments that can be changed without any change in the result, in all cases."""

    def matters(k: int, case: Case) -> bool:
        moved = list(case.arguments)
        moved[k] = 0.5 - 0.7 * moved[k]
        after = observe(exercise, answer, Case(case.name, tuple(moved)))
        return not _same(after, observe(exercise, answer, case))

    return tuple(
        name
        for k, name in enumerate(exercise.arguments)
        if all(isinstance(case.arguments[k], np.ndarray) for case in cases)
        and not any(matters(k, case) for case in cases)
    )


def _evidence(exercise: Exercise, known: _Known, seen: list[Observation], k: int) -> str:
    """Quote the first case that fails: arguments where they are few, result and expectation."""
    lines = [f"Tried with {known.cases[k].name}:"]
    quoted = zip(exercise.arguments, known.cases[k].arguments, strict=True)
    if sum(np.size(value) for value in known.cases[k].arguments) <= 16:
        lines += [f"  {name} = {_quote(value)}" for name, value in quoted]
    else:
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in quoted)
        lines.append(f"  shapes: {shapes}")
    if (values := seen[k].values) is None:
        said = f"{seen[k].error}: {seen[k].message}" if seen[k].error else seen[k].strange
        lines.append(f"  yours: {said}")
        values = ()
    for name, value in zip(exercise.outputs, values, strict=False):
        lines.append(f"  your {name} = {_quote(value)}")
    for name, value in zip(exercise.outputs, known.right[k].values or (), strict=True):
        lines.append(f"  expected {name} = {_quote(value)}")
    return "\n".join(lines)


def _quote(value: Any) -> str:
    text = np.array2string(np.asarray(value), precision=4, threshold=12, suppress_small=True)
    return text.replace("\n", " ")
