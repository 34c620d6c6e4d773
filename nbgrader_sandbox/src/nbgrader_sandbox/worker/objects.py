"""What stays in the worker while the grader holds a reference, and what a call changed."""

import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from nbgrader_sandbox.wire.values import Reference
from nbgrader_sandbox.worker.crossing import TooLarge, incoming, outgoing, tensor_data

#: The most objects that one test may hold on to.
_OBJECTS = 100_000

Path = tuple[int | str, ...]


class Objects:
    """Numbers the objects that cannot cross; the same object has the same number."""

    def __init__(self) -> None:
        self._held: list[object] = []
        self._numbers: dict[int, int] = {}

    def reference(self, value: object) -> Reference:
        """Return what stands for `value` on the other side. Nothing of the student's is called."""
        if id(value) not in self._numbers:
            if len(self._held) >= _OBJECTS:
                raise TooLarge("one test holds on to more objects than are taken")
            self._held.append(value)
            self._numbers[id(value)] = len(self._held)
        kind = type(value)
        name = _name(kind)
        own = _name(value) if isinstance(value, type) or kind in _NAMED else ""
        return Reference(self._numbers[id(value)], name, callable(value), f"{name} {own}".strip())

    def get(self, number: int) -> Any:
        """Return the object of that number. Raises LookupError where there is none."""
        if not 0 < number <= len(self._held):
            raise LookupError(f"no object has the number {number}")
        return self._held[number - 1]

    def outgoing(self, value: object) -> object:
        """Return `value` as it crosses; as a whole by reference where it is too large."""
        try:
            return outgoing(value, self.reference)
        except Exception:  # a container that changes, or lies, while it is read
            return self.reference(value)

    def incoming(self, value: object) -> Any:
        """Return ordinary values; references become the objects that they stand for."""
        return incoming(value, lambda found: self.get(found.id))


_NAMED = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def _name(thing: Any) -> str:
    """Return the name of a class or function, by Python's own means and not by an override."""
    try:
        if isinstance(thing, type):
            name = type.__dict__["__name__"].__get__(thing)
        else:
            name = thing.__name__
        return str(name).encode("utf-8", "replace").decode()[:100]
    except Exception:
        return "object"


class Watch:
    """Notes arguments before a call, and tells afterwards which of them were changed in place."""

    def __init__(self, arguments: Sequence[object], named: dict[str, object]) -> None:
        self._noted: list[tuple[Path, Any, Callable[[Any], Any], Any]] = []
        self._seen: set[int] = set()
        for place, value in enumerate(arguments):
            self._note((place,), value)
        for name, value in named.items():
            self._note((name,), value)

    def changes(self) -> list[tuple[Path, Any]]:
        """Return the path and the value now of each changed array, tensor, list and dict.

        What lies below a changed list or dict is part of that one's value.
        """
        changed: list[tuple[Path, Any]] = []
        for path, value, look, before in self._noted:
            if any(path[: len(above)] == above for above, _ in changed):
                continue
            if look(value) != before:
                changed.append((path, value))
        return changed

    def _note(self, path: Path, value: Any) -> None:
        kind = type(value)
        if kind in (list, dict, tuple):
            if id(value) in self._seen:
                return
            self._seen.add(id(value))
            parts = list(value.items()) if kind is dict else list(enumerate(value))
            if kind is not tuple:
                # The parts are held, so that no other object takes the place of one in memory.
                self._noted.append((path, value, _parts, _parts(value)))
                self._noted.append((path, parts, _nothing, None))
            for key, part in parts:
                self._note((*path, key), part)
        elif (look := _look(kind)) is not None:
            self._noted.append((path, value, look, look(value)))


def _look(kind: type) -> Callable[[Any], Any] | None:
    """Return what reads the bits of such a value, if it is one that can be written into."""
    for module, name, look in (
        ("numpy", "ndarray", _array_bits),
        ("torch", "Tensor", _tensor_bits),
        ("torch.nn.parameter", "Parameter", _tensor_bits),
    ):
        if getattr(sys.modules.get(module), name, None) is kind:
            return look
    return None


def _array_bits(value: Any) -> Any:
    return value.shape, value.dtype, value.tobytes()


def _tensor_bits(value: Any) -> Any:
    found = tensor_data(value)
    return None if found is None else (found.dtype, _array_bits(found.array))


def _parts(value: Any) -> Any:
    if type(value) is dict:
        return [(key, id(part)) for key, part in value.items()]
    return [id(part) for part in value]


def _nothing(_: object) -> None:
    return None
