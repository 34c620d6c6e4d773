"""Takes away the names that a question forbids: "write an LSTM" without torch's own.

A name in a text is easily hidden, so the thing itself is disarmed, before any cell runs: each
module that holds it holds a stand-in instead, the class or function itself is emptied for those
who kept it elsewhere, and torch's operators are refused where all calls of them pass.
"""

import contextlib
import ctypes
import dis
import importlib
import sys
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

#: How often a function may be wrapped.
_WRAPPINGS = 5

#: The modules that were looked through; where the thing with an identity is, module and name.
_modules: set[str] = set()
_places: dict[int, list[tuple[str, str]]] = {}


class ForbiddenName(RuntimeError):
    """The question does not allow what was used."""


def forbid(rules: Sequence[Mapping[str, str]], used: Callable[[str], None]) -> list[str]:
    """Disarm each rule's `name`, a dotted one; using it raises ForbiddenName with its `message`.

    `used` is told the name at each use. Returns the names for which nothing was found.
    """
    stand_ins: dict[int, tuple[object, _StandIn]] = {}
    unknown = []
    for rule in rules:
        name, message = rule["name"], rule["message"]
        found = _find(name)
        operators = _operators(name, found[1] if found else None)
        if found is None and not operators:
            unknown.append(name)
            continue
        stand_in = _StandIn(name, message, used)
        for operator in operators:
            _disarm_operator(operator, stand_in)
        if found is not None:
            owner, thing = found
            stand_ins[id(thing)] = (thing, stand_in)
            with contextlib.suppress(AttributeError, TypeError):
                setattr(owner, name.rpartition(".")[2], stand_in)
            _disarm(thing, stand_in)
    if stand_ins:
        _replace(stand_ins)
    return unknown


class _StandIn:
    """Stands where the forbidden thing stood; can be imported, and not used."""

    def __init__(self, name: str, message: str, used: Callable[[str], None]) -> None:
        self.__dict__["_refuse"] = _refusing(name, message, used)
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


def _refusing(name: str, message: str, used: Callable[[str], None]) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        used(name)
        raise ForbiddenName(message)

    return refuse


def _find(name: str) -> tuple[object, object] | None:
    """Return what holds the thing of that name, and the thing; None where there is none."""
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        owner = thing
        for part in parts[count:]:
            try:
                owner, thing = thing, getattr(thing, part)
            except (AttributeError, RuntimeError):
                return None
        return owner, thing
    return None


def _disarm(thing: Any, stand_in: _StandIn) -> None:
    """Empty a class or function for those who hold it under another name."""
    refuse = stand_in.__dict__["_refuse"]
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
    _note_places()


def _note_places() -> None:
    """Note what the modules hold that were loaded since the last time."""
    for module_name, module in list(sys.modules.items()):
        if module_name in _modules:
            continue
        _modules.add(module_name)
        held = getattr(module, "__dict__", None)
        for name, value in list(held.items()) if type(held) is dict else []:
            if callable(value):
                _places.setdefault(id(value), []).append((module_name, name))


def _replace(stand_ins: dict[int, tuple[object, _StandIn]]) -> None:
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


def _disarm_operator(operator: str, stand_in: _StandIn) -> None:
    """Refuse an operator in torch's dispatcher, and in the tables from which it is rebuilt."""
    import torch

    refuse = stand_in.__dict__["_refuse"]
    packet = getattr(torch.ops.aten, operator)
    for overload in packet.overloads():
        found = getattr(packet, overload)
        full = found.name().removeprefix("aten::")
        library: Any = torch._C._dispatch_library("IMPL", "aten", "", __file__, 1)
        # torch undoes this when the object goes, or is told to; nobody is left who could tell it.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there was an implementation before
            for key in _keys(found.name()):
                with contextlib.suppress(RuntimeError):
                    library.impl(full, key, refuse, False)
        for key in list(found.py_kernels):
            _disarm(found.py_kernels[key], stand_in)
            found.py_kernels[key] = refuse
        decompositions = sys.modules.get("torch._decomp")
        for table in getattr(decompositions, "global_decomposition_table", {}).values():
            if found in table:  # the same in Python, which anybody may call by its own name
                _disarm(table[found], stand_in)
                table[found] = refuse


def _keys(name: str) -> list[str]:
    import torch

    has = torch._C._dispatch_has_kernel_for_dispatch_key
    keys = ("CompositeImplicitAutograd", "CompositeExplicitAutograd", "CPU", "Meta")
    found = [key for key in keys if has(name, key)]
    # Where an operator has a derivative of its own, that is asked before the processor's kernel.
    return found if "CompositeImplicitAutograd" in found else [*found, "AutogradCPU"]
