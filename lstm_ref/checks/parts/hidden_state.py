"""Assignment 04: `hidden_state`, the share of the squashed memory that is shown."""

import numpy as np

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.families import products
from lstm_ref.checks.families.cell import FORUM
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh


def hidden_state(o, c):
    return o * tanh(c)


def with_two_lines(o, c):
    squashed = np.tanh(c)
    return np.multiply(squashed, o)


def with_sigmoid(o, c):
    return 2 * o * sigmoid(2 * np.asarray(c)) - o


def with_einsum(o, c):
    return np.einsum("...h,...h->...h", o, np.tanh(c))


def with_loops(o, c):
    if np.ndim(o) == 2:
        return [with_loops(*row) for row in zip(o, c, strict=True)]
    return [a * np.tanh(b) for a, b in zip(o, c, strict=True)]


def _mistake(name, title, question, pointer, wrong, source="constructed"):
    return Mistake(name, title, (question, pointer), ("o * tanh(c)", wrong), None, 0.0, source)


EXERCISE = Exercise(
    name="hidden_state",
    right=hidden_state,
    oracle=gates.hidden_state,
    outputs={"h": "BH"},
    cases=products.shares_and_values("o", "c"),
    mistakes=(
        _mistake(
            "h-without-tanh",
            "h is o times the memory itself: tanh is missing",
            "Can your h become larger than 1?",
            "The memory is squashed on its way out, and there alone.",
            "o * c",
            source=FORUM,
        ),
        _mistake(
            "output-gate-inside",
            "the output gate is multiplied before tanh is taken",
            "With o = 0.5 and a large memory, what should h be?",
            "First tanh, then the share of it.",
            "tanh(o * c)",
        ),
        _mistake(
            "sigmoid-for-tanh",
            "σ stands where tanh should",
            "Can your h be negative?",
            "The memory has a sign, and h shows it: tanh gives −1 to 1.",
            "o * sigmoid(c)",
        ),
        _mistake(
            "tanh-twice",
            "tanh is taken twice",
            "With o = 1, how near to 1 can your h come?",
            "tanh of a number from −1 to 1 never reaches 0.77. Take it once.",
            "o * tanh(tanh(c))",
        ),
        _mistake(
            "result-squashed",
            "tanh is taken of the result once more",
            "With o = 1, how near to 1 can your h come?",
            "h is the product: nothing comes after it.",
            "tanh(o * tanh(c))",
        ),
        _mistake(
            "tanh-on-the-gate",
            "tanh is taken of the gate, and not of the memory",
            "Can your h become larger than 1?",
            "o is a share from 0 to 1. What can be any number, and must be squashed?",
            "tanh(o) * c",
        ),
        _mistake(
            "tanh-on-both",
            "tanh is taken of the gate, too",
            "With o = 1 and a large memory, how near to 1 does your h come?",
            "o is a share already: use it as it is.",
            "tanh(o) * tanh(c)",
        ),
        _mistake(
            "the-rest-shown",
            "this is (1 − o) of the squashed memory, the part that should be hidden",
            "If o = 1, how much is shown in your version?",
            "o is the share that is shown.",
            "(1 - o) * tanh(c)",
        ),
        _mistake(
            "gate-and-memory-swapped",
            "o and c are swapped: σ was meant for the gate, and the memory is taken as the share",
            "Which of the two can be larger than 1?",
            "o is the share, c the memory that goes through tanh.",
            "sigmoid(c) * tanh(o)",
        ),
        _mistake(
            "a-clip",
            "a straight line with two corners stands where tanh should",
            "With o = 1, is a memory of 0.9 shown as 0.9? It should be a little less.",
            "np.clip bounds the size, but tanh bends long before it comes to 1.",
            "o * np.clip(c, -1, 1)",
            source="hard tanh, as in torch.nn.Hardtanh",
        ),
        *products.mistakes("o", "tanh(c)", "the squashed memory"),
    ),
    praise="each unit shows its own share of its own memory, squashed.",
    hints=(
        "Can a memory of 3 be shown as 3? What must happen to it first?",
        "First the memory is squashed by tanh. Then the gate takes its share.",
        "One tanh and one product, unit by unit.",
    ),
    styles=(with_two_lines, with_sigmoid, with_einsum, with_loops),
)
