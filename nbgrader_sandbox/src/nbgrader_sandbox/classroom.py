"""What a class has handed in for an assignment, read from gradebook and graded notebooks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry, SubmittedAssignment

from nbgrader_sandbox.course import Course
from nbgrader_sandbox.finding import Finding, outputs_with_findings
from nbgrader_sandbox.ungraded import reason

_CELL_FILE = re.compile(r"\([^()]*\.py, line (\d+)\)")  # made up by IPython for a cell
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Part:
    """One graded cell of one submission. `wrong` is empty where nothing was found wrong."""

    name: str
    points: float
    of: float
    by_hand: bool  # waits for a person
    mistake: str | None = None
    wrong: str = ""


@dataclass(frozen=True)
class Submission:
    """One student's work. `reason` says why it could not be graded, where it could not."""

    student: str
    score: float
    of: float
    seconds_late: float = 0.0
    parts: tuple[Part, ...] = ()
    reason: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether some part waits to be graded by hand."""
        return any(part.by_hand for part in self.parts)


@dataclass(frozen=True)
class Class:
    """All submissions for an assignment, sorted by student, and its parts in their order."""

    assignment: str
    parts: tuple[str, ...]
    submissions: tuple[Submission, ...] = field(default=())


def read(course: Course, assignment: str) -> Class:
    """Read all submissions for `assignment`; raises CourseError where nbgrader knows none."""
    with course.gradebook() as gradebook:
        notebooks = course.notebooks(gradebook, assignment)
        released = [gradebook.find_notebook(name, assignment) for name in notebooks]
        # A visible check is worth no points; it is graded for the sake of its message alone.
        points = {
            (cell.notebook.name, cell.name): cell.max_score
            for notebook in released
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }
        cells = [
            (notebook.name, source.name)
            for notebook in released
            for source in notebook.source_cells  # in the order of the notebook
            if points.get((notebook.name, source.name))
        ]
        students = set(course.submitters(assignment))
        students.update(found.student.id for found in gradebook.assignment_submissions(assignment))
        submissions = tuple(
            _submission(course, gradebook, assignment, student, notebooks, cells)
            for student in sorted(students)
        )
        return Class(assignment, tuple(part_name(cell) for _, cell in cells), submissions)


def part_name(cell: str) -> str:
    """Return what the cell `test_forget_gate` tests: `forget_gate`."""
    return cell.removeprefix("test_")


def _submission(
    course: Course,
    gradebook: Gradebook,
    assignment: str,
    student: str,
    notebooks: list[str],
    cells: list[tuple[str, str]],
) -> Submission:
    graded = course.folder(course.autograded, student, assignment)
    handed_in = course.folder(course.submitted, student, assignment)
    of = gradebook.find_assignment(assignment).max_score
    why = ""
    if not all((graded / f"{name}.ipynb").is_file() for name in notebooks):
        why = reason(handed_in, notebooks)
    try:
        record = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return Submission(student, 0.0, of, reason=why)
    seen = {name: _cells(graded / f"{name}.ipynb") for name in notebooks}
    grades = {(grade.notebook.name, grade.name): grade for grade in _grades(record)}
    parts = tuple(
        _part(grades[key], seen[key[0]], ungraded=bool(why)) for key in cells if key in grades
    )
    score = sum(part.points for part in parts)
    penalty = sum(notebook.late_submission_penalty or 0.0 for notebook in record.notebooks)
    return Submission(student, max(0.0, score - penalty), of, record.total_seconds_late, parts, why)


def _grades(record: SubmittedAssignment) -> Iterator[Grade]:
    for notebook in record.notebooks:
        yield from notebook.grades


def _cells(path: Path) -> list[Any]:
    return list(nbformat.read(path, as_version=4).cells) if path.is_file() else []


def _part(grade: Grade, cells: list[Any], *, ungraded: bool) -> Part:
    """Make a part of a grade and of the cell that the gradebook knows under its name."""
    of = float(grade.cell.max_score)
    # A score of an earlier version may still stand there until `settle` has run.
    points = 0.0 if ungraded and grade.manual_score is None else float(grade.score)
    by_hand = bool(grade.needs_manual_grade) and not ungraded
    at = next((k for k, cell in enumerate(cells) if _grade_id(cell) == grade.name), None)
    mistake, wrong = (None, "") if at is None else _what_was_wrong(cells, at, grade)
    return Part(part_name(grade.name), points, of, by_hand, mistake, wrong)


def _what_was_wrong(cells: list[Any], at: int, grade: Grade) -> tuple[str | None, str]:
    """Return the mistake's name and its title; else say from outputs what can be said."""
    cell = cells[at]
    found = [finding for _, finding in outputs_with_findings(cell)]
    # A student's code can display findings too: believe one that agrees with the score.
    found = [finding for finding in found if _agrees(finding, grade)]
    if found:
        return found[-1].mistake, (found[-1].title if found[-1].mistake else "")
    if cell.cell_type != "code":
        return None, ("no answer" if grade.auto_score == 0 else "")
    if (error := _error(cell)) is None:
        return None, ""
    name, text = error
    if name == "NameError" and (cause := _first_error(cells[:at])):
        return cause[0], f"its cell stopped with {cause[0]}: {cause[1]}"
    return name, f"{name}: {text}"


def _first_error(cells: list[Any]) -> tuple[str, str] | None:
    """Return the first error of the released cells between the last test and the end."""
    first = None
    for cell in reversed(cells):
        if _grade_id(cell).startswith("test_"):
            break
        if _grade_id(cell):
            first = _error(cell) or first
    return first


def _agrees(finding: Finding, grade: Grade) -> bool:
    same_score = grade.auto_score is not None and abs(finding.points - grade.auto_score) < 1e-6
    return same_score and finding.part == part_name(grade.name)


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _error(cell: Any) -> tuple[str, str] | None:
    """Return the name and first line of the error that a cell ended with, if it did."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            first = _COLOURS.sub("", output.evalue).strip().split("\n")[0]
            first = _CELL_FILE.sub(r"(line \1)", first)
            name, text = (
                "".join(letter for letter in said if letter.isprintable())
                for said in (output.ename, first)
            )
            return name[:60], text[:120]
    return None
