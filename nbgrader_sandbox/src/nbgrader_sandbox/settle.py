"""Gives an explicit zero to each submission that could not be graded.

nbgrader leaves such a submission without a score, or with the score of an earlier version.
Nothing that was handed in is changed; a later `nbgrader autograde` replaces the zero, and a
score that a person gave stays.
"""

import html
import warnings

from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from nbgrader_sandbox.course import Course
from nbgrader_sandbox.ungraded import reason

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
</style></head>
<body><h1>{title}</h1><p>This submission could not be graded: {why}</p>
<p>Until then it has 0 points.</p></body></html>
"""


def settle(course: Course, assignment: str) -> dict[str, str]:
    """Settle an assignment; return the reason for each student who could not be graded.

    Each of them also gets a feedback page with the reason.
    """
    ungraded: dict[str, str] = {}
    with course.gradebook() as gradebook:
        notebooks = course.notebooks(gradebook, assignment)
        for student in course.submitters(assignment):
            graded = course.folder(course.autograded, student, assignment)
            if all((graded / f"{name}.ipynb").is_file() for name in notebooks):
                continue
            folder = course.folder(course.submitted, student, assignment)
            ungraded[student] = reason(folder, notebooks)
            # Of several notebooks some may have been graded; only the others get a zero.
            missing = [name for name in notebooks if not (graded / f"{name}.ipynb").is_file()]
            _give_zero(gradebook, assignment, student, missing)
            _write_page(course, assignment, student, missing, ungraded[student])
    return ungraded


def _give_zero(gradebook: Gradebook, assignment: str, student: str, notebooks: list[str]) -> None:
    """Do as nbgrader's Autograde.init_assignment does for a notebook that is not there."""
    gradebook.update_or_create_student(student)
    with warnings.catch_warnings():
        # nbgrader builds a submission in a way that SQLAlchemy 2 warns of; it is complete.
        warnings.simplefilter("ignore", SAWarning)
        gradebook.update_or_create_submission(assignment, student)
    for name in notebooks:
        submission = gradebook.find_submission_notebook(name, assignment, student)
        submission.late_submission_penalty = None
        for grade in submission.grades:
            grade.auto_score = 0
            grade.needs_manual_grade = False
    gradebook.db.commit()


def _write_page(
    course: Course, assignment: str, student: str, notebooks: list[str], why: str
) -> None:
    folder = course.folder(course.feedback, student, assignment)
    folder.mkdir(parents=True, exist_ok=True)
    for name in notebooks:
        page = _PAGE.format(title=html.escape(f"{assignment}: {name}"), why=html.escape(why))
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
