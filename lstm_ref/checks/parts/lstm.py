"""Assignment 06: `lstm`."""

import numpy as np

from lstm_ref import layer
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import handed_on
from lstm_ref.checks.parts.lstm_cell import lstm_cell
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def lstm(xs, h0, c0, params):
    h, c = h0, c0
    hs = []
    for x in xs:
        h, c = lstm_cell(x, h, c, params)
        hs.append(h)
    return np.stack(hs), h, c


def with_array_filled(xs, h0, c0, params):
    hs = np.zeros((*xs.shape[:-1], h0.shape[-1]))
    h, c = h0.copy(), c0.copy()
    for t in range(len(xs)):
        hs[t], c = lstm_cell(xs[t], h, c, params)
        h = hs[t]
    return hs, hs[-1], c


def with_lists_of_states(xs, h0, c0, params):
    hs, cs = [h0], [c0]
    for x in xs:
        h, c = lstm_cell(x, hs[-1], cs[-1], params)
        hs, cs = [*hs, h], [*cs, c]
    return np.array(hs[1:]), hs[-1], cs[-1]


def with_recursion(xs, h0, c0, params):
    h, c = lstm_cell(xs[0], h0, c0, params)
    if len(xs) == 1:
        return h[None], h, c
    hs, h_n, c_n = with_recursion(xs[1:], h, c, params)
    return np.concatenate([h[None], hs]), h_n, c_n


def with_inputs_at_once(xs, h0, c0, params):
    W, U, b = (np.concatenate([params[f"{kind}_{k}"] for k in "ifog"]) for kind in "WUb")
    from_inputs = np.einsum("ki,t...i->t...k", W, xs) + b
    h, c, hs = h0, c0, []
    for z in from_inputs:
        i, f, o, g = np.split(z + h @ U.T, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        hs.append(h)
    return hs, h, c


def oracle(xs, h0, c0, params):
    return layer.lstm(xs, h0, c0, LSTMParameters.from_gates(params))


def cases(rng):
    one = worked_example
    steps = [2 if s.B == 1 else 6 for s in inputs.SIZES]
    found = [
        Case(s.name, inputs.sequence(rng, s, T), s.single)
        for s, T in zip(inputs.SIZES, steps, strict=True)
    ]
    large = inputs.sequence(rng, inputs.Sizes("", 2, 3, 5), 6, scale=6.0)
    square = inputs.sequence(rng, inputs.Sizes("", 6, 2, 3), 6)
    alone = inputs.sequence(rng, inputs.Sizes("", 2, 4, 3), 1)
    return [
        Case("the worked example", (one.xs, one.h0, one.c0, one.params), single=True),
        Case("large weights", large, single=False),
        Case("as many steps as examples", square, single=False),
        Case("one step alone", alone, single=False),
        *found,
    ]


TIME = handed_on.HandedOn(
    starts=(("h, c = ", "h0", "c0", "\n"),),
    returned="return np.stack(hs), h, c",
    h_n="h",
    c_n="c",
    loop="for x in xs:",
    step="h, c = lstm_cell(x, h, c, params)",
    note="hs.append(h)",
    note_c="hs.append(c)",
)

EXERCISE = Exercise(
    name="lstm",
    right=lstm,
    oracle=oracle,
    outputs={"hs": "TBH", "h_n": "BH", "c_n": "BH"},
    cases=cases,
    mistakes=(
        *handed_on.starts(TIME),
        *handed_on.carried(TIME),
        *handed_on.along(TIME, last="h"),
        *handed_on.ends(TIME),
        Mistake(
            "first-state-for-last",
            "h_n is the hidden state of the first step, not of the last",
            ("Which entry of a list is the last?", "hs[0] is the first, hs[-1] the last."),
            ("np.stack(hs), h, c", "np.stack(hs), hs[0], c"),
        ),
    ),
    praise="your cell runs along the sequence, and each step hands h and c on to the next.",
    hints=(
        "Which two things does each step hand on, and where do the first ones come from?",
        "Begin with h0 and c0. For each x: one call of `lstm_cell`, then note its h.",
        "Print h and c after each step of the worked example, and compare them with the table.",
    ),
    styles=(with_array_filled, with_lists_of_states, with_recursion, with_inputs_at_once),
)
