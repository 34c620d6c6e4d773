# mypy: allow-untyped-defs
"""Assignment 06: `masked_lstm`, sequences of different length in one batch."""

import numpy as np

from lstm_ref import stack
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import handed_on
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
    xs = np.stack([one.xs, one.xs[::-1]], axis=1)  # (T, I) -> (T, B, I)
    states = np.stack([one.h0, -one.h0]), np.stack([one.c0, -one.c0])
    found = [Case("the worked example, and its first step", (xs, [3, 1], *states, one.params))]

    def drawn(name, lengths, I, H, T, scale=1.0):
        sequence = inputs.sequence(rng, inputs.Sizes(name, len(lengths), I, H), T, scale)
        found.append(Case(name, (sequence[0], lengths, *sequence[1:])))

    drawn("four sequences", np.array([5, 2, 7, 3]), 2, 3, 7)
    drawn("as many units as examples", [4, 2, 5], 2, 3, 6)
    drawn("as many inputs as units and examples", [2, 6, 4], 3, 3, 6)
    drawn("one unit and one example", [4], 2, 1, 6)
    drawn("large weights, as many steps as examples", [2, 5, 1, 6, 3, 4], 3, 2, 6, 6.0)
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


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_LIVE = "(t < np.array(lengths))"
_BEGIN = "    h, c = h0, c0\n    hs"
_KEEP_H, _KEEP_C = "np.where(live, h_new, h)", "np.where(live, c_new, c)"
_NOTED = "np.where(live, h, 0)"
_END = "np.stack(hs), h, c"
_SORT = (
    "    order = np.argsort(lengths)[::-1]\n"
    "    xs, lengths = xs[:, order], np.array(lengths)[order]\n"
    "    h, c = h0[order], c0[order]\n"
    "    hs"
)
_FORUM = "asked about on forums: the last state of padded sequences"
_SORTED = "torch's pack_padded_sequence asked for sorted lengths, and each user sorted by hand"

OWN = (
    _mistake(
        "states-not-masked",
        "hs is 0 past each length, but h and c run on: h_n and c_n are those of the padding",
        "How many steps has your shortest sequence taken when its h_n is read?",
        "Where a sequence has ended, its h and its c stay as they are.",
        (_KEEP_H, "h_new"),
        (_KEEP_C, "c_new"),
        source=_FORUM,
    ),
    _mistake(
        "h-not-masked",
        "h runs on past the end of its sequence; c alone waits",
        "Which states must wait where a sequence has ended?",
        "Both wait: h and c.",
        (_KEEP_H, "h_new"),
    ),
    _mistake(
        "c-not-masked",
        "c runs on past the end of its sequence; h alone waits",
        "Which states must wait where a sequence has ended?",
        "Both wait: h and c.",
        (_KEEP_C, "c_new"),
    ),
    _mistake(
        "last-row-for-h_n",
        "h_n is hs[-1], which is 0 for each sequence that ended before",
        "What stands in hs[-1] for a sequence of one step?",
        "h_n is read at each sequence's own end. Where h waits, that is h after the loop.",
        (_END, "np.stack(hs), hs[-1], c"),
        source=_FORUM,
    ),
    _mistake(
        "padded-with-last-state",
        "past its end a sequence shows its last state again, where 0 is asked for",
        "What should hs hold at step 3 of a sequence of length 1?",
        "The state waits, and yet what is shown past the end is 0.",
        (_NOTED, "h"),
        source="Keras repeats the last output at masked steps, unless zero_output_for_mask",
    ),
    _mistake(
        "hs-not-masked",
        "hs runs on past each length, where 0 is asked for; the states wait as they should",
        "What should hs hold at step 3 of a sequence of length 1?",
        "What is shown past the end is 0.",
        ("    hs = []\n", "    free = h0, c0\n    hs = []\n"),
        (f"hs.append({_NOTED})", "free = lstm_cell(x, *free, params)\n        hs.append(free[0])"),
        source=_FORUM,
    ),
    _mistake(
        "lengths-ignored",
        "the lengths play no part: all sequences run to the end",
        "Change the lengths. Does your result change?",
        "A sequence of length 2 is over after two steps, whatever stands behind.",
        (_LIVE, "(t < np.full(len(lengths), len(xs)))"),
        source=_FORUM,
    ),
    _mistake(
        "one-step-too-few",
        "each sequence ends one step too early",
        "For a sequence of length 1, is any step taken in yours?",
        "t counts from 0: the last step of a sequence is t = length − 1.",
        (_LIVE, "(t < np.array(lengths) - 1)"),
        source="off by one: the last index taken for the length",
    ),
    _mistake(
        "one-step-too-many",
        "each sequence ends one step too late",
        "For a sequence of length 1, how many steps are taken in yours?",
        "t counts from 0: at t = length the sequence is over.",
        (_LIVE, "(t <= np.array(lengths))"),
        source="off by one: <= for <",
    ),
    _mistake(
        "mask-turned-round",
        "the mask is the wrong way round: the steps past the end count, and no others",
        "At t = 0, which sequences are still being read?",
        "A sequence is read as long as t < length.",
        (_LIVE, "(t >= np.array(lengths))"),
    ),
    _mistake(
        "padding-in-front",
        "the padding is taken to stand before each sequence; here it stands behind",
        "Which steps of a short sequence are its own, the first or the last?",
        "Here all sequences begin at t = 0.",
        (_LIVE, "(t >= len(xs) - np.array(lengths))"),
        keeps=0.5,
        source="Keras, pad_sequences: padding='pre' is its default",
    ),
    _mistake(
        "mask-along-units",
        "the mask lies along the units, not along the examples",
        "What shape has your mask, and what shape has h?",
        "(B,) meets the last axis of (B, H), the units. (B, 1) meets the examples.",
        ("[:, None]", ""),
        source="NumPy's broadcasting begins at the last axis",
    ),
    _mistake(
        "longest-for-all",
        "all sequences end with the longest",
        "When does your shortest sequence end?",
        "Each sequence has a length of its own.",
        ("np.array(lengths)", "np.full(len(lengths), max(lengths))"),
    ),
    _mistake(
        "first-length-for-all",
        "all sequences end with the first one",
        "When does your second sequence end?",
        "Each sequence has a length of its own.",
        ("np.array(lengths)", "np.full(len(lengths), lengths[0])"),
    ),
    _mistake(
        "states-set-to-zero",
        "past its end a sequence's states become 0",
        "What is h_n for a sequence of length 1?",
        "What is shown becomes 0; the states wait at their last values.",
        (_KEEP_H, "np.where(live, h_new, 0)"),
        (_KEEP_C, "np.where(live, c_new, 0)"),
        source="the mask multiplied onto the states",
    ),
    _mistake(
        "lengths-sorted-alone",
        "the lengths are sorted, and the sequences are not",
        "Which length belongs to your first sequence?",
        "Lengths come in any order, and each belongs to the sequence at its place.",
        ("np.array(lengths)", "np.sort(lengths)[::-1]"),
        source=_SORTED,
    ),
    _mistake(
        "not-put-back",
        "the batch is sorted by length, and not put back",
        "Which sequence does the first row of your h_n belong to?",
        "After sorting, undo it: `back = np.argsort(order)`, then hs[:, back], h[back], c[back].",
        (_BEGIN, _SORT),
        source=_SORTED,
    ),
    _mistake(
        "put-back-with-the-order",
        "the batch is sorted by length, and sorted by the same order again, not put back",
        "What gives [5, 2, 7, 3] when it is sorted, and taken by the same order once more?",
        "What undoes an order is its inverse, np.argsort(order).",
        (_BEGIN, _SORT),
        (_END, "np.stack(hs)[:, order], h[order], c[order]"),
        source=_SORTED,
    ),
    _mistake(
        "states-not-sorted",
        "xs and lengths are sorted by length, and put back; h0 and c0 are not sorted",
        "Which h0 does your longest sequence start with?",
        "What belongs to an example moves with it: xs, lengths, h0, c0.",
        (_BEGIN, _SORT.replace("h0[order], c0[order]", "h0, c0")),
        (
            _END,
            "np.stack(hs)[:, np.argsort(order)], h[np.argsort(order)], c[np.argsort(order)]",
        ),
        source=_SORTED,
    ),
    _mistake(
        "cut-at-the-longest",
        "hs ends with the longest sequence; as many steps as xs has are asked for",
        "What shape has your hs, and what shape has xs?",
        "Steps that no sequence reaches are there, too, and are 0.",
        ("np.stack(hs)", "np.stack(hs)[: max(lengths)]"),
        keeps=0.5,
        source="torch's pad_packed_sequence, where total_length is not given",
    ),
)

EXERCISE = Exercise(
    name="masked_lstm",
    right=masked_lstm,
    oracle=oracle,
    outputs={"hs": "TBH", "h_n": "BH", "c_n": "BH"},
    cases=cases,
    mistakes=(
        *OWN,
        *handed_on.starts(TIME),
        *handed_on.carried(TIME),
        *handed_on.along(TIME, last="h"),
        *handed_on.ends(TIME),
    ),
    praise="each sequence ends at its own length, shows 0 from there on, and keeps its states.",
    hints=(
        "What should happen to h, c and hs at a step where one sequence has ended, and others not?",
        "At each step: who is still being read? `np.where` takes the new state there, else the old.",
        "Try lengths [3, 1] on the worked example: for the second, h_n is h after its first step.",
    ),
    styles=(with_each_sequence_alone, with_states_picked, with_sorted_lengths, with_products),
)
