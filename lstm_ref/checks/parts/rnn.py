"""Assignment 01: `rnn`, the plain recurrent network along a sequence."""

import numpy as np

from lstm_ref.cells import CELLS, PlainParameters
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import sequences
from lstm_ref.checks.parts.rnn_step import rnn_step
from lstm_ref.datasets import worked_example

LOOP = sequences.Loop(("h",), ("h0",), "rnn_step(x, h, W, U, b)")


def rnn(xs, h0, W, U, b):
    h = h0
    hs = []
    for x in xs:
        h = rnn_step(x, h, W, U, b)
        hs.append(h)
    return np.stack(hs)


def with_an_array(xs, h0, W, U, b):
    hs = np.zeros((len(xs), *h0.shape))
    for t in range(len(xs)):
        hs[t] = rnn_step(xs[t], hs[t - 1] if t else h0, W, U, b)
    return hs


def with_recursion(xs, h0, W, U, b):
    if len(xs) == 0:
        return []
    h = rnn_step(xs[0], h0, W, U, b)
    return [h, *with_recursion(xs[1:], h, W, U, b)]


def with_inputs_first(xs, h0, W, U, b):
    from_inputs = xs @ W.T + b
    hs = [h0]
    for z in from_inputs:
        hs.append(np.tanh(z + hs[-1] @ U.T))
    return np.array(hs[1:])


def with_accumulate(xs, h0, W, U, b):
    from itertools import accumulate

    steps = accumulate(xs, lambda h, x: rnn_step(x, h, W, U, b), initial=h0)
    return np.stack(list(steps)[1:])


def oracle(xs, h0, W, U, b):
    params = PlainParameters(W, U, b, np.zeros_like(b))
    hs, _, _ = CELLS["plain"].forward(xs, (h0,), params)
    return hs


def cases(rng):
    weights = [worked_example.params[f"{kind}_g"] for kind in "WUb"]
    found = [Case("the worked example", (worked_example.xs, worked_example.h0, *weights), True)]
    for sizes in (*inputs.SIZES, inputs.Sizes("as many steps as examples", 6, 4, 3)):
        _, h0, W, U, b = inputs.layer(rng, sizes)
        xs = inputs.signed(rng, (6, *sizes.batch, sizes.I), 0.4, 1.6)
        found.append(Case(sizes.name, (xs, h0, W, U, b), sizes.single))
    _, h0, W, U, b = inputs.layer(rng, inputs.Sizes("", 2, 3, 5), scale=6.0)
    xs = inputs.signed(rng, (7, 2, 3), 0.4, 1.6)
    return [*found, Case("large weights", (xs, h0, W, U, b), single=False)]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


OWN = (
    _mistake(
        "old-state-added",
        "the old state is added to the new one at each step",
        "Can your h become larger than 1?",
        "The step makes the new state whole: it takes the place of the old one.",
        ("h = rnn_step", "h = h + rnn_step"),
        source="the residual connection of other networks",
    ),
    _mistake(
        "mean-of-the-states",
        "the states are averaged over time",
        "What should the first axis of the result count?",
        "Return all that the list holds, one state for each step.",
        ("np.stack(hs)", "np.mean(hs, axis=0)"),
    ),
)

EXERCISE = Exercise(
    name="rnn",
    right=rnn,
    oracle=oracle,
    outputs={"hs": "TBH"},
    cases=cases,
    mistakes=(*sequences.mistakes(LOOP), *OWN),
    praise="your network reads step by step, and hands its state on.",
    hints=(
        "What does the second step need that the first one made?",
        "Begin with h0. At each step: take the step, keep the new state, append it.",
        "Print the shape of each state and of the result: (T, B, H) is asked for.",
    ),
    uses=("rnn_step",),
    styles=(with_an_array, with_recursion, with_inputs_first, with_accumulate),
)
