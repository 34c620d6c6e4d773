"""Stand-ins give nothing away and claim nothing; errors have the name and base of the original."""

import builtins
import copy
import pickle
from typing import Any

import numpy as np
import pytest
from nbgrader_sandbox.engine.proxies import Handle, StudentError, error_class, handle_class


class Remote:
    """Answers with what was asked."""

    def ask(self, kind: str, body: dict[str, object]) -> object:
        return (kind, body) if kind != "length" else 3

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        return number, args, kwargs


def handle(name: str = "Gate", can_be_called: bool = False) -> Any:
    return handle_class(name, can_be_called)(Remote(), 7, f"{name}")


def test_it_asks_the_worker() -> None:
    one = handle()
    assert one.weight == ("attribute", {"id": 7, "name": "weight"})
    assert one["a"] == ("item", {"id": 7, "key": "a"})
    assert len(one) == 3
    assert type(one).__name__ == "Gate"
    assert repr(one) == "<Gate of the notebook>"
    assert not callable(one)
    called = handle(can_be_called=True)
    assert callable(called)
    assert called(1, x=2) == (7, (1,), {"x": 2})


@pytest.mark.parametrize(
    "use",
    [
        bool,
        list,
        float,
        int,
        abs,
        np.asarray,
        np.tanh,
        pickle.dumps,
        lambda h: h == 1,
        lambda h: h != 1,
        lambda h: h < 1,
        lambda h: 1 + h,
        lambda h: h @ np.eye(2),
        lambda h: np.eye(2) @ h,
        lambda h: 1 in h,
        lambda h: np.testing.assert_array_equal(h, np.ones(2)),
        lambda h: np.allclose(h, 1.0),
        lambda h: h.__setitem__(0, 1),
        lambda h: setattr(h, "weight", 1),
        lambda h: next(h),
        lambda h: all(h),
    ],
)
def test_it_cannot_claim_anything(use: Any) -> None:
    with pytest.raises(TypeError, match="stays in the sandbox"):
        use(handle())


def test_copies_are_the_same_and_underscores_are_not_asked_for() -> None:
    one = handle()
    assert copy.deepcopy([one])[0] is one
    assert copy.copy(one) is one
    assert {one: 1}[one] == 1
    with pytest.raises(AttributeError):
        one._private  # noqa: B018
    assert not hasattr(one, "_repr_html_")


BUILT_IN = sorted(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_errors_of_every_built_in_kind(name: str) -> None:
    kind = getattr(builtins, name)
    bases = tuple(base.__name__ for base in kind.__mro__)
    error = error_class(name, bases)("text", "x = 1", 3)
    assert type(error).__name__ == name
    assert str(error) == "text"
    assert (error.student_line, error.cell) == ("x = 1", 3)
    assert isinstance(error, StudentError)
    assert isinstance(error, Exception)  # never one that ends more than a test
    special = issubclass(kind, (StopIteration, StopAsyncIteration, ExceptionGroup))
    if issubclass(kind, Exception) and not special:
        assert isinstance(error, kind)
    with pytest.raises(StudentError):
        raise error


def test_errors_of_a_students_own_kind() -> None:
    error = error_class("GateError", ("KeyError", "LookupError", "Exception"))("'W_f'")
    assert type(error).__name__ == "GateError"
    assert isinstance(error, KeyError)
    assert str(error) == "'W_f'"


@pytest.mark.parametrize("bases", [("print",), ("__import__",), ("SystemExit",), ("object",), ()])
def test_forged_bases_are_no_bases(bases: tuple[str, ...]) -> None:
    assert error_class("E", bases).__bases__ == (StudentError,)


def test_a_handle_has_no_slots_to_write_into() -> None:
    with pytest.raises(TypeError):
        handle().anything = 1
    assert isinstance(handle(), Handle)
