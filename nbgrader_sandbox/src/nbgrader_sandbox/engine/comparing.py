"""What a test may compare a student's arrays with: nothing is right because it is empty or spread.

`allclose` of an array without numbers is true of everything that it can be broadcast with, and one
number is like an array of that number. So a student's function that gives an empty array raises,
and a student's value is close to one of another shape only where the test itself wrote a number.
"""

import importlib
import math
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

from nbgrader_sandbox.context import empty_is_right

#: Said where a call gave an array that holds nothing.
EMPTY = "your function gave an empty array"

_MOST = 1000

#: What compares arrays, by module; both are named in this order.
_COMPARING = {
    "numpy": ("allclose",),
    "numpy.testing": (
        *("assert_allclose", "assert_array_almost_equal", "assert_almost_equal"),
        *("assert_array_equal", "assert_equal"),
    ),
    "torch": ("allclose",),
    "torch.testing": ("assert_close",),
}


class Given:
    """The arrays and numbers that came from the notebook, the last ones."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, object] = OrderedDict()  # held, so that no id is used again

    def note(self, value: object) -> None:
        """Note a value, and the parts of a container."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            self._hold(value)
            for part in value[:_MOST]:
                if _shape(part) is not None or isinstance(part, float):
                    self._hold(part)
        elif _shape(value) is not None or isinstance(value, float):
            self._hold(value)

    def has(self, value: object) -> bool:
        return id(value) in self._held

    def _hold(self, value: object) -> None:
        self._held[id(value)] = value
        if len(self._held) > _MOST:
            self._held.popitem(last=False)


class _Test(Protocol):
    given: Given


def holds_nothing(value: object) -> bool:
    """Whether this is, or holds, an array or a tensor without a number in it."""
    left, seen = [value], 0
    while left and seen < _MOST:
        part = left.pop()
        seen += 1
        if isinstance(part, dict):
            left += islice(part.values(), _MOST)
        elif isinstance(part, list | tuple):
            left += part[:_MOST]
        elif 0 in (_shape(part) or ()):
            return True
    return False


def asks_for_nothing(argument: object) -> bool:
    """Whether a function that gets this may well give an empty array."""
    if isinstance(argument, str | bytes | list | tuple | dict) and not argument:
        return True
    return holds_nothing(argument) or (type(argument) is int and argument == 0)


def ask_for_nothing(arguments: tuple[object, ...]) -> bool:
    """Whether a function may well give an empty array for these: a 0 beside an array is an axis."""
    beside = any(map(_shape, arguments))
    return any(asks_for_nothing(one) for one in arguments if not (beside and type(one) is int))


def numbers_in(value: object) -> int:
    """Return how many numbers the arrays in a value hold."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return sum(map(numbers_in, value))
    return math.prod(_shape(value) or ())


def agree(given: Given, found: Any, right: Any) -> bool:
    """Whether two things may be compared: as one that came from the notebook, if one did."""
    theirs = [given.has(value) for value in (found, right)]
    if not any(theirs):
        return True
    shapes = [_full_shape(value) for value in (found, right)]
    if None in shapes:
        return True
    if shapes[0] == shapes[1]:
        return 0 not in (shapes[0] or ()) or empty_is_right()
    # A number that the test wrote is compared with each of the student's.
    return any(
        not one and not mine and 0 not in (other or ())
        for one, other, mine in zip(shapes, reversed(shapes), theirs, strict=True)
    )


@contextmanager
def comparing(test: _Test) -> Iterator[None]:
    """Let what compares arrays in this process mind shapes, while a test runs."""
    given: Given | None = getattr(test, "given", None)
    replaced: list[tuple[Any, str, Any]] = []
    for name, functions in _COMPARING.items():
        if given is None or name.partition(".")[0] not in sys.modules:
            continue
        module = importlib.import_module(name)  # NumPy loads its own at first use: in the test
        for function in functions:
            real = getattr(module, function)
            replaced.append((module, function, real))
            setattr(module, function, _minding(real, given))
    try:
        yield
    finally:
        for module, function, real in replaced:
            setattr(module, function, real)


def _minding(real: Callable[..., Any], given: Given) -> Callable[..., Any]:
    def compare(*values: Any, **named: Any) -> Any:
        both = [*values, *(named[key] for key in _NAMES if key in named)][:2]
        if len(both) == 2 and not agree(given, *both):
            if real.__name__ == "allclose":
                return False
            raise AssertionError("a result has another shape than the right one")
        return real(*values, **named)

    return compare


_NAMES = ("a", "b", "input", "actual", "x", "other", "desired", "y", "expected")


def _shape(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array, a tensor or a NumPy scalar; None for anything else."""
    if type(value).__module__.partition(".")[0] not in ("numpy", "torch"):
        return None
    shape = getattr(value, "shape", None)
    return tuple(shape) if isinstance(shape, tuple) else None


def _full_shape(value: object) -> tuple[int, ...] | None:
    """Return the shape that a value has as an array; None where it is none."""
    if (shape := _shape(value)) is not None:
        return shape
    if isinstance(value, bool | int | float | complex):
        return ()
    if isinstance(value, list | tuple):
        import numpy

        try:
            return numpy.shape(value)
        except ValueError:  # lists of several lengths
            return None
    return None
