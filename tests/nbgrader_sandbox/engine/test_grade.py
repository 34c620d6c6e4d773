"""One notebook through a real sandbox: who gets which points, and what reaches the page."""

import json
from collections.abc import Iterator

import numpy
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_sandbox.engine import grade as grading
from nbgrader_sandbox.engine.job import Cell, Job, Kind, Times
from nbgrader_sandbox.engine.save import fill_in
from nbgrader_sandbox.isolation import Level, Plan, Resources
from nbgrader_sandbox.outcome import Outcome

RESOURCES = Resources(cpu_seconds=10, wall_seconds=30, memory=512 << 20)
WARM = ("numpy", "numpy.random", "nbgrader_sandbox.worker.serve:prepare")
PLAN = Plan(level=Level.NAMESPACES, resources=RESOURCES, warm=WARM)
TEST = "import numpy as np\nhidden = 12345\nassert double(hidden) == 24690"


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    grading.close()


def grade(*cells: str, seed: bytes = b"s" * 32, files: dict[str, bytes] | None = None) -> Outcome:
    """Grade cells; one that begins with `TEST` is a test of 3 points."""
    made = [
        Cell(Kind.TEST, source, number, f"test_{number}", 3.0)
        if source.startswith(("import numpy as np\nhidden", "TEST"))
        else Cell(Kind.STUDENT, source, number)
        for number, source in enumerate(cells, start=1)
    ]
    times = Times(cell=3.0, test=3.0, notebook=20.0)
    return grading.grade(Job("a", "nb", "ada", tuple(made), PLAN, seed, files or {}, {}, times))


def points(outcome: Outcome) -> list[float | None]:
    return [score.points for score in outcome.scores]


def shown(outcome: Outcome) -> str:
    return json.dumps(outcome.outputs)


RIGHT = "def double(x):\n    return 2 * x"


def test_right_and_wrong() -> None:
    found = grade(RIGHT, TEST, "def double(x):\n    return x", TEST)
    assert points(found) == [3.0, 0.0]
    assert found.level == Level.NAMESPACES.value
    assert found.evidence == ()
    assert not found.stopped


def test_a_test_sees_the_names_of_its_own_place() -> None:
    assert points(grade("double = 3", TEST, RIGHT, TEST)) == [0.0, 3.0]


def test_what_came_before_the_end_of_a_worker_is_graded() -> None:
    found = grade(RIGHT, TEST, "import os\nos._exit(3)", "print('later')", TEST)
    assert points(found) == [3.0, 0.0]
    assert found.stopped.startswith("the notebook stopped in code cell 3: it exited")
    assert "later" not in shown(found)


def test_a_call_that_ends_its_process_costs_its_own_test() -> None:
    ending = "import os\ndef double(x):\n    os._exit(0)"
    assert points(grade(ending, TEST, RIGHT, TEST)) == [0.0, 3.0]


def test_a_cell_that_never_ends_costs_itself_alone() -> None:
    found = grade("while True: pass", RIGHT, TEST)
    assert points(found) == [3.0]
    assert "CellTimeout" in shown(found)


@pytest.mark.parametrize(
    "leak",
    [
        "    print(x); display(x)",
        "    kept.append(x)",
        "    open('kept.txt', 'w').write(str(x))",
        "    raise ValueError(f'the input was {x}')",
        "    raise type(f'E{x}', (Exception,), {})(x)",
        "    import warnings; warnings.warn(str(x))",
        "    return f'{x}'",
        "    import os; os.environ['KEPT'] = str(x)",
        "    import sys; sys.stderr.write(str(x)); sys.__stdout__.write(str(x))",
        "    {}[x]",
        "    int(str(x) + 'a')",
        "    globals()[f'k{x}']",
        "    assert False, x",
    ],
)
def test_no_page_shows_the_hidden_inputs(leak: str) -> None:
    look = "import os\nprint(kept, os.listdir(), os.environ.get('KEPT'))\n" + (
        "print(open('kept.txt').read() if os.path.exists('kept.txt') else '')"
    )
    found = grade(f"kept = []\ndef double(x):\n{leak}", TEST, look, TEST, look)
    assert points(found) == [0.0, 0.0]
    everything = json.dumps(found.to_json())
    assert "12345" not in everything
    assert "24690" not in everything


def test_the_files_of_the_submission_are_there_and_the_graders_are_not() -> None:
    look = f"import os\nprint(open('data/words.txt').read(), os.path.exists({__file__!r}))"
    found = grade(look, files={"data/words.txt": b"these words"})
    assert "these words False" in shown(found)


def test_the_same_submission_gives_the_same_outcome() -> None:
    drawn = "import random\nimport numpy as np\nprint(random.random(), np.random.rand())"
    test = "TEST = 0\nround(3 * value, 3)"
    cells = (drawn, "import numpy as np\nvalue = float(np.random.rand())", test)
    first, again = grade(*cells), grade(*cells)
    assert (first.scores, first.outputs) == (again.scores, again.outputs)
    assert grade(*cells, seed=b"t" * 32).scores != first.scores


def test_helpers_act_where_the_students_code_runs() -> None:
    slope = "def slope(f, x):\n    return (f(x + 1) - f(x - 1)) / 2"
    helped = (
        "TEST = 0\nfrom nbgrader_sandbox.helpers import define\n"
        "assert slope(define('def f(x): return x * x', 'f'), 3.0) == 6.0"
    )
    assert points(grade(slope, helped)) == [3.0]


def test_a_reference_can_stand_for_an_earlier_part_in_one_test() -> None:
    cells = ("def gate(x):\n    return 0", "def cell(x):\n    return gate(x) + 1")
    alone = "TEST = 0\nassert cell(2) == 5"
    helped = (
        "TEST = 0\nfrom nbgrader_sandbox.helpers import define, install\n"
        "install('gate', define('def gate(x): return 2 * x', 'gate'))\nassert cell(2) == 5"
    )
    assert points(grade(*cells, alone, helped, alone)) == [0.0, 3.0, 0.0]


def test_files_that_cannot_be_laid_out_cost_nothing_else() -> None:
    found = grade(RIGHT, TEST, files={"a": b"1", "a/b": b"2"})
    assert points(found) == [3.0]
    assert "no file of its folder" in found.evidence[0].detail


def test_the_network_is_noted() -> None:
    found = grade("import socket\nsocket.create_connection(('192.0.2.1', 80))", RIGHT, TEST)
    assert points(found) == [3.0]
    assert [(one.kind, one.cell) for one in found.evidence] == [("network", 1)]


LATER = """TEST = 1
from nbgrader_sandbox.helpers import define, install
install("double", define("def double(x):\\n    return 2 * x", "double"))
assert triple(1) == 3"""
THIEF = """
import marshal, types

def double(x):
    try:
        return types.FunctionType(marshal.loads(open("kept", "rb").read()), {})(x)
    except OSError:
        return 0

def triple(x):
    open("kept", "wb").write(marshal.dumps(globals()["double"].__code__))
    return 3 * x
"""


def test_tests_run_in_the_order_of_the_release() -> None:
    """What a later test puts in the place of an earlier part is no answer for that one."""
    cells = (
        Cell(Kind.STUDENT, THIEF, 1),
        Cell(Kind.TEST, LATER, 2, "later", 3.0),
        Cell(Kind.TEST, TEST, 3, "earlier", 3.0),
    )
    times = Times(cell=3.0, test=3.0, notebook=20.0)
    job = Job("a", "nb", "ada", cells, PLAN, b"s" * 32, {}, {}, times, tests=("earlier", "later"))
    found = grading.grade(job)
    assert {score.name: score.points for score in found.scores} == {"later": 3.0, "earlier": 0.0}


def test_an_answer_that_ends_its_worker_gets_no_second_try() -> None:
    vars(numpy)["tries"] = 0
    ends = "import os\ndef double(x):\n    os._exit(0)"
    found = grade(ends, "TEST = 1\nimport numpy\nnumpy.tries += 1\nassert double(1) == 2")
    assert points(found) == [0.0]
    assert vars(numpy).pop("tries") == 1


def test_a_very_long_line_is_cut_when_it_has_run() -> None:
    """To colour it would take a page minutes; what runs is the whole of it."""
    line = f"x = [{'1, ' * 5000}1]"
    cell = new_code_cell(f"{line}\nlen(x)")
    nb = new_notebook(cells=[cell, new_code_cell("short")])
    outcome = grade(cell.source, "short = 1")
    assert "5001" in shown(outcome)
    fill_in(nb, outcome, (0, 1))
    assert nb.cells[0].source.startswith("x = [1, 1")
    assert max(map(len, nb.cells[0].source.split("\n"))) < 2100
    assert nb.cells[0].source.endswith("\nlen(x)")
    assert nb.cells[1].source == "short"
