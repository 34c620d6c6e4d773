"""Disarms the forbidden names of a package that is not loaded yet, the moment that it is.

So a rule about torch costs nothing where no answer uses torch. An audit hook, which nothing can
take away again, sees the import coming, loads the package itself with Python's own import, and has
it disarmed before the student's code goes on. What the hook knows is kept where the garbage
collector lists nothing. A package's compiled part that comes by any other way is refused.
"""

import builtins
import ctypes
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

#: Said where a compiled module is loaded by another way than `import`, or from elsewhere.
PAST_IMPORT = "packages are loaded by `import` alone where the question forbids names"
#: Said where a package is loaded while other threads run, which could use it before it is disarmed.
THREADS = "import it in a cell of its own, before threads are started"
#: Said where the process's own memory is asked for: all that was taken away is still in it.
MEMORY = "ctypes is not to be used where the question forbids names"

_MEMORY_EVENTS = """
    dlopen dlsym dlsym/handle call_function cdata cdata/buffer string_at wstring_at addressof
    PyObj_FromPtr
"""


class ForbiddenName(RuntimeError):
    """The question does not allow what was used."""


class StandIn:
    """Stands where the forbidden thing stood; can be imported, and not used."""

    def __init__(self, name: str, refuse: Callable[..., NoReturn]) -> None:
        self.__dict__["_refuse"] = refuse
        self.__dict__["_name"] = name

    def __call__(self, *_: object, **__: object) -> NoReturn:
        self.__dict__["_refuse"]()
        raise AssertionError

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") or name.startswith(("_repr_", "_ipython_")):
            raise AttributeError(name)
        self.__dict__["_refuse"]()
        raise AssertionError

    def __mro_entries__(self, _bases: tuple[object, ...]) -> NoReturn:
        self.__dict__["_refuse"]()
        raise AssertionError

    def __instancecheck__(self, _instance: object) -> bool:
        return False

    def __subclasscheck__(self, _subclass: type) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self.__dict__['_name']}: not allowed here>"


class Later(NamedTuple):
    """A module that is not loaded yet, and where its files are."""

    module: str
    files: str


class Door(importlib.abc.MetaPathFinder):
    """Tells the hook of imports that Python itself tells of nobody, as `importlib` makes them."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if target is not None or fullname in sys.modules:
            return None
        sys.audit("import", fullname, None, sys.path, sys.meta_path, sys.path_hooks)
        if (module := sys.modules.get(fullname)) is None:
            return None
        # The hook has loaded it. Python takes the spec of a module that came up meanwhile.
        handed = importlib.machinery.ModuleSpec(fullname, _Handed(module))
        module.__spec__ = handed
        return handed


class _Handed(importlib.abc.Loader):
    """Hands out a module that is loaded already."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec


def watch(
    waiting: Sequence[Later],
    disarm: Callable[[str], Sequence[Later]],
    used: Callable[[str], None],
    *,
    memory: bool,
) -> None:
    """Disarm each of these modules as soon as it is loaded, for as long as this process lives.

    `disarm` gets a module's name and returns what is to be waited for then. `memory` says whether
    the process's memory can be read and written by ctypes. `used` is told what was refused.
    """
    # All that the hook uses is its own: names of modules and of builtins can be given new values.
    pending = list(waiting)
    system, built_in, modules = vars(sys), vars(builtins), sys.modules
    path = [entry for entry in sys.path if entry.startswith("/")]
    trusted = tuple({f"{one}/" for entry in path for one in (entry, _real(entry))})
    machinery = {"modules": modules, "path": path} | {
        name: list(getattr(sys, name)) for name in ("meta_path", "path_hooks")
    }
    functions, load_module = dict(built_in), importlib.import_module
    threads, block = sys._current_frames, signal.pthread_sigmask
    # Not valid_signals(), which takes a fork milliseconds; the C library keeps 32 and 33.
    signals, mask, unmask = (*range(1, 32), *range(34, 65)), signal.SIG_BLOCK, signal.SIG_SETMASK
    collect = (gc.isenabled, gc.disable, gc.enable)
    text, kind, begins, size, rows, table = str, type, str.startswith, len, list, dict
    error, past, crowd, own = ForbiddenName, PAST_IMPORT, THREADS, MEMORY
    closed = frozenset() if memory else frozenset(f"ctypes.{one}" for one in _MEMORY_EVENTS.split())
    new_interpreter = "cpython.PyInterpreterState_New"
    loading = False

    def refuse(what: str, why: str) -> NoReturn:
        used(what)
        raise error(why)

    def load(one: Later) -> None:
        """Load a module with nobody else's code in between, and disarm it."""
        nonlocal loading
        if size(threads()) > 1:
            refuse(f"{one[0]}, loaded beside threads", crowd)
        before, theirs = {name: system[name] for name in machinery}, table(built_in)
        blocked, collecting = block(mask, signals), collect[0]()
        loading = True
        try:
            collect[1]()
            system.update(
                {name: held if name == "modules" else held[:] for name, held in machinery.items()}
            )
            system["path_importer_cache"] = table()
            built_in.update(functions)
            for name in rows(modules):  # the package is not loaded, so these are no parts of it
                if kind(name) is text and (name == one[0] or begins(name, one[0] + ".")):
                    modules.pop(name)
            load_module(one[0])
            more = disarm(one[0])
            pending.remove(one)
            pending.extend(more)
        except:
            modules.pop(one[0], None)
            raise
        finally:
            loading = False
            for name, held in before.items():
                if name != "modules":  # what the package added to find others stays
                    held += [new for new in system[name] if new not in machinery[name]]
            system.update(before)
            built_in.update(theirs)
            if collecting:
                collect[2]()
            block(unmask, blocked)

    def imports(name: Any, file: Any) -> None:
        if kind(name) is not text or loading:
            return
        if file is not None:  # a compiled module
            if kind(file) is not text or not begins(file, trusted) or "/.." in file:
                refuse(f"{name}, a compiled module from elsewhere", past)
            for one in pending:
                if begins(file, one[1]):
                    refuse(f"{one[0]}, past its import", past)
            return
        for one in pending[:]:
            if name == one[0] or begins(name, one[0] + "."):
                load(one)
                imports(name, None)  # what is waited for now may be on the way, too
                return

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "import":
            imports(args[0], args[1])
        elif event == new_interpreter or (event in closed and not loading):
            refuse(event, own)

    hide(hook, imports, load, refuse)
    for held in (pending, functions, machinery, *machinery.values()):
        if held is not modules:
            _hide_object(held)
    if not memory:
        _close_memory(lambda *_: refuse("ctypes", own))
    sys.meta_path.insert(0, Door())
    sys.addaudithook(hook)


def hide(*functions: Callable[..., object]) -> None:
    """Hide functions, and what they have in their closures, from the garbage collector's lists."""
    for function in functions:
        for cell in function.__closure__ or ():
            _hide_object(cell)
        _hide_object(function)


def _hide_object(thing: object) -> None:
    if gc.is_tracked(thing):
        ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(thing))


#: The libraries that ctypes has opened.
_libraries: list[ctypes.CDLL] = []


def prepare() -> None:
    """Look once, before workers are forked, for what ctypes has opened, and where packages are."""
    for entry in sys.path:
        _real(entry)
    _libraries[:] = [one for one in gc.get_objects() if isinstance(one, ctypes.CDLL)]


@functools.cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _close_memory(refuse: Callable[..., NoReturn]) -> None:
    """Refuse the functions of ctypes that are there already: of their calls no hook is told."""
    held: dict[str, Any] = vars(ctypes)
    function: Any = held["_CFuncPtr"]
    for name in [name for name, value in held.items() if isinstance(value, function)]:
        held[name] = refuse
    for library in (ctypes.pythonapi, *_libraries):
        for name, value in list(vars(library).items()):
            if isinstance(value, function):
                del vars(library)[name]


@functools.cache
def private_copy(module: str) -> dict[str, Any]:
    """Return the names of a copy of a module, which nobody finds who has not got it from here.

    To be called before workers are forked.
    """
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    held = vars(copy)
    for thing in list(held.values()):
        if isinstance(thing, types.FunctionType) and thing.__module__ == module:
            _hide_object(thing)
    _hide_object(held)
    return held
