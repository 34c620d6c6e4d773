"""Honest notebooks behind the boundary: a test sees what it would see in one process."""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from nbgrader_sandbox.context import arguments_come_back
from nbgrader_sandbox.engine.remote import StudentError, TestEnded, Worker
from nbgrader_sandbox.helpers import acting_on

from lstm_ref.checks import exercise
from lstm_ref.checks.judge import judge
from tests.nbgrader_sandbox.engine.styles import STYLES

Begin = Callable[..., Worker]


@pytest.mark.parametrize("style", STYLES)
def test_a_call_gives_what_it_gives_in_one_process(begin: Begin, style: str) -> None:
    cells = ["import numpy as np", STYLES[style].strip()]
    if style == "file":
        cells.append("import sys\nsys.path.insert(0, '.')\nfrom my_gate import gate")
    worker = begin(*cells)
    x = np.array([-1.0, 0.0, 2.5])
    with warnings.catch_warnings(), worker.test(1, 5.0) as test:
        warnings.simplefilter("ignore")
        gate: Any = test.lookup("gate")
        np.testing.assert_allclose(gate(x), 1 / (1 + np.exp(-x)), rtol=1e-15)
        np.testing.assert_allclose(gate(x=x) if style == "def" else gate(x), gate(x))
    assert x.tolist() == [-1.0, 0.0, 2.5]
    assert test.evidence == []


def test_plain_values_come_as_themselves(begin: Begin) -> None:
    worker = begin("a, b, c, d = 3, 'é', [1, (2.5, None)], {'k': True, 1: 2j}")
    with worker.test(1, 5.0) as test:
        found = [test.lookup(name) for name in "abcd"]
    assert found == [3, "é", [1, (2.5, None)], {"k": True, 1: 2j}]
    assert type(found[2][1]) is tuple  # type: ignore[index]


def test_a_name_that_is_not_defined_is_told_as_python_tells_it(begin: Begin) -> None:
    worker = begin("x = 1")
    with worker.test(1, 5.0) as test:
        for name in ("y", "len", "__name__", "__builtins__", "In", "exit", "get_ipython"):
            with pytest.raises(NameError, match=f"^name '{name}' is not defined$") as caught:
                test.lookup(name)
            assert caught.value.name == name


def test_a_module_of_torch(begin: Begin) -> None:
    worker = begin(
        "import torch\nclass Cell(torch.nn.Module):\n    def __init__(self, size):\n"
        "        super().__init__()\n        self.layer = torch.nn.Linear(size, 2)\n"
        "    def forward(self, x):\n        return torch.tanh(self.layer(x)), x.sum()"
    )
    helper = (
        "def gradients(net, x):\n    net(x)[0].sum().backward()\n"
        "    return {name: p.grad for name, p in net.named_parameters()}"
    )
    x = torch.randn(4, 3)
    with worker.test(1, 5.0) as test:
        cell: Any = test.lookup("Cell")
        net = cell(3)
        assert type(net).__name__ == "Cell"
        state = net.state_dict()
        out, total = net(x)
        gradients = test.define(helper, "gradients")(net, x)
        assert torch.equal(net.layer.weight, state["layer.weight"])
    mine = torch.nn.Linear(3, 2)
    mine.load_state_dict({name.removeprefix("layer."): value for name, value in state.items()})
    expected = torch.tanh(mine(x))
    assert torch.allclose(out, expected)
    assert torch.allclose(total, x.sum())
    expected.sum().backward()
    torch.testing.assert_close(gradients["layer.weight"], mine.weight.grad)


def test_functions_of_the_instructor_cross_by_handle(begin: Begin) -> None:
    worker = begin(
        "def numerical_gradient(f, x, e=1e-6):\n    g = x * 0\n    for k in range(len(x)):\n"
        "        d = x * 0\n        d[k] = e\n        g[k] = (f(x + d) - f(x - d)) / (2 * e)\n"
        "    return g",
        "import numpy as np",
    )
    with worker.test(1, 5.0) as test:
        f = test.define("def f(x):\n    return float((x ** 3).sum())", "f")
        gradient = test.lookup("numerical_gradient")(f, np.array([1.0, 2.0]))  # type: ignore[operator]
        np.testing.assert_allclose(gradient, [3, 12], rtol=1e-6)
        with pytest.raises(TypeError, match="a function cannot be passed to the notebook"):
            test.lookup("numerical_gradient")(lambda x: x, np.ones(1))  # type: ignore[operator]
        with pytest.raises(StudentError):
            test.define("1 / 0", "f")


def test_a_parachute_stands_for_an_earlier_part_until_the_test_ends(begin: Begin) -> None:
    worker = begin("def gate(x): return -1", "def cell(x): return gate(x) * 10")
    with worker.test(1, 5.0) as test:
        test.install("gate", test.define("def gate(x): return x", "gate"))
        assert test.lookup("cell")(2) == 20  # type: ignore[operator]
        test.install("limit", 3)
        assert test.lookup("limit") == 3
    with worker.test(1, 5.0) as test:
        assert test.lookup("cell")(2) == -10  # type: ignore[operator]


def test_a_student_cannot_change_what_a_test_compares_with(begin: Begin) -> None:
    worker = begin("def change(x, params):\n    x[:] = 7\n    params.clear()\n    return x")
    x, params = np.ones(2), {"W": np.ones(2)}
    with worker.test(1, 5.0) as test:
        test.lookup("change")(x, params)  # type: ignore[operator]
    assert x.tolist() == params["W"].tolist() == [1, 1]


def test_arguments_changed_in_place_change_here_too_where_a_checker_asks(begin: Begin) -> None:
    worker = begin(
        "def change(x, params, layers, t):\n    x += 1\n    params['W'][0] = 7\n"
        "    params['new'] = x\n    layers[0].append(5)\n    t.mul_(2)\n    return 0",
        "def resize(x):\n    x.shape = (3, 1)\n    return 0",
    )
    x, params, layers, t = np.zeros(2), {"W": np.ones(2)}, [[1], [2]], torch.ones(2)
    weight, kept = params["W"], layers[0]
    with worker.test(1, 5.0) as test, arguments_come_back():
        assert test.lookup("change")(x, params, layers=layers, t=t) == 0  # type: ignore[operator]
        column = np.arange(3.0)
        test.lookup("resize")(column)  # type: ignore[operator]
    assert x.tolist() == [1, 1]
    assert params["new"].tolist() == [1, 1]
    assert layers == [[1, 5], [2]]
    assert layers[0] is kept
    assert t.tolist() == [2, 2]
    assert column.shape == (3, 1)
    assert params["W"].tolist() == [7, 1]
    assert weight.shape == (2,)


ERRORS = [
    ("1 / 0", ZeroDivisionError, "division by zero"),
    ("x + missing", NameError, "name 'missing' is not defined"),
    ("x.T @ np.ones((4, 5))", ValueError, "matmul: Input operand … has a mismatch"),
    ("x + np.ones(5)", ValueError, "operands could not be broadcast together with shapes"),
    ("np.concatenate([x, np.ones((2, 2, 2))])", ValueError, "all the input arrays must have same"),
    ("x[7]", IndexError, "index … is out of bounds for axis … with size …"),
    ("x.reshape(7)", ValueError, r"cannot reshape array of size … into shape \(…\)"),
    ("x.forget()", AttributeError, "'numpy.ndarray' object has no attribute 'forget'"),
    ("{'W_f': 1}['W_i']", KeyError, "'W_i'"),
    ("gate(x, 1)", TypeError, r"gate\(\) takes … positional argument but … were given"),
    ("gate()", TypeError, r"gate\(\) missing … required positional argument: 'x'"),
    ("len(3)", TypeError, r"object of type 'int' has no len\(\)"),
    ("x()", TypeError, "'numpy.ndarray' object is not callable"),
    ("a, b, c = x", ValueError, r"not enough values to unpack \(expected …, got …\)"),
    ("torch.ones(2, 3) @ torch.ones(2, 3)", RuntimeError, "mat1 and mat2 shapes cannot be mult"),
    ("torch.ones(2, 3) + torch.ones(4)", RuntimeError, "The size of tensor a"),
    ("torch.ones(3).backward()", RuntimeError, "element … of tensors does not require grad"),
    ("bool(x == x)", ValueError, "The truth value of an array with more than one element"),
    ("np.linalg.inv(np.zeros((2, 2)))", np.linalg.LinAlgError, "Singular matrix"),
]


@pytest.mark.parametrize(("code", "kind", "message"), ERRORS, ids=[one[0] for one in ERRORS])
def test_errors_are_told_with_the_students_line(
    begin: Begin, code: str, kind: type[Exception], message: str
) -> None:
    code = code if "=" in code.split("(")[0] and "==" not in code else f"y = {code}"
    worker = begin("import numpy as np, torch", f"def gate(x):\n    {code}")
    with worker.test(1, 5.0) as test, pytest.raises(StudentError, match=message) as caught:
        test.lookup("gate")(np.ones((2, 3)))  # type: ignore[operator]
    error = caught.value
    assert type(error).__name__ == kind.__name__
    assert isinstance(error, kind) or kind is np.linalg.LinAlgError
    if code not in ("y = gate()", "y = gate(x, 1)"):
        assert (error.student_line, error.cell) == (code, 2)


@pytest.mark.parametrize(
    ("raising", "name"),
    [
        ("raise GateError('x')", "GateError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("exit()", "SystemExit"),
        ("raise StopIteration", "StopIteration"),
        ("input()", "StdinNotImplementedError"),
        ("raise NotImplementedError", "NotImplementedError"),
        ("assert x is None", "AssertionError"),
        ("return gate(x)", "RecursionError"),
    ],
)
def test_errors_of_all_kinds_are_errors_of_the_student(
    begin: Begin, raising: str, name: str
) -> None:
    worker = begin(
        f"class GateError(ValueError):\n    pass\ndef gate(x):\n    {raising}", "# GateError"
    )
    with worker.test(1, 5.0) as test, pytest.raises(StudentError) as caught:
        test.lookup("gate")(1)  # type: ignore[operator]
    assert type(caught.value).__name__ == name
    assert isinstance(caught.value, ValueError) is (name == "GateError")


def test_numpys_warnings_are_given_here(begin: Begin) -> None:
    worker = begin("import numpy as np\ndef gate(x):\n    return np.exp(x)")
    with (
        worker.test(1, 5.0) as test,
        pytest.warns(RuntimeWarning, match="^overflow encountered in exp$"),
    ):
        test.lookup("gate")(np.array([1e4]))  # type: ignore[operator]


def test_random_numbers_follow_the_seed_of_the_test(begin: Begin) -> None:
    worker = begin("import numpy as np, random, torch")
    worker.run_cell("def draw():\n    return np.random.rand(), random.random(), torch.rand(1)", 2)
    drawn = []
    for seed in (3, 3, 4):
        with worker.test(seed, 5.0) as test:
            drawn.append(test.lookup("draw")())  # type: ignore[operator]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_test_sees_the_notebook_as_it_was_at_a_kept_place(begin: Begin) -> None:
    worker = begin("x = 1")
    place = worker.keep()
    worker.run_cell("x = 2", 2)
    with worker.test(1, 5.0, at=place) as test:
        assert test.lookup("x") == 1
    with worker.test(1, 5.0) as test:
        assert test.lookup("x") == 2
    with pytest.raises(TestEnded), worker.test(1, 5.0, at=place):
        pass  # a place is good for one test
    assert worker.run_cell("x", 3).outputs[0]["data"]["text/plain"] == "2"


def test_a_handle_is_of_no_use_after_its_test(begin: Begin) -> None:
    worker = begin("def gate(x): return x")
    with worker.test(1, 5.0) as test:
        gate: Any = test.lookup("gate")
    with pytest.raises(TypeError, match="the test has ended"):
        gate(1)
    assert worker.run_cell("1", 2).error is None


def test_a_cell_at_its_limit_is_noted(begin: Begin) -> None:
    [note] = begin(cell_seconds=0.3).run_cell("while True: pass", 1).evidence
    assert (note.kind, note.detail) == ("limit", "this cell ran for more than 0.3 s")


@pytest.mark.parametrize(
    "cell",
    [
        "import multiprocessing as m\ndef double(x): return 2 * x\n"
        "with m.get_context('fork').Pool(2) as pool:\n    out = pool.map(double, [1, 2])",
        "import torch\nfrom torch.utils.data import DataLoader\n"
        "out = [2 * int(x) for x in DataLoader([1, 2], num_workers=1)]",
        "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()\nout = [2, 4]",
    ],
)
def test_cells_may_have_processes_of_their_own(begin: Begin, cell: str) -> None:
    worker = begin()
    place = worker.keep()
    done = worker.run_cell(cell, 1)
    assert done.error is None, done.outputs
    with worker.test(1, 5.0, at=place) as test, pytest.raises(NameError):
        test.lookup("out")
    with worker.test(1, 5.0) as test:
        assert test.lookup("out") == [2, 4]


def test_a_call_that_takes_too_long_is_an_error_and_the_next_at_once(begin: Begin) -> None:
    worker = begin(
        "def slow(x):\n    while True:\n        try:\n            pass\n"
        "        except Exception:\n            pass",
        "def fast(x): return x",
    )
    began = time.monotonic()
    with worker.test(1, 0.5) as test:
        for _ in range(3):
            with pytest.raises(TimeoutError, match=r"the test ran for more than 0\.5 s"):
                test.lookup("slow")(1)  # type: ignore[operator]
    assert time.monotonic() - began < 4
    with worker.test(1, 0.5) as test:
        assert test.lookup("fast")(1) == 1  # type: ignore[operator]


def test_a_checker_that_catches_everything_hides_no_end(begin: Begin) -> None:
    worker = begin("import os\ndef gate(*arguments):\n    os._exit(0)")
    with pytest.raises(TestEnded, match="ended its own process"), worker.test(1, 5.0) as test:
        judge(exercise("forget_gate"), test.lookup("gate"), seed=5)


def test_a_call_that_holds_the_interpreter_ends_its_test_alone(begin: Begin) -> None:
    worker = begin("def stuck(x):\n    return sum(range(10**12))", "def fast(x): return x")
    with (
        pytest.raises(TestEnded, match=r"ran for more than 0\.3 s"),
        worker.test(1, 0.3) as test,
    ):
        test.lookup("stuck")(1)  # type: ignore[operator]
    assert worker.alive
    with worker.test(1, 5.0) as test:
        assert test.lookup("fast")(1) == 1  # type: ignore[operator]
    assert worker.run_cell("1", 3).error is None


def test_the_graders_own_time_does_not_count(begin: Begin) -> None:
    worker = begin("def fast(x): return x")
    with worker.test(1, 0.2) as test:
        time.sleep(1.6)
        assert test.lookup("fast")(1) == 1  # type: ignore[operator]


def _sources() -> dict[str, str]:
    head = "def forget_gate(x, h_prev, W_f, U_f, b_f):\n"
    return {
        "right": head + "    return 1 / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T + b_f)))",
        "no bias": head + "    return 1 / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T)))",
        "not transposed": head + "    return 1 / (1 + np.exp(-(x @ W_f + h_prev @ U_f + b_f)))",
        "tanh": head + "    return np.tanh(x @ W_f.T + h_prev @ U_f.T + b_f)",
        "changes": head + "    x += 0.5\n    x -= 0.5\n    b_f *= 1.5\n"
        "    return 1 / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T + b_f / 1.5)))",
        "nothing": head + "    pass",
        "not written": head + "    raise NotImplementedError",
        "list": head
        + "    return (1 / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T + b_f)))).tolist()",
        "wrong name": head + "    return 1 / (1 + np.exp(-(x @ W.T)))",
        "text": head + "    return 'f'",
        "an object": head + "    return forget_gate",
        "two things": head + "    return x, h_prev",
        "counts": "k = 0\n" + head + "    global k\n    k += 1\n"
        "    return k / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T + b_f)))",
        "constant": head + "    return np.full(np.shape(x @ W_f.T), 0.5)",
        "no function": "forget_gate = 3",
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", _sources())
def test_a_checker_judges_a_handle_as_it_judges_the_function(begin: Begin, name: str) -> None:
    source = _sources()[name]
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    here = judge(exercise("forget_gate"), space["forget_gate"], seed=5)
    worker = begin("import numpy as np", source)
    with worker.test(1, 10.0) as test, acting_on(test):
        there = judge(exercise("forget_gate"), test.lookup("forget_gate"), seed=5)
    assert (there.mistake, there.title, there.share) == (here.mistake, here.title, here.share)
    assert there.hints == here.hints
    if name == "wrong name":  # code from `exec` has no lines to show; through a handle it is there
        assert "in the line `return 1 / (1 + np.exp(-(x @ W.T)))`" in there.own
