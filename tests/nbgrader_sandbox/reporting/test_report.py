"""The report of a little class, in a real gradebook: scores, findings, and who is believed."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader_sandbox.course import Course, CourseError
from nbgrader_sandbox.finding import MIME_TYPE, Finding
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.classroom import Class, Part, Submission
from nbgrader_sandbox.reporting.table import write_csv
from nbgrader_sandbox.reporting.text import as_text
from sqlalchemy.exc import SAWarning

# nbgrader builds a submission in a way that SQLAlchemy 2 warns of.
pytestmark = pytest.mark.filterwarnings(f"ignore::{SAWarning.__module__}.{SAWarning.__name__}")

ASSIGNMENT, NOTEBOOK = "02-gate", "gate"


def named(notebook: Any, name: str) -> Any:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def shows(finding: Finding | dict[str, Any]) -> Any:
    payload = finding.to_payload() if isinstance(finding, Finding) else finding
    return new_output("display_data", data={"text/plain": "…", MIME_TYPE: payload})


@pytest.fixture
def graded(course: Course, hand_in: Callable[..., Path], released: Any) -> Callable[..., None]:
    """Return a function that records a graded submission, as nbgrader leaves it behind."""

    def record(
        student: str,
        scores: dict[str, float | None],
        outputs: dict[str, list[Any]] | None = None,
        timestamp: str = "2026-03-05 12:00:00 UTC",
    ) -> None:
        folder = hand_in(student)
        with course.gradebook() as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.add_submission(ASSIGNMENT, student, timestamp=timestamp)
            for name, score in scores.items():
                grade = gradebook.find_grade(name, NOTEBOOK, ASSIGNMENT, student)
                grade.auto_score, grade.needs_manual_grade = score, score is None
            gradebook.db.commit()
        notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
        for name, shown in (outputs or {}).items():
            named(notebook, name).outputs = shown
        copy = course.folder(course.autograded, student, ASSIGNMENT)
        copy.mkdir(parents=True)
        nbformat.write(notebook, copy / f"{NOTEBOOK}.ipynb")

    return record


def part(group: Class, student: str, name: str) -> Part:
    one = next(one for one in group.submissions if one.student == student)
    return next(part for part in one.parts if part.name == name)


BIAS = Finding("gate", "bias-missing", "the bias b is missing", 2, 8)


def test_scores_findings_and_lateness_are_read(course: Course, graded: Any) -> None:
    praise = Finding("gate", None, "well done", 8, 8)
    graded("ada", {"test_gate": 8, "test_keep": 3, "why": None}, {"test_gate": [shows(praise)]})
    graded(
        "boris",
        {"test_gate": 2, "test_keep": 3, "why": 0},
        {"test_gate": [shows(BIAS)]},
        timestamp="2026-03-07 19:30:00 UTC",
    )
    group = classroom.read(course, ASSIGNMENT)
    assert group.parts == ("gate", "keep", "why")
    ada, boris = group.submissions
    assert (ada.score, ada.of, ada.by_hand, ada.seconds_late) == (11, 15, True, 0)
    assert [part.wrong for part in ada.parts] == ["", "", ""]
    assert (boris.score, boris.by_hand, boris.seconds_late) == (5, False, 95400)
    assert part(group, "boris", "gate") == Part(
        "gate", 2, 8, False, "bias-missing", "the bias b is missing"
    )
    assert part(group, "boris", "why").wrong == "no answer"


def test_the_table_is_as_it_should_look(course: Course, graded: Any) -> None:
    graded("ada", {"test_gate": 8, "test_keep": 3, "why": None})
    graded(
        "boris",
        {"test_gate": 2, "test_keep": 2.5, "why": 4},
        {"test_gate": [shows(BIAS)]},
        timestamp="2026-03-07 19:30:00 UTC",
    )
    assert as_text(classroom.read(course, ASSIGNMENT)).split("\n") == [
        "02-gate: 2 submissions, 1 to grade by hand",
        "",
        "student   score     late  gate   keep               why  what went wrong",
        f"-------  ------  -------  ----  -----  ----------------  {'-' * 53}",
        "ada       11/15            8/8    3/3  to grade by hand",
        "boris    8.5/15  1 d 2 h   2/8  2.5/3               4/4  gate: the bias b is missing",
        "",
        "How many made which mistake",
        "   1  gate: the bias b is missing",
    ]


@pytest.mark.parametrize(
    "lie",
    [
        Finding("gate", None, "all is well", 8, 8),  # the score says otherwise
        Finding("keep", "bias-missing", "about another part", 2, 3),
        {"version": 1, "title": "no finding"},
    ],
)
def test_a_finding_that_contradicts_the_gradebook_is_not_believed(
    course: Course, graded: Any, lie: Any
) -> None:
    graded("ada", {"test_gate": 2, "test_keep": 3, "why": 0}, {"test_gate": [shows(lie)]})
    found = part(classroom.read(course, ASSIGNMENT), "ada", "gate")
    assert (found.points, found.mistake, found.wrong) == (2, None, "")


def test_findings_count_in_graded_cells_only(course: Course, graded: Any) -> None:
    graded("ada", {"test_gate": 2, "test_keep": 3, "why": 0}, {"check_gate": [shows(BIAS)]})
    assert part(classroom.read(course, ASSIGNMENT), "ada", "gate").mistake is None


def error(name: str, text: str) -> Any:
    return new_output("error", ename=name, evalue=text, traceback=[])


def test_a_cell_that_stopped_is_explained_by_its_cause(course: Course, graded: Any) -> None:
    missing = error("NameError", "name 'gate' is not defined")
    graded(
        "ada",
        {"test_gate": 0, "test_keep": 0, "why": 0},
        {
            "gate": [error("SyntaxError", "expected ':' (/tmp/ipykernel_1/2.py, line 3)")],
            "check_gate": [missing],
            "test_gate": [missing],
            "test_keep": [error("TypeError", "\x1b[31mno\x1b[0m such thing\nmore")],
        },
    )
    group = classroom.read(course, ASSIGNMENT)
    assert part(group, "ada", "gate").wrong == (
        "its cell stopped with SyntaxError: expected ':' (line 3)"
    )
    assert part(group, "ada", "keep").wrong == "TypeError: no such thing"


def test_what_was_not_graded_has_no_points_and_a_reason(
    course: Course, graded: Any, hand_in: Callable[..., Path]
) -> None:
    hand_in("olga", "{")
    graded("pablo", {"test_gate": 8, "test_keep": 3, "why": 4})
    # Pablo handed in again, and now it is broken: nbgrader removes the copy, not the score.
    (course.folder(course.autograded, "pablo", ASSIGNMENT) / "gate.ipynb").unlink()
    (course.folder(course.submitted, "pablo", ASSIGNMENT) / "gate.ipynb").write_text("{")
    olga, pablo = classroom.read(course, ASSIGNMENT).submissions
    assert (olga.score, olga.of, pablo.score, pablo.by_hand) == (0, 15, 0, False)
    assert "line 1, column 2" in olga.reason
    text = as_text(classroom.read(course, ASSIGNMENT))
    assert "2 submissions, 2 not gradable" in text
    assert "0/15" in text


def test_an_unknown_assignment_is_named_with_the_known_ones(course: Course) -> None:
    with pytest.raises(CourseError, match=r"'03-cell' \(it knows: 02-gate\)"):
        classroom.read(course, "03-cell")


def many_parts() -> Iterator[Class]:
    for count in (1, 3, 6, 12, 40):
        names = tuple(f"a_rather_long_part_name_{k}" for k in range(count))
        parts = tuple(
            Part(name, 0.5, 10, k % 2 == 0, "x", "w " * 90) for k, name in enumerate(names)
        )
        submissions = [
            Submission("s" * 40, 1, 120, 3600.0, parts),
            Submission("\x1b[2J=cmd", 0, 120, reason="word " * 60),
        ]
        yield Class("assignment", names, tuple(submissions))


@pytest.mark.parametrize("group", list(many_parts()), ids=lambda group: f"{len(group.parts)} parts")
def test_no_line_is_wider_than_110_columns(group: Class) -> None:
    text = as_text(group)
    assert max(map(len, text.split("\n"))) <= 110
    assert "\x1b" not in text
    for name in group.parts:
        assert name in text


def test_an_empty_class_is_said_to_be_empty(course: Course) -> None:
    assert "nobody" in as_text(classroom.read(course, ASSIGNMENT))


def test_the_csv_file_has_a_line_a_student_and_no_formula(
    course: Course, graded: Any, hand_in: Callable[..., Path], tmp_path: Path
) -> None:
    graded("=1+1", {"test_gate": 2, "test_keep": 3, "why": None}, {"test_gate": [shows(BIAS)]})
    hand_in("olga", "{")
    write_csv(classroom.read(course, ASSIGNMENT), tmp_path / "class.csv")
    with (tmp_path / "class.csv").open(newline="", encoding="utf-8") as file:
        first, olga = csv.DictReader(file)
    assert first["student"] == "'=1+1"
    assert (first["score"], first["of"], first["to grade by hand"]) == ("5", "15", "why")
    assert (first["gate points"], first["gate mistake"]) == ("2", "bias-missing")
    assert first["why points"] == ""
    assert "not valid JSON" in olga["not graded because"]
