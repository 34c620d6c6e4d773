"""What can go wrong where a sequence is read from both ends.

The edits are of the right answer of `parts/bidirectional_lstm.py`.
"""

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.variants import Edit


def _mistake(name: str, title: str, question: str, pointer: str, *edits: Edit,
             keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_JOINED = "np.concatenate([hs_f, hs_b[::-1]], axis=-1)"
_TURNED_XS, _TURNED_HS = "lstm(xs[::-1]", "hs_b[::-1]"
_STATES = "np.stack([h_f, h_b])", "np.stack([c_f, c_b])"

#: Keras's other ways to put two directions together, `merge_mode`.
MERGED = {
    "sum": ("added", "hs_f + hs_b[::-1]"),
    "ave": ("averaged", "(hs_f + hs_b[::-1]) / 2"),
    "mul": ("multiplied", "hs_f * hs_b[::-1]"),
}

MISTAKES = (
    _mistake(
        "outputs-not-turned-back",
        "the outputs of the backward direction are not turned back",
        "Which step does the last row of your backward outputs belong to?",
        "They come in the order in which xs was read, from its end. Turn them round once more.",
        (_TURNED_HS, "hs_b"),
        source="seen in bidirectional layers written by hand",
    ),
    _mistake(
        "input-not-turned",
        "the backward direction reads xs from its beginning; its outputs are turned all the same",
        "Which input does your backward direction read first?",
        "It reads xs[-1] first.",
        (_TURNED_XS, "lstm(xs"),
    ),
    _mistake(
        "both-read-forward",
        "both directions read xs from its beginning",
        "Which input does your backward direction read first?",
        "It reads xs[-1] first; its outputs are then turned back.",
        (_TURNED_XS, "lstm(xs"),
        (_TURNED_HS, "hs_b"),
        source="two layers side by side, taken for two directions",
    ),
    _mistake(
        "backward-state-at-wrong-end",
        "h_n of the backward direction is taken at the end of the sequence, where it began",
        "How many steps has your backward h_n seen?",
        "The backward direction ends at xs[0]: `lstm` has returned its last state.",
        (_STATES[0], "np.stack([h_f, hs_b[0]])"),
        source="torch's output[-1] taken for h_n; asked about on PyTorch's forum",
    ),
    _mistake(
        "flipped-along-all-axes",
        "np.flip without an axis turns all axes round, units and examples, too",
        "Print np.flip(xs) for the worked example. What has become of the two inputs?",
        "Turn time alone: `xs[::-1]`, or `np.flip(xs, axis=0)`.",
        (_TURNED_XS, "lstm(np.flip(xs)"),
        (_TURNED_HS, "np.flip(hs_b)"),
        source="np.flip's default: all axes",
    ),
    _mistake(
        "turned-along-the-wrong-axis",
        "the second axis is turned round in place of the first, which is time",
        "Which axis of xs is time?",
        "Time comes first: `xs[::-1]`.",
        (_TURNED_XS, "lstm(xs[:, ::-1]"),
        (_TURNED_HS, "hs_b[:, ::-1]"),
        source="code written for (B, T, I)",
    ),
    _mistake(
        "forward-weights-for-both",
        "both directions have the weights of the forward one",
        "Which of your arguments is never used?",
        "Each direction has weights of its own.",
        ("c0[1], backward)", "c0[1], forward)"),
        source="one layer used for both directions",
    ),
    _mistake(
        "backward-weights-for-both",
        "both directions have the weights of the backward one",
        "Which of your arguments is never used?",
        "Each direction has weights of its own.",
        ("c0[0], forward)", "c0[0], backward)"),
    ),
    _mistake(
        "weights-swapped",
        "the weights of the two directions are swapped",
        "Which weights does the direction use that reads xs[0] first?",
        "`forward` belongs to the direction that reads from the beginning.",
        ("c0[0], forward)", "c0[0], backward)"),
        ("c0[1], backward)", "c0[1], forward)"),
    ),
    _mistake(
        "first-state-for-both",
        "both directions start with h0[0] and c0[0]",
        "Which state does your backward direction start with?",
        "h0[0] belongs to the forward direction, h0[1] to the backward one.",
        ("h0[1], c0[1]", "h0[0], c0[0]"),
    ),
    _mistake(
        "states-not-taken-apart",
        "each direction is given the states of both at once",
        "What shape has the h0 that your forward direction starts with?",
        "h0 is (2, B, H): take the direction's own, h0[0] or h0[1].",
        ("h0[0], c0[0]", "h0, c0"),
        ("h0[1], c0[1]", "h0, c0"),
    ),
    _mistake(
        "directions-swapped-in-states",
        "the initial states of the two directions are swapped",
        "Which state does your forward direction start with?",
        "h0[0] belongs to the forward direction, h0[1] to the backward one.",
        ("h0[0], c0[0]", "h0[1], c0[1]"),
        ("h0[1], c0[1]", "h0[0], c0[0]"),
    ),
    _mistake(
        "goes-on-from-the-forward-end",
        "the backward direction starts with the last states of the forward one",
        "What does your backward direction know before its first step?",
        "The two directions know nothing of each other: it starts with h0[1] and c0[1].",
        ("h0[1], c0[1]", "h_f, c_f"),
        source="one pair of variables h, c for both directions",
    ),
    _mistake(
        "backward-first",
        "the backward direction's outputs stand first in hs",
        "Whose numbers are in the first H columns of your hs?",
        "Forward first, then backward.",
        (_JOINED, "np.concatenate([hs_b[::-1], hs_f], axis=-1)"),
        keeps=0.5,
    ),
    _mistake(
        "states-backward-first",
        "the backward direction stands first in h_n and c_n",
        "Which direction does your h_n[0] belong to?",
        "h_n and c_n are laid out as h0 and c0: forward first.",
        (_STATES[0], "np.stack([h_b, h_f])"),
        (_STATES[1], "np.stack([c_b, c_f])"),
        keeps=0.5,
    ),
    _mistake(
        "stacked",
        "np.stack stands where np.concatenate should: hs has one axis too many",
        "How many axes has your hs?",
        "np.concatenate joins along an axis that is there: H and H become 2H.",
        (_JOINED, "np.stack([hs_f, hs_b[::-1]])"),
        source="asked about on forums: stack or concatenate",
    ),
    _mistake(
        "stacked-behind",
        "np.stack puts the two directions on an axis of their own, behind the units",
        "How many axes has your hs?",
        "np.concatenate joins along an axis that is there: H and H become 2H.",
        (_JOINED, "np.stack([hs_f, hs_b[::-1]], axis=-1)"),
        source="asked about on forums: stack or concatenate",
    ),
    _mistake(
        "joined-along-time",
        "the two directions are joined along time: one sequence, twice as long",
        "What shape has your hs? Which axis has become twice as long?",
        "np.concatenate joins along the first axis, unless it is told another: `axis=-1`.",
        (_JOINED, "np.concatenate([hs_f, hs_b[::-1]])"),
        source="np.concatenate's default: axis=0",
    ),
    _mistake(
        "joined-along-examples",
        "the two directions are joined along axis 1, which in a batch is that of the examples",
        "What shape has your hs for a batch of two?",
        "The units are the last axis of both: `axis=-1`.",
        (_JOINED, "np.concatenate([hs_f, hs_b[::-1]], axis=1)"),
        keeps=0.5,
    ),
    *(
        _mistake(
            f"directions-{done}",
            f"the two directions are {done}; side by side, as 2H numbers, is asked for",
            "How many columns has your hs?",
            f"Keras does so with merge_mode='{mode}'. Here nothing of either is lost.",
            (_JOINED, text),
            keeps=0.5,
            source="Keras, Bidirectional: merge_mode",
        )
        for mode, (done, text) in MERGED.items()
    ),
    _mistake(
        "states-joined",
        "h_n and c_n are joined to 2H columns; here they are (2, B, H)",
        "What shape has h0, and what shape has your h_n?",
        "h_n and c_n are laid out as h0 and c0.",
        (_STATES[0], "np.concatenate([h_f, h_b], axis=-1)"),
        (_STATES[1], "np.concatenate([c_f, c_b], axis=-1)"),
        keeps=0.5,
        source="classifiers join the two last states",
    ),
    _mistake(
        "forward-state-twice",
        "h_n holds the forward direction's state twice",
        "Which direction does your h_n[1] belong to?",
        "h_n[1] is the last state of the backward direction.",
        (_STATES[0], "np.stack([h_f, h_f])"),
    ),
    _mistake(
        "forward-memory-twice",
        "c_n holds the forward direction's memory twice",
        "Which direction does your c_n[1] belong to?",
        "c_n[1] is the last memory of the backward direction.",
        (_STATES[1], "np.stack([c_f, c_f])"),
    ),
    _mistake(
        "backward-reads-the-forward-states",
        "the backward direction reads the hidden states of the forward one, not xs",
        "What does your backward direction read?",
        "Both directions read xs. A second layer reads the outputs of both.",
        (_TURNED_XS, "lstm(hs_f[::-1]"),
    ),
)
