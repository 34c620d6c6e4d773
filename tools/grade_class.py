"""Grades the sample class through the real nbgrader, and only what is out of date.

All of it lives apart under _build/sample-class/: submissions, gradebook, feedback, the secret of
its hidden inputs. A real class, under grading/, is graded by nbgrader's own commands.

Steps: release from solutions/, submissions, `nbgrader autograde`, `nbgrader generate_feedback`,
the report. The engine keeps what it has run, and the rest is noted after each step, so an
interrupted run can simply be started again.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbgrader_sandbox.course import Course, CourseError
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.table import write_csv
from nbgrader_sandbox.reporting.text import as_text
from nbgrader_sandbox.secret import GradingContextError

from tools import sample_class
from tools.notes import Notes, hash_of
from tools.release import ROOT, ReleaseError, course_folder, release
from tools.sample_class import ASSIGNMENT, SampleClassError

FOLDER = ROOT / "_build" / "sample-class"


class GradingFailed(RuntimeError):
    """No submission can be graded; the message says why."""


class Grading:
    """The sample class in its own course folder: what is done already, and what is to do."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = course_folder(folder)
        release(folder, ASSIGNMENT)
        self.notes = Notes(folder / "notes.json")
        with contextlib.chdir(folder):
            self.course = Course.here()

    def enrol(self) -> None:
        """Write the submissions, and enter students and due date in the gradebook."""
        sample_class.write(self.folder)
        with self.course.gradebook() as gradebook:
            gradebook.update_or_create_assignment(ASSIGNMENT, duedate=sample_class.DUE)
            for sample in sample_class.SAMPLES:
                first, last = sample.name
                gradebook.update_or_create_student(sample.student, first_name=first, last_name=last)

    def autograde(self) -> None:
        """Run `nbgrader autograde` for all; the engine runs only what has changed.

        Raises GradingFailed where the run could not go on.
        """
        log, code = self._nbgrader("autograde", "--force")
        if code:
            raise GradingFailed(f"nbgrader could not grade the class.\n{_tail(log)}")
        said = [line for line in log.splitlines() if line.startswith((ASSIGNMENT, "  "))]
        print("\n".join(said), flush=True)

    def feedback(self) -> None:
        """Run `nbgrader generate_feedback` for all whose grades or comments have changed."""
        marks, done = self._marks(), self.notes.get("feedback") or {}
        due = [
            student
            for student, mark in marks.items()
            if done.get(student) != mark or not self._pages(student)
        ]
        if due:
            log, code = self._nbgrader("generate_feedback", "--force", self._all_but(due))
            if code:
                raise GradingFailed(f"nbgrader could not make the feedback.\n{_tail(log)}")
        self.notes.note("feedback", marks)

    def report(self) -> str:
        """Return the class report, and write it as a CSV file too."""
        group = classroom.read(self.course, ASSIGNMENT)
        write_csv(group, self.table)
        return as_text(group)

    @property
    def table(self) -> Path:
        """Where the report stands as a CSV file."""
        return self.folder / "grading" / f"{ASSIGNMENT}.csv"

    def _marks(self) -> dict[str, str]:
        """Return for each graded student a hash of all that a feedback page shows."""
        marks = {}
        with self.course.gradebook() as gradebook:
            for found in gradebook.assignment_submissions(ASSIGNMENT):
                student = found.student.id
                copy = self.course.folder(self.course.autograded, student, ASSIGNMENT)
                if copy.is_dir():
                    grades = [g.to_dict() for n in found.notebooks for g in n.grades]
                    comments = [c.to_dict() for n in found.notebooks for c in n.comments]
                    shown = sorted(repr(row) for row in (*grades, *comments))
                    marks[student] = hash_of([copy], repr([shown, found.total_seconds_late]))
        return marks

    def _pages(self, student: str) -> bool:
        folder = self.course.folder(self.course.feedback, student, ASSIGNMENT)
        return any(folder.glob("*.html"))

    def _all_but(self, students: Iterable[str]) -> str:
        """Return the option that keeps nbgrader from all students but these."""
        everybody = set(self.course.submitters(ASSIGNMENT))
        if self.course.autograded.is_dir():
            everybody.update(path.name for path in self.course.autograded.iterdir())
        others = sorted(everybody - set(students))
        return f"--CourseDirectory.student_id_exclude={','.join(others)}"

    def _nbgrader(self, command: str, *options: str) -> tuple[str, int]:
        """Run an nbgrader command in the course; return what it wrote, and its exit code."""
        programs = Path(sys.executable).parent
        environment = dict(os.environ)
        # nbgrader looks for `alembic` on PATH; the kernel should use this checkout's packages.
        environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
        paths = [str(ROOT), str(ROOT / "nbgrader_sandbox" / "src")]
        paths += [p for p in [environment.get("PYTHONPATH", "")] if p]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        # A variable of the outer process must not make a test look like a grading run.
        environment.pop("NBGRADER_EXECUTION", None)
        done = subprocess.run(
            [str(programs / "nbgrader"), command, ASSIGNMENT, *options],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        logs = self.folder / "grading" / "logs"
        logs.mkdir(exist_ok=True)
        (logs / f"{command}-{ASSIGNMENT}.log").write_text(done.stdout, encoding="utf-8")
        return done.stdout, done.returncode


def _tail(log: str) -> str:
    return "\n".join(log.strip().split("\n")[-12:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the sample class; return 0, or 1 where nothing could be graded."""
    argparse.ArgumentParser(description=str(__doc__).split("\n")[0]).parse_args(arguments)
    try:
        grading = Grading()
        grading.enrol()
        grading.autograde()
        grading.feedback()
        print(f"\n{grading.report()}\n")
    except (
        ReleaseError,
        GradingFailed,
        GradingContextError,
        CourseError,
        SampleClassError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; run it again, and it goes on.", file=sys.stderr)
        return 130
    for what in ("submitted", "autograded", "feedback"):
        print(f"{what + ':':13}{grading.folder / 'grading' / what}")
    print(f"{'as a table:':13}{grading.table}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
