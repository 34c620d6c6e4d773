"""Classes to report on: one read from a real gradebook, others made in memory."""

import pytest
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.outcome import Evidence
from nbgrader_sandbox.reporting.classroom import Class, Part, Submission
from sqlalchemy.exc import SAWarning

from tests.nbgrader_sandbox import synthetic


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of 40 in a real gradebook. Nobody changes it."""
    with pytest.warns(SAWarning):  # of how nbgrader builds a submission
        return synthetic.make(tmp_path_factory.mktemp("class"), 40, seed=4)


@pytest.fixture
def little() -> Class:
    """Five students, whose numbers are easy to work out by hand."""

    def part(
        name: str, points: float, of: float, mistake: str | None = None, words: str = ""
    ) -> Part:
        return Part(name, points, of, False, mistake, words)

    bias = ("bias-missing", "the bias b is missing")
    network = ("gate", Evidence("network", "connect to 203.0.113.7", 3))
    return Class(
        "02-gate",
        ("gate", "keep"),
        (
            Submission("ada", 12, 12, 0.0, (part("gate", 8, 8), part("keep", 4, 4)), name="Ada L"),
            Submission("boris", 4, 12, 7200.0, (part("gate", 0, 8, *bias), part("keep", 4, 4))),
            Submission(
                "chen",
                6,
                12,
                0.0,
                (part("gate", 4, 8, *bias), part("keep", 2, 4)),
                level="bwrap + namespaces",
                seconds=0.25,
                facts=(network, network),
            ),
            Submission(
                "dina",
                8,
                12,
                0.0,
                (
                    part("gate", 8, 8),
                    Part("keep", 0, 4, False, "KeyError", "KeyError: 'dina is here'", error=True),
                ),
                level="bwrap + namespaces",
                seconds=0.75,
            ),
            Submission("emre", 0, 12, reason="no notebook was handed in."),
        ),
        (8.0, 4.0),
    )
