"""Assignment 05: `torch_to_onnx`, the same weights in another library's order."""

import numpy as np

from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import conventions
from lstm_ref.conventions import ONNX, TORCH, to_onnx
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def torch_to_onnx(weight_ih, weight_hh, bias_ih, bias_hh):
    H = weight_hh.shape[1]
    blocks = np.arange(4 * H).reshape(4, H)
    rows = blocks[[0, 3, 1, 2]].reshape(4 * H)
    W = weight_ih[rows]
    R = weight_hh[rows]
    B = np.concatenate([bias_ih[rows], bias_hh[rows]])
    return W[None], R[None], B[None]


def with_split(weight_ih, weight_hh, bias_ih, bias_hh):
    def reordered(array):
        i, f, g, o = np.split(array, 4)
        return np.concatenate([i, o, f, g])

    W, R = reordered(weight_ih), reordered(weight_hh)
    B = np.concatenate([reordered(bias_ih), reordered(bias_hh)])
    return np.expand_dims(W, 0), np.expand_dims(R, 0), np.expand_dims(B, 0)


def with_slices(weight_ih, weight_hh, bias_ih, bias_hh):
    H = len(bias_ih) // 4
    found = []
    for array in (weight_ih, weight_hh, bias_ih, bias_hh):
        new = np.empty_like(array)
        new[:H], new[H : 2 * H] = array[:H], array[3 * H :]
        new[2 * H : 3 * H], new[3 * H :] = array[H : 2 * H], array[2 * H : 3 * H]
        found.append(new)
    return [found[0][np.newaxis], found[1][np.newaxis], np.hstack(found[2:]).reshape(1, -1)]


def with_lists(weight_ih, weight_hh, bias_ih, bias_hh):
    H = len(bias_ih) // 4
    rows = [k for first in (0, 3 * H, H, 2 * H) for k in range(first, first + H)]
    biases = [bias[k] for bias in (bias_ih, bias_hh) for k in rows]
    return [[weight_ih[k] for k in rows]], [[weight_hh[k] for k in rows]], [biases]


def with_roll(weight_ih, weight_hh, bias_ih, bias_hh):
    def turned(array):
        H = len(array) // 4
        return np.concatenate([array[:H], np.roll(array[H:], H, axis=0)])

    B = np.concatenate([turned(bias_ih), turned(bias_hh)])
    return np.array([turned(weight_ih)]), np.array([turned(weight_hh)]), np.array([B])


def oracle(weight_ih, weight_hh, bias_ih, bias_hh):
    return to_onnx(LSTMParameters(weight_ih, weight_hh, bias_ih, bias_hh))


def cases(rng):
    found = [Case("the worked example", inputs.pack(worked_example.params))]
    for name, I, H in (
        ("four inputs and three units", 4, 3),
        ("as many inputs as units", 3, 3),
        ("one unit", 3, 1),
        ("as many inputs as rows", 8, 2),
    ):
        shapes = (4 * H, I), (4 * H, H), (4 * H,), (4 * H,)
        found.append(Case(name, tuple(inputs.signed(rng, shape, 0.3, 2.0) for shape in shapes)))
    return found


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


def _order(order):
    places = [TORCH.order.index(gate) for gate in order]
    return "[0, 3, 1, 2]", str(places)


_RETURN = "return W[None], R[None], B[None]"
_JOINED = "np.concatenate([bias_ih[rows], bias_hh[rows]])"
_OUT = "Return three arrays, each with the axis that the task names."

MISTAKES = (
    *conventions.orders(ONNX, _order, "put together"),
    _mistake(
        "order-the-other-way",
        "the blocks are moved the other way: as if torch had i o f g, and ONNX i f g o",
        "Which block of torch's is o? Where does it stand in your result?",
        "Read from torch's order, write in ONNX's: the second block of the result is o.",
        ("[0, 3, 1, 2]", "[0, 2, 3, 1]"),
        source="ONNX's i o f c read as where each of torch's blocks goes",
    ),
    _mistake(
        "W-not-reordered", "the rows of R and of the biases are moved, and those of W are not",
        "How many arrays hold four blocks?",
        "All four arrays have the same rows: move them all.",
        ("weight_ih[rows]", "weight_ih"),
    ),
    _mistake(
        "R-not-reordered", "the rows of W and of the biases are moved, and those of R are not",
        "How many arrays hold four blocks?",
        "All four arrays have the same rows: move them all.",
        ("weight_hh[rows]", "weight_hh"),
    ),
    _mistake(
        "biases-not-reordered",
        "the rows of both matrices are moved, and those of the biases are not",
        "How many arrays hold four blocks?",
        "All four arrays have the same rows: move them all.",
        ("bias_ih[rows]", "bias_ih"), ("bias_hh[rows]", "bias_hh"),
    ),
    _mistake(
        "second-bias-not-reordered", "the rows of the second bias are not moved",
        "How many arrays hold four blocks?",
        "All four arrays have the same rows: move them all.",
        ("bias_hh[rows]", "bias_hh"),
    ),
    _mistake(
        "R-from-weight-ih", "R holds the weights of the input: a line was copied",
        "Which of the four arguments do you never use?",
        "W is made of weight_ih, R of weight_hh.",
        ("weight_hh[rows]", "weight_ih[rows]"),
    ),
    _mistake(
        "direction-axis-missing", "the first axis, for the direction, is missing",
        "How many axes has W in the task, and how many has yours?",
        "ONNX keeps both directions in one array. With one direction that axis has length 1.",
        (_RETURN, "return W, R, B"), keeps=0.5,
        source="torch has an array for each direction",
    ),
    _mistake(
        "direction-axis-missing-in-B", "B lacks the first axis, for the direction",
        "How many axes has B in the task, and how many has yours?",
        "All three arrays have that axis.",
        ("B[None]", "B"),
    ),
    _mistake(
        "direction-axis-last", "the axis for the direction stands last, where it should be first",
        "What shape has your W, and what shape should it have?",
        _OUT,
        (_RETURN, "return W[..., None], R[..., None], B[..., None]"),
    ),
    _mistake(
        "matrices-transposed",
        "both matrices are transposed: in ONNX, as in torch, a unit is a row",
        "What shape has your W, and what shape should it have?",
        "Keras keeps a column for each unit. Here nothing is turned over.",
        (_RETURN, "return W.T[None], R.T[None], B[None]"), keeps=0.5,
        source="a column for each unit, as " + conventions.of_kind(lambda one: one.columns),
    ),
    _mistake(
        "biases-added", "the two biases are added; ONNX keeps both, one after the other",
        "How long is B in the task, and how long is yours?",
        "B holds 8H numbers: first those of bias_ih, then those of bias_hh.",
        (_JOINED, "bias_ih[rows] + bias_hh[rows]"), keeps=0.5,
        source="one bias a layer, as " + conventions.of_kind(lambda one: one.biases == "one"),
    ),
    _mistake(
        "biases-added-and-zeros",
        "the sum of the biases stands first, then zeros: the same LSTM, but both biases are asked",
        "Can bias_hh be read from your B again?",
        "B holds 8H numbers: first those of bias_ih, then those of bias_hh.",
        (_JOINED, "np.concatenate([bias_ih[rows] + bias_hh[rows], 0 * bias_hh])"), keeps=0.5,
        source="what converters do for libraries with one bias",
    ),
    _mistake(
        "biases-in-other-order", "the biases are joined in the other order",
        "Which bias belongs to W, and which to R?",
        "First bias_ih, which belongs to W; then bias_hh, which belongs to R.",
        (_JOINED, "np.concatenate([bias_hh[rows], bias_ih[rows]])"),
    ),
    _mistake(
        "biases-joined-gate-by-gate",
        "the biases are joined gate by gate, where each should stay whole",
        "Where in your B do the numbers of bias_hh begin?",
        "First all of bias_ih, in the new order; then all of bias_hh.",
        (_JOINED, "np.stack([bias_ih[rows].reshape(4, H), bias_hh[rows].reshape(4, H)], axis=1)"
         ".reshape(8 * H)"),
    ),
    _mistake(
        "biases-as-two-rows", "the biases stand in two rows, where they should be joined to one",
        "What shape has your B, and what shape should it have?",
        "One function joins arrays end to end, another lays them upon each other. Which is it?",
        (_JOINED, "np.stack([bias_ih[rows], bias_hh[rows]])"),
    ),
    _mistake(
        "first-bias-twice", "B holds bias_ih twice: a line was copied",
        "Which of the four arguments do you never use?",
        "First bias_ih, which belongs to W; then bias_hh, which belongs to R.",
        ("bias_hh[rows]", "bias_ih[rows]"),
    ),
    _mistake(
        "units-interleaved",
        "the rows are dealt out unit by unit; the rows of a gate stand in one block",
        "Which gate do the first H rows of your W belong to?",
        "Blocks of H rows are moved as a whole.",
        ("[[0, 3, 1, 2]].reshape", "[[0, 3, 1, 2]].T.reshape"),
    ),
    _mistake(
        "four-rows-alone", "four single rows are taken, not four blocks of H rows",
        "How many rows has your W, and how many should it have?",
        "W[[0, 3, 1, 2]] picks four rows. With H units each block has H of them.",
        ("blocks[[0, 3, 1, 2]].reshape(4 * H)", "[0, 3, 1, 2]"),
        source="fancy indexing picks rows, not blocks",
    ),
    _mistake(
        "W-and-R-swapped", "W and R are returned in the other order",
        "Which of the two has I columns?",
        "First W, for the input; then R, for the hidden state.",
        (_RETURN, "return R[None], W[None], B[None]"),
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="torch_to_onnx",
    right=torch_to_onnx,
    oracle=oracle,
    outputs={"W": "DKI", "R": "DKH", "B": "DK"},
    cases=cases,
    mistakes=MISTAKES,
    praise="your weights mean the same to ONNX as they do to torch.",
    hints=(
        "In which order has torch the four blocks, and in which order does ONNX want them?",
        "torch keeps i f g o, ONNX keeps i o f c, where c is our g. Blocks of H rows move.",
        "Split into four, join them anew, then the first axis: `[None]`. B is two biases long.",
    ),
    styles=(with_split, with_slices, with_lists, with_roll),
)  # fmt: skip
