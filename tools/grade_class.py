"""Grades a class through the real nbgrader, and only what is out of date.

    python -m tools.grade_class               # the sample class, as `make course` does
    python -m tools.grade_class --no-sample   # the submissions of your own class alone

Steps: release from solutions/, submissions, `nbgrader autograde`, `nbgrader generate_feedback`,
the report. The engine keeps what it has run, and the rest is noted under grading/ after each
step, so an interrupted run can simply be started again.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from nbgrader_sandbox.course import Course, CourseError
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.table import write_csv
from nbgrader_sandbox.reporting.text import as_text
from nbgrader_sandbox.secret import GradingContextError

from tools import sample_class
from tools.release import generate
from tools.sample_class import SampleClassError

ROOT = Path(__file__).resolve().parent.parent

#: Folders whose content changes no score.
_NO_MATTER = {"__pycache__", ".ipynb_checkpoints", "figures"}


class GradingFailed(RuntimeError):
    """No submission can be graded; the message says why."""


class Grading:
    """One assignment of the course in `root`: what is done already, and what is to do."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.root, self.assignment = root, assignment
        self.state_path = root / "grading" / f".state-{assignment}.json"
        self.state: dict[str, Any] = {"release": "", "feedback": {}}
        with contextlib.suppress(OSError, ValueError):  # none yet, or cut short: do it all
            self.state.update(json.loads(self.state_path.read_text(encoding="utf-8")))
        with contextlib.chdir(root):
            self.course = Course.here()

    def release(self) -> None:
        """Make exercises/ from solutions/ where either has changed since."""
        source, made = self.root / "solutions", self.root / "exercises"
        folders = [source / self.assignment, made / self.assignment]
        config = self.root / "nbgrader_config.py"
        if self._known() and self.state["release"] == _hash([*folders, config]):
            return
        try:
            generate(self.root, self.assignment)
        except RuntimeError as error:
            if "Cannot add or remove cells" not in str(error):
                raise GradingFailed(str(error)) from None
            self._forget_sample_class()
            generate(self.root, self.assignment)
        self._note("release", _hash([*folders, config]))

    def enrol_sample_class(self) -> None:
        """Write the sample submissions and enter students and due date in the gradebook."""
        sample_class.write(self.root)
        with self.course.gradebook() as gradebook:
            gradebook.update_or_create_assignment(self.assignment, duedate=sample_class.DUE)
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
        said = [line for line in log.splitlines() if line.startswith((self.assignment, "  "))]
        print("\n".join(said), flush=True)

    def feedback(self) -> None:
        """Run `nbgrader generate_feedback` for all whose grades or comments have changed."""
        marks, done = self._marks(), self.state["feedback"]
        due = [
            student
            for student, mark in marks.items()
            if done.get(student) != mark or not self._pages(student)
        ]
        if due:
            log, code = self._nbgrader("generate_feedback", "--force", self._all_but(due))
            if code:
                raise GradingFailed(f"nbgrader could not make the feedback.\n{_tail(log)}")
        self._note("feedback", marks)

    def report(self) -> str:
        """Return the class report, and write it under grading/ as a CSV file too."""
        group = classroom.read(self.course, self.assignment)
        write_csv(group, self.root / "grading" / f"{self.assignment}.csv")
        return as_text(group)

    def _known(self) -> bool:
        """Whether the gradebook has the assignment, with its notebooks."""
        with self.course.gradebook() as gradebook:
            return any(
                found.name == self.assignment and found.notebooks for found in gradebook.assignments
            )

    def _forget_sample_class(self) -> None:
        """Remove the assignment from the gradebook, if nobody real has handed it in.

        nbgrader changes no cells of an assignment that has submissions.
        """
        sample = {one.student for one in sample_class.SAMPLES}
        with self.course.gradebook() as gradebook:
            known = {
                found.student.id for found in gradebook.assignment_submissions(self.assignment)
            }
            if not known <= sample:
                raise GradingFailed(
                    f"{self.assignment} has other cells than when the class was graded, and the "
                    "gradebook cannot hold both: move the folder grading/ away to start anew, or "
                    f"bring back the older form of solutions/{self.assignment}."
                )
            gradebook.remove_assignment(self.assignment)

    def _marks(self) -> dict[str, str]:
        """Return for each graded student a hash of all that a feedback page shows."""
        marks = {}
        with self.course.gradebook() as gradebook:
            for found in gradebook.assignment_submissions(self.assignment):
                student = found.student.id
                copy = self.course.folder(self.course.autograded, student, self.assignment)
                if copy.is_dir():
                    grades = [g.to_dict() for n in found.notebooks for g in n.grades]
                    comments = [c.to_dict() for n in found.notebooks for c in n.comments]
                    shown = sorted(repr(row) for row in (*grades, *comments))
                    marks[student] = _hash([copy], repr([shown, found.total_seconds_late]))
        return marks

    def _pages(self, student: str) -> bool:
        folder = self.course.folder(self.course.feedback, student, self.assignment)
        return any(folder.glob("*.html"))

    def _all_but(self, students: Iterable[str]) -> str:
        """Return the option that keeps nbgrader from all students but these."""
        everybody = set(self.course.submitters(self.assignment))
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
        paths = [str(self.root), str(self.root / "nbgrader_sandbox" / "src")]
        paths += [p for p in [environment.get("PYTHONPATH", "")] if p]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        # A variable of the outer process must not make a test look like a grading run.
        environment.pop("NBGRADER_EXECUTION", None)
        done = subprocess.run(
            [str(programs / "nbgrader"), command, self.assignment, *options],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        logs = self.root / "grading" / "logs"
        logs.mkdir(exist_ok=True)
        (logs / f"{command}-{self.assignment}.log").write_text(done.stdout, encoding="utf-8")
        return done.stdout, done.returncode

    def _note(self, step: str, value: Any) -> None:
        """Remember what is done; the old note stays whole until the new one is."""
        self.state[step] = value
        draft = self.state_path.with_suffix(".new")
        draft.write_text(json.dumps(self.state, indent=1), encoding="utf-8")
        draft.replace(self.state_path)


def _hash(paths: Iterable[Path], more: str = "") -> str:
    """Hash the names and contents of files, and of all files in folders."""
    digest = blake2b(more.encode(), digest_size=16)
    for top in paths:
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not _NO_MATTER & set(path.parts):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(top)}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _tail(log: str) -> str:
    return "\n".join(log.strip().split("\n")[-12:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the class; return 0, or 1 where nothing could be graded."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("assignment", nargs="?", default=sample_class.ASSIGNMENT)
    parser.add_argument("--no-sample", action="store_true", help="leave the sample class out")
    options = parser.parse_args(arguments)
    try:
        grading = Grading(ROOT, options.assignment)
        grading.release()
        if not options.no_sample and options.assignment == sample_class.ASSIGNMENT:
            grading.enrol_sample_class()
        grading.autograde()
        grading.feedback()
        print(f"\n{grading.report()}\n")
    except (GradingFailed, GradingContextError, CourseError, SampleClassError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; run it again, and it goes on.", file=sys.stderr)
        return 130
    for what, folder in (
        ("exercises", "exercises"),
        ("submissions", "grading/submitted"),
        ("graded", "grading/autograded"),
        ("feedback", "grading/feedback"),
    ):
        print(f"{what + ':':13}{ROOT / folder}")
    print(f"{'as a table:':13}{ROOT / 'grading' / (options.assignment + '.csv')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
