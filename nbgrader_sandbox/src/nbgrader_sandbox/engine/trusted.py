"""Runs a test cell in the grader process, on a student's names that live in the worker.

A test cell imports all that it uses; any other name in it is the student's. Its text comes from
the gradebook, and nothing that a student wrote is run here.
"""

import builtins
import math
import numbers
import resource
import symtable
import warnings
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from nbgrader_sandbox.engine.comparing import comparing
from nbgrader_sandbox.engine.proxies import StandInError, TestMistakeError
from nbgrader_sandbox.engine.remote import Handle, StudentError, Test, WorkerEnded
from nbgrader_sandbox.worker.seeds import seed_all
from nbgrader_sandbox.worker.shell import CapturingShell

#: Bytes that one test may take beside what its process has.
_MEMORY = 512 * 2**20

_transform = TransformerManager().transform_cell


@dataclass(frozen=True)
class Marked:
    """What a test cell gave: points from 0 to its maximum, and the outputs to show."""

    points: float
    outputs: list[dict[str, Any]]
    reason: str = ""
    fault: str = ""  # what is wrong with the test itself


def student_names(source: str, asked: Container[str] = ()) -> list[str]:
    """Return the names that a test cell reads and neither binds, nor imports, nor finds built in.

    Of built-in names those that were `asked` for, such as an exercise called `sum`, are the
    student's. A cell that is no Python has none.
    """
    return [name for name in _free_names(source) if name in asked or not hasattr(builtins, name)]


@lru_cache(maxsize=1000)  # a test is the same for all students
def _free_names(source: str) -> list[str]:
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
    return sorted(read - bound)


def _collect(table: symtable.SymbolTable, read: set[str]) -> None:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            read.add(symbol.get_name())
    for child in table.get_children():
        _collect(child, read)


def run_test(
    shell: CapturingShell,
    source: str,
    points: float,
    test: Test,
    seed: int,
    asked: Container[str] = (),
) -> Marked:
    """Run one test cell; never raises for what a student did, but for WorkerEnded.

    `asked` are the names that the release's cells ask for, see `student_names`.
    """
    names: dict[str, object] = {}
    for name in student_names(source, asked):
        try:
            names[name] = test.lookup(name)
        except NameError:
            continue  # the test cell raises it itself, if it comes to that
    seed_all(seed)  # a test that draws at random draws the same each time
    try:
        with _theirs_alone() as warned, comparing(test), _bounded_memory():
            ran = shell.run_fresh(source, names)
    finally:
        test.put_back()
    error = ran.error
    if isinstance(error, WorkerEnded):
        raise error
    if test.over is not None:  # and the test cell went on as if it were not
        raise test.over
    # The last value counts, but is not shown: it may be made of hidden inputs. Nor is what the
    # course's code says on stderr, and warns of.
    hidden = ("error", "execute_result")
    shown = [
        output
        for output in ran.outputs
        if output.get("output_type") not in hidden and output.get("name") != "stderr"
    ]
    if warned:
        text = "".join(f"{line}\n" for line in dict.fromkeys(warned))
        shown.append({"output_type": "stream", "name": "stderr", "text": text})
    if isinstance(error, TestMistakeError):
        return _at_fault(str(error), shown)
    if error is not None:
        return Marked(0.0, [*shown, _said(error, asked, test.worker.identifiers)])
    return _scored(ran.result, points, shown)


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Let a test take little memory more: a student's result can be spread over the right one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        used = next((int(line.split()[1]) for line in file if line.startswith("VmData:")), 0)
    most = used * 1024 + _MEMORY
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _theirs_alone() -> Iterator[list[str]]:
    """Collect what a student's calls warned of, and ignore all other warnings.

    Those of the course's code depend on hidden inputs, and show a line of it.
    """
    warned: list[str] = []

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if getattr(message, "of_the_notebook", False):
            warned.append(f"{category.__name__}: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield warned


def _scored(result: object, points: float, outputs: list[dict[str, Any]]) -> Marked:
    """Read the last value of a test cell: points, or nothing, which are all of them."""
    kind = type(result)
    numpy = kind.__module__ == "numpy"
    if result is None:
        return Marked(points, outputs)
    if kind is bool or (numpy and kind.__name__ in ("bool_", "bool")):
        return Marked(points if result else 0.0, outputs)
    number = kind in (int, float) or (numpy and isinstance(result, numbers.Real))
    if not number:
        what = "the student's object" if isinstance(result, Handle) else f"of type {kind.__name__}"
        return _at_fault(f"its last value is {what}: let it be points, or nothing", outputs)
    try:
        given = float(result)  # type: ignore[arg-type]
    except OverflowError:
        given = math.inf
    if not math.isfinite(given) or given < 0 or given > points * (1 + 1e-9):
        return _at_fault(f"it gave {given:g} of {points:g} points", outputs)
    return Marked(min(given, points), outputs)


def _at_fault(what: str, outputs: list[dict[str, Any]]) -> Marked:
    """Give nothing for what is a mistake in the test; `what` says to the instructor which."""
    shown = error_output("TestError", "this test has a mistake of its own, and gave no points")
    why = f"the test has a mistake: {what}. Mend it and grade again."
    return Marked(0.0, [*outputs, shown], why, fault=what)


def _said(
    error: BaseException, asked: Container[str], identifiers: frozenset[str]
) -> dict[str, Any]:
    """Return an error's message alone: a traceback would show the hidden test."""
    name = type(error).__name__
    if isinstance(error, AssertionError) and not isinstance(error, StudentError):
        lines = [line for line in str(error).strip().split("\n") if line.strip()]
        # NumPy's assertions go on with the expected values.
        return error_output(name, lines[0][:300] if lines else "a check of this test failed")
    if isinstance(error, StudentError):
        line = f"in your line: {error.student_line}" if error.student_line else ""
        said = [text for text in (str(error)[:300], line) if text]
        return error_output(name, "\n".join(said) or "your code raised it while it was tested")
    if isinstance(error, NameError) and (missing := getattr(error, "name", None)):
        if missing in asked or missing in identifiers:
            why = "the cell that defines it stopped with an error, or is not there"
            return error_output(name, f"name {missing!r} is not defined: {why}.")
        return error_output(name, "a name that this test uses is not defined")
    if isinstance(error, StandInError):
        return error_output("TypeError", str(error).split("\n")[0][:300])
    return error_output(name, "the test could not use what your cells gave it")


def error_output(name: str, text: str) -> dict[str, Any]:
    """Return an nbformat error output that says `text` and shows no traceback."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [f"\x1b[31m{name}\x1b[0m: {text}"],
    }
