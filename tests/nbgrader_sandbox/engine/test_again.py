"""What is handed in anew is graded anew, with or without a timestamp; what a person gave stays."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import read, write
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    KINDS,
    NOTEBOOK,
    RIGHT,
    SmallClass,
    Student,
)

pytestmark = pytest.mark.course

WRONG = Student("return x ** 2", RIGHT["total"], (0, 2))
CLASS = {"ada": WRONG, "bela": KINDS[0], "cleo": KINDS[0]}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """Three students, with a question that a person reads at the end; graded once."""
    small = SmallClass(tmp_path_factory.mktemp("again") / "course", dict(CLASS))
    small.make()
    source = small.root / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    _ask_why(source, "?")
    done = small.run("generate_assignment", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stdout
    for name in small.students:
        _ask_why(small.hand_in(name), f"'because', says {name}")
    assert "3 notebooks graded" in small.autograde()
    return small


@pytest.fixture
def small(graded: SmallClass, tmp_path: Path) -> SmallClass:
    """A copy of the graded class, to change at will."""
    return graded.copy(tmp_path / "course")


def _ask_why(path: Path, answer: str) -> None:
    nb = read(path, as_version=4)
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "points": 4}
    known = {"schema_version": 3, "grade_id": "why", **flags}
    nb.cells.append(new_code_cell(answer, metadata={"nbgrader": known}))
    write(nb, path)


def _grades(small: SmallClass, student: str) -> dict[str, Any]:
    with Gradebook(small.gradebook, "small") as gradebook:
        (one,) = gradebook.find_submission(ASSIGNMENT, student).notebooks
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for grade in one.grades
        }


def _by_hand(small: SmallClass, student: str, cell: str, points: float) -> None:
    with Gradebook(small.gradebook, "small") as gradebook:
        grade = gradebook.find_grade(cell, NOTEBOOK, ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def _edit(small: SmallClass, student: str, old: str, new: str) -> None:
    path = small.root / "submitted" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_changed_and_nothing_is_touched(small: SmallClass) -> None:
    written = {name: small.copy_of(name).stat().st_mtime_ns for name in CLASS}
    assert "0 notebooks graded in" in (said := small.autograde())
    assert "(0 new, 0 changed), 3 kept as before" in said
    assert written == {name: small.copy_of(name).stat().st_mtime_ns for name in CLASS}


def test_corrected_work_without_a_timestamp_is_graded_again(small: SmallClass) -> None:
    assert _grades(small, "ada")["test_double"][0] == 0
    _edit(small, "ada", "return x ** 2", "return x + x")
    assert "1 notebooks graded in" in (said := small.autograde())
    assert "(0 new, 1 changed), 2 kept as before" in said
    assert _grades(small, "ada")["test_double"][0] == 3


def test_what_was_run_and_not_saved_is_saved(small: SmallClass) -> None:
    """A run that ends between the two has kept the new outcome, and the gradebook the old grade."""
    config = small.root / "nbgrader_config.py"
    sound = config.read_text()
    ends = (
        "import nbgrader_sandbox.engine.run as run\nrun.draft_copy = lambda *_, **__: os._exit(9)\n"
    )
    config.write_text(sound + ends)
    _edit(small, "ada", "return x ** 2", "return x + x")
    path = small.root / "submitted" / "bela" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    path.write_text("{", encoding="utf-8")
    assert small.run("autograde", ASSIGNMENT).returncode == 9
    assert _grades(small, "ada")["test_double"][0] == 0
    config.write_text(sound)
    small.autograde()
    assert _grades(small, "ada")["test_double"][0] == 3
    assert _grades(small, "bela")["test_double"][0] == 0
    assert "0 changed), 3 kept" in small.autograde()


def test_what_could_not_be_read_is_tried_again(small: SmallClass) -> None:
    path = small.root / "submitted" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:300], encoding="utf-8")  # half written
    assert "1 changed" in small.autograde()
    assert _grades(small, "ada")["test_total"][0] == 0
    assert "0 changed), 3 kept" in small.autograde()  # for the same reason
    path.write_text(whole, encoding="utf-8")
    assert "1 changed" in small.autograde()
    assert _grades(small, "ada")["test_total"][0] == 2


def test_a_mended_test_grades_all_again(small: SmallClass) -> None:
    source = small.root / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("x + x, 3)", "x ** 2, 3)"), encoding="utf-8")
    assert small.run("generate_assignment", ASSIGNMENT, "--force").returncode == 0
    assert "3 changed" in small.autograde()
    assert _grades(small, "ada")["test_double"][0] == 3
    assert _grades(small, "bela")["test_double"][0] == 0


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_a_score_by_hand_waits_again_only_where_the_answer_changed(
    small: SmallClass, options: tuple[str, ...]
) -> None:
    for name in CLASS:
        assert _grades(small, name)["why"] == (None, None, True)
        _by_hand(small, name, "why", 3)
        _by_hand(small, name, "test_double", 1)  # for a good beginning
    _edit(small, "ada", "because", "who knows")
    _edit(small, "bela", "import numpy as np", "import numpy as np  # as ever")
    small.autograde(*options)
    assert _grades(small, "ada")["why"] == (None, 3, True)
    assert _grades(small, "bela")["why"] == (None, 3, False)
    assert _grades(small, "cleo")["why"] == (None, 3, False)
    # A test is about all answers: who points were given for by hand may have changed any.
    assert _grades(small, "ada")["test_double"] == (0, 1, True)
    assert _grades(small, "bela")["test_double"] == (3, 1, False)


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_text("{")])
def test_a_graded_copy_that_was_lost_costs_no_score(
    small: SmallClass, damage: Callable[[Path], object]
) -> None:
    _by_hand(small, "ada", "why", 3)
    copy = small.copy_of("ada")
    path = copy / f"{NOTEBOOK}.ipynb"
    copy.chmod(0o700)
    path.chmod(0o600)
    damage(path)
    small.autograde("--force")
    assert _grades(small, "ada")["why"] == (None, 3, True)  # whether it is the same nobody knows
    assert json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_where_it_is_forbidden_it_is_said(small: SmallClass) -> None:
    config = small.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.SandboxSettings.regrade = False\n")
    _edit(small, "ada", "return x ** 2", "return x + x")
    said = small.autograde()
    assert re.search(r"ada: .* has changed since it was graded", said), said
    assert "2 kept as before, 1 NOT graded again" in said
    assert _grades(small, "ada")["test_double"][0] == 0
    small.autograde("--student", "ada", "--force")
    assert _grades(small, "ada")["test_double"][0] == 3
