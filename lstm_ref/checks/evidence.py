"""Quotes the case that tells: at most eight lines of a hundred characters, whatever is in it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.compare import Known, close
from lstm_ref.checks.observe import Observation
from lstm_ref.checks.slips import plainly

_LINES = 8
_WIDTH = 100
#: Arguments of so many numbers in all are quoted; of more, the shapes.
_QUOTED = 16


def evidence(known: Known, seen: Sequence[Observation], k: int) -> str:
    """Return what went in, what came out and what should have, for case k."""
    names = known.exercise.arguments
    lines = [f"Tried with {known.cases[k].name}:"]
    arguments = list(zip(names, known.cases[k].arguments, strict=True))
    if sum(_size(value) for _, value in arguments) <= _QUOTED:
        lines += _packed([f"{name} = {_quote(value)}" for name, value in arguments], "  ", 4)
    else:
        lines += _packed([_shape(name, value) for name, value in arguments], "  shapes: ", 2)
    if (found := seen[k].leaves) is None:
        error = seen[k].error
        why = plainly(seen[k].message)
        said = f"it stops with {error}: {why}" if error else f"it returns {seen[k].strange}"
        lines.append(f"  {said}")
        made = known.exercise.made  # what it stopped before is a result
        label, wanted = next(
            (label, wanted)
            for label, wanted in known.right[k].items()
            if label.partition("['")[0] not in made
        )
    else:
        label, wanted = next(
            (label, wanted)
            for label, wanted in known.right[k].items()
            if label not in found or not close(found[label], wanted)
        )
        lines.append(f"  your {label} = {_quote(found[label])}")
    lines.append(f"  expected {label} = {_quote(wanted)}")
    return "\n".join(_clipped(line) for line in lines[:_LINES])


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_size(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return sum(_size(item) for item in value)
    return int(np.size(value)) if isinstance(value, (np.ndarray, int, float)) else 1


def on_one_line(values: Array, precision: int, threshold: int, edgeitems: int) -> str:
    """Return an array as NumPy shows it, without the spaces that line up its columns."""
    text = np.array2string(
        values, precision=precision, threshold=threshold, edgeitems=edgeitems, suppress_small=True
    )
    return re.sub(r"(?<=\[) | (?=\])", "", " ".join(text.split()))


def _quote(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return on_one_line(value, precision=4, threshold=10, edgeitems=2)
    if isinstance(value, float):
        return f"{value:.5g}"
    return str(value)


def _shape(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    if isinstance(value, Mapping):
        first = next(iter(value.values()), None)
        like = f", {next(iter(value))} {first.shape}" if isinstance(first, np.ndarray) else ""
        return f"{name}: {len(value)} entries{like}"
    if isinstance(value, (list, tuple)):
        return f"{name}: {len(value)} entries"
    return f"{name} = {_quote(value)}"


def _packed(items: Sequence[str], start: str, most: int) -> list[str]:
    """Put items side by side, as many as a line holds, on at most so many lines."""
    lines, line = [], ""
    for item in items:
        if line and len(line) + len(item) + 3 > _WIDTH:
            lines.append(line)
            line = ""
        line += (start if not line else ",  ") + item
    lines.append(line)
    return lines if len(lines) <= most else [*lines[: most - 1], "  …"]


def _clipped(line: str) -> str:
    line = " ".join(line.split("\n"))
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
