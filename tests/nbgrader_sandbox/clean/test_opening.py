"""What stands first on a feedback page, as nbgrader's own generate_feedback writes it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader_sandbox.clean.feedback import configure_feedback
from nbgrader_sandbox.clean.opening import STOPPED
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.finding import MIME_TYPE, Finding
from traitlets.config import Config

from tests.nbgrader_sandbox.conftest import ASSIGNMENT, NOTEBOOK, released_notebook

#: nbgrader's own add_submission makes SQLAlchemy say this.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

Write = Callable[..., str]


@pytest.fixture
def write(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that gives points and outputs by cell, and returns the page's head."""
    monkeypatch.chdir(tmp_path)

    def page(
        points: dict[str, float | None],
        outputs: dict[str, list[Any]],
        comments: dict[str, str] | None = None,
        stopped: Any = "",
        penalty: float = 0.0,
    ) -> str:
        with course.gradebook() as gradebook:
            gradebook.add_student("ada")
            submission = gradebook.add_submission(ASSIGNMENT, "ada")
            for name, auto in points.items():
                grade = gradebook.find_grade(name, NOTEBOOK, ASSIGNMENT, "ada")
                grade.auto_score = auto
            for name, words in (comments or {}).items():
                comment = gradebook.find_comment(name, NOTEBOOK, ASSIGNMENT, "ada")
                comment.manual_comment = words
            submission.notebooks[0].late_submission_penalty = penalty or None
            gradebook.db.commit()
        nb = released_notebook()
        nb.metadata["nbgrader_sandbox"] = {"level": "x", "stopped": stopped}
        for cell in nb.cells:
            cell_outputs = outputs.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            if cell_outputs is not None:
                cell.outputs = cell_outputs
        folder = tmp_path / "autograded" / "ada" / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(nb, folder / f"{NOTEBOOK}.ipynb")
        c = Config()
        c.CourseDirectory.root = str(tmp_path)
        c.CourseDirectory.db_url = course.db_url
        c.CourseDirectory.assignment_id = ASSIGNMENT
        configure_feedback(c)
        GenerateFeedback(coursedir=CourseDirectory(config=c), config=c).start()
        return (tmp_path / "feedback" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.html").read_text()

    return page


def rows(page: str) -> list[list[str]]:
    """Return the cells of the table of questions, as text."""
    head = page[page.index("<header") : page.index("</header>")]
    found = re.findall(r"<tr>(.*?)</tr>", head, re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd]>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
    return [[re.sub(r"<[^>]*>", "", cell) for cell in row] for row in cells]


def shows(text: str) -> Any:
    finding = Finding("gate", "bias-missing", "the bias is missing", points=0, of=8)
    return new_output("display_data", {"text/plain": text, MIME_TYPE: finding.to_payload()})


def error(name: str, text: str) -> Any:
    return new_output("error", ename=name, evalue=text, traceback=[f"\x1b[31m{name}\x1b[0m"])


def test_each_question_is_named_with_its_points_and_the_first_words_of_its_test(
    write: Write,
) -> None:
    page = write(
        {"test_gate": 0, "test_keep": 3, "why": None},
        {
            "test_gate": [shows("the bias is missing\nWhere does it go?")],
            "test_keep": [shows("well done")],
            "check_gate": [error("CheckFailed", "not a question of its own")],
        },
        comments={"why": "Well said."},
    )
    assert rows(page) == [
        ["gate", "0 of 8", "the bias is missing"],
        ["keep", "3 of 3", ""],
        ["why", "to be read", ""],
    ]
    assert "3 of 15 points; 4 are still to be given by a person" in page
    assert 'Comments on: <a href="#cell-why">why</a></p>' in page
    assert 'id="cell-why"' in page
    assert "to be read by a person, 4 points" in page
    assert STOPPED[:20] not in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error("NotRun", "this test could not run: it exited."), "this test could not run: it"),
        (error("AssertionError", "f is above 1"), "f is above 1"),
        (
            error("ValueError", "shapes (3,) and (2,)\nin your line: return x + y"),
            "ValueError: shapes (3,) and (2,), in your line: return x + y",
        ),
        (new_output("stream", name="stdout", text="\x1b[31mtoo small\x1b[0m\n"), "too small"),
        (shows("x" * 1000), "x" * 299 + "…"),
        (shows("<script>hit()</script>"), "&lt;script&gt;hit()&lt;/script&gt;"),
    ],
)
def test_what_a_test_said_is_quoted_as_text(write: Write, said: Any, words: str) -> None:
    page = write({"test_gate": 4, "test_keep": 3, "why": 4}, {"test_gate": [said]})
    assert rows(page)[0][:2] == ["gate", "4 of 8"]
    assert rows(page)[0][2].startswith(words)
    assert "11 of 15 points</p>" in page


def test_a_notebook_that_stopped_and_late_work_are_said_once(write: Write) -> None:
    page = write(
        {"test_gate": 8, "test_keep": 0, "why": 2},
        {},
        comments={"why": "Only half of it."},
        stopped="the notebook stopped in code cell 10: it <exited>.",
        penalty=2.5,
    )
    assert f"The notebook stopped in code cell 10: it &lt;exited&gt;. {STOPPED}" in page
    assert "2.5 points were taken off for late work." in page
    assert "7.5 of 15 points</p>" in page
    assert rows(page)[1] == ["keep", "0 of 3", ""]
    assert rows(page)[2] == ["why", "2 of 4", "see the comment"]


def test_a_note_of_another_form_is_passed_over(write: Write) -> None:
    assert 'class="notice"' not in write({"test_gate": 8}, {}, stopped=["no", "text"])
