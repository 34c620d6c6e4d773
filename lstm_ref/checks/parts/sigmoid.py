"""Assignment 00: `sigmoid`, safe at ±1000."""

import numpy as np

from lstm_ref import activations
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.families import curves


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, small) / (1 + small)


def with_tanh(x):
    return 0.5 * (1 + np.tanh(np.asarray(x) / 2))


def with_clip(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def with_masks(x):
    x = np.asarray(x, dtype=float)
    y = np.empty_like(x)
    up = x >= 0
    y[up] = 1 / (1 + np.exp(-x[up]))
    y[~up] = np.exp(x[~up]) / (1 + np.exp(x[~up]))
    return y


def with_logaddexp(x):
    return np.exp(-np.logaddexp(0, -np.asarray(x)))


_OVERFLOWS = (
    "What is np.exp(1000)? And that number divided by itself?",
    "Take the exponential of a number that is never positive, such as −|x|.",
)

EXERCISE = Exercise(
    name="sigmoid",
    right=sigmoid,
    oracle=activations.sigmoid,
    outputs={"σ": ""},
    cases=curves.inputs,
    mistakes=(
        Mistake(
            "overflow",
            "right for moderate numbers, but nan for large ones",
            _OVERFLOWS,
            ("np.where(np.asarray(x) >= 0, 1, small) / (1 + small)", "np.exp(x) / (1 + np.exp(x))"),
            keeps=0.5,
            source="the textbook formula e^x / (1 + e^x)",
        ),
    ),
    praise="your curve is right, also far out, where e^x is too large for the computer.",
    hints=(
        "What should σ be at 0, and far to the left and to the right?",
        "σ(x) = 1 / (1 + e^−x). For very negative x, e^−x is too large: there use e^x / (1 + e^x).",
        "With small = np.exp(-np.abs(x)): 1 / (1 + small) where x ≥ 0, else small / (1 + small).",
    ),
    styles=(with_tanh, with_clip, with_masks, with_logaddexp),
)
