"""What is to be graded: one notebook of one student, as plain data that can travel.

A job holds all that its scores depend on, so that any process on any machine that has the same
packages gives the same outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nbgrader_sandbox.isolation import Plan


class Kind(Enum):
    """What is done with a cell."""

    STUDENT = "runs in the worker"
    TEST = "runs in the grader, its text from the gradebook"
    NOT_RUN = "text, or tagged to be left out"


@dataclass(frozen=True)
class Cell:
    """One cell. `number` counts code cells from 1; `points` is the maximum of a test."""

    kind: Kind
    source: str = ""
    number: int = 0
    name: str = ""
    points: float = 0.0
    released: bool = False  # locked, so it says what was handed out


@dataclass(frozen=True)
class Times:
    """Seconds: of the wall clock for one cell, one test, and all of a notebook."""

    cell: float = 10.0
    test: float = 10.0
    notebook: float = 60.0


@dataclass(frozen=True)
class Job:
    """One notebook to grade.

    `forbidden` maps names that answers may not use to a message; `asked` are the names that the
    release's solution cells define; `tests` are the names of the test cells in the release's order.
    """

    assignment: str
    notebook: str
    student: str
    cells: tuple[Cell, ...]
    plan: Plan
    secret: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    forbidden: Mapping[str, str] = field(default_factory=dict)
    times: Times = Times()
    key: str = ""
    asked: frozenset[str] = frozenset()
    tests: tuple[str, ...] = ()
