"""Plain values as bytes and back, for two processes that do not trust each other.

A value is one letter, then its content; numbers are little endian, a length is eight bytes.

| letter | value | content |
|---|---|---|
| `N` `T` `F` | None, True, False | |
| `i` | int | one byte of sign, length, magnitude |
| `f` `c` | float, complex | one or two IEEE doubles |
| `s` `b` | str, bytes | length, UTF-8 or the bytes |
| `l` `t` `d` | list, tuple, dict | number of elements, then these (for a dict key, value, …) |
| `n` | NumPy scalar | byte order and type as letters, the bytes |
| `a` | NumPy array | as `n`, with dims and shape before the bytes, these in C order |
| `R` `Z` | Reference, TensorData | their fields as values |

There is no letter for code, for a class or for an object: decoding can make nothing else than these
values. All claims of length are held against what is really there before anything is allocated.
"""

import math
import struct
import sys
from typing import Any

from nbgrader_sandbox.wire.values import (
    DTYPES,
    LIMITS,
    Budget,
    Limits,
    Reference,
    TensorData,
    WireError,
    check_reference,
    check_shape,
    check_tensor,
)

__all__ = ["LIMITS", "Limits", "Reference", "TensorData", "WireError", "decode", "encode"]

_LENGTH = struct.Struct("<Q")
_DOUBLE = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")


def encode(value: object, limits: Limits = LIMITS) -> bytes:
    """Return `value` as bytes.

    Raises WireError for anything but an exact instance of the types above, and past a limit.
    """
    encoder = _Encoder(limits)
    encoder.value(value, 0)
    return b"".join(encoder.parts)


def decode(data: bytes | bytearray | memoryview, limits: Limits = LIMITS) -> object:
    """Return the value that `data` holds; arrays are new and writable.

    Raises WireError, and nothing else, whatever the bytes are.
    """
    if len(data) > limits.size:
        raise WireError(f"a message of {len(data)} bytes; at most {limits.size} are taken")
    decoder = _Decoder(memoryview(data), limits)
    value = decoder.value(0)
    if decoder.left():
        raise WireError(f"{decoder.left()} bytes follow the value")
    return value


class _Encoder(Budget):
    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.parts: list[bytes] = []
        self.size = 0

    def put(self, *parts: bytes) -> None:
        self.size += sum(map(len, parts))
        if self.size > self.limits.size:
            raise WireError(f"a message of more than {self.limits.size} bytes")
        self.parts += parts

    def value(self, value: object, depth: int) -> None:
        self.take(depth)
        if value is None:
            self.put(b"N")
        elif type(value) is bool:
            self.put(b"T" if value else b"F")
        elif type(value) is int:
            self.integer(value)
        elif type(value) is float:
            self.put(b"f", _DOUBLE.pack(value))
        elif type(value) is complex:
            self.put(b"c", _COMPLEX.pack(value.real, value.imag))
        elif type(value) is str:
            self.text(value)
        elif type(value) is bytes:
            self.put(b"b", _LENGTH.pack(len(value)), value)
        elif type(value) is list or type(value) is tuple:
            elements = tuple(value)  # a copy: a student's thread may still change the list
            self.put(b"l" if type(value) is list else b"t", _LENGTH.pack(len(elements)))
            for element in elements:
                self.value(element, depth + 1)
        elif type(value) is dict:
            entries = list(value.items())
            self.put(b"d", _LENGTH.pack(len(entries)))
            for key, held in entries:
                self.take_key(key)
                self.value(key, depth + 1)
                self.value(held, depth + 1)
        elif type(value) is Reference:
            check_reference(value)
            self.put(b"R")
            for field in (value.id, value.type_name, value.callable, value.text):
                self.value(field, depth + 1)
        elif type(value) is TensorData:
            self.put(b"Z")
            self.array(value.array)
            check_tensor(value)
            self.value(value.dtype, depth + 1)
        else:
            self.numeric(value)

    def integer(self, value: int) -> None:
        if value.bit_length() > self.limits.int_bits:
            raise WireError(f"an integer of more than {self.limits.int_bits} bits")
        magnitude = abs(value).to_bytes((value.bit_length() + 7) // 8, "little")
        self.put(b"i", b"-" if value < 0 else b"+", _LENGTH.pack(len(magnitude)), magnitude)

    def text(self, value: str) -> None:
        if len(value) > self.limits.text:
            raise WireError(f"a text of more than {self.limits.text} bytes")
        try:
            data = value.encode()
        except UnicodeEncodeError:
            raise WireError("a text with half of a surrogate pair") from None
        if len(data) > self.limits.text:
            raise WireError(f"a text of more than {self.limits.text} bytes")
        self.put(b"s", _LENGTH.pack(len(data)), data)

    def numeric(self, value: object) -> None:
        numpy = sys.modules.get("numpy")  # without NumPy nothing can be of its types
        if numpy is not None and type(value) is numpy.ndarray:
            self.array(value)
        elif (
            numpy is not None
            and isinstance(value, numpy.generic)
            and type(value) in {numpy.dtype(letter).type for letter in DTYPES}
        ):
            scalar: Any = value
            self.put(b"n", b"<", scalar.dtype.char.encode(), _little(scalar).tobytes())
        else:
            raise WireError(f"a {type(value).__name__} does not travel")

    def array(self, value: Any) -> None:
        numpy = sys.modules.get("numpy")
        if numpy is None or type(value) is not numpy.ndarray:
            raise WireError(f"a {type(value).__name__} is no plain array")
        if value.dtype.char not in DTYPES:
            raise WireError(f"an array of {value.dtype} does not travel")
        check_shape(value.shape, value.dtype.itemsize, self.limits)
        order = b">" if value.dtype.newbyteorder("<") != value.dtype else b"<"
        self.put(b"a", order, value.dtype.char.encode(), _LENGTH.pack(value.ndim))
        self.put(*(_LENGTH.pack(length) for length in value.shape))
        self.put(_little(value).tobytes())


def _little(value: Any) -> Any:
    """Turn the bytes of an array or scalar between its own order and the little-endian one."""
    little = value.dtype.newbyteorder("<") == value.dtype
    return value if little else value.byteswap()


class _Decoder(Budget):
    def __init__(self, data: memoryview, limits: Limits) -> None:
        super().__init__(limits)
        self.data = data
        self.at = 0

    def left(self) -> int:
        return len(self.data) - self.at

    def get(self, count: int) -> memoryview:
        if count > self.left():
            raise WireError(f"{count} bytes were announced and {self.left()} are there")
        self.at += count
        return self.data[self.at - count : self.at]

    def length(self) -> int:
        return int(_LENGTH.unpack(self.get(8))[0])

    def count(self) -> int:
        """Return a number of elements, each of which takes a byte at the very least."""
        count = self.length()
        if count > self.left() or count > self.limits.items:
            raise WireError(f"{count} elements were announced in {self.left()} bytes")
        return count

    def value(self, depth: int) -> object:
        self.take(depth)
        letter = bytes(self.get(1))
        match letter:
            case b"N":
                return None
            case b"T" | b"F":
                return letter == b"T"
            case b"i":
                return self.integer()
            case b"f":
                return float(_DOUBLE.unpack(self.get(8))[0])
            case b"c":
                return complex(*_COMPLEX.unpack(self.get(16)))
            case b"s":
                return self.text()
            case b"b":
                return bytes(self.get(self.length()))
            case b"l":
                return [self.value(depth + 1) for _ in range(self.count())]
            case b"t":
                return tuple([self.value(depth + 1) for _ in range(self.count())])
            case b"d":
                return self.dict(depth)
            case b"n":
                return self.scalar()
            case b"a":
                return self.array()
            case b"R":
                fields: list[Any] = [self.value(depth + 1) for _ in range(4)]
                reference = Reference(*fields)
                check_reference(reference)
                return reference
            case b"Z":
                return self.tensor(depth)
        raise WireError("a letter that stands for nothing")

    def integer(self) -> int:
        sign = bytes(self.get(1))
        count = self.length()
        if sign not in (b"+", b"-") or 8 * count > self.limits.int_bits + 7:
            raise WireError(f"an integer without sign, or of more than {self.limits.int_bits} bits")
        magnitude = int.from_bytes(self.get(count), "little")
        return -magnitude if sign == b"-" else magnitude

    def text(self) -> str:
        count = self.length()
        if count > self.limits.text:
            raise WireError(f"a text of {count} bytes; at most {self.limits.text} are taken")
        try:
            return str(self.get(count), "utf-8")
        except UnicodeDecodeError:
            raise WireError("a text that is not UTF-8") from None

    def dict(self, depth: int) -> dict[Any, object]:
        found: dict[Any, object] = {}
        for number in range(self.count()):
            key = self.value(depth + 1)
            self.take_key(key)
            found[key] = self.value(depth + 1)
            if len(found) == number:
                raise WireError("a dict with the same key twice")
        return found

    def dtype(self) -> Any:
        """Return the type as it was, the byte order of the wire being little endian always."""
        order, letter = (chr(byte) for byte in self.get(2))
        if order not in "<>" or letter not in DTYPES:
            raise WireError("an array of a type that does not travel")
        try:
            import numpy
        except ImportError:
            raise WireError("an array, but there is no NumPy here") from None
        dtype = numpy.dtype(letter)
        swapped: Any = dtype.newbyteorder("<" if order == "<" else ">")
        return dtype if swapped == dtype else swapped  # numpy.longlong is not quite numpy.int64

    def elements(self, dtype: Any, shape: tuple[int, ...]) -> Any:
        import numpy

        count = math.prod(shape)
        data = self.get(count * dtype.itemsize)
        found = numpy.empty(shape, dtype)
        if count:
            single = numpy.frombuffer(data, "u1")
            if dtype.char == "?" and single.max() > 1:
                raise WireError("a truth value that is neither 0 nor 1")
            found.reshape(-1).view("u1")[:] = single
        return _little(found)

    def scalar(self) -> object:
        return self.elements(self.dtype(), ())[()]

    def array(self) -> Any:
        dtype = self.dtype()
        dims = self.length()
        if dims > self.limits.dims:
            raise WireError(f"an array of {dims} dims; at most {self.limits.dims} are taken")
        shape = tuple(self.length() for _ in range(dims))
        check_shape(shape, dtype.itemsize, self.limits)
        return self.elements(dtype, shape)

    def tensor(self, depth: int) -> TensorData:
        if bytes(self.get(1)) != b"a":
            raise WireError("a tensor without an array")
        found: Any = TensorData(self.array(), self.value(depth + 1))  # type: ignore[arg-type]
        check_tensor(found)
        tensor: TensorData = found
        return tensor
