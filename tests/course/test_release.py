"""What a student gets: made from solutions/, in step with it, and free of every answer."""

import ast
import builtins
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools import release

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(ROOT.glob("solutions/*/*.ipynb"))
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

each_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def flag(cell: Any, name: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(name))


def released(source: Path) -> Path:
    return ROOT / "exercises" / source.relative_to(ROOT / "solutions")


def test_there_is_something_to_test() -> None:
    assert SOURCES


@pytest.fixture
def changed(tmp_path: Path) -> Any:
    """A copy of solutions/02-forget-gate, and what writes it with a change."""
    folder = tmp_path / "solutions" / "02-forget-gate"
    shutil.copytree(ROOT / "solutions" / folder.name, folder)
    notebook = read(folder / "forget-gate.ipynb")

    def write() -> Path:
        nbformat.write(notebook, folder / "forget-gate.ipynb")
        return tmp_path

    return {cell.id: cell for cell in notebook.cells}, notebook, write


def refused(root: Path) -> str:
    with pytest.raises(release.ReleaseError) as caught:
        release.refuse_other_points(root, "02-forget-gate")
    return str(caught.value)


def test_a_notebook_that_agrees_with_the_table_is_released(changed: Any) -> None:
    _, _, write = changed
    release.refuse_other_points(write(), "02-forget-gate")


def test_other_points_in_the_metadata_or_the_text_are_not_released(changed: Any) -> None:
    cells, _, write = changed
    test = cells["test-forget-gate"]
    test.metadata.nbgrader.points = 10
    assert "`python -m tools.cells 02-forget-gate`" in refused(write())
    test.metadata.nbgrader.points = 8
    test.source = test.source.replace("points=8", "points=5")
    assert "lstm_ref/checks/course.py" in refused(write())


def test_a_cell_that_is_missing_is_not_released(changed: Any) -> None:
    cells, notebook, write = changed
    notebook.cells.remove(cells["test-keep"])
    assert "`python -m tools.cells 02-forget-gate`" in refused(write())
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("def keep")]
    assert "no cell has the nbgrader id 'keep'" in refused(write())


def test_an_assignment_outside_of_the_table_is_not_released(tmp_path: Path) -> None:
    with pytest.raises(release.ReleaseError, match="there is no assignment '99-more'"):
        release.refuse_other_points(tmp_path, "99-more")


@each_notebook
def test_no_solution_line_and_no_hidden_test_is_in_the_release(source: Path) -> None:
    given = "\n".join(cell.source for cell in read(released(source)).cells)
    secret: list[str] = []
    for cell in read(source).cells:
        if cell.cell_type == "code":
            for block in SOLUTION.findall(cell.source) + HIDDEN.findall(cell.source):
                secret += block.splitlines()
        elif flag(cell, "solution"):
            secret += cell.source.splitlines()
    secret = [line.strip() for line in secret if len(line.strip()) > 3]
    assert len(secret) >= 5
    assert [line for line in secret if line in given] == []


@each_notebook
def test_the_release_can_be_worked_on(source: Path) -> None:
    cells = read(released(source)).cells
    stubs = [c for c in cells if flag(c, "solution") and c.cell_type == "code"]
    assert stubs
    for cell in stubs:
        assert "raise NotImplementedError" in cell.source
        value = f"{cell.metadata.nbgrader.grade_id} = "  # a part that is no function
        assert cell.source.startswith(("def ", "class ", value))
    assert sum(c.metadata.nbgrader.points for c in cells if flag(c, "grade")) > 0


@each_notebook
def test_the_source_is_kept_without_outputs_and_with_ids_of_its_own(source: Path) -> None:
    cells = read(source).cells
    for cell in cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert len({cell.id for cell in cells}) == len(cells)
    assert not any(re.fullmatch(r"[0-9a-f]{8}", cell.id) for cell in cells)


@each_notebook
def test_each_test_cell_imports_all_that_it_uses_but_the_students_names(source: Path) -> None:
    cells = read(source).cells
    defined_by_student = set()
    for cell in cells:
        if cell.cell_type == "code" and flag(cell, "solution"):
            tree = ast.parse(cell.source)
            defined = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
            defined_by_student |= {node.name for node in defined}
            values = [n.targets for n in tree.body if isinstance(n, ast.Assign)]
            defined_by_student |= {ast.unparse(target) for one in values for target in one}
    tests = [c for c in cells if c.cell_type == "code" and flag(c, "grade")]
    assert tests
    for cell in tests:
        assert foreign_names(cell.source) <= defined_by_student, cell.source


def foreign_names(source: str) -> set[str]:
    """The names that a cell reads and neither imports nor makes itself."""
    tree = ast.parse(source)
    own = set(dir(builtins))
    read_names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            own |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            own.add(node.name)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name):
            (read_names if isinstance(node.ctx, ast.Load) else own).add(node.id)
    return read_names - own


def test_the_lint_sees_a_name_that_is_not_imported() -> None:
    assert foreign_names("from a import b\nb(np.ones(3), answer)") == {"np", "answer"}
    assert foreign_names("import numpy as np\nk = [n for n in np.ones(3)]") == set()


@pytest.mark.course
def test_validate_tells_the_student_what_check_says(tmp_path: Path) -> None:
    notebook = read(ROOT / "exercises/02-forget-gate/forget-gate.ipynb")
    wrong = "return sigmoid(x @ W_f.T + h_prev @ U_f + b_f)"
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "forget_gate":
            cell.source = re.sub(r"# YOUR CODE.*", wrong, cell.source, flags=re.DOTALL)
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    command = [sys.executable, "-m", "nbgrader", "validate", "wrong.ipynb"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "U_f is used the wrong way round (transposed)" in told
    assert "keep: nothing is returned yet" in told
    assert "Traceback" not in told


def test_a_release_that_git_holds_in_another_form_is_seen(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)

    git("init")
    kept = tmp_path / "exercises/01/a.ipynb"
    kept.parent.mkdir(parents=True)
    kept.write_text("old")
    git("add", "exercises")
    assert release.uncommitted(tmp_path) == []
    kept.write_text("new")
    kept.with_name("b.ipynb").write_text("more")
    lines = release.uncommitted(tmp_path)
    assert [line.split()[0] for line in lines] == [
        "exercises/01/a.ipynb",
        "exercises/01/b.ipynb",
    ]
