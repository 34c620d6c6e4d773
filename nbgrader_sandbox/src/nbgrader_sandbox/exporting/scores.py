"""Everybody's scores and graders' comments, in a few queries whatever the size of the class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from nbgrader_sandbox.reporting import grades


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them; all but `id` may be empty."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms_id: str = ""


@dataclass(frozen=True)
class Score:
    """Points of one submission, less the penalty for lateness; `waits` for a person to grade."""

    points: float
    waits: bool
    comments: tuple[tuple[str, str], ...] = ()  # a cell's name, and what a grader wrote


@dataclass(frozen=True)
class Exported:
    """An assignment: the most points, and the score of each student who has a submission."""

    name: str
    of: float
    scores: Mapping[str, Score] = field(default_factory=dict)


def people(gradebook: Gradebook) -> list[Person]:
    """Return all students, by last and first name."""
    return [
        Person(*(value or "" for value in row))
        for row in gradebook.db.execute(
            select(
                Student.id,
                Student.first_name,
                Student.last_name,
                Student.email,
                Student.lms_user_id,
            ).order_by(Student.last_name, Student.first_name, Student.id)
        )
    ]


def of_assignment(gradebook: Gradebook, assignment: str) -> Exported:
    """Return the scores for an assignment that the gradebook knows."""
    comments: dict[str, list[tuple[str, str]]] = {}
    for student, cell, words in _comments(gradebook, assignment):
        comments.setdefault(student, []).append((cell, " ".join(words.split())))
    released = gradebook.find_assignment(assignment)
    # A visible check is worth nothing, and nobody waits for it.
    worth = {
        (notebook.name, cell.name)
        for notebook in released.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
        if cell.max_score
    }
    found = {}
    for student, record in grades.of_assignment(gradebook, assignment).items():
        points = sum(grade.score for grade in record.grades.values())
        waits = any(grade.waits and key in worth for key, grade in record.grades.items())
        said = tuple(comments.get(student, ()))
        found[student] = Score(max(0.0, points - record.penalty), waits, said)
    return Exported(assignment, float(released.max_score), found)


def _comments(gradebook: Gradebook, assignment: str) -> list[Any]:
    return list(
        gradebook.db.execute(
            select(SubmittedAssignment.student_id, BaseCell.name, Comment.manual_comment)
            .select_from(Comment)
            .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(BaseCell, Comment.cell_id == BaseCell.id)
            .where(Assignment.name == assignment)
            .where(Comment.manual_comment.is_not(None))
            .where(Comment.manual_comment != "")
            .order_by(Notebook.name, BaseCell.name)
        )
    )
