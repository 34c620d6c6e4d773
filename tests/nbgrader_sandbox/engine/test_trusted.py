"""A test cell gets the student's names, gives 0 to all of its points, and tells nothing."""

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nbgrader_sandbox.engine.proxies import CallableHandle
from nbgrader_sandbox.engine.remote import StudentError, WorkerEnded
from nbgrader_sandbox.engine.trusted import Marked, run_test, student_names
from nbgrader_sandbox.worker.shell import CapturingShell

SHELL = CapturingShell()


class Names:
    """A test whose student has these names, without a worker."""

    def __init__(self, **names: object) -> None:
        self.names = names
        self.over: WorkerEnded | None = None
        self.worker = types.SimpleNamespace(identifiers=frozenset({"missing"}))

    def lookup(self, name: str) -> object:
        if name not in self.names:
            raise NameError(f"name {name!r} is not defined")
        return self.names[name]

    def put_back(self) -> None:
        """There was no call that could have changed an argument."""


def marked(source: str, **names: object) -> Marked:
    test: Any = Names(**names)
    return run_test(SHELL, source, 8.0, test, seed=1)


def shown(found: Marked) -> str:
    return " ".join(str(output) for output in found.outputs)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("assert gate(1) == 2", ["gate"]),
        ("import numpy as np\nnp.sum(x)", ["x"]),
        ("from a import grade\ngrade('f', f, points=len([1]))", ["f"]),
        ("def helper(a):\n    return a + b\nhelper(c)", ["b", "c"]),
        ("total = 0\nfor k in range(3):\n    total += k", []),
        ("[f(v) for v in values]", ["f", "values"]),
        ("lambda q: q + r", ["r"]),
        ("class A:\n    field = shared\n    def m(self): return other", ["other", "shared"]),
        ("%%time\nassert f(1)", []),
        ("%time f(1)", []),
        ("def broken(:", []),
    ],
)
def test_names_of_the_student_are_those_that_nothing_else_gives(
    source: str, names: list[str]
) -> None:
    # Of a magic's text nothing is known beforehand but that IPython runs it.
    assert [name for name in student_names(source) if name != "get_ipython"] == names


def test_an_exercise_may_have_the_name_of_a_builtin() -> None:
    assert student_names("assert sum([1]) == len([1])", {"sum"}) == ["sum"]
    test: Any = Names(sum=lambda _: 7)
    assert run_test(SHELL, "sum([1, 2])", 8.0, test, 1, {"sum"}).points == 7.0
    assert run_test(SHELL, "sum([1, 2])", 8.0, test, 1).points == 3.0


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("assert x == 3", 8.0),
        ("assert x == 4", 0.0),
        ("5", 5.0),
        ("0", 0.0),
        ("0.25", 0.25),
        ("8", 8.0),
        ("True", 8.0),
        ("False", 0.0),
        ("None", 8.0),
        ("'fine'", 0.0),
        ("9", 0.0),
        ("-1", 0.0),
        ("float('nan')", 0.0),
        ("float('inf')", 0.0),
        ("10**400", 0.0),
        ("import numpy as np\nnp.float64(2.5)", 2.5),
        ("import numpy as np\nnp.int64(3)", 3.0),
        ("import numpy as np\nnp.True_", 8.0),
        ("import numpy as np\nnp.False_", 0.0),
        ("missing(3)", 0.0),
        ("def broken(:", 0.0),
        ("raise SystemExit", 0.0),
        ("raise KeyboardInterrupt", 0.0),
        ("import sys\nsys.stderr.write('careful'); None", 8.0),
        ("import warnings\nwarnings.warn('careful')\nx", 3.0),
        ("import numpy as np\nx * np.ones(2)", 0.0),
        ("import numpy as np\nx == x * np.ones(2)", 0.0),
        ("import numpy as np\nnp.ones(0) == 1", 0.0),
        ("import numpy as np\nnp.array(3.0)", 0.0),
        ("import numpy as np\nnp.float64('nan')", 0.0),
        ("import torch\ntorch.tensor(True)", 0.0),
        ("[]", 0.0),
        ("{}", 0.0),
        ("1j", 0.0),
        ("NotImplemented", 0.0),
        ("from fractions import Fraction\nFraction(1, 2)", 0.0),
        ("class Yes(int): pass\nYes(8)", 0.0),
    ],
)
@pytest.mark.filterwarnings("ignore:careful")
def test_points(source: str, points: float) -> None:
    assert marked(source, x=3).points == points


def test_more_points_than_there_are_is_the_tests_fault() -> None:
    found = marked("12")
    assert "12 of 8 points" in found.reason
    assert found.points == 0


def test_nothing_stays_between_two_tests() -> None:
    assert marked("kept = 1\nassert x == 3", x=3).points == 8.0
    assert marked("assert kept == 1").points == 0.0


def test_draws_are_the_same_each_time() -> None:
    source = "import random, numpy as np\nround(random.random() + np.random.rand(), 9)"
    assert marked(source).points == marked(source).points > 0


def raising(error: BaseException) -> Callable[..., Any]:
    def answer(*_: object) -> None:
        raise error

    return answer


class _Wrong(StudentError, ValueError):
    """As the client makes it for a ValueError of the student's."""


SECRET = "hidden = 12345"
LEAKS: list[tuple[str, dict[str, object]]] = [
    (f"{SECRET}\nassert f(1) == hidden", {"f": lambda _: 0}),
    (f"{SECRET}\nimport numpy as np\nnp.testing.assert_allclose(f(1), hidden)", {"f": lambda _: 0}),
    (f"{SECRET}\nf(hidden)", {"f": raising(RuntimeError("12345"))}),
    (f"{SECRET}\nmissing(hidden)", {}),
    (f"{SECRET}\nf(hidden)", {"f": 3}),
    (f"{SECRET}\nx[hidden]", {"x": {}}),
    (f"{SECRET}\n{{}}[hidden]", {}),
    (f"{SECRET}\n1/0", {}),
    (f"{SECRET}\nx @ [hidden]", {"x": np.ones(2)}),
    (f"{SECRET} oops", {}),
]


@pytest.mark.parametrize(("source", "names"), LEAKS, ids=range(len(LEAKS)))
def test_an_error_shows_no_line_of_the_test_and_no_value(
    source: str, names: dict[str, object]
) -> None:
    found = marked(source, **names)
    assert found.points == 0
    assert "12345" not in shown(found)
    assert "hidden" not in shown(found)


def test_a_students_error_is_told_with_the_students_line() -> None:
    found = marked("f(1)", f=raising(_Wrong("shapes do not fit", "return x + y")))
    assert "shapes do not fit" in shown(found)
    assert "in your line: return x + y" in shown(found)


def test_an_error_whose_text_must_not_pass_is_told_by_its_line_alone() -> None:
    line = shown(marked("f(1)", f=raising(_Wrong("", "return x + y"))))
    assert ": in your line: return x + y" in line
    assert "while it was tested" in shown(marked("f(1)", f=raising(_Wrong(""))))


def test_a_missing_name_is_told_with_where_to_look() -> None:
    told = shown(marked("missing(1)"))
    assert "name 'missing' is not defined" in told
    assert "the cell that defines it stopped with an error, or is not there" in told


def test_a_name_of_the_tests_own_is_not_told() -> None:
    assert "hidden" not in shown(marked("hidden_helper(1)"))
    assert "hidden" not in shown(marked("import math\nmath.hidden_name"))
    assert "hidden" not in shown(marked("{}['hidden']"))
    assert "hidden" not in shown(marked("raise TypeError('hidden')"))


def test_a_warning_of_the_courses_code_is_not_told() -> None:
    for source in (
        "import warnings\nwarnings.warn('hidden')",
        "import numpy as np\nnp.exp(np.array([1e9]))",
        "import sys\nprint('hidden', file=sys.stderr)",
        "import logging\nlogging.getLogger('a').warning('hidden')",
    ):
        for _ in range(2):
            found = marked(f"{source}\nNone")
            assert (found.points, found.outputs) == (8.0, [])


def test_a_mistake_of_the_test_is_the_instructors() -> None:
    found = marked("import numpy as np\nx == np.ones(3)", x=3)
    assert found.points == 0
    assert "its last value is of type ndarray" in found.fault
    assert "mistake of its own" in shown(found)
    assert "ndarray" not in shown(found)


def test_the_message_of_an_assertion_is_told() -> None:
    assert "f is never above 1" in shown(marked("assert x < 1, 'f is never above 1'", x=3))


def test_the_end_of_a_worker_is_not_a_zero_of_this_test_alone() -> None:
    with pytest.raises(WorkerEnded):
        marked("f(1)", f=raising(WorkerEnded("exited")))


def test_a_cell_cannot_hide_the_end_of_a_worker() -> None:
    test: Any = Names()

    def answer(_: object) -> None:
        test.over = WorkerEnded("exited")
        raise test.over

    test.names["f"] = answer
    with pytest.raises(WorkerEnded):
        run_test(SHELL, "try:\n    f(1)\nexcept Exception:\n    pass", 8.0, test, seed=1)


def test_the_last_value_is_not_shown() -> None:
    assert "12345" not in shown(marked("import numpy as np\nx + np.arange(2)", x=12345))
    assert marked("x == 12345", x=12345).outputs == []


@pytest.mark.parametrize("asks", ["isinstance(answer, Layer)", "issubclass(int, (str, Layer))"])
def test_a_class_of_the_student_s_is_asked_for_nothing_and_the_instructor_is_told(
    asks: str,
) -> None:
    remote: Any = None  # nobody is asked
    found = marked(f"assert {asks}", answer=3, Layer=CallableHandle(remote, 1, "class Layer"))
    assert found.points == 0
    assert "a class of the student's, which stays in the sandbox" in found.fault
    assert "this test has a mistake of its own" in shown(found)
    assert "isinstance" not in shown(found)
