"""An array of a student's is close to nothing by being empty or of another shape."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from nbgrader_sandbox.engine.comparing import Given, agree, asks_for_nothing, holds_nothing
from nbgrader_sandbox.engine.remote import Worker
from nbgrader_sandbox.engine.trusted import Marked, run_test
from nbgrader_sandbox.worker.shell import CapturingShell

SHELL = CapturingShell()
NOTEBOOK = """
import numpy as np, torch
from collections import namedtuple
Pair = namedtuple("Pair", "h c")
def empty(x): return np.zeros(0)
def empty_tensor(x): return torch.zeros(0, 3)
def pair_of_empty(x): return np.zeros((0, 2)), 1.0
def named_empty(x): return {"h": np.zeros(0), "c": 1.0}
def nested_empty(x): return np.ones(3), (np.ones(3), torch.zeros(0))
def along(x, axis=0, keep=True): return np.zeros(0)
def column(x): return np.ones((3, 1))
def one(x): return np.array(1.0)
def number(x): return 1.0
def single(x): return [1.0]
def right(x): return np.ones(3)
def large(x): return np.zeros(2_100_000, np.uint8)
def spread(x): return np.ones((1_900_000, 1))
def named(x): return Pair(np.ones(3), x)
def top(x): return torch.ones(2, 3).max(dim=1)
def change(x):
    if isinstance(x, list): x.append(7)
    elif isinstance(x, dict): x["a"] = 7
    else: x[...] = 7
    return 1.0
values = np.zeros((0, 3))
"""


def given(begin: Callable[..., Worker], source: str) -> Marked:
    worker = begin(NOTEBOOK)
    with worker.test(1, 20.0) as test:
        return run_test(SHELL, f"import numpy as np, torch\n{source}", 8.0, test, 1)


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("np.allclose(right(1), np.ones(3))", 8),
        ("np.allclose(right(1), 1.0)", 8),  # the test wrote a number
        ("np.allclose(1, right(1))", 8),
        ("np.allclose(number(1), 1)", 8),
        ("np.testing.assert_allclose(right(1), np.ones(3))", 8),
        ("np.testing.assert_allclose(actual=right(1), desired=np.ones(3))", 8),
        ("np.allclose(right(1).sum(), 3.0)", 8),
        ("torch.allclose(torch.as_tensor(right(1)), torch.ones(3).double())", 8),
        ("np.allclose(np.ones((3, 1)), np.ones(3))", 8),  # both are the instructor's
        ("np.allclose(column(1), np.ones(3))", 0),
        ("np.allclose(np.ones(3), column(1))", 0),
        ("np.allclose(a=one(1), b=np.ones(3))", 0),
        ("np.allclose(number(1), np.ones(3))", 0),
        ("np.allclose(single(1), np.ones(3))", 0),
        ("np.testing.assert_allclose(number(1), np.ones(3))", 0),
        ("np.testing.assert_array_equal(one(1), np.ones(3))", 0),
        ("empty(1)\nTrue", 0),
        ("(empty(1) == np.ones(1)).all()", 0),
        ("np.allclose(empty(1), np.ones(1))", 0),
        ("empty_tensor(1)\nTrue", 0),
        ("pair_of_empty(1)\nTrue", 0),
        ("(np.abs(named_empty(1)['h'] - np.ones(1)) < 1e-6).all()", 0),
        ("(nested_empty(1)[1][1] == torch.ones(1)).all().item()", 0),
        ("along(np.ones(3), 0)\nTrue", 0),
        ("along(1.0, keep=False)\nTrue", 0),
        ("along(np.ones((3, 0)), 0)\nTrue", 8),
        ("empty([])\nTrue", 8),
        ("empty(np.zeros((3, 0)))\nTrue", 8),
        ("empty(0)\nTrue", 8),
        (
            "from nbgrader_sandbox.context import empty_results\n"
            "with empty_results():\n    found = empty(1)\n"
            "    np.testing.assert_allclose(found, [])\n"
            "True",
            8,
        ),
        ("np.allclose(values, np.ones(3))", 0),
        ("h, c = named(5)\nassert isinstance(named(5), tuple)\nc == 5 and h.shape == (3,)", 8),
        ("values, places = top(1)\ntuple(places.shape) == (2,)", 8),
        ("large(1)\nTrue", 0),
        ("(spread(1) - np.ones(1000)).sum() < 0\nTrue", 0),
    ],
)
def test_points(begin: Callable[..., Worker], source: str, points: float) -> None:
    found = given(begin, source)
    assert found.points == points, found
    assert found.fault == ""


def test_what_compares_is_as_it_was_afterwards(begin: Callable[..., Worker]) -> None:
    before = np.allclose, np.testing.assert_allclose, torch.allclose
    given(begin, "raise ValueError")
    assert (np.allclose, np.testing.assert_allclose, torch.allclose) == before


def test_what_came_back_goes_again(begin: Callable[..., Worker]) -> None:
    """The course's own arrays and lists are another student's inputs, too."""
    import sys
    import types

    module = types.ModuleType("course_inputs")
    kept = {"XS": np.arange(3.0), "LIST": [1.0], "TABLE": {"a": 1}, "T": torch.zeros(2)}
    vars(module).update(kept)
    sys.modules["course_inputs"] = module
    source = (
        "from course_inputs import LIST, T, TABLE, XS\n"
        "from nbgrader_sandbox.context import arguments_come_back\n"
        "with arguments_come_back():\n"
        "    for one in (XS, LIST, TABLE, T): change(one)\n"
        "assert XS[0] == 7 and LIST[-1] == 7 and TABLE['a'] == 7 and T[0] == 7"
    )
    assert given(begin, source).points == 8
    del sys.modules["course_inputs"]
    assert kept["XS"].tolist() == [0, 1, 2]  # type: ignore[attr-defined]
    assert kept["LIST"] == [1.0]
    assert kept["TABLE"] == {"a": 1}
    assert kept["T"].tolist() == [0, 0]  # type: ignore[attr-defined]


def test_the_worker_never_draws_what_the_test_draws() -> None:
    from nbgrader_sandbox.context import GradingContext

    context = GradingContext("ps1", "ada", b"secret")
    assert context.seed("test", "a") % 2**32 != context.seed("worker's test", "a") % 2**32


def test_words() -> None:
    assert holds_nothing(np.zeros((2, 0)))
    assert not holds_nothing(np.float64(1))
    assert not holds_nothing([])
    assert asks_for_nothing("")
    assert not asks_for_nothing(1.0)
    assert agree(Given(), np.zeros(0), np.ones(1))  # neither came from a notebook
