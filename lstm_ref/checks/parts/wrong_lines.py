"""Assignment 07: `wrong_lines`, which line is wrong in each of the five given backward passes.

The answer is a dict, made in the notebook: to each pass the name of a line. Each pass counts for
itself.
"""

from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.gallery import FAULTS, LINES

USE = '''
def use(answer, letter, lines):
    """Return the place of the line that is named: -1 where none is, -2 where it is no line,
    -3 where the answer is no dict, -4 where it has no such entry."""
    if type(answer) is not dict:
        return -3
    if answer and letter not in answer:
        return -4
    said = answer.get(letter)
    if said is None or said == "":
        return -1
    said = said.strip() if type(said) is str else said
    return lines.index(said) if said in lines else -2
'''

RIGHT = """
wrong_lines = {
    "A": "dz_g",
    "B": "dc_prev",
    "C": "dU",
    "D": "sum over time",
    "E": "dh_prev",
}
"""

ONE_BY_ONE = """
wrong_lines = {}
wrong_lines["E"] = "dh_prev"
wrong_lines["D"] = "sum over time"
wrong_lines["C"] = "dU "
wrong_lines["B"] = "dc_prev"
wrong_lines["A"] = "dz_g"
"""

FROM_PAIRS = """
wrong_lines = dict(zip("ABCDE", ["dz_g", "dc_prev", "dU", "sum over time", "dh_prev"], strict=True))
"""


def cases(rng):
    return [Case(f"pass {letter}", (letter, list(LINES))) for letter in FAULTS]


_FIRST = "The wrong line is the first one from which all that is off is made, and nothing else."
_ONE_STEP = "With one step alone, which leaves of {} are off, and which are right?"


def _confused(letter, line, told, *hints):
    right = FAULTS[letter].line
    return Mistake(
        f"{letter}-{line.replace('_', '-').replace(' ', '-')}",
        f"pass {letter} is not wrong in {line}: {told}",
        hints or (_ONE_STEP.format(letter), _FIRST),
        (f'"{letter}": "{right}"', f'"{letter}": "{line}"'),
        keeps=1 - 1 / len(FAULTS),
    )


MISTAKES = (
    _confused("A", "dx", "with one step alone other leaves are off, too"),
    _confused("A", "dz_f", "the gradients of the forget gate's own weights are right"),
    _confused("A", "dc", "what is made from dc in the other gates is right"),
    _confused("B", "dz_f", "the gradients of the forget gate's own weights are right at one step"),
    _confused("B", "dc", "with one step alone all that is made from dc but one leaf is right"),
    _confused("C", "dh_prev", "dh0 is right"),
    _confused("C", "dW", "the gradients of W are right"),
    _confused("D", "dW", "with one step alone they are right, and those of U and b are off, too"),
    _confused("D", "dc_prev", "dc0 is right, for any number of steps"),
    _confused("E", "dU", "with one step alone the gradients of U are right"),
    _confused("E", "dz_f", "the gradients of the forget gate's own weights are right at one step"),
    _confused("E", "dx", "with one step alone dxs is right"),
)

EXERCISE = Exercise(
    name="wrong_lines",
    right=RIGHT.lstrip("\n"),
    oracle={letter: fault.line for letter, fault in FAULTS.items()},
    outputs={"line": ""},
    returns="wrong_lines",
    cases=cases,
    mistakes=MISTAKES,
    praise="all five wrong lines are found.",
    hints=(
        "Take one step alone first: which leaves are off? Then three steps.",
        _FIRST,
        "All leaves that are right rule out the lines that they are made from.",
    ),
    styles=(ONE_BY_ONE, FROM_PAIRS),
    use=USE,
    imports="",
)
