"""Tests as they are written every day, which trust what a function gives: nothing is won by that.

No test here looks at types or shapes, and one draws what it compares with. The submissions know the
tests by heart.
"""

import pytest

from tests.nbgrader_sandbox.hostile.attack import Attack, write
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, Course

pytestmark = pytest.mark.gate

TESTS = {
    # Each pair of numbers is held against a bound, and so are no numbers at all.
    "softmax": """
import numpy as np

x = np.array([[0.0, 1.0]])
right = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
assert (np.abs(softmax(x) - right) < 1e-6).all()
""",
    # The axis is 0, which could be asked for as a length; what is in the dict is compared.
    "moving_average": """
import numpy as np

found = moving_average([1.0, 3.0], 2)
assert (np.abs(np.asarray(found["means"]) - np.array([2.0])) < 1e-6).all()
""",
    # Compared with what is drawn where nobody can have seen it.
    "standardise": """
import random
import numpy as np
import torch

given = [float(v) for v in standardise(np.zeros(3), 1.0)]
drawn = [random.random(), float(np.random.rand()), float(torch.rand(()))]
assert not any(abs(a - b) < 1e-9 for a in given for b in drawn), "it knows what will be drawn"
""",
    # The last value is what a comparison gave: of arrays an array, and no verdict.
    "TanhRNN": """
import torch

layer = TanhRNN(3, 2)
xs = torch.ones(4, 2, 3)
layer(xs) == layer(xs)
""",
}

HONEST = Attack(
    "honest",
    "right by these tests",
    honest=("softmax", "TanhRNN"),
    answers={
        "moving_average": "def moving_average(xs, k):\n    return {'means': [sum(xs) / k]}",
        "standardise": "def standardise(x, factor):\n    return np.array([7.0, 8.0, 9.0])",
    },
)
#: What each gives for a part, by part.
GIVEN = {
    "empty": {
        "softmax": "np.zeros((1, 0))",
        "moving_average": "{'means': np.zeros(0)}",
        "standardise": "np.zeros(0)",
    },
    "empty-tensor": {
        "softmax": "torch.zeros(0, 2).numpy()",
        "moving_average": "{'means': torch.zeros(0, 1)}",
        "standardise": "torch.zeros(0)",
    },
    "nothing-inside": {
        "softmax": "[np.zeros((0, 2))]",
        "moving_average": "{'means': [[np.zeros(0)]]}",
        "standardise": "[np.zeros(0)]",
    },
    # Twins of the test's own streams, by whatever generator is there.
    "draws-the-same": {
        "softmax": "x",
        "moving_average": "{}",
        "standardise": "[__import__('random').random(), np.random.rand(), float(torch.rand(()))]",
    },
}
HEADS = {
    "softmax": "def softmax(x)",
    "moving_average": "def moving_average(xs, k)",
    "standardise": "def standardise(x, factor)",
}
SUBMISSIONS = (
    HONEST,
    *(
        Attack(
            name,
            name,
            answers={part: f"{HEADS[part]}:\n    return {body}" for part, body in given.items()},
        )
        for name, given in GIVEN.items()
    ),
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, str]:
    course = Course(tmp_path_factory.mktemp("everyday") / "course", engine=True)
    course.make(TESTS)
    for one in SUBMISSIONS:
        write(one, course.release, course.submission(one.student), {})
    done = course.nbgrader("autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    return course, done.stdout


@pytest.mark.parametrize("part", ["softmax", "moving_average", "standardise"])
def test_the_honest_one_has_its_points(graded: tuple[Course, str], part: str) -> None:
    assert graded[0].scores()[HONEST.student][part] == {"softmax": 3.0}.get(part, 2.0)


@pytest.mark.parametrize("part", ["softmax", "moving_average"])
@pytest.mark.parametrize("name", ["empty", "empty-tensor", "nothing-inside"])
def test_nothing_is_not_right(graded: tuple[Course, str], name: str, part: str) -> None:
    assert graded[0].scores()[f"x-{name}"][part] == 0.0


def test_what_a_test_draws_nobody_draws_again(graded: tuple[Course, str]) -> None:
    assert graded[0].scores()["x-draws-the-same"]["standardise"] == 2.0


def test_what_is_no_verdict_is_the_courses_fault(graded: tuple[Course, str]) -> None:
    course, said = graded
    assert {scores["TanhRNN"] for scores in course.scores().values()} == {0.0}
    assert "test_TanhRNN: its last value is of type Tensor" in said
