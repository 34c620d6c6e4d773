"""Assignment 01: `rnn_step`, one step of the plain recurrent network."""

import numpy as np

from lstm_ref.cells import CELLS, PlainParameters
from lstm_ref.checks.exercise import Exercise, Mistake
from lstm_ref.checks.families import layer, single_gate
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh

LAYER = layer.Layer("h", "the step", "tanh", "W", "U", "b")


def rnn_step(x, h_prev, W, U, b):
    return tanh(x @ W.T + h_prev @ U.T + b)


def with_sigmoid(x, h_prev, W, U, b):
    z = np.dot(x, W.T) + np.dot(h_prev, U.T) + b
    return 2 * sigmoid(2 * z) - 1


def oracle(x, h_prev, W, U, b):
    params = PlainParameters(W, U, b, np.zeros_like(b))
    hs, _, _ = CELLS["plain"].forward(x[None], (h_prev,), params)
    return hs[0]


def _mistake(name, title, question, pointer, wrong, source="constructed"):
    return Mistake(name, title, (question, pointer), (LAYER.line, wrong), None, 0.0, source)


EXERCISE = Exercise(
    name="rnn_step",
    right=rnn_step,
    oracle=oracle,
    outputs={"h": "BH"},
    cases=single_gate.cases("g"),  # the candidate is a step of the plain network
    mistakes=(
        *layer.layer(LAYER),
        *single_gate.mistakes(LAYER),
        _mistake(
            "old-state-added",
            "the old state is added to the new one, after tanh",
            "Can your h become larger than 1?",
            "The old state comes in through U, and in no other way.",
            "h_prev + tanh(x @ W.T + h_prev @ U.T + b)",
            source="the residual connection of other networks",
        ),
        _mistake(
            "state-outside-tanh",
            "what comes from h_prev is added after tanh was taken",
            "Can your h become larger than 1?",
            "First add all three parts. Then take tanh, once.",
            "tanh(x @ W.T + b) + h_prev @ U.T",
        ),
        _mistake(
            "state-squashed-again",
            "tanh is taken of h_prev, which was squashed at the step before",
            "If h_prev = 0.5, does 0.5 meet U in your version?",
            "h_prev comes out of tanh: use it as it is.",
            "tanh(x @ W.T + tanh(h_prev) @ U.T + b)",
        ),
    ),
    praise="your step mixes the input and the state before, for one example and for a batch.",
    hints=single_gate.hints(LAYER),
    styles=(*single_gate.styles("rnn_step", "", "tanh"), with_sigmoid),
)
