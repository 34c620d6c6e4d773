"""The README's test cells, run on a student's notebook in a worker, give what it says."""

import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.engine.remote import Worker
from nbgrader_sandbox.engine.trusted import Marked, run_test
from nbgrader_sandbox.helpers import acting_on
from nbgrader_sandbox.worker.shell import CapturingShell

SHELL = CapturingShell()
RIGHT = """
import numpy as np

def moving_average(xs, k):
    return np.convolve(xs, np.ones(k) / k, "valid")

class Layer:
    weight = np.ones(3)
    def state(self):
        return {"weight": self.weight}

layer, numbers, answer = Layer(), [1, (2.5, "a")], {1, 2}

def train(model, factor):
    model.weight = model.weight * factor
    return model.weight.sum()
"""


@pytest.fixture
def cells(root: Path) -> list[str]:
    text = (root / "nbgrader_sandbox" / "README.md").read_text(encoding="utf-8")
    part = text[text.index("## How a test cell is written") : text.index("### Hidden inputs")]
    return re.findall(r"```python\n(.*?)```", part, re.DOTALL)


@pytest.fixture(autouse=True)
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The instructor's own package, here and not in the worker."""
    found: Any = types.ModuleType("course.reference")
    exec(RIGHT, found.__dict__)
    monkeypatch.setitem(sys.modules, "course", types.ModuleType("course"))
    monkeypatch.setitem(sys.modules, "course.reference", found)


def given(begin: Callable[..., Worker], notebook: str, source: str) -> Marked:
    worker = begin(notebook)
    with worker.test(1, 5.0) as test, acting_on(test):
        return run_test(SHELL, source, 8.0, test, 1, {"moving_average"})


def test_the_first_example_tells_right_from_wrong(
    begin: Callable[..., Worker], cells: list[str]
) -> None:
    assert given(begin, RIGHT, cells[0]).points == 8
    wrong = given(begin, RIGHT.replace("/ k,", "/ 2,"), cells[0])
    assert wrong.points == 0
    assert "wrong on five numbers" in str(wrong.outputs)
    for other in ("return np.zeros(0)", "return np.ones((4, 3))", "return np.array([2.0])"):
        spread = given(
            begin, RIGHT.replace("return np.convolve(xs, np.ones(k) / k", f"{other} #"), cells[0]
        )
        assert spread.points == 0
    missing = given(begin, "x = 1", cells[0])
    assert "'moving_average' is not defined" in str(missing.outputs)


def test_the_second_example_sends_helpers_and_a_reference(
    begin: Callable[..., Worker], cells: list[str]
) -> None:
    own = "def gate(x):\n    return 1.0\ndef cell(x):\n    return gate(x)\n"
    slope = "def slope(f, x):\n    return (f(x + 1e-3) - f(x - 1e-3)) / 2e-3\n"
    assert given(begin, own + slope, cells[1]).points == 8
    assert given(begin, own + slope.replace("2e-3", "1e-3"), cells[1]).points == 0
    assert given(begin, own.replace("return gate(x)", "return 1.0") + slope, cells[1]).points == 0


@pytest.mark.parametrize(("line", "points"), [("", 8), ("xs[0] = 99", 0), ("xs[:] = 0.0", 0)])
def test_the_third_example_sees_a_changed_argument(
    begin: Callable[..., Worker], cells: list[str], line: str, points: float
) -> None:
    changes = RIGHT.replace("    return np.conv", f"    {line or 'pass'}\n    return np.conv")
    source = f"import numpy as np\nxs = np.arange(5.0)\n{cells[2]}"
    assert given(begin, changes, source).points == points
    copies = source.replace("with arguments_come_back():", "if True:")
    assert given(begin, changes, copies).points == 8


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("assert numbers == [1, (2.5, 'a')]", 8),
        ("assert layer.state()['weight'].sum() == 3", 8),
        ("assert train(layer, 2.0) == 6\nassert layer.weight.sum() == 6", 8),
        ("assert layer", 0),
        ("assert layer == 3", 0),
        ("assert answer == {1, 2}", 0),  # a set stays in the sandbox
        ("layer._secret", 0),
        ("train(lambda: 1, 2.0)", 0),
        ("None", 8),
        ("True", 8),
        ("False", 0),
        ("2.5", 2.5),
        ("-1", 0),
        ("8.5", 0),
        ("float('nan')", 0),
    ],
)
def test_what_a_test_can_do_and_what_its_last_value_gives(
    begin: Callable[..., Worker], source: str, points: float
) -> None:
    assert given(begin, RIGHT, source).points == points
