"""The values that may cross the sandbox boundary, and how many of them one message may hold."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: NumPy's letters of the types that travel: booleans, integers, floats and complex numbers.
DTYPES = "?bhilqBHILQefdFD"

#: torch's names of the types that travel; bfloat16, unknown to NumPy, as float32.
_INTEGERS = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)}
_FLOATS = {"float16", "float32", "float64", "bfloat16", "complex64", "complex128"}
TENSOR_DTYPES = frozenset({"bool", *_INTEGERS, *_FLOATS})

#: Python hashes tuples and long integers without a secret, so one can make many that collide;
#: as keys the first are few, the second short, and few have the same hash: each is held against
#: all others.
TUPLE_KEYS = 10_000
KEY_BITS = 64
SAME_HASH = 100


class WireError(ValueError):
    """A value that may not cross, or bytes that are no value."""


@dataclass(frozen=True)
class Limits:
    """The most that one message may hold; `text` is in bytes, `dims` an array's.

    `printed` is how many elements of an array appear where it is printed, see `printed`.
    """

    size: int = 64 * 2**20
    items: int = 1_000_000
    depth: int = 32
    dims: int = 32
    printed: int = 100_000
    text: int = 8 * 2**20
    int_bits: int = 4096


LIMITS = Limits()


@dataclass(frozen=True)
class Reference:
    """Stands for an object that stays in the worker; `text` is how its repr begins."""

    id: int
    type_name: str
    callable: bool
    text: str


@dataclass(frozen=True, eq=False)
class TensorData:
    """What a torch tensor holds, detached; `dtype` is torch's name, as in "bfloat16"."""

    array: "np.ndarray[Any, np.dtype[Any]]"
    dtype: str


def check_key(key: object) -> None:
    """Refuse what is no key: values of other types, NaN (equal to nothing), long integers."""
    if type(key) is tuple:
        for part in key:
            check_key(part)
    elif type(key) is float:
        if math.isnan(key):
            raise WireError("NaN is no key of a dict")
    elif type(key) is int:
        if key.bit_length() > KEY_BITS:
            raise WireError(f"an integer of more than {KEY_BITS} bits is no key of a dict")
    elif type(key) not in (str, bool, type(None)):
        raise WireError(f"a {type(key).__name__} is no key of a dict")


def check_reference(found: Reference) -> None:
    kinds = (type(found.id), type(found.type_name), type(found.callable), type(found.text))
    if kinds != (int, str, bool, str) or not 0 <= found.id < 2**63:
        raise WireError("a reference needs an id from 0, a type's name, a bool and a text")


def check_tensor(found: TensorData) -> None:
    if type(found.dtype) is not str or found.dtype not in TENSOR_DTYPES:
        raise WireError("a tensor of a type that does not travel")
    held = "float32" if found.dtype == "bfloat16" else found.dtype
    if found.array.dtype.name != held or not found.array.dtype.isnative:
        raise WireError(f"a tensor of {found.dtype} whose array is of {found.array.dtype.name}")


def check_shape(shape: tuple[int, ...], itemsize: int, limits: Limits) -> None:
    """Hold an array against the limits; an empty one also without its dims of length 0.

    Otherwise (0, 2**60) would cross as no bytes and fill the memory at its first sum.
    """
    if len(shape) > limits.dims:
        raise WireError(f"an array of {len(shape)} dims; at most {limits.dims} are taken")
    size = itemsize
    for length in shape:
        size *= max(length, 1)
        if size > limits.size:
            raise WireError(f"an array of more than {limits.size} bytes")
    if printed(shape) > limits.printed:
        raise WireError(f"an array of which more than {limits.printed} elements are printed")


def printed(shape: tuple[int, ...]) -> int:
    """Return how many elements NumPy and torch print at most: three at each end of each dim.

    Many short dims leave nothing out. The message of a failed comparison prints what it compared,
    and would take minutes and gigabytes.
    """
    return max(1000, math.prod(min(length, 6) for length in shape))


class Budget:
    """Counts what one message holds."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.items = 0
        self.tuple_keys = 0
        self.hashes: Counter[int] = Counter()

    def take(self, depth: int) -> None:
        self.items += 1
        if self.items > self.limits.items:
            raise WireError(f"more than {self.limits.items} values in one message")
        if depth > self.limits.depth:
            raise WireError(f"values nested more than {self.limits.depth} deep, or without end")

    def take_key(self, key: object) -> None:
        check_key(key)
        self.tuple_keys += type(key) is tuple
        if self.tuple_keys > TUPLE_KEYS:
            raise WireError(f"more than {TUPLE_KEYS} tuples as keys in one message")
        if type(key) is tuple:
            self.hashes[hash(key)] += 1
            if self.hashes[hash(key)] > SAME_HASH:
                raise WireError(f"more than {SAME_HASH} keys with the same hash in one message")
