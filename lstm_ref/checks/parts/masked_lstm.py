"""Assignment 06: `masked_lstm`, sequences of different length in one batch."""

import numpy as np

from lstm_ref import stack
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families import handed_on, masks
from lstm_ref.checks.parts.lstm import lstm
from lstm_ref.checks.parts.lstm_cell import lstm_cell
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def masked_lstm(xs, lengths, h0, c0, params):
    h, c = h0, c0
    hs = []
    for t, x in enumerate(xs):
        live = (t < np.array(lengths))[:, None]
        h_new, c_new = lstm_cell(x, h, c, params)
        h = np.where(live, h_new, h)
        c = np.where(live, c_new, c)
        hs.append(np.where(live, h, 0))
    return np.stack(hs), h, c


def with_each_sequence_alone(xs, lengths, h0, c0, params):
    hs = np.zeros((*xs.shape[:2], h0.shape[1]))
    h_n, c_n = np.zeros_like(h0), np.zeros_like(c0)
    for b, length in enumerate(lengths):
        hs[:length, b], h_n[b], c_n[b] = lstm(xs[:length, b], h0[b], c0[b], params)
    return hs, h_n, c_n


def with_states_picked(xs, lengths, h0, c0, params):
    h, c, hs, cs = h0, c0, [], []
    for x in xs:
        h, c = lstm_cell(x, h, c, params)
        hs.append(h)
        cs.append(c)
    ends = np.array(lengths) - 1, np.arange(len(lengths))
    live = np.arange(len(xs))[:, None] < np.asarray(lengths)
    return np.array(hs) * live[..., None], np.array(hs)[ends], np.array(cs)[ends]


def with_sorted_lengths(xs, lengths, h0, c0, params):
    order = np.argsort(lengths)[::-1]
    back = np.argsort(order)
    h, c = h0[order], c0[order]
    hs = np.zeros((*xs.shape[:2], h0.shape[1]))
    for t in range(max(lengths)):
        n = sum(length > t for length in lengths)
        h[:n], c[:n] = lstm_cell(xs[t][order[:n]], h[:n], c[:n], params)
        hs[t, :n] = h[:n]
    return hs[:, back], h[back], c[back]


def with_products(xs, lengths, h0, c0, params):
    mask = np.array([[[float(t < n)] for n in lengths] for t in range(len(xs))])
    h, c, hs = h0, c0, []
    for x, m in zip(xs, mask, strict=True):
        new = lstm_cell(x, h, c, params)
        h, c = m * new[0] + (1 - m) * h, m * new[1] + (1 - m) * c
        hs.append(m * h)
    return hs, h, c


def oracle(xs, lengths, h0, c0, params):
    return stack.masked_lstm(xs, lengths, h0, c0, LSTMParameters.from_gates(params))


def cases(rng):
    one = worked_example
    # As in the chapter: sequence A, and B, which is A cut after its first step.
    xs, h0, c0 = (np.stack([array] * 2, axis=-2) for array in (one.xs, one.h0, one.c0))
    found = [Case("the worked example, and its first step", (xs, [3, 1], h0, c0, one.params))]

    def drawn(name, lengths, I, H, T, scale=1.0):
        sequence = inputs.sequence(rng, inputs.Sizes(name, len(lengths), I, H), T, scale)
        found.append(Case(name, (sequence[0], lengths, *sequence[1:])))

    drawn("four sequences", np.array([4, 2, 5, 3]), 2, 3, 5)
    drawn("as many units as examples", [3, 2, 4], 2, 3, 5)
    drawn("as many inputs as units and examples", [2, 5, 4], 3, 3, 5)
    drawn("large weights, as many steps as examples", [2, 4, 1, 3], 3, 2, 4, 6.0)
    drawn("one unit and one example", [3], 2, 1, 5)
    drawn("two short sequences", [3, 1], 2, 2, 3)
    return found


TIME = handed_on.HandedOn(
    starts=(("h, c = ", "h0", "c0", "\n"),),
    returned="return np.stack(hs), h, c",
    h_n="h",
    c_n="c",
    loop="for t, x in enumerate(xs):",
    begins="live = (t < np.array(lengths))[:, None]",
    step="h_new, c_new = lstm_cell(x, h, c, params)",
    note="hs.append(np.where(live, h, 0))",
    note_c="hs.append(np.where(live, c, 0))",
)


EXERCISE = Exercise(
    name="masked_lstm",
    right=masked_lstm,
    oracle=oracle,
    outputs={"hs": "TBH", "h_n": "BH", "c_n": "BH"},
    cases=cases,
    mistakes=(
        *masks.MISTAKES,
        *handed_on.starts(TIME),
        *handed_on.carried(TIME),
        *handed_on.along(TIME, last="h"),
        *handed_on.ends(TIME),
    ),
    praise="each sequence ends at its own length, shows 0 from there on, and keeps its states.",
    hints=(
        "What should happen to h, c and hs at a step where one sequence has ended, and others not?",
        "At each step: who is still being read? `np.where` takes the new state there, or the old.",
        "Try lengths [3, 1] on the worked example: for the second, h_n is h after its first step.",
    ),
    styles=(with_each_sequence_alone, with_states_picked, with_sorted_lengths, with_products),
)
