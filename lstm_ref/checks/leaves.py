"""What an answer returns, as labelled arrays: `hs`, `grads['W_f']`, `c`.

What the oracle returned says what is expected at each place; values are new arrays of plain
numbers, so that no object can claim to equal anything.
"""

import builtins
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_ref.arrays import Array

#: Elements of an answer that are looked at. The largest right one has some hundreds.
MOST_ELEMENTS = 100_000
_DEEPEST = 6
_FLOAT64 = np.dtype(np.float64)
_EPS = float(np.finfo(_FLOAT64).eps)
#: Types that are told by name; the name of another class is the student's own.
_KNOWN = {
    *(name for name in dir(builtins) if name.islower()),
    *("function", "builtin_function_or_method", "generator", "method", "module", "ellipsis"),
    *("ndarray", "matrix", "Tensor", "Parameter", "DataFrame", "Series", "OrderedDict", "deque"),
}


class Strange(Exception):
    """Something that is not what was expected at its place; the message says what it is."""


@dataclass
class Leaves:
    """The labelled arrays, how exact the returned ones were, and what is to be remarked.

    `nested` says that the right number of outputs came, but in other brackets.
    """

    arrays: dict[str, Array] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)
    advice: dict[str, None] = field(default_factory=dict)
    nested: bool = False


def expected(returned: Any, outputs: Mapping[str, str]) -> dict[str, Array]:
    """Label what the oracle returned. Raises Strange for what is no number, or not finite."""
    return read(returned, returned, outputs).arrays


def read(returned: Any, template: Any, outputs: Mapping[str, str]) -> Leaves:
    """Label what was returned, as the oracle's return `template` is laid out.

    Raises Strange where something else stands at a place.
    """
    leaves = Leaves()
    names = list(outputs)
    if len(names) == 1:
        _read(returned, template, names[0], leaves)
        return leaves
    if not isinstance(returned, (tuple, list)) or len(returned) != len(names):
        returned = _flattened(returned, len(names))
        leaves.nested = True
    elif type(returned) is list:
        leaves.advice["it returns a list of results; a tuple says how many there are"] = None
    for name, value, like in zip(names, returned, template, strict=True):
        _read(value, like, name, leaves)
    return leaves


def _flattened(returned: Any, count: int) -> list[Any]:
    """Return the outputs where only brackets differ, as in torch's (hs, (h_n, c_n))."""
    if isinstance(returned, (tuple, list)):
        flat = [
            part
            for item in returned
            for part in (item if isinstance(item, (tuple, list)) else [item])
        ]
        if len(flat) == count and len(returned) > 1:
            return flat
    raise Strange(f"{kind(returned)} in place of {count} results")


def _read(value: Any, template: Any, label: str, leaves: Leaves) -> None:
    if type(template) is np.ndarray:  # as nearly all are
        _note(value, label, leaves)
    elif isinstance(template, Mapping):
        if not isinstance(value, Mapping):
            raise Strange(f"{kind(value)} for {label}, which is a dict")
        missing = [str(key) for key in template if key not in value]
        if missing:
            raise Strange(f"a dict for {label} without {_listed(missing)}")
        for key, like in template.items():
            _read(value[key], like, f"{label}['{key}']", leaves)
    elif isinstance(template, (list, tuple)):
        if not isinstance(value, (list, tuple)) or len(value) != len(template):
            raise Strange(f"{kind(value)} for {label}, a list of {len(template)}")
        for place, (one, like) in enumerate(zip(value, template, strict=True)):
            _read(one, like, f"{label}[{place}]", leaves)
    else:
        _note(value, label, leaves)


def _note(value: Any, label: str, leaves: Leaves) -> None:
    array, exact, advice = _array(value, label)
    leaves.arrays[label] = array
    leaves.exact[label] = exact
    if advice:
        leaves.advice[advice] = None


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _array(value: Any, label: str) -> tuple[Array, float, str]:
    """Return a new float64 array, the precision of what was returned, and advice."""
    if type(value) is np.ndarray and value.dtype is _FLOAT64 and value.size <= MOST_ELEMENTS:
        return value.copy(), _EPS, ""  # as nearly all are
    advice = ""
    if _is_tensor(value):
        value = value.detach().cpu().numpy()
        asked = "an array" if value.ndim else "a number"
        advice = f"{label} is a torch tensor; {asked} is asked for"
    elif hasattr(value, "dtype") and type(value).__module__ == "numpy":
        pass
    elif type(value) in (list, tuple):
        if _count(value) > MOST_ELEMENTS:
            raise Strange(f"more than {MOST_ELEMENTS} numbers for {label}")
        if not all(_is_number(item) for item in _items(value)):
            raise Strange(f"{kind(value)} for {label} that holds more than numbers")
        try:
            value = np.array(_plain(value), dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            raise Strange(f"a list for {label} whose rows differ in length") from None
        advice = "it returns a list; an array lets the next step calculate with it"
    if type(value) in (bool, int, float):
        try:
            return np.array(float(value)), 0.0, ""
        except OverflowError:
            raise Strange(f"an integer for {label} that no float can hold") from None
    if isinstance(value, (np.floating, np.integer, np.bool_)):
        value = np.array(value)
    if type(value) is not np.ndarray:
        raise Strange(kind(value) if label.isidentifier() else f"{kind(value)} for {label}")
    if value.size > MOST_ELEMENTS:
        raise Strange(f"more than {MOST_ELEMENTS} numbers for {label}")
    if value.dtype.kind not in "fiub":
        raise Strange(f"an array of dtype {value.dtype} for {label}")
    exact = float(np.finfo(value.dtype).eps) if value.dtype.kind == "f" else 0.0
    if value.dtype == np.float16:
        advice = advice or f"{label} is float16, which holds three digits"
    return np.array(value, dtype=np.float64), exact, advice


def _plain(value: Any) -> Any:
    """Turn tensors inside of lists into arrays."""
    if type(value) in (list, tuple):
        return [_plain(item) for item in value]
    return value.detach().cpu().numpy() if _is_tensor(value) else value


def _items(value: Any, depth: int = 0) -> Iterator[Any]:
    if type(value) in (list, tuple) and depth < _DEEPEST:
        for item in value:
            yield from _items(item, depth + 1)
    else:
        yield value


def _count(value: Any) -> int:
    return sum(int(getattr(item, "size", 1)) if type(item) is np.ndarray else 1
               for item in _items(value))  # fmt: skip


def _is_number(value: Any) -> bool:
    if type(value) is np.ndarray:
        return value.dtype.kind in "fiub"
    if type(value) in (bool, int, float) or isinstance(value, (np.floating, np.integer)):
        return True
    return _is_tensor(value)


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter)


def kind(value: Any) -> str:
    """Say what a value is: "a dict", "an int"."""
    if value is None:
        return "None"
    name = type(value).__name__
    if name not in _KNOWN:
        return "an object of a class of its own"  # whose name is the student's
    if name == "ndarray":
        return "an array"
    return f"a {name}" if name[:1].lower() not in "aeiou" else f"an {name}"
