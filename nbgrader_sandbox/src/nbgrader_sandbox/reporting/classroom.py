"""What a class has handed in for an assignment, and how it was graded."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader_sandbox.apart import Apart
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.engine.submission import why_not_graded
from nbgrader_sandbox.outcome import NOT_RUN, Evidence, Outcome
from nbgrader_sandbox.reporting import grades, records
from nbgrader_sandbox.reporting.grades import Grade, Key, Record
from nbgrader_sandbox.reporting.wrong import (
    NOTHING,
    Cell,
    Wrong,
    believed,
    in_notebook,
    part_name,
    read_cells,
)

#: How the reason of a submission begins whose records could not be read.
UNREAD = "what is kept of it cannot be read"


@dataclass(frozen=True)
class Part:
    """One graded cell of one submission. `wrong` is empty where nothing was found wrong."""

    name: str
    points: float
    of: float
    by_hand: bool  # waits for a person
    mistake: str | None = None
    wrong: str = ""
    error: bool = False  # Python said what was wrong, and no checker


@dataclass(frozen=True)
class Submission:
    """One student's work. `reason` says why it could not be graded, where it could not.

    `level` is the isolation that it was graded in, `seconds` the time that took, where known;
    `facts` is what was noted on the way, each with the notebook that it is about.
    """

    student: str
    score: float
    of: float
    seconds_late: float = 0.0
    parts: tuple[Part, ...] = ()
    reason: str = ""
    name: str = ""
    level: str = ""
    seconds: float | None = None
    facts: tuple[tuple[str, Evidence], ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether some part waits to be graded by hand."""
        return any(part.by_hand for part in self.parts)


@dataclass(frozen=True)
class Class:
    """All submissions for an assignment, sorted by student, and its parts in their order."""

    assignment: str
    parts: tuple[str, ...]
    submissions: tuple[Submission, ...] = ()
    points: tuple[float, ...] = ()  # the most that each part can give


def read(course: Course, assignment: str) -> Class:
    """Read all submissions for `assignment`; raises CourseError where nbgrader knows none."""
    with course.gradebook() as gradebook:
        notebooks = course.notebooks(gradebook, assignment)
        released = [gradebook.find_notebook(name, assignment) for name in notebooks]
        # A visible check is worth no points; it is graded for the sake of its message alone.
        points: dict[Key, float] = {
            (notebook.name, cell.name): float(cell.max_score)
            for notebook in released
            for cell in (*notebook.grade_cells, *notebook.task_cells)
            if cell.max_score
        }
        cells = [
            (notebook.name, source.name)
            for notebook in released
            for source in notebook.source_cells  # in the order of the notebook
            if (notebook.name, source.name) in points
        ]
        of = float(gradebook.find_assignment(assignment).max_score)
        known = grades.of_assignment(gradebook, assignment)
    reader = _Reader(course, assignment, notebooks, cells, points, of)
    students = sorted({*course.submitters(assignment), *known})
    submissions = tuple(
        reader.submission_or_why(student, known.get(student)) for student in students
    )
    return Class(
        assignment, tuple(reader.names.values()), submissions, tuple(points[key] for key in cells)
    )


class _Reader:
    """Puts together what gradebook, records and graded notebooks say of a student."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        notebooks: list[str],
        cells: list[Key],
        points: Mapping[Key, float],
        of: float,
    ) -> None:
        self.course, self.assignment, self.notebooks = course, assignment, notebooks
        self.points, self.of = points, of
        self.names = _part_names(cells)
        self.store = records.store_of(course)

    def submission_or_why(self, student: str, record: Record | None) -> Submission:
        """Return a submission; where it cannot be read, one that says so."""
        apart = Apart(lambda _: None)
        with apart.keep(student, "the report was made"):
            return self.submission(student, record)
        why = f"{UNREAD} ({apart.left_out[student]})"
        return Submission(student, 0.0, self.of, reason=why)

    def submission(self, student: str, record: Record | None) -> Submission:
        graded = self.course.folder(self.course.autograded, student, self.assignment)
        why = ""
        if not all((graded / f"{name}.ipynb").is_file() for name in self.notebooks):
            handed_in = self.course.folder(self.course.submitted, student, self.assignment)
            why = why_not_graded(handed_in, self.notebooks)
        if record is None:
            return Submission(student, 0.0, self.of, reason=why)
        found = {
            name: records.find(self.store, self.assignment, student, name, record.grades)
            for name in self.notebooks
        }
        outcomes = {name: outcome for name, outcome in found.items() if outcome}
        parts = tuple(self._parts(graded, record, outcomes, ungraded=bool(why)))
        score = max(0.0, sum(part.points for part in parts) - record.penalty)
        ran = [one for one in outcomes.values() if one.level != NOT_RUN]
        given_up = [one.stopped for one in outcomes.values() if one.level == NOT_RUN]
        by_stock = not why and len(outcomes) < len(found)
        return Submission(
            student,
            score,
            self.of,
            record.seconds_late,
            parts,
            why or next(iter(given_up), ""),
            record.name,
            # Several notebooks can have been graded in several ways.
            ", ".join(sorted({*(one.level for one in ran), *([records.STOCK] * by_stock)})),
            sum(one.seconds for one in ran) if ran else None,
            tuple((name, fact) for name, one in outcomes.items() for fact in one.evidence),
        )

    def _parts(
        self, folder: Path, record: Record, outcomes: Mapping[str, Outcome], *, ungraded: bool
    ) -> Iterator[Part]:
        found = {name: list(records.findings(one)) for name, one in outcomes.items()}
        seen: dict[str, list[Cell]] = {}
        for key, name in self.names.items():
            if (grade := record.grades.get(key)) is None:
                continue
            notebook, cell = key
            wrong = None
            if (outcome := outcomes.get(notebook)) is not None and outcome.level == NOT_RUN:
                wrong = NOTHING  # the whole notebook has a reason
            elif outcome is not None:
                wrong = believed(found[notebook], cell, grade)
                if wrong is None and (why := records.reason(outcome, cell)):
                    wrong = Wrong("stopped", why, error=True)
                elif wrong is None and grade.auto == self.points[key]:
                    wrong = NOTHING
            if wrong is None:
                if notebook not in seen:
                    seen[notebook] = read_cells(folder / f"{notebook}.ipynb")
                wrong = in_notebook(seen[notebook], cell, grade)
            yield _part(name, self.points[key], grade, wrong, ungraded=ungraded)


def _part(name: str, of: float, grade: Grade, wrong: Wrong, *, ungraded: bool) -> Part:
    # A score of an earlier version may still stand there until it is graded again.
    points = 0.0 if ungraded and not grade.by_person else grade.score
    by_hand = grade.waits and not ungraded
    return Part(name, points, of, by_hand, wrong.mistake, wrong.words, wrong.error)


def _part_names(cells: list[Key]) -> dict[Key, str]:
    """Name each part after its cell, and after its notebook too where two are called the same."""
    uses = Counter(part_name(cell) for _, cell in cells)
    return {
        (notebook, cell): part_name(cell)
        if uses[part_name(cell)] == 1
        else f"{notebook}: {part_name(cell)}"
        for notebook, cell in cells
    }
