"""A class of everything that goes wrong, through the real nbgrader, once an assignment.

Each student hands in one answer that the course knows to one part, and right ones to the others.
Grade and visible check come to the verdict that the answer has here, on the inputs of each.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader_sandbox.context import GradingContext
from nbgrader_sandbox.finding import outputs_with_findings
from nbgrader_sandbox.secret import read_or_make

from lstm_ref.checks import course, exercise, hook
from lstm_ref.checks.course import Assignment
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import Row, as_student, rows
from tools.cells import path_of
from tools.release import course_folder, release

pytestmark = [pytest.mark.gate, pytest.mark.course]

#: An answer that loads torch, where nobody else does, takes its time on a busy machine.
PATIENT = [
    f"--SandboxSettings.{name}_seconds={seconds}"
    for name, seconds in {"test": 60, "cell": 60, "wall": 300, "cpu": 120}.items()
]

WRITTEN = [one for one in course.COURSE if path_of(one).is_file()]


def submissions(asked: Assignment, released: dict[str, Any]) -> dict[str, tuple[Row, Any]]:
    """Return for each student's name the answer that is tried, and the notebook."""
    right = {part.name: exercise(part.name).source() for part in asked.parts}
    found = {}
    for part in asked.parts:
        for number, row in enumerate(rows(exercise(part.name), 1)):
            notebook = json.loads(json.dumps(released))
            sources = {**right, part.name: row.source}
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
                if name in sources:
                    cell["source"] = sources[name]
            found[f"{part.name.replace('_', '-')}-{number:03}"] = (row, notebook)
    return found


@pytest.mark.parametrize("asked", WRITTEN, ids=lambda one: one.name)
def test_every_known_answer_gets_its_score_and_its_name(
    asked: Assignment, root: Path, tmp_path: Path
) -> None:
    release(course_folder(tmp_path), asked.name)
    file = f"{asked.notebook}.ipynb"
    released = json.loads((tmp_path / "exercises" / asked.name / file).read_text("utf-8"))
    class_ = submissions(asked, released)
    for student, (_, notebook) in class_.items():
        folder = tmp_path / "grading" / "submitted" / student / asked.name
        folder.mkdir(parents=True)
        (folder / file).write_text(json.dumps(notebook), encoding="utf-8")
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'nbgrader_sandbox' / 'src'}",
    }
    command = [str(programs / "nbgrader"), "autograde", asked.name, "--create", *PATIENT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    secret = read_or_make(tmp_path / "grading" / "secret")
    points = {part.name: part.points for part in asked.parts}
    wrong = []
    with Gradebook(f"sqlite:///{tmp_path / 'grading' / 'gradebook.db'}", "lstm") as gradebook:
        for student, (row, _) in class_.items():
            seed = GradingContext(asked.name, student, secret).seed(row.part)
            here, shown = (
                judge(exercise(row.part), as_student(row.source, row.part), inputs)
                for inputs in (seed, hook.PUBLIC_SEED)
            )
            path = tmp_path / "grading" / "autograded" / student / asked.name / file
            cells = json.loads(path.read_text("utf-8"))["cells"]
            named = {f.part: f.mistake for cell in cells for _, f in outputs_with_findings(cell)}
            said = json.dumps(_outputs(cells, f"check_{row.part}"), ensure_ascii=False)
            for part in asked.parts:
                found = gradebook.find_grade(
                    f"test_{part.name}", asked.notebook, asked.name, student
                )
                own = part.name == row.part
                share = here.share if own else 1.0
                deserved = round(points[part.name] * share, 2)
                if found.auto_score != deserved and (own or row.part in exercise(part.name).uses):
                    wrong.append(
                        f"{student} {row.answer}: {part.name} {found.auto_score}, not {deserved}"
                    )
                if own and named.get(part.name) != here.mistake:
                    wrong.append(
                        f"{student} {row.answer}: {named.get(part.name)}, not {here.mistake}"
                    )
            if here.mistake != shown.mistake:
                wrong.append(
                    f"{student} {row.answer}: {here.mistake}, and in the check {shown.mistake}"
                )
            elif not shown.right and shown.title not in said.replace('\\"', '"'):
                wrong.append(f"{student} {row.answer}: the check says {said[:300]}")
    assert not wrong, "\n".join(wrong[:30])


def _outputs(cells: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return what the cell of that name gave."""
    found: list[dict[str, Any]] = next(
        cell["outputs"]
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found
