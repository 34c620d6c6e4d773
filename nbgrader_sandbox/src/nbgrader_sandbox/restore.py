"""A step of `nbgrader autograde` that puts a submission's graded cells back in order.

nbgrader 0.9 overwrites the text of a locked cell, but believes the submission's own flags: a
flag turned round gives full marks or stops the grading, so does a cell tagged to be skipped,
and a deleted test cell is only found again where no locked cell stood before it. This step
runs before nbgrader's own and takes all of it from the gradebook.
"""

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.api import Notebook as ReleasedNotebook
from nbgrader.preprocessors import NbGraderPreprocessor

SCHEMA_VERSION = 3  # of nbgrader's cell metadata


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Gives each known cell the gradebook's metadata, once, and brings back missing tests."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change `nb` in place; `resources["nbgrader"]` says which notebook it is."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            released = gradebook.find_notebook(where["notebook"], where["assignment"])
            metadata = _metadata(released)
            sources = {cell.name: cell.source for cell in released.source_cells}
        present = _restore_metadata(nb, metadata)
        _bring_back(nb, metadata, sources, present)
        return nb, resources


def _metadata(released: ReleasedNotebook) -> dict[str, dict[str, Any]]:
    """Return nbgrader's metadata for each released cell, in the order of the notebook."""
    points = {cell.name: cell.max_score for cell in (*released.grade_cells, *released.task_cells)}
    graded = {cell.name for cell in released.grade_cells}
    solutions = {cell.name for cell in released.solution_cells}
    tasks = {cell.name for cell in released.task_cells}
    every: dict[str, dict[str, Any]] = {}
    for cell in released.source_cells:
        every[cell.name] = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": cell.name,
            "grade": cell.name in graded,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "locked": cell.locked,
            "cell_type": cell.cell_type,
        }
        if cell.checksum:
            every[cell.name]["checksum"] = cell.checksum
        if cell.name in points:
            every[cell.name]["points"] = points[cell.name]
    return every


def _restore_metadata(
    nb: NotebookNode, metadata: dict[str, dict[str, Any]]
) -> dict[str, NotebookNode]:
    """Overwrite the metadata of known cells and return these by name; others become plain.

    Of a cell that stands there several times the last one counts, as in nbgrader.
    """
    present: dict[str, NotebookNode] = {}
    for cell in reversed(nb.cells):
        claimed = cell.metadata.pop("nbgrader", None)
        name = claimed.get("grade_id") if isinstance(claimed, dict) else None
        if not isinstance(name, str) or name not in metadata or name in present:
            continue
        present[name] = cell
        cell.metadata["nbgrader"] = NotebookNode(metadata[name])
        if not metadata[name]["solution"]:
            cell.metadata.pop("tags", None)  # a tag could keep a test from being run
    return present


def _bring_back(
    nb: NotebookNode,
    metadata: dict[str, dict[str, Any]],
    sources: dict[str, str],
    present: dict[str, NotebookNode],
) -> None:
    """Insert each missing graded cell before the next cell that is still there, else last.

    As late as possible, so that an answer written in a cell of the student's own comes first.
    """
    following: NotebookNode | None = None
    for name in reversed(metadata):
        if name in present:
            following = present[name]
        elif metadata[name]["grade"] or metadata[name]["task"]:
            new = new_code_cell if metadata[name]["cell_type"] == "code" else new_markdown_cell
            cell = new(sources[name], metadata={"nbgrader": metadata[name]})
            note = new_markdown_cell(
                f"*The cell `{name}` was missing from this submission. "
                "It was put back as released, to be graded.*"
            )
            at = len(nb.cells) if following is None else _position(nb, following)
            nb.cells[at:at] = [note, cell]
            following = note
    if nb.nbformat_minor < 5:  # cells have ids from 4.5 on
        for cell in nb.cells:
            cell.pop("id", None)


def _position(nb: NotebookNode, wanted: NotebookNode) -> int:
    return next(index for index, cell in enumerate(nb.cells) if cell is wanted)
