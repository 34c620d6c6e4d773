"""Assignment 03: `update_memory`, what is kept and what is written."""

import numpy as np

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.families import products
from lstm_ref.checks.families.cell import FORUM, GREFF, LSTM_1997


def update_memory(f, c_prev, i, g):
    return f * c_prev + i * g


def with_two_lines(f, c_prev, i, g):
    kept = np.multiply(f, c_prev)
    return np.add(kept, np.multiply(i, g))


def with_einsum(f, c_prev, i, g):
    return np.einsum("k...,k...->...", np.stack([f, i]), np.stack([c_prev, g]))


def with_what_is_lost(f, c_prev, i, g):
    return c_prev - (1 - f) * c_prev + i * g


def with_loops(f, c_prev, i, g):
    if np.ndim(f) == 2:
        return [with_loops(*row) for row in zip(f, c_prev, i, g, strict=True)]
    return [a * b + c * d for a, b, c, d in zip(f, c_prev, i, g, strict=True)]


_BOTH = "f * c_prev + i * g"


def _mistake(name, title, question, pointer, wrong, source="constructed"):
    return Mistake(name, title, (question, pointer), (_BOTH, wrong), None, 0.0, source)


OWN = (
    _mistake(
        "i-and-f-swapped",
        "the input gate and the forget gate are swapped",
        "Which gate decides what is kept of the old memory?",
        "f goes with c_prev, i with g.",
        "i * c_prev + f * g",
        source="the blocks i f g o read as f i g o",
    ),
    _mistake(
        "coupled-gates",
        "the input gate is 1 − f: i plays no part",
        "Change i and keep the rest. Does your memory change?",
        "Coupled gates are another cell. Here the input gate is an argument of its own.",
        "f * c_prev + (1 - f) * g",
        source=GREFF,
    ),
    _mistake(
        "forget-gate-coupled",
        "the forget gate is 1 − i: f plays no part",
        "Change f and keep the rest. Does your memory change?",
        "Coupled gates are another cell. Here the forget gate is an argument of its own.",
        "(1 - i) * c_prev + i * g",
        source="the update of the GRU, (1 − z) h + z h̃",
    ),
    _mistake(
        "memory-squashed",
        "tanh is taken of the new memory",
        "Can your memory hold a 3?",
        "c itself is never squashed, else it could not count. tanh comes later, at the output.",
        "np.tanh(f * c_prev + i * g)",
        source=FORUM,
    ),
    _mistake(
        "candidate-squashed-again",
        "tanh is taken of the candidate, which was squashed already",
        "With i = 1 and nothing kept, does a candidate of 0.5 stay 0.5?",
        "g comes out of tanh: use it as it is.",
        "f * c_prev + i * np.tanh(g)",
    ),
    _mistake(
        "old-memory-squashed",
        "tanh is taken of the old memory before it is kept",
        "With f = 1, does a memory of 2 stay 2?",
        "c_prev is used as it is. tanh comes later, at the output.",
        "f * np.tanh(c_prev) + i * g",
    ),
    _mistake(
        "nothing-written",
        "only what is kept is there: nothing is written",
        "Change g and keep the rest. Does your memory change?",
        "Two parts make the new memory: what is kept, and what is written.",
        "f * c_prev + 0 * g",
    ),
    _mistake(
        "nothing-kept",
        "only what is written is there: nothing is kept",
        "Change c_prev and keep the rest. Does your memory change?",
        "Two parts make the new memory: what is kept, and what is written.",
        "0 * c_prev + i * g",
    ),
    _mistake(
        "parts-multiplied",
        "the two parts are multiplied, where they should be added",
        "If nothing is written, is the memory still there?",
        "What is written is added to what is kept.",
        "f * c_prev * i * g",
    ),
    _mistake(
        "forget-gate-around-both",
        "the forget gate is taken of the whole sum, not of the old memory alone",
        "With f = 0, should the candidate be lost, too?",
        "f belongs to c_prev, and i to g. Then comes the sum.",
        "f * (c_prev + i * g)",
    ),
    _mistake(
        "input-gate-around-both",
        "the input gate is taken of the whole sum, not of the candidate alone",
        "With i = 0, should the old memory be lost, too?",
        "f belongs to c_prev, and i to g. Then comes the sum.",
        "i * (f * c_prev + g)",
    ),
    _mistake(
        "memory-kept-whole",
        "the old memory is kept whole: this is the memory of 1997, without a forget gate",
        "With f = 0, is the old memory gone in yours?",
        "Multiply c_prev by f.",
        "c_prev + i * g",
        source=LSTM_1997,
    ),
    _mistake(
        "matrix-products",
        "`@` adds up over the units: each product is one number, the same for all",
        "What shape has f @ c_prev? How many memories are there?",
        "Each unit has its own gate and its own memory: `*` multiplies unit by unit.",
        "f @ c_prev + i @ g",
        source=FORUM,
    ),
    _mistake(
        "parts-not-added",
        "what is kept and what is written stand side by side, and are not added",
        "How many results has the function, and how many does the task ask for?",
        "The new memory is one array: the sum of the two.",
        "f * c_prev, i * g",
    ),
    _mistake(
        "mean-of-both",
        "the mean of the two parts is taken, where they should be added",
        "With f = 1 and nothing written, does the memory stay as it was?",
        "There is no other factor than the two gates.",
        "(f * c_prev + i * g) / 2",
    ),
)

#: What `memory-kept-whole` is already.
_NAMED = ("kept-memory-unchanged",)

EXERCISE = Exercise(
    name="update_memory",
    right=update_memory,
    oracle=gates.update_memory,
    outputs={"c": "BH"},
    cases=products.shares_and_values("f", "c_prev", "i", "g"),
    mistakes=(
        *OWN,
        *(m for m in products.mistakes("f", "c_prev", "the old memory", "kept-")
          if m.name not in _NAMED),
        *products.mistakes("i", "g", "the candidate", "written-"),
    ),
    praise="each unit keeps its share of the old memory, and writes its share of the candidate.",
    hints=(
        "Of which two parts is the new memory made?",
        "What is kept is a share of c_prev; what is written is a share of g.",
        "Two products, one for each gate, then their sum.",
    ),
    styles=(with_two_lines, with_einsum, with_what_is_lost, with_loops),
)  # fmt: skip
