"""The visible check and the grade come to the same verdict, in the sandbox as in a notebook.

Every answer that the course knows to a part is handed in to the engine, with the part's check
and test cells below it, and judged here once more on the same hidden inputs.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.context import GradingContext
from nbgrader_sandbox.engine import grade as grading
from nbgrader_sandbox.engine.job import Cell, Job, Kind
from nbgrader_sandbox.finding import outputs_with_findings
from nbgrader_sandbox.isolation import Plan
from nbgrader_sandbox.outcome import Outcome

from lstm_ref.checks import course, exercise, hook
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import Row, as_student, rows
from tests.course.test_public import public_folder

pytestmark = pytest.mark.gate

WARM = ("numpy", "numpy.random", "matplotlib.pyplot", "nbgrader_sandbox.worker.serve:prepare")
SECRET = b"a secret of this test alone ...."
CHECK = 'from lstm_ref.checks import check\n\ncheck("{0}", {0})'
TEST = 'from lstm_ref.checks import grade\n\ngrade("{0}", {0}, points=8)'


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    grading.close()


def hand_in(row: Row, plan: Plan, forbidden: dict[str, str]) -> Outcome:
    cells = (
        Cell(Kind.STUDENT, row.source, 1),
        Cell(Kind.TEST, CHECK.format(row.part), 2, f"check_{row.part}", 0.0),
        Cell(Kind.TEST, TEST.format(row.part), 3, f"test_{row.part}", 8.0),
    )
    asked = course.assignment_of(row.part)
    job = Job(asked.name, "nb", "ada", cells, plan, SECRET, forbidden=forbidden)
    return grading.grade(job)


def said(outcome: Outcome, cell: int) -> str:
    """What the cell displayed or raised, as text."""
    outputs: list[dict[str, Any]] = list(outcome.outputs[cell])
    return json.dumps(outputs, ensure_ascii=False)


@pytest.mark.parametrize("part", course.parts())
def test_check_and_grade_agree_on_every_answer(part: str, tmp_path: Path) -> None:
    asked, assignment = exercise(part), course.assignment_of(part)
    torch = ("torch",) if asked.use and isinstance(asked.right, type) else ()
    plan = Plan(
        warm=(*WARM[:3], *torch, WARM[3]),
        public={"modules": public_folder(assignment.name, tmp_path)},
        hidden=("lstm_ref",),
    )
    from lstm_ref.checks.public import forbidden

    rules = forbidden(assignment.name)
    seed = GradingContext(assignment.name, "ada", SECRET).seed(part)
    wrong = []
    for row in rows(asked, seed):
        outcome = hand_in(row, plan, rules)
        here = judge(asked, as_student(row.source, part), seed)
        shown = judge(asked, as_student(row.source, part), hook.PUBLIC_SEED)
        cell = {"cell_type": "code", "outputs": list(outcome.outputs[2])}
        found = [finding for _, finding in outputs_with_findings(cell)]
        points = outcome.scores[1].points
        if len(found) != 1:
            wrong.append(f"{row.answer}: no finding, {said(outcome, 2)[:300]}")
        elif (found[0].mistake, points) != (here.mistake, 8 * here.share):
            wrong.append(f"{row.answer}: {found[0].mistake} {points}, here {here.mistake}")
        elif here.mistake != shown.mistake:
            wrong.append(f"{row.answer}: {here.mistake}, and in the visible check {shown.mistake}")
        elif not shown.right and shown.title not in said(outcome, 1).replace('\\"', '"'):
            wrong.append(f"{row.answer}: the visible check says {said(outcome, 1)[:300]}")
    assert not wrong, "\n".join(wrong)
