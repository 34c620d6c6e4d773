"""Assignment 02: `keep`."""

import numpy as np

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.families import products


def keep(f, c_prev):
    return f * c_prev


def with_multiply(f, c_prev):
    return np.multiply(c_prev, f)


def with_complement(f, c_prev):
    return c_prev - (1 - f) * c_prev


def with_einsum(f, c_prev):
    return np.einsum("...h,...h->...h", f, c_prev)


def with_loops(f, c_prev):
    if np.ndim(f) == 2:
        return [with_loops(a, b) for a, b in zip(f, c_prev, strict=True)]
    return [share * memory for share, memory in zip(f, c_prev, strict=True)]


EXERCISE = Exercise(
    name="keep",
    right=keep,
    oracle=gates.keep,
    outputs={"kept": "BH"},
    cases=products.shares_and_values("f", "c_prev"),
    mistakes=(
        Mistake(
            "keeps-the-rest",
            "this is (1 − f) of the memory, the part that should be lost",
            ("If f = 1, how much is left in your version?", "f is the share that is kept."),
            ("f * c_prev", "(1 - f) * c_prev"),
            source="the gate's name misleads: 'decide forget'",
        ),
        Mistake(
            "memory-squashed",
            "the memory is squashed by tanh before it is kept",
            (
                "With f = 1, does a memory of 2 stay 2 in your version?",
                "Only the forget gate sits on this stretch of the line. tanh comes later.",
            ),
            ("f * c_prev", "f * np.tanh(c_prev)"),
        ),
        Mistake(
            "result-squashed",
            "tanh is taken of what is left",
            (
                "With f = 1, does a memory of 2 stay 2 in your version?",
                "The memory itself is never squashed. tanh comes later, at the output.",
            ),
            ("f * c_prev", "np.tanh(f * c_prev)"),
        ),
        *products.mistakes("f", "c_prev", "the memory"),
    ),
    praise="each unit keeps its own share of its own memory.",
    hints=(
        "What is 75 % of 2? Which operation did you use?",
        "Each unit has its own share and its own memory: go unit by unit.",
        "A share of something is a product: one `*`.",
    ),
    styles=(with_multiply, with_complement, with_einsum, with_loops),
)
