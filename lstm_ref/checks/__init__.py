"""What notebooks call: `check` while writing, `hint` when stuck, `grade` in the hidden tests.

check("forget_gate", forget_gate)             # praise and None, or raises CheckFailed
hint("forget_gate")                           # the next hint for what was wrong last
grade("forget_gate", forget_gate, points=8)   # a float from 0 to points; never raises
"""

import math
import sys
from importlib import import_module
from typing import Any

from lstm_ref.checks import hook
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.judge import Verdict, judge

__all__ = ["CheckFailed", "check", "exercise", "exercises", "grade", "hint"]

#: One module an assignment, and the parts in it, in the order of the course. Only the module of
#: the part that is asked for is loaded, so that a change in another one makes no grade out of date.
_ASSIGNMENTS = {"forget_gate": ("forget_gate", "keep")}

#: For each part the hints of the last check, and how many of them were shown.
_ladder: dict[str, tuple[tuple[str, ...], int]] = {}


class CheckFailed(AssertionError):
    """A visible check did not pass. A notebook shows the message alone, with no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def exercises() -> dict[str, Exercise]:
    """Return all exercises of the course by name, in its order."""
    return {name: exercise(name) for names in _ASSIGNMENTS.values() for name in names}


def exercise(name: str) -> Exercise:
    """Return the exercise of that name. Raises ValueError, with the known names, if none is."""
    for assignment, names in _ASSIGNMENTS.items():
        if name in names:
            module = import_module(f"lstm_ref.checks.{assignment}")
            found: Exercise = module.EXERCISES[names.index(name)]
            return found
    known = ", ".join(name for names in _ASSIGNMENTS.values() for name in names)
    raise ValueError(f"there is no exercise {name!r}; there are {known}")


def check(name: str, answer: Any) -> None:
    """Try an answer on inputs that all can see.

    Prints a line of praise where it is right. Else raises CheckFailed, whose message names
    the mistake, shows the first inputs that tell, and says how to go on.
    """
    verdict = judge(exercise(name), answer, hook.PUBLIC_SEED)
    _ladder[name] = (verdict.hints, 0)
    if not verdict.right:
        raise CheckFailed(_complaint(name, verdict))
    print(f"✓ {name}: {verdict.title}")
    for line in verdict.advice:
        print(f"  By the way: {line}.")


def hint(name: str) -> None:
    """Print the next hint for what was wrong at the last check of this exercise."""
    exercise(name)
    hints, shown = _ladder.get(name, ((), 0))
    if not hints:
        passed = "your last check passed" if name in _ladder else "nothing was checked yet"
        print(f'No hint: {passed}. Run check("{name}", {name}) first.')
        return
    shown = min(shown + 1, len(hints))
    _ladder[name] = (hints, shown)
    print(f"Hint {shown} of {len(hints)}: {hints[shown - 1]}")
    if shown == len(hints):
        print("That was the last one. The reference in lstm_ref is open to read, too.")


def grade(name: str, answer: Any, points: float) -> float:
    """Grade an answer on hidden inputs: a plain float from 0 to `points`.

    Whatever the answer does, this does not raise. It shows what was wrong, by name and
    without the inputs, for the feedback page and the class report. Raises ValueError only
    for what the author of the test cell wrote: an unknown name, or points that are not positive.
    """
    asked = exercise(name)
    if not (isinstance(points, (int, float)) and math.isfinite(points) and points > 0):
        raise ValueError(f"points is {points!r}; expected a positive number")
    verdict = judge(asked, answer, hook.grading_seed(name))
    earned = float(round(points * verdict.share, 2))
    lines = [f"✓ {name}: {verdict.title}" if verdict.right else f"✗ {name}: {verdict.title}."]
    lines += [f"  {line}" for line in verdict.hints]
    bundle = hook.finding(name, verdict.mistake, verdict.title, earned, float(points))
    _show("\n".join(lines), bundle)
    return earned


def _complaint(name: str, verdict: Verdict) -> str:
    lines = [f"✗ {name}: {verdict.title}."]
    if verdict.evidence:
        lines += ["", verdict.evidence]
    if verdict.hints:
        lines += ["", f'Stuck? hint("{name}") leads you on, one step at a time.']
    return "\n".join(lines)


def _show(text: str, bundle: dict[str, Any]) -> None:
    """Display text and finding as one output in a notebook; print the text elsewhere."""
    shell = sys.modules.get("IPython")
    if shell is None or shell.get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, **bundle}, raw=True)
