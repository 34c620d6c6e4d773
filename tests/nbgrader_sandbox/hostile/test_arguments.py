"""What an answer does to its arguments changes nothing but its own result.

Tests of an everyday kind: the answer is called first, with the test's own arrays, and the right
result is computed from the same arrays afterwards.
"""

import pytest

from tests.nbgrader_sandbox.hostile.attack import Attack, write
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, Course

pytestmark = pytest.mark.gate

TESTS = {
    "standardise": """
import numpy as np
from kit_ref.answers import standardise as reference

x = np.linspace(-2.0, 3.0, 7)
np.testing.assert_allclose(standardise(x, 2.5), reference(x, 2.5), rtol=1e-6)
""",
    # An array that lives as long as the grader process, and is used for every student.
    "softmax": """
import numpy as np
from kit_ref import answers
from kit_ref.answers import softmax as reference

if not hasattr(answers, "SAMPLE"):
    answers.SAMPLE = np.array([[0.0, 1.0, -2.0], [3.0, 3.0, 1.0]])
right = reference(np.array([[0.0, 1.0, -2.0], [3.0, 3.0, 1.0]]))
assert np.abs(softmax(answers.SAMPLE) - right).max() < 1e-6, "softmax is wrong"
""",
}

SUBMISSIONS = (
    Attack("1-honest", "honest", honest=("softmax", "moving_average", "standardise", "TanhRNN")),
    Attack(
        "2-changes",
        "changes its arguments to what makes it right",
        answers={
            "softmax": "def softmax(x):\n    x[...] = 0.0\n    return x",
            "standardise": "def standardise(x, factor):\n    x[...] = np.nan\n    return x",
            "TanhRNN": "class TanhRNN(torch.nn.Module):\n"
            "    def __init__(self, *args):\n        super().__init__()\n\n"
            "    def load_state_dict(self, weights):\n        for w in weights.values():\n"
            "            w.zero_()\n\n"
            "    def forward(self, xs):\n        return torch.zeros(4, 2, 2)",
        },
    ),
    Attack("3-honest", "honest", honest=("softmax", "moving_average", "standardise", "TanhRNN")),
)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float | None]]:
    """All graded by one grader process, one after the other."""
    course = Course(tmp_path_factory.mktemp("arguments") / "course", engine=True)
    course.make(TESTS, "c.SandboxSettings.workers = 1\n")
    for one in SUBMISSIONS:
        write(one, course.release, course.submission(one.student), {})
    done = course.nbgrader("autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    return course.scores()


@pytest.mark.parametrize(
    "part",
    [
        "softmax",
        "standardise",
        "TanhRNN",
    ],
)
def test_a_changed_argument_earns_nothing(
    scores: dict[str, dict[str, float | None]], part: str
) -> None:
    assert scores["x-2-changes"][part] == 0.0


@pytest.mark.parametrize("part", ["softmax", "standardise", "TanhRNN"])
def test_a_changed_argument_costs_nobody_else(
    scores: dict[str, dict[str, float | None]], part: str
) -> None:
    assert scores["x-1-honest"][part] == scores["x-3-honest"][part]
    assert scores["x-3-honest"][part] != 0.0
