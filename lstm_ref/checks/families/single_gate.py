"""An exercise that is one layer alone: its inputs, its hints, what goes wrong, right styles."""

import textwrap
from collections.abc import Callable

import numpy as np

from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Mistake
from lstm_ref.checks.families.layer import HELP, OLD_TF, Layer
from lstm_ref.datasets import worked_example


def cases(symbol: str) -> Callable[[np.random.Generator], list[Case]]:
    """Return what makes the cases of the layer of that symbol: the worked example first."""

    def made(rng: np.random.Generator) -> list[Case]:
        weights = [worked_example.params[f"{kind}_{symbol}"] for kind in "WUb"]
        first = (worked_example.xs[0], worked_example.h0, *weights)
        found = [Case("the worked example, step 1", first, single=True)]
        for sizes in inputs.SIZES:
            found.append(Case(sizes.name, inputs.layer(rng, sizes), sizes.single))
        huge = inputs.layer(rng, inputs.Sizes("", 2, 2, 3))
        far = np.array([1000.0, -1000.0, 1000.0])
        found.append(Case("sums of around ±1000", (*huge[:4], far), single=False))
        large = inputs.layer(rng, inputs.Sizes("", 2, 3, 5), scale=8.0)
        found.append(Case("large weights", large, single=False))
        return found

    return made


def hints(a: Layer) -> tuple[str, ...]:
    """The ladder for a layer that is wrong in no known way."""
    act = "σ" if a.squash == "sigmoid" else "tanh"
    return (
        f"Which three parts are added for each unit before {act} is taken?",
        f"x goes through {a.W}, h_prev through {a.U}; then comes {a.b}, then {act}.",
        "Try it in three lines: the product with x, the product with h_prev, then the sum.",
    )


def mistakes(a: Layer) -> list[Mistake]:
    """What is seen where one layer is the whole exercise, beside the family of layers."""
    z, s = a.sum, a.symbol
    squash, act = a.squash, "σ" if a.squash == "sigmoid" else "tanh"

    def mistake(name: str, title: str, question: str, pointer: str, wrong: str,
                keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
        return Mistake(name, title, (question, pointer), (a.line, wrong), None, keeps, source)

    both = [
        mistake(
            "rounded", "the result is rounded",
            "How many digits has your result?",
            "Rounding is for people. The next step needs all digits.",
            f"np.round({a.line}, 1)",
        ),
        mistake(
            "per-cent", "the result is in per cent: a hundred times too large",
            "Is 95 a number from 0 to 1?",
            "A share of 95 % is the number 0.95.",
            f"100 * {a.line}", source="'the percentage to remember', as the notes say",
        ),
        mistake(
            "joined-in-other-order",
            "x and h_prev are joined in one order, and their matrices in the other",
            "Which columns of the joined matrix meet x?",
            "Join both in the same order: [x, h_prev] with [W, U].",
            f"{a.squash}(np.concatenate([h_prev, x], axis=-1) @ "
            f"np.concatenate([{a.W}, {a.U}], axis=1).T + {a.b})", source=HELP,
        ),
        mistake(
            "one-gate-for-all", "all units get the same number, the mean over the units",
            "Can one unit do something else than another?",
            "There is one number per unit: do not average over the last axis.",
            f"({a.line}).mean(axis=-1, keepdims=True) + 0 * {a.b}",
        ),
        mistake(
            f"{squash}-of-each", f"{act} is taken of each product, and the results are added",
            f"Can your {s} become larger than 1?",
            f"First add all three parts. Then take {act}, once.",
            f"{squash}(x @ {a.W}.T) + {squash}(h_prev @ {a.U}.T) + {a.b}",
        ),
        mistake(
            f"{squash}-of-each-with-bias",
            f"{act} is taken of each product and the bias, and the two results are added",
            f"Can your {s} become larger than 1?",
            f"First add all three parts, the bias once. Then take {act}, once.",
            f"{squash}(x @ {a.W}.T + {a.b}) + {squash}(h_prev @ {a.U}.T + {a.b})",
        ),
        mistake(
            f"mean-of-two-{squash}s",
            f"{act} is taken of each product, and the mean of the two is returned",
            "What does a large positive product do against a large negative one in yours?",
            f"First add all three parts. Then take {act}, once.",
            f"({squash}(x @ {a.W}.T + {a.b}) + {squash}(h_prev @ {a.U}.T + {a.b})) / 2",
        ),
    ]  # fmt: skip
    if squash == "tanh":
        return [
            *both,
            mistake(
                "half-the-slope", "2σ(z) − 1 is tanh(z / 2), not tanh(z)",
                "How steep is yours where the sum is 0? tanh has the slope 1 there.",
                "tanh(z) is 2σ(2z) − 1: the sum is doubled inside, too.",
                f"2 / (1 + np.exp(-({z}))) - 1",
            ),
        ]  # fmt: skip
    return [
        *both,
        mistake(
            "overflow", "right for moderate sums, but nan or an error for large ones",
            "What is exp(1000) in floating point? And that number divided by itself?",
            "exp(z) / (1 + exp(z)) overflows. The sigmoid that is given is safe everywhere.",
            f"np.exp({z}) / (1 + np.exp({z}))", keeps=0.5,
        ),
        mistake(
            "brackets-missing", "1 / 1 + exp(−z) is (1 / 1) + exp(−z): brackets are missing",
            "Can your result be larger than 1?",
            "The whole sum stands below the line: 1 / (1 + np.exp(-z)).",
            f"1 / 1 + np.exp(-({z}))", source=HELP,
        ),
        mistake(
            "softmax-for-sigmoid", "softmax stands where σ should: the units share one whole",
            "Can two units both have a gate that is fully open?",
            "Softmax makes the shares add up to 1. Each unit has a gate of its own, so use σ.",
            f"(lambda e: e / e.sum(axis=-1, keepdims=True))(np.exp(({z}) - ({z}).max(axis=-1, "
            "keepdims=True)))",
        ),
        mistake(
            "one-more", "1 is added to the sum, beside the bias that is given",
            f"With all arguments zero, {s} should be one half. What is yours?",
            "The only constant is the bias that is given. Old TensorFlow adds 1 beside it.",
            f"sigmoid({z} + 1)", keeps=0.5, source=OLD_TF,
        ),
    ]  # fmt: skip


def styles(name: str, symbol: str, squash: str = "sigmoid") -> tuple[str, ...]:
    """Right answers in other styles, as texts; `symbol` is "" where the names are W, U, b."""
    return tuple(
        textwrap.dedent(text).strip().replace("_s", symbol and f"_{symbol}")
        .replace("NAME", name).replace("SQUASH", squash) + "\n"
        for text in _STYLES
    )  # fmt: skip


_STYLES = (
    """
    def NAME(x, h_prev, W_s, U_s, b_s):  # einsum
        z = np.einsum("...i,hi->...h", x, W_s) + np.einsum("...k,hk->...h", h_prev, U_s) + b_s
        return SQUASH(z)
    """,
    """
    def NAME(x, h_prev, W_s, U_s, b_s):  # concatenated weights
        both = np.concatenate([x, h_prev], axis=-1)
        weights = np.hstack([W_s, U_s])
        return SQUASH(np.dot(both, weights.T) + b_s)
    """,
    """
    def NAME(x, h_prev, W_s, U_s, b_s):  # loops
        if np.ndim(x) == 2:
            return np.array([NAME(x[k], h_prev[k], W_s, U_s, b_s) for k in range(len(x))])
        result = []
        for unit in range(len(b_s)):
            z = b_s[unit]
            for k in range(len(x)):
                z = z + W_s[unit][k] * x[k]
            for k in range(len(h_prev)):
                z = z + U_s[unit][k] * h_prev[k]
            result.append(float(SQUASH(z)))
        return result
    """,
    """
    def NAME(x, h_prev, W_s, U_s, b_s):  # columns
        return SQUASH((W_s @ x.T + U_s @ h_prev.T).T + b_s)
    """,
    """
    def NAME(x, h_prev, W_s, U_s, b_s):  # a helper inside, and rows one by one
        def one(a, h):
            return SQUASH(W_s.dot(a) + U_s.dot(h) + b_s)
        return one(x, h_prev) if x.ndim == 1 else np.stack(list(map(one, x, h_prev)))
    """,
)
