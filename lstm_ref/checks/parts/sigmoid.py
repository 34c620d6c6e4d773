"""Assignment 00: `sigmoid`, safe at ±1000."""

from functools import partial

import numpy as np

from lstm_ref import activations
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import curves
from lstm_ref.checks.families.layer import HELP


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


def with_a_warning(x):
    return 1 / (1 + np.exp(-np.asarray(x)))


_RIGHT = "np.where(np.asarray(x) >= 0, 1, small) / (1 + small)"
_mistake = partial(curves.mistake, _RIGHT)

MISTAKES = (
    _mistake(
        "overflow",
        "right for moderate numbers, but nan for large ones",
        "What is np.exp(1000)? And that number divided by itself?",
        "Take the exponential of a number that is never positive, such as −|x|.",
        "np.exp(x) / (1 + np.exp(x))",
        keeps=0.5,
        source="the textbook formula e^x / (1 + e^x)",
    ),
    _mistake(
        "overflow-on-the-left",
        "right but for very negative numbers, where it gives nan",
        "What is np.exp(-x) for x = −1000? And that number divided by itself?",
        "Take the exponential of −|x| alone: it is never too large.",
        "1 - np.exp(-x) / (1 + np.exp(-x))",
        keeps=0.5,
        source="the formula 1 − e^−x / (1 + e^−x)",
    ),
    _mistake(
        "sign-of-exponent",
        "the curve falls where it should rise: the minus in the exponent is missing",
        "For x = 5, is your result near 1, or near 0?",
        "It is e to the power of minus x that stands below the line.",
        "1 / (1 + np.exp(x))",
        source=HELP,
    ),
    _mistake(
        "brackets-missing",
        "1 / 1 + exp(−x) is (1 / 1) + exp(−x): brackets are missing",
        "Can your result be larger than 1?",
        "The whole sum stands below the line: 1 / (1 + …).",
        "1 / 1 + np.exp(-x)",
        source=HELP,
    ),
    _mistake(
        "minus-below-the-line",
        "1 − e^−x stands below the line, where it should be 1 + e^−x",
        "What is 1 − e^0? What happens when you divide by it?",
        "Look at the sign between 1 and the exponential.",
        "1 / (1 - np.exp(-x))",
    ),
    _mistake(
        "never-below-one-half",
        "negative numbers are treated as positive ones: the result is never below one half",
        "What do you get for −5? Should it be near 0, or near 1?",
        "The sign of x must play a part after the exponential was taken of −|x|, too.",
        "1 / (1 + small)",
    ),
    _mistake(
        "never-above-one-half",
        "positive numbers are treated as negative ones: the result is never above one half",
        "What do you get for 5? Should it be near 0, or near 1?",
        "small / (1 + small) belongs to negative x. What belongs to positive x?",
        "small / (1 + small)",
    ),
    _mistake(
        "numerator-missing",
        "e^x is returned, and not its share of 1 + e^x",
        "Can your result be larger than 1?",
        "Divide by 1 plus the same exponential.",
        "np.exp(x)",
    ),
    _mistake(
        "tanh-for-sigmoid",
        "this is tanh, the other curve: it runs from −1 to 1",
        "Can a share be negative?",
        "σ runs from 0 to 1, and is one half at 0.",
        "np.tanh(x)",
    ),
    _mistake(
        "tanh-not-halved",
        "tanh is moved up and halved, but not made half as steep: this is σ(2x)",
        "What is σ(1) in the table of the chapter, and what is yours?",
        "σ(x) = (1 + tanh(x/2)) / 2: both halves are needed.",
        "0.5 * (1 + np.tanh(x))",
    ),
    _mistake(
        "hard-sigmoid",
        "a straight line with two corners stands where σ should",
        "Is your curve smooth?",
        "Keras calls it hard_sigmoid, and once took it for σ. Here it is 1 / (1 + e^-x).",
        "np.clip(0.5 + 0.2 * np.asarray(x), 0, 1)",
        source="Keras before 2.3, hard_sigmoid",
    ),
    _mistake(
        "a-step",
        "the result jumps from 0 to 1: there is nothing between",
        "What is σ(0.5)? Is it nearer to one half, or to 1?",
        "A share may be anything between 0 and 1. That is what the exponential is for.",
        "np.where(np.asarray(x) >= 0, 1.0, 0.0)",
        source="the notes: '0 omits and 1 keeps'",
    ),
    _mistake(
        "slope-returned",
        "this is the slope of σ, not σ itself",
        "What is yours at 0? And far to the right?",
        "y · (1 − y) is how steep the curve is. Here y itself is asked for.",
        "small / (1 + small) ** 2",
        source="assignment 00 asks for both",
    ),
    _mistake(
        "softmax-for-sigmoid",
        "softmax stands where σ should: the numbers share one whole",
        "Can two of your results both be near 1?",
        "Softmax makes the shares add up to 1. In σ each number stands alone: no sum over them.",
        "np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))",
        source=HELP,
    ),
    *curves.of_numbers(_RIGHT),
)

EXERCISE = Exercise(
    name="sigmoid",
    right=sigmoid,
    oracle=activations.sigmoid,
    outputs={"σ": ""},
    cases=curves.inputs(2.95, -2.17),
    mistakes=MISTAKES,
    praise="your curve is right, also far out, where e^x is too large for the computer.",
    hints=(
        "What should σ be at 0, and far to the left and to the right?",
        "σ(x) = 1 / (1 + e^−x). For very negative x, e^−x is too large: there use e^x / (1 + e^x).",
        "With small = np.exp(-np.abs(x)): 1 / (1 + small) where x ≥ 0, else small / (1 + small).",
    ),
    styles=(with_tanh, with_clip, with_masks, with_logaddexp, with_a_warning),
)
