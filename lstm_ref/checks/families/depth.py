"""What can go wrong where layers stand one above the other.

The edits are of the right answer of `parts/stacked_lstm.py`.
"""

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.families.handed_on import BATCH_FIRST
from lstm_ref.checks.variants import Edit


def _mistake(name: str, title: str, question: str, pointer: str, *edits: Edit,
             keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_LAYERS = "enumerate(layers)"
_CALL = "lstm(hs, h0[k], c0[k], params)"
_STATES = "np.stack(h_n), np.stack(c_n)"

MISTAKES = (
    _mistake(
        "always-the-first-weights",
        "all layers have the weights of the first one",
        "Which entry of `layers` does your second layer use?",
        "Layer k uses layers[k].",
        ("c0[k], params)", "c0[k], layers[0])"),
        source="copies of one layer in a list: [layer] * L",
    ),
    _mistake(
        "every-layer-reads-xs",
        "every layer reads xs",
        "What does your second layer read?",
        "A layer reads the hidden states of the one below it.",
        ("lstm(hs", "lstm(xs"),
        source="asked about on forums: what the second layer's input is",
    ),
    _mistake(
        "first-state-for-all",
        "all layers start with the states of the first one, h0[0] and c0[0]",
        "Which state does your second layer start with?",
        "Layer k starts with h0[k] and c0[k].",
        ("h0[k], c0[k]", "h0[0], c0[0]"),
    ),
    _mistake(
        "states-handed-up",
        "each layer starts with the last states of the layer below",
        "Where in time are the states that your second layer starts with?",
        "The stack hands up hs alone. Each layer's states start at its own h0[k] and c0[k].",
        ("    hs = xs\n", "    hs, h, c = xs, h0[0], c0[0]\n"),
        ("h0[k], c0[k]", "h, c"),
        source="one pair of variables h, c for all layers",
    ),
    _mistake(
        "states-not-taken-apart",
        "every layer is given the states of all layers at once",
        "What shape has the h0 that your first layer starts with?",
        "h0 is (L, B, H): take layer k's own, h0[k].",
        ("h0[k], c0[k]", "h0, c0"),
    ),
    _mistake(
        "states-of-all-layers-handed-up",
        "every layer is given the states of all layers at once, and hands its last ones up",
        "What shape has the h0 that your first layer starts with?",
        "h0 is (L, B, H): layer k starts with its own, h0[k] and c0[k].",
        ("    hs = xs\n", "    hs, h, c = xs, h0, c0\n"),
        ("h0[k], c0[k]", "h, c"),
        source="h0 and c0 used as the loop's variables",
    ),
    _mistake(
        "below-one-step-late",
        "a layer reads what the layer below showed one step before",
        "When is layer 1's first hidden state there, and which step of layer 2 reads it?",
        "At step t a layer reads what the layer below has made at step t.",
        ("lstm(hs", "lstm(np.stack([h0[k - 1], *hs[:-1]]) if k else hs"),
        source="all layers of a step worked out from the states before it",
    ),
    _mistake(
        "two-layers-only",
        "two layers are run, however many there are",
        "How many layers has `layers`? How many have your h_n and c_n?",
        "The list says how many: go through all of it.",
        (_LAYERS, "enumerate(layers[:2])"),
        source="layers[0] and layers[1], written out",
    ),
    _mistake(
        "last-state-for-all-steps",
        "hs holds the last state T times",
        "If h[-1] is written into at each step, what do the older entries of the list show?",
        "`h[k] = …` writes into the one array that the list holds again and again: "
        "note `h[-1].copy()`.",
        ("return hs", "return np.stack([hs[-1] for _ in hs])"),
        source="a list of one array, filled in place",
    ),
    _mistake(
        "layers-upside-down",
        "the layers are used from the top down",
        "Which entry of `layers` reads xs?",
        "layers[0] is the lowest: it reads xs.",
        (_LAYERS, "enumerate(layers[::-1])"),
    ),
    _mistake(
        "states-upside-down",
        "h_n and c_n have the top layer first",
        "Which layer does your h_n[0] belong to?",
        "They stand in the order of `layers`, the lowest first.",
        (_STATES, "np.stack(h_n[::-1]), np.stack(c_n[::-1])"),
    ),
    _mistake(
        "first-layer-skipped",
        "the first layer is skipped",
        "How many layers have your h_n and c_n?",
        "The layer that reads xs is layers[0].",
        (_LAYERS, "enumerate(layers[1:])"),
        source="the first layer done apart, and the loop over the others alone",
    ),
    _mistake(
        "last-layer-skipped",
        "the last layer is skipped",
        "How many layers have your h_n and c_n?",
        "Python's ranges leave their end out by themselves.",
        (_LAYERS, "enumerate(layers[:-1])"),
        source="range(L - 1)",
    ),
    _mistake(
        "return-in-the-loop",
        "`return` stands in the loop, so only one layer is run",
        "How many layers have run when your function returns?",
        "Move `return` to the left, below the loop.",
        ("\n    return", "\n        return"),
    ),
    _mistake(
        "first-layer-shown",
        "hs holds the hidden states of the first layer, not of the last",
        "Which layer do you show?",
        "hs are the hidden states of the top layer.",
        ("return hs", "return lstm(xs, h0[0], c0[0], layers[0])[0]"),
    ),
    _mistake(
        "all-layers-shown",
        "hs holds the hidden states of all layers",
        "How many axes has your hs?",
        "hs are those of the top layer, (T, B, H); of the others h_n and c_n are asked for.",
        ("    hs = xs\n", "    hs, shown = xs, []\n"),
        ("        h_n.append(h)\n", "        shown.append(hs)\n        h_n.append(h)\n"),
        ("return hs", "return np.stack(shown)"),
    ),
    _mistake(
        "top-layer-states-only",
        "h_n and c_n are those of the top layer alone",
        "How many layers have your h_n and c_n?",
        "h_n and c_n are (L, B, H): each layer's last states.",
        (_STATES, "h, c"),
        source="h_n[-1], which classifiers read",
    ),
    _mistake(
        "concatenated",
        "np.concatenate stands where np.stack should: the axis of the layers is lost",
        "What shape has your h_n? Which axis is missing?",
        "np.stack makes a new axis; np.concatenate joins along one that is there.",
        (_STATES, "np.concatenate(h_n), np.concatenate(c_n)"),
        source="asked about on forums: stack or concatenate",
    ),
    _mistake(
        "layers-behind-examples",
        "h_n and c_n are (B, L, H); here the layers come first",
        "What shape has h0, and what shape has your h_n?",
        "h_n and c_n are laid out as h0 and c0: (L, B, H).",
        (_STATES, "np.stack(h_n, axis=-2), np.stack(c_n, axis=-2)"),
        keeps=0.5,
        source="torch's batch_first, wrongly taken to turn h_n, too (asked on GitHub)",
    ),
    _mistake(
        "batch-first",
        "xs is read and hs returned as (B, T, …); here time comes first",
        "Which axis of xs is time? Print its shape for the worked example.",
        "As torch does by default, this course puts time first: (T, B, I).",
        ("hs = xs", "hs = np.swapaxes(xs, 0, 1)"),
        ("return hs", "return np.swapaxes(hs, 0, 1)"),
        keeps=0.5,
        source=BATCH_FIRST,
    ),
    _mistake(
        "hs-batch-first",
        "hs is returned as (B, T, H); here time comes first",
        "What shape has your hs, and what shape has xs?",
        "Leave hs as `lstm` returns it.",
        ("return hs", "return np.swapaxes(hs, 0, 1)"),
        keeps=0.5,
        source=BATCH_FIRST,
    ),
    _mistake(
        "last-state-only",
        "hs is the hidden state of the last step alone",
        "How many hidden states has a sequence of three inputs?",
        "hs holds all of them, h_n the last.",
        ("return hs", "return hs[-1]"),
        source="Keras: return_sequences=False, its default",
    ),
    _mistake(
        "layer-read-backwards",
        "each layer reads its inputs from the end",
        "Which step does your first layer read first?",
        "Every layer reads from the first step to the last.",
        ("lstm(hs", "lstm(hs[::-1]"),
    ),
)
