"""Assignment 03: `input_gate`."""

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import layer, single_gate
from lstm_ref.checks.parts.sigmoid import sigmoid

LAYER = layer.of_gate("i", "the input gate")


def input_gate(x, h_prev, W_i, U_i, b_i):
    return sigmoid(x @ W_i.T + h_prev @ U_i.T + b_i)


EXERCISE = Exercise(
    name="input_gate",
    right=input_gate,
    oracle=gates.input_gate,
    outputs={"i": "BH"},
    cases=single_gate.cases("i"),
    mistakes=(*layer.layer(LAYER), *single_gate.mistakes(LAYER)),
    praise="your input gate opens and closes as it should, for one example and for a batch.",
    hints=single_gate.hints(LAYER),
    styles=single_gate.styles("input_gate", "i"),
)
