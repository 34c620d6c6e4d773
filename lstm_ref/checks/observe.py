"""Calls a student's function on a case and notes all that can be seen from outside.

Nothing here knows what is right. What comes back is plain: new arrays of numbers, the name
of an error, and what else the call did (changed its arguments, warned, used the answer key).
"""

import contextlib
import copy
import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks import hook
from lstm_ref.checks.exercise import Case, Exercise

#: Ways to read or disturb the caller from inside a call.
SNOOPING = {"_getframe", "_current_frames", "setprofile", "settrace", "get_objects"}

#: Elements of an answer that are looked at. The largest right one has some hundreds.
MOST_ELEMENTS = 100_000

#: Modules whose own use of these is no concern of a grader.
_TRUSTED = (sys.stdlib_module_names | {"lstm_ref", "matplotlib", "numpy", "torch"}) - {"inspect"}


@dataclass(frozen=True)
class Observation:
    """What one call did. `values` has one array per output, or is None where there is none."""

    values: tuple[Array, ...] | None = None
    error: str = ""  # the name of the exception's type
    message: str = ""  # what it said: it may quote the inputs
    line: str = ""  # the student's own line that raised it
    strange: str = ""  # what was returned in place of numbers
    changed: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    borrowed: str = ""  # the module of the answer key that was called
    snooped: str = ""


@dataclass
class _Watch:
    """Notes, through the interpreter's profiling hook, whom a call calls."""

    may_call: frozenset[str]
    borrowed: str = ""
    snooped: str = ""

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            module = str(frame.f_globals.get("__name__", ""))
            key = module.startswith("lstm_ref.") or module == "torch.nn.modules.rnn"
            if key and module != __name__ and module not in self.may_call and not self.borrowed:
                self.borrowed = f"{module}.{frame.f_code.co_name}"
        elif event == "c_call":
            name = str(getattr(argument, "__name__", ""))
            caller = str(frame.f_globals.get("__name__", "")).split(".")[0]
            if name in SNOOPING and caller not in _TRUSTED:
                self.snooped = name


def observe(exercise: Exercise, answer: Callable[..., Any], case: Case) -> Observation:
    """Call `answer` on copies of the case's arguments; never raises but KeyboardInterrupt."""
    arguments = copy.deepcopy(case.arguments)
    watch = _Watch(exercise.may_call)
    with _quiet(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with hook.arguments_come_back(), _watching(watch):
                returned = answer(*arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Observation(
                error=type(error).__name__,
                message=str(error).strip().split("\n")[0][:200],
                line=_own_line(error),
                borrowed=watch.borrowed,
                snooped=watch.snooped,
            )
        values, strange, advice = _plain(returned, exercise.outputs)
    if caught:
        advice = (*advice, f"it warns: {str(caught[0].message)[:200]}")
    pairs = zip(exercise.arguments, arguments, case.arguments, strict=True)
    return Observation(
        values=values,
        strange=strange,
        changed=tuple(name for name, now, before in pairs if _bits(now) != _bits(before)),
        advice=advice,
        borrowed=watch.borrowed,
        snooped=watch.snooped,
    )


@contextlib.contextmanager
def _watching(watch: _Watch) -> Iterator[None]:
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Swallow what a call prints: it would carry the hidden inputs into the feedback."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _plain(
    returned: Any, outputs: tuple[str, ...]
) -> tuple[tuple[Array, ...] | None, str, tuple[str, ...]]:
    """Turn what was returned into new arrays; else say what it was instead."""
    if returned is None:
        return None, "None", ()
    if len(outputs) == 1:
        array, strange, advice = _array(returned)
        return (None if array is None else (array,)), strange, advice
    if type(returned) not in (tuple, list) or len(returned) != len(outputs):
        return None, f"{_kind(returned)} in place of ({', '.join(outputs)})", ()
    parts = [_array(part) for part in returned]
    for name, (array, strange, _) in zip(outputs, parts, strict=True):
        if array is None:
            return None, f"{strange} for {name}", ()
    advice = tuple(line for part in parts for line in part[2])
    return tuple(part[0] for part in parts if part[0] is not None), "", advice


def _array(value: Any) -> tuple[Array | None, str, tuple[str, ...]]:
    if type(value) in (int, float) or isinstance(value, (np.floating, np.integer)):
        try:
            return np.array(float(value)), "", ()
        except OverflowError:
            return None, "an integer that no float can hold", ()
    if type(value) in (list, tuple, np.ndarray) and _elements(value) > MOST_ELEMENTS:
        return None, f"more than {MOST_ELEMENTS} numbers", ()
    if type(value) in (list, tuple) and _all_numbers(value):
        try:
            array = np.array(value, dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            return None, "a list whose rows differ in length", ()
        return array, "", ("it returns a list; an array lets the next step calculate with it",)
    if type(value) is not np.ndarray:
        return None, _kind(value), ()
    if value.dtype.kind not in "fiu":
        return None, f"an array of dtype {value.dtype}", ()
    return np.array(value, dtype=np.float64), "", ()


def _elements(value: Any, depth: int = 0) -> int:
    """Count the elements of an array, or of lists of them; of deeper lists their items."""
    if type(value) is np.ndarray:
        return int(value.size)
    if type(value) in (list, tuple) and depth < 5:
        return sum(_elements(item, depth + 1) for item in value)
    return 1


def _all_numbers(value: Any, depth: int = 0) -> bool:
    if type(value) in (list, tuple):
        return depth < 5 and all(_all_numbers(item, depth + 1) for item in value)
    if type(value) is np.ndarray:
        return value.dtype.kind in "fiu"
    return type(value) in (int, float) or isinstance(value, (np.floating, np.integer))


def _kind(value: Any) -> str:
    name = type(value).__name__
    return f"a {name}" if name[:1].lower() not in "aeiou" else f"an {name}"


def _bits(value: Any) -> Any:
    """Return a value that is equal where two arguments are the same to the last bit."""
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, dict):
        return tuple((name, _bits(item)) for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(_bits(item) for item in value)
    return value


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
