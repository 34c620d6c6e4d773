"""Turns values into what may cross the sandbox boundary, and back; the same at both ends.

Numbers, text, NumPy's arrays, torch's tensors and plain containers of these cross by value. What
else there is stays where it is, and a reference crosses in its place.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from nbgrader_sandbox.wire.values import (
    DTYPES,
    LIMITS,
    TENSOR_DTYPES,
    Reference,
    TensorData,
    printed,
)

#: Tighter than the wire's own limits, so that what is let through here can be sent.
DEPTH = 20
ITEMS = 300_000
BYTES = 48 * 2**20
_TEXT = 2 * 2**20
_INT_BITS = 4000


class TooLarge(ValueError):
    """A value with more parts than one message takes."""


def outgoing(value: object, other: Callable[[object], object]) -> object:
    """Return `value` as the wire takes it; `other` makes something of what can't cross.

    Raises TooLarge, and what `other` raises.
    """
    return _Outgoing(other).convert(value, 0)


def incoming(value: object, refer: Callable[[Reference], object]) -> object:
    """Return what the wire gave as ordinary values; `refer` makes something of a reference."""
    kind = type(value)
    if kind is list or kind is tuple:
        parts = [incoming(part, refer) for part in value]  # type: ignore[attr-defined]
        return parts if kind is list else tuple(parts)
    if kind is dict:
        return {key: incoming(part, refer) for key, part in value.items()}  # type: ignore[attr-defined]
    if isinstance(value, Reference):
        return refer(value)
    if isinstance(value, TensorData):
        return _tensor(value)
    return value


class _Outgoing:
    def __init__(self, other: Callable[[object], object]) -> None:
        self._other = other
        self._items = 0
        self._bytes = 0

    def convert(self, value: Any, depth: int) -> object:
        self._count(1, 16)
        kind = type(value)
        if kind in (type(None), bool, float, complex):
            return value
        if kind is int:
            return value if value.bit_length() <= _INT_BITS else self._other(value)
        if kind is str or kind is bytes:
            return value if self._sendable(value) else self._other(value)
        if depth < DEPTH and (kind is list or _is_tuple(kind)):
            held = tuple.__iter__(value) if kind is not list else list(value)
            parts = [self.convert(part, depth + 1) for part in held]
            return parts if kind is list else tuple(parts)
        if depth < DEPTH and kind in (dict, OrderedDict):
            items = list(value.items())
            if all(_is_key(key) for key, _ in items):
                self._count(len(items), 0)
                return {key: self.convert(part, depth + 1) for key, part in items}
        if (numbers := _numbers(value)) is not None:
            array = numbers.array if isinstance(numbers, TensorData) else numbers
            self._count(0, array.nbytes)
            return numbers
        return self._other(value)

    def _count(self, items: int, size: int) -> None:
        self._items += items
        self._bytes += size
        if self._items > ITEMS or self._bytes > BYTES:
            raise TooLarge("a value with more parts than one message takes")

    def _sendable(self, value: str | bytes) -> bool:
        if len(value) > _TEXT:
            return False
        self._count(0, len(value))
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                return False
        return True


def _numbers(value: Any) -> Any:
    """Return an array, a NumPy scalar or a tensor as it crosses; None for anything else."""
    kind = type(value)
    if (numpy := sys.modules.get("numpy")) is not None:
        if kind is numpy.ndarray:
            return _plain_array(value)
        if isinstance(value, numpy.generic):
            letter = value.dtype.char
            return value if letter in DTYPES and kind is numpy.dtype(letter).type else None
    if _is(kind, "torch", "Tensor") or _is(kind, "torch.nn.parameter", "Parameter"):
        return tensor_data(value)
    return None


def _plain_array(value: Any) -> Any:
    if value.dtype.char not in DTYPES or value.ndim > LIMITS.dims:
        return None
    if printed(value.shape) > LIMITS.printed:
        return None
    return value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("="))


def tensor_data(value: Any) -> TensorData | None:
    """Return what a tensor holds; None where NumPy cannot hold it (sparse, quantised, ...)."""
    name = str(value.dtype).removeprefix("torch.")
    if name not in TENSOR_DTYPES or value.device.type == "meta":
        return None
    if value.ndim > LIMITS.dims or printed(tuple(value.shape)) > LIMITS.printed:
        return None
    try:
        plain = value.detach().cpu().resolve_conj().resolve_neg()
        array = (plain.float() if name == "bfloat16" else plain).numpy()
    except (RuntimeError, TypeError):
        return None
    return TensorData(array, name)


def _tensor(found: TensorData) -> object:
    import torch

    tensor = torch.from_numpy(found.array)
    return tensor.to(torch.bfloat16) if found.dtype == "bfloat16" else tensor


def _is_tuple(kind: type) -> bool:
    """Whether values of this class are tuples, or named ones, as torch returns some, too."""
    if kind is tuple or _is(kind, "torch", "Size"):
        return True
    if not issubclass(kind, tuple):
        return False
    held = type.__dict__["__dict__"].__get__(kind)
    if type(held.get("_fields")) is tuple:
        return True
    return _is(kind, "torch.return_types", type.__dict__["__name__"].__get__(kind))


def _is(kind: type, module: str, name: str) -> bool:
    """Whether `kind` is that very class, if its module is loaded at all."""
    loaded = sys.modules.get(module)
    return loaded is not None and getattr(loaded, name, None) is kind


def _is_key(key: object, depth: int = 0) -> bool:
    kind = type(key)
    if kind is tuple:
        return depth < 4 and all(_is_key(part, depth + 1) for part in key)  # type: ignore[attr-defined]
    if isinstance(key, float) and kind is float:
        return key == key
    if isinstance(key, int) and kind is int:
        return key.bit_length() <= 64
    return kind in (str, bool, type(None))
