"""What can go wrong where sequences of different length share a batch.

The edits are of the right answer of `parts/masked_lstm.py`.
"""

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.variants import Edit


def _mistake(name: str, title: str, question: str, pointer: str, *edits: Edit,
             keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
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

MISTAKES = (
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
        "inputs-masked",
        "the padding is set to zero, and steps are taken all the same",
        "Does a step with zeros at the input leave h and c as they are?",
        "Biases and h act without an input, too. Where a sequence has ended, no step is taken.",
        ("lstm_cell(x, h, c, params)", "lstm_cell(np.where(live, x, 0), h, c, params)"),
        (_KEEP_H, "h_new"),
        (_KEEP_C, "c_new"),
        (_NOTED, "h"),
        source="padding with zeros, taken for no input",
    ),
    _mistake(
        "states-one-step-late",
        "h_n and c_n are taken one step behind each sequence's end",
        "Which row of hs is the last of a sequence of length 1?",
        "Rows are counted from 0: the last one of a sequence is length − 1.",
        (_KEEP_H, "np.where((t <= np.array(lengths))[:, None], h_new, h)"),
        (_KEEP_C, "np.where((t <= np.array(lengths))[:, None], c_new, c)"),
        source="hs[lengths, b] for hs[lengths - 1, b]",
    ),
    _mistake(
        "list-compared",
        "a step is compared with the lengths as they come, which may be a list",
        "What is the type of lengths? Print `1 < lengths` for a list, and for an array.",
        "Only an array is compared entry by entry: `np.array(lengths)` makes one.",
        ("np.array(lengths)", "lengths"),
        keeps=0.5,
        source="lists and arrays look alike when they are printed",
    ),
    _mistake(
        "last-row-for-h-n",
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
