# mypy: allow-untyped-defs, allow-untyped-calls
"""Assignment 02: `forget_gate`."""

from lstm_ref import gates
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.families import layer, single_gate
from lstm_ref.checks.parts.sigmoid import sigmoid

LAYER = layer.of_gate("f", "the forget gate")


def forget_gate(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)


EXERCISE = Exercise(
    name="forget_gate",
    right=forget_gate,
    oracle=gates.forget_gate,
    outputs={"f": "BH"},
    cases=single_gate.cases("f"),
    mistakes=(*layer.layer(LAYER), *single_gate.mistakes(LAYER)),
    praise="your forget gate opens and closes as it should, for one example and for a batch.",
    hints=single_gate.hints(LAYER),
    styles=single_gate.styles("forget_gate", "f"),
)
