"""Right by another library's convention: made from `lstm_ref.conventions`, and worth half.

A convention that is added there names itself here.
"""

from collections.abc import Callable, Iterable

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.variants import Edit
from lstm_ref.conventions import CONVENTIONS, TORCH, Convention

Order = tuple[str, ...]


def others(own: Convention, of: Callable[[Convention], object]) -> dict[object, list[Convention]]:
    """Return the conventions that differ from `own` in what `of` says, put together by it."""
    found: dict[object, list[Convention]] = {}
    for one in CONVENTIONS:
        if of(one) != of(own):
            found.setdefault(of(one), []).append(one)
    return found


def orders(own: Convention, edit: Callable[[Order], Edit], does: str) -> list[Mistake]:
    """The four blocks in another library's order; `edit` makes it of the order i f g o or so.

    `does` is what is done with the blocks, as in "the blocks are …".
    """
    return [
        Mistake(
            f"blocks-{''.join(alike[0].order)}",
            f"the blocks are {does} in the order {' '.join(alike[0].order)}, as {_names(alike)} "
            f"{'have' if len(alike) > 1 else 'has'} it; here it is {' '.join(own.order)}",
            (
                "Which rows belong to which gate? Write the four letters beside the four blocks.",
                f"In the letters of this course, {own.name} keeps {' '.join(own.order)}.",
            ),
            edit(alike[0].order),
            keeps=0.5,
            source=f"{alike[0].name}: {alike[0].where}",
        )
        for alike in others(own, lambda one: one.order).values()
    ]


def carry(edit: Edit) -> list[Mistake]:
    """The two results in the order of a library that hands on (c, h)."""
    return [
        Mistake(
            "outputs-in-other-order",
            f"the two results come in the order of {_names(alike)}: (c, h) in place of (h, c)",
            ("In which order does the task ask for them?", "Return h first, as torch does."),
            edit,
            keeps=0.5,
            source=f"{alike[0].name}: {alike[0].where}",
        )
        for alike in others(TORCH, lambda one: one.carry).values()
    ]


def of_kind(is_so: Callable[[Convention], bool]) -> str:
    """Return the names of the libraries of which this holds: "Keras and Flax"."""
    return _names([one for one in CONVENTIONS if is_so(one)])


def _names(conventions: Iterable[Convention]) -> str:
    *most, last = [one.name for one in conventions]
    return f"{', '.join(most)} and {last}" if most else last
