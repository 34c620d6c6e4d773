"""What notebooks call: `check` while writing, `hint` when stuck, `grade` in the hidden tests.

check("forget_gate", forget_gate)             # praise and None, or raises CheckFailed
hint("forget_gate")                           # the next hint for what was wrong last
grade("forget_gate", forget_gate, points=8)   # a float from 0 to points; never raises
"""

import math
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lstm_ref.checks import hook
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.judge import Verdict, judge

__all__ = ["CheckFailed", "check", "exercise", "exercises", "grade", "hint"]


@dataclass
class _Ladder:
    """The hints for what was wrong last, and how many of them were shown."""

    mistake: str | None
    hints: tuple[str, ...]
    last_hint: bool
    shown: int = 0


_ladders: dict[str, _Ladder] = {}

#: Lines that are shown of what an answer printed.
_PRINTED = 20


class CheckFailed(AssertionError):
    """A visible check did not pass. A notebook shows the message alone, with no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def exercises() -> dict[str, Exercise]:
    """Return all exercises of the course by name, in its order."""
    from lstm_ref.checks.course import parts

    return {name: exercise(name) for name in parts()}


def exercise(name: str) -> Exercise:
    """Return the exercise of that name. Raises ValueError, with the known names, if none is.

    Only its own module is loaded, so that a change in another one makes no grade out of date.
    """
    module = f"{__name__}.parts.{name}"
    if not (isinstance(name, str) and name.isidentifier() and find_spec(module)):
        from lstm_ref.checks.course import parts

        raise ValueError(f"there is no exercise {name!r}; there are {', '.join(parts())}")
    found: Exercise = import_module(module).EXERCISE
    return found


def check(name: str, answer: Any, last_hint: bool = True) -> None:
    """Try an answer on inputs that all can see.

    Prints a line of praise where it is right. Else raises CheckFailed, whose message names
    the mistake, shows the first inputs that tell, and says how to go on. Without `last_hint`, no
    hint shows the line that must change.
    """
    asked = exercise(name)
    verdict = judge(asked, answer, hook.PUBLIC_SEED)
    hints = asked.ladder(verdict.hints, last_hint)
    before = _ladders.get(name)
    if before is None or before.mistake != verdict.mistake or before.hints != hints:
        _ladders[name] = _Ladder(verdict.mistake, hints, last_hint)
    notes = _older_definition(name)
    if verdict.printed.strip():
        lines = verdict.printed.rstrip().splitlines()
        more = [f"… and {len(lines) - _PRINTED} more lines"] if len(lines) > _PRINTED else []
        print("\n".join(["Your function prints:", *lines[:_PRINTED], *more, ""]))
    if not verdict.right:
        raise CheckFailed("\n".join([*notes, _complaint(name, verdict)]))
    for line in notes:
        print(line)
    print(f"✓ {name}: {verdict.title}")
    for line in verdict.advice:
        print(f"  By the way: {line}.")


def hint(name: str) -> None:
    """Print the next hint for what was wrong at the last check of this exercise."""
    exercise(name)
    ladder = _ladders.get(name)
    if ladder is None or not ladder.hints:
        passed = "your last check passed" if ladder else "nothing was checked yet"
        print(f'No hint: {passed}. Run check("{name}", {name}) first.')
        return
    ladder.shown = min(ladder.shown + 1, len(ladder.hints))
    print(f"Hint {ladder.shown} of {len(ladder.hints)}: {ladder.hints[ladder.shown - 1]}")
    if ladder.shown == len(ladder.hints):
        reference = " The reference in lstm_ref is open to read, too." if ladder.last_hint else ""
        print(f"That was the last one.{reference}")


def grade(name: str, answer: Any, points: float, last_hint: bool = True) -> float:
    """Grade an answer on hidden inputs: a plain float from 0 to `points`.

    Whatever the answer does, this does not raise. It shows what was wrong, by name and
    without the inputs, for the feedback page and the class report. Raises ValueError only
    for what the author of the test cell wrote: an unknown name, or points that are not positive;
    and AuthorError where the exercise itself is wrong.
    """
    asked = exercise(name)
    if not (isinstance(points, (int, float)) and math.isfinite(points) and points > 0):
        raise ValueError(f"points is {points!r}; expected a positive number")
    verdict = judge(asked, answer, hook.grading_seed(name))
    earned = float(round(points * verdict.share, 2))
    said = f"{verdict.title}{verdict.own}"
    lines = [f"✓ {name}: {said}" if verdict.right else f"✗ {name}: {said}."]
    lines += [f"  {line}" for line in (verdict.fact,) if line]
    lines += [f"  {line}" for line in asked.ladder(verdict.hints, last_hint)]
    title = verdict.title
    if asked.signed and (maker := asked.signed(answer)):
        lines.append(f"  It was made under the name {maker!r}.")
        if hook.student().casefold() not in ("", maker.casefold()):
            title = f"{title} (made under another name than the gradebook's)"
    bundle = hook.finding(name, verdict.mistake, title, earned, float(points))
    _show("\n".join(lines), bundle)
    return earned


def _complaint(name: str, verdict: Verdict) -> str:
    lines = [f"✗ {name}: {verdict.title}{verdict.own}{verdict.detail}."]
    lines += [f"  {line}" for line in (verdict.fact,) if line]
    if verdict.evidence:
        lines += ["", verdict.evidence]
    if verdict.hints:
        lines += ["", f'Stuck? hint("{name}") leads you on, one step at a time.']
    return "\n".join(lines)


def _older_definition(name: str) -> list[str]:
    """Say so where the cell that defines the answer did not run: an older one is judged then."""
    shell = _notebook()
    last = getattr(shell, "last_execution_result", None)
    if shell is None or last is None or last.success or last.info is None:
        return []
    error = last.error_before_exec or last.error_in_exec
    if f"{name}" not in str(last.info.raw_cell) or isinstance(error, CheckFailed):
        return []
    return [
        f"The cell above stopped with {type(error).__name__}, so this judges the {name} that was "
        "defined before it. Mend that cell and run it, then this one.",
        "",
    ]


def _notebook() -> Any:
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def _show(text: str, bundle: dict[str, Any]) -> None:
    """Display text and finding as one output in a notebook; print the text elsewhere."""
    if _notebook() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, **bundle}, raw=True)
