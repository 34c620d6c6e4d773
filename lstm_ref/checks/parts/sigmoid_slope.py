"""Assignment 00: `sigmoid_slope`, in terms of the output y."""

from functools import partial

import numpy as np

from lstm_ref import activations
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import curves


def sigmoid_slope(y):
    return y * (1 - y)


def with_square(y):
    return y - np.asarray(y) ** 2


def with_difference(y):
    return 0.25 - (np.asarray(y) - 0.5) ** 2


def with_loops(y):
    if np.ndim(y):
        return [with_loops(one) for one in y]
    return (1 - y) * y


_RIGHT = "y * (1 - y)"
_mistake = partial(curves.mistake, _RIGHT)

EXERCISE = Exercise(
    name="sigmoid_slope",
    right=sigmoid_slope,
    oracle=activations.sigmoid_slope,
    outputs={"slope": ""},
    cases=curves.outputs("f", 0),
    mistakes=(
        _mistake(
            "squashed-again",
            "σ is taken of y, which is an output of σ already",
            "If y = 0, how steep is the curve there? And in your version?",
            "y comes from σ: use it as it is.",
            "1 / (1 + np.exp(-y)) * (1 - 1 / (1 + np.exp(-y)))",
            source=curves.TUTORIALS,
        ),
        _mistake(
            "tanh-slope",
            "this is the slope of tanh, 1 − y²",
            "What is yours at y = 0? Far to the left, is σ steep there, or flat?",
            "σ is flat at both ends, at y = 0 and at y = 1.",
            "1 - y * y",
        ),
        _mistake(
            "y-squared",
            "y is multiplied by itself, not by 1 − y",
            "What is yours at y = 1? Is σ steep there, or flat?",
            "The second factor is what is missing from y to 1.",
            "y * y",
        ),
        _mistake(
            "one-factor-missing",
            "only 1 − y is there: the factor y is missing",
            "What is yours at y = 0? Is σ steep there, or flat?",
            "The slope must be 0 at both ends: at y = 1 and at y = 0.",
            "1 - y",
        ),
        _mistake(
            "y-returned",
            "y comes out as it went in",
            "What is yours at y = 1? Is σ steep there, or flat?",
            "The slope must be 0 at both ends: at y = 0 and at y = 1.",
            "y + 0",
        ),
        _mistake(
            "sign-turned",
            "the sign is turned round: σ rises everywhere, so its slope is never negative",
            "Does σ rise, or fall? Which sign has your slope?",
            "Which of 1 and y is subtracted from the other?",
            "y * (y - 1)",
        ),
        _mistake(
            "plus-for-minus",
            "y is multiplied by 1 + y, not by 1 − y",
            "What is yours at y = 1? Is σ steep there, or flat?",
            "Look at the sign in the brackets.",
            "y * (1 + y)",
        ),
        _mistake(
            "brackets-missing",
            "y * 1 - y is (y * 1) − y, which is 0: brackets are missing",
            "In which order does Python calculate y * 1 - y?",
            "1 − y is calculated first: put it in brackets.",
            "y * 1 - y",
        ),
        _mistake(
            "second-factor-squared",
            "1 − y is multiplied by itself, not by y",
            "What is yours at y = 0? Is σ steep there, or flat?",
            "The slope must be 0 at both ends.",
            "(1 - y) ** 2",
        ),
        _mistake(
            "halved",
            "the result is half of what it should be",
            "How steep is σ in its middle, at y = 0.5? What is one half times one half?",
            "There is no other factor than y and 1 − y.",
            "0.5 * y * (1 - y)",
        ),
        _mistake(
            "odds",
            "y is divided by 1 − y where it should be multiplied",
            "What is yours at y = 0.9? σ is never steeper than 1/4.",
            "The two parts are factors.",
            "y / (1 - np.asarray(y))",
        ),
        _mistake(
            "steepest-everywhere",
            "the slope is 1/4 everywhere; it is so in the middle alone",
            "How steep is σ far out, at y = 1?",
            "Use y: each output has its own slope.",
            "0.25 + 0 * y",
        ),
        _mistake(
            "slope-inverted",
            "this is 1 / (y (1 − y)): the slope of x as a function of y",
            "What is yours at y = 0.5? σ is never steeper than 1/4.",
            "How much y moves when x moves: no division is needed.",
            "1 / np.asarray(y * (1 - y))",
        ),
    ),
    praise="your slope is steepest in the middle, and 0 where σ is flat.",
    hints=(
        "Where is σ steepest, and where is it flat? What is y there?",
        "The slope is 0 at y = 0 and at y = 1, and 1/4 at y = 1/2. It needs y alone.",
        "σ'(x) = e^−x / (1 + e^−x)². Write it as a product of σ(x) and 1 − σ(x).",
    ),
    styles=(with_square, with_difference, with_loops),
)
