"""Grades an assignment before it is handed out: its solution, and what students begin with.

By nbgrader's own commands in a folder of its own, so that the course, its release and its gradebook
stay as they are.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from nbgrader_sandbox.course import Course, CourseError, find_alembic
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.outcome import Outcome

#: Who hands in the instructor's notebook, and who the release as it is.
SOLUTION, RELEASE = "solution", "release"

#: How a source differs from its release: noted of the solution, and no fault of anybody's.
_AS_WRITTEN = ("edited-cell", "forged-metadata")


@dataclass(frozen=True)
class Rehearsed:
    """One graded cell: its points, what the solution got, and what was given for nothing.

    `solution` and `release` are None where a person has to look.
    """

    notebook: str
    cell: str
    points: float
    solution: float | None
    release: float | None
    reason: str = ""

    @property
    def fault(self) -> str:
        """What is wrong, in a sentence; "" where nothing is."""
        if self.solution is None:
            return ""
        if self.solution != self.points:
            why = f": {self.reason}" if self.reason else ""
            return f"the solution gets {self.solution:g} of {self.points:g}{why}"
        if self.release:
            return f"the release as handed out gets {self.release:g} of {self.points:g} already"
        return ""


@dataclass(frozen=True)
class Rehearsal:
    """What came of an assignment; `notes` are what was said of the solution, cell by cell."""

    cells: tuple[Rehearsed, ...]
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not any(one.fault for one in self.cells)


def rehearse(assignment: str) -> Rehearsal:
    """Release and grade an assignment of the course in the current folder, in a copy.

    Raises CourseError with what nbgrader said, where it stops.
    """
    course = Course.here()
    source = course.folder(course.source, ".", assignment)
    if not source.is_dir():
        raise CourseError(
            f"There is no assignment {assignment!r}: its notebooks are looked for in {source}."
        )
    with tempfile.TemporaryDirectory(prefix="nbgrader-sandbox-check-") as temporary:
        find_alembic()
        stage = _Stage(Path(temporary), assignment, course.course_id)
        stage.run("generate_assignment", "--create")
        stage.hand_in(RELEASE)
        notebooks = stage.hand_in(SOLUTION)
        for notebook in source.glob("*.ipynb"):
            if (notebooks / notebook.name).is_file():
                shutil.copyfile(notebook, notebooks / notebook.name)
        stage.run("autograde", "--create", "--force")
        return stage.read()


@dataclass(frozen=True)
class _Stage:
    """A folder in which nbgrader keeps everything but the source."""

    root: Path
    assignment: str
    course_id: str

    @property
    def _db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def run(self, command: str, *options: str) -> None:
        """Run one of nbgrader's commands, by the configuration in the current folder."""
        folders = ("release", "submitted", "autograded", "feedback")
        places = [f"--CourseDirectory.{name}_directory={self.root / name}" for name in folders]
        places.append(f"--CourseDirectory.db_url={self._db_url}")
        words = [sys.executable, "-m", "nbgrader", command, self.assignment, *options, *places]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace")
        if done.returncode:
            said = (done.stdout + done.stderr).replace(str(self.root), "…").strip()
            raise CourseError(f"`nbgrader {command} {self.assignment}` stops:\n{said[-4000:]}")

    def hand_in(self, student: str) -> Path:
        """Hand in what was released; return where it lies."""
        folder = self.root / "submitted" / student / self.assignment
        shutil.copytree(self.root / "release" / self.assignment, folder)
        return folder

    def read(self) -> Rehearsal:
        """Read what both got."""
        store = Store(self.root / "sandbox")
        with Gradebook(self._db_url, self.course_id) as gradebook:
            names = [one.name for one in gradebook.find_assignment(self.assignment).notebooks]
            points = {who: dict(self._points(gradebook, who)) for who in (SOLUTION, RELEASE)}
        outcomes = {
            name: found
            for name in names
            if (found := store.find(self.assignment, SOLUTION, name)) is not None
        }
        cells = [
            Rehearsed(
                notebook, cell, of, got, points[RELEASE][notebook, cell][0],
                _reason(outcomes, notebook, cell),
            )
            for (notebook, cell), (got, of) in points[SOLUTION].items()
        ]  # fmt: skip
        return Rehearsal(tuple(cells), tuple(_notes(outcomes)))

    def _points(
        self, gradebook: Gradebook, student: str
    ) -> Iterator[tuple[tuple[str, str], tuple[float | None, float]]]:
        try:
            submission = gradebook.find_submission(self.assignment, student)
        except MissingEntry:
            raise CourseError(f"The {student} of {self.assignment!r} was not graded.") from None
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                of = float(grade.max_score)
                yield (notebook.name, grade.name), (grade.auto_score, of)


def _reason(outcomes: Mapping[str, Outcome], notebook: str, cell: str) -> str:
    found = outcomes.get(notebook)
    reasons = [one.reason for one in found.scores if one.name == cell] if found else []
    return reasons[0] if reasons else ""


def _notes(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """What an honest solution should never be told: cells that stop, names that are forbidden."""
    for name, outcome in outcomes.items():
        if outcome.stopped:
            yield f"{name}: {outcome.stopped}"
        for one in outcome.evidence:
            if one.kind not in _AS_WRITTEN:
                yield f"{name}, cell {one.cell}: {one.detail} ({one.kind})"
