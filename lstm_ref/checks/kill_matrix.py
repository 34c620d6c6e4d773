"""Proves that wrong answers lose points and right ones don't.

Run it with `python -m lstm_ref.checks.kill_matrix`.

For every exercise: the empty answer gets nothing, the reference and every right answer get
all, every named mistake loses points and is called by its name, and so do the faults that
any function can have (it changes its argument, keeps state, ignores an argument, …).
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_ref import given
from lstm_ref.checks import exercises, hook
from lstm_ref.checks.exercise import Exercise, Function
from lstm_ref.checks.judge import Verdict, judge

#: Seeds beside the public one: the proof must not hang on one draw of the inputs.
SEEDS = (hook.PUBLIC_SEED, 1, 2, 3)


@dataclass(frozen=True)
class Row:
    """One answer: what it should be called and what it was called, on every seed."""

    exercise: str
    answer: str
    expected: str | None
    least: float
    most: float
    verdicts: tuple[Verdict, ...]

    @property
    def holds(self) -> bool:
        return all(
            v.mistake == self.expected and self.least <= v.share <= self.most for v in self.verdicts
        )


def student_source(function: Function, name: str) -> str:
    """Return the source of a function as a student would hand it in: undecorated, renamed."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise ValueError(f"{function!r} is not a plain function; write it with def")
    definition.decorator_list = []
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and node.id == definition.name:
            node.id = name  # a recursive call
    definition.name = name
    return ast.unparse(definition)


def as_student(function: Function, name: str) -> Function:
    """Return the function as if it had been written in a notebook, apart from this package."""
    notebook: dict[str, Any] = {"__name__": "__main__", "np": np, "sigmoid": given.sigmoid}
    exec(student_source(function, name), notebook)
    made: Function = notebook[name]
    return made


#: Faults that any exercise can have: what a notebook would do with a right answer.
COMMON_FAULTS = {
    "not-written": "return None",
    "wrong-type": "return str(right(*arguments))",
    "wrong-shape": "return right(*arguments)[..., None]",
    "not-a-number": "return right(*arguments) * np.nan",
    "raises": "return right(*arguments)[99]",
    "constant": "return np.full_like(right(*arguments), 0.3)",
    "unnamed": "calls.append(1); return right(*arguments) + 0.01 * len(calls)",
    "keeps-state": "calls.append(1); return right(*arguments) + (len(calls) > cases)",
    "changes-argument": "f = right(*arguments); arguments[0][...] = 0; return f",
    "uses-answer-key": "return reference(*arguments)",
}


def common_faults(exercise: Exercise) -> Iterator[tuple[str, Function]]:
    """Yield each common fault, made from one of the exercise's right answers."""
    for name, body in COMMON_FAULTS.items():
        notebook: dict[str, Any] = {
            "__name__": "__main__",
            "np": np,
            "right": as_student(exercise.right_answers[0], exercise.name),
            "reference": exercise.reference,
            "cases": len(exercise.cases(0)),
            "calls": [],
        }
        exec(f"def answer(*arguments):\n    {body}", notebook)
        yield name, notebook["answer"]


def rows() -> Iterator[Row]:
    """Judge every answer that the course knows; one row each."""
    for exercise in exercises().values():

        def row(
            answer: str, function: Any, expected: str | None, least: float, most: float,
            seeds: tuple[int, ...] = SEEDS, exercise: Exercise = exercise,
        ) -> Row:  # fmt: skip
            verdicts = tuple(judge(exercise, function, seed) for seed in seeds)
            return Row(exercise.name, answer, expected, least, most, verdicts)

        def empty(*arguments: Any) -> Any:
            raise NotImplementedError

        yield row("the empty answer", empty, "not-written", 0, 0)
        for right in exercise.right_answers:
            yield row(right.__name__, as_student(right, exercise.name), None, 1, 1)
        for mistake in exercise.mistakes:
            wrong = as_student(mistake.wrong, exercise.name)
            yield row(mistake.name, wrong, mistake.name, mistake.keeps, min(mistake.keeps, 0.5))
        for name, fault in common_faults(exercise):
            yield row(f"(any) {name}", fault, name, 0, 0.5, SEEDS[:1])


def main() -> int:
    """Print the matrix; the exit status is 1 where a row does not hold."""
    broken = total = 0
    print(f"{'exercise':<14}{'answer':<30}{'named':<30}{'share':>6}")
    for row in rows():
        worst = next((v for v in row.verdicts if v.mistake != row.expected), row.verdicts[0])
        named = worst.mistake or "right"
        mark = "" if row.holds else "   <- expected " + (row.expected or "right")
        print(f"{row.exercise:<14}{row.answer:<30}{named:<30}{worst.share:>6.0%}{mark}")
        total += 1
        broken += not row.holds
    print(f"\n{total - broken} of {total} rows hold on {len(SEEDS)} draws of the inputs.")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
