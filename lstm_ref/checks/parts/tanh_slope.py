"""Assignment 00: `tanh_slope`, in terms of the output y."""

from functools import partial

import numpy as np

from lstm_ref import activations
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import curves


def tanh_slope(y):
    return 1 - y * y


def with_factors(y):
    return (1 - y) * (1 + y)


def with_power(y):
    return 1 - np.power(y, 2)


def with_loops(y):
    if np.ndim(y):
        return [with_loops(one) for one in y]
    return 1 - y**2


_RIGHT = "1 - y * y"
_mistake = partial(curves.mistake, _RIGHT)

EXERCISE = Exercise(
    name="tanh_slope",
    right=tanh_slope,
    oracle=activations.tanh_slope,
    outputs={"slope": ""},
    cases=curves.outputs("g", -1),
    mistakes=(
        _mistake(
            "squashed-again",
            "tanh is taken of y, which is an output of tanh already: 1 − tanh(y)²",
            "If y = 1, how steep is the curve there? And in your version?",
            "y comes from tanh: use it as it is.",
            "1 - np.tanh(y) ** 2",
            source=curves.TUTORIALS,
        ),
        _mistake(
            "sigmoid-slope",
            "this is the slope of σ, y (1 − y)",
            "What is yours at y = 0? tanh is steepest there.",
            "tanh is flat at y = −1 and at y = 1, and has the slope 1 at y = 0.",
            "y * (1 - y)",
        ),
        _mistake(
            "square-missing",
            "y is subtracted, not its square",
            "What is yours at y = −1? Is tanh steep there, or flat?",
            "The slope is the same at y and at −y. Which power of y does not see the sign?",
            "1 - y",
        ),
        _mistake(
            "doubled-for-squared",
            "y is doubled, not squared",
            "What is yours at y = 1? Is tanh steep there, or flat?",
            "In Python the square is `y ** 2`, or `y * y`.",
            "1 - 2 * y",
        ),
        _mistake(
            "plus-for-minus",
            "the square is added to 1, not subtracted",
            "What is yours at y = 1? Is tanh steep there, or flat?",
            "Look at the sign.",
            "1 + y * y",
        ),
        _mistake(
            "square-alone",
            "this is y² alone: it is not subtracted from 1",
            "What is yours at y = 0? tanh is steepest there.",
            "What is missing from y² to 1?",
            "y * y",
        ),
        _mistake(
            "sign-turned",
            "the sign is turned round: tanh rises everywhere, so its slope is never negative",
            "Does tanh rise, or fall? Which sign has your slope?",
            "Which of 1 and y² is subtracted from the other?",
            "y * y - 1",
        ),
        _mistake(
            "whole-squared",
            "the difference is squared, where y alone should be: (1 − y)²",
            "What is yours at y = −1? Is tanh steep there, or flat?",
            "First the square of y, then the difference.",
            "(1 - y) * (1 - y)",
        ),
        _mistake(
            "size-for-square",
            "the size of y is subtracted, not its square",
            "What is yours at y = 0.5? Half of one half is a quarter.",
            "Multiply y by itself.",
            "1 - np.abs(y)",
        ),
        _mistake(
            "root-taken",
            "a square root is taken at the end",
            "What is yours at y = 0.6? It should be 0.64.",
            "1 − y² is all.",
            "np.sqrt(1 - y * y)",
        ),
        _mistake(
            "halved",
            "the result is half of what it should be",
            "How steep is tanh in its middle, at y = 0?",
            "There is no other factor.",
            "(1 - y * y) / 2",
        ),
        _mistake(
            "y-returned",
            "y comes out as it went in",
            "What is yours at y = 1? Is tanh steep there, or flat?",
            "The slope is 0 at both ends, and 1 in the middle.",
            "y + 0",
        ),
        _mistake(
            "steepest-everywhere",
            "the slope is 1 everywhere; it is so in the middle alone",
            "How steep is tanh far out, at y = 1?",
            "Use y: each output has its own slope.",
            "1 + 0 * y",
        ),
        _mistake(
            "slope-inverted",
            "this is 1 / (1 − y²): the slope of x as a function of y",
            "What is yours at y = 0.5? tanh is never steeper than 1.",
            "How much y moves when x moves: no division is needed.",
            "1 / np.asarray(1 - y * y)",
        ),
    ),
    praise="your slope is 1 in the middle, and 0 where tanh is flat.",
    hints=(
        "Where is tanh steepest, and where is it flat? What is y there?",
        "The slope is 0 at y = −1 and at y = 1, and 1 at y = 0. It needs y alone.",
        "The slope is the same at y and at −y: use the square of y.",
    ),
    styles=(with_factors, with_power, with_loops),
)
