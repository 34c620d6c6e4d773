"""A class of everything that goes wrong, through the real nbgrader, once an assignment.

Each student hands in an answer that the course knows to each part of a group, in which none is
built on another, and right ones to the others. Grade and visible check come to the verdict that
the answer has here, on the inputs of each.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
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
from tests.limits import PATIENT
from tools.cells import path_of
from tools.release import course_folder, release

pytestmark = [pytest.mark.gate, pytest.mark.course]

#: By part, an answer that is tried.
Tried = dict[str, Row]

WRITTEN = [one for one in course.COURSE if path_of(one).is_file()]


def side_by_side(asked: Assignment) -> list[list[str]]:
    """Return the parts in groups, in none of which one part is built on another."""
    groups: list[list[str]] = []
    for part in asked.parts:
        for group in groups:
            if not set(exercise(part.name).uses) & set(group):
                group.append(part.name)
                break
        else:
            groups.append([part.name])
    return groups


def submissions(asked: Assignment, released: dict[str, Any]) -> dict[str, tuple[Tried, Any]]:
    """Return for each student's name the answers that are tried, by part, and the notebook."""
    right = {part.name: exercise(part.name).source() for part in asked.parts}
    found = {}
    for place, group in enumerate(side_by_side(asked)):
        known = {part: list(rows(exercise(part), 1)) for part in group}
        for number in range(max(map(len, known.values()))):
            tried = {part: table[number] for part, table in known.items() if number < len(table)}
            notebook = json.loads(json.dumps(released))
            sources = {**right, **{part: row.source for part, row in tried.items()}}
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
                if name in sources:
                    cell["source"] = sources[name]
            found[f"student-{place}-{number:03}"] = (tried, notebook)
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
    wrong = []
    with Gradebook(f"sqlite:///{tmp_path / 'grading' / 'gradebook.db'}", "lstm") as gradebook:
        for student, (tried, _) in class_.items():
            graded = gradebook.find_submission_notebook(asked.notebook, asked.name, student)
            scores = {grade.name: grade.auto_score for grade in graded.grades}
            path = tmp_path / "grading" / "autograded" / student / asked.name / file
            cells = json.loads(path.read_text("utf-8"))["cells"]
            context = GradingContext(asked.name, student, secret)
            wrong += [f"{student} {said}" for said in _wrong(asked, tried, context, scores, cells)]
    assert not wrong, "\n".join(wrong[:30])


def _wrong(
    asked: Assignment,
    tried: Tried,
    context: GradingContext,
    scores: dict[str, float | None],
    cells: list[dict[str, Any]],
) -> Iterator[str]:
    """Say where a graded notebook is not what its answers deserve."""
    named = {f.part: f.mistake for cell in cells for _, f in outputs_with_findings(cell)}
    for part in asked.parts:
        score = scores[f"test_{part.name}"]
        if part.name not in tried:
            if score != part.points and set(exercise(part.name).uses) & set(tried):
                yield f"{', '.join(tried)} wrong: {part.name} {score}, not {part.points}"
            continue
        row = tried[part.name]
        here, shown = (
            judge(exercise(part.name), as_student(row.source, part.name), inputs)
            for inputs in (context.seed(part.name), hook.PUBLIC_SEED)
        )
        deserved = round(part.points * here.share, 2)
        if score != deserved:
            yield f"{row.answer}: {part.name} {score}, not {deserved}"
        if named.get(part.name) != here.mistake:
            yield f"{row.answer}: {named.get(part.name)}, not {here.mistake}"
        said = json.dumps(_outputs(cells, f"check_{part.name}"), ensure_ascii=False)
        if here.mistake != shown.mistake:
            yield f"{row.answer}: {here.mistake}, and in the check {shown.mistake}"
        elif not shown.right and shown.title not in said.replace('\\"', '"'):
            yield f"{row.answer}: the check says {said[:300]}"


def _outputs(cells: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return what the cell of that name gave."""
    found: list[dict[str, Any]] = next(
        cell["outputs"]
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found
