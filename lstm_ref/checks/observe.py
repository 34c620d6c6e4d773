"""Calls a student's function on a case and notes all that can be seen from outside.

Nothing here knows what is right, but for how a result is laid out. What comes back is plain: new
arrays of numbers, the name of an error, and what else the call did (changed its arguments, warned,
printed, used the answer key).
"""

import contextlib
import io
import os
import traceback
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks import hook, leaves
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.watch import Watch, watching

_PRINTED = 2000


@dataclass(frozen=True)
class Observation:
    """What one call did. `leaves` is None where it gave no numbers."""

    leaves: Mapping[str, Array] | None = None
    exact: Mapping[str, float] = field(default_factory=dict)  # the precision of each leaf
    error: str = ""  # the name of the exception's type
    message: str = ""  # what it said: it may quote the inputs
    missing: str = ""  # the name that a NameError is about
    line: str = ""  # the student's own line that raised it
    strange: str = ""  # what was returned in place of numbers
    nothing: bool = False  # None was returned
    nested: bool = False  # the right results in other brackets
    changed: tuple[str, ...] = ()  # arguments, where it was looked
    advice: tuple[str, ...] = ()
    printed: str = ""
    borrowed: str = ""  # what of the answer key was called
    snooped: str = ""


class Attempt:
    """One answer to one exercise, ready to be called. What is not `watched` runs here."""

    def __init__(self, exercise: Exercise, answer: Any, watched: bool = True) -> None:
        self.exercise = exercise
        self.answer = answer
        self._driver = exercise.driver
        if exercise.use and watched and hook.elsewhere():
            self._driver = hook.define(exercise.use, "use")
        self._watched = watched and not hook.elsewhere()

    def observe(self, case: Case, template: Any) -> Observation:
        """Call the answer on copies of the arguments; never raises but KeyboardInterrupt.

        `template` is what the oracle returned: how a result is laid out.
        """
        return self.results(case, template, case.fresh())

    def observe_closely(self, case: Case, template: Any) -> Observation:
        """Do the same, and look what has become of the arguments."""
        arguments = case.fresh()
        seen = self.results(case, template, arguments)
        return replace(seen, changed=self._changed(arguments, case.arguments))

    def results(self, case: Case, template: Any, arguments: tuple[Any, ...]) -> Observation:
        """Do the same with these arguments, which the call may change."""
        watch = Watch(self.exercise.name) if self._watched else None
        given = arguments if self._driver is None else (self.answer, *arguments)
        call = self.answer if self._driver is None else self._driver
        read = leaves.Leaves()
        seen: dict[str, Any] = {}
        with _quiet() as said, warnings.catch_warnings(record=True, action="always") as caught:
            try:
                with hook.arguments_come_back(), watching(watch):
                    returned = call(*given)
                if self.exercise.weigh:
                    returned = self.exercise.weigh(returned, *case.arguments)
                seen["nothing"] = returned is None
                read = leaves.read(returned, template, self.exercise.outputs)
                seen["leaves"] = read.arrays
            except KeyboardInterrupt:
                raise
            except leaves.Strange as strange:
                seen["strange"] = str(strange)
            except BaseException as error:
                seen = _raised(error)
        advice = tuple(read.advice)
        if caught and "error" not in seen:
            advice = (*advice, f"it warns: {str(caught[0].message)[:200]}")
        return Observation(
            **seen,
            exact=read.exact,
            nested=read.nested,
            advice=advice,
            printed=said.getvalue()[:_PRINTED],
            borrowed=watch.borrowed if watch else "",
            snooped=watch.snooped if watch else "",
        )

    def _changed(self, now: tuple[Any, ...], before: tuple[Any, ...]) -> tuple[str, ...]:
        names = self.exercise.arguments
        restored = self.exercise.restored
        return tuple(
            name
            for name, after, was in zip(names, now, before, strict=True)
            if not _untouched(after, was) and not (name in restored and _close(after, was))
        )


def _raised(error: BaseException) -> dict[str, Any]:
    message = str(error).strip().split("\n")[0][:200]
    name = str(getattr(error, "name", "") or "")
    if not name and isinstance(error, NameError) and message.count("'") >= 2:
        name = message.split("'")[1]
    return {
        "error": type(error).__name__,
        "message": message,
        "missing": name if isinstance(error, NameError) else "",
        "line": _own_line(error),
    }


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """Take what a call prints: in feedback it would carry the hidden inputs."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        yield said


def _untouched(now: Any, was: Any) -> bool:
    """Whether an argument is what it was, to the last bit."""
    if type(now) is not type(was):
        return False
    if type(was) is np.ndarray:
        return _is_array(now, was)
    if type(was) is dict:  # of arrays, as nearly all are
        return list(now) == list(was) and all(
            _is_array(one, other) if type(other) is np.ndarray else _untouched(one, other)
            for one, other in zip(now.values(), was.values(), strict=True)
        )
    if isinstance(was, (list, tuple)):
        return len(now) == len(was) and all(map(_untouched, now, was))
    return bool(now == was)


def _is_array(now: Any, was: Array) -> bool:
    return (
        type(now) is np.ndarray
        and now.shape == was.shape
        and now.dtype == was.dtype
        and now.tobytes() == was.tobytes()
    )


def _close(now: Any, before: Any) -> bool:
    """Whether an array is what it was, to rounding."""
    return (
        isinstance(now, np.ndarray)
        and now.shape == before.shape
        and bool(np.allclose(now, before, rtol=1e-9, atol=1e-9))
    )


def _own_line(error: BaseException) -> str:
    """Return the last line of the traceback that is not a library's, nor ours."""
    if line := getattr(error, "student_line", ""):  # the call went to another process
        return str(line)
    here = os.path.dirname(__file__)
    lines = [
        frame.line
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.line
        and "site-packages" not in frame.filename
        and not frame.filename.startswith(here)
    ]
    return lines[-1] if lines else ""
