"""Says what can be said of an answer that is wrong in no known way: facts that lead on."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks import hook, relations, slips
from lstm_ref.checks.compare import Known, close, same
from lstm_ref.checks.exercise import Case
from lstm_ref.checks.observe import Attempt, Observation
from lstm_ref.checks.verdict import Verdict

#: How axes are counted in words.
_AXES = {
    "T": "step",
    "B": "example",
    "L": "layer",
    "H": "unit",
    "I": "input",
    "R": "row",
    "K": "row",
}

#: The axes of what stands in a dict of parameters or their gradients, by how its name begins.
_ENTRIES = {"weight_ih": "RI", "weight_hh": "RH", "bias": "R", "W": "HI", "U": "HH", "b": "H"}

#: Of more results than these, it is told which are off.
_FEW = 6

#: In the way to an array: each entry of a list. As ignored arguments: all of them.
EACH = object()
EVERYTHING = ("all arguments",)

#: An array in the arguments: what it is called, and the way to it.
Place = tuple[str, tuple[Any, ...]]


def describe(
    attempt: Attempt, known: Known, seen: Sequence[Observation], right: Sequence[bool]
) -> Verdict:
    """Return a verdict with no points, whose title is a fact and whose hints lead on."""
    exercise = attempt.exercise
    k = right.index(False)
    first, where = seen[k], known.cases[k].name

    def verdict(mistake: str, title: str, *hints: str) -> Verdict:
        return Verdict(mistake, title, 0.0, hints or exercise.hints)

    if first.error:
        line = f", in the line `{first.line}`" if first.line else ""
        said = slips.explained(first)
        hints = (f"{said[0].upper()}{said[1:]}.", *exercise.hints[1:]) if said else exercise.hints
        return Verdict("raises", f"with {where}, it stops with {first.error}", 0.0, hints, own=line)
    if first.leaves is None:
        title = f"with {where}, it returns {first.strange}; expected {_wanted(known, k)}"
        last = f"It should end with `return {', '.join(exercise.outputs)}`."
        return verdict("wrong-type", title, "What does your last line return?", last)
    for label, wanted in known.right[k].items():
        if (shape := first.leaves[label].shape) != wanted.shape:
            return verdict(
                "wrong-shape",
                f"with {where}, {label} has shape {shape}; expected {wanted.shape}",
                "Which of your lines makes the shape? Print the shape after each one.",
                *exercise.hints[1:],
            )
    if any(np.isnan(v).any() for o in seen for v in (o.leaves or {}).values()):
        return verdict("not-a-number", f"with {where}, some results are nan (not a number)")
    label = _first_wrong(known, seen, k)
    if label.partition("['")[0] in exercise.made:
        return _numbers(attempt, known, seen, right)
    if (ignored := _ignored(attempt, known, seen)) is EVERYTHING:
        return verdict("constant", "the result is the same whatever the arguments are")
    if ignored:
        named = " or ".join(ignored[:3])
        return verdict(
            "ignores-argument",
            f"the result does not depend on {named}",
            f"Change {ignored[0]} and keep the rest: should the result change?",
            *exercise.hints[1:],
        )
    return _numbers(attempt, known, seen, right)


def _numbers(
    attempt: Attempt, known: Known, seen: Sequence[Observation], right: Sequence[bool]
) -> Verdict:
    """Relate the first leaf that is wrong to the right one, or say where it is off, and how far."""
    exercise = attempt.exercise
    wrong = [k for k, is_right in enumerate(right) if not is_right]
    k = wrong[0]
    label = _first_wrong(known, seen, k)
    axes = _axes(exercise.outputs, label, known.right[k][label])
    pairs = [
        (_leaf(seen, j, label), known.right[j][label])
        for j in wrong
        if seen[j].leaves is not None and not close(_leaf(seen, j, label), known.right[j][label])
    ]
    if swapped := _swapped(known, seen, wrong, label):
        turned = ("In which order does the task ask for them?", "Look at your last line.")
        return Verdict(
            "outputs-swapped", f"your {label} holds what {swapped} should be", 0.0, turned
        )
    if relation := relations.related(pairs, axes):
        title = relation.title.format(leaf=label)
        return Verdict(relation.name, title, 0.0, (*relation.hints, *exercise.hints[1:]))
    if (times := relations.factor(pairs)) is not None:
        title = f"{label} is the same multiple of what it should be, everywhere"
        question = f"What in your lines multiplies {label}, or divides it?"
        ladder = (question, *exercise.hints[1:])
        return Verdict("wrong-factor", title, 0.0, ladder, detail=f" ({times:.4g} times)")
    if len(pairs[0][0].shape) and (more := relations.offset(pairs)) is not None:
        title = f"one and the same number is added to {label}, everywhere"
        ladder = ("Which of your lines adds it?", *exercise.hints[1:])
        return Verdict("wrong-offset", title, 0.0, ladder, detail=f" ({more:.4g})")
    yours, wanted = pairs[0] if pairs else (np.array(0.0), np.array(0.0))
    off = float(np.abs(yours - wanted).max(initial=0.0))
    title = _where(known, seen, k, label, axes)
    return Verdict("unnamed", title, 0.0, exercise.hints, detail=f" (by up to {off:.3g})")


def _where(known: Known, seen: Sequence[Observation], k: int, label: str, axes: str) -> str:
    """Say which results are right, where the first wrong one begins."""
    yours, right = _leaf(seen, k, label), known.right[k][label]
    fine = [name for name, wanted in known.right[k].items() if close(_leaf(seen, k, name), wanted)]
    start = f"{', '.join(fine[:3])} {'is' if len(fine) == 1 else 'are'} right, " if fine else ""
    title = f"{start}{label} is off with {known.cases[k].name}"
    if len(known.right[k]) > _FEW:  # what is off tells more than what is right
        off = [name for name in known.right[k] if name not in fine]
        more = f" and {len(off) - _FEW} more" if len(off) > _FEW else ""
        start = f"off with {known.cases[k].name}: {', '.join(off[:_FEW])}{more}"
        title = (
            f"{start}; all the rest is right" if fine else f"with {known.cases[k].name}, all is off"
        )
    for axis, letter in enumerate(axes):
        bad = _bad_along(yours, right, axis)
        if 0 < len(bad) < right.shape[axis]:
            word = _AXES.get(letter, "entry")
            if letter == "T" and bad == list(range(bad[0], right.shape[axis])):
                return f"{title}: right up to step {bad[0]}, wrong from step {bad[0] + 1} on"
            if letter == "T" and len(bad) > 1 and bad == list(range(len(bad))):
                return f"{title}: wrong up to step {len(bad)}, right from step {len(bad) + 1} on"
            listed = " and ".join(str(one + 1) for one in bad[:3])
            return f"{title}: only in {word} {listed}"
    return title


def by_step(
    attempt: Attempt, known: Known, seen: Sequence[Observation], right: Sequence[bool]
) -> str:
    """Say from which step back a result is wrong that is summed over steps; "" where it is none.

    The answer goes the last step alone, then the last two, and so on, until it is wrong.
    """
    if attempt.exercise.cut is None:
        return ""
    for k, (case, one, fine) in enumerate(zip(known.cases, seen, right, strict=True)):
        T = len(case.arguments[0])
        if fine or one.leaves is None or T == 1:
            continue
        said = ""
        for n in range(1, T + 1):
            shorter, template, wanted = known.last_steps(k, n)
            found = attempt.observe(shorter, template).leaves
            if found is None:
                return ""
            bad = [label for label, value in wanted.items() if not close(found[label], value)]
            if any("['" in label for label in bad):  # what is summed over the steps tells most
                return _from_step(bad, T, T - n + 1)
            said = said or (_from_step(bad, T, T - n + 1) if bad else "")
        return said
    return ""


def _from_step(bad: Sequence[str], last: int, step: int) -> str:
    label = next((one for one in bad if "['" in one), bad[0])
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    be = "are" if more else "is"
    if step == last:
        return (
            f"{label}{more} {be} wrong at step {last} already, where the way back begins: look at "
            "one step alone."
        )
    fine = f"step {last}" if step == last - 1 else f"the steps {last} to {step + 1}"
    return f"{label}{more} {be} right for {fine} and wrong from step {step} back."


def _bad_along(yours: Array, right: Array, axis: int) -> list[int]:
    moved = np.moveaxis(yours, axis, 0), np.moveaxis(right, axis, 0)
    scale = max(float(np.abs(right).max()), 1e-3)
    return [
        place
        for place, (one, other) in enumerate(zip(*moved, strict=True))
        if float(np.abs(one - other).max(initial=0.0)) > 1e-4 * scale
    ]


def _axes(outputs: Any, label: str, value: Array) -> str:
    """Return the letters of a leaf's axes: without B where there is no batch."""
    output, _, entry = label.partition("['")
    begun = next((name for name in _ENTRIES if entry.startswith(name)), "")
    axes = str(outputs.get(output, "")) + _ENTRIES.get(begun, "")
    if len(axes) == value.ndim + 1 and "B" in axes:
        axes = axes.replace("B", "")
    return axes if len(axes) == value.ndim else ""


def _swapped(known: Known, seen: Sequence[Observation], wrong: Sequence[int], label: str) -> str:
    """Return the other leaf whose right values stand in this one's place, in every wrong case."""
    for other in known.right[wrong[0]]:
        if other != label and all(
            close(_leaf(seen, k, label), known.right[k][other]) for k in wrong
        ):
            return other
    return ""


def _first_wrong(known: Known, seen: Sequence[Observation], k: int) -> str:
    """Return the first result of case k that is not right."""
    return next(
        label
        for label, wanted in known.right[k].items()
        if not close(_leaf(seen, k, label), wanted)
    )


def _leaf(seen: Sequence[Observation], k: int, label: str) -> Array:
    found = (seen[k].leaves or {}).get(label)
    return found if found is not None else np.array(np.nan)


def _wanted(known: Known, k: int) -> str:
    outputs = known.exercise.outputs
    if len(outputs) > 1 or known.exercise.returns:
        return f"({known.exercise.returned})"
    (label,) = outputs
    shape = known.right[k].get(label)
    return f"{label} of shape {shape.shape}" if shape is not None else label


def _ignored(attempt: Attempt, known: Known, seen: Sequence[Observation]) -> tuple[str, ...]:
    """The arguments, and the entries of dicts, that change the right result and not this one.

    `EVERYTHING` where no argument at all changes this result.
    """
    exercise = attempt.exercise
    names = exercise.arguments
    # Whom the answer calls was noted as it was judged; to watch every call here would be slow.
    quick = attempt if hook.elsewhere() else Attempt(exercise, attempt.answer, watched=False)
    asked = list(zip(known.cases, known.templates, seen, strict=True))[::-1]  # the least first
    if exercise.cut:
        short, template, _ = known.last_steps(len(known.cases) - 1, 2)
        asked.insert(0, (short, template, quick.observe(short, template)))

    def change(case: Case, template: Any, before: Observation, *places: Place) -> bool:
        return not same(quick.results(case, template, _moved(case, *places)), before)

    every = [name for name, _ in _places(known.cases[0].arguments, names)]
    found = every = [name for name in every if name not in exercise.unread]
    for one in asked:
        if not found or one[-1].leaves is None:
            continue
        paths = [(name, way) for name, way in _places(one[0].arguments, names) if name in found]
        if change(*one, *paths):  # else all of them together change nothing here
            telling = {path[0] for path in paths if change(*one, path)}
            found = [name for name in found if name not in telling]
    return EVERYTHING if every and found == every else tuple(found)


def _places(arguments: Sequence[Any], names: Sequence[str]) -> Iterator[Place]:
    """Yield the name of each array that stands in the arguments, and the way to it."""
    for place, (name, value) in enumerate(zip(names, arguments, strict=True)):
        yield from _inside(name, value, (place,))


def _inside(name: str, value: Any, path: tuple[Any, ...]) -> Iterator[Place]:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield name, path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(f"{name}['{key}']", item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _inside(f"{name}[t]", value[0], (*path, EACH))  # the same entry of every one


def _moved(case: Case, *places: Place) -> tuple[Any, ...]:
    """Return new arguments of the case with these arrays changed, by much and everywhere."""
    arguments: Any = list(case.fresh())
    for _, path in places:
        holders = [arguments]
        for step in path[:-1]:
            holders = [
                inner
                for holder in holders
                for inner in (holder if step is EACH else [holder[step]])
            ]
        for holder in holders:
            holder[path[-1]] = 0.5 - 0.7 * holder[path[-1]]
    return tuple(arguments)
