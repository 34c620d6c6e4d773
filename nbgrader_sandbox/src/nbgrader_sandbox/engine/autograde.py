"""nbgrader's Autograde converter, with this engine in the place of its two passes.

nbgrader hands over one notebook at a time, reads each three times, opens the gradebook six times
for it, and starts a kernel. Here a run sees all submissions at once.
"""

import os
import re
import time
from collections.abc import Iterator
from glob import escape, glob
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import OperationalError

from nbgrader_sandbox.apart import Apart, CannotGoOn, can_be_named
from nbgrader_sandbox.engine.course_check import CourseFault
from nbgrader_sandbox.engine.pool import ClusterError
from nbgrader_sandbox.engine.progress import Progress
from nbgrader_sandbox.engine.public import PublicError
from nbgrader_sandbox.engine.run import Run, Submission, Why
from nbgrader_sandbox.engine.save import GradebookError, recover
from nbgrader_sandbox.isolation import SandboxError
from nbgrader_sandbox.secret import GradingContextError
from nbgrader_sandbox.settings import SandboxSettings

#: What concerns the whole run, and no submission.
ENDS = (
    *(SandboxError, ClusterError, PublicError, GradingContextError),
    *(OperationalError, GradebookError, CourseFault),
)


class SandboxAutograde(Autograde):  # type: ignore[misc]
    """Grades all submissions of an assignment in sandboxed workers."""

    def init_notebooks(self) -> None:
        """List the submissions, those without a notebook too: they get an explicit zero."""
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        self.apart = Apart(self.log.error, ENDS)
        folders = []
        for path in glob(pattern):
            with self.apart.keep(path, "the submissions were listed"):
                if Path(path).is_dir():
                    folders.append(path)
        for path in glob(str(Path(pattern).parent)):
            # Of a folder that may not be entered, nobody learns whether something is in it.
            if Path(path).is_dir() and not os.access(path, os.X_OK):
                why = "its folder may not be entered: mend its permissions"
                self.apart.leave_out(Path(path).name, "the submissions were listed", why)
        if not folders and not self.apart.left_out:
            super().init_notebooks()  # says what was looked for, and what else is there
            raise NbGraderException(f"No submissions were found at {pattern!r}")
        self.assignments: dict[str, list[str]] = {path: [] for path in folders}

    def convert_notebooks(self) -> None:
        """Grade what is due. A student's fault never ends the run."""
        folders = self.coursedir
        try:
            with Gradebook(patient(folders.db_url), folders.course_id) as gradebook:
                # What has been read stays known: the tests are the same for all students, and
                # nothing of a submission is read again once it is saved.
                gradebook.db().expire_on_commit = False
                self._convert(gradebook, folders.assignment_id)
        except (*ENDS, CannotGoOn) as error:
            if not isinstance(error, OperationalError | GradebookError):
                self._fail(str(error))
            self._fail(
                f"The gradebook does not take what is written ({error.args[0]}): end other "
                "programs that have it open, and run this again; what was graded is kept."
            )

    def _convert(self, gradebook: Gradebook, assignment: str) -> None:
        try:
            if not gradebook.find_assignment(assignment).notebooks:
                raise MissingEntry
        except MissingEntry:
            self._fail(
                f"The gradebook knows no assignment {assignment!r}: run "
                f"`nbgrader generate_assignment {assignment}` first, in the course's folder."
            )
        self._grade(gradebook, assignment, list(self._due(assignment)))

    def _fail(self, message: str) -> None:
        self.log.error(message)
        raise NbGraderException(message)

    def _grade(self, gradebook: Gradebook, assignment: str, due: list[Submission]) -> None:
        folders = self.coursedir
        root = Path(folders.root)
        run = Run(
            gradebook,
            assignment,
            SandboxSettings(parent=self),
            apart=self.apart,
            root=root,
            home=home(folders),
            source=root / folders.format_path(folders.source_directory, ".", assignment),
            released=root / folders.format_path(folders.release_directory, ".", assignment),
            ignore=folders.ignore,
            log=self.log,
            handed_out=[root / folders.release_directory],
        )
        progress = Progress(assignment, len(due) * len(run.releases), self.log)
        began = time.monotonic()
        for outcome in run.grade(due, self._penalty()):
            progress.done(outcome, run.left_alone)
            with self.apart.keep(outcome.student, "its graded copy was made read-only"):
                # nbgrader makes graded copies read-only; this walks the copy and does so.
                self.set_permissions(assignment, outcome.student)
                self.run_post_convert_hook()
        progress.end(time.monotonic() - began, run.counts)
        if self.apart.left_out:
            self._fail(self.apart.summary())

    def _due(self, assignment: str) -> Iterator[Submission]:
        """Yield the submissions that are to be looked at, by student."""
        wanted = self.coursedir.notebook_id
        only = None if wanted == "*" else frozenset({wanted})
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        for path in sorted(self.assignments):
            found = re.fullmatch(pattern, path, re.DOTALL)
            if found is None:
                self._fail(f"{path} does not fit the folder structure of the course")
            student = found["student"] if found else ""
            with self.apart.keep(student, "the submissions were listed"):
                if not can_be_named(student):
                    raise ValueError(
                        "no gradebook can hold this name, which is no text or has control "
                        "characters: rename the folder"
                    )
                graded = Path(self._graded(assignment, student))
                interrupted = recover(graded)
                if student in (self.coursedir.student_id_exclude or "").split(","):
                    continue
                why = self._why(Path(path), graded, only, interrupted)
                self.notebooks = sorted(glob(f"{escape(path)}/*.ipynb"))
                self.run_pre_convert_hook()
                yield Submission(student, Path(path), graded, None if interrupted else only, why)

    def _graded(self, assignment: str, student: str) -> str:
        folders = self.coursedir
        return str(folders.format_path(folders.autograded_directory, student, assignment))

    def _why(self, source: Path, graded: Path, only: Any, interrupted: bool) -> Why:
        """Return why a submission is looked at.

        nbgrader goes by the timestamps alone, and files of an LMS have none.
        """
        copies = [graded] if only is None else [graded / f"{name}.ipynb" for name in only]
        if not all(copy.exists() for copy in copies):
            return Why.NEW
        if self.force or interrupted:
            return Why.ASKED
        from nbgrader_sandbox.engine.timestamps import read_timestamp

        new, old = read_timestamp(source)[0], read_timestamp(graded)[0]
        return Why.ASKED if new is not None and old is not None and new > old else Why.IF_CHANGED

    def _penalty(self) -> Any:
        """Return the course's policy for late work, as nbgrader is configured."""
        step = AssignLatePenalties(parent=self)
        step.init_plugin()
        plugin: LateSubmissionPlugin = step.plugin_inst
        return plugin.late_submission_penalty


def patient(db_url: str) -> str:
    """Let SQLite wait while another program writes the gradebook, for longer than its 5 s."""
    plain = db_url.startswith("sqlite:///") and "?" not in db_url
    return f"{db_url}?timeout=30" if plain else db_url


def home(folders: Any) -> Path:
    """Return the folder of the gradebook, or of the submissions where that is on a server."""
    url, prefix = str(folders.db_url), "sqlite:///"
    if url.startswith(prefix) and url != prefix:
        return Path(folders.root, url.removeprefix(prefix)).parent
    return Path(folders.root, folders.submitted_directory).parent
