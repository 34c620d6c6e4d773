"""The moments that a worker keeps for tests: many of them, the last one, and what ends in one."""

import json
from collections.abc import Iterator

import pytest
from nbgrader_sandbox.engine import grade as grading
from nbgrader_sandbox.engine.job import Cell, Job, Kind, Times
from nbgrader_sandbox.isolation import Level, Plan, Resources
from nbgrader_sandbox.outcome import Outcome
from nbgrader_sandbox.settings import SandboxSettings

pytestmark = pytest.mark.slow

WARM = ("nbgrader_sandbox.worker.serve:prepare",)
PLAN = Plan(Level.NAMESPACES, Resources(10, 30, 512 << 20), WARM)
RIGHT = "def double(x):\n    return 2 * x"
TEST = "hidden = 12345\nassert double(hidden) == 24690"


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    grading.close()


def grade(*cells: str, plan: Plan = PLAN) -> Outcome:
    """Grade cells; one that begins with `hidden` is a test of 1 point."""
    made = [
        Cell(Kind.TEST, source, number, f"test_{number}", 1.0)
        if source.startswith("hidden")
        else Cell(Kind.STUDENT, source, number)
        for number, source in enumerate(cells, start=1)
    ]
    times = Times(cell=3.0, test=2.0, notebook=25.0)
    return grading.grade(Job("a", "nb", "ada", tuple(made), plan, b"s" * 32, times=times))


def points(outcome: Outcome) -> list[float | None]:
    return [score.points for score in outcome.scores]


def test_a_hundred_tests_each_meet_the_notebook_as_it_was_there() -> None:
    count = 100
    cells = []
    for number in range(count):
        cells += [f"def f(): return {number}", f"hidden = 0\nassert f() == {number}, 'late'"]
    limits = SandboxSettings(warm=[]).plan("a", [], None, tests=count)
    found = grade(*cells, plan=limits)
    assert points(found) == [1.0] * count
    assert found.evidence == ()  # what the engine forks is not held against the student


def test_where_no_process_is_left_that_is_said() -> None:
    hungry = "import os, time\nfor _ in range(300):\n    if os.fork() == 0:\n        time.sleep(30)"
    found = grade(RIGHT, hungry, TEST, "double = 3", TEST)
    assert points(found) == [0.0, 0.0]  # both at the end, where `double` is a number
    said = [one.detail for one in found.evidence if one.kind == "limit"]
    assert any("no process was left for this test" in detail for detail in said)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("import os; os._exit(0)", "your code exited."),
        ("import os; os._exit(61)", "your code exited."),  # a status could tell of the inputs
        ("import ctypes; ctypes.string_at(0)", "was killed by a signal"),
        # One call into C holds the interpreter, so that no exception can end it.
        ("sum(iter(int, 1))", "did not answer in time"),
        ("return type('Odd', (), {})", ""),
    ],
)
def test_who_ends_the_last_test_loses_that_alone(ending: str, words: str) -> None:
    found = grade(RIGHT, TEST, f"def double(x):\n    {ending}", TEST)
    assert points(found) == [1.0, 0.0]
    assert not found.stopped  # so that nothing is run again
    assert words in found.scores[1].reason
    assert "12345" not in json.dumps(found.to_json())


def test_the_last_test_meets_nothing_of_the_one_before() -> None:
    keeps = "kept = []\ndef double(x):\n    kept.append(x)\n    return 2 * x * len(kept)"
    assert points(grade(keeps, TEST, TEST, TEST)) == [1.0, 1.0, 1.0]


def test_a_fork_that_only_says_that_it_is_done_gains_nothing() -> None:
    early = """
import gc, os
from nbgrader_sandbox.worker import forks
def double(x):
    for one in [o for o in gc.get_objects() if type(o) is forks.Fork]:
        one.note(forks.ENDED, one.request, 0.0, [])
    for handle in range(3, 260):
        try:
            if "pipe" in os.readlink(f"/proc/self/fd/{handle}"): os.close(handle)
        except OSError:
            pass
    import time; time.sleep(0.5)
    return 2 * x
"""
    found = grade(early, TEST, RIGHT, TEST, TEST)
    assert found.scores[0].points == 0.0
    assert sum(score.points or 0.0 for score in found.scores[1:]) <= 2.0
    assert found.seconds < 20
