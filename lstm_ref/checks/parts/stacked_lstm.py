"""Assignment 06: `stacked_lstm`, layers one above the other."""

import numpy as np

from lstm_ref import stack
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import depth, handed_on
from lstm_ref.checks.parts.lstm import lstm
from lstm_ref.checks.parts.lstm_cell import lstm_cell
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def stacked_lstm(xs, h0, c0, layers):
    hs = xs
    h_n, c_n = [], []
    for k, params in enumerate(layers):
        hs, h, c = lstm(hs, h0[k], c0[k], params)
        h_n.append(h)
        c_n.append(c)
    return hs, np.stack(h_n), np.stack(c_n)


def with_zip(xs, h0, c0, layers):
    ends = []
    for params, h, c in zip(layers, h0, c0, strict=True):
        xs, *end = lstm(xs, h, c, params)
        ends.append(end)
    h_n, c_n = zip(*ends, strict=True)
    return xs, np.array(h_n), np.array(c_n)


def with_recursion(xs, h0, c0, layers):
    hs, h, c = lstm(xs, h0[0], c0[0], layers[0])
    if len(layers) == 1:
        return hs, h[None], c[None]
    hs, h_n, c_n = with_recursion(hs, h0[1:], c0[1:], layers[1:])
    return hs, np.concatenate([h[None], h_n]), np.concatenate([c[None], c_n])


def with_all_layers_at_each_step(xs, h0, c0, layers):
    h, c = h0.copy(), c0.copy()
    hs = []
    for x in xs:
        for k in range(len(layers)):
            h[k], c[k] = lstm_cell(x if k == 0 else h[k - 1], h[k], c[k], layers[k])
        hs.append(h[-1].copy())
    return hs, h, c


def memory_handed_up(xs, h0, c0, layers):
    h, c = h0.copy(), c0.copy()
    hs = []
    for x in xs:
        for k in range(len(layers)):
            h[k], c[k] = lstm_cell(x if k == 0 else c[k - 1], h[k], c[k], layers[k])
        hs.append(h[-1].copy())
    return np.stack(hs), h, c


def oracle(xs, h0, c0, layers):
    packed = [LSTMParameters.from_gates(params) for params in layers]
    if xs.ndim == 3:
        return stack.stacked_lstm(xs, h0, c0, packed)
    hs, h_n, c_n = stack.stacked_lstm(xs[:, None], h0[:, None], c0[:, None], packed)
    return hs[:, 0], h_n[:, 0], c_n[:, 0]


def drawn(rng, sizes, T, L, scale=1.0):
    """Draw xs, h0, c0 and the parameters of L layers, the first of which reads I numbers."""
    xs = inputs.signed(rng, (T, *sizes.batch, sizes.I), 0.4, 1.6)
    h0, c0 = inputs.states(rng, (L, *sizes.batch, sizes.H))
    reads = (sizes.I, *(sizes.H for _ in range(L - 1)))
    return xs, h0, c0, [inputs.gates(rng, I, sizes.H, scale) for I in reads]


def cases(rng):
    one = worked_example
    states = np.stack([one.h0, one.h0[::-1]]), np.stack([one.c0, one.c0[::-1]])
    above = {name: array[::-1] for name, array in one.params.items()}
    first = one.xs, *states, [one.params, above]
    found = [Case("the worked example, and a layer above it", first, single=True)]
    for sizes in inputs.SIZES:
        T = 5 if sizes.B == 2 else 3 if sizes.B else 2
        found.append(Case(sizes.name, drawn(rng, sizes, T, 3), sizes.single))
    large = drawn(rng, inputs.Sizes("", 3, 2, 4), 3, 2, scale=6.0)
    alone = drawn(rng, inputs.Sizes("", 2, 4, 3), 2, 1)
    return [
        *found,
        Case("large weights, as many steps as examples", large, single=False),
        Case("one layer alone", alone, single=False),
    ]


DEPTH = handed_on.HandedOn(
    starts=(("lstm(hs, ", "h0[k]", "c0[k]", ", params)"),),
    returned="return hs, np.stack(h_n), np.stack(c_n)",
    h_n="np.stack(h_n)",
    c_n="np.stack(c_n)",
)


EXERCISE = Exercise(
    name="stacked_lstm",
    right=stacked_lstm,
    oracle=oracle,
    outputs={"hs": "TBH", "h_n": "LBH", "c_n": "LBH"},
    cases=cases,
    mistakes=(
        *depth.MISTAKES,
        *handed_on.starts(DEPTH),
        *handed_on.ends(DEPTH),
        Mistake(
            "memory-handed-up",
            "a layer reads the memory c of the layer below, not its hidden state h",
            ("What does a layer show to the one above it?", "h goes up and on, c goes on only."),
            wrong=memory_handed_up,
            source="“output and cell state are transferred to the next layer”, in many texts",
        ),
    ),
    praise="each layer reads the hidden states of the one below, and keeps states of its own.",
    hints=(
        "What does the second layer read, and which states does it start with?",
        "For each layer: one call of `lstm` on the hs so far; then note its h and c.",
        "Try two layers on the worked example. Its first layer's h_n is in the chapter's table.",
    ),
    styles=(with_zip, with_recursion, with_all_layers_at_each_step),
    uses=("lstm",),
)
