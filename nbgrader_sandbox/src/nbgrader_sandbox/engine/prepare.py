"""Turns a submission into a notebook in good order and a job for a grader process."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from nbgrader_sandbox.clean.cells import clean_cell_sources
from nbgrader_sandbox.engine.job import Cell, Kind
from nbgrader_sandbox.engine.release import Release, is_skipped
from nbgrader_sandbox.engine.restore import blank, restore
from nbgrader_sandbox.engine.submission import OwnFiles, Unreadable, find_notebook, read_notebook
from nbgrader_sandbox.outcome import Evidence

#: Characters of a cell that are run.
LONGEST = 1_000_000


@dataclass
class Prepared:
    """One notebook of one student. `trouble` says why it cannot be graded, where it cannot."""

    notebook: NotebookNode
    cells: tuple[Cell, ...] = ()
    #: The places, among `cells`, of those that the notebook shows; of a very long one not all.
    shown: tuple[int, ...] = ()
    evidence: list[Evidence] = field(default_factory=list)
    trouble: str = ""


def prepare(folder: Path, release: Release, own: OwnFiles | None = None) -> Prepared:
    """Read, restore and clean a notebook of the submission in `folder`. Never raises for it."""
    try:
        nb = read_notebook(folder, release.name, own)
    except Unreadable as why:
        nb = blank(release, str(why))
        cells = tuple(_cells(nb, release))
        return Prepared(nb, cells, tuple(range(len(cells))), trouble=str(why))
    evidence = restore(nb, release)
    found = find_notebook(folder, release.name)
    if found != folder / f"{release.name}.ipynb":
        note = f"the notebook was taken from {found.relative_to(folder).as_posix()}"
        evidence.append(Evidence("renamed", note))
    ours = {
        index
        for index, cell in enumerate(nb.cells)
        if cell.metadata.get("nbgrader", {}).get("locked")
    }
    # What is run is what was written; only what pages show is cut and cleaned.
    cells = tuple(_cells(nb, release))
    places = {id(cell): place for place, cell in enumerate(nb.cells)}
    notes = clean_cell_sources(nb, trusted=ours)
    evidence += [Evidence("cleaned", note) for note in notes[:5]]
    return Prepared(nb, cells, tuple(places[id(cell)] for cell in nb.cells), evidence)


def _cells(nb: NotebookNode, release: Release) -> Iterable[Cell]:
    number = 0
    for cell in nb.cells:
        if cell.cell_type != "code":
            yield Cell(Kind.NOT_RUN)
            continue
        number += 1
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        test = release.tests.get(name)
        if test is not None:
            yield Cell(Kind.TEST, test.source, number, name, float(test.points or 0.0))
        elif is_skipped(cell.metadata):
            yield Cell(Kind.NOT_RUN, cell.source, number, name)
        else:
            known = release.cells.get(name)
            released = known is not None and known.locked and not known.solution
            yield Cell(Kind.STUDENT, cell.source[:LONGEST], number, name, released=released)
