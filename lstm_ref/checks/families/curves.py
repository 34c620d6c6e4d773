"""Functions of numbers of any shape: σ, tanh, their slopes. Their inputs, what goes wrong."""

from collections.abc import Callable

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.exercise import Case, Mistake
from lstm_ref.checks.inputs import Generator, signed, worked_steps

Cases = Callable[[Generator], list[Case]]

#: A habit of tutorials: one function for the curve and its slope, which is given the output.
TUTORIALS = "tutorials that take the slope of what was squashed already"


def inputs(*sums: float) -> Cases:
    """Return what makes numbers to squash, from the plainest to ±1000.

    `sums` are those of the worked example's first step, to three digits.
    """

    def made(rng: Generator) -> list[Case]:
        return [
            Case("the sums of the worked example", (np.array(sums),)),
            Case("one number", (float(signed(rng, (), 0.4, 2.0)),)),
            Case("an array of two rows", (signed(rng, (2, 3), 0.4, 3.0),)),
            Case("a square array", (signed(rng, (3, 3), 0.4, 3.0),)),
            Case("zero, and whole numbers", (np.array([0, 1, -1, 2, -3]),)),
            Case("numbers far out", (signed(rng, (4,), 4.0, 12.0),)),
            Case("the number 0 of Python", (0,)),
            Case("±1000", (np.array([1000.0, -1000.0, 710.0, -746.0]),)),
        ]

    return made


def outputs(symbol: str, low: int) -> Cases:
    """Return what makes outputs of a squash, from which its slope is to be had.

    `symbol` is a gate of the worked example; `low` is 0 for σ and −1 for tanh.
    """

    def made(rng: Generator) -> list[Case]:
        def drawn(*shape: int) -> Array:
            values: Array = rng.uniform(low + 0.05, 0.45, shape)
            return np.where(rng.random(shape) < 0.5, values, rng.uniform(0.55, 0.95, shape))

        return [
            Case("the worked example, step 1", (worked_steps()[0][symbol],)),
            Case("one number", (float(drawn()),)),
            Case("an array of two rows", (drawn(2, 3),)),
            Case("a square array", (drawn(3, 3),)),
            Case("the ends and the middle", (np.array([low, 0.0, 0.5, 1.0]),)),
            Case("whole numbers", (np.array([low, 0, 1]),)),
            Case("the number 1 of Python", (1,)),
        ]

    return made


def mistake(
    right: str, name: str, title: str, question: str, pointer: str, wrong: str,
    keeps: float = 0.0, source: str = "constructed",
) -> Mistake:  # fmt: skip
    """One mistake in the text `right` of a curve or slope."""
    return Mistake(name, title, (question, pointer), (right, wrong), None, keeps, source)


def of_numbers(right: str) -> list[Mistake]:
    """What can go wrong with σ and tanh alike, where the right text ends with `return right`."""
    return [
        mistake(
            right, "rounded", "the result is rounded",
            "How many digits has your result?",
            "Rounding is for people. The next step needs all digits.",
            f"np.round({right}, 1)",
        ),
        mistake(
            right, "whole-numbers-cut",
            "right, but for whole numbers the result is cut to whole numbers, too",
            "What dtype has np.array([0, 1])? Can it hold one half?",
            "An array made with np.empty_like(x) or np.zeros_like(x) has the dtype of x.",
            f"np.asarray({right}).astype(np.asarray(x).dtype)", keeps=0.5,
            source="np.empty_like of an array of integers holds integers",
        ),
    ]  # fmt: skip
