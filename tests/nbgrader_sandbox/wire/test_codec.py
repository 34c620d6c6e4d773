"""The codec: every bit comes back, and nothing else than values ever comes out of bytes."""

import itertools
import random
import struct
import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader_sandbox.wire.codec import (
    LIMITS,
    Limits,
    Reference,
    TensorData,
    WireError,
    decode,
    encode,
)

from tests.nbgrader_sandbox.wire.values import same, values

QUIET_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_DEAD_BEEF))[0]
SIGNALLING = np.frombuffer(struct.pack("<Q", 0xFFF4_0000_0000_0001), "<f8")

EXAMPLES: list[Any] = [
    *(None, True, False, 0, -1, 2**4096 - 1, -(2**4096) + 1, 0.0, -0.0, QUIET_NAN, float("inf")),
    *(complex(-0.0, QUIET_NAN), "", "σ ∘ 🙂 \0", b"", b"\xff\0", [], (), {}, [[[]]], ({},)),
    {"a": 1, 2: "b", 3.5: None, None: (), True: [], (1, ("x", None)): -0.0},
    *(np.array(3.5), np.zeros((0, 3)), np.zeros((3, 0, 2), "f2"), SIGNALLING, np.arange(0)),
    *(np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(8, dtype=">i4")[::-2]),
    *(np.array([True, False]), np.zeros((1,) * 32, "c8"), np.float16(-0.0), np.bool_(True)),
    *(np.int8(-3), np.longlong(3), np.complex64(1j), np.float64(QUIET_NAN)),
    Reference(7, "Gate", True, "<function gate>"),
    TensorData(np.ones((2, 3), "f4"), "bfloat16"),
    TensorData(np.array([1, 2]), "int64"),
]


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: repr(value)[:30])
def test_examples_come_back_to_the_bit(value: object) -> None:
    assert same(decode(encode(value)), value)


@given(values)
def test_any_value_comes_back_to_the_bit(value: object) -> None:
    data = encode(value)
    assert same(decode(data), value)
    assert encode(decode(data)) == data


def test_an_array_comes_back_new_writable_and_in_c_order() -> None:
    sent = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    sent.flags.writeable = False
    found: Any = decode(encode(sent))
    assert found.flags.writeable
    assert found.flags.c_contiguous
    assert found.flags.owndata
    assert found.flags.aligned


def test_the_comparison_of_these_tests_can_fail() -> None:
    different = [
        (0.0, -0.0),
        (1, True),
        (1, 1.0),
        ([1], (1,)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), np.zeros(3, "f4")),
        (np.float64(1), 1.0),
        (SIGNALLING, np.array([np.nan])),
        (TensorData(np.zeros(1, "f4"), "float32"), TensorData(np.zeros(1, "f4"), "bfloat16")),
    ]
    for one, other in different:
        assert same(one, one)
        assert not same(one, other)


class _Text(str):
    pass


class _Array(np.ndarray):
    pass


def _endless() -> list[object]:
    found: list[object] = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    "value",
    [
        *(
            object(),
            print,
            int,
            {1, 2},
            frozenset(),
            range(3),
            bytearray(b"a"),
            _Text("a"),
            slice(1),
        ),
        *(np.array([object()]), np.array(["a"]), np.zeros(2, "M8[s]"), np.zeros(2, "i4,f4")),
        *(np.longdouble(1), np.zeros(2, "longdouble"), np.str_("a"), np.void(b"a"), np.dtype("f4")),
        *(np.zeros(2).view(_Array), np.ma.masked_array([1]), np.datetime64("2020")),
        *(np.broadcast_to(np.zeros(1), (2**40,)), np.empty((0, 2**50)), 2**4096, "\ud800"),
        *({float("nan"): 1}, {(1, float("nan")): 1}, {2**64: 1}, {b"a": 1}, {np.int64(1): 1}),
        *(_endless(), [[object()]], {"a": _Text("b")}),
        *(
            Reference(-1, "a", True, ""),
            Reference(True, "a", True, ""),
            Reference(2**63, "", True, ""),
        ),
        Reference(1, "a", 1, ""),  # type: ignore[arg-type]
        Reference(1, _Text("a"), True, ""),
        TensorData([1.0], "float32"),  # type: ignore[arg-type]
        TensorData(np.zeros(1), "float32"),
        TensorData(np.zeros(1, ">f4"), "float32"),
        TensorData(np.zeros(1), "qint8"),
        TensorData(np.zeros(1), ["float64"]),  # type: ignore[arg-type]
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_nothing_else_is_sent(value: object) -> None:
    with pytest.raises(WireError):
        encode(value)


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        (b"a" * 200, Limits(size=100)),
        (np.zeros(100), Limits(size=100)),
        ([None] * 11, Limits(items=11)),
        ({1: 2, 3: 4}, Limits(items=4)),
        ([[[[]]]], Limits(depth=2)),
        (np.zeros((1, 1, 1)), Limits(dims=2)),
        ("σσσ", Limits(text=5)),
        (2**16, Limits(int_bits=16)),
        ({(number,): None for number in range(10_001)}, LIMITS),
    ],
    ids=["size", "array", "items", "entries", "depth", "dims", "text", "bits", "tuple-keys"],
)
def test_a_limit_holds_at_both_ends(value: object, limits: Limits) -> None:
    with pytest.raises(WireError):
        encode(value, limits)
    ample = Limits(items=10**6)
    data = encode(value, ample) if limits is not LIMITS else _tuple_keys(10_001)
    with pytest.raises(WireError):
        decode(data, limits)


def _length(number: int) -> bytes:
    return struct.pack("<Q", number)


def test_keys_of_one_hash_are_few() -> None:
    """Python hashes -1 and -2 alike, and so each tuple of these."""
    many = list(itertools.islice(itertools.product((-1, -2), repeat=8), 101))
    assert len({hash(key) for key in many}) == 1
    assert len(decode(encode(dict.fromkeys(many[:100])))) == 100  # type: ignore[arg-type]
    with pytest.raises(WireError, match="same hash"):
        encode(dict.fromkeys(many))
    ordinary = {(row, column): 1.0 for row in range(100) for column in range(100)}
    assert decode(encode(ordinary)) == ordinary


def _tuple_keys(count: int) -> bytes:
    entries = (b"t" + _length(1) + b"f" + struct.pack("<d", n) + b"N" for n in range(count))
    return b"d" + _length(count) + b"".join(entries)


HUGE = [2**20, 2**31, 2**32, 2**60, 2**63, 2**64 - 1]
ONE = b"i+" + _length(1) + b"\x01"

MALFORMED: dict[str, bytes] = {
    **{f"{kind} of {size}": kind.encode() + _length(size) for kind in "ltdsb" for size in HUGE},
    **{f"int of {size}": b"i+" + _length(size) + b"\xff" * 9 for size in HUGE},
    **{f"array of {size} dims": b"a<d" + _length(size) for size in HUGE},
    **{f"array of {size}": b"a<d" + _length(1) + _length(size) for size in HUGE},
    "empty": b"",
    "trailing byte": b"NN",
    "unknown letter": b"x",
    "product overflows": b"a<d" + _length(2) + _length(2**33) * 2,
    "product overflows to 0": b"a<d" + _length(4) + _length(2**16) * 4,
    "empty, with a huge dim": b"a<d" + _length(2) + _length(0) + _length(2**60),
    "array of objects": b"a<O" + _length(1) + _length(1) + b"\0" * 8,
    "array of longdouble": b"a<g" + _length(0) + b"\0" * 16,
    "array of text": b"a<U" + _length(0) + b"\0" * 4,
    "byte order": b"a=d" + _length(0) + b"\0" * 8,
    "bool of 2": b"a<?" + _length(1) + _length(1) + b"\x02",
    "scalar bool of 2": b"n<?\x02",
    "depth bomb of lists": (b"l" + _length(1)) * 100_000 + b"N",
    "depth bomb of tuples": (b"t" + _length(1)) * 33 + b"N",
    "depth bomb of dicts": (b"d" + _length(1) + b"N") * 100_000 + b"N",
    "depth bomb of keys": b"d" + _length(1) + (b"t" + _length(1)) * 100_000,
    "long int": b"i+" + _length(513) + b"\x01" * 513,
    "sign": b"i*" + _length(1) + b"\x01",
    "not UTF-8": b"s" + _length(2) + b"\xc3\x28",
    "surrogate": b"s" + _length(3) + b"\xed\xa0\x80",
    "overlong": b"s" + _length(2) + b"\xc0\x80",
    "key twice": b"d" + _length(2) + (b"s" + _length(1) + b"a" + b"N") * 2,
    "keys 1 and True": b"d" + _length(2) + ONE + b"N" + b"T" + b"N",
    "NaN key": b"d" + _length(1) + b"f" + struct.pack("<d", float("nan")) + b"N",
    "NaN in a key": b"d" + _length(1) + b"t" + _length(1) + b"f" + b"\xff" * 8 + b"N",
    "long int key": b"d" + _length(1) + b"i+" + _length(9) + b"\xff" * 9 + b"N",
    "list key": b"d" + _length(1) + b"l" + _length(0) + b"N",
    "array key": b"d" + _length(1) + b"a<?" + _length(0) + b"\x01" + b"N",
    "list in a key": b"d" + _length(1) + b"t" + _length(1) + b"l" + _length(0) + b"N",
    "reference of Nones": b"RNNNN",
    "reference with negative id": b"R" + b"i-" + _length(1) + b"\x01" + b"s" + _length(0) + b"TN",
    "tensor of None": b"ZN",
    "tensor with a dtype of None": b"Za<d" + _length(0) + b"\0" * 8 + b"N",
    "tensor with a dtype of array": b"Z" + (b"a<d" + _length(1) + _length(2) + b"\0" * 16) * 2,
    "tensor of another dtype": b"Za<d" + _length(0) + b"\0" * 8 + b"s" + _length(7) + b"float32",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_raises_in_little_memory(data: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(WireError):
        decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20


def _mutate(data: bytes, rng: random.Random) -> bytes:
    """One of: some bits flipped, cut, a length inflated, a part doubled or moved, bytes added."""
    found = bytearray(data)
    at = rng.randrange(len(found) + 1)
    match rng.randrange(6):
        case 0:
            for _ in range(rng.randint(1, 8)):
                found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
        case 1:
            del found[at:]
        case 2:
            found[at : at + 8] = _length(rng.choice(HUGE))
        case 3:
            end = rng.randrange(at, len(found) + 1)
            found[at:at] = found[at:end]
        case 4:
            found[at : at + rng.randint(1, 9)] = b""
        case 5:
            found[at:at] = rng.choice([b"N", b"l", b"d", b"a", b"Z", rng.randbytes(9)])
    return bytes(found)


def test_ten_thousand_mutated_and_random_frames_give_a_value_or_a_wire_error() -> None:
    """Only WireError comes out, memory stays small, and what is taken is a value that travels."""
    seed = random.SystemRandom().randrange(2**32)
    rng = random.Random(seed)
    valid = [encode(value) for value in [*EXAMPLES, EXAMPLES, {"body": EXAMPLES[3:30]}]]
    refused = 0
    tracemalloc.start()
    for number in range(10_000):
        if number % 5:
            data = _mutate(rng.choice(valid), rng)
            if data and rng.random() < 0.3:
                data = _mutate(data, rng)
        else:
            letters = b"NTFifcsbltdnaRZ" if number % 2 else bytes(range(256))
            data = bytes(rng.choices(letters, k=rng.randrange(60)))
        try:
            taken = decode(data)
        except WireError:
            refused += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed}, frame {number}: {data!r}") from error
        else:
            assert same(decode(encode(taken)), taken), f"seed {seed}, frame {number}: {data!r}"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 5_000 < refused < 10_000
    assert peak < 8 * 2**20


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_random_bytes_give_a_value_or_a_wire_error(data: bytes) -> None:
    try:
        decode(data)
    except WireError:
        return


def test_plain_values_travel_without_numpy() -> None:
    """A fresh process, since NumPy is imported here."""
    code = """
import sys
from nbgrader_sandbox.wire.codec import decode, encode, WireError
assert decode(encode({"a": [1, 2.5, None]})) == {"a": [1, 2.5, None]}
try:
    encode(object())
except WireError:
    pass
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numpy_that_is_missing_is_a_wire_error(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(np.zeros(3))
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(WireError, match="NumPy"):
        decode(data)


@pytest.mark.parametrize("shape", [(6,) * 9, (2,) * 20, (7,) * 7])
def test_an_array_that_would_be_printed_in_full_does_not_cross(shape: tuple[int, ...]) -> None:
    """Many short dims leave nothing out where an array is printed, as in a failed comparison."""
    with pytest.raises(WireError, match="printed"):
        encode(np.broadcast_to(np.int8(1), shape).copy())
    head = encode(np.ones((1,) * len(shape), np.int8))[:-1]
    lengths = b"".join(length.to_bytes(8, "little") for length in shape)
    with pytest.raises(WireError, match="printed"):
        decode(head[: -len(lengths)] + lengths + bytes(8))
    small = np.ones((6,) * 6, np.int8)
    assert np.array_equal(decode(encode(small)), small)  # type: ignore[arg-type]
