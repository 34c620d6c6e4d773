"""A share of a value, unit by unit: `f * c_prev`, `i * g`, `o * tanh(c)`."""

from collections.abc import Callable

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.exercise import Case, Mistake
from lstm_ref.checks.families.layer import HELP
from lstm_ref.checks.inputs import signed, worked_steps

Cases = Callable[[np.random.Generator], list[Case]]


def shares_and_values(*names: str) -> Cases:
    """Return what makes cases of (share, value, share, value…), the worked example's step first.

    `names` are those of `inputs.worked_steps`.
    """

    def made(rng: np.random.Generator) -> list[Case]:
        def drawn(*shape: int, scale: float = 1.0) -> tuple[Array, ...]:
            found: list[Array] = []
            for _ in names[::2]:
                found += [rng.uniform(0.1, 0.9, shape), signed(rng, shape, 0.5, 2.5) * scale]
            return tuple(found)

        first = tuple(worked_steps()[0][name] for name in names)
        # Each gate is shut where the one before it is open.
        ends = [np.roll([0.0, 1.0], k) for k in range(len(names) // 2)]
        shut = drawn(2)
        shut = tuple(ends[k // 2] if k % 2 == 0 else one for k, one in enumerate(shut))
        return [
            Case("the worked example, step 1", first, single=True),
            Case("one example without a batch", drawn(3), single=True),
            Case("a batch of two examples", drawn(2, 4), single=False),
            Case("as many examples as units", drawn(3, 3), single=False),
            Case("one unit and one example", drawn(1, 1), single=False),
            Case("gates that are fully open or shut", shut, single=True),
            Case("large values", drawn(2, 3, scale=40.0), single=False),
        ]

    return made


def mistakes(share: str, value: str, noun: str, label: str = "") -> list[Mistake]:
    """What goes wrong with the product that the right text writes `share * value`.

    `noun` is what the value is called; `label` stands before the names where there are several.
    """
    right = f"{share} * {value}"

    def mistake(name: str, title: str, question: str, pointer: str, wrong: str,
                source: str = "constructed") -> Mistake:  # fmt: skip
        hints = (question, pointer)
        return Mistake(label + name, title, hints, (right, wrong), None, 0.0, source)

    product = "A share of something is a product."
    return [
        mistake(
            "added", f"{share} is added to {noun} where it should multiply",
            f"If {share} = 0, nothing should be left. What is left in your version?", product,
            f"{share} + {value}",
        ),
        mistake(
            "subtracted", f"{share} is subtracted from {noun} where it should multiply",
            f"If {share} = 1, all should be there. What is left in your version?", product,
            f"{value} - {share}",
        ),
        mistake(
            "divided", f"{noun} is divided by {share} where it should be multiplied",
            f"If {share} = 0.5, is yours smaller afterwards, or larger?", product,
            f"{value} / {share}",
        ),
        mistake(
            "memory-unchanged", f"{noun} comes out as it went in: {share} plays no part",
            f"Try {share} = 0. What should be left?", "Use both arguments.",
            f"{value} + 0",
        ),
        mistake(
            "gate-returned", f"{share} is returned, not the share of {noun}",
            f"{share} is a share. A share of what?", "Use both arguments.",
            f"{share} + 0",
        ),
        mistake(
            "share-twice", f"the share {share} is taken twice",
            f"If {share} = 0.5, should a half be left, or a quarter?", "Multiply once.",
            f"{share} * {share} * {value}",
        ),
        mistake(
            "sign-lost", f"the sign of {noun} is lost: its size is used",
            "Can yours give a negative number?", "A negative memory stays negative: no abs.",
            f"{share} * np.abs({value})",
        ),
        mistake(
            "sign-turned", "the sign is turned round",
            "If the share is 1, what should come out?", "There is no minus in the formula.",
            f"-{share} * {value}",
        ),
        mistake(
            "own-part-added", f"{noun} is kept whole, and its share added to it",
            f"If {share} = 0, what is left in your version?", "Only the share is left.",
            f"{value} + {share} * {value}",
        ),
        mistake(
            "sigmoid-again", f"σ is taken of {share} once more",
            f"With {share} = 0, is nothing left in your version?",
            f"{share} is a share already; σ was taken when it was made.",
            f"1 / (1 + np.exp(-{share})) * {value}",
        ),
        mistake(
            "dot-product", "the units are mixed: this is a matrix product, not one unit by unit",
            "What shape do you return for one example of three units?",
            "`@` and np.dot add over the units. Each unit stands alone: use `*`.",
            f"np.dot({share}, {value})", source=HELP,
        ),
        mistake(
            "all-or-nothing", "the share is rounded to 0 or 1",
            "Can your version pass one half?", "A gate passes any share from 0 to 1.",
            f"np.round({share}) * {value}",
        ),
        mistake(
            "mean-share", "all units get the same share, the mean over the units",
            "Can one unit forget while another remembers?",
            "There is one share per unit: do not average over the last axis.",
            f"{share}.mean(axis=-1, keepdims=True) * {value}",
        ),
    ]  # fmt: skip
