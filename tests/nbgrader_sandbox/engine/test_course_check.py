"""The course's own faults are told to the instructor, and nobody is graded by them."""

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.course_check import (
    CourseFault,
    check,
    check_imports,
    common_faults,
    missing_packages,
)
from nbgrader_sandbox.engine.prepare import prepare
from nbgrader_sandbox.engine.release import Release, ReleasedCell
from nbgrader_sandbox.outcome import Evidence, Outcome

from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, NOTEBOOK, SmallClass, class_of


def cell(name: str, source: str, **flags: Any) -> ReleasedCell:
    given: dict[str, Any] = {"grade": False, "solution": False, "task": False, "locked": True}
    return ReleasedCell(name, "code", source, checksum="", points=3.0, **{**given, **flags})


def release(*cells: ReleasedCell, language: str = "python") -> Release:
    return Release("gate", json.dumps({"language": language}), {one.name: one for one in cells})


def test_another_language_is_said_before_anything_is_graded() -> None:
    with pytest.raises(CourseFault, match="in the language r, and this engine grades Python"):
        check([release(language="R")], ())
    check([release(), Release("old", None, {}), Release("odd", "3", {})], ())


def test_an_installed_package_of_ones_own_has_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "statkit.py").write_text("")
    about = tmp_path / "statkit-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: statkit\nVersion: 1.0\n")
    (about / "top_level.txt").write_text("statkit\n")
    (about / "direct_url.json").write_text('{"url": "file:///course", "dir_info": {}}')
    monkeypatch.syspath_prepend(str(tmp_path))
    keys.forget()
    asks = release(cell("test_a", "from statkit import mean\nimport numpy", grade=True))
    try:
        with pytest.raises(CourseFault, match=r"add 'statkit' to c\.SandboxSettings\.hidden"):
            check([asks], ())
        check([asks], ("statkit",))
    finally:
        keys.forget()


def test_a_package_that_is_missing_is_named() -> None:
    cells = cell("setup", "import numpy, no_such_package\nimport course_own")
    said = missing_packages([release(cells)], ("course_own",))
    assert len(said) == 1
    assert "'setup' of 'gate' imports 'no_such_package'" in said[0]


def test_a_reference_that_does_not_load_is_nobodys_wrong_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_reference.py").write_text("def right(:\n")
    (tmp_path / "b_reference.py").write_text("x = 1\n1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for source, says in (
        ("from a_reference import right", "SyntaxError.* in a_reference.py, line 1"),
        ("import b_reference", "ZeroDivisionError.* in b_reference.py, line 2"),
        ("import c_reference", "ModuleNotFoundError"),
        ("from math import no_such", "ImportError"),
        ("def broken(:", "is no Python"),
    ):
        with pytest.raises(CourseFault, match=says):
            check_imports("test_a", source)
    check_imports("test_a", "import math\n%time x = 1\nassert x")
    assert "a_reference" not in sys.modules


def outcome(student: str, *evidence: Evidence) -> Outcome:
    return Outcome("ps1", "gate", student, "k", "namespaces", (), (), evidence, 0.1)


def test_what_stops_in_all_submissions_is_the_courses() -> None:
    stops = Evidence("released-cell", "the released cell 'setup' stopped with ImportError", 1)
    everybody = [outcome(student, stops) for student in "abc"]
    [said] = common_faults(everybody)
    assert "in 3 of 3 submissions" in said
    assert common_faults([*everybody, outcome("d")]) == []
    assert common_faults(everybody[:2]) == []
    [said] = common_faults([outcome("a", Evidence("course-fault", "test_a: its last value is x"))])
    assert "A test has a mistake: test_a" in said


@pytest.mark.course
def test_a_broken_reference_ends_the_run_and_grades_nobody(tmp_path: Path) -> None:
    course = SmallClass(tmp_path / "course", class_of(2))
    course.make()
    (course.root / "small_checks.py").write_text("def points(:\n")
    done = course.run("autograde", ASSIGNMENT)
    assert done.returncode == 1
    assert "nobody was graded by it" in done.stdout
    assert "Traceback" not in done.stdout
    assert course.scores() == {}


def test_all_cells_are_run_however_many_there_are(tmp_path: Path) -> None:
    """Pages are small; what is run is what was written."""
    known = cell("gate", "def gate(): ...", solution=True, locked=False)
    answer = new_code_cell("def gate():\n    return 1")
    answer.metadata["nbgrader"] = {"grade_id": "gate", "solution": True, "locked": False}
    data = new_code_cell(f"data = '{'x' * 110_000}'\nlast = 1")
    nb = new_notebook(cells=[*(new_markdown_cell("note") for _ in range(520)), data, answer])
    nbformat.write(nb, tmp_path / "gate.ipynb")
    found = prepare(tmp_path, release(known))
    assert not found.trouble
    assert len(found.cells) == 522
    assert found.cells[-1].source == answer.source
    assert found.cells[-2].source == data.source
    assert len(found.notebook.cells) == len(found.shown) < 522


@pytest.mark.course
def test_a_students_own_script_is_there(tmp_path: Path) -> None:
    course = SmallClass(tmp_path / "course", class_of(1))
    course.make('c.CourseDirectory.ignore = ["*.py", ".ipynb_checkpoints"]')
    path = course.hand_in("student000")
    (path.parent / "own_helper.py").write_text("def twice(x): return 2 * x\n")
    path.write_text(
        path.read_text().replace("return 2 * x", "from own_helper import twice; return twice(x)")
    )
    course.autograde()
    assert course.scores()["student000"] == (3, 2)
    assert (course.copy_of("student000") / "own_helper.py").is_file()
    assert NOTEBOOK
