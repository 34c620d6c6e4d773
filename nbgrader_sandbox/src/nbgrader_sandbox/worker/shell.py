"""IPython without a kernel: runs cells, and returns what they show as nbformat's outputs.

Display, figures, magics, `_` and `await` do what they do in a notebook. What needs another
program or a person at the keyboard is refused in words. Nothing is written to disk.
"""

import builtins
import contextlib
import getpass
import os
import sys
import time
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell

from nbgrader_sandbox.worker.limit import CellTimeout, time_limit
from nbgrader_sandbox.worker.quiet_ipython import Shell
from nbgrader_sandbox.worker.recorder import RecordedStream, Recorder

REFUSAL = "{what} was not run: no other program is started when a notebook is graded."

_BACKEND = "module://matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Ran:
    """What one cell did. `result` is the value of its last expression, where that was shown.

    `line` is the line of the notebook that raised `error`, `number` the number of its cell.
    """

    outputs: list[dict[str, Any]]
    error: BaseException | None = None
    result: object = None
    seconds: float = 0.0
    line: str = ""
    number: int = 0


@dataclass
class _Saved:
    """What `activate` replaced."""

    stdout: Any
    stderr: Any
    input: Any
    getpass: Any
    main: Any
    backend: str | None
    ipython: Any


@dataclass
class CapturingShell:
    """One IPython, which `get_ipython()` finds while the shell is active.

    `refusal` is what a cell is told that asks for another program; "{what}" stands for which.
    `user_ns` is the namespace of the cells; without one it is that of a new module `__main__`.
    Without `tracebacks`, which take time to make, an error's output is its name and text alone.
    """

    refusal: str = REFUSAL
    user_ns: dict[str, Any] | None = None
    tracebacks: bool = True
    recorder: Recorder = field(default_factory=Recorder)
    _saved: _Saved | None = None
    _draws: bool = False

    def __post_init__(self) -> None:
        before = _set_ipython(None)
        given: dict[str, Any] = {"user_module": types.ModuleType("__main__")}
        if self.user_ns is not None:
            given = {"user_ns": self.user_ns}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # IPython's own, about the environment it is made in
            self.shell: Any = Shell.instance(**given)
        _set_ipython(before)
        self.shell.recorder = self.recorder
        self.shell.refusal = self.refusal
        self.shell.tracebacks = self.tracebacks
        self.user_ns = self.shell.user_ns
        self.stdout = RecordedStream(self.recorder, "stdout")
        self.stderr = RecordedStream(self.recorder, "stderr")

    def activate(self, *, as_main: bool = True) -> None:
        """Let all that this process prints, and `input`, come here, until `deactivate`.

        With `as_main`, the module of the cells is `sys.modules["__main__"]`, as pickle needs.
        """
        if self._saved is not None:
            return
        self._saved = _Saved(
            sys.stdout,
            sys.stderr,
            builtins.input,
            getpass.getpass,
            sys.modules.get("__main__"),
            os.environ.get("MPLBACKEND"),
            _set_ipython(self.shell),
        )
        sys.stdout, sys.stderr = self.stdout, self.stderr
        builtins.input = getpass.getpass = _no_input
        if as_main:
            sys.modules["__main__"] = self.shell.user_module
        os.environ["MPLBACKEND"] = _BACKEND
        if "matplotlib" in sys.modules and not self._draws:
            self._draws = True  # what this sets up stays, also in forks
            self.shell.enable_matplotlib("inline")

    def deactivate(self) -> None:
        """Put back what `activate` replaced."""
        if (saved := self._saved) is None:
            return
        self._saved = None
        _set_ipython(saved.ipython)
        sys.stdout, sys.stderr = saved.stdout, saved.stderr
        builtins.input, getpass.getpass = saved.input, saved.getpass
        if saved.main is not None:
            sys.modules["__main__"] = saved.main
        if saved.backend is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = saved.backend

    def run(
        self,
        source: str,
        *,
        number: int = 0,
        seconds: float | None = None,
        output_bytes: int = 2**20,
    ) -> Ran:
        """Run one cell. Whatever it raises ends the cell, and nothing else.

        `number` is told back for errors; after `seconds`, where given, CellTimeout is raised in
        the cell (in the main thread only, where signals arrive).
        """
        self.recorder.begin(output_bytes)
        self.shell.number = number or self.shell.execution_count
        began = time.perf_counter()
        result, error = self._execute(source, seconds)
        took = time.perf_counter() - began
        line, where = self.shell.own_line(error) if error is not None else ("", 0)
        return Ran(self.recorder.outputs(), error, result, took, line, where)

    def run_fresh(
        self, source: str, names: dict[str, object] | None = None, *, seconds: float | None = None
    ) -> Ran:
        """Run one cell in a new namespace that holds `names`; nothing of it stays in this shell."""
        module = types.ModuleType("__main__")
        module.__dict__.update(names or {})
        with self._namespace(module), self._active():
            return self.run(source, seconds=seconds)

    def _execute(self, source: str, seconds: float | None) -> tuple[object, BaseException | None]:
        def late() -> CellTimeout:
            return CellTimeout(f"this cell ran for more than {seconds:g} s")

        try:
            with time_limit(seconds, late):
                done = self.shell.run_cell(source, store_history=True)
        except BaseException as error:  # raised while IPython itself was at work
            self.shell.showtraceback((type(error), error, error.__traceback__))
            return None, error
        return done.result, done.error_before_exec or done.error_in_exec

    @contextlib.contextmanager
    def _active(self) -> Iterator[None]:
        if self._saved is not None:
            yield
            return
        self.activate(as_main=False)
        try:
            yield
        finally:
            self.deactivate()

    @contextlib.contextmanager
    def _namespace(self, module: types.ModuleType) -> Iterator[None]:
        shell = self.shell
        before = shell.user_module, shell.user_ns, shell.execution_count
        shell.enter(module, module.__dict__)
        try:
            yield
        finally:
            shell.enter(before[0], before[1])
            shell.execution_count = before[2]


def _set_ipython(shell: Any) -> Any:
    """Make `shell`, or none, the one that IPython has in this process; return the one before."""
    before = InteractiveShell.instance() if InteractiveShell.initialized() else None
    if before is not None:
        type(before).clear_instance()
    if shell is not None:
        for kind in type(shell)._walk_mro():
            kind._instance = shell
    return before


def _no_input(*_: object, **__: object) -> str:
    raise StdinNotImplementedError(
        "input was called, but nobody is there to answer when a notebook is graded."
    )


__all__ = ["REFUSAL", "CapturingShell", "CellTimeout", "Ran"]
