"""What goes wrong backward: the gradient of a product, and a state that comes back.

`W x + U h + b = z`, `y = squash(z)`, `c = … + y * partner`: one line of a right answer leads from
what came back to dz. One list serves the four gates of the cell.
"""

from dataclasses import dataclass

from lstm_ref.checks.exercise import Mistake

#: A bias moves no gradient by itself: what it moved in the forward pass is in `saved`.
BIASES = frozenset(f"params['b_{gate}']" for gate in "ifgo")

#: Where learners really made them, as far as it is known.
FORUM = "asked about on help forums: a backward pass that differences do not confirm"


@dataclass(frozen=True)
class Gradient:
    """The holes: `d{z} = {came} * {partner} * {slope}`, as the right text has it on one line.

    `symbol` is what the layer gives, `noun` what it is. `other` is a wrong partner that lies near,
    `stray` another gradient that could be taken for what `came`, `twin` another gate.
    """

    symbol: str
    noun: str
    came: str
    partner: str
    other: str
    stray: str
    twin: str
    squash: str = "sigmoid"

    def slope_of(self, y: str, squash: str = "") -> str:
        """The slope in terms of the output y, as the right text writes it."""
        return f"{y} * (1 - {y})" if (squash or self.squash) == "sigmoid" else f"(1 - {y}**2)"

    @property
    def right(self) -> str:
        return f"{self.came} * {self.partner} * {self.slope_of(self.symbol)}"


def product(a: Gradient) -> list[Mistake]:
    """What can go wrong with the gradient of one gate, or of the candidate."""
    y, came, partner = a.symbol, a.came, a.partner
    slope = a.slope_of(y)
    sigmoid = a.squash == "sigmoid"
    name, other_name = ("σ", "tanh") if sigmoid else ("tanh", "σ")
    again = f"(1 / (1 + np.exp(-{y})))" if sigmoid else f"np.tanh({y})"

    def mistake(label: str, title: str, question: str, pointer: str, wrong: str,
                source: str = "constructed") -> Mistake:  # fmt: skip
        # The edit holds the line's left side, so that each line is met once.
        edit = (f"dz_{y} = {a.right}", f"dz_{y} = {wrong}")
        told = f"in dz_{y}, {title}"
        return Mistake(f"{y}-{label}", told, (question, pointer), edit, None, 0.0, source)

    return [
        mistake(
            "slope-missing", f"the slope of {name} is missing",
            f"{y} = {name}(z_{y}). By how much does {y} move, when z_{y} moves a little?",
            f"From d{y} to dz_{y} one more factor is needed: the slope of {name} at z_{y}.",
            f"{came} * {partner}", source=FORUM,
        ),
        mistake(
            "slope-of-the-output", f"the slope is taken at {y}, not at z_{y}: {name} is applied "
            f"again",
            f"{y} was squashed already. Does your line squash it once more?",
            f"In terms of the output the slope needs no {name} at all.",
            f"{came} * {partner} * {a.slope_of(again)}",
            source="a slope written for z, and called with the output y",
        ),
        mistake(
            "slope-of-the-other-curve", f"the slope of {other_name} stands where that of {name} "
            f"should",
            f"Which curve made {y}?",
            f"The slope in terms of the output: y(1 − y) belongs to σ, 1 − y² to tanh. Here: "
            f"{name}.",
            f"{came} * {partner} * {a.slope_of(y, 'tanh' if sigmoid else 'sigmoid')}",
        ),
        mistake(
            "partner-missing", f"the other factor of the product, {partner}, is missing",
            f"{y} is multiplied by something on its way forward. By what?",
            f"Each factor of a product gets the gradient times the other factor: here {partner}.",
            f"{came} * {slope}",
        ),
        mistake(
            "partner-wrong", f"the other factor is {a.other} in yours; it should be {partner}",
            f"In the forward pass, what stands beside {y} in the product?",
            "Each factor of a product gets the gradient times the other factor.",
            f"{came} * {a.other} * {slope}", source=FORUM,
        ),
        mistake(
            "from-the-wrong-gradient", f"it starts from {a.stray}; it should start from {came}",
            f"Is {y} used to make c, or to make h?",
            "i, f and g make c, and their gradients start from dc; o makes h, and starts from dh.",
            f"{a.stray} * {partner} * {slope}",
        ),
        mistake(
            "slope-from-another-gate", f"the slope is that of {a.twin}: a line was copied",
            "Do the letters agree in each of the four lines?",
            f"The slope of {y} is made from {y} alone.",
            f"{came} * {partner} * {a.slope_of(a.twin)}",
        ),
        mistake(
            "sign", "the sign is turned round",
            f"If {partner} and the slope are positive, which sign should dz_{y} have?",
            "There is no minus in front of this product.",
            f"-{came} * {partner} * {slope}",
        ),
        mistake(
            "slope-by-half", f"the slope is 1 − {y}: a part of it is missing",
            f"What is the slope of {name} in terms of its output?",
            "It is y(1 − y)." if sigmoid else "It is 1 − y²: y stands twice.",
            f"{came} * {partner} * (1 - {y})",
        ),
    ]  # fmt: skip


def not_carried(state: str, noun: str, *edits: tuple[str, str]) -> Mistake:
    """What comes back along a state is not handed to the step before."""
    return Mistake(
        f"{state}-not-carried",
        f"{state}, what comes back along {noun}, is not carried to the step before",
        (
            "A change at step 1 also acts through steps 2 and 3. Does your first step know of "
            "them?",
            f"What the step returns for {noun} is where the step before begins.",
        ),
        edits,
        source=FORUM,
    )


def not_added(state: str, kept: str, lost: str, *edits: tuple[str, str]) -> Mistake:
    """Two gradients meet where a state goes two ways; one of them is lost."""
    return Mistake(
        f"{state}-not-added",
        f"{state} is {kept} alone: {lost} is lost",
        (
            f"Which two ways lead on from {state[1:]}? How many of them do you come back along?",
            "Where a value goes two ways, the gradients of both are added.",
        ),
        edits,
        source=FORUM,
    )
