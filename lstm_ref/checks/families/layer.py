"""What can go wrong with one layer, squash(x @ W.T + h @ U.T + b): every gate, and the candidate.

One list serves each single-gate exercise and each of the four lines of the cell.
"""

from dataclasses import dataclass

from lstm_ref.checks.exercise import Mistake

#: Where learners really made them, as far as it is known.
HELP = "asked about on help forums: the formula of the page, copied for examples in rows"
KERAS = "weights as Keras keeps them"
OLD_TF = "TensorFlow 1, BasicLSTMCell: forget_bias is added outside of the stored bias"
TORCH = "torch has two biases, one for each product"


@dataclass(frozen=True)
class Layer:
    """The holes: how the line of one layer reads in a right answer, and what it is called.

    `symbol` is what the layer gives (f), `noun` what it is ("the forget gate"); `label` stands
    before the names of the mistakes, "" where an exercise has one layer alone.
    """

    symbol: str
    noun: str
    squash: str = "sigmoid"
    W: str = ""
    U: str = ""
    b: str = ""
    x: str = "x"
    h: str = "h_prev"
    label: str = ""

    @property
    def sum(self) -> str:
        """The weighted sum as the right text has it."""
        return f"{self.x} @ {self.W}.T + {self.h} @ {self.U}.T + {self.b}"

    @property
    def line(self) -> str:
        """The layer as the right text has it."""
        return f"{self.squash}({self.sum})"

    def wrapped(self, before: str, after: str) -> tuple[tuple[str, str], ...]:
        """Return the edits that put other texts around the sum than `squash(` and `)`."""
        start, end = f"{self.squash}({self.x} @ {self.W}", f" + {self.b})"
        begun = (start, f"{before}{self.x} @ {self.W}")
        ended = (end, f" + {self.b}{after}")
        return tuple(edit for edit in (begun, ended) if edit[0] != edit[1])


def of_gate(symbol: str, noun: str, squash: str = "sigmoid") -> Layer:
    """The layer of an exercise that has one alone: W_f, U_f, b_f."""
    return Layer(symbol, noun, squash, f"W_{symbol}", f"U_{symbol}", f"b_{symbol}")


def in_cell(symbol: str, noun: str, squash: str = "sigmoid") -> Layer:
    """The layer as one of the lines of the whole cell, with its arrays in `params`."""
    W, U, b = (f'params["{kind}_{symbol}"]' for kind in "WUb")
    return Layer(symbol, noun, squash, W, U, b, label=f"{symbol}-")


def sums(a: Layer) -> list[Mistake]:
    """What can go wrong in the weighted sum, whatever squashes it."""
    x, h, W, U, b = a.x, a.h, a.W, a.U, a.b

    def mistake(name: str, title: str, question: str, pointer: str, *edits: tuple[str, str],
                keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
        told = f"in {a.noun}, {title}" if a.label else title
        return Mistake(a.label + name, told, (question, pointer), edits, None, keeps, source)

    return [
        mistake(
            "bias-missing", f"the bias {b} is missing",
            f"Set {x} and {h} to zero. What should {a.symbol} be then, and what is yours?",
            "One of the arguments is never used.",
            (f" + {b}", ""),
        ),
        mistake(
            "bias-subtracted", f"the bias {b} is subtracted",
            f"A larger bias should give a larger {a.symbol}. Does yours?",
            f"Look at the sign in front of {b}.",
            (f"+ {b}", f"- {b}"),
        ),
        mistake(
            "bias-twice", f"the bias {b} is added twice, once for each product",
            "How many biases has the formula?",
            "torch has two biases, one for each product. Here their sum is one: add it once.",
            (f"+ {b}", f"+ {b} + {b}"), source=TORCH,
        ),
        mistake(
            "bias-inside-product", f"the bias is added to the hidden state, before {U} is applied",
            f"How many weights does {b} meet on its way to the sum?",
            "The bias is added last: no matrix touches it.",
            (f"{h} @ {U}.T + {b}", f"({h} + {b}) @ {U}.T"),
        ),
        mistake(
            "x-ignored", f"the input {x} plays no part",
            f"Change {x} and keep the rest. Does your {a.symbol} change?",
            "The layer looks at two things: the input now, and the hidden state before.",
            (f"{x} @ {W}.T + ", ""),
        ),
        mistake(
            "h-ignored", f"the previous hidden state {h} plays no part",
            f"Change {h} and keep the rest. Does your {a.symbol} change?",
            f"Without {h} the layer knows nothing of what came before.",
            (f" + {h} @ {U}.T", ""),
        ),
        mistake(
            "U-transposed", f"{U} is used the wrong way round (transposed)",
            f"{U} is square, so both ways run. Which index of it is the unit that you calculate?",
            "Row k holds the weights of unit k: with examples in rows, turn the matrix.",
            (f"{U}.T", U), source=HELP,
        ),
        mistake(
            "W-transposed", f"{W} is used the wrong way round (transposed)",
            f"{W} has shape (H, I), {x} has (B, I). Which axis of it should meet the I of {x}?",
            "The last axis of x meets the first of what stands right of @. So W must be turned.",
            (f"{W}.T", W), source=HELP,
        ),
        mistake(
            "columns-for-rows",
            "both matrices are used as (inputs, units), Keras's way; here they are (units, inputs)",
            f"What shape has {W} here? Print it.",
            "In this course, as in torch, each row of a matrix holds the weights of one unit.",
            (f"{x} @ {W}.T + {h} @ {U}.T", f"{x} @ {W} + {h} @ {U}"), keeps=0.5, source=KERAS,
        ),
        mistake(
            "column-vectors",
            "this is the book's Wx for one column: right for one example, and not for a batch",
            "A batch has its examples in rows. What shape has your first product then?",
            f"`{x} @ {W}.T` gives the same for one example, and serves a batch, too.",
            (f"{x} @ {W}.T + {h} @ {U}.T", f"{W} @ {x} + {U} @ {h}"), keeps=0.5, source=HELP,
        ),
        mistake(
            "W-and-U-swapped",
            f"{W} and {U} are swapped: {x} goes through {U}, and {h} through {W}",
            f"Which matrix has as many columns as {x} has numbers?",
            "W (H, I) belongs to the input, U (H, H) to the hidden state.",
            (f"{x} @ {W}.T + {h} @ {U}.T", f"{x} @ {U}.T + {h} @ {W}.T"),
        ),
        mistake(
            "products-multiplied", "the two products are multiplied where they should be added",
            "If one product is zero, should the other count for nothing?",
            "The layer adds up what it sees.",
            (f"{x} @ {W}.T + {h} @ {U}.T", f"({x} @ {W}.T) * ({h} @ {U}.T)"),
        ),
        mistake(
            "number-by-number",
            "`*` multiplies number by number, where each row of a matrix should meet all of x",
            f"What shape has {x} * {W}? How many numbers should one unit give?",
            "A weighted sum multiplies, and then adds up over the inputs: that is `@`.",
            (f"{x} @ {W}.T + {h} @ {U}.T", f"{x} * {W} + {h} * {U}"), source=HELP,
        ),
        mistake(
            "bias-outside", "the bias is added after the activation, not before it",
            "Can your result be larger than 1?",
            "First the whole sum, the bias too. Then the activation.",
            (f" + {b})", f") + {b}"), source=HELP,
        ),
        mistake(
            "h-subtracted", f"what comes from {h} is subtracted",
            f"A positive weight and a positive {h} should make the sum larger. Do they?",
            "All three parts are added; the weights have signs of their own.",
            (f"+ {h} @ {U}", f"- {h} @ {U}"),
        ),
    ]  # fmt: skip


def squashes(a: Layer) -> list[Mistake]:
    """What can go wrong with the activation, σ of a gate or tanh of the candidate."""

    def mistake(name: str, title: str, question: str, pointer: str, before: str, after: str,
                keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
        told = f"in {a.noun}, {title}" if a.label else title
        edits = a.wrapped(before, after)
        return Mistake(a.label + name, told, (question, pointer), edits, None, keeps, source)

    both = [
        mistake(
            "no-activation", f"the activation is missing: the weighted sum itself is {a.symbol}",
            "Can your result be larger than 1?",
            "The weighted sum can be any number. What squashes it?",
            "(", ")",
        ),
    ]  # fmt: skip
    if a.squash == "sigmoid":
        return [
            *both,
            mistake(
                "tanh-for-sigmoid", "tanh stands where σ should",
                "Can a share be negative?",
                "A gate needs a number from 0 to 1. tanh gives −1 to 1; which gives 0 to 1?",
                "np.tanh(", ")",
            ),
            mistake(
                "sigmoid-twice", "σ is taken twice",
                f"What is the smallest {a.symbol} that yours can give? Try a very negative sum.",
                "σ of a number from 0 to 1 is never below 0.5, so this gate can never close.",
                "sigmoid(sigmoid(", "))",
            ),
            mistake(
                "share-forgotten", f"this is 1 − {a.symbol}, the other share (σ(−z) is the same)",
                f"If the sum is very large, is your {a.symbol} near 1, or near 0?",
                "1 is an open gate: all passes.",
                "1 - sigmoid(", ")",
            ),
            mistake(
                "hard-gate", "the gate is rounded to 0 or 1",
                "Can your gate pass one half?",
                "A gate passes a share. Rounding also leaves no slope to learn from.",
                "np.round(sigmoid(", "))",
            ),
            mistake(
                "hard-sigmoid", "a straight line with two corners stands where σ should",
                "Is your curve smooth?",
                "Keras calls it hard_sigmoid, and once took it for σ. Here it is 1 / (1 + e^-z).",
                "np.clip(0.5 + 0.2 * (", "), 0, 1)", source="Keras before 2.3, hard_sigmoid",
            ),
        ]  # fmt: skip
    return [
        *both,
        mistake(
            "sigmoid-for-tanh", "σ stands where tanh should",
            "Can your candidate be negative?",
            "The candidate may add or take away: it needs a sign. tanh gives −1 to 1.",
            "sigmoid(", ")",
        ),
        mistake(
            "sigmoid-before-tanh", "σ is taken first, and then tanh of that",
            "Can your candidate be negative?",
            "The candidate has one activation, tanh, taken of the sum itself.",
            "tanh(sigmoid(", "))", source="a loop over all four layers that takes σ of each",
        ),
        mistake(
            "tanh-twice", "tanh is taken twice",
            "How near to 1 can your result come?",
            "tanh of a number from −1 to 1 never reaches 0.77. Take it once.",
            "tanh(tanh(", "))",
        ),
        mistake(
            "relu-for-tanh", "negative sums become 0, where tanh should squash them",
            "Can your candidate be negative?",
            "tanh keeps the sign and bounds the size; ReLU does neither.",
            "np.maximum(0, ", ")",
        ),
        mistake(
            "sign-turned", "the sign is turned round: this is −tanh",
            "A large positive sum should give nearly 1. What does yours give?",
            "tanh(z) has the sign of z.",
            "-tanh(", ")",
        ),
    ]  # fmt: skip


#: What is left out where the layer is one line among many: rare, or no mistake of one line.
_ALONE = (
    "bias-inside-product",
    "columns-for-rows",
    "column-vectors",
    "products-multiplied",
    "h-subtracted",
    "number-by-number",
    "hard-gate",
    "hard-sigmoid",
)


def layer(a: Layer) -> list[Mistake]:
    """All of the family: the sum, and the activation; in a cell, what is made there."""
    found = [*sums(a), *squashes(a)]
    if not a.label:
        return found
    left_out = {a.label + name for name in _ALONE}
    return [*(mistake for mistake in found if mistake.name not in left_out), _memory_read(a)]


def _memory_read(a: Layer) -> Mistake:
    """Of a cell's two states, the other one."""
    return Mistake(
        f"{a.label}memory-for-hidden-state",
        f"in {a.noun}, the memory c_prev is read in the place of {a.h}",
        (
            "What does each layer look at beside x?",
            f"All four read x and {a.h}. The memory only comes in when the layers are done.",
        ),
        ((f"{a.h} @ {a.U}", f"c_prev @ {a.U}"),),
        source="peepholes, half remembered",
    )
