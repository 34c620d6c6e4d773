"""Runs a test cell in the grader process, on a student's names that live in the worker.

A test cell imports all that it uses; any other name in it is the student's. Its text comes from
the gradebook, and nothing that a student wrote is run here.
"""

import builtins
import math
import random
import symtable
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from nbgrader_sandbox.engine.remote import StudentError, Test, WorkerEnded
from nbgrader_sandbox.worker.shell import CapturingShell

_transform = TransformerManager().transform_cell


@dataclass(frozen=True)
class Marked:
    """What a test cell gave: points from 0 to its maximum, and the outputs to show."""

    points: float
    outputs: list[dict[str, Any]]
    reason: str = ""


def student_names(source: str) -> list[str]:
    """Return the names that a test cell reads and neither binds, nor imports, nor finds built in.

    A cell that is no Python has none.
    """
    try:
        table = symtable.symtable(_transform(source), "<test>", "exec")
    except (SyntaxError, ValueError):
        return []
    bound = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
    read: set[str] = set()
    _collect(table, read)
    return sorted(name for name in read - bound if not hasattr(builtins, name))


def _collect(table: symtable.SymbolTable, read: set[str]) -> None:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            read.add(symbol.get_name())
    for child in table.get_children():
        _collect(child, read)


def run_test(shell: CapturingShell, source: str, points: float, test: Test, seed: int) -> Marked:
    """Run one test cell; never raises for what a student did, but for WorkerEnded."""
    names: dict[str, object] = {}
    for name in student_names(source):
        try:
            names[name] = test.lookup(name)
        except NameError:
            continue  # the test cell raises it itself, if it comes to that
    _seed(seed)
    ran = shell.run_fresh(source, names)
    error = ran.error
    if isinstance(error, WorkerEnded):
        raise error
    if test.over is not None:  # and the test cell went on as if it were not
        raise test.over
    # The last value counts, but is not shown: it may be made of hidden inputs.
    hidden = ("error", "execute_result")
    shown = [output for output in ran.outputs if output.get("output_type") not in hidden]
    if error is not None:
        return Marked(0.0, [*shown, _said(error)])
    return _scored(ran.result, points, shown)


def _scored(result: object, points: float, outputs: list[dict[str, Any]]) -> Marked:
    """Read the last value of a test cell: points, or nothing, which are all of them."""
    if result is None or result is True:
        return Marked(points, outputs)
    if result is False:
        return Marked(0.0, outputs)
    given: float
    try:
        given = float(result)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return Marked(points, outputs)  # some other value: nbgrader gives full marks for it, too
    if not math.isfinite(given) or given < 0 or given > points * (1 + 1e-9):
        why = f"the test cell gave {given:g} of {points:g} points: mend the test and grade again."
        return Marked(0.0, [*outputs, error_output("ValueError", why)], why)
    return Marked(min(given, points), outputs)


def _said(error: BaseException) -> dict[str, Any]:
    """Return an error's message alone: a traceback would show the hidden test."""
    name = type(error).__name__
    if isinstance(error, AssertionError):
        lines = [line for line in str(error).strip().split("\n") if line.strip()]
        # NumPy's assertions go on with the expected values.
        return error_output(name, lines[0][:300] if lines else "a check of this test failed")
    if isinstance(error, StudentError):
        line = f"\nin your line: {error.student_line}" if error.student_line else ""
        return error_output(name, f"{str(error)[:300]}{line}")
    if isinstance(error, NameError) and getattr(error, "name", None):
        return error_output(name, f"name {error.name!r} is not defined")
    if isinstance(error, TypeError):  # of a stand-in for a student's object
        return error_output(name, str(error).split("\n")[0][:300])
    return error_output(name, "the test could not use what your cells gave it")


def error_output(name: str, text: str) -> dict[str, Any]:
    """Return an nbformat error output that says `text` and shows no traceback."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [f"\x1b[31m{name}\x1b[0m: {text}"],
    }


def _seed(seed: int) -> None:
    """A test that draws at random draws the same each time."""
    random.seed(seed)
    for name, call in _SEEDERS.items():
        if name in sys.modules:
            call(sys.modules[name], seed)


_SEEDERS: dict[str, Callable[[Any, int], object]] = {
    "numpy": lambda numpy, seed: numpy.random.seed(seed % 2**32),
    "torch": lambda torch, seed: torch.manual_seed(seed % 2**63),
}
