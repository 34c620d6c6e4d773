"""The grader processes of one run: forked from one parent, with one zygote for all of them."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import Pipe

import psutil
import pytest
from nbgrader_sandbox.engine import process
from nbgrader_sandbox.engine.job import Cell, Job, Kind, Times
from nbgrader_sandbox.engine.process import GraderProcess, Home, StartError
from nbgrader_sandbox.isolation import Level, Plan, Resources

from tests.processes import below, kill

RESOURCES = Resources(cpu_seconds=10, wall_seconds=30, memory=512 << 20)
PLAN = Plan(
    Level.NAMESPACES, RESOURCES, ("numpy", "fractions", "nbgrader_sandbox.worker.serve:prepare")
)
TEST = "import numpy as np\nassert double(np.arange(3)).sum() == 6"
HERE = "import sys\nassert 'fractions' in sys.modules"


def job(answer: str, test: str = TEST, plan: Plan = PLAN) -> Job:
    cells = (Cell(Kind.STUDENT, answer, 1), Cell(Kind.TEST, test, 2, "test", 3.0))
    times = Times(cell=5.0, test=5.0, notebook=20.0)
    return Job("a", "nb", "ada", cells, plan, b"s" * 32, {}, {}, times)


RIGHT = job("def double(x):\n    return 2 * x")


@pytest.fixture
def home() -> Iterator[Home]:
    found = Home.here("this test's", PLAN)
    yield found
    process.end(found)


@pytest.fixture
def start(home: Home) -> Iterator[Callable[[], GraderProcess]]:
    """Start graders of one run, as its threads do."""
    made: list[GraderProcess] = []

    def begin() -> GraderProcess:
        made.append(GraderProcess(home))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def points(grader: GraderProcess, one: Job = RIGHT) -> float | None:
    return grader.grade(one, {}).scores[0].points


def parents() -> list[psutil.Process]:
    """Return what graders are forked from, which this process started itself."""
    mine = psutil.Process().children()
    return [one for one in below("engine.grader") if one in mine]


def test_two_graders_have_one_parent_and_one_zygote(start: Callable[[], GraderProcess]) -> None:
    one, other = start(), start()
    assert points(one) == points(other) == 3.0
    assert points(one, job("double = 3")) == 0.0
    (parent,) = parents()
    names = [child.name() for child in parent.children()]
    assert sorted(names)[0] == "bwrap"
    assert len(names) == 3  # and two graders
    assert points(one, job("pass", HERE)) == 3.0  # loaded once, for both


def test_each_works_while_the_other_does(start: Callable[[], GraderProcess]) -> None:
    long = job("import time\nbegan = time.time()\ntime.sleep(2)\nended = time.time()")
    long = replace(long, cells=(long.cells[0], Cell(Kind.TEST, "assert began < ended", 2, "t", 3)))
    graders, found = [start(), start()], list[float | None]()
    threads = [
        threading.Thread(target=lambda one=one: found.append(points(one, long))) for one in graders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3.0, 3.0]


def test_a_grader_that_ends_costs_the_other_nothing(start: Callable[[], GraderProcess]) -> None:
    one, other = start(), start()
    assert points(one) == points(other) == 3.0
    one.close()
    assert points(other) == 3.0
    assert points(start()) == 3.0


def test_the_zygote_is_killed(start: Callable[[], GraderProcess]) -> None:
    one, other = start(), start()
    assert points(one) == points(other) == 3.0
    kill(*below("worker/zygote.py"))
    assert points(one) == points(other) == 3.0  # each has one of its own now


@pytest.mark.parametrize("which", ["zygote", "parent"])
def test_one_that_is_killed_amid_a_notebook_costs_it_nothing(
    which: str, start: Callable[[], GraderProcess]
) -> None:
    slow = job("import time\ntime.sleep(1)\ndef double(x):\n    return 2 * x")
    grader, found = start(), list[float | None]()
    assert points(grader) == 3.0
    thread = threading.Thread(target=lambda: found.append(points(grader, slow)))
    thread.start()
    time.sleep(0.5)
    kill(*(below("worker/zygote.py") if which == "zygote" else parents()))
    thread.join()
    assert found == [3.0]


def test_the_parent_is_killed(start: Callable[[], GraderProcess], home: Home) -> None:
    one, other = start(), start()
    assert points(one) == points(other) == 3.0
    (parent,) = parents()
    parent.kill()
    parent.wait()
    assert points(one) == points(other) == points(start()) == 3.0


def test_who_still_asks_a_parent_that_was_replaced_is_told(
    start: Callable[[], GraderProcess], home: Home
) -> None:
    """Of two threads that lose a parent one starts another, and the other must hear of it."""
    assert points(start()) == 3.0
    lost = process._parent(home)
    (parent,) = parents()
    parent.kill()
    parent.wait()
    assert points(start()) == 3.0
    mine, theirs = Pipe()
    with mine, theirs, pytest.raises(StartError, match="ended as it started"):
        lost.fork(theirs.fileno())


def test_another_plan_has_a_zygote_of_its_own(start: Callable[[], GraderProcess]) -> None:
    other = replace(PLAN, warm=("nbgrader_sandbox.worker.serve:prepare",))
    grader = start()
    assert points(grader) == 3.0
    assert points(grader, job("def double(x):\n    return 2 * x", plan=other)) == 3.0


def test_a_test_that_ends_its_process_ends_no_other(start: Callable[[], GraderProcess]) -> None:
    one, other = start(), start()
    assert points(other) == 3.0
    with pytest.raises(EOFError):
        one.grade(job("double = 3", "import os\nos._exit(3)"), {})
    assert not one.alive()
    assert points(other) == 3.0
    assert other.alive()


def test_nothing_is_left(start: Callable[[], GraderProcess], home: Home) -> None:
    one, other = start(), start()
    assert points(one) == points(other) == 3.0
    one.close()
    other.close()
    process.end(home)
    assert not below("engine.grader")
    assert not below("worker/zygote.py")
