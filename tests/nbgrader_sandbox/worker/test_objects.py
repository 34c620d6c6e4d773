"""What crosses by value, what by reference, and which arguments a call is seen to change."""

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbgrader_sandbox.wire.codec import decode, encode
from nbgrader_sandbox.wire.values import Reference, TensorData
from nbgrader_sandbox.worker.crossing import incoming
from nbgrader_sandbox.worker.objects import Objects, Watch

Pair = namedtuple("Pair", "h c")


class Odd(tuple[int, ...]):
    """A tuple of a student's own making."""


def test_a_named_tuple_crosses_as_a_plain_one() -> None:
    for value in (Pair(1, 2), torch.ones(2, 3).max(dim=1), torch.Size((1, 2))):
        assert type(Objects().outgoing(value)) is tuple
    assert type(Objects().outgoing(Odd((1, 2)))) is not tuple


def cross(value: object, objects: Objects) -> Any:
    """Send a value over the wire and back, as an answer that is then passed as an argument."""
    return objects.incoming(decode(encode(objects.outgoing(value))))


class Lying:
    """Claims to be equal, to be a float, and to be anything else."""

    __class__ = float  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        raise AssertionError("its repr was asked for")


class SubArray(np.ndarray[Any, Any]):
    pass


class SubText(str):
    __slots__ = ()


_CYCLE: list[Any] = []
_CYCLE.append(_CYCLE)
_DEEP: Any = 1
for _ in range(50):
    _DEEP = [_DEEP]


@pytest.mark.parametrize(
    "value",
    [
        Lying(),
        lambda x: x,
        print,
        Lying,
        np.ones(2).view(SubArray),
        np.ma.array([1, 2]),
        np.array([object()]),
        np.array(["text"]),
        np.zeros(2, dtype=[("a", float)]),
        np.longdouble(1),
        SubText("x"),
        (k for k in range(3)),
        torch.nn.Linear(2, 3),
        torch.ones(2, 2).to_sparse(),
        torch.ones(2, device="meta"),
        {1, 2},
        {frozenset(): 1},
        10**5000,
        "\ud800",
        np,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_stays(value: object) -> None:
    objects = Objects()
    reference = objects.outgoing(value)
    assert type(reference) is Reference
    assert reference.type_name == type(value).__name__
    assert reference.callable is callable(value)
    assert cross(value, objects) is value
    assert objects.outgoing(value) == reference  # the same object, the same number


def test_large_deep_and_endless_things_stay_too() -> None:
    objects = Objects()
    for value in (np.zeros(10**7), [[0] * 1000] * 1000):
        assert type(objects.outgoing(value)) is Reference
    for value in (_CYCLE, _DEEP):
        encode(objects.outgoing(value))  # in the depth, references


def test_containers_cross_with_references_inside() -> None:
    objects = Objects()
    found = objects.outgoing({"f": print, "x": [1, (np.ones(2), None)]})
    assert isinstance(found, dict)
    assert type(found["f"]) is Reference
    assert type(found["x"][1]) is tuple


@given(
    hnp.arrays(
        st.one_of(
            hnp.integer_dtypes(endianness="?"),
            hnp.unsigned_integer_dtypes(endianness="?"),
            hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
            hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
            hnp.boolean_dtypes(),
        ),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=4),
    )
)
def test_arrays_cross_to_the_last_bit(array: Any) -> None:
    back = cross(array, Objects())
    assert type(back) is np.ndarray
    assert (back.shape, back.dtype) == (array.shape, array.dtype.newbyteorder("="))
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.int64,
        torch.uint8,
        torch.bool,
    ],
)
def test_tensors_cross(dtype: torch.dtype) -> None:
    for tensor in (torch.ones(2, 3).to(dtype).T, torch.zeros(()).to(dtype)):
        back = cross(tensor, Objects())
        assert type(back) is torch.Tensor
        assert back.dtype == dtype
        assert torch.equal(back, tensor)


def test_parameters_and_gradients_and_state_dicts_cross() -> None:
    layer = torch.nn.Linear(2, 3)
    state = cross(layer.state_dict(), Objects())
    assert type(state) is dict
    assert torch.equal(state["weight"], layer.weight)
    assert torch.equal(cross(layer.weight, Objects()), layer.weight)
    assert cross(layer.weight.shape, Objects()) == (3, 2)
    assert cross(OrderedDict(a=1), Objects()) == {"a": 1}


def test_numbers_and_scalars_keep_their_types() -> None:
    for value in (True, 1, 1.5, 1j, "é", b"x", None, np.float32(1.5), np.int8(3), np.bool_(True)):
        back = cross(value, Objects())
        assert type(back) is type(value)
        assert back == value


def test_a_forged_number_of_an_object_is_refused() -> None:
    with pytest.raises(LookupError):
        Objects().incoming(Reference(7, "x", False, ""))


def test_a_tensor_of_the_wire_becomes_a_tensor() -> None:
    back = incoming(TensorData(np.ones(2, np.float32), "bfloat16"), lambda r: r)
    assert isinstance(back, torch.Tensor)
    assert back.dtype == torch.bfloat16


def change(arguments: list[Any], named: dict[str, Any], code: str) -> list[tuple[Any, Any]]:
    watch = Watch(arguments, named)
    exec(code, {"args": arguments, "kwargs": named, "np": np, "torch": torch})
    return watch.changes()


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("args[0] += 1", (0,)),
        ("args[0][1] = np.nan", (0,)),
        ("args[0][:] = args[0][::-1].copy()[::-1]", None),
        ("args[0].shape = (3, 1)", (0,)),
        ("args[0][0] = -0.0", (0,)),
        ("args[1]['W'][0] = 7", (1, "W")),
        ("args[1]['W'] = args[1]['W'].copy()", (1,)),
        ("args[1]['new'] = 1", (1,)),
        ("del args[1]['W']", (1,)),
        ("args[2].append(1)", (2,)),
        ("args[2][0][1][:] = 9", (2, 0, 1)),
        ("args[2].reverse()", (2,)),
        ("kwargs['t'].add_(1)", ("t",)),
        ("args[0] + 1; args[1]['W'] * 2", None),
        ("args[0][1] = args[0][1]", None),
    ],
)
def test_changes_in_place_are_seen(code: str, path: Any) -> None:
    arguments: list[Any] = [
        np.array([0.0, 2.0, 1.0])[::-1].copy(),
        {"W": np.ones(2)},
        [(1, np.arange(3.0)), [0]],
    ]
    changed = change(arguments, {"t": torch.zeros(2)}, code)
    assert [one[0] for one in changed] == ([] if path is None else [path])


def test_not_a_number_is_equal_to_itself_here() -> None:
    assert change([np.array([np.nan])], {}, "pass") == []


def test_endless_arguments_are_watched_to_an_end() -> None:
    assert change([_CYCLE], {}, "pass") == []
