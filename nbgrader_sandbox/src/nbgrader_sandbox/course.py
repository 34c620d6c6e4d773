"""The course that nbgrader's configuration describes: its folders and its gradebook."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory

from nbgrader_sandbox.command import CommandError


class CourseError(CommandError):
    """The course cannot be read; the message says why and how to mend it."""


def configured() -> NbGrader:
    """Return nbgrader's application, as nbgrader_config.py in the current folder says."""
    app = NbGrader()
    app.initialize([])
    return app


def find_alembic() -> None:
    """See to it that nbgrader finds alembic, which it runs by name to make a new gradebook."""
    if shutil.which("alembic") is None:  # it lies beside this Python
        programs = str(Path(sys.executable).parent)
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])


@dataclass(frozen=True)
class Course:
    """Where a course keeps its things. Read it with `Course.here()`, or `Course.of(…)`."""

    root: Path
    db_url: str
    course_id: str
    source: Path
    released: Path
    submitted: Path
    autograded: Path
    feedback: Path
    structure: str

    @classmethod
    def here(cls) -> "Course":
        """Read nbgrader_config.py in the current folder, as nbgrader's own commands do."""
        return cls.of(configured().coursedir)

    @classmethod
    def of(cls, directory: CourseDirectory) -> "Course":
        """Read the folders of a command of nbgrader's that runs."""
        root = Path(directory.root)
        return cls(
            root=root,
            source=root / directory.source_directory,
            released=root / directory.release_directory,
            db_url=directory.db_url,
            course_id=directory.course_id,
            submitted=root / directory.submitted_directory,
            autograded=root / directory.autograded_directory,
            feedback=root / directory.feedback_directory,
            structure=directory.directory_structure,
        )

    def gradebook(self) -> Gradebook:
        """Open the gradebook; to be used in a `with` statement."""
        find_alembic()
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
