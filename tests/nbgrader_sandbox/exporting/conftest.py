"""A class with awkward names in a real gradebook, and a way to export it."""

import csv
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.exporting.base import LmsExporter
from sqlalchemy.exc import SAWarning

ASSIGNMENT, NOTEBOOK = "02-gate", "gate"

#: id, first name, last name, e-mail, id in the LMS
PEOPLE = [
    ("ada", "Ada", "Lovelace, Countess", "ada@example.org", "101"),
    ("boris", 'Boris "Bo"', "=cmd|' /C calc'!A0", "boris@example.org", "102"),
    ("zoe", "Zoë\nMarie", "Ünal", "", ""),
    ("+4917", "@Émile", "\tTab", "Emile@Example.org", "104"),
    ("late", "Nobody", "Handedin", "late@example.org", "105"),
]


@pytest.fixture
def graded(course: Course) -> Course:
    """Ada has 15 points, Boris 5.25, Zoë waits for a person, +4917 lost 2 of 3 for lateness."""
    scores: dict[str, tuple[float, float, float | None]] = {
        "ada": (8, 3, 4),
        "boris": (2.25, 3, 0),
        "zoe": (8, 0, None),
        "+4917": (0, 3, 0),
    }
    with course.gradebook() as gradebook, warnings.catch_warnings():
        # nbgrader builds a submission in a way that SQLAlchemy 2 warns of.
        warnings.simplefilter("ignore", SAWarning)
        for student, first, last, email, lms in PEOPLE:
            gradebook.add_student(
                student, first_name=first, last_name=last, email=email, lms_user_id=lms
            )
        for student, found in scores.items():
            gradebook.add_submission(ASSIGNMENT, student)
            for name, score in zip(("test_gate", "test_keep", "why"), found, strict=True):
                grade = gradebook.find_grade(name, NOTEBOOK, ASSIGNMENT, student)
                grade.auto_score, grade.needs_manual_grade = score, score is None
        late = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, "+4917")
        late.late_submission_penalty = 2
        comment = gradebook.find_comment("why", NOTEBOOK, ASSIGNMENT, "ada")
        comment.manual_comment = "Well put,\n<b>Ada</b>"
        gradebook.db.commit()
    for student in scores:
        folder = course.folder(course.autograded, student, ASSIGNMENT)
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_text('{"cells": []}')
    return course


@pytest.fixture
def export(graded: Course, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """Return a function that exports with these options and reads the file as CSV."""

    def run(exporter: type[LmsExporter], **options: Any) -> list[list[str]]:
        app = NbGrader()
        app.coursedir = CourseDirectory(root=str(graded.submitted.parent), db_url=graded.db_url)
        options = {"to": str(tmp_path / "out.csv"), **options}
        plugin = exporter(parent=app, **options)
        with graded.gradebook() as gradebook:
            plugin.export(gradebook)
        content = (tmp_path / "out.csv").read_bytes()
        return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))

    return run


@pytest.fixture
def roster(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes a roster and returns its path."""

    def write(*rows: list[str], mark: bool = False, between: str = ",") -> str:
        path = tmp_path / "roster.csv"
        encoding = "utf-8-sig" if mark else "utf-8"
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=between).writerows(rows)
        return str(path)

    return write
