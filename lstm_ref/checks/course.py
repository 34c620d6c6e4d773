"""The course's table: the assignments in order, the parts of each in order, and their points.

All that has to agree on these reads them here: the registry of exercises, what `given` offers to
an assignment, what is forbidden there, the cells of the notebooks, the tables of the book, the
learning map. Nothing of it says how a part is checked: that stands in `parts/NAME.py`, which does
not read this table, so that a change of one part leaves the grades of the others as they are.
"""

from dataclasses import dataclass

#: Whether the questions in words, which a person reads, count. Where not, they have 0 points.
QUESTIONS_COUNT = False

#: Whether the last hint shows the line that must change. Where not, the ladder ends one rung
#: earlier, in `hint` and in feedback. It stands in the released cells, where a student can turn it
#: on again: that shows what the book's appendix and the package show anyway.
LAST_HINT = True

#: In which language questions in words are answered: "French or English"; "" leaves it open.
ANSWER_LANGUAGE = ""


@dataclass(frozen=True)
class Part:
    """One thing that a student writes, and what it is worth."""

    name: str
    points: int


@dataclass(frozen=True)
class Question:
    """One question that is answered in words: its cell's name, and what it is worth."""

    name: str
    points: int

    @property
    def counted(self) -> int:
        """The points that it gives, as `QUESTIONS_COUNT` says."""
        return self.points if QUESTIONS_COUNT else 0


@dataclass(frozen=True)
class Assignment:
    """One notebook. `chapters` are the pages of the book that lead to it."""

    name: str
    title: str
    parts: tuple[Part, ...]
    question: Question | None = None
    chapters: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """The notebook's file name without its end: `forget-gate` of `02-forget-gate`."""
        return self.name.partition("-")[2]

    @property
    def points(self) -> int:
        """All points of the assignment."""
        return sum(part.points for part in self.parts) + (
            self.question.counted if self.question else 0
        )


COURSE = (
    Assignment(
        "00-set-up",
        "Set-up: two curves and their slopes",
        (Part("sigmoid", 3), Part("tanh", 3), Part("sigmoid_slope", 2), Part("tanh_slope", 2)),
        Question("why_saturation", 2),
        ("squash",),
    ),
    Assignment(
        "01-plain-rnn",
        "The plain RNN",
        (Part("rnn_step", 5), Part("rnn", 5)),
        Question("why_vanishing", 3),
        ("plain-rnn", "vanishing"),
    ),
    Assignment(
        "02-forget-gate",
        "The forget gate",
        (Part("forget_gate", 8), Part("keep", 3)),
        Question("why_sigmoid", 4),
        ("forget-gate",),
    ),
    Assignment(
        "03-input-gate",
        "The input gate and the candidate",
        (Part("input_gate", 4), Part("candidate", 4), Part("update_memory", 4)),
        Question("why_two_layers", 3),
        ("input-candidate",),
    ),
    Assignment(
        "04-output-gate",
        "The output gate",
        (Part("output_gate", 4), Part("hidden_state", 4)),
        Question("why_hide", 3),
        ("output-gate",),
    ),
    Assignment(
        "05-full-cell",
        "The full cell",
        (Part("lstm_cell", 8), Part("packed_lstm_cell", 6), Part("torch_to_onnx", 4)),
        Question("why_one_product", 3),
        ("cell", "packed"),
    ),
    Assignment(
        "06-sequences",
        "Sequences",
        (
            Part("lstm", 6),
            Part("masked_lstm", 5),
            Part("stacked_lstm", 4),
            Part("bidirectional_lstm", 4),
        ),
        Question("why_masks", 3),
        ("layers",),
    ),
    Assignment(
        "07-backward",
        "Backpropagation through time",
        (
            Part("numerical_gradient", 4),
            Part("lstm_cell_backward", 10),
            Part("lstm_backward", 6),
            Part("wrong_lines", 5),
            Part("truncated_backward", 4),
        ),
        Question("why_forget_path", 3),
        ("bptt", "training"),
    ),
    Assignment(
        "08-torch",
        "The same in torch",
        (Part("LSTMCell", 5), Part("LSTM", 6), Part("train_step", 5)),
        Question("why_clipping", 3),
        ("training", "torch"),
    ),
    Assignment(
        "09-lstm-against-rnn",
        "LSTM against RNN",
        (Part("train_one", 6), Part("summarise", 4), Part("results", 5)),
        Question("which_is_better", 4),
        ("relatives", "long-lags", "ablations", "limits", "inside"),
    ),
)


def assignment(name: str) -> Assignment:
    """Return the assignment of that name. Raises ValueError, with the known names, if none is."""
    for found in COURSE:
        if found.name == name:
            return found
    known = ", ".join(one.name for one in COURSE)
    raise ValueError(f"there is no assignment {name!r}; there are {known}")


def assignment_of(part: str) -> Assignment:
    """Return the assignment that asks for a part. Raises ValueError if none does."""
    for found in COURSE:
        if any(one.name == part for one in found.parts):
            return found
    raise ValueError(f"there is no exercise {part!r}; there are {', '.join(parts())}")


def parts() -> tuple[str, ...]:
    """Return the names of all parts, in the order of the course."""
    return tuple(part.name for one in COURSE for part in one.parts)


def parts_before(name: str) -> tuple[str, ...]:
    """Return the parts of the assignments before the one of that name: what it may import."""
    before = COURSE[: COURSE.index(assignment(name))]
    return tuple(part.name for one in before for part in one.parts)
