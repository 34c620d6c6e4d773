"""Assignment 05: `lstm_cell`."""

import numpy as np

from lstm_ref import cell
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import cell as cell_lines
from lstm_ref.checks.families import layer
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh
from lstm_ref.checks.variants import quick
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters

LAYERS = (
    layer.in_cell("i", "the input gate"),
    layer.in_cell("f", "the forget gate"),
    layer.in_cell("g", "the candidate", "tanh"),
    layer.in_cell("o", "the output gate"),
)


def lstm_cell(x, h_prev, c_prev, params):
    i = sigmoid(x @ params["W_i"].T + h_prev @ params["U_i"].T + params["b_i"])
    f = sigmoid(x @ params["W_f"].T + h_prev @ params["U_f"].T + params["b_f"])
    g = tanh(x @ params["W_g"].T + h_prev @ params["U_g"].T + params["b_g"])
    o = sigmoid(x @ params["W_o"].T + h_prev @ params["U_o"].T + params["b_o"])
    c = f * c_prev + i * g
    h = o * tanh(c)
    return h, c


@quick(lstm_cell)
def _with_two_products(x, h_prev, c_prev, params):
    W, U, b = (np.concatenate([params[f"{kind}_{k}"] for k in "ifog"]) for kind in "WUb")
    z = x @ W.T + h_prev @ U.T + b
    H = len(U) // 4
    i_f_o, g = sigmoid(z[..., : 3 * H]), np.tanh(z[..., 3 * H :])
    c = i_f_o[..., H : 2 * H] * c_prev + i_f_o[..., :H] * g
    return i_f_o[..., 2 * H :] * np.tanh(c), c


def with_one_product(x, h_prev, c_prev, params):
    W, U, b = (np.concatenate([params[f"{kind}_{k}"] for k in "ifgo"]) for kind in "WUb")
    z = np.concatenate([x, h_prev], axis=-1) @ np.hstack([W, U]).T + b
    i, f, g, o = np.split(z, 4, axis=-1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def with_a_loop_over_gates(x, h_prev, c_prev, params):
    gate = {}
    for k in "ifgo":
        z = np.einsum("hi,...i->...h", params["W_" + k], x)
        z = z + np.einsum("hk,...k->...h", params["U_" + k], h_prev) + params["b_" + k]
        gate[k] = np.tanh(z) if k == "g" else sigmoid(z)
    c = gate["f"] * c_prev + gate["i"] * gate["g"]
    return [gate["o"] * np.tanh(c), c]


def with_columns_and_a_helper(x, h_prev, c_prev, params):
    def z(k):
        W, U, b = (params[f"{kind}_{k}"] for kind in "WUb")
        return (W @ np.transpose(x) + U @ np.transpose(h_prev)).T + b

    c = sigmoid(z("f")) * c_prev + sigmoid(z("i")) * tanh(z("g"))
    return sigmoid(z("o")) * tanh(c), c


def oracle(x, h_prev, c_prev, params):
    return cell.lstm_cell(x, h_prev, c_prev, LSTMParameters.from_gates(params))


def cases(rng):
    example = worked_example
    first = (example.xs[0], example.h0, example.c0, example.params)
    found = [Case(s.name, inputs.step(rng, s), s.single) for s in inputs.SIZES]
    large = inputs.step(rng, inputs.Sizes("", 2, 3, 5), scale=6.0)
    return [
        Case("the worked example, step 1", first, single=True),
        Case("large weights", large, single=False),
        *found,
    ]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


OWN = (
    *cell_lines.MISTAKES,
    _mistake(
        "bias-from-another-gate",
        "the output gate has the bias of the input gate: a line was copied",
        "Do the letters agree in each of the four lines?",
        "Each line has its own W, U and b.",
        ('params["b_o"]', 'params["b_i"]'),
        source=cell_lines.FORUM,
    ),
    _mistake(
        "weights-from-another-gate",
        "the forget gate has the input weights of the input gate: a line was copied",
        "Do the letters agree in each of the four lines?",
        "Each line has its own W, U and b.",
        ('params["W_f"]', 'params["W_i"]'),
        source=cell_lines.FORUM,
    ),
    _mistake(
        "memory-for-hidden-state",
        "the gates read the memory c_prev where they should read h_prev",
        "What do the gates look at beside x?",
        "They read the hidden state. Peepholes read the memory, too: that is another cell.",
        *((f'h_prev @ params["U_{k}"]', f'c_prev @ params["U_{k}"]') for k in "ifgo"),
        source=cell_lines.FORUM,
    ),
    _mistake(
        "one-bias-for-all",
        "all four layers have the bias of the input gate",
        "Change params['b_f'] and keep the rest. Does your result change?",
        "Each of the four layers has its own W, U and b: the letter changes in all three.",
        *((f'params["b_{k}"]', 'params["b_i"]') for k in "fgo"),
        source="a loop over the gates in which one letter stood still",
    ),
    _mistake(
        "columns-for-rows",
        "all matrices are used as (inputs, units), Keras's way; here they are (units, inputs)",
        "What shape has params['W_i'] here? Print it.",
        "In this course, as in torch, each row of a matrix holds the weights of one unit.",
        *((f'params["{kind}_{k}"].T', f'params["{kind}_{k}"]') for kind in "WU" for k in "ifgo"),
        keeps=0.5,
        source=layer.KERAS,
    ),
    _mistake(
        "memory-in-output-gate",
        "the new memory is added in the output gate's sum",
        "What does the output gate look at? Which symbols stand in its sum?",
        "x and h_prev, as in all four layers. Peepholes add the memory, with weights of their "
        "own: that is another cell.",
        (
            "    h = o * tanh(c)",
            '    o = sigmoid(x @ params["W_o"].T + h_prev @ params["U_o"].T + params["b_o"] + c)\n'
            "    h = o * tanh(c)",
        ),
        source="peepholes, half remembered",
    ),
)

EXERCISE = Exercise(
    name="lstm_cell",
    right=lstm_cell,
    oracle=oracle,
    outputs={"h": "BH", "c": "BH"},
    cases=cases,
    mistakes=(*OWN, *(mistake for one in LAYERS for mistake in layer.layer(one))),
    praise="your cell keeps, writes and shows as it should, for one example and for a batch.",
    hints=(
        "Which of the six lines can you check by hand against the worked example?",
        "Three gates and the candidate first; then the memory; then what is shown of it.",
        "Print i, f, g, o for the worked example, and compare them with the chapter's table.",
    ),
    styles=(with_one_product, with_a_loop_over_gates, with_columns_and_a_helper),
)
