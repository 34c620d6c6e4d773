"""Assignment 03: `candidate`."""

import numpy as np

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import layer, single_gate
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh

LAYER = layer.of_gate("g", "the candidate", "tanh")


def candidate(x, h_prev, W_g, U_g, b_g):
    return tanh(x @ W_g.T + h_prev @ U_g.T + b_g)


def with_sigmoid(x, h_prev, W_g, U_g, b_g):
    z = np.dot(x, W_g.T) + np.dot(h_prev, U_g.T) + b_g
    return 2 * sigmoid(2 * z) - 1


EXERCISE = Exercise(
    name="candidate",
    right=candidate,
    oracle=gates.candidate,
    outputs={"g": "BH"},
    cases=single_gate.cases("g"),
    mistakes=(*layer.layer(LAYER), *single_gate.mistakes(LAYER)),
    praise="your candidate has a sign and a size for each unit, for one example and for a batch.",
    hints=single_gate.hints(LAYER),
    styles=(*single_gate.styles("candidate", "g", "tanh"), with_sigmoid),
)
