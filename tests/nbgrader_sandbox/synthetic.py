"""A made-up class of any size, in a real gradebook, as a run of the engine leaves it behind.

    python -m tests.nbgrader_sandbox.synthetic FOLDER 5000

The first submissions are entered through nbgrader's interface; it takes minutes for thousands, so
the others are rows of the same tables, copied from these in bulk.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.finding import MIME_TYPE, Finding
from nbgrader_sandbox.outcome import NOT_RUN, Evidence, Outcome, Score
from sqlalchemy import insert, select

ASSIGNMENT, NOTEBOOKS = "05-full-cell", ("cell", "packed")
DUE = datetime(2026, 3, 6, 17)

#: notebook, cell, cell type, points
CELLS = [
    ("cell", "test_forget_gate", "code", 3.0),
    ("cell", "test_update_memory", "code", 4.0),
    ("cell", "test_lstm_cell", "code", 8.0),
    ("cell", "why_gates", "markdown", 3.0),
    ("packed", "test_packed_lstm_cell", "code", 6.0),
    ("packed", "test_torch_to_onnx", "code", 2.5),
]

MISTAKES = {
    "test_forget_gate": [
        ("bias-missing", "the bias b_f is missing"),
        ("tanh-for-sigmoid", "tanh stands in the place of the sigmoid"),
    ],
    "test_update_memory": [("i-f-swapped", "input gate and forget gate are exchanged")],
    "test_lstm_cell": [
        ("output-without-tanh", "the hidden state is o times c, without the tanh"),
        ("h-from-old-c", "the hidden state is made from the previous cell state, c_prev"),
        ("unnamed", "an answer that no known mistake explains"),
    ],
    "test_packed_lstm_cell": [
        ("gate-order", "the rows are read in the order i f o g, as another library packs them"),
        ("one-bias", "one of the two biases is left out"),
    ],
    "test_torch_to_onnx": [("gate-order", "the gates are not in the order i o f c")],
}

FIRST = ["Ada", "Boris", "Chen", "Dina", "Émile", "Fatou", "Gürol", "Hana", "Inés", "Jonas"]
LAST = [
    "Okafor",
    "Lindqvist",
    "O'Neill",
    "García Pérez",
    "da Silva",
    "Nguyễn",
    "Smith, Jr.",
    "محمد",
]
LEVELS = ["bwrap + namespaces"] * 30 + ["Landlock + seccomp + limits"]


def course_in(root: Path) -> Course:
    """Return the course whose folders lie in `root`."""
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


def make(root: Path, size: int, seed: int = 0) -> Course:
    """Make a class of `size` students in the folder `root`; the same for the same seed."""
    draw = random.Random(seed)
    course = course_in(root)
    with course.gradebook() as gradebook:
        _release(gradebook)
        _enrol(gradebook, size)
        for k, student in enumerate(_students(size)):
            rows = _submission(gradebook, student, by_interface=k < 3)
            skill = draw.betavariate(4, 2)
            broken = draw.random()
            if broken < 0.01:
                _broken(course, student)
            elif broken < 0.02:
                _given_up(course, gradebook, student)
            else:
                _graded(course, gradebook, student, rows, skill, draw)
        gradebook.db.commit()
    return course


def _students(size: int) -> list[str]:
    return [f"s{k:04d}" for k in range(1, size + 1)]


def _release(gradebook: Gradebook) -> None:
    gradebook.add_assignment(ASSIGNMENT, duedate=f"{DUE} UTC")
    for name in NOTEBOOKS:
        gradebook.add_notebook(name, ASSIGNMENT)
    for notebook, cell, kind, points in CELLS:
        where = (cell, notebook, ASSIGNMENT)
        gradebook.add_grade_cell(*where, max_score=points, cell_type=kind)
        gradebook.add_source_cell(*where, cell_type=kind, source="…", locked=True)


def _enrol(gradebook: Gradebook, size: int) -> None:
    rows = [
        {
            "id": student,
            "first_name": FIRST[k % len(FIRST)],
            "last_name": LAST[k % len(LAST)],
            "email": f"{student}@example.org",
        }
        for k, student in enumerate(_students(size))
    ]
    gradebook.db.execute(insert(Student.__table__), rows)
    gradebook.db.commit()


def _submission(gradebook: Gradebook, student: str, *, by_interface: bool) -> list[Any]:
    """Enter a submission; return its grades' ids with notebook, cell and points."""
    if by_interface:
        gradebook.add_submission(ASSIGNMENT, student)
    else:
        _copy(gradebook, student)
    return [(n, c, kind, points, student) for n, c, kind, points in CELLS]


_templates: dict[int, Any] = {}


def _copy(gradebook: Gradebook, student: str) -> None:
    """Add the rows that `add_submission` adds, but for comments."""
    found = _templates.get(id(gradebook))
    if found is None:
        assignment = gradebook.find_assignment(ASSIGNMENT)
        found = _templates[id(gradebook)] = (
            assignment.id,
            [(n.id, [cell.id for cell in n.grade_cells]) for n in assignment.notebooks],
        )
    assignment_id, notebooks = found
    submission = uuid4().hex
    execute = gradebook.db.execute
    execute(
        insert(SubmittedAssignment.__table__),
        {"id": submission, "assignment_id": assignment_id, "student_id": student},
    )
    for notebook_id, cells in notebooks:
        own = uuid4().hex
        execute(
            insert(SubmittedNotebook.__table__),
            {"id": own, "assignment_id": submission, "notebook_id": notebook_id},
        )
        rows = [
            {"id": uuid4().hex, "notebook_id": own, "cell_id": cell, "needs_manual_grade": False}
            for cell in cells
        ]
        execute(insert(Grade.__table__), rows)


def _broken(course: Course, student: str) -> None:
    folder = course.folder(course.submitted, student, ASSIGNMENT)
    folder.mkdir(parents=True)
    for name in NOTEBOOKS:
        (folder / f"{name}.ipynb").write_text("{", encoding="utf-8")


def _given_up(course: Course, gradebook: Gradebook, student: str) -> None:
    """As the engine leaves a submission behind that it could not read."""
    why = "cell.ipynb is not valid JSON: Expecting value at line 1, column 1."
    for grade in _grades(gradebook, student).values():
        grade.auto_score, grade.needs_manual_grade = 0.0, False
    for name in NOTEBOOKS:
        own = [(cell, kind, points) for notebook, cell, kind, points in CELLS if notebook == name]
        _write_notebook(course, student, name, [(cell, kind, []) for cell, kind, _ in own])
        scores = tuple(
            Score(cell, 0.0, points, why) for cell, kind, points in own if kind == "code"
        )
        outputs = tuple(() for _ in own)
        Store(course.submitted.parent / "sandbox").keep(
            Outcome(ASSIGNMENT, name, student, "-", NOT_RUN, scores, outputs, stopped=why)
        )


def _grades(gradebook: Gradebook, student: str) -> dict[tuple[str, str], Any]:
    submission = gradebook.db.execute(
        select(SubmittedAssignment).where(SubmittedAssignment.student_id == student)
    ).scalar_one()
    return {(g.notebook.name, g.cell.name): g for n in submission.notebooks for g in n.grades}


def _graded(
    course: Course,
    gradebook: Gradebook,
    student: str,
    rows: list[Any],
    skill: float,
    draw: random.Random,
) -> None:
    late = timedelta(minutes=draw.randrange(3000)) if draw.random() < 0.05 else timedelta(0)
    submission = gradebook.db.execute(
        select(SubmittedAssignment).where(SubmittedAssignment.student_id == student)
    ).scalar_one()
    submission.timestamp = DUE - timedelta(hours=2) + (late and late + timedelta(hours=2))
    grades = _grades(gradebook, student)
    for name in NOTEBOOKS:
        cells, scores = [], []
        for notebook, cell, kind, points, _ in rows:
            if notebook == name:
                answer = _answer(cell, kind, points, skill, draw)
                grade = grades[notebook, cell]
                grade.auto_score, grade.needs_manual_grade = answer[0], answer[0] is None
                scores.append(Score(cell, answer[0], points))
                cells.append((cell, kind, answer[1]))
        _write_notebook(course, student, name, cells)
        if draw.random() < 0.97:  # the others were graded without the engine
            _write_record(course, student, name, scores, cells, draw)


def _answer(
    cell: str, kind: str, points: float, skill: float, draw: random.Random
) -> tuple[float | None, list[dict[str, Any]]]:
    if kind == "markdown":
        return (None if draw.random() < 0.02 else draw.choice([0.0, points / 2, points])), []
    part = cell.removeprefix("test_")
    if draw.random() < skill:
        finding = Finding(part, None, "well done", points, points)
    elif draw.random() < 0.12:
        error = {"output_type": "error", "ename": "TypeError", "traceback": []}
        return 0.0, [{**error, "evalue": f"{part}() takes 2 positional arguments but 4 were given"}]
    else:
        names = MISTAKES[cell]
        mistake, title = names[min(int(draw.expovariate(1.2)), len(names) - 1)]
        got = points / 2 if mistake == "gate-order" else 0.0
        finding = Finding(part, mistake, title, got, points)
    data = {"text/plain": finding.title, MIME_TYPE: finding.to_payload()}
    return finding.points, [{"output_type": "display_data", "data": data, "metadata": {}}]


def _write_notebook(course: Course, student: str, name: str, cells: list[Any]) -> None:
    nb = {
        "cells": [
            {
                "cell_type": kind,
                "metadata": {"nbgrader": {"grade_id": cell, "grade": True}},
                "source": "# " + "x" * 400,
                **({"outputs": outputs, "execution_count": 1} if kind == "code" else {}),
            }
            for cell, kind, outputs in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    folder = course.folder(course.autograded, student, ASSIGNMENT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    course.folder(course.submitted, student, ASSIGNMENT).mkdir(parents=True, exist_ok=True)


def _write_record(
    course: Course,
    student: str,
    name: str,
    scores: list[Score],
    cells: list[Any],
    draw: random.Random,
) -> None:
    outcome = Outcome(
        assignment=ASSIGNMENT,
        notebook=name,
        student=student,
        key=f"{student}-{name}",
        level=draw.choice(LEVELS),
        scores=tuple(scores),
        outputs=tuple(tuple(outputs) for _, _, outputs in cells),
        evidence=tuple(_evidence(draw)),
        seconds=draw.lognormvariate(-1.5, 0.6),
    )
    Store(course.submitted.parent / "sandbox").keep(outcome)


def _evidence(draw: random.Random) -> Iterator[Evidence]:
    if draw.random() < 0.01:
        yield Evidence("network", "connect to 203.0.113.7, port 443", draw.randrange(1, 6))
    if draw.random() < 0.004:
        yield Evidence("forbidden-path", "open /etc/passwd for reading", draw.randrange(1, 6))
    if draw.random() < 0.01:
        yield Evidence("edited-cell", "the cell test_lstm_cell was put back as released")
    if draw.random() < 0.001:
        for cell in range(1, 30):
            yield Evidence("forged-frame", "a reply of 9,000,000,000 bytes was announced", cell)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
