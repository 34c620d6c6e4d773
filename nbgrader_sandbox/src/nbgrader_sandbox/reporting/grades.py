"""All grades of an assignment in three queries, whatever the size of the class."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Grade as GradeRow
from sqlalchemy import select

#: A notebook's name and a cell's name in it.
Key = tuple[str, str]


@dataclass(frozen=True)
class Grade:
    """What stands in the gradebook for one graded cell of one submission."""

    auto: float | None  # from the test cell
    score: float  # what counts: a person's score goes before
    by_person: bool
    waits: bool  # for a person


@dataclass
class Record:
    """One submission: who, how late, and its grades by notebook and cell."""

    name: str
    seconds_late: float
    penalty: float = 0.0
    grades: dict[Key, Grade] = field(default_factory=dict)


def of_assignment(gradebook: Gradebook, assignment: str) -> dict[str, Record]:
    """Return a record for each student who has a submission in the gradebook."""
    records: dict[str, Record] = {}
    for student, first, last, sent, due, extension in _submissions(gradebook, assignment):
        name = " ".join(part for part in (first, last) if part)
        records[student] = Record(name, _seconds_late(sent, due, extension))
    for student, penalty in _penalties(gradebook, assignment):
        records[student].penalty += penalty
    for student, notebook, cell, *row in _grades(gradebook, assignment):
        auto, manual, score, waits = row
        grade = Grade(auto, float(score or 0.0), manual is not None, bool(waits))
        records[student].grades[notebook, cell] = grade
    return records


def _submissions(gradebook: Gradebook, assignment: str) -> Iterator[Any]:
    yield from gradebook.db.execute(
        select(
            Student.id,
            Student.first_name,
            Student.last_name,
            SubmittedAssignment.timestamp,
            Assignment.duedate,
            SubmittedAssignment.extension,
        )
        .select_from(SubmittedAssignment)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment)
    )


def _penalties(gradebook: Gradebook, assignment: str) -> Iterator[Any]:
    yield from gradebook.db.execute(
        select(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment)
        .where(SubmittedNotebook.late_submission_penalty.is_not(None))
    )


def _grades(gradebook: Gradebook, assignment: str) -> Iterator[Any]:
    yield from gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            GradeRow.auto_score,
            GradeRow.manual_score,
            GradeRow.score,
            GradeRow.needs_manual_grade,
        )
        .select_from(GradeRow)
        .join(SubmittedNotebook, GradeRow.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, GradeRow.cell_id == BaseCell.id)
        .where(Assignment.name == assignment)
    )


def _seconds_late(
    sent: datetime | None, due: datetime | None, extension: timedelta | None
) -> float:
    """Return the seconds after the due date, which an extension moves."""
    if sent is None or due is None:
        return 0.0
    return max(0.0, (sent - due - (extension or timedelta())).total_seconds())
