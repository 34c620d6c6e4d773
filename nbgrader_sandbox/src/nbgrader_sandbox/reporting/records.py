"""What the engine noted about a submission, where the engine graded it.

Its records lie beside the gradebook. One that is missing, cannot be read, or tells of other scores
than the gradebook (the submission was graded again, in another way) is passed over.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import make_url

from nbgrader_sandbox.course import Course
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.finding import Finding, outputs_with_findings
from nbgrader_sandbox.outcome import Outcome
from nbgrader_sandbox.reporting.grades import Grade, Key

#: How a submission was graded that the engine has no record of.
STOCK = "stock nbgrader"

FOLDER = "sandbox"


def store_of(course: Course) -> Store:
    """Return the store beside the gradebook, or beside the submissions if that is on a server."""
    url = make_url(course.db_url)
    in_file = url.get_backend_name() == "sqlite" and url.database
    home = Path(url.database or "").parent if in_file else course.submitted.parent
    return Store(home / FOLDER)


def find(
    store: Store, assignment: str, student: str, notebook: str, grades: Mapping[Key, Grade]
) -> Outcome | None:
    """Return the record of one notebook, if it tells of the scores that the gradebook has."""
    found = store.find(assignment, student, notebook)
    if found is None or (found.assignment, found.student) != (assignment, student):
        return None
    for score in found.scores:
        grade = grades.get((notebook, score.name))
        if grade is not None and score.points is not None and not _same(score.points, grade.auto):
            return None
    return found


def findings(outcome: Outcome) -> Iterator[Finding]:
    """Yield the findings in a record. The engine lets them stand in the outputs of tests alone."""
    for outputs in outcome.outputs:
        for _, finding in outputs_with_findings({"outputs": list(outputs)}):
            yield finding


def reason(outcome: Outcome, cell: str) -> str:
    """Return why the engine gave zero for a cell; empty where the test itself gave its points."""
    return next((score.reason for score in outcome.scores if score.name == cell), "")


def _same(points: float, auto: float | None) -> bool:
    return auto is not None and abs(points - auto) < 1e-6
