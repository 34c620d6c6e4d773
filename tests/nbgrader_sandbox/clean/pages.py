"""A feedback page, through nbgrader's own generate_feedback."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader_sandbox.clean.feedback import configure_feedback
from nbgrader_sandbox.course import Course
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from tests.nbgrader_sandbox.conftest import ASSIGNMENT, NOTEBOOK

STUDENT = "ada"


def write_feedback(course: Course, root: Path, nb: Any, comments: Mapping[str, str]) -> Path:
    """Write the page of an autograded notebook, with comments by cell; return its path.

    `root` is the course's folder, and has to be the current one.
    """
    with course.gradebook() as gradebook:
        gradebook.add_student(STUDENT)
        with pytest.warns(SAWarning):  # of how nbgrader builds a submission
            gradebook.add_submission(ASSIGNMENT, STUDENT)
        for cell, words in comments.items():
            comment = gradebook.find_comment(cell, NOTEBOOK, ASSIGNMENT, STUDENT)
            comment.manual_comment = words
        gradebook.db.commit()
    folder = root / "autograded" / STUDENT / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(nb, folder / f"{NOTEBOOK}.ipynb")
    c = Config()
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.db_url = course.db_url
    c.CourseDirectory.assignment_id = ASSIGNMENT
    configure_feedback(c)
    GenerateFeedback(coursedir=CourseDirectory(config=c), config=c).start()
    return root / "feedback" / STUDENT / ASSIGNMENT / f"{NOTEBOOK}.html"
