"""Takes away the names that a question forbids: "write an LSTM" without torch's own.

A name in a text is easily hidden, so the thing itself is disarmed, before any cell runs: each
module that holds it holds a stand-in instead, the class or function itself is emptied for those
who kept it elsewhere, and torch's operators are refused where all calls of them pass. What is not
loaded yet is disarmed when it is, see `late`.
"""

import contextlib
import ctypes
import dis
import importlib.util
import sys
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import pairwise
from typing import Any, NoReturn

from nbgrader_sandbox.worker import kernel, late
from nbgrader_sandbox.worker.late import ForbiddenName, Later, StandIn

# Where this is called late, the student's code has run before, and may have given names of modules
# new values. So the functions below `disarm` use their own, of which there is a hidden copy.

_COMPILED = tuple(EXTENSION_SUFFIXES)

#: How often a function may be wrapped.
_WRAPPINGS = 5

#: The modules that were looked through; where the thing with an identity is, module and name.
_modules: set[str] = set()
_places: dict[int, list[tuple[str, str]]] = {}
#: Those among them that are compiled.
_extensions: dict[str, types.ModuleType] = {}


def forbid(
    rules: Sequence[Mapping[str, str]],
    used: Callable[[str], None],
    unknown: Callable[[str], None],
) -> None:
    """Disarm each rule's `name`, a dotted one; using it raises ForbiddenName with its `message`.

    `used` is told the name at each use, `unknown` each name for which nothing was found, now or
    when its package is loaded.
    """
    if not rules:
        return
    told = tuple((rule["name"], rule["message"]) for rule in rules)
    waiting = disarm(told, used, unknown)
    copy = late.private_copy(__name__)["disarm"]
    late.private_copy.cache_clear()

    def loaded(module: str) -> Sequence[Later]:
        top = module.partition(".")[0]
        return list(copy([one for one in told if one[0].partition(".")[0] == top], used, unknown))

    late.hide(loaded)
    about_torch = any(name.partition(".")[0] == "torch" for name, _ in told)
    if about_torch:
        with contextlib.suppress(OSError):  # /proc/self/mem is its own no more
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    late.watch(waiting, loaded, used, memory=not about_torch)


def disarm(
    rules: Sequence[tuple[str, str]], used: Callable[[str], None], unknown: Callable[[str], None]
) -> list[Later]:
    """Disarm what is loaded of these names, each with its message; return what is to be awaited."""
    _note_places()
    named: list[tuple[str, object, object, Callable[..., NoReturn]]] = []
    waiting: dict[Later, None] = {}
    for name, message in rules:
        if any(name.startswith(f"{one.module}.") for one in waiting):
            continue
        found = _find(name)
        if isinstance(found, Later):
            waiting[found] = None
            continue
        operators = _operators(name, found[1] if found else None)
        if found is None and not operators:
            unknown(name)
            continue
        refuse = _refusing(name, message, used)
        for operator in operators:
            _disarm_operator(operator, refuse)
        if found is not None:
            compiled = _compiled(name, found[1])
            _disarm(found[1], refuse)
            named.append((name, *found, refuse))
            for module, last in compiled:
                setattr(module, last, StandIn(name, refuse))
    if named:
        _stand_in(named)
    return list(waiting)


def _compiled(name: str, thing: object) -> list[tuple[types.ModuleType, str]]:
    """Return where a package's compiled modules have what a function of its does its work by.

    Such a function has the same name, or is named by the code of the function and begins so.
    """
    top, last = name.partition(".")[0], name.rpartition(".")[2]
    words = {last}
    for _ in range(_WRAPPINGS):
        if isinstance(thing, types.FunctionType):
            words |= {word for word in thing.__code__.co_names if word.startswith(last)}
        thing = getattr(thing, "__wrapped__", None)
    found = []
    for where, module in _extensions.items():
        if where.startswith(f"{top}."):
            found += [(module, word) for word in words if callable(vars(module).get(word))]
    return found


def _stand_in(named: Sequence[tuple[str, object, object, Callable[..., NoReturn]]]) -> None:
    """Put something that can be imported and not used in the place of each thing."""
    stand_ins: dict[int, tuple[object, StandIn]] = {}
    for name, owner, thing, refuse in named:
        stand_in = StandIn(name, refuse)
        stand_ins[id(thing)] = (thing, stand_in)
        with contextlib.suppress(AttributeError, TypeError):
            setattr(owner, name.rpartition(".")[2], stand_in)
        if isinstance(thing, types.ModuleType):
            _disarm_module(thing, stand_in)
    _replace(stand_ins)


def _refusing(name: str, message: str, used: Callable[[str], None]) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        used(name)
        raise ForbiddenName(message)

    return refuse


def _find(name: str) -> tuple[object, object] | Later | None:
    """Return what holds the thing of that name, and the thing; None where there is none.

    Where the module that it is in is not loaded yet, return that.
    """
    top, *parts = name.split(".")
    owner: object = None
    thing: object = sys.modules.get(top)
    if thing is None:
        return _find_later(top)
    where = top
    for part in parts:
        where += f".{part}"
        if isinstance(thing, types.ModuleType) and part not in vars(thing):
            if where in sys.modules:
                owner, thing = thing, sys.modules[where]
                continue
            if where.rpartition(".")[0] in sys.modules and (later := _find_later(where)):
                return later
        try:
            owner, thing = thing, getattr(thing, part)
        except (AttributeError, RuntimeError):
            return None
    return owner, thing


def _find_later(module: str) -> Later | None:
    """Return the module of that name, which is not loaded, if there is one."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None:
        return None
    folders = spec.submodule_search_locations
    return Later(module, f"{folders[0]}/" if folders else str(spec.origin))


def _disarm_module(module: types.ModuleType, stand_in: StandIn) -> None:
    """Put the stand-in where a module and its parts are imported from."""
    for name in [one for one in sys.modules if f"{one}.".startswith(f"{module.__name__}.")]:
        sys.modules[name] = stand_in  # type: ignore[assignment]


def _disarm(thing: Any, refuse: Callable[..., NoReturn]) -> None:
    """Empty a class or function for those who hold it under another name."""
    if isinstance(thing, type):
        for method in ("__new__", "__init__", "__call__", "forward"):
            with contextlib.suppress(AttributeError, TypeError):
                setattr(thing, method, refuse)
        return
    # Those of NumPy are wrapped by its dispatcher, those of torch's compiler several times.
    for _ in range(_WRAPPINGS):
        if isinstance(thing, types.FunctionType):
            thing.__code__ = _code_that_calls(refuse, thing.__code__.co_freevars)
        thing = getattr(thing, "__wrapped__", None)


def _code_that_calls(refuse: Callable[..., NoReturn], free: tuple[str, ...]) -> types.CodeType:
    def body(*_: object, **__: object) -> None:
        call: Any = "refuse"
        call()

    constants = tuple(refuse if one == "refuse" else one for one in body.__code__.co_consts)
    return body.__code__.replace(co_consts=constants, co_freevars=free)


def prepare() -> None:
    """Note once, before workers are forked, under which names each class and function is found.

    To look through all modules takes a fork a tenth of a second: it makes every page its own.
    """
    _modules.clear()
    _places.clear()
    _extensions.clear()
    _note_places()
    late.prepare()
    late.private_copy(__name__)["know"](_modules, _places, _extensions)


def know(
    modules: set[str],
    places: dict[int, list[tuple[str, str]]],
    extensions: dict[str, types.ModuleType],
) -> None:
    """Take over what another copy of this module has noted."""
    _modules.update(modules)
    _extensions.update(extensions)
    _places.update({number: list(found) for number, found in places.items()})


def _note_places() -> None:
    """Note what the modules hold that were loaded since the last time."""
    for module_name, module in list(sys.modules.items()):
        if module_name in _modules:
            continue
        _modules.add(module_name)
        held = getattr(module, "__dict__", None)
        spec = held.get("__spec__") if type(held) is dict else None
        if str(getattr(spec, "origin", "")).endswith(_COMPILED):
            _extensions[module_name] = module
        for name, value in list(held.items()) if type(held) is dict else []:
            if callable(value):
                _places.setdefault(id(value), []).append((module_name, name))


def _replace(stand_ins: dict[int, tuple[object, StandIn]]) -> None:
    """Put the stand-ins into every module that is loaded, under whatever name."""
    _note_places()
    for number, (thing, stand_in) in stand_ins.items():
        for module_name, name in _places.get(number, []):
            held = getattr(sys.modules.get(module_name), "__dict__", {})
            if held.get(name) is thing:
                held[name] = stand_in


def _operators(name: str, thing: object) -> list[str]:
    """Return torch's operators that a name of torch's stands for, or that a class of its calls."""
    if not name.startswith("torch.") or "torch" not in sys.modules:
        return []
    aten = sys.modules["torch"].ops.aten
    parent, _, last = name.rpartition(".")
    names = {last} if parent in ("torch", "torch._VF", "torch.ops.aten") else set()
    if isinstance(thing, type):
        methods = [method for method in vars(thing).values() if hasattr(method, "__code__")]
        names = {word for method in methods for word in _called(method.__code__)}
    return sorted(one for one in names if hasattr(aten, one))


def _called(code: types.CodeType) -> list[str]:
    """Return the operators that code calls as `_VF.name`, which is how torch's modules do."""
    if "_VF" not in code.co_names:
        return []
    steps = list(dis.get_instructions(code))
    return [
        str(then.argval)
        for first, then in pairwise(steps)
        if first.argval == "_VF" and then.opname in ("LOAD_ATTR", "LOAD_METHOD")
    ]


def _disarm_operator(operator: str, refuse: Callable[..., NoReturn]) -> None:
    """Refuse an operator in torch's dispatcher, and in the tables from which it is rebuilt."""
    import torch

    packet = getattr(torch.ops.aten, operator)
    for overload in packet.overloads():
        found = getattr(packet, overload)
        full = found.name().removeprefix("aten::")
        library: Any = torch._C._dispatch_library("IMPL", "aten", "", __file__, 1)
        # torch undoes this when the object goes, or is told to; nobody is left who could tell it.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
        vars(ctypes.pythonapi).pop("Py_IncRef")  # not to be found there by anybody else
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there was an implementation before
            for key in _keys(found.name()):
                with contextlib.suppress(RuntimeError):
                    library.impl(full, key, refuse, False)
        # The same in Python, which anybody may call by its own name, and what it is made of.
        decompositions = sys.modules.get("torch._decomp")
        tables = getattr(decompositions, "global_decomposition_table", {}).values()
        places: list[tuple[Any, Any]] = [(found.py_kernels, key) for key in found.py_kernels]
        places += [(table, found) for table in tables if found in table]
        for held, key in places:
            for part in (*_parts(held[key]), held[key]):
                _disarm(part, refuse)
            held[key] = refuse


def _parts(function: Any) -> list[types.FunctionType]:
    """Return the functions of its own module that a function is put together from."""
    found: dict[int, types.FunctionType] = {}
    left: list[Any] = [function]
    for _ in range(_WRAPPINGS):
        left.append(getattr(left[-1], "__wrapped__", None))
    while left:
        one = left.pop()
        codes = [one.__code__] if isinstance(one, types.FunctionType) else []
        while codes:
            code = codes.pop()
            codes += [part for part in code.co_consts if isinstance(part, types.CodeType)]
            for name in code.co_names:
                part = one.__globals__.get(name)
                own = isinstance(part, types.FunctionType) and part.__module__ == one.__module__
                if own and id(part) not in found:
                    found[id(part)] = part
                    left.append(part)
    return list(found.values())


def _keys(name: str) -> list[str]:
    import torch

    has = torch._C._dispatch_has_kernel_for_dispatch_key
    keys = ("CompositeImplicitAutograd", "CompositeExplicitAutograd", "CPU", "Meta")
    found = [key for key in keys if has(name, key)]
    # Where an operator has a derivative of its own, that is asked before the processor's kernel.
    return found if "CompositeImplicitAutograd" in found else [*found, "AutogradCPU"]
