"""The course that nbgrader's configuration describes: its folders and its gradebook."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGrader


class CourseError(RuntimeError):
    """The course cannot be read; the message says why and how to mend it."""


@dataclass(frozen=True)
class Course:
    """Where a course keeps its things. Read it with `Course.here()`."""

    db_url: str
    course_id: str
    submitted: Path
    autograded: Path
    feedback: Path
    structure: str

    @classmethod
    def here(cls) -> "Course":
        """Read nbgrader_config.py in the current folder, as nbgrader's own commands do."""
        app = NbGrader()
        app.initialize([])
        directory = app.coursedir
        root = Path(directory.root)
        return cls(
            db_url=directory.db_url,
            course_id=directory.course_id,
            submitted=root / directory.submitted_directory,
            autograded=root / directory.autograded_directory,
            feedback=root / directory.feedback_directory,
            structure=directory.directory_structure,
        )

    def gradebook(self) -> Gradebook:
        """Open the gradebook; to be used in a `with` statement."""
        if shutil.which("alembic") is None:
            # nbgrader runs it by name to make a new gradebook; it lies beside this Python.
            programs = str(Path(sys.executable).parent)
            os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
        return Gradebook(self.db_url, self.course_id)

    def folder(self, step: Path, student: str, assignment: str) -> Path:
        """Return a submission's folder in one of nbgrader's steps."""
        return Path(
            self.structure.format(nbgrader_step=step, student_id=student, assignment_id=assignment)
        )

    def submitters(self, assignment: str) -> list[str]:
        """Return who has a folder for this assignment among the submissions, sorted."""
        if not self.submitted.is_dir():
            return []
        names = (path.name for path in self.submitted.iterdir() if not path.name.startswith("."))
        return sorted(name for name in names if self._has(name, assignment))

    def _has(self, student: str, assignment: str) -> bool:
        try:
            return self.folder(self.submitted, student, assignment).is_dir()
        except OSError:  # it may not be entered, which is told of this student
            return True

    def notebooks(self, gradebook: Gradebook, assignment: str) -> list[str]:
        """Return the names, without `.ipynb`, of the notebooks that an assignment consists of.

        Raises CourseError where the gradebook does not know the assignment.
        """
        try:
            names = [notebook.name for notebook in gradebook.find_assignment(assignment).notebooks]
        except MissingEntry:
            names = []
        if not names:
            known = ", ".join(sorted(found.name for found in gradebook.assignments)) or "none"
            raise CourseError(
                f"The gradebook knows no assignment {assignment!r} (it knows: {known}): run "
                f"`nbgrader generate_assignment {assignment}` first, in the course's folder."
            )
        return sorted(names)
