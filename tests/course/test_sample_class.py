"""The whole way, once: release, hand in, grade and report a class with the real nbgrader.

The sample class of a copy of the course is graded, beside the folder of a real class; the tests
then read the gradebook, the notebooks and the report that are left there.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader_sandbox.finding import outputs_with_findings
from playwright.sync_api import Browser

from lstm_ref.checks import course
from tests.book.visits import violations
from tools import release
from tools.sample_class import ASSIGNMENT, EXPECTED, SAMPLES, Expected, write

pytestmark = pytest.mark.course

NAMES = sorted(EXPECTED)
ASKED = course.assignment(ASSIGNMENT)
PARTS = {part.name: part.points for part in ASKED.parts}
QUESTION = ASKED.question.counted if ASKED.question else 0

#: What a real class has under grading/; what is in the files is nobody's business.
REAL = {
    "gradebook.db": b"grades that took a term",
    "secret": b"not for you",
    "submitted/ada/02-forget-gate/forget-gate.ipynb": b"the work of somebody of this name",
    "autograded/ada/02-forget-gate/forget-gate.ipynb": b"graded by hand",
    "02-forget-gate.csv": b"mine",
}


@dataclass(frozen=True)
class Graded:
    """A copy of the course whose sample class is graded, and what the run printed."""

    root: Path
    printed: str

    @property
    def folder(self) -> Path:
        return self.root / "_build" / "sample-class"

    @property
    def grading(self) -> Path:
        return self.folder / "grading"

    def submitted(self, student: str) -> Path:
        return self.grading / "submitted" / student / ASSIGNMENT

    def cells(self, student: str) -> list[dict[str, Any]]:
        path = self.grading / "autograded" / student / ASSIGNMENT / "forget-gate.ipynb"
        cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return cells

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.grade_class"],
            cwd=self.root,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(self.root), str(self.root / "nbgrader_sandbox" / "src")]
                ),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def grade_class(self) -> str:
        done = self.run()
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def graded(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    copy = tmp_path_factory.mktemp("course")
    for name in ("solutions", "lstm_ref", "nbgrader_sandbox", "tools"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(root / name, copy / name, ignore=ignored)
    shutil.copy(root / "nbgrader_config.py", copy)
    for name, content in REAL.items():
        (copy / "grading" / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / "grading" / name).write_bytes(content)
    return Graded(copy, Graded(copy, "").grade_class())


@pytest.fixture(scope="module")
def gradebook(graded: Graded) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{graded.grading / 'gradebook.db'}", "lstm") as found:
        yield found


@pytest.fixture(scope="module")
def table(graded: Graded) -> dict[str, dict[str, str]]:
    path = graded.grading / f"{ASSIGNMENT}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_the_class_is_as_the_course_promises() -> None:
    assert len(SAMPLES) >= 13
    kinds = [one.expected for one in SAMPLES]
    assert sum(e.graded and not e.mistakes and not e.late for e in kinds) >= 4
    assert sum(not e.graded for e in kinds) >= 2
    assert sum(e.late for e in kinds) == 1


@pytest.mark.parametrize("student", NAMES)
def test_everybody_has_the_score_that_is_deserved(gradebook: Gradebook, student: str) -> None:
    expected = EXPECTED[student]
    submission = gradebook.find_submission(ASSIGNMENT, student)
    for part, points in {**PARTS, "why_sigmoid": QUESTION}.items():
        name = f"test_{part}" if part in PARTS else part
        grade = gradebook.find_grade(name, "forget-gate", ASSIGNMENT, student)
        deserved = getattr(expected, part)
        assert grade.max_score == points
        assert grade.auto_score == deserved
        assert grade.needs_manual_grade == (deserved is None)
    total = expected.forget_gate + expected.keep + (expected.why_sigmoid or 0)
    assert (submission.score, submission.max_score) == (total, ASKED.points)
    assert (submission.total_seconds_late > 0) == expected.late


@pytest.mark.parametrize("student", NAMES)
def test_the_report_names_what_went_wrong(table: Any, graded: Graded, student: str) -> None:
    expected: Expected = EXPECTED[student]
    row = table[student]
    for part in PARTS:
        assert row[f"{part} mistake"] == expected.mistakes.get(part, "")
    assert (row["not graded because"] != "") == (not expected.graded)
    assert expected.says in row["not graded because"]
    line = next(line for line in graded.printed.split("\n") if line.split()[:1] == [student])
    total = expected.forget_gate + expected.keep + (expected.why_sigmoid or 0)
    assert line.split()[1] == f"{total:g}/{ASKED.points}"
    assert ("to grade by hand" in line) == (QUESTION > 0 and expected.why_sigmoid is None)
    assert ("not graded: " in line) == (not expected.graded)


def test_the_printed_report_counts_mistakes_and_fits_a_screen(graded: Graded) -> None:
    report = graded.printed.split("How many made which mistake")[1]
    assert "   2  forget_gate: the result is the same whatever the arguments are" in report
    table = [line for line in graded.printed.split("\n") if str(graded.root) not in line]
    assert max(map(len, table)) <= 110


@pytest.mark.parametrize("student", NAMES)
def test_everybody_has_a_feedback_page(graded: Graded, student: str) -> None:
    page = graded.grading / "feedback" / student / ASSIGNMENT / "forget-gate.html"
    text = page.read_text(encoding="utf-8")
    if EXPECTED[student].graded:
        assert f"of {ASKED.points} points" in text
    else:
        assert "could not be graded" in text


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(
    ("student", "words", "formulas"),
    [
        ("emre", "✗ forget_gate: the bias b_f is missing.", 22),
        ("uma", "The notebook stopped in code cell 13: it exited.", 22),
        ("olga", "This submission could not be graded: forget-gate.ipynb is not valid JSON", 0),
    ],
)
def test_a_feedback_page_tells_what_was_wrong_and_asks_nobody(
    graded: Graded,
    browser: Browser,
    root: Path,
    student: str,
    words: str,
    formulas: int,
    width: int,
) -> None:
    path = graded.grading / "feedback" / student / ASSIGNMENT / "forget-gate.html"
    tab = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(path.as_uri())
    assert (asked, said) == ([path.as_uri()], [])
    assert tab.evaluate("document.scripts.length") == 0
    assert tab.get_by_text(words).first.is_visible()
    maths = tab.locator("math")
    assert maths.count() == formulas
    assert all(one.bounding_box()["height"] > 5 for one in maths.all())  # type: ignore[index]
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert "# hidden test: 8 points" in tab.inner_text("main")
    assert 'grade("forget_gate"' not in tab.inner_text("main")
    complaints = violations(tab, (root / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    # A wide formula scrolls; Chromium (from 130) and Firefox let it take the keyboard's focus.
    complaints = [one for one in complaints if "scrollable-region-focusable" not in one]
    tab.context.close()
    assert not complaints, "\n\n".join(complaints)


def test_findings_are_kept_in_the_graded_notebooks(graded: Graded) -> None:
    found = [finding for cell in graded.cells("emre") for _, finding in outputs_with_findings(cell)]
    assert [(f.part, f.mistake, f.points, f.of) for f in found] == [
        ("forget_gate", "bias-missing", 0, 8),
        ("keep", None, 3, 3),
    ]


def test_tests_that_were_deleted_or_edited_are_the_released_ones(graded: Graded) -> None:
    tests = {}
    for student in ("ada", "pablo", "quinn", "sven"):
        tests[student] = [
            (cell["metadata"]["nbgrader"]["grade_id"], "".join(cell["source"]))
            for cell in graded.cells(student)
            if cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("test_")
        ]
    assert len(tests["ada"]) == 2
    assert tests["pablo"] == tests["quinn"] == tests["sven"] == tests["ada"]


def test_the_secret_is_private_and_in_no_notebook(graded: Graded) -> None:
    path = graded.grading / "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    secret = path.read_text().strip()
    for written in graded.grading.rglob("*"):
        if written.suffix in {".ipynb", ".html", ".log", ".csv", ".json"}:
            assert secret not in written.read_text(encoding="utf-8", errors="replace")


def test_the_release_holds_no_solution_and_no_file_but_the_notebook(graded: Graded) -> None:
    released = graded.folder / "exercises" / ASSIGNMENT
    assert [path.name for path in released.iterdir()] == ["forget-gate.ipynb"]
    text = (released / "forget-gate.ipynb").read_text(encoding="utf-8")
    for hidden in ("BEGIN SOLUTION", "HIDDEN TESTS", "Rubric", "return f * c_prev"):
        assert hidden not in text
    assert text.count("NotImplementedError") == 2


def test_writing_the_class_again_changes_nothing(graded: Graded) -> None:
    assert write(graded.folder) == []


def test_a_gradebook_with_other_points_than_the_table_grades_nobody(
    graded: Graded, gradebook: Gradebook
) -> None:
    before = gradebook.find_submission(ASSIGNMENT, "ada").score
    cell = gradebook.find_grade_cell("test_keep", "forget-gate", ASSIGNMENT)
    try:
        cell.max_score = 10
        gradebook.db.commit()
        failed = graded.run()
        assert failed.returncode == 1
        assert "gives 10 points for test_keep" in failed.stderr
        assert "nbgrader generate_assignment 02-forget-gate --force" in failed.stderr
        assert gradebook.find_submission(ASSIGNMENT, "ada").score == before
    finally:
        cell.max_score = 3
        gradebook.db.commit()


def test_a_class_with_an_older_form_is_told_the_command_and_left_alone(
    graded: Graded, tmp_path: Path
) -> None:
    shutil.copy(graded.folder / "nbgrader_config.py", tmp_path)
    (tmp_path / "grading").mkdir()
    assert release.behind(tmp_path, graded.folder) == []
    assert list((tmp_path / "grading").iterdir()) == []
    book = tmp_path / "grading" / "gradebook.db"
    shutil.copy(graded.grading / "gradebook.db", book)
    assert release.behind(tmp_path, graded.folder) == []
    with Gradebook(f"sqlite:///{book}", "lstm") as older:
        older.find_grade_cell("test_forget_gate", "forget-gate", ASSIGNMENT).max_score = 5
        older.db.commit()
    was = book.read_bytes()
    (line,) = release.behind(tmp_path, graded.folder)
    assert "older 02-forget-gate (test_forget_gate)" in line
    assert "`nbgrader generate_assignment 02-forget-gate --force` brings it in step" in line
    assert book.read_bytes() == was


def test_a_damaged_secret_stops_the_run_before_it_grades(graded: Graded) -> None:
    path = graded.grading / "secret"
    secret = path.read_text()
    try:
        path.write_text("short")
        failed = graded.run()
        assert failed.returncode == 1
        assert "bring it back from a copy" in failed.stderr
        assert "Traceback" not in failed.stderr
    finally:
        path.write_text(secret)


@pytest.mark.gate
def test_only_what_is_out_of_date_is_graded_again(graded: Graded, gradebook: Gradebook) -> None:
    count = len(NAMES)
    assert "0 notebooks graded" in (printed := graded.grade_class())
    assert f"{count} kept as before" in printed
    path = graded.submitted("ada") / "forget-gate.ipynb"
    path.write_text("{", encoding="utf-8")  # the sample class puts it back, with a new date
    (graded.grading / "autograded" / "chen" / ASSIGNMENT / "forget-gate.ipynb").unlink()
    kept = graded.grading / "sandbox" / ASSIGNMENT
    (kept / "dina" / "forget-gate.json").write_text("{")
    assert f"{count - 1} kept as before" in graded.grade_class()
    for student in ("ada", "chen", "dina"):
        assert gradebook.find_submission(ASSIGNMENT, student).score == 11
        assert graded.cells(student)


@pytest.mark.gate
def test_other_checks_grade_all_again(graded: Graded) -> None:
    checks = graded.root / "lstm_ref" / "checks" / "judge.py"
    before = checks.read_text(encoding="utf-8")
    checks.write_text(before + "\n# another form of the checks\n", encoding="utf-8")
    try:
        unreadable = sum(not one.graded for one in EXPECTED.values())
        assert f", {unreadable} kept as before" in graded.grade_class()
    finally:
        checks.write_text(before, encoding="utf-8")


def test_a_real_class_is_not_touched(graded: Graded) -> None:
    """Runs last, after all that the tests above have graded."""
    folder = graded.root / "grading"
    kept = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert {name: path.read_bytes() for name, path in kept.items()} == REAL
    assert not (graded.root / "exercises").exists()
