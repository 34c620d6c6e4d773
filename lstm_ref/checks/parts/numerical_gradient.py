"""Assignment 07: `numerical_gradient`, by central differences.

An answer may choose its step. So beside smooth functions it meets such as tell a wrong way apart
whatever the step is: a corner at x, where only central differences give the mean of both sides; a
function that changes where a step is too large; one that feels no step that is too small.
"""

import numpy as np

from lstm_ref import gradcheck
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.inputs import signed

USE = '''
def use(answer, formula, x, a, b, m):
    """Make f of the formula, and let the answer differentiate it at x."""
    import numpy as np

    f = eval("lambda x: " + formula, {"np": np, "a": a, "b": b, "m": m})
    return answer(f, x)
'''


def numerical_gradient(f, x):
    eps = 1e-5
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        here = x[index]
        x[index] = here + eps
        above = f(x)
        x[index] = here - eps
        below = f(x)
        x[index] = here
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def with_new_arrays(f, x):
    found = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = 1e-6
        step = step.reshape(x.shape)
        found.append((f(x + step) - f(x - step)) / 2e-6)
    return np.array(found).reshape(x.shape)


def with_nditer(f, x, h=1e-4):
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        at = it.multi_index
        x[at] += h
        up = f(x)
        x[at] -= 2 * h
        down = f(x)
        x[at] += h
        grad[at] = (up - down) / 2 / h
        it.iternext()
    return grad


def of_higher_order(f, x):
    unit = np.eye(x.size).reshape(x.size, *x.shape) * 1e-3
    slopes = [(8 * (f(x + e) - f(x - e)) - f(x + 2 * e) + f(x - 2 * e)) / 12e-3 for e in unit]
    return np.reshape(slopes, x.shape)


# Curved so little that a difference to one side is right to four digits: the corners tell it.
_SMOOTH = "np.sum(a * x + 0.1 * b * np.sin(x))"
_MIXED = "np.sum(a * x) * (4 + 0.1 * np.sum(b * np.cos(x)))"
_STEEP = "1e10 * np.sum(a * x)"
_CORNER = "np.sum(a * x + b * np.abs(x - m))"
_FOLD = "np.sum(a * x) + 2 * np.abs(np.sum(x - m))"
_FAR = "np.sum(a * x + b * (x - m) * (np.abs(x - m) > 0.004))"
_NEAR = "np.sum(a * (x - m) * (np.abs(x - m) > 3e-10))"


def cases(rng):
    def case(name, formula, *shape):
        x, a, b = (
            signed(rng, shape, 0.3, 1.5),
            signed(rng, shape, 0.4, 2),
            signed(rng, shape, 0.4, 2),
        )
        return Case(name, (formula, x, a, b, x.copy()))

    first = np.array([1.0, -2.0, 0.5])
    plain = ("np.sum(x**2)", first, np.ones(3), np.ones(3), first.copy())
    zero = case("an entry that is zero", _SMOOTH, 4)
    zero.arguments[1][1] = 0.0
    return [
        Case("the sum of squares", plain),
        case("a smooth function of two rows", _SMOOTH, 2, 3),
        case("entries that act on each other", _MIXED, 3, 3),
        case("an array of three axes", _MIXED, 2, 1, 3),
        case("one entry", _SMOOTH, 1),
        zero,
        case("a very steep function", _STEEP, 3),
        case("a corner at x: the mean of both sides is asked for", _CORNER, 2, 3),
        case("a fold through x: all other entries must be where they were", _FOLD, 4),
        case("a function that is steeper 0.004 away from x", _FAR, 3),
        case("a function that feels no step below 3e-10", _NEAR, 3),
    ]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_BELOW = "below = f(x)"
_SIDES = "Draw a corner, as in |x| at 0. What do your two points say of it?"
_FORMULA = "(above - below) / (2 * eps)"

MISTAKES = (
    _mistake(
        "forward-difference",
        "the difference is taken to one side, f(x + ε) − f(x), and not to both",
        _SIDES,
        "Central differences take a step to both sides: their error falls with ε², not with ε.",
        ("here - eps", "here"),
        (_FORMULA, "(above - below) / eps"),
        keeps=0.5, source="the definition of the derivative, copied",
    ),
    _mistake(
        "backward-difference",
        "the difference is taken to one side, f(x) − f(x − ε), and not to both",
        _SIDES,
        "Central differences take a step to both sides: their error falls with ε², not with ε.",
        ("here + eps", "here"),
        (_FORMULA, "(above - below) / eps"),
        keeps=0.5,
    ),
    _mistake(
        "divided-by-one-step",
        "the difference is divided by ε: twice the gradient",
        "How far apart are your two points?",
        "From x − ε to x + ε it is 2ε.",
        ("2 * eps", "eps"),
        source="the forward difference's formula with two steps",
    ),
    _mistake(
        "second-point-is-x",
        "the second point is x itself, and the difference is divided by 2ε: half the gradient",
        "Where is your second point? You went up by ε. How far must you go down from there?",
        "From x + ε down to x − ε it is 2ε.",
        ("here - eps", "here"),
        source="x[k] += eps, and then x[k] -= eps once",
    ),
    _mistake(
        "brackets-missing",
        "only the second value is divided: brackets are missing",
        "Which operation comes first in `a - b / c`?",
        "The whole difference stands above the line: `(above - below) / (2 * eps)`.",
        (_FORMULA, "above - below / (2 * eps)"),
    ),
    _mistake(
        "two-eps-without-brackets",
        "`/ 2 * eps` divides by 2 and then multiplies by ε: brackets are missing",
        "What is 8 / 2 * 4 in Python?",
        "Write `/ (2 * eps)`.",
        ("(2 * eps)", "2 * eps"),
        source="asked about on help forums: Python's order of operations",
    ),
    _mistake(
        "sign-turned",
        "the difference is taken the other way round: the sign is wrong",
        "f(x) = x: which of your two values is larger?",
        "It is f(x + ε) − f(x − ε).",
        ("above - below", "below - above"),
    ),
    _mistake(
        "step-too-large",
        "the step ε is too large: f changes within it",
        "What does your ε have to do with x? Halve it: does the gradient stay?",
        "The error falls with ε²: take an ε near 1e-5.",
        ("1e-5", "1e-2"),
        source="a step taken from the learning rate, 0.01",
    ),
    _mistake(
        "step-too-small",
        "the step ε is too small: f cannot tell the two points apart",
        "How many digits has a float? How many of them are left in the difference?",
        "What rounding does to f is divided by ε. Near 1e-5 both errors are small.",
        ("1e-5", "1e-11"),
        keeps=0.5, source="'the smaller the better', as the limit in the definition suggests",
    ),
    _mistake(
        "step-not-put-back",
        "x is not put back after the step, so the next entries are taken at another place",
        "Is x after a call what it was before? Print it.",
        "When an entry is done, write the old number back.",
        ("        x[index] = here\n", ""),
        keeps=0.5,
        source="CS231n's notes warn of it: 'restore to previous value (very important!)'",
    ),
    _mistake(
        "f-of-another-array",
        "f is called with an array that never changes, so all differences are 0",
        "Which array do you change, and which one does f get?",
        "Change the array that f is called with.",
        ("gradient = np.zeros_like(x)",
         "gradient, x = np.zeros_like(x), np.copy(x)\n    same = x.copy()"),
        ("above = f(x)", "above = f(same)"),
        (_BELOW, "below = f(same)"),
    ),
    _mistake(
        "all-entries-moved",
        "all entries are moved at once, so each gets the sum of all slopes",
        "Along how many entries does your step go?",
        "One entry after the other: move x[index] alone.",
        ("x[index] = here + eps", "x += eps"),
        ("x[index] = here - eps", "x -= 2 * eps"),
        ("        x[index] = here\n", "        x += eps\n"),
    ),
    _mistake(
        "rows-moved",
        "whole rows are moved at once: the loop goes over the first axis alone",
        "How many numbers is x[0], where x has two axes?",
        "Visit each entry: np.ndindex(x.shape) gives all indices.",
        ("np.ndindex(x.shape)", "range(len(x))"),
        ("here = x[index]", "here = np.copy(x[index])"),
        source="written for a vector, and used for a matrix",
    ),
    _mistake(
        "relative-step",
        "the step is a share of the entry: at an entry of 0 there is no step",
        "How large is your step where x is 0?",
        "Take ε itself, or ε · max(1, |x|).",
        ("        here = x[index]\n", "        here = x[index]\n        eps = 1e-5 * here\n"),
        keeps=0.5, source="steps scaled with x, as textbooks advise, without the floor",
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="numerical_gradient",
    right=numerical_gradient,
    oracle=gradcheck.numerical_gradient,
    outputs={"df/dx": ""},
    returns="gradient",
    cases=cases,
    mistakes=MISTAKES,
    praise="central differences, entry by entry, and x is as it was.",
    hints=(
        "f(x) = x²: what are f(x + ε) and f(x − ε), and how far apart are the two points?",
        "For each entry: a step up, a step down, and the difference divided by 2ε.",
        "Try f = np.sum with ε = 1e-5: each slope is 1. Then try f = lambda x: np.sum(x**2).",
    ),
    styles=(with_new_arrays, with_nditer, of_higher_order),
    use=USE,
    restored=frozenset({"x"}),
)
