"""Whatever a submission did to its graded cells, they are graded as they were released."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import CheckCellMetadata, OverwriteCells
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.engine.release import Release
from nbgrader_sandbox.engine.restore import restore

# tests/nbgrader_sandbox/conftest.py is no importable module under --import-mode=importlib.
ASSIGNMENT, NOTEBOOK = "02-gate", "gate"


@pytest.fixture
def release(course: Course, tmp_path: Path, released: Any) -> Release:
    """The notebook as the gradebook knows it, and as it was handed out."""
    path = tmp_path / "gate.ipynb"
    path.write_text(nbformat.writes(released), encoding="utf-8")
    with course.gradebook() as gradebook:
        return Release.read(gradebook.find_notebook(NOTEBOOK, ASSIGNMENT), path)


@pytest.fixture
def sanitised(course: Course, release: Release) -> Callable[[Any], Any]:
    """Return a function that restores a notebook; nbgrader's own steps then find nothing to do."""

    def run(notebook: Any) -> Any:
        restore(notebook, release)
        where = {"notebook": NOTEBOOK, "assignment": ASSIGNMENT, "db_url": course.db_url}
        resources: Any = {"nbgrader": where}
        before = copy.deepcopy(notebook)
        for step in [OverwriteCells, CheckCellMetadata]:
            notebook, resources = step().preprocess(notebook, resources)
        assert notebook == before
        return notebook

    return run


def graded(notebook: Any) -> dict[str, tuple[str, str, Any]]:
    """Return kind, source and flags of each known cell, by name; each may be there once."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    found = {
        cell.metadata.nbgrader.grade_id: (
            cell.cell_type,
            cell.source,
            {k: v for k, v in cell.metadata.nbgrader.items() if k != "cell_type"},
        )
        for cell in cells
    }
    assert len(found) == len(cells)
    return found


def order(notebook: Any) -> list[str]:
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def named(notebook: Any, name: str) -> Any:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_an_honest_submission_keeps_its_answers(sanitised: Any, released: Any) -> None:
    named(released, "gate").source = "def gate(): return 1"
    named(released, "why").source = "Because."
    after = sanitised(released)
    assert named(after, "gate").source == "def gate(): return 1"
    assert named(after, "why").source == "Because."


FLAGS = [
    {"grade": False},
    {"solution": True},
    {"solution": True, "locked": False},
    {"locked": False},
    {"task": True},
    {"points": 100},
    {"points": "many"},
    {"schema_version": 1},
    {"schema_version": 99},
    {"checksum": "no"},
    {"surprise": 1},
]


@pytest.mark.parametrize("flags", FLAGS, ids=str)
@pytest.mark.parametrize("name", ["test_gate", "check_gate", "look", "gate", "why"])
def test_flags_of_the_submission_decide_nothing(
    sanitised: Any, released: Any, name: str, flags: dict[str, Any]
) -> None:
    expected = graded(released)
    named(released, name).metadata.nbgrader.update(flags)
    assert graded(sanitised(released)) == expected


def test_an_edited_test_is_put_back(sanitised: Any, released: Any) -> None:
    expected = graded(released)
    for name in ("test_gate", "check_gate", "look"):
        named(released, name).source = "8.0"
    assert graded(sanitised(released)) == expected


def test_a_tag_cannot_keep_a_test_from_being_run(sanitised: Any, released: Any) -> None:
    named(released, "test_gate").metadata["tags"] = ["skip-execution"]
    named(released, "gate").metadata["tags"] = ["mine"]
    after = sanitised(released)
    assert "tags" not in named(after, "test_gate").metadata
    assert named(after, "gate").metadata["tags"] == ["mine"]


@pytest.mark.parametrize(
    "deleted",
    [
        {"test_gate"},
        {"test_gate", "test_keep"},
        {"gate", "check_gate", "test_gate"},
        {"keep", "look", "test_keep", "why"},
        {"note", "gate", "check_gate", "test_gate", "keep", "look", "test_keep", "why"},
    ],
    ids=lambda names: "+".join(sorted(names)),
)
def test_deleted_graded_cells_come_back_in_their_place(
    sanitised: Any, released: Any, deleted: set[str]
) -> None:
    before, places = graded(released), order(released)
    released.cells = [
        cell
        for cell in released.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in deleted
    ]
    after = sanitised(released)
    back = {"check_gate", "test_gate", "test_keep", "why"}
    wanted = [name for name in places if name not in deleted or name in back]
    assert order(after) == wanted
    assert graded(after) == {name: before[name] for name in wanted}
    for name in deleted & back:
        assert any(f"`{name}` was missing" in cell.source for cell in after.cells)


def test_a_test_comes_back_behind_an_answer_in_a_cell_of_its_own(
    sanitised: Any, released: Any
) -> None:
    released.cells = [
        cell
        for cell in released.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in {"gate", "test_gate"}
    ]
    at = next(k for k, cell in enumerate(released.cells) if cell.source == "About keep.")
    released.cells.insert(at, new_code_cell("def gate(): return 2"))
    sources = [cell.source for cell in sanitised(released).cells]
    assert sources.index("def gate(): return 2") < sources.index("grade('gate')")


def test_of_copies_the_last_counts_and_unknown_names_are_plain(
    sanitised: Any, released: Any
) -> None:
    copied = copy.deepcopy(named(released, "gate"))
    copied.source = "def gate(): return 3"
    stranger = copy.deepcopy(named(released, "test_gate"))
    stranger.source = "100"
    stranger.metadata.nbgrader.grade_id = "test_bonus"
    odd = new_code_cell("1", metadata={"nbgrader": {"grade_id": ["a"]}})
    released.cells += [copied, stranger, odd]
    after = sanitised(released)
    assert named(after, "gate").source == "def gate(): return 3"
    assert "test_bonus" not in order(after)
    assert len(order(after)) == 8


def test_a_test_turned_into_text_is_code_again(sanitised: Any, released: Any) -> None:
    expected = graded(released)
    for kind in ("raw", "markdown"):
        cell = named(released, "test_gate")
        cell.cell_type = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        assert graded(sanitised(released)) == expected


EVIDENCE: list[tuple[str, dict[str, Any], str, str]] = [
    ("test_gate", {"source": "8.0"}, "edited-cell", "test_gate"),
    ("look", {"source": "look(closer)"}, "edited-cell", "look"),
    ("test_gate", {"flags": {"points": 100}}, "forged-metadata", "test_gate: points"),
    ("why", {"flags": {"solution": False}}, "forged-metadata", "why: solution"),
    ("test_gate", {"flags": {"grade_id": "bonus"}}, "missing-cell", "test_gate"),
    ("test_gate", {"flags": {"grade_id": "bonus"}}, "forged-metadata", "claims to be"),
]


@pytest.mark.parametrize(("name", "change", "kind", "detail"), EVIDENCE)
def test_what_was_changed_is_noted(
    release: Release, released: Any, name: str, change: dict[str, Any], kind: str, detail: str
) -> None:
    cell = named(released, name)
    cell.source = change.get("source", cell.source)
    cell.metadata.nbgrader.update(change.get("flags", {}))
    found = restore(released, release)
    assert any(one.kind == kind and detail in one.detail for one in found), found


def test_an_honest_submission_leaves_no_evidence(release: Release, released: Any) -> None:
    named(released, "gate").source = "def gate(): return 1"
    named(released, "look").source += "  \n"  # as an editor leaves it
    released.cells.append(new_code_cell("a cell of my own"))
    assert restore(released, release) == []


def test_the_language_is_the_releases(released: Any, release: Release) -> None:
    """It chooses the program that colours code, and some take hours."""
    released.metadata["language_info"] = {"name": "perl", "pygments_lexer": "perl"}
    restore(released, release)
    assert released.metadata["language_info"] == {"name": "python", "pygments_lexer": "ipython3"}
