# mypy: allow-untyped-defs, allow-untyped-decorators
"""Assignment 02, the forget gate: `forget_gate` and `keep`.

Every wrong function here stands by itself (NumPy and σ are all that it uses), so that its
source can be handed in as a student's answer when the course tests its own grading. They
are written as students write: with no types.
"""

from typing import Any

import numpy as np

from lstm_ref import gates
from lstm_ref.activations import sigmoid
from lstm_ref.checks.exercise import Case, Exercise


def _gate_inputs(rng: np.random.Generator) -> list[Case]:
    """Cases for one gate; plain ones first. Weights reach the curved part of σ."""

    def arguments(batch: tuple[int, ...], I: int, H: int, scale: float = 1.0) -> tuple[Any, ...]:
        shapes = [(*batch, I), (*batch, H), (H, I), (H, H), (H,)]
        x, h_prev, W, U, b = (rng.uniform(0.4, 1.6, shape) for shape in shapes)
        x, h_prev, W, U, b = (a * rng.choice([-1, 1], a.shape) for a in (x, h_prev, W, U, b))
        return x, h_prev * 0.6, W * scale, U * scale, b * scale

    huge = arguments((2,), 2, 3)
    return [
        Case("one unit and one example", arguments((1,), 2, 1)),
        Case("one example without a batch", arguments((), 4, 3)),
        Case("a batch of two examples", arguments((2,), 4, 3)),
        Case("as many examples as units", arguments((3,), 2, 3)),
        Case("as many inputs as units and examples", arguments((3,), 3, 3)),
        Case("sums of around ±1000", (*huge[:4], np.array([1000.0, -1000.0, 1000.0]))),
        Case("large weights", arguments((2,), 3, 5, scale=8.0)),
    ]


FORGET_GATE = Exercise(
    name="forget_gate",
    assignment="02-forget-gate",
    arguments=("x", "h_prev", "W_f", "U_f", "b_f"),
    outputs=("f",),
    reference=gates.forget_gate,
    inputs=_gate_inputs,
    praise="your forget gate opens and closes as it should, for one example and for a batch.",
    hints=(
        "Which three numbers are added for each unit before σ is taken?",
        "x goes through W_f, h_prev through U_f; then comes b_f, then σ.",
        "f = sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)",
    ),
)


@FORGET_GATE.right_answer
def with_einsum(x, h_prev, W_f, U_f, b_f):
    z = np.einsum("...i,hi->...h", x, W_f) + np.einsum("...k,hk->...h", h_prev, U_f) + b_f
    return sigmoid(z)


@FORGET_GATE.right_answer
def with_concatenated_weights(x, h_prev, W_f, U_f, b_f):
    both = np.concatenate([x, h_prev], axis=-1)
    weights = np.hstack([W_f, U_f])
    return sigmoid(np.dot(both, weights.T) + b_f)


@FORGET_GATE.right_answer
def with_loops(x, h_prev, W_f, U_f, b_f):
    x, h_prev = np.asarray(x), np.asarray(h_prev)
    if x.ndim == 2:
        return np.array([with_loops(x[k], h_prev[k], W_f, U_f, b_f) for k in range(len(x))])
    f = []
    for unit in range(len(b_f)):
        z = b_f[unit]
        for k in range(len(x)):
            z += W_f[unit, k] * x[k]
        for k in range(len(h_prev)):
            z += U_f[unit, k] * h_prev[k]
        f.append(float(sigmoid(z)))
    return np.array(f)


@FORGET_GATE.right_answer
def with_columns(x, h_prev, W_f, U_f, b_f):
    z = (W_f @ x.T + U_f @ h_prev.T).T + b_f
    return (0.5 * (1 + np.tanh(z / 2))).astype(np.float32)


@FORGET_GATE.mistake(
    "the bias b_f is missing",
    "Set x and h_prev to zero. What should f be then, and what is yours?",
    "One of the five arguments is never used.",
)
def bias_missing(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + h_prev @ U_f.T)


@FORGET_GATE.mistake(
    "the bias b_f is subtracted",
    "A positive forget bias should open the gate. Does yours?",
    "Look at the sign in front of b_f.",
)
def bias_subtracted(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + h_prev @ U_f.T - b_f)


@FORGET_GATE.mistake(
    "the bias is added to the hidden state, before U_f is applied",
    "How many weights does b_f meet on its way to z?",
    "The bias is added last: no matrix touches it.",
)
def bias_inside_product(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + (h_prev + b_f) @ U_f.T)


@FORGET_GATE.mistake(
    "tanh stands where σ should",
    "Can a share of the memory be negative?",
    "A gate needs a number from 0 to 1. tanh gives -1 to 1; which function gives 0 to 1?",
)
def tanh_for_sigmoid(x, h_prev, W_f, U_f, b_f):
    return np.tanh(x @ W_f.T + h_prev @ U_f.T + b_f)


@FORGET_GATE.mistake(
    "σ is missing: the weighted sum itself is returned",
    "Is every number that you return between 0 and 1?",
    "The weighted sum z can be any number. What squashes it into a share?",
)
def no_activation(x, h_prev, W_f, U_f, b_f):
    return x @ W_f.T + h_prev @ U_f.T + b_f


@FORGET_GATE.mistake(
    "σ is taken twice",
    "What is the smallest f that your function can give? Try a very negative z.",
    "σ of a number from 0 to 1 is never below 0.5, so your gate can never close.",
)
def sigmoid_twice(x, h_prev, W_f, U_f, b_f):
    return sigmoid(sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f))


@FORGET_GATE.mistake(
    "σ is taken of each product, and the results are added",
    "Can your f become larger than 1?",
    "First add all three parts. Then take σ, once.",
)
def sigmoid_of_each(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T) + sigmoid(h_prev @ U_f.T) + b_f


@FORGET_GATE.mistake(
    "this is 1 − f, the share that is forgotten (σ(−z) is the same)",
    "If f = 1, is the memory kept or lost?",
    "Despite its name, the forget gate says what is kept: 1 keeps all.",
)
def share_forgotten(x, h_prev, W_f, U_f, b_f):
    return 1 - sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)


@FORGET_GATE.mistake(
    "the input x plays no part",
    "Change x and keep the rest. Does your f change?",
    "The gate looks at two things: the input now, and the hidden state before.",
)
def x_ignored(x, h_prev, W_f, U_f, b_f):
    return sigmoid(h_prev @ U_f.T + b_f)


@FORGET_GATE.mistake(
    "the previous hidden state h_prev plays no part",
    "Change h_prev and keep the rest. Does your f change?",
    "Without h_prev the gate knows nothing of what came before.",
)
def h_ignored(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + b_f)


@FORGET_GATE.mistake(
    "U_f is used the wrong way round (transposed)",
    "U_f is square, so both ways run. Which index of U_f is the unit that you calculate?",
    "Row k of U_f holds the weights of unit k. With examples in rows, that is h_prev @ U_f.T.",
)
def U_transposed(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f.T + h_prev @ U_f + b_f)


@FORGET_GATE.mistake(
    "W_f is used the wrong way round (transposed)",
    "W_f has shape (H, I), x has (B, I). Which axis of W_f should meet the I of x?",
    "The last axis of x meets the first of what stands right of @. So W_f must be turned.",
)
def W_transposed(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f + h_prev @ U_f.T + b_f)


@FORGET_GATE.convention(
    "both matrices are used as (inputs, units), Keras's way; here they are (units, inputs)",
    "What shape has W_f here? Print it.",
    "In this course, as in torch, each row of a matrix holds the weights of one unit.",
)
def columns_for_rows(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ W_f + h_prev @ U_f + b_f)


@FORGET_GATE.mistake(
    "W_f and U_f are swapped: x goes through U_f, and h_prev through W_f",
    "Which matrix has as many columns as x has numbers?",
    "W_f (H, I) belongs to the input, U_f (H, H) to the hidden state.",
)
def W_and_U_swapped(x, h_prev, W_f, U_f, b_f):
    return sigmoid(x @ U_f.T + h_prev @ W_f.T + b_f)


@FORGET_GATE.mistake(
    "right for moderate sums, but nan or an error for large ones",
    "What is exp(1000) in floating point? And that number divided by itself?",
    "exp(z) / (1 + exp(z)) overflows. The sigmoid that is given is safe everywhere.",
    keeps=0.5,
)
def overflow(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return np.exp(z) / (1 + np.exp(z))


@FORGET_GATE.mistake(
    "softmax stands where σ should: the units share one whole",
    "Can two units both keep all of their memory in your version?",
    "Softmax makes the shares add up to 1. Each unit has a gate of its own, so use σ.",
)
def softmax_for_sigmoid(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@FORGET_GATE.mistake(
    "the gate is rounded to 0 or 1",
    "Can your gate keep half of a memory?",
    "A gate passes a share. Rounding also leaves no slope to learn from.",
)
def hard_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return (z > 0).astype(float)


@FORGET_GATE.mistake(
    "all units get the same share, the mean over the units",
    "Can one unit forget while another remembers?",
    "There is one gate value per unit: do not average over the last axis.",
)
def one_gate_for_all(x, h_prev, W_f, U_f, b_f):
    f = sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)
    return np.broadcast_to(f.mean(axis=-1, keepdims=True), f.shape)


def _keep_inputs(rng: np.random.Generator) -> list[Case]:
    def arguments(*shape: int) -> tuple[Any, ...]:
        c_prev = rng.uniform(0.5, 2.5, shape) * rng.choice([-1, 1], shape)
        return rng.uniform(0.1, 0.9, shape), c_prev

    return [
        Case("one unit and one example", arguments(1, 1)),
        Case("one example without a batch", arguments(3)),
        Case("a batch of two examples", arguments(2, 4)),
        Case("as many examples as units", arguments(3, 3)),
        Case("gates that are fully open or shut", (np.array([0.0, 1.0]), arguments(2)[1])),
        Case("a large memory", (arguments(2, 3)[0], arguments(2, 3)[1] * 40)),
    ]


KEEP = Exercise(
    name="keep",
    assignment="02-forget-gate",
    arguments=("f", "c_prev"),
    outputs=("what is left",),
    reference=gates.keep,
    inputs=_keep_inputs,
    praise="each unit keeps its own share of its own memory.",
    hints=(
        "What is 75 % of 2? Which operation did you use?",
        "Each unit has its own share and its own memory: go unit by unit.",
        "f * c_prev",
    ),
)


@KEEP.right_answer
def with_multiply(f, c_prev):
    return np.multiply(c_prev, f)


@KEEP.right_answer
def with_complement(f, c_prev):
    return c_prev - (1 - f) * c_prev


@KEEP.mistake(
    "this is (1 − f) of the memory, the part that should be lost",
    "If f = 1, how much is left in your version?",
    "f is the share that is kept.",
)
def keeps_the_rest(f, c_prev):
    return (1 - f) * c_prev


@KEEP.mistake(
    "f is added to the memory where it should multiply",
    "If f = 0, nothing should be left. What is left in your version?",
    "A share of something is a product.",
)
def added(f, c_prev):
    return f + c_prev


@KEEP.mistake(
    "f is subtracted from the memory where it should multiply",
    "If f = 1, all should be kept. What is left in your version?",
    "A share of something is a product.",
)
def subtracted(f, c_prev):
    return c_prev - f


@KEEP.mistake(
    "the memory is divided by f where it should be multiplied",
    "If f = 0.5, is your memory smaller afterwards, or larger?",
    "A share of something is a product.",
)
def divided(f, c_prev):
    with np.errstate(divide="ignore"):
        return c_prev / f


@KEEP.mistake(
    "the memory comes out as it went in: f plays no part",
    "Try f = 0. What should be left?",
    "Use both arguments.",
)
def memory_unchanged(f, c_prev):
    return np.array(c_prev)


@KEEP.mistake(
    "the gate f is returned, not what is left of the memory",
    "f is a share. A share of what?",
    "Use both arguments.",
)
def gate_returned(f, c_prev):
    return np.array(f)


@KEEP.mistake(
    "the memory is squashed by tanh before it is kept",
    "With f = 1, does a memory of 2 stay 2 in your version?",
    "Only the forget gate sits on this stretch of the line. tanh comes later, at the output.",
)
def memory_squashed(f, c_prev):
    return f * np.tanh(c_prev)


@KEEP.mistake(
    "σ is taken of f once more",
    "With f = 0, is nothing left in your version?",
    "f is a share already; σ was taken in forget_gate.",
)
def sigmoid_again(f, c_prev):
    return sigmoid(f) * c_prev


@KEEP.mistake(
    "the units are mixed: this is a matrix product, not a product unit by unit",
    "What shape do you return for one example of three units?",
    "`@` and np.dot add over the units. Each unit should keep its own memory: use `*`.",
)
def dot_product(f, c_prev):
    return np.dot(f, c_prev)


@KEEP.mistake(
    "the share is rounded to 0 or 1",
    "Can your version keep half of a memory?",
    "A gate passes any share from 0 to 1.",
)
def all_or_nothing(f, c_prev):
    return np.round(f) * c_prev


EXERCISES = (FORGET_GATE, KEEP)
