"""A small course with a real gradebook, made through nbgrader's own interface."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum
from nbgrader_sandbox.course import Course

ASSIGNMENT = "02-gate"
NOTEBOOK = "gate"

#: name, cell type, source, flags; in the order of the released notebook.
RELEASED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("gate", "code", "def gate(): ...", {"solution": True}),
    ("note", "markdown", "Read this.", {"locked": True}),
    ("check_gate", "code", "check()", {"grade": True, "locked": True, "points": 0}),
    ("test_gate", "code", "grade('gate')", {"grade": True, "locked": True, "points": 8}),
    ("keep", "code", "def keep(): ...", {"solution": True}),
    ("look", "code", "look()", {"locked": True}),
    ("test_keep", "code", "grade('keep')", {"grade": True, "locked": True, "points": 3}),
    ("why", "markdown", "YOUR ANSWER", {"grade": True, "solution": True, "points": 4}),
]


def released_notebook() -> Any:
    """Return the notebook as a student gets it: a cell of plain text before each known one."""
    cells = []
    for name, kind, source, flags in RELEASED:
        new = new_code_cell if kind == "code" else new_markdown_cell
        metadata = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata |= {"schema_version": 3, "grade_id": name, **flags}
        cell = new(source, metadata={"nbgrader": metadata})
        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
        cells += [new_markdown_cell(f"About {name}."), cell]
    return new_notebook(cells=cells)


def course_at(root: Path) -> Course:
    return Course(
        root=root,
        source=root / "source",
        released=root / "release",
        db_url=f"sqlite:///{root / 'gradebook.db'}",
        course_id="course",
        submitted=root / "submitted",
        autograded=root / "autograded",
        feedback=root / "feedback",
        structure="{nbgrader_step}/{student_id}/{assignment_id}",
    )


@pytest.fixture(scope="session")
def new_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gradebook of a course that nobody has handed anything in to; made once, it is slow."""
    root = tmp_path_factory.mktemp("gradebook")
    with course_at(root).gradebook() as gradebook:
        gradebook.add_assignment(ASSIGNMENT, duedate="2026-03-06 17:00:00 UTC")
        gradebook.add_notebook(NOTEBOOK, ASSIGNMENT)
        for cell in released_notebook().cells:
            if not (metadata := cell.metadata.get("nbgrader")):
                continue
            where = (metadata.grade_id, NOTEBOOK, ASSIGNMENT)
            kind = cell.cell_type
            if metadata.grade:
                gradebook.add_grade_cell(*where, max_score=metadata.points, cell_type=kind)
            if metadata.solution:
                gradebook.add_solution_cell(*where)
            gradebook.add_source_cell(
                *where,
                cell_type=kind,
                source=cell.source,
                locked=metadata.locked,
                checksum=metadata.checksum,
            )
    return root / "gradebook.db"


@pytest.fixture
def course(tmp_path: Path, new_gradebook: Path) -> Course:
    """A course of its own for each test."""
    shutil.copy(new_gradebook, tmp_path / "gradebook.db")
    return course_at(tmp_path)


@pytest.fixture
def hand_in(course: Course) -> Callable[..., Path]:
    """Return a function that writes a submission, and returns its folder."""

    def write(student: str, text: str | None = None, name: str = f"{NOTEBOOK}.ipynb") -> Path:
        folder = course.folder(course.submitted, student, ASSIGNMENT)
        folder.mkdir(parents=True)
        content = nbformat.writes(released_notebook()) if text is None else text
        (folder / name).write_text(content, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def released() -> Any:
    """The notebook as a student gets it."""
    return released_notebook()


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    return (root / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
