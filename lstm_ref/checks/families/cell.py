"""What the cell makes of its gates: c = f ∘ c_prev + i ∘ g, h = o ∘ tanh(c), and (h, c) returned.

The right text has the three lines `c = f * c_prev + i * g`, `h = o * tanh(c)`, `return h, c`.
"""

from lstm_ref.checks.exercise import Mistake

#: Where learners really made them, as far as it is known.
FORUM = "seen in cells posted on forums and in blog posts"
GREFF = "the coupled gates of Greff et al. (2017), CIFG, and the GRU"
LSTM_1997 = "the LSTM of 1997 (Hochreiter and Schmidhuber)"


def _mistake(
    name: str, title: str, question: str, pointer: str, *edits: tuple[str, str],
    keeps: float = 0.0, source: str = "constructed",
) -> Mistake:  # fmt: skip
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


MISTAKES = (
    _mistake(
        "h-without-tanh",
        "h is o times the memory itself: tanh is missing",
        "Can your h become larger than 1?",
        "The memory is squashed on its way out, and there alone.",
        ("tanh(c)", "c"),
        source=FORUM,
    ),
    _mistake(
        "h-from-old-memory",
        "h is made from the old memory, before this step changed it",
        "Which of the two memories does the output gate show?",
        "First c is made, then h is made from it.",
        ("tanh(c)", "tanh(c_prev)"),
        source=FORUM,
    ),
    _mistake(
        "input-gate-added",
        "i and g are added where they should be multiplied",
        "If the input gate is shut, what does your cell write?",
        "The input gate is a share of the candidate: a product.",
        ("i * g", "i + g"),
        source=FORUM,
    ),
    _mistake(
        "i-and-f-swapped",
        "the input gate and the forget gate are swapped",
        "Which gate decides what is kept of the old memory?",
        "f goes with c_prev, i with g.",
        ("f * c_prev + i * g", "i * c_prev + f * g"),
        source="the blocks i f g o read as f i g o",
    ),
    _mistake(
        "coupled-gates",
        "the input gate is 1 − f: it has no weights of its own in yours",
        "Which weights does your cell never use?",
        "Coupled gates are another cell. Here the input gate is a layer of its own.",
        ("i * g", "(1 - f) * g"),
        source=GREFF,
    ),
    _mistake(
        "memory-squashed",
        "tanh is taken of the new memory before it is handed on",
        "Can your memory hold a 3?",
        "c itself is never squashed, else it could not count. tanh is on the way to h alone.",
        ("f * c_prev + i * g", "tanh(f * c_prev + i * g)"),
        source=FORUM,
    ),
    _mistake(
        "outputs-in-other-order",
        "the two results come in the other order: (c, h) in place of (h, c)",
        "In which order does the task ask for them?",
        "Return h first, as torch does. Keras and Flax keep them in other orders.",
        ("return h, c", "return c, h"),
        keeps=0.5,
        source="Flax's carry is (c, h)",
    ),
    _mistake(
        "h-twice",
        "h is returned twice, in the place of c, too",
        "What does the next step need beside h?",
        "Return both: h goes up and on, c goes on.",
        ("return h, c", "return h, h"),
    ),
    _mistake(
        "forget-gate-left-out",
        "the old memory is kept whole: this is the cell of 1997, without a forget gate",
        "With f = 0, is the old memory gone in yours?",
        "Multiply c_prev by f.",
        ("f * c_prev", "c_prev"),
        source=LSTM_1997,
    ),
    _mistake(
        "input-gate-left-out",
        "the candidate is written whole: the input gate plays no part",
        "With i = 0, does your cell write nothing?",
        "Multiply g by i.",
        ("i * g", "g"),
    ),
    _mistake(
        "output-gate-left-out",
        "the memory is shown whole: the output gate plays no part",
        "With o = 0, is h zero in yours?",
        "Multiply tanh(c) by o.",
        ("o * tanh(c)", "tanh(c)"),
    ),
    _mistake(
        "output-gate-inside",
        "the output gate is multiplied before tanh is taken",
        "With o = 0.5 and a large memory, what should h be?",
        "First tanh, then the share of it.",
        ("o * tanh(c)", "tanh(o * c)"),
    ),
)
