"""Assignment 06: `bidirectional_lstm`, a sequence read from both ends."""

import numpy as np

from lstm_ref import stack
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families import directions, handed_on
from lstm_ref.checks.parts.lstm import lstm
from lstm_ref.checks.parts.lstm_cell import lstm_cell
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def bidirectional_lstm(xs, h0, c0, forward, backward):
    hs_f, h_f, c_f = lstm(xs, h0[0], c0[0], forward)
    hs_b, h_b, c_b = lstm(xs[::-1], h0[1], c0[1], backward)
    hs = np.concatenate([hs_f, hs_b[::-1]], axis=-1)
    h_n = np.stack([h_f, h_b])
    c_n = np.stack([c_f, c_b])
    return hs, h_n, c_n


def with_two_loops(xs, h0, c0, forward, backward):
    T, H = len(xs), h0.shape[-1]
    hs = np.zeros((*xs.shape[:-1], 2 * H))
    h, c = h0.copy(), c0.copy()
    for t in range(T):
        h[0], c[0] = lstm_cell(xs[t], h[0], c[0], forward)
        hs[t, ..., :H] = h[0]
    for t in range(T - 1, -1, -1):
        h[1], c[1] = lstm_cell(xs[t], h[1], c[1], backward)
        hs[t, ..., H:] = h[1]
    return hs, h, c


def with_flip(xs, h0, c0, forward, backward):
    onward = lstm(xs, h0[0], c0[0], forward)
    from_end = lstm(np.flip(xs, axis=0), h0[1], c0[1], backward)
    hs = [np.hstack([a, b]) for a, b in zip(onward[0], np.flip(from_end[0], axis=0), strict=True)]
    return hs, [onward[1], from_end[1]], [onward[2], from_end[2]]


def with_one_loop(xs, h0, c0, forward, backward):
    (h_f, h_b), (c_f, c_b) = h0, c0
    hs_f = []
    hs_b = []
    for x, last in zip(xs, reversed(xs), strict=True):
        h_f, c_f = lstm_cell(x, h_f, c_f, forward)
        h_b, c_b = lstm_cell(last, h_b, c_b, backward)
        hs_f.append(h_f)
        hs_b.append(h_b)
    return np.concatenate([hs_f, hs_b[::-1]], axis=-1), np.array([h_f, h_b]), np.array([c_f, c_b])


def oracle(xs, h0, c0, forward, backward):
    one, other = LSTMParameters.from_gates(forward), LSTMParameters.from_gates(backward)
    if xs.ndim == 3:
        return stack.bidirectional_lstm(xs, h0, c0, one, other)
    hs, h_n, c_n = stack.bidirectional_lstm(xs[:, None], h0[:, None], c0[:, None], one, other)
    return hs[:, 0], h_n[:, 0], c_n[:, 0]


def drawn(rng, sizes, T, scale=1.0):
    xs = inputs.signed(rng, (T, *sizes.batch, sizes.I), 0.4, 1.6)
    h0, c0 = inputs.states(rng, (2, *sizes.batch, sizes.H))
    return xs, h0, c0, *(inputs.gates(rng, sizes.I, sizes.H, scale) for _ in range(2))


def cases(rng):
    one = worked_example
    states = np.stack([one.h0, one.h0[::-1]]), np.stack([one.c0, one.c0[::-1]])
    above = {name: array[::-1] for name, array in one.params.items()}
    first = one.xs, *states, one.params, above
    found = [Case("the worked example, and a second layer that reads it back", first, single=True)]
    large = drawn(rng, inputs.Sizes("", 3, 2, 4), 3, scale=6.0)
    found.append(Case("large weights, as many steps as examples", large, single=False))
    for sizes in inputs.SIZES:
        T = 5 if sizes.B == 2 else 1 if sizes.B == 1 else 3
        found.append(Case(sizes.name, drawn(rng, sizes, T), sizes.single))
    return found


BOTH = handed_on.HandedOn(
    starts=(
        ("lstm(xs, ", "h0[0]", "c0[0]", ", forward)"),
        ("lstm(xs[::-1], ", "h0[1]", "c0[1]", ", backward)"),
    ),
    returned="return hs, h_n, c_n",
    h_n="h_n",
    c_n="c_n",
)


EXERCISE = Exercise(
    name="bidirectional_lstm",
    right=bidirectional_lstm,
    oracle=oracle,
    outputs={"hs": "TBH", "h_n": "LBH", "c_n": "LBH"},
    cases=cases,
    mistakes=(*directions.MISTAKES, *handed_on.starts(BOTH), *handed_on.ends(BOTH)),
    praise="both directions read the sequence, and at each step both have seen their side of it.",
    hints=(
        "What has each direction seen when it comes to step t?",
        "Two calls of `lstm`: one on xs, one on xs from its end. Then turn the second's outputs.",
        "Check one row: the first of hs holds forward after one step, backward after all of them.",
    ),
    styles=(with_two_loops, with_flip, with_one_loop),
    uses=("lstm",),
)
