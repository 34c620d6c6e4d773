"""Assignment 00: `tanh`, from exp, safe at ±1000."""

from functools import partial

import numpy as np

from lstm_ref import activations
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import curves
from lstm_ref.checks.families.layer import HELP


def tanh(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small)


def with_sigmoid(x):
    return 2 / (1 + np.exp(-2 * np.clip(x, -300, 300))) - 1


def with_where(x):
    x = np.asarray(x)
    e = np.exp(-2 * abs(x))
    return np.where(x < 0, e - 1, 1 - e) / (1 + e)


def with_both_exponentials(x):
    x = np.clip(x, -20.0, 20.0)
    up, down = np.exp(x), np.exp(-x)
    return (up - down) / (up + down)


def with_expm1(x):
    a = np.expm1(-2 * np.abs(x))
    return np.copysign(-a / (a + 2), x)


_RIGHT = "np.sign(x) * (1 - small) / (1 + small)"
_mistake = partial(curves.mistake, _RIGHT)

MISTAKES = (
    _mistake(
        "overflow",
        "right for moderate numbers, but nan for large ones",
        "What is np.exp(1000)? And that number divided by itself?",
        "Take the exponential of a number that is never positive, such as −2|x|.",
        "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
        keeps=0.5,
        source="the textbook formula (e^x − e^−x) / (e^x + e^−x)",
    ),
    _mistake(
        "overflow-on-the-right",
        "right but for very large numbers, where it gives nan",
        "What is np.exp(2 * 1000)? And that number divided by itself?",
        "Take the exponential of a number that is never positive, such as −2|x|.",
        "(np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)",
        keeps=0.5,
        source="the formula (e^2x − 1) / (e^2x + 1)",
    ),
    _mistake(
        "overflow-on-the-left",
        "right but for very negative numbers, where it gives nan",
        "What is np.exp(-2 * x) for x = −1000? And that number divided by itself?",
        "Take the exponential of a number that is never positive, such as −2|x|.",
        "(1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))",
        keeps=0.5,
        source="the formula (1 − e^−2x) / (1 + e^−2x)",
    ),
    _mistake(
        "sign-lost",
        "negative numbers are treated as positive ones: the result is never negative",
        "What do you get for −1? What should it be?",
        "tanh(−x) is −tanh(x): the sign of x comes back at the end.",
        "(1 - small) / (1 + small)",
    ),
    _mistake(
        "sign-turned",
        "the sign is turned round: this is −tanh",
        "For a large positive x, is your result near 1?",
        "Which of the two exponentials is subtracted from the other?",
        "np.sign(x) * (small - 1) / (1 + small)",
        source=HELP,
    ),
    _mistake(
        "half-as-steep",
        "the curve is half as steep as it should be: this is tanh(x/2)",
        "What is tanh(1) in the chapter, and what is yours?",
        "A 2 is missing in the exponent: tanh(x) = 2σ(2x) − 1, and it is e^2x, or e^−2x.",
        "np.sign(x) * (1 - np.sqrt(small)) / (1 + np.sqrt(small))",
        source="tanh(x) = 2σ(2x) − 1, with the inner 2 forgotten",
    ),
    _mistake(
        "upside-down",
        "the fraction stands upside down",
        "Can your result be larger than 1?",
        "The difference stands above the line, the sum below it.",
        "np.sign(x) * (1 + small) / (1 - small)",
    ),
    _mistake(
        "brackets-missing",
        "only e^−x / e^x is divided: brackets are missing around the sums",
        "In which order does Python calculate a - b / a + b?",
        "The whole difference stands above the line, and the whole sum below it.",
        "np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)",
        source=HELP,
    ),
    _mistake(
        "denominator-missing",
        "only the difference of the exponentials is there, half of it: this is sinh",
        "Can your result be larger than 1?",
        "Divide the difference by the sum.",
        "(np.exp(x) - np.exp(-x)) / 2",
    ),
    _mistake(
        "sum-missing",
        "the division by the sum is missing",
        "What is tanh(1) in the chapter, and what is yours?",
        "The difference is divided by the sum of the same two.",
        "np.sign(x) * (1 - small)",
    ),
    _mistake(
        "sigmoid-for-tanh",
        "this is σ, the other curve: it runs from 0 to 1",
        "Can your result be negative?",
        "tanh runs from −1 to 1, and is 0 at 0.",
        "1 / (1 + np.exp(-x))",
    ),
    _mistake(
        "one-not-subtracted",
        "σ is stretched to run from 0 to 2, and 1 is not subtracted",
        "What is yours at 0?",
        "2σ(2x) runs from 0 to 2. One step more, and it runs from −1 to 1.",
        "2 / (1 + np.exp(-2 * x))",
    ),
    _mistake(
        "a-clip",
        "a straight line with two corners stands where tanh should",
        "Is your curve smooth?",
        "np.clip bounds the size, but tanh bends long before it comes to 1.",
        "np.clip(np.asarray(x) * 1.0, -1, 1)",
        source="hard tanh, as in torch.nn.Hardtanh",
    ),
    _mistake(
        "softsign",
        "this is x / (1 + |x|), another curve from −1 to 1",
        "How near to 1 is yours at 3?",
        "tanh is made of exponentials.",
        "x / (1 + np.abs(x))",
        source="softsign, offered by Keras beside tanh",
    ),
    _mistake(
        "slope-returned",
        "this is the slope of tanh, not tanh itself",
        "What is yours at 0? And far to the right?",
        "1 − y² is how steep the curve is. Here y itself is asked for.",
        "1 - ((1 - small) / (1 + small)) ** 2",
        source="assignment 00 asks for both",
    ),
    *curves.of_numbers(_RIGHT),
)

EXERCISE = Exercise(
    name="tanh",
    right=tanh,
    oracle=activations.tanh,
    outputs={"tanh": ""},
    cases=curves.inputs(1.25, 1.05),
    mistakes=MISTAKES,
    praise="your curve is right, also far out, where e^x is too large for the computer.",
    hints=(
        "What should tanh be at 0, and far to the left and to the right?",
        "tanh(x) = (e^x − e^−x) / (e^x + e^−x). For |x| = 1000, e^|x| is too large.",
        "With small = np.exp(-2 * np.abs(x)), |tanh(x)| is (1 - small) / (1 + small).",
    ),
    styles=(with_sigmoid, with_where, with_both_exponentials, with_expm1),
)
