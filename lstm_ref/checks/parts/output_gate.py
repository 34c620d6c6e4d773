"""Assignment 04: `output_gate`."""

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import layer, single_gate
from lstm_ref.checks.parts.sigmoid import sigmoid

LAYER = layer.of_gate("o", "the output gate")


def output_gate(x, h_prev, W_o, U_o, b_o):
    return sigmoid(x @ W_o.T + h_prev @ U_o.T + b_o)


EXERCISE = Exercise(
    name="output_gate",
    right=output_gate,
    oracle=gates.output_gate,
    outputs={"o": "BH"},
    cases=single_gate.cases("o"),
    mistakes=(*layer.layer(LAYER), *single_gate.mistakes(LAYER)),
    praise="your output gate opens and closes as it should, for one example and for a batch.",
    hints=single_gate.hints(LAYER),
    styles=single_gate.styles("output_gate", "o"),
)
