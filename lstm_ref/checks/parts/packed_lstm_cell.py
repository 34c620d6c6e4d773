"""Assignment 05: `packed_lstm_cell`, all four layers in one product."""

import numpy as np

from lstm_ref import cell
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import cell as cell_lines
from lstm_ref.checks.families import conventions, layer
from lstm_ref.checks.parts.lstm_cell import lstm_cell
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh
from lstm_ref.conventions import TORCH
from lstm_ref.datasets import worked_example


def packed_lstm_cell(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    z = x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = tanh(z_g)
    o = sigmoid(z_o)
    c = f * c_prev + i * g
    h = o * tanh(c)
    return h, c


def with_slices(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h_prev.shape[-1]
    z = np.dot(x, weight_ih.T) + np.dot(h_prev, weight_hh.T) + (bias_ih + bias_hh)
    i, f, o = (sigmoid(z[..., k * H : (k + 1) * H]) for k in (0, 1, 3))
    c = f * c_prev + i * np.tanh(z[..., 2 * H : 3 * H])
    return o * np.tanh(c), c


def with_one_product(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    both = np.concatenate([x, h_prev], axis=-1)
    z = both @ np.hstack([weight_ih, weight_hh]).T + bias_ih + bias_hh
    i, f, g, o = np.moveaxis(z.reshape(*z.shape[:-1], 4, -1), -2, 0)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def with_einsum(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    H = weight_hh.shape[1]
    W, U = weight_ih.reshape(4, H, -1), weight_hh.reshape(4, H, H)
    z = np.einsum("ghi,...i->g...h", W, x) + np.einsum("ghk,...k->g...h", U, h_prev)
    b = (bias_ih + bias_hh).reshape(4, H)
    i, f, g, o = (z[k] + b[k] for k in range(4))
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def with_the_cell(x, h_prev, c_prev, weight_ih, weight_hh, bias_ih, bias_hh):
    params = {}
    for k, gate in enumerate("ifgo"):
        rows = slice(k * len(bias_ih) // 4, (k + 1) * len(bias_ih) // 4)
        params["W_" + gate] = weight_ih[rows]
        params["U_" + gate] = weight_hh[rows]
        params["b_" + gate] = bias_ih[rows] + bias_hh[rows]
    return lstm_cell(x, h_prev, c_prev, params)


def cases(rng):
    example = worked_example
    packed = inputs.pack(example.params)
    first = (example.xs[0], example.h0, example.c0, *packed)
    found = []
    # Here each matrix, and the sum, is as high as it is wide: what is turned runs, and has a name.
    rows = inputs.Sizes("one unit, as many inputs and examples as rows", 4, 4, 1)
    for sizes in (rows, *inputs.SIZES):
        *step, params = inputs.step(rng, sizes)
        found.append(Case(sizes.name, (*step, *_packed(rng, params)), sizes.single))
    *step, params = inputs.step(rng, inputs.Sizes("", 2, 3, 5), scale=6.0)
    return [
        Case("the worked example, step 1", first, single=True),
        Case("large weights", (*step, *_packed(rng, params)), single=False),
        *found,
    ]


def _packed(rng, params):
    """Pack, with two biases that are drawn each for itself."""
    weight_ih, weight_hh, bias_ih, _ = inputs.pack(params, share=1.0)
    return weight_ih, weight_hh, bias_ih, inputs.signed(rng, bias_ih.shape, 0.3, 1.1)


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


def _order(order):
    named = ", ".join(f"z_{gate}" for gate in order)
    return "z_i, z_f, z_g, z_o =", f"{named} ="


_SUM = "x @ weight_ih.T + bias_ih + h_prev @ weight_hh.T + bias_hh"
_SPLIT = "np.split(z, 4, axis=-1)"
_ONE_BIAS = "one bias a layer, as " + conventions.of_kind(lambda one: one.biases == "one")

OWN = (
    _mistake(
        "bias-ih-missing", "the first bias, bias_ih, is left out",
        "Which of the four arrays does your cell never use?",
        "torch has two biases. Their sum counts: add both.",
        ("weight_ih.T + bias_ih", "weight_ih.T"), source=_ONE_BIAS,
    ),
    _mistake(
        "bias-hh-missing", "the second bias, bias_hh, is left out",
        "Which of the four arrays does your cell never use?",
        "torch has two biases. Their sum counts: add both.",
        ("weight_hh.T + bias_hh", "weight_hh.T"), source=_ONE_BIAS,
    ),
    _mistake(
        "biases-missing", "both biases are left out",
        "With x and h_prev zero, what should the gates be?",
        "torch has two biases. Their sum counts: add both.",
        (_SUM, "x @ weight_ih.T + h_prev @ weight_hh.T"),
    ),
    _mistake(
        "biases-twice", "the biases are added twice, both to each product",
        "How often does each bias stand in the formula?",
        "bias_ih comes once, bias_hh comes once. Their sum is the bias of the chapters.",
        (_SUM, "x @ weight_ih.T + h_prev @ weight_hh.T + 2 * (bias_ih + bias_hh)"),
        source=layer.TORCH,
    ),
    _mistake(
        "first-bias-twice", "bias_ih is added to both products, and bias_hh to none",
        "Which of the four arrays does your cell never use?",
        "A line was copied: compare its letters.",
        ("weight_hh.T + bias_hh", "weight_hh.T + bias_ih"), source=cell_lines.FORUM,
    ),
    _mistake(
        "biases-multiplied", "the two biases are multiplied",
        "If one bias is zero, should the other count for nothing?",
        "All four parts of z are added.",
        (_SUM, "x @ weight_ih.T + h_prev @ weight_hh.T + bias_ih * bias_hh"),
    ),
    _mistake(
        "x-ignored", "the input x plays no part",
        "Change x and keep the rest. Does your h change?",
        "z is made of two products and two biases.",
        ("x @ weight_ih.T + ", ""),
    ),
    _mistake(
        "h-ignored", "the previous hidden state h_prev plays no part",
        "Change h_prev and keep the rest. Does your h change?",
        "z is made of two products and two biases.",
        ("h_prev @ weight_hh.T + ", ""),
    ),
    _mistake(
        "memory-for-hidden-state", "the gates read the memory c_prev where they should read h_prev",
        "What do the gates look at beside x?",
        "They read the hidden state. Peepholes read the memory, too: that is another cell.",
        ("h_prev @ weight_hh", "c_prev @ weight_hh"), source=cell_lines.FORUM,
    ),
    _mistake(
        "reshape-for-transpose",
        "weight_ih is reshaped where it should be transposed: its numbers get mixed",
        "Take a matrix of two rows and three columns. Are a.T and a.reshape(3, 2) the same?",
        "`.T` turns the matrix over. `reshape` reads the same numbers on, row by row.",
        ("weight_ih.T", "weight_ih.reshape(x.shape[-1], -1)"), source=layer.HELP,
    ),
    _mistake(
        "rows-as-columns",
        "weight_ih is used the wrong way round: its rows are the units, not its columns",
        "What shape has weight_ih? Which axis of it should meet the I of x?",
        "The last axis of x meets the first of what stands right of @. So the matrix is turned.",
        ("weight_ih.T", "weight_ih"),
        source="a column for each unit, as "
        + conventions.of_kind(lambda one: one.columns),
    ),
    _mistake(
        "units-interleaved",
        "every fourth row is taken for a gate; the rows of a gate stand in one block",
        "Which rows of weight_ih belong to the input gate if H = 3?",
        "Rows 0 to H − 1 are one gate, the next H rows are the next gate.",
        (_SPLIT, "(z[..., k::4] for k in range(4))"),
    ),
    _mistake(
        "split-along-the-examples",
        "z is split along its first axis: right for one example, and not for a batch",
        "What shape has z for a batch? Along which axis do the gates lie?",
        "The gates lie along the last axis, axis=-1, whether there is a batch or not.",
        (_SPLIT, "np.split(z, 4)"), keeps=0.5,
        source="np.split takes axis 0 where none is given",
    ),
    _mistake(
        "tanh-on-the-last-block",
        "tanh is taken of the fourth block and σ of the third; it is the other way round",
        "Which of the four blocks is the candidate?",
        "The order is i, f, g, o: the third is g, and g alone needs a sign.",
        ("tanh(z_g)", "sigmoid(z_g)"), ("sigmoid(z_o)", "tanh(z_o)"),
        source="a cell for the order i f o g, with torch's blocks",
    ),
    _mistake(
        "candidate-with-sigmoid", "σ is taken of all four blocks: the candidate needs tanh",
        "Can your candidate be negative?",
        "σ three times, tanh once: the candidate may add or take away.",
        ("tanh(z_g)", "sigmoid(z_g)"), source=cell_lines.FORUM,
    ),
    _mistake(
        "output-gate-with-tanh", "tanh is taken of the output gate, which needs σ",
        "Can a share be negative?",
        "σ for the three gates, tanh for the candidate alone.",
        ("sigmoid(z_o)", "tanh(z_o)"),
    ),
    _mistake(
        "all-with-tanh", "tanh is taken of all four blocks: the gates need σ",
        "Can a share be negative?",
        "σ for the three gates, tanh for the candidate alone.",
        ("sigmoid(z_i)", "tanh(z_i)"), ("sigmoid(z_f)", "tanh(z_f)"),
        ("sigmoid(z_o)", "tanh(z_o)"),
    ),
    _mistake(
        "candidate-not-squashed", "tanh of the candidate is missing",
        "Can your candidate be larger than 1?",
        "Each of the four blocks goes through a squash: σ, σ, tanh, σ.",
        ("tanh(z_g)", "z_g"),
    ),
    _mistake(
        "forget-bias-added",
        "1 is added to the sum of the forget gate, beside the biases that are given",
        "With all arguments zero, f should be one half. What is yours?",
        "Old TensorFlow adds 1 here. In this course it stands in the bias.",
        ("sigmoid(z_f)", "sigmoid(z_f + 1)"), keeps=0.5,
        source=layer.OLD_TF,
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="packed_lstm_cell",
    right=packed_lstm_cell,
    oracle=cell.packed_lstm_cell,
    outputs={"h": "BH", "c": "BH"},
    cases=cases,
    mistakes=(
        *OWN,
        *conventions.orders(TORCH, _order, "read"),
        *conventions.carry(("return h, c", "return c, h")),
        *(m for m in cell_lines.MISTAKES if m.name != "outputs-in-other-order"),
    ),
    praise="one product makes all four layers, and your cell takes them apart rightly.",
    hints=(
        "What shape has z, and which of its numbers belong to which gate?",
        "z has 4H numbers: H for each of i, f, g, o, in this order. Then all is as before.",
        "Print i, f, g, o for the worked example, and compare them with the chapter's table.",
    ),
    styles=(with_slices, with_one_product, with_einsum, with_the_cell),
)  # fmt: skip
