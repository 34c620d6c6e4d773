"""IPython's shell with all that it would write to a terminal or a disk sent to a recorder."""

import contextlib
import os
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import IPython
from IPython.core.autocall import ExitAutocall
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Instance, Type, default
from traitlets.config import Config

from nbgrader_sandbox.worker.limit import give_time
from nbgrader_sandbox.worker.recorder import Recorder

#: Magics that start other programs, or wait for a person.
_OTHER_PROGRAMS = """
    bash sh script perl ruby pypy python python2 python3 cmd system sx !
    pip conda mamba micromamba uv edit ed debug notebook man killbgscripts
"""
REFUSED = frozenset(_OTHER_PROGRAMS.split())

#: Of a deeper traceback, as an endless recursion has, so many frames are shown at both ends.
_FRAMES = 10

#: The folders whose frames are no part of a student's traceback.
_MACHINERY = (
    os.path.dirname(os.path.abspath(IPython.__file__)) + os.sep,
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep,
)


class _Hook(DisplayHook):  # type: ignore[misc]
    """Records the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        count = self.shell.execution_count - 1
        self.shell.recorder.result(count, format_dict, md_dict or {})

    def log_output(self, format_dict: dict[str, Any]) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Records what a cell displays."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *_: object,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **__: object,
    ) -> None:
        self._validate_data(data, metadata)
        shown_as = (transient or {}).get("display_id")
        self.shell.recorder.display(data, metadata, shown_as, update=update)

    def clear_output(self, wait: bool = False) -> None:
        step = sys._getframe(1)
        while step is not None and "__tracebackhide__" not in step.f_locals:
            if str(step.f_globals.get("__name__")).startswith("ipywidgets."):
                return  # a widget's own output is meant, which is not drawn here
            step = step.f_back  # type: ignore[assignment]
        self.shell.recorder.clear(wait=wait)


class _Exit(ExitAutocall):  # type: ignore[misc]
    """`exit` and `quit` end the cell."""

    def __call__(self, *_: object, **__: object) -> None:
        raise SystemExit


class Shell(InteractiveShell):  # type: ignore[misc]
    """The IPython of `CapturingShell`, which sets the attributes below."""

    recorder = Instance(Recorder, ())
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    refusal = ""
    tracebacks = True
    number = 0

    def __init__(self, **given: Any) -> None:
        config = Config()
        config.HistoryManager.enabled = False  # no database, and no thread that writes it
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "neutral"
        self._cells: dict[str, tuple[int, list[str]]] = {}
        super().__init__(config=config, **given)

    def init_ipython_dir(self, ipython_dir: object) -> None:
        """Look for no folder of settings."""

    def init_profile_dir(self, profile_dir: object) -> None:
        """Look for no profile; what would be kept there lasts as long as the shell."""
        self._db: dict[str, Any] = {}

    def init_virtualenv(self) -> None:
        """Leave sys.path alone."""

    def init_sys_modules(self) -> None:
        """Leave `__main__` alone until CapturingShell is active."""

    @default("exiter")  # type: ignore[untyped-decorator]
    def _exiter_default(self) -> ExitAutocall:
        return _Exit(self)

    def enter(self, module: types.ModuleType, namespace: dict[str, Any]) -> None:
        """Go on in another namespace, with a history of its own."""
        self.user_module, self.user_ns = module, namespace
        module.__dict__.setdefault("__builtin__", __import__("builtins"))
        module.__dict__.setdefault("__builtins__", __import__("builtins"))
        self.ns_table.update(user_global=module.__dict__, user_local=namespace)
        self.history_manager.input_hist_parsed[:] = [""]
        self.history_manager.input_hist_raw[:] = [""]
        self.history_manager.output_hist.clear()
        self.execution_count = 1
        self.user_ns_hidden.clear()
        self.init_user_ns()

    # What is run, and where its errors are.

    def transform_cell(self, raw_cell: str) -> str:
        text: str = super().transform_cell(raw_cell)
        name = self.compile.get_code_name(raw_cell, text, self.execution_count)
        raw, lines = raw_cell.splitlines(), text.splitlines()
        self._cells[name] = (self.number, raw if len(raw) == len(lines) else lines)
        return text

    def own_line(self, error: BaseException) -> tuple[str, int]:
        """Return the last line of a cell that `error` went through, and that cell's number."""
        found = ("", 0)
        steps = [
            (step.tb_frame.f_code.co_filename, step.tb_lineno)
            for step in _steps(error.__traceback__)
        ]
        if isinstance(error, SyntaxError):
            steps.append((str(error.filename), error.lineno or 0))
        for name, line in steps:
            if name in self._cells:
                number, lines = self._cells[name]
                if 0 < line <= len(lines):
                    found = (lines[line - 1].strip(), number)
        return found

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """Keep no second copy of what is printed: it would have no bounds."""
        yield

    def _format_exception_for_storage(self, *_: object, **__: object) -> dict[str, Any]:
        return {}

    # What is refused.

    def _find_with_lazy_load(self, type_: str, magic_name: str, /) -> Callable[..., Any] | None:
        if magic_name in REFUSED:
            return lambda *_: self.refuse(f"{'%' if type_ == 'line' else '%%'}{magic_name}")
        if magic_name == "config" and "matplotlib" not in sys.modules:
            with contextlib.suppress(ImportError):
                self.enable_matplotlib("inline")  # so that `%config InlineBackend` is known
        found: Callable[..., Any] | None = super()._find_with_lazy_load(type_, magic_name)
        return found

    def refuse(self, what: str) -> None:
        """Say that `what` was not run; the cell goes on, since what follows may well work."""
        first = what.strip().split("\n")[0]
        print(self.refusal.format(what=f"`{first[:80]}`"), file=sys.stderr)

    def system(self, cmd: str) -> None:
        self.refuse(f"!{cmd}")
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.refuse(f"!{cmd}")
        return SList() if split else ""

    def ask_exit(self) -> None:
        raise SystemExit

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window; `%matplotlib` asks for this."""

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        if gui not in (None, "auto", "inline", "agg"):
            print(f"`%matplotlib {gui}` needs a browser: figures are pictures here.")
            gui = "inline"
        found = super().enable_matplotlib("inline" if gui in (None, "auto") else gui)
        self._pictures()
        return found

    def _pictures(self) -> None:
        """Choose the form of figures for this shell: matplotlib does it once a process."""
        from IPython.core.pylabtools import select_figure_formats
        from matplotlib_inline.config import InlineBackend

        config = InlineBackend.instance()
        select_figure_formats(self, config.figure_formats, **config.print_figure_kwargs)

    # What errors look like.

    def showtraceback(self, exc_tuple: Any = None, *given: Any, **options: Any) -> None:
        try:
            kind, error, _ = self._get_exc_info(exc_tuple)
        except ValueError:
            super().showtraceback(exc_tuple, *given, **options)
            return
        give_time(5.0)
        _hide_machinery(error)
        if kind is UsageError or isinstance(error, SystemExit):
            said = str(error) if kind is UsageError else "the cell asked Python to end."
            self.recorder.error(kind.__name__, said, [f"{kind.__name__}: {said}"])
        elif not self.tracebacks:
            self._showtraceback(kind, error, [f"{kind.__name__}: {_message(error)}"])
        elif isinstance(error, BaseExceptionGroup):
            lines = traceback.format_exception(kind, error, error.__traceback__)
            self._showtraceback(kind, error, lines)
        else:
            options["tb_offset"] = 0
            super().showtraceback((kind, error, error.__traceback__), *given, **options)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.recorder.error(etype.__name__, _message(evalue), stb)


warnings.filterwarnings("ignore", message="To exit: use", category=UserWarning)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as another:
        return f"<its text could not be had: {type(another).__name__}>"


def _steps(trace: types.TracebackType | None) -> Iterator[types.TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _hide_machinery(error: BaseException) -> None:
    """Take IPython's and the engine's frames out of the tracebacks of an error and its causes."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen or len(seen) > 100:
            continue
        seen.add(id(one))
        steps = [
            step
            for step in _steps(one.__traceback__)
            if not step.tb_frame.f_code.co_filename.startswith(_MACHINERY)
        ]
        if len(steps) > 2 * _FRAMES:
            steps[_FRAMES:-_FRAMES] = []
        kept: types.TracebackType | None = None
        for step in reversed(steps):
            kept = types.TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
        one.__traceback__ = kept
        todo += [one.__cause__, one.__context__]
