"""Slips of the language: what beginners do first, and what belongs to no exercise.

Each is told in words of its own. What the text of an answer gives away is asked where that text
is: `LOOK` is sent there. Its report may be forged by an answer, which changes the words and never
the points: a slip is only looked for in an answer that is wrong.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from lstm_ref.checks import hook
from lstm_ref.checks.compare import Known, close
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.observe import Attempt, Observation
from lstm_ref.checks.verdict import Verdict

LOOK = '''
def look(answer):
    """Say what the text of a function gives away: its arguments, its names, what it returns."""
    import dis
    import inspect

    while getattr(answer, "__wrapped__", None) is not None:
        answer = answer.__wrapped__
    try:
        found = list(inspect.signature(answer).parameters.values())
    except (TypeError, ValueError):
        found = None
    plain = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")
    named = [one for one in found or [] if one.kind.name in plain]
    any_number = found is None or any(one.kind.name == "VAR_POSITIONAL" for one in found)
    most = -1 if any_number else len(named)
    methods = vars(answer).values() if isinstance(answer, type) else [answer]
    codes = [one.__code__ for one in methods if getattr(one, "__code__", None) is not None]
    steps = []  # the name of each instruction, and the constant of those that have one
    for code in codes:
        for number, place in zip(code.co_code[::2], code.co_code[1::2]):
            if number:  # 0 is room that the interpreter keeps for itself
                constant = code.co_consts[place] if number in dis.hasconst else None
                steps.append((dis.opname[number], constant))
    returns = not codes or any(
        (name == "RETURN_CONST" and constant is not None)
        or (name == "RETURN_VALUE" and before != ("LOAD_CONST", None))
        for before, (name, constant) in zip(steps[:1] + steps, steps)
    )
    return {
        "arguments": [one.name for one in named],
        "least": sum(one.default is inspect.Parameter.empty for one in named),
        "most": most,
        "names": [name for code in codes for name in code.co_names],
        "written": any(name.startswith(("LOAD_FAST", "LOAD_DEREF")) for name, _ in steps),
        "returns": returns,
    }
'''

#: For each kind of error that a line of NumPy ends in: what it usually means.
_ERRORS = {
    "IndexError": "the line asks for an entry that is not there",
    "KeyError": "the line asks for a key that is not there; print the keys: `print(params.keys())`",
    "RecursionError": "the function calls itself without an end",
    "ZeroDivisionError": "the line divides by zero",
    "UnboundLocalError": "the name gets a value later in the function, or in some cases only",
    "OverflowError": "a number becomes too large: math.exp does, np.exp of -|z| does not",
}


class Look:
    """What the text of an answer gives away; asked for at first use."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._found: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        if self._found is None:
            try:
                found = _looking()(self._answer)
            except Exception:  # an object that does not want to be looked at
                found = None
            self._found = found if isinstance(found, dict) else {}
        return self._found.get(name, _NOTHING[name])


@cache
def _looking_here() -> Any:
    return hook.define(LOOK, "look")


def _looking() -> Any:
    return hook.define(LOOK, "look") if hook.elsewhere() else _looking_here()


_NOTHING: dict[str, Any] = {
    "arguments": [], "least": 0, "most": -1, "names": [], "written": True, "returns": True,
}  # fmt: skip


def not_callable(exercise: Exercise, answer: Any) -> Verdict | None:
    """A value where a function is expected."""
    module = hasattr(type(answer), "state_dict")
    made = module and exercise.kind == "class"
    if (callable(answer) and not made) or exercise.kind == "value":
        return None
    kind = type(answer).__name__
    return Verdict(
        "not-a-function",
        f"{exercise.name} is "
        + ("a module that is made already" if made else f"not a {exercise.kind} but {kind}"),
        0.0,
        (
            f"Did you call it? Pass the name alone, without brackets: {exercise.name}.",
            f"Define it with `{exercise.signature}`.",
        ),
    )


def of_definition(exercise: Exercise, look: Look) -> Verdict | None:
    """The wrong number of arguments."""
    if exercise.use:
        return None
    count = len(exercise.arguments)
    if look["least"] <= count and (look["most"] < 0 or look["most"] >= count):
        return None
    has = look["least"] if look["least"] > count else look["most"]
    listed = ", ".join(exercise.arguments)
    return Verdict(
        "wrong-arguments",
        f"the `def` line has {has} argument{'s' * (has != 1)}; it is called with {count}: {listed}",
        0.0,
        (
            "Compare your `def` line with the one that was given. What differs?",
            f"The line is `{exercise.signature}`.",
        ),
    )


def of_language(
    exercise: Exercise, look: Look, seen: Sequence[Observation], k: int
) -> Verdict | None:
    """Nothing written, nothing returned, a name that is not there; k is the first wrong case."""
    first = seen[k]
    ends = f"end with `return {exercise.returned}`"
    if first.error == "NotImplementedError" and 'required "forward"' in first.message:
        return Verdict(
            "no-forward",
            "the module has no method with the name forward",
            0.0,
            (
                "How is your second method spelled, and how far is it indented?",
                "torch calls the method `forward`, as far to the right as `__init__`.",
            ),
        )
    if first.error == "NotImplementedError":
        if look["written"]:
            return Verdict(
                "stub-left",
                "the line `raise NotImplementedError(…)` still stands in it, and stops it",
                0.0,
                (
                    "Does Python ever come to the line after a `raise`?",
                    "Delete the line `raise NotImplementedError(…)`: it only marks the place.",
                    f"Then {ends}.",
                ),
            )
        return Verdict(
            "not-written",
            "nothing is returned yet",
            0.0,
            (
                exercise.hints[0],
                f"Put your lines in the place of `raise NotImplementedError(…)`, and {ends}.",
            ),
        )
    if first.nothing:
        return _nothing_returned(look, ends)
    if first.missing:
        return _not_defined(first.missing, first.line)
    single = ("converted to Python scalars", "must be real number", "convert an array of size 1")
    if first.error == "TypeError" and (
        any(text in first.message for text in single)
        or ("math." in first.line and "math" in look["names"])
    ):
        return Verdict(
            "math-for-arrays",
            "a function of `math` is used, which takes one number; here are arrays",
            0.0,
            (
                "How many numbers does math.exp take at once?",
                "NumPy's functions take whole arrays: np.exp, np.tanh, np.sqrt.",
                f"The line is `{first.line}`." if first.line else "Look for `math.` in your lines.",
            ),
        )
    return None


def _nothing_returned(look: Look, ends: str) -> Verdict:
    if "print" in look["names"]:
        return Verdict(
            "printed",
            "the result is printed, not returned: the function gives None",
            0.0,
            (
                "What is the value of `print(3)`? Try `a = print(3)`, then look at a.",
                "print shows a value to you; return hands it to the caller.",
                f"Let the function {ends}, without print.",
            ),
        )
    if look["returns"]:
        return Verdict(
            "returns-none",
            "it returns None, not numbers",
            0.0,
            (
                "Which of your lines returns? Is it reached, and what is the value there?",
                "A method that changes its array, such as a.sort(), gives None.",
            ),
        )
    title = "there is no `return`, so the function gives None"
    if not look["written"]:
        return Verdict("not-written", "nothing is returned yet", 0.0, (f"Write it, and {ends}.",))
    return Verdict(
        "no-return",
        title,
        0.0,
        (
            "What does a function give that ends without `return`?",
            f"Let the last line be {ends.removeprefix('end with ')}.",
        ),
    )


def _not_defined(name: str, line: str) -> Verdict:
    where = f", in the line `{line}`" if line else ""
    usual = {"np": "import numpy as np", "torch": "import torch", "math": "import math"}
    if name in usual:
        how = f"Write `{usual[name]}` in a cell above, and run that cell."
    else:
        how = (
            f"Is {name} spelled as in the `def` line? If another cell defines it, run that cell "
            "first."
        )
    return Verdict(
        "name-not-defined",
        "a name is not defined",
        0.0,
        (f"Where should {name} get its value?", how),
        own=f": {name}{where}",
    )


def of_order(
    exercise: Exercise, look: Look, attempt: Attempt, known: Known, wrong: Sequence[int]
) -> Verdict | None:
    """The right function, but for the order of the arguments in the `def` line."""
    asked, has = exercise.arguments, tuple(look["arguments"])
    if exercise.use or has == asked or sorted(has) != sorted(asked):
        return None
    place = [asked.index(name) for name in has]
    for k in wrong:
        case = known.cases[k]
        moved = type(case)(case.name, tuple(case.arguments[p] for p in place))
        if not known.is_right(attempt.observe(moved, known.templates[k]), k):
            return None
    return Verdict(
        "arguments-reordered",
        "the `def` line lists the arguments in another order",
        0.5,
        (
            "The check passes the arguments by their place. Which place has each name in yours?",
            f"The order is {', '.join(asked)}.",
        ),
        own=f": {', '.join(has)}",
    )


def of_shape(
    exercise: Exercise, known: Known, seen: Sequence[Observation], right: Sequence[bool]
) -> Verdict | None:
    """Right for one example and not for a batch, or the reverse; right but for an axis."""
    kinds = [case.single for case in known.cases]
    alone = {right[k] for k, single in enumerate(kinds) if single is True}
    batch = {right[k] for k, single in enumerate(kinds) if single is False}
    first = seen[right.index(False)]
    if alone == {True} and batch == {False}:
        line = f", in the line `{first.line}`" if first.line else ""
        return Verdict(
            "one-example-only",
            "right for one example, and not for a batch, whose examples stand in rows",
            0.5,
            (
                "What shape has each argument for a batch? Which of your lines takes one example "
                "for granted?",
                "The last axis is the same in both: count from the end, `shape[-1]`, `axis=-1`. "
                "With examples in rows, the book's Wx is `x @ W.T`.",
            ),
            own=line,
        )
    if alone == {False} and batch == {True}:
        stops = f": it stops with {first.error}" if first.error else ""
        x, shape = ("xs", "(T, I)") if "xs" in exercise.arguments else ("x", "(I,)")
        return Verdict(
            "batch-only",
            f"right for a batch, and not for one example of shape {shape}{stops}",
            0.5,
            (
                f"What is {x}.shape for one example? Which of your lines needs an axis more?",
                "`axis=-1` is the last axis of both; `axis=1` is there in a batch alone.",
            ),
        )
    return _axis_too_many(known, seen, right)


def _axis_too_many(
    known: Known, seen: Sequence[Observation], right: Sequence[bool]
) -> Verdict | None:
    said = ""
    for k, one in enumerate(seen):
        if right[k]:
            continue
        if one.leaves is None:
            return None
        for label, wanted in known.right[k].items():
            values = one.leaves[label]
            if close(values, wanted):
                continue
            if values.ndim == wanted.ndim or values.size != wanted.size:
                return None
            if not close(np.reshape(values, wanted.shape), wanted):
                return None
            more = "many" if values.ndim > wanted.ndim else "few"
            said = said or (
                f"the numbers of {label} are right, with one axis too {more}: shape "
                f"{values.shape} in place of {wanted.shape}"
            )
    hints = (
        "Which of your lines makes the extra axis, or loses it? Print the shape after each one.",
        "A vector of H numbers has shape (H,), not (H, 1) or (1, H).",
    )
    return Verdict("axis", said, 0.5, hints) if said else None


def plainly(message: str) -> str:
    """Return an error's text without NumPy's inner words."""
    if found := re.search(r"\(size (\d+) is different from (\d+)\)", message):
        return f"in a matrix product, a side of {found[2]} meets a side of {found[1]}"
    return message


def explained(first: Observation) -> str:
    """Say in plain words what an error of Python or NumPy usually means; "" where unknown."""
    text = first.message
    if "matmul" in text or "not aligned" in text:
        return (
            "in a product `a @ b` the last axis of a must be as long as the first of b: print "
            "both shapes"
        )
    if "broadcast" in text:
        return "two arrays are put together whose shapes do not fit: print both shapes"
    if "truth value of an array" in text:
        return (
            "`if` asks for one yes or no, and an array holds many numbers: np.where chooses number "
            "by number, and a share needs no `if` at all"
        )
    if "does not require grad" in text:
        return (
            "the loss does not hang on the weights: make it of model(xs), without no_grad, detach "
            "or numpy in between"
        )
    if "numpy() on Tensor" in text:
        return (
            "NumPy's functions know no gradients: inside a module take torch's, such as torch.tanh "
            "and torch.sigmoid"
        )
    if "Module.__init__" in text:
        return "the first line of your `__init__` must be `super().__init__()`"
    if "values to unpack" in text:
        return (
            "left of `=` stand so many names, and on the right are more or fewer things: an array "
            "is taken apart along its first axis"
        )
    if "'NoneType' object has no attribute 'append'" in text:
        return (
            "`append` changes the list and gives None: write `hs.append(h)` alone, without `hs =` "
            "before it"
        )
    if "'NoneType' object" in text:
        return "a name holds None there: which line gave it its value, and did that line return?"
    if "'dict' object has no attribute" in text:
        return "a dict is asked by its key, in square brackets: `params['W_f']`"
    if "'str' object has no attribute" in text:
        return "going through a dict gives its keys, which are text: ask for each array by its key"
    if "unsupported operand" in text or "not callable" in text:
        return "an operation meets a thing of the wrong kind: print the type of each"
    return _ERRORS.get(first.error, "")
