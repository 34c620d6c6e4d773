"""Assignment 05: `lstm_cell`."""

import numpy as np

from lstm_ref import cell
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import layer
from lstm_ref.checks.parts.sigmoid import sigmoid
from lstm_ref.checks.parts.tanh import tanh
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


def oracle(x, h_prev, c_prev, params):
    return cell.lstm_cell(x, h_prev, c_prev, LSTMParameters.from_gates(params))


def cases(rng):
    example = worked_example
    first = (example.xs[0], example.h0, example.c0, example.params)
    found = [Case("the worked example, step 1", first, single=True)]
    found += [Case(s.name, inputs.step(rng, s), s.single) for s in inputs.SIZES]
    large = inputs.step(rng, inputs.Sizes("", 2, 3, 5), scale=6.0)
    return [*found, Case("large weights", large, single=False)]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_FORUM = "seen in cells posted on forums and in blog posts"

OWN = (
    _mistake(
        "h-without-tanh",
        "h is o times the memory itself: tanh is missing",
        "Can your h become larger than 1?",
        "The memory is squashed on its way out, and there alone.",
        ("tanh(c)", "c"),
        source=_FORUM,
    ),
    _mistake(
        "h-from-old-memory",
        "h is made from the old memory, before this step changed it",
        "Which of the two memories does the output gate show?",
        "First c is made, then h is made from it.",
        ("tanh(c)", "tanh(c_prev)"),
        source=_FORUM,
    ),
    _mistake(
        "input-gate-added",
        "i and g are added where they should be multiplied",
        "If the input gate is shut, what does your cell write?",
        "The input gate is a share of the candidate: a product.",
        ("i * g", "i + g"),
        source=_FORUM,
    ),
    _mistake(
        "i-and-f-swapped",
        "the input gate and the forget gate are swapped",
        "Which gate decides what is kept of the old memory?",
        "f goes with c_prev, i with g.",
        ("f * c_prev + i * g", "i * c_prev + f * g"),
        source="the blocks i f g o read as f i g o",
    ),
    _mistake(
        "coupled-gates",
        "the input gate is 1 − f: it has no weights of its own in yours",
        "Which three arrays does your cell never use?",
        "Coupled gates are another cell. Here the input gate is a layer of its own.",
        ("i * g", "(1 - f) * g"),
        source="the coupled gates of Greff et al. (2017), CIFG, and the GRU",
    ),
    _mistake(
        "memory-squashed",
        "tanh is taken of the new memory before it is handed on",
        "Can your memory hold a 3?",
        "c itself is never squashed, else it could not count. tanh is on the way to h alone.",
        ("f * c_prev + i * g", "tanh(f * c_prev + i * g)"),
        source=_FORUM,
    ),
    _mistake(
        "outputs-in-other-order",
        "the two results come in the other order: (c, h) in place of (h, c)",
        "In which order does the task ask for them?",
        "Return h first, as torch does. (Keras and Flax keep them in other orders.)",
        ("return h, c", "return c, h"),
        keeps=0.5,
        source="Flax's carry is (c, h)",
    ),
    _mistake(
        "h-twice",
        "h is returned twice, in the place of c, too",
        "What does the next step need beside h?",
        "Return both: h goes up and on, c goes on.",
        ("return h, c", "return h, h"),
    ),
    _mistake(
        "forget-gate-left-out",
        "the old memory is kept whole: this is the cell of 1997, without a forget gate",
        "With f = 0, is the old memory gone in yours?",
        "Multiply c_prev by f.",
        ("f * c_prev", "c_prev"),
        source="the LSTM of 1997 (Hochreiter and Schmidhuber)",
    ),
    _mistake(
        "input-gate-left-out",
        "the candidate is written whole: the input gate plays no part",
        "With i = 0, does your cell write nothing?",
        "Multiply g by i.",
        ("i * g", "g"),
    ),
    _mistake(
        "output-gate-left-out",
        "the memory is shown whole: the output gate plays no part",
        "With o = 0, is h zero in yours?",
        "Multiply tanh(c) by o.",
        ("o * tanh(c)", "tanh(c)"),
    ),
    _mistake(
        "output-gate-inside",
        "the output gate is multiplied before tanh is taken",
        "With o = 0.5 and a large memory, what should h be?",
        "First tanh, then the share of it.",
        ("o * tanh(c)", "tanh(o * c)"),
    ),
    _mistake(
        "bias-from-another-gate",
        "the output gate has the bias of the input gate: a line was copied",
        "Compare the letters in each of the four lines.",
        "Each line has its own W, U and b.",
        ('params["b_o"]', 'params["b_i"]'),
        source=_FORUM,
    ),
    _mistake(
        "weights-from-another-gate",
        "the forget gate has the input weights of the input gate: a line was copied",
        "Compare the letters in each of the four lines.",
        "Each line has its own W, U and b.",
        ('params["W_f"]', 'params["W_i"]'),
        source=_FORUM,
    ),
    _mistake(
        "memory-for-hidden-state",
        "the gates read the memory c_prev where they should read h_prev",
        "What do the gates look at beside x?",
        "They read the hidden state. (Peepholes read the memory, too: another cell.)",
        *((f'h_prev @ params["U_{k}"]', f'c_prev @ params["U_{k}"]') for k in "ifgo"),
        source=_FORUM,
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
    styles=(with_one_product, with_a_loop_over_gates),
)
