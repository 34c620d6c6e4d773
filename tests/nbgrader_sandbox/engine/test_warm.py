"""What is loaded once, before the first submission: else each would load it for itself."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader_sandbox.engine.release import Release
from nbgrader_sandbox.settings import SandboxSettings

SOLUTIONS = Path(__file__).parents[3] / "solutions"
OPTIMISERS = "nbgrader_sandbox.worker.optimisers:load"


def warm(path: Path) -> tuple[str, ...]:
    """Return what is loaded for a released notebook of which the gradebook knows no cell."""
    known: Any = SimpleNamespace(
        name="n", kernelspec=None, grade_cells=[], solution_cells=[], task_cells=[], source_cells=[]
    )
    return SandboxSettings().plan("a", Release.read(known, path).sources, None).warm


def written(folder: Path, *cells: Any) -> Path:
    path = folder / "n.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def test_a_cell_that_nbgrader_does_not_know_is_read_too(tmp_path: Path) -> None:
    plain = new_code_cell("import torch")
    assert "torch" in warm(written(tmp_path, plain))
    assert OPTIMISERS not in warm(written(tmp_path, plain))
    assert OPTIMISERS in warm(written(tmp_path, plain, new_markdown_cell("Use any optimiser.")))


def test_code_that_is_skipped_loads_nothing(tmp_path: Path) -> None:
    skipped = new_code_cell("import torch", metadata={"tags": ["skip-when-grading"]})
    assert "torch" not in warm(written(tmp_path, skipped))
    assert "torch" not in warm(tmp_path / "not there.ipynb")


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*/*.ipynb")), ids=lambda p: p.parent.name)
def test_torch_is_loaded_for_those_of_the_course_that_use_it(path: Path) -> None:
    uses = path.parent.name in ("08-torch", "09-lstm-against-rnn")
    assert ("torch" in warm(path)) == uses
    assert (OPTIMISERS in warm(path)) == uses
