"""What was handed out: the cells of an assignment, as the gradebook knows them.

The gradebook alone decides which cells are graded, what they say and how many points they give.
"""

import re
import symtable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.api import Notebook as GradebookNotebook

SCHEMA_VERSION = 3  # of nbgrader's cell metadata

#: A cell with one of these tags is not run: `%matplotlib widget` and the like, for people only.
_SKIPPED = {"skip-when-grading", "skip-execution"}

#: `# forbidden: torch.nn.LSTM, torch.lstm` in a test cell: no answer in the notebook may use these.
_FORBIDDEN = re.compile(r"^\s*#\s*forbidden:\s*(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class ReleasedCell:
    """One cell that nbgrader keeps. `handed_out` is its text in the release, where known."""

    name: str
    cell_type: str
    source: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    checksum: str
    points: float | None
    handed_out: str | None = None

    @property
    def test(self) -> bool:
        """Whether it is graded by running it."""
        return self.grade and not self.solution and self.cell_type == "code"

    def metadata(self) -> dict[str, Any]:
        """Return what nbgrader writes in the cell's metadata."""
        found: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": self.name,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
            "cell_type": self.cell_type,
        }
        if self.checksum:
            found["checksum"] = self.checksum
        if self.points is not None:
            found["points"] = self.points
        return found


@dataclass(frozen=True)
class Release:
    """One notebook of an assignment; `cells` in its order.

    `others` are the texts of cells of which nbgrader keeps nothing, but for code that is skipped.
    """

    name: str
    kernelspec: str | None
    cells: Mapping[str, ReleasedCell]
    others: tuple[str, ...] = ()

    @classmethod
    def read(cls, notebook: GradebookNotebook, released: Path) -> "Release":
        """Read a notebook from the gradebook; `released` is the file that was handed out."""
        graded = {cell.name for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        points = {
            cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)
        }
        handed_out, others = _sources(released)
        cells = {
            cell.name: ReleasedCell(
                name=cell.name,
                cell_type=cell.cell_type,
                source=cell.source,
                grade=cell.name in graded,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                locked=bool(cell.locked),
                checksum=cell.checksum or "",
                points=points.get(cell.name),
                handed_out=handed_out.get(cell.name),
            )
            for cell in notebook.source_cells
        }
        return cls(notebook.name, notebook.kernelspec, cells, others)

    @property
    def sources(self) -> list[str]:
        """The texts of all cells, but for code that is skipped."""
        return [*(cell.source for cell in self.cells.values()), *self.others]

    @property
    def tests(self) -> dict[str, ReleasedCell]:
        """The cells that are graded by running them."""
        return {name: cell for name, cell in self.cells.items() if cell.test}

    def asked(self) -> frozenset[str]:
        """Return the functions, classes and names that the solution cells define."""
        names: set[str] = set()
        for cell in self.cells.values():
            if cell.solution and cell.cell_type == "code":
                names |= _defined(cell.source)
        return frozenset(names)

    def forbidden(self) -> dict[str, str]:
        """Return the names that test cells forbid, each with the message for students."""
        names: dict[str, str] = {}
        for cell in self.tests.values():
            for line in _FORBIDDEN.findall(cell.source):
                for name in filter(None, (word.strip() for word in line.split(","))):
                    names[name] = f"{name} may not be used in this notebook: write it yourself."
        return names


def _defined(source: str) -> set[str]:
    """Return what a cell defines at its top; nothing where it is no Python."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except (SyntaxError, ValueError):
        return set()
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}


def read_releases(gradebook: Gradebook, assignment: str, released: Path) -> dict[str, Release]:
    """Return all notebooks of an assignment by name; `released` is its folder in the release."""
    notebooks = gradebook.find_assignment(assignment).notebooks
    return {
        notebook.name: Release.read(notebook, released / f"{notebook.name}.ipynb")
        for notebook in notebooks
    }


def _sources(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the text of each nbgrader cell in a released notebook, and those of the others.

    Nothing, where there is no such notebook; code that is skipped is left out.
    """
    if not path.is_file():
        return {}, ()
    named: dict[str, str] = {}
    others: list[str] = []
    for cell in nbformat.read(path, as_version=4).cells:
        if name := cell.metadata.get("nbgrader", {}).get("grade_id", ""):
            named[name] = cell.source
        elif cell.cell_type == "markdown" or not is_skipped(cell.metadata):
            others.append(cell.source)
    return named, tuple(others)


def is_skipped(metadata: Mapping[str, object]) -> bool:
    """Whether a cell is left out where a notebook is graded."""
    tags = metadata.get("tags")
    return isinstance(tags, list) and any(isinstance(tag, str) and tag in _SKIPPED for tag in tags)
