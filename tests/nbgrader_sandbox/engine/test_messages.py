"""Texts that Python, NumPy and torch really write pass; texts that could carry inputs do not."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_sandbox.engine.messages import ending, known_name, passable

IDENTIFIERS = frozenset({"gate", "x", "W_f", "größe", "Cell", "layer", "forward"})


class Cell:
    layer = 1


def gate(x: Any) -> Any:
    return x


#: Each raises as a student's line does; the text is the library's own, whatever its version.
RAISING: list[Callable[[], Any]] = [
    lambda: gate(),  # type: ignore[call-arg]
    lambda: gate(1, 2),  # type: ignore[call-arg]
    lambda: gate(größe=1),  # type: ignore[call-arg]
    lambda: gate(1, x=2),  # type: ignore[misc]
    lambda: Cell.forward,  # type: ignore[attr-defined]
    lambda: Cell().forward,  # type: ignore[attr-defined]
    lambda: Cell() + 1,  # type: ignore[operator]
    lambda: Cell()[0],  # type: ignore[index]
    lambda: Cell()(1),  # type: ignore[operator]
    lambda: Cell() < 1,  # type: ignore[operator]
    lambda: -Cell(),  # type: ignore[operator]
    lambda: list(Cell()),  # type: ignore[call-overload]
    lambda: {}["W_f"],
    lambda: list(range(1))[3],
    lambda: tuple(range(1))[3],
    lambda: list(range(1))[0.5],  # type: ignore[call-overload]
    lambda: 1 / 0,
    lambda: 1 % 0,
    lambda: len(3),  # type: ignore[arg-type]
    lambda: float([1]),  # type: ignore[arg-type]
    lambda: np.ones((2, 3)) @ np.ones((2, 3)),
    lambda: np.dot(np.ones((2, 3)), np.ones((2, 3))),
    lambda: np.ones((2, 3)) + np.ones((4, 5)),
    lambda: np.ones(3)[5],
    lambda: np.ones(3)[1, 2],
    lambda: np.ones(3)["x"],
    lambda: np.ones(6).reshape(4, 2),
    lambda: np.ones(6).reshape(-1, 4),
    lambda: np.concatenate([np.ones((2, 3)), np.ones((2, 4))]),
    lambda: np.concatenate([np.ones(2), np.ones((2, 4))]),
    lambda: np.stack([np.ones(2), np.ones(3)]),
    lambda: np.concatenate([]),
    lambda: np.sum(np.ones(2), axis=3),
    lambda: bool(np.ones(2)),
    lambda: float(np.ones(2)),
    lambda: np.array([[1], [1, 2]], dtype=float),
    lambda: np.ones(3).__setitem__(slice(0, 2), np.ones(3)),
    lambda: np.ones(3, int).__iadd__(0.5),
    lambda: np.ones(3).__iadd__(np.ones((2, 3))),
    lambda: np.linalg.inv(np.zeros((2, 2))),
    lambda: np.split(np.ones(5), 2),
    lambda: np.float64(1)[0],  # type: ignore[index]
    lambda: np.transpose(np.ones((2, 3)), (0, 1, 2)),
    lambda: np.ones(3)[np.ones(4, bool)],
    lambda: torch.ones(2, 3) @ torch.ones(2, 3),
    lambda: torch.ones(2, 3) + torch.ones(4),
    lambda: torch.ones(2, 3) @ torch.ones(3, 2).double(),
    lambda: torch.nn.Linear(3, 4)(torch.ones(2, 5)),
    lambda: torch.cat([torch.ones(2, 3), torch.ones(2, 4)]),
    lambda: torch.stack([torch.ones(2), torch.ones(3)]),
    lambda: torch.ones(2).sum(5),
    lambda: torch.ones(6).view(4, 2),
    lambda: torch.ones(2).backward(),
    lambda: torch.ones(2, requires_grad=True).backward(),
    lambda: torch.ones(2, requires_grad=True).numpy(),
    lambda: torch.ones(2, requires_grad=True).add_(1),
    lambda: bool(torch.ones(2)),
    lambda: torch.ones(2)[5],
    lambda: torch.ones(2)[1, 2],
    lambda: torch.ones(2).expand(3),
    lambda: torch.nn.Module()(1),
    lambda: torch.tanh(1.0),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("raising", RAISING)
def test_texts_of_the_libraries_pass(raising: Callable[[], Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as caught:  # noqa: PT011, any
            raising()
    text = str(caught.value).strip().split("\n")[0].strip()
    said = passable(text, IDENTIFIERS)
    assert said
    assert re.fullmatch(".+".join(map(re.escape, said.split("…"))), text)


@pytest.mark.parametrize(
    "warning",
    [
        lambda: np.exp(np.array([1e4])),
        lambda: np.log(np.array([0.0])),
        lambda: np.sqrt(np.array([-1.0])),
        lambda: np.ones(1) / np.zeros(1),
        lambda: np.mean([]),
        lambda: np.float64(1) / np.float64(0),
    ],
)
def test_warnings_of_numpy_pass(warning: Callable[[], Any]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warning()
    for one in caught:
        assert passable(str(one.message), IDENTIFIERS) == str(one.message)


@pytest.mark.parametrize(
    "text",
    [
        "0.7312945501",
        "name 'hidden' is not defined",
        "name 'x73129455' is not defined",
        "'secret'",
        "division by zero: 0.73",
        "'7312' object is not callable",
        "matmul: Input operand 0.5 has a mismatch",
        "overflow encountered in secret",
        "name 'gate' is not defined" + " " * 3000 + "7",
        "",
    ],
)
def test_texts_that_could_carry_inputs_do_not(text: str) -> None:
    assert passable(text, IDENTIFIERS) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "index 731 is out of bounds for axis 0 with size 3",
            "index … is out of bounds for axis … with size …",
        ),
        (
            "operands could not be broadcast together with shapes (731,2) (3,)",
            "operands could not be broadcast together with shapes (…) (…)",
        ),
        (
            "gate() takes 731 positional arguments but 3 were given",
            "gate() takes … positional arguments but … were given",
        ),
        (
            "not enough values to unpack (expected 731, got 2)",
            "not enough values to unpack (expected …, got …)",
        ),
        (
            "shape '[731, -1]' is invalid for input of size 5",
            "shape '[…]' is invalid for input of size …",
        ),
    ],
)
def test_numbers_become_dots(text: str, said: str) -> None:
    assert passable(text, IDENTIFIERS) == said


def test_what_follows_the_first_line_is_dropped() -> None:
    assert passable("division by zero\n0.7312", IDENTIFIERS) == "division by zero"


@given(st.text(max_size=200))
def test_a_text_passes_without_digits_and_with_known_words_alone(text: str) -> None:
    assert not any(map(str.isdigit, passable(text, frozenset())))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-3, max_value=1e3))
def test_no_float_passes_in_any_text(number: float) -> None:
    written = f"{number:.6f}"
    for text in ("shapes ({},) ({},)", "'{}'", "name 'x{}' is not defined", "{}"):
        whole = f"operands could not be broadcast together with {text}".format(written, written)
        assert written not in passable(whole, IDENTIFIERS)
        assert passable(text.format(written, written), IDENTIFIERS) == ""


def test_names() -> None:
    assert known_name("gate", IDENTIFIERS)
    assert known_name("numpy.ndarray", IDENTIFIERS)
    assert known_name("Cell.forward", IDENTIFIERS)
    assert not known_name("hidden", IDENTIFIERS)
    assert not known_name("Cell.x7312", IDENTIFIERS)
    assert not known_name("", IDENTIFIERS)


@pytest.mark.parametrize("said", ["ran for more than 5 s", "was killed by a signal"])
def test_ways_to_end(said: str) -> None:
    assert ending(said) == said
    assert ending(f"{said}, and x was 0.73") == "ended during a test"
    assert ending(None) == "ended during a test"


def test_no_template_is_written_twice() -> None:
    from nbgrader_sandbox.engine import messages

    lines = messages._TEMPLATES.strip().split("\n")
    assert len(lines) == len(set(lines))
    assert all(re.findall(r"\{(\w+)\}", line) is not None for line in lines)
