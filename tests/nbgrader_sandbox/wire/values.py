"""Generated values that may cross the sandbox boundary, and what it means that one is unchanged."""

import struct
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbgrader_sandbox.wire.codec import Reference, TensorData

DTYPES = [
    np.dtype(order + name)
    for order in "<>"
    for name in "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16".split()  # noqa: SIM905
] + [np.dtype(np.longlong), np.dtype(np.ulonglong)]

TENSOR_DTYPES = ["bool", "int64", "uint8", "float16", "float32", "float64", "complex64"]

doubles = st.binary(min_size=8, max_size=8).map(lambda b: struct.unpack("<d", b)[0])  # any NaN
words = st.text(st.characters(codec="utf-8"), max_size=20)
integers = st.one_of(st.integers(), st.integers(-(2**4096) + 1, 2**4096 - 1))

shapes = st.one_of(
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    st.integers(5, 32).map(lambda dims: (1,) * dims),
)


@st.composite
def arrays(draw: st.DrawFn, dtypes: list[np.dtype] = DTYPES) -> np.ndarray:
    """Any bits (for bool: 0 and 1), in C order, Fortran order, or as every second element."""
    dtype, shape = draw(st.sampled_from(dtypes)), draw(shapes)
    count = int(np.prod(shape, dtype=int))
    seed = draw(st.integers(0, 2**32 - 1))
    bits = np.random.default_rng(seed).bytes(count * dtype.itemsize)
    if dtype.kind == "b":
        bits = bytes(byte & 1 for byte in bits)
    found = np.frombuffer(bits, dtype).reshape(shape)
    layout = draw(st.sampled_from(["C", "F", "strided", "reversed"]))
    if layout == "F":
        return np.array(found, order="F")
    if layout == "strided" and shape:
        wide = np.empty((*shape[:-1], 2 * shape[-1]), dtype)
        wide[..., ::2] = found
        return wide[..., ::2]
    return found[::-1] if layout == "reversed" and shape else found


scalars = (
    arrays([dtype for dtype in DTYPES if dtype.isnative])
    .filter(lambda a: a.size)
    .map(lambda a: a.reshape(-1)[0])
)

references = st.builds(Reference, st.integers(0, 2**63 - 1), words, st.booleans(), words)


@st.composite
def tensors(draw: st.DrawFn) -> TensorData:
    name = draw(st.sampled_from([*TENSOR_DTYPES, "bfloat16"]))
    held = np.dtype("float32" if name == "bfloat16" else name)
    return TensorData(draw(arrays([held])), name)


plain = st.one_of(
    st.none(),
    st.booleans(),
    integers,
    doubles,
    st.builds(complex, doubles, doubles),
    words,
    st.binary(max_size=20),
)

_plain_keys = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64) + 1, 2**64 - 1),
    st.floats(allow_nan=False),
    words,
)
keys = st.recursive(_plain_keys, lambda inner: st.tuples(inner, inner), max_leaves=4)

values = st.recursive(
    st.one_of(plain, arrays(), scalars, references, tensors()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Whether two values agree in type, structure and every bit."""
    if type(a) is not type(b):
        return False
    match a:
        case float():  # numpy.float64 too, which is one
            return np.float64(a).tobytes() == np.float64(b).tobytes()
        case complex():
            return np.complex128(a).tobytes() == np.complex128(b).tobytes()
        case list() | tuple():
            return len(a) == len(b) and all(map(same, a, b))
        case dict():
            return same([*a.items()], [*b.items()])
        case np.ndarray():
            return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        case np.generic():
            return a.dtype == b.dtype and a.tobytes() == b.tobytes()
        case TensorData():
            return a.dtype == b.dtype and same(a.array, b.array)
        case Reference():
            return same([*vars(a).values()], [*vars(b).values()])
    return bool(a == b)
